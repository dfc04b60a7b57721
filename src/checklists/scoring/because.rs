//! What about an answer earned its points.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Line, basis::Basis};
use crate::checklists::{
    measure::chosen,
    model::{Choice, Expected, Key, Question},
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
        Basis::of(&question.answer, self.answered).map(Because::from)
    }
}

impl From<Basis<'_>> for Because {
    fn from(basis: Basis<'_>) -> Self {
        match basis {
            Basis::Expected { expected, given } => Self::Expected { expected, given },
            Basis::Options { options, keys } => {
                let points = |option: &Choice| option.points.unwrap_or_default();
                let chosen = chosen(options, keys).flatten();
                let chosen =
                    chosen.map(|option| Chosen { option: option.key.clone(), points: points(option) });
                Self::Options { chosen: chosen.collect() }
            }
            Basis::Steps { worst, steps } => Self::Steps { worst, steps },
            Basis::Band { measure, band } => {
                let up_to = band.and_then(|band| band.up_to);
                Self::Band { measure, up_to, above_all: band.is_none() }
            }
        }
    }
}
