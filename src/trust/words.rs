//! Flags in words: one plain sentence with its figures, for a reviewer.

use super::model::{ClockFault, FlagEvidence, HoursFault, Whereabouts, WhichSide};

/// A reviewer's sentence.
pub fn in_words(evidence: &FlagEvidence) -> String {
    use FlagEvidence as Is;
    match evidence {
        Is::FarAway { metres, accuracy_m: Some(accuracy), .. } => format!(
            "The phone was {} from the branch when it was nearest (accurate to {}).",
            distance(*metres),
            distance(*accuracy)
        ),
        Is::FarAway { metres, accuracy_m: None, .. } => format!(
            "The phone was {} from the branch when it was nearest (it did not say how accurate that is).",
            distance(*metres)
        ),
        Is::BranchWithoutPosition {} => {
            "The branch has no position, so no distance to it could be looked at.".to_owned()
        }
        Is::PositionUnknown { positions, of } => format!(
            "{positions} of the phone's {of} positions are 0° north and 0° east: it did not know where it was."
        ),
        Is::MockPosition { positions, of } => {
            format!("Another program made up {positions} of the phone's {of} positions.")
        }
        Is::ImpossibleTravel { metres, seconds, between } => travel(*metres, *seconds, *between),
        Is::ClockWrong { fault, seconds } => clock(*fault, &duration(*seconds)),
        Is::TooShort { seconds, at_least, answers } => format!(
            "The visit took {}; with {} it takes at least {}.",
            duration(*seconds),
            counted(*answers, "answer"),
            duration(*at_least)
        ),
        Is::ReportedLate { seconds } => {
            format!("The visit was sent {} after it had ended.", duration(*seconds))
        }
        Is::WindowMissed { side: WhichSide::Before, seconds } => {
            format!("The visit began {} before its window opened.", duration(*seconds))
        }
        Is::WindowMissed { side: WhichSide::After, seconds } => {
            format!("The visit ended {} after its window had closed.", duration(*seconds))
        }
        Is::OutsideHours { fault: HoursFault::Day, local } => {
            format!("The visit began on a day on which its campaign wants none ({local} there).")
        }
        Is::OutsideHours { fault: HoursFault::Hour, local } => {
            format!("The visit was made outside of the hours that its campaign wants ({local} there).")
        }
        Is::PhotoSeenBefore { same_shopper, .. } => {
            format!("The very same file came before with {}.", other_visit(*same_shopper))
        }
        Is::PhotoLooksAlike { same_shopper, differing_bits, .. } => format!(
            "This photo looks like one of {} (their fingerprints differ in {differing_bits} of 64 bits).",
            other_visit(*same_shopper)
        ),
        Is::PhotoTakenElsewhere { metres, .. } => {
            format!("By what the camera wrote, this photo was taken {} from the branch.", distance(*metres))
        }
        Is::PhotoTakenAtAnotherTime { side, seconds, offset_known, .. } => {
            photo_time(*side, &duration(*seconds), *offset_known)
        }
        Is::GrantEnded { seconds } => {
            format!("The visit was sent {} after its shopper's grant had ended.", duration(*seconds))
        }
        Is::Tied { tie } => format!("Shopper and branch do not go together: {}.", tie.about()),
        Is::UnreadableFile { problem, .. } => format!("This file could not be read. {problem}"),
        Is::RecordingTooLong { seconds, at_most, .. } => format!(
            "This recording lasts {}; its question allows {}.",
            duration(*seconds),
            duration(*at_most)
        ),
        Is::TextCopied { percent, words, same_shopper } => format!(
            "Of this text of {words} words, {percent} % is the same as in {}.",
            other_visit(*same_shopper)
        ),
        Is::StraightLine { questions, place, of, all_best: false } => {
            format!("All {questions} questions with {of} places are answered at place {place}.")
        }
        Is::StraightLine { questions, of, all_best: true, .. } => {
            format!("All {questions} questions with {of} places have the best answer.")
        }
        Is::ShortComment { characters, at_least } => format!(
            "This comment has {}; the checklist wants {at_least} at least.",
            counted(*characters, "character")
        ),
        Is::UnexpectedLanguage { language, expected } => format!(
            "What was written is in the language '{language}', as far as a program can say; expected: {}.",
            expected.join(", ")
        ),
        Is::Contradiction { message } => format!("The answers contradict one another: {}", sentence(message)),
        Is::ControlMissed {} => "The answer to this control question is wrong.".to_owned(),
    }
}

fn travel(metres: i64, seconds: i64, between: Whereabouts) -> String {
    let where_to = match between {
        Whereabouts::Branches => "was in a branch",
        Whereabouts::Positions => "was, by the phone's positions,",
    };
    let when = match seconds {
        0 => "at the same time".to_owned(),
        seconds => format!("with {} between the two", duration(seconds)),
    };
    format!("Another visit of this shopper {where_to} {} away, {when}.", distance(metres))
}

fn clock(fault: ClockFault, by: &str) -> String {
    match fault {
        ClockFault::Ahead => {
            format!("The phone's clock is ahead by at least {by}: it shows moments that had not come.")
        }
        ClockFault::Behind => {
            format!("The phone's clock is behind: it shows a moment {by} before there was an assignment.")
        }
        ClockFault::Backwards => format!("By the phone's clock the visit ended {by} before it began."),
        ClockFault::Outside => {
            format!("The phone noted a position {by} before the visit began or after it ended.")
        }
    }
}

