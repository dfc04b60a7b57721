//! When a visit was made, how long it took, and when it was sent, by the phone's clock and by the server's.

use jiff::{
    civil::{DateTime, Time},
    tz::TimeZone,
};

use super::model::{ClockFault, FlagEvidence, HoursFault, WhichSide};
use crate::{db::types::Instant, fieldwork::campaigns::terms::Terms, visits::model::Submission};

/// A phone that asks the network for the time is right within a second; so many are a clock that was set by hand.
pub const CLOCK_SLACK: i64 = 120;
/// A phone may note where it is so long before a visit begins or after it ends, on the way: half an hour, in seconds.
pub const ON_THE_WAY: i64 = 1_800;
/// To come in, be served and leave takes so long at least, in seconds …
pub const SHORTEST_STAY: i64 = 180;
/// … and each answer so many more: no one reads faster than 300 ms a word (C. Zhang and F. Conrad, Speeding in Web
/// Surveys, Survey Research Methods 8, 2014), and a question has ten words.
pub const SHORTEST_ANSWER: i64 = 3;
/// What is written down later is not remembered as well: two days, in seconds. Shoppers without a network are given the
/// way home and a night.
pub const REPORT_WITHIN: i64 = 2 * 86_400;
/// What began so long before there was an assignment and before its window was not early: the phone's clock was reset. A day,
/// in seconds.
pub const LONG_BEFORE: i64 = 86_400;
/// A clock that is right may still be so far from the server's, in seconds, at both ends of the window.
pub const WINDOW_SLACK: i64 = 120;

const DAY: i64 = 86_400;

/// From one moment to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// Its beginning.
    pub from: Instant,
    /// Its end.
    pub to: Instant,
}

/// How many whole seconds the second is after the first; negative if it is before.
pub(super) fn seconds_between(first: Instant, second: Instant) -> i64 {
    second.micros().saturating_sub(first.micros()) / 1_000_000
}

/// What the phone's clock said that cannot be: moments that had not come when they arrived here, an end before the
/// beginning, positions of another time.
pub fn clock_wrong(submission: &Submission, received_at: Instant) -> Vec<FlagEvidence> {
    let (from, to) = (submission.started_at, submission.ended_at);
    let moments = submission.positions.iter().map(|position| position.at);
    let latest = moments.clone().fold(from.max(to), Instant::max);
    let outside = moments.map(|at| seconds_between(at, from).max(seconds_between(to, at))).max();
    let (ahead, backwards) = (seconds_between(received_at, latest), seconds_between(to, from));
    let wrong = |fault, seconds| FlagEvidence::ClockWrong { fault, seconds };
    let mut found = Vec::new();
    if ahead > CLOCK_SLACK {
        found.push(wrong(ClockFault::Ahead, ahead));
    }
    if to < from {
        found.push(wrong(ClockFault::Backwards, backwards));
    } else if let Some(seconds) = outside.filter(|seconds| *seconds > ON_THE_WAY) {
        found.push(wrong(ClockFault::Outside, seconds));
    }
    found
}

/// Whether the phone's clock is so far ahead that nothing can be said of when the visit was made.
pub fn clock_far_ahead(submission: &Submission, received_at: Instant) -> bool {
    seconds_between(received_at, submission.started_at) > LONG_BEFORE
}

/// Whether the phone's clock shows a moment long before the assignment was made and its window opened: then nothing can be said of
/// when the visit was made, and how long ago.
pub fn clock_behind(submission: &Submission, window: Span, made_at: Instant) -> Option<FlagEvidence> {
    let seconds = seconds_between(submission.started_at, made_at.min(window.from));
    let wrong = || FlagEvidence::ClockWrong { fault: ClockFault::Behind, seconds };
    (seconds > LONG_BEFORE).then(wrong)
}

/// Whether there was too little time for what was answered. An end before the beginning is another matter.
pub fn too_short(submission: &Submission) -> Option<FlagEvidence> {
    let seconds = seconds_between(submission.started_at, submission.ended_at);
    let answers = i64::try_from(submission.answers.len()).unwrap_or(i64::MAX);
    let at_least = SHORTEST_STAY + SHORTEST_ANSWER * answers;
    (submission.started_at <= submission.ended_at && seconds < at_least).then_some(FlagEvidence::TooShort {
        seconds,
        at_least,
        answers,
    })
}

