//! What a shopper learns of how good a visit was: three grades from 0 to 100, each with its reasons.
//!
//! - **Accuracy**: 100, less 20 for each time that the visit was returned, 10 for each time that a desk had it sent anew, and 25
//!   for each answer that an appeal corrected. A visit that was rejected or withdrawn has 0.
//! - **Comments**: 100 with ten words of the shopper's own or more, 80 with fewer, 60 without any; less 10 for each question
//!   whose spelling a reviewer corrected.
//! - **Punctuality**: 100 if the visit was here in time, 70 if it came within a day after that, 40 if within three days, else 0.
//!
//! No grade is below 0, and none depends on what the branch scored.

use std::collections::BTreeSet;

use super::{
    comments::Correction,
    model::Visit,
    state::{State, Step},
    taken::TakenStep,
};
use crate::{
    checklists::answers::AnswerValue,
    db::types::{Instant, text_enum},
};

const DAY: i64 = 86_400;

text_enum! {
    /// Why a grade is not 100.
    pub enum Shortfall {
        /// It was returned with questions to be answered anew.
        Returned = "returned",
        /// A desk had it sent anew.
        SentAnew = "sent_anew",
        /// An answer was corrected because of an appeal.
        Corrected = "corrected",
        /// It was rejected.
        Rejected = "rejected",
        /// It was withdrawn.
        Withdrawn = "withdrawn",
        /// It has no words of the shopper's own.
        NoWords = "no_words",
        /// It has fewer than ten words of the shopper's own.
        FewWords = "few_words",
        /// The spelling of a comment was corrected.
        Spelling = "spelling",
        /// It came late, by so many hours that were begun.
        HoursLate = "hours_late",
    }
}

/// A grade with its reasons, each with how often or how much.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grade {
    /// 0 to 100.
    pub value: i32,
    /// Why it is not 100.
    pub why: Vec<(Shortfall, i64)>,
}

impl Grade {
    fn new(from: i64, off: &[(Shortfall, i64, i64)]) -> Self {
        let off: Vec<_> = off.iter().filter(|(_, times, _)| *times > 0).collect();
        let value = off.iter().fold(from, |left, (_, times, each)| left - times * each).clamp(0, 100);
        Self { value: value as i32, why: off.iter().map(|(why, times, _)| (*why, *times)).collect() }
    }

    fn zero(why: Shortfall) -> Self {
        Self { value: 0, why: vec![(why, 1)] }
    }
}

/// How good a visit was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grades {
    /// Whether what it says held.
    pub accuracy: Grade,
    /// Whether it says it in words.
    pub comments: Grade,
    /// Whether it was here in time.
    pub punctuality: Grade,
}

/// The grades of a visit that was decided about, that was to be here by this moment.
pub fn grades(visit: &Visit, steps: &[TakenStep], corrections: &[Correction], due: Instant) -> Grades {
    Grades {
        accuracy: accuracy(visit, steps),
        comments: comments(words(visit), corrections),
        punctuality: punctuality(visit.head.received_at, due),
    }
}

fn accuracy(visit: &Visit, steps: &[TakenStep]) -> Grade {
    match visit.head.state {
        State::Rejected => return Grade::zero(Shortfall::Rejected),
        State::Withdrawn => return Grade::zero(Shortfall::Withdrawn),
        _ => {}
    }
    let times = |wanted: Step| steps.iter().filter(|taken| taken.step() == Some(wanted)).count() as i64;
    let by_desk = |taken: &&TakenStep| {
        taken.step() == Some(Step::SendAnew) && taken.account_id != Some(visit.head.shopper_id)
    };
    let corrected = steps.iter().map(|taken| taken.details().corrected.len() as i64).sum();
    let sent_anew = steps.iter().filter(by_desk).count() as i64;
    Grade::new(
        100,
        &[
            (Shortfall::Returned, times(Step::Return), 20),
            (Shortfall::SentAnew, sent_anew, 10),
            (Shortfall::Corrected, corrected, 25),
        ],
    )
}

/// How many words of the shopper's own a visit has.
fn words(visit: &Visit) -> usize {
    let answers = visit.content.0.answers.iter();
    answers
        .map(|(_, answer)| {
            let text = match &answer.value {
                Some(AnswerValue::Text(text)) if text.contains(char::is_whitespace) => text.as_str(),
                _ => "",
            };
            let comment = answer.comment.as_deref().unwrap_or_default();
            text.split_whitespace().chain(comment.split_whitespace()).count()
        })
        .sum()
}

fn comments(words: usize, corrections: &[Correction]) -> Grade {
    let spelled: BTreeSet<_> = corrections.iter().map(|one| one.question.as_str()).collect();
    let (none, few) = (i64::from(words == 0), i64::from((1..10).contains(&words)));
    let spelled = (Shortfall::Spelling, spelled.len() as i64, 10);
    Grade::new(100, &[(Shortfall::NoWords, none, 40), (Shortfall::FewWords, few, 20), spelled])
}

fn punctuality(received_at: Instant, due: Instant) -> Grade {
    let late = (received_at.micros() - due.micros()).max(0);
    let seconds = late.div_euclid(1_000_000) + i64::from(late % 1_000_000 > 0);
    let value = match seconds {
        0 => return Grade { value: 100, why: Vec::new() },
        ..=DAY => 70,
        seconds if seconds <= 3 * DAY => 40,
        _ => 0,
    };
    let hours = (seconds + 3_599) / 3_600;
    Grade { value, why: vec![(Shortfall::HoursLate, hours)] }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn what_is_late_loses_by_days() {
        let due = Instant::from_micros(1_000_000_000);
        let at = |seconds: i64| punctuality(due.plus_seconds(seconds), due);
        let late = |value, hours| Grade { value, why: vec![(Shortfall::HoursLate, hours)] };
        for in_time in [-DAY, 0] {
            assert_eq!(at(in_time), Grade { value: 100, why: vec![] });
        }
        assert_eq!(punctuality(Instant::from_micros(1_000_000_001), due), late(70, 1));
        assert_eq!((at(DAY), at(DAY + 1)), (late(70, 24), late(40, 25)));
        assert_eq!((at(3 * DAY), at(3 * DAY + 1)), (late(40, 72), late(0, 73)));
    }

    #[test]
    fn words_and_their_spelling_make_a_grade() {
        assert_eq!(comments(0, &[]), Grade { value: 60, why: vec![(Shortfall::NoWords, 1)] });
        assert_eq!(comments(9, &[]), Grade { value: 80, why: vec![(Shortfall::FewWords, 1)] });
        assert_eq!(comments(10, &[]), Grade { value: 100, why: vec![] });
        let grade = Grade::new(100, &[(Shortfall::Returned, 6, 20)]);
        assert_eq!(grade, Grade { value: 0, why: vec![(Shortfall::Returned, 6)] });
    }
}