fn photo_time(side: WhichSide, by: &str, offset_known: bool) -> String {
    let side = match side {
        WhichSide::Before => "before the visit began",
        WhichSide::After => "after the visit had ended",
    };
    let doubt = if offset_known { "" } else { " (it did not say in which time zone)" };
    format!("By the camera's clock, this photo was taken {by} {side}{doubt}.")
}

fn other_visit(same_shopper: Option<bool>) -> &'static str {
    match same_shopper {
        Some(true) => "another visit of the same shopper",
        Some(false) => "a visit of another shopper",
        None => "another visit",
    }
}

/// A designer's words with a full stop, if they have none.
fn sentence(words: &str) -> String {
    let words = words.trim();
    if words.ends_with(['.', '!', '?', '…']) { words.to_owned() } else { format!("{words}.") }
}

fn counted(number: i64, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

/// Metres as people say them: 850 m, 2.4 km, 340 km.
fn distance(metres: i64) -> String {
    match metres {
        ..=999 => format!("{metres} m"),
        // To tenths, rounded down: so 9,960 m are 9.9 km, and never 10.0.
        1_000..=9_999 => format!("{}.{} km", metres / 1_000, metres % 1_000 / 100),
        _ => format!("{} km", metres / 1_000),
    }
}

/// Seconds as people say them, in the two largest units: 45 s, 4 min 30 s, 2 h 10 min, 3 days 4 h.
fn duration(seconds: i64) -> String {
    let (days, hours) = (seconds / 86_400, seconds % 86_400 / 3_600);
    let (minutes, rest) = (seconds % 3_600 / 60, seconds % 60);
    let parts = match (days, hours, minutes) {
        (0, 0, 0) => return format!("{rest} s"),
        (0, 0, _) => [format!("{minutes} min"), format!("{rest} s")],
        (0, ..) => [format!("{hours} h"), format!("{minutes} min")],
        _ => [counted(days, "day"), format!("{hours} h")],
    };
    let [first, second] = parts;
    if second.starts_with("0 ") { first } else { format!("{first} {second}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{db::types::Instant, ids::EvidenceId};

    #[test]
    fn figures_as_people_say_them() {
        let distances = [0, 999, 1_000, 2_449, 9_999, 10_000, 340_900].map(distance);
        assert_eq!(distances, ["0 m", "999 m", "1.0 km", "2.4 km", "9.9 km", "10 km", "340 km"]);
        let durations = [0, 45, 60, 270, 3_600, 7_859, 86_400, 273_600].map(duration);
        assert_eq!(
            durations,
            ["0 s", "45 s", "1 min", "4 min 30 s", "1 h", "2 h 10 min", "1 day", "3 days 4 h"]
        );
    }

    #[test]
    fn sentences_for_a_reviewer() {
        let evidence_id = EvidenceId::new(uuid::Uuid::nil());
        let at = Instant::from_micros(0);
        for (evidence, sentence) in [
            (
                FlagEvidence::FarAway { metres: 2_400, accuracy_m: Some(30), at },
                "The phone was 2.4 km from the branch when it was nearest (accurate to 30 m).",
            ),
            (
                FlagEvidence::ImpossibleTravel {
                    metres: 340_000,
                    seconds: 1_200,
                    between: Whereabouts::Branches,
                },
                "Another visit of this shopper was in a branch 340 km away, with 20 min between the two.",
            ),
            (
                FlagEvidence::ImpossibleTravel { metres: 5_000, seconds: 0, between: Whereabouts::Positions },
                "Another visit of this shopper was, by the phone's positions, 5.0 km away, at the same time.",
            ),
            (
                FlagEvidence::TooShort { seconds: 100, at_least: 183, answers: 1 },
                "The visit took 1 min 40 s; with 1 answer it takes at least 3 min 3 s.",
            ),
            (
                FlagEvidence::PhotoSeenBefore { evidence_id, other_evidence_id: None, same_shopper: None },
                "The very same file came before with another visit.",
            ),
            (
                FlagEvidence::RecordingTooLong { evidence_id, seconds: 190, at_most: 180 },
                "This recording lasts 3 min 10 s; its question allows 3 min.",
            ),
            (
                FlagEvidence::PositionUnknown { positions: 2, of: 3 },
                "2 of the phone's 3 positions are 0° north and 0° east: it did not know where it was.",
            ),
            (
                FlagEvidence::ShortComment { characters: 1, at_least: 20 },
                "This comment has 1 character; the checklist wants 20 at least.",
            ),
            (
                FlagEvidence::UnexpectedLanguage {
                    language: "ru".to_owned(),
                    expected: vec!["bg".to_owned(), "en".to_owned()],
                },
                "What was written is in the language 'ru', as far as a program can say; expected: bg, en.",
            ),
            (
                FlagEvidence::Contradiction { message: " It was closed, and somebody served ".to_owned() },
                "The answers contradict one another: It was closed, and somebody served.",
            ),
            (
                FlagEvidence::TextCopied { percent: 92, words: 40, same_shopper: Some(false) },
                "Of this text of 40 words, 92 % is the same as in a visit of another shopper.",
            ),
        ] {
            assert_eq!(in_words(&evidence), sentence);
        }
    }
}