/// Whether the shopper waited too long before sending it.
pub fn reported_late(submission: &Submission, received_at: Instant) -> Option<FlagEvidence> {
    let seconds = seconds_between(submission.ended_at, received_at);
    (seconds > REPORT_WITHIN).then_some(FlagEvidence::ReportedLate { seconds })
}

/// How long after the end of its shopper's grant it arrived.
pub fn grant_ended(ended_at: Instant, received_at: Instant) -> FlagEvidence {
    FlagEvidence::GrantEnded { seconds: seconds_between(ended_at, received_at) }
}

/// Whether it began before its window or ended after it.
pub fn window_missed(submission: &Submission, window: Span) -> Option<FlagEvidence> {
    let early = seconds_between(submission.started_at, window.from);
    let late = seconds_between(window.to, submission.ended_at.max(submission.started_at));
    match (early > WINDOW_SLACK, late > WINDOW_SLACK) {
        (true, _) => Some(FlagEvidence::WindowMissed { side: WhichSide::Before, seconds: early }),
        (_, true) => Some(FlagEvidence::WindowMissed { side: WhichSide::After, seconds: late }),
        _ => None,
    }
}

/// Whether it was made on a day, or at an hour, by the clocks at the branch, at which its campaign wants none.
pub fn outside_hours(submission: &Submission, terms: &Terms, zone: &TimeZone) -> Option<FlagEvidence> {
    let local = |at: Instant| at.timestamp().to_zoned(zone.clone()).datetime();
    let (began, ended) =
        (local(submission.started_at), local(submission.ended_at.max(submission.started_at)));
    let written = |at: DateTime| at.strftime("%Y-%m-%d %H:%M").to_string();
    let outside = |fault, at| Some(FlagEvidence::OutsideHours { fault, local: written(at) });
    let second = |at: DateTime| at.time().duration_since(Time::MIN).as_secs();
    let (from, to) = (terms.windows.from.minutes() * 60, terms.windows.closing_minutes() * 60);
    // Hours that go past midnight belong to the day on which they begin: what begins in their night is of the day before.
    let is_of_the_night = second(began) + DAY <= to + WINDOW_SLACK && second(began) < from - WINDOW_SLACK;
    let day = if is_of_the_night { began.date().yesterday().unwrap_or(began.date()) } else { began.date() };
    let since = |at: DateTime| i64::from((at.date() - day).get_days()) * DAY + second(at);
    if !terms.allows(day) {
        outside(HoursFault::Day, began)
    } else if since(began) < from - WINDOW_SLACK {
        outside(HoursFault::Hour, began)
    } else if since(ended) > to + WINDOW_SLACK {
        outside(HoursFault::Hour, ended)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;
    use serde_json::{Value, json};
    use uuid::Uuid;

    use super::*;

    fn at(seconds: i64) -> Instant {
        Instant::from_micros(1_000_000_000_000_000).plus_seconds(seconds)
    }

    /// A visit from 0 to so many seconds, with so many answers, and positions at these seconds.
    fn visit(from: i64, to: i64, answers: usize, positions: &[i64]) -> Submission {
        let answers: serde_json::Map<String, Value> =
            (0..answers).map(|number| (format!("q{number}"), json!({"value": true}))).collect();
        let positions: Vec<_> =
            positions.iter().map(|s| json!({"at": at(*s), "latitude": 1, "longitude": 1})).collect();
        serde_json::from_value(json!({
            "assignment_id": Uuid::nil(), "checklist_version_id": Uuid::nil(), "started_at": at(from),
            "ended_at": at(to), "answers": answers, "positions": positions,
        }))
        .unwrap()
    }

    #[test]
    fn a_clock_that_is_ahead_tells_of_what_has_not_come() {
        let found = |to, positions: &[i64]| clock_wrong(&visit(0, to, 1, positions), at(600));
        assert_eq!(found(720, &[]), []);
        let wrong = FlagEvidence::ClockWrong { fault: ClockFault::Ahead, seconds: 121 };
        assert_eq!(found(721, &[]), std::slice::from_ref(&wrong));
        assert_eq!(found(600, &[721]), [wrong]);
    }

    #[test]
    fn nothing_ends_before_it_begins_nor_is_where_it_was_long_before() {
        let now = at(1_000_000);
        let wrong = |fault, seconds| vec![FlagEvidence::ClockWrong { fault, seconds }];
        assert_eq!(clock_wrong(&visit(300, 300, 1, &[]), now), []);
        assert_eq!(clock_wrong(&visit(300, 299, 1, &[]), now), wrong(ClockFault::Backwards, 1));
        assert_eq!(clock_wrong(&visit(300, 200, 1, &[9_000]), now), wrong(ClockFault::Backwards, 100));
        assert_eq!(clock_wrong(&visit(2_000, 3_000, 1, &[200, 4_800]), now), []);
        assert_eq!(clock_wrong(&visit(2_000, 3_000, 1, &[199]), now), wrong(ClockFault::Outside, 1_801));
        assert_eq!(clock_wrong(&visit(2_000, 3_000, 1, &[4_802]), now), wrong(ClockFault::Outside, 1_802));
    }

    #[test]
    fn a_clock_that_was_reset_is_behind() {
        let window = Span { from: at(5_000), to: at(9_000) };
        let behind = |from: i64, made: i64| clock_behind(&visit(from, from + 60, 1, &[]), window, at(made));
        let wrong = |seconds| Some(FlagEvidence::ClockWrong { fault: ClockFault::Behind, seconds });
        // Claimed before its window opens, and given when it was open.
        let before = -LONG_BEFORE;
        for (made, earlier) in [(1_000, 1_000), (6_000, 5_000)] {
            assert_eq!(behind(before + earlier - 1, made), wrong(LONG_BEFORE + 1));
            assert_eq!(behind(before + earlier, made), None);
        }
    }

    #[test]
    fn each_answer_takes_its_time() {
        assert_eq!(too_short(&visit(0, 210, 10, &[])), None);
        let found = FlagEvidence::TooShort { seconds: 209, at_least: 210, answers: 10 };
        assert_eq!(too_short(&visit(0, 209, 10, &[])), Some(found));
        assert_eq!(too_short(&visit(10, 0, 10, &[])), None, "that is a matter of clocks");
    }

    #[test]
    fn two_days_are_long_enough() {
        let submission = visit(0, 100, 1, &[]);
        assert_eq!(reported_late(&submission, at(100 + REPORT_WITHIN)), None);
        let found = FlagEvidence::ReportedLate { seconds: REPORT_WITHIN + 1 };
        assert_eq!(reported_late(&submission, at(101 + REPORT_WITHIN)), Some(found));
    }

    #[test]
    fn a_window_has_two_sides() {
        let window = Span { from: at(1_000), to: at(9_000) };
        let missed = |from, to| window_missed(&visit(from, to, 1, &[]), window);
        assert_eq!(missed(880, 9_120), None);
        let found = |side, seconds| Some(FlagEvidence::WindowMissed { side, seconds });
        assert_eq!(missed(879, 2_000), found(WhichSide::Before, 121));
        assert_eq!(missed(2_000, 9_121), found(WhichSide::After, 121));
        assert_eq!(missed(10_000, 2_000), found(WhichSide::After, 1_000), "the end does not matter");
    }

    #[test]
    fn a_campaign_has_days_and_hours() {
        let terms: Terms = serde_json::from_value(json!({
            "starts_on": "2026-03-01", "ends_on": "2026-03-31", "visits_per_branch": 1,
            "windows": {"weekdays": ["mon", "tue"], "from": "10:00", "to": "20:00", "blackout": ["2026-03-10"]},
            "fee": {"currency": "EUR", "amount": 1000},
        }))
        .unwrap();
        let zone = crate::places::model::time_zone("Europe/Istanbul").unwrap();
        let found = |from: &str, to: &str| {
            let moment = |local: &str| {
                let at: jiff::civil::DateTime = local.parse().unwrap();
                Instant::from_micros(at.to_zoned(zone.clone()).unwrap().timestamp().as_microsecond())
            };
            let mut submission = visit(0, 0, 1, &[]);
            (submission.started_at, submission.ended_at) = (moment(from), moment(to));
            outside_hours(&submission, &terms, &zone)
        };
        let outside =
            |fault, local: &str| Some(FlagEvidence::OutsideHours { fault, local: local.to_owned() });
        assert_eq!(found("2026-03-09T09:58", "2026-03-09T20:02"), None);
        let early = found("2026-03-09T09:57:59", "2026-03-09T11:00");
        assert_eq!(early, outside(HoursFault::Hour, "2026-03-09 09:57"));
        let late = found("2026-03-09T19:00", "2026-03-09T20:02:01");
        assert_eq!(late, outside(HoursFault::Hour, "2026-03-09 20:02"));
        let next_day = found("2026-03-09T19:00", "2026-03-10T11:00");
        assert_eq!(next_day, outside(HoursFault::Hour, "2026-03-10 11:00"));
        for day in ["2026-03-10", "2026-03-11"] {
            let begins = format!("{day}T12:00");
            assert_eq!(found(&begins, &begins), outside(HoursFault::Day, &format!("{day} 12:00")));
        }
    }

    #[test]
    fn hours_go_past_midnight() {
        let terms = |to: &str| -> Terms {
            serde_json::from_value(json!({
                "starts_on": "2026-03-01", "ends_on": "2026-03-31", "visits_per_branch": 1,
                "windows": {"weekdays": ["fri"], "from": "18:00", "to": to},
                "fee": {"currency": "EUR", "amount": 1000},
            }))
            .unwrap()
        };
        let zone = crate::places::model::time_zone("Europe/Istanbul").unwrap();
        let found = |to: &str, from: &str, until: &str| {
            let moment = |local: &str| {
                let at: jiff::civil::DateTime = local.parse().unwrap();
                Instant::from_micros(at.to_zoned(zone.clone()).unwrap().timestamp().as_microsecond())
            };
            let mut submission = visit(0, 0, 1, &[]);
            (submission.started_at, submission.ended_at) = (moment(from), moment(until));
            match outside_hours(&submission, &terms(to), &zone) {
                Some(FlagEvidence::OutsideHours { fault, .. }) => Some(fault),
                _ => None,
            }
        };
        // 2026-03-13 is a Friday.
        for (from, until, wanted) in [
            ("2026-03-13T23:30", "2026-03-14T00:30", None),
            ("2026-03-14T00:30", "2026-03-14T02:02", None),
            ("2026-03-14T00:30", "2026-03-14T02:03", Some(HoursFault::Hour)),
            ("2026-03-13T00:30", "2026-03-13T01:00", Some(HoursFault::Day)),
            ("2026-03-14T12:00", "2026-03-14T12:30", Some(HoursFault::Day)),
            ("2026-03-13T12:00", "2026-03-13T12:30", Some(HoursFault::Hour)),
        ] {
            assert_eq!(found("02:00", from, until), wanted, "{from}");
        }
        assert_eq!(found("24:00", "2026-03-13T23:00", "2026-03-13T23:59"), None);
        assert_eq!(found("24:00", "2026-03-13T23:00", "2026-03-14T00:10"), Some(HoursFault::Hour));
    }

    proptest! {
        /// More time spent is never worse, nor is more to answer ever better.
        #[test]
        fn time_spent_speaks_for_a_visit(took in 0_i64..2_000, more in 0_i64..2_000, answers in 0_usize..50) {
            let flagged = |took, answers| too_short(&visit(0, took, answers, &[])).is_some();
            prop_assert!(flagged(took, answers) || !flagged(took + more, answers));
            prop_assert!(!flagged(took, answers) || flagged(took, answers + 1));
        }

        /// All that a phone may say is judged without a panic, and honest times are not flagged.
        #[test]
        fn any_moments_are_judged(from in 0_i64..253_402_300_799, to in 0_i64..253_402_300_799, now in 0_i64..253_402_300_799) {
            let [from, to, now] = [from, to, now].map(|seconds| Instant::from_micros(0).plus_seconds(seconds));
            let mut submission = visit(0, 0, 3, &[]);
            (submission.started_at, submission.ended_at) = (from, to);
            let clocks = clock_wrong(&submission, now);
            prop_assert_eq!(clocks.is_empty(), from <= to && seconds_between(now, to) <= CLOCK_SLACK);
            let made = Span { from: from.min(to), to: from.max(to) };
            prop_assert_eq!(window_missed(&submission, made), None);
            let _ = (too_short(&submission), reported_late(&submission, now));
        }
    }
}
