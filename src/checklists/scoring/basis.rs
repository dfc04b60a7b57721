//! By what an answer earns its points.

use crate::checklists::{
    answers::AnswerValue,
    given::Answered,
    measure::{band, chosen, measure},
    model::{AnswerKind, Band, Choice, Expected},
};

/// By what an answer earns its points.
pub(super) enum Basis<'a> {
    /// Whether it is the expected one.
    Expected { expected: Expected, given: Expected },
    /// What these keys choose of the options.
    Options { options: &'a [Choice], keys: &'a [String] },
    /// How many steps a number on a scale is above the worst end.
    Steps { worst: i32, steps: i64 },
    /// The band that its measure falls into; none above them all.
    Band { measure: i64, band: Option<&'a Band> },
}

impl<'a> Basis<'a> {
    /// That of an answer; none if it is no answer to this kind of question, or such answers earn nothing.
    pub(super) fn of(kind: &'a AnswerKind, answered: Answered<'a>) -> Option<Self> {
        match (kind, answered) {
            (AnswerKind::YesNo { expect }, Answered::Value(AnswerValue::Bool(yes))) => {
                let given = if *yes { Expected::Yes } else { Expected::No };
                Some(Self::Expected { expected: *expect, given })
            }
            (AnswerKind::OneChoice { options }, Answered::Value(AnswerValue::Text(key))) => {
                Some(Self::Options { options, keys: std::slice::from_ref(key) })
            }
            (AnswerKind::SeveralChoices { options, .. }, Answered::Value(AnswerValue::List(keys))) => {
                Some(Self::Options { options, keys })
            }
            (AnswerKind::Scale { from, to, reversed }, Answered::Value(AnswerValue::Integer(number))) => {
                let (worst, steps) = match reversed {
                    true => (*to, i64::from(*to).checked_sub(*number)?),
                    false => (*from, number.checked_sub(i64::from(*from))?),
                };
                Some(Self::Steps { worst, steps })
            }
            (
                AnswerKind::Number { .. }
                | AnswerKind::Amount { .. }
                | AnswerKind::Duration { .. }
                | AnswerKind::Text { .. }
                | AnswerKind::DateTime { .. }
                | AnswerKind::Photo { .. }
                | AnswerKind::Audio { .. },
                answered,
            ) => {
                let measure = measure(kind, answered)?;
                Some(Self::Band { measure, band: band(kind.bands(), measure) })
            }
            (
                AnswerKind::YesNo { .. }
                | AnswerKind::OneChoice { .. }
                | AnswerKind::SeveralChoices { .. }
                | AnswerKind::Scale { .. }
                | AnswerKind::Location {}
                | AnswerKind::Signature {}
                | AnswerKind::Note {},
                _,
            ) => None,
        }
    }

    /// The points that the answer earns.
    pub(super) fn points(&self) -> i64 {
        match self {
            Self::Expected { expected, given } => i64::from(expected == given),
            Self::Options { options, keys } => {
                chosen(options, keys).flatten().map(|option| option.points.map_or(0, i64::from)).sum()
            }
            Self::Steps { steps, .. } => *steps,
            Self::Band { band, .. } => band.map_or(0, |band| band.points.into()),
        }
    }
}
