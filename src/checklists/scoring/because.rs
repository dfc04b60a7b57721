//! What about an answer earned its points.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Line, steps};
use crate::checklists::{
    answers::AnswerValue,
    given::Answered,
    measure::{band, chosen, measure},
    model::{AnswerKind, Expected, Key, Question},
};
use crate::strict::objects_only;

/// What about an answer earned its points.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(remote = "Self", tag = "by", rename_all = "snake_case", deny_unknown_fields)]
pub enum Because {
    /// Whether it was the expected answer, which earns the one point.
    Expected {
        /// What was expected.
        expected: Expected,
        /// What was answered.
        given: Expected,
    },
    /// What the chosen options earn, together.
    Options {
        /// The options, in the order in which they were chosen.
        chosen: Vec<Chosen>,
    },
    /// How far it is from the worst end of the scale; each step earns a point.
    Steps {
        /// The worst end.
        worst: i32,
        /// How many steps it is from there.
        steps: i64,
    },
    /// The band that it fell into.
    Band {
        /// What was compared: the number that was given, or how many characters, minutes after midnight, or files.
        measure: i64,
        /// The limit of the band; none if it has no end, or if the answer is above all bands.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        up_to: Option<i64>,
        /// Whether the answer is above all bands, and therefore earns nothing.
        above_all: bool,
    },
}

/// An option that was chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Chosen {
    /// Its key.
    pub option: Key,
    /// What it earns.
    pub points: u16,
}

objects_only!(Because);

impl Line<'_> {
    /// What about the answer earned its points; none if it does not count.
    pub(super) fn because(&self, question: &Question) -> Option<Because> {
        self.points?;
        let kind = &question.answer;
        match (kind, self.answered) {
            (AnswerKind::YesNo { expect }, Answered::Value(AnswerValue::Bool(yes))) => {
                let given = if *yes { Expected::Yes } else { Expected::No };
                Some(Because::Expected { expected: *expect, given })
            }
            (AnswerKind::OneChoice { .. }, Answered::Value(AnswerValue::Text(key))) => {
                Some(options(kind, std::slice::from_ref(key)))
            }
            (AnswerKind::SeveralChoices { .. }, Answered::Value(AnswerValue::List(keys))) => {
                Some(options(kind, keys))
            }
            (AnswerKind::Scale { from, to, reversed }, Answered::Value(AnswerValue::Integer(number))) => {
                let worst = if *reversed { *to } else { *from };
                Some(Because::Steps { worst, steps: steps(kind, *number)? })
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
                let band = band(kind.bands(), measure);
                let up_to = band.and_then(|band| band.up_to);
                Some(Because::Band { measure, up_to, above_all: band.is_none() })
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
}

fn options(kind: &AnswerKind, keys: &[String]) -> Because {
    let chosen = chosen(kind.options(), keys).flatten();
    let chosen =
        chosen.map(|option| Chosen { option: option.key.clone(), points: option.points.unwrap_or_default() });
    Because::Options { chosen: chosen.collect() }
}
