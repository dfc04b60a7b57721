//! How questions are answered, and what answers earn.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::date_time;
use super::key::Key;
use super::text::{Text, storable_option};
use crate::strict::objects_only;

/// The farthest from zero that a number in a checklist may lie: JSON readers everywhere keep it exactly.
pub const MAX_NUMBER: i64 = 9_007_199_254_740_991;

/// How a question is answered, and what an answer earns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(remote = "Self", tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum AnswerKind {
    /// Answered `true` or `false`; the expected one earns the one point.
    YesNo {
        /// The answer that earns the point.
        #[serde(default)]
        #[schema(default = "yes")]
        expect: Expected,
    },
    /// Answered with the key of one option, which earns the points of that option.
    OneChoice {
        /// What can be chosen: 2 to 200 options. When no option has points, the question carries none.
        options: Vec<Choice>,
    },
    /// Answered with a list of keys of options, each at most once, which earn the points of all of them together.
    SeveralChoices {
        /// What can be chosen: 2 to 200 options. When no option has points, the question carries none.
        options: Vec<Choice>,
        /// How many have to be chosen; with 0, an empty list means that no option fits; 1 if it is not there.
        #[serde(default = "one", skip_serializing_if = "is_one")]
        #[schema(minimum = 0, maximum = 65535)]
        at_least: u16,
        /// How many may be chosen; without it, all. It limits the points that can be earned, too.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(minimum = 0, maximum = 65535)]
        at_most: Option<u16>,
    },
    /// Answered with a whole number between both ends; each step above the worst end earns a point.
    Scale {
        /// The least number. At most 100 below `to`.
        #[schema(minimum = -2147483648, maximum = 2147483647)]
        from: i32,
        /// The greatest number. More than `from`.
        #[schema(minimum = -2147483648, maximum = 2147483647)]
        to: i32,
        /// Whether the least number is the best.
        #[serde(default)]
        #[schema(default = false)]
        reversed: bool,
    },
    /// Answered with a whole number of steps of `10^-decimals`: with one decimal, 45 is 4.5.
    Number {
        /// How many decimals the shopper may give: 0 to 6; 0 if it is not there.
        #[serde(default, skip_serializing_if = "is_zero")]
        #[schema(minimum = 0, maximum = 255)]
        decimals: u8,
        /// The least number, in the same steps.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        minimum: Option<i64>,
        /// The greatest number, in the same steps.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        maximum: Option<i64>,
        /// What is counted or measured, such as `°C`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        unit: Option<Text>,
        /// What numbers earn, in the same steps.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        bands: Vec<Band>,
    },
    /// Answered with an amount in the minor units of the currency: 1250 is 12.50 EUR.
    Amount {
        /// The currency, as ISO 4217 has it.
        #[serde(deserialize_with = "super::text::storable")]
        #[schema(pattern = r"^[^\x00]*$", example = "EUR")]
        currency: String,
        /// The least amount, in minor units.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        minimum: Option<i64>,
        /// The greatest amount, in minor units.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        maximum: Option<i64>,
        /// What amounts earn, in minor units.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        bands: Vec<Band>,
    },
    /// Answered with a time in whole seconds.
    Duration {
        /// The shortest, in seconds.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        minimum: Option<i64>,
        /// The longest, in seconds.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        maximum: Option<i64>,
        /// What times earn, in seconds.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        bands: Vec<Band>,
    },
    /// Answered in the shopper's own words.
    Text {
        /// The fewest characters that an answer may have.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(minimum = 0, maximum = 4294967295_i64, format = Int64)]
        min_length: Option<u32>,
        /// The most characters that an answer may have: 1 to 10000.
        #[serde(default = "two_thousand")]
        #[schema(minimum = 0, maximum = 4294967295_i64, default = 2000, format = Int64)]
        max_length: u32,
        /// What an answer has to look like.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pattern: Option<Pattern>,
        /// What answers earn by their number of characters.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        bands: Vec<Band>,
    },
    /// Answered with a date, a time or both, by the clocks at the branch: `2026-11-22`, `14:05`, `2026-11-22T14:05`.
    DateTime {
        /// What is asked for.
        ask: Ask,
        /// The earliest, as it would be answered.
        #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "storable_option")]
        #[schema(pattern = r"^[^\x00]*$")]
        earliest: Option<String>,
        /// The latest, as it would be answered.
        #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "storable_option")]
        #[schema(pattern = r"^[^\x00]*$")]
        latest: Option<String>,
        /// What answers earn, in minutes after midnight; only where a time alone is asked for.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        bands: Vec<Band>,
    },
    /// Answered with photos, which the visit's manifest names.
    Photo {
        /// How many are needed: 1 to 20; 1 if it is not there.
        #[serde(default = "one", skip_serializing_if = "is_one")]
        #[schema(minimum = 0, maximum = 65535)]
        at_least: u16,
        /// How many are allowed: 1 to 20; 5 if it is not there.
        #[serde(default = "five", skip_serializing_if = "is_five")]
        #[schema(minimum = 0, maximum = 65535)]
        at_most: u16,
        /// What answers earn by their number of photos.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        bands: Vec<Band>,
    },
    /// Answered with recordings, which the visit's manifest names.
    Audio {
        /// How many are needed: 1 to 20; 1 if it is not there.
        #[serde(default = "one", skip_serializing_if = "is_one")]
        #[schema(minimum = 0, maximum = 65535)]
        at_least: u16,
        /// How many are allowed: 1 to 20; 1 if it is not there.
        #[serde(default = "one", skip_serializing_if = "is_one")]
        #[schema(minimum = 0, maximum = 65535)]
        at_most: u16,
        /// How long each may be, in seconds: 1 to 7200; 600 if it is not there.
        #[serde(default = "ten_minutes", skip_serializing_if = "is_ten_minutes")]
        #[schema(minimum = 0, maximum = 65535)]
        max_seconds: u16,
        /// What answers earn by their number of recordings.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        bands: Vec<Band>,
    },
    /// Answered with a position. Carries no points.
    Location {},
    /// Answered with one image of a signature, which the visit's manifest names. Carries no points.
    Signature {},
    /// Something to read, which is not answered.
    Note {},
}

/// Which answer to a yes/no question is the good one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Expected {
    /// `true` earns the point.
    #[default]
    Yes,
    /// `false` earns the point.
    No,
}

/// What a date-time question asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Ask {
    /// `2026-11-22`
    Date,
    /// `14:05`
    Time,
    /// `2026-11-22T14:05`
    DateTime,
}

/// What a text has to look like: a closed list, so that every phone can check it alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Pattern {
    /// An e-mail address.
    Email,
    /// A telephone number: digits, spaces and `+ ( ) - . /`, with at least five digits.
    Phone,
    /// An address that begins with `http://` or `https://`.
    Url,
    /// Digits 0 to 9.
    Digits,
    /// Letters of any script, and spaces between them.
    Letters,
    /// Letters of any script and digits, and spaces between them.
    LettersAndDigits,
}

/// One option of a choice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct Choice {
    /// Names the option; unique in its question.
    pub key: Key,
    /// What the shopper reads.
    pub text: Text,
    /// What choosing it earns: 0 to 1000 points; without, nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 65535)]
    pub points: Option<u16>,
}

/// The points of all answers up to a limit, above that of the band before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct Band {
    /// The greatest answer that belongs to the band; only the last band may leave it out, and has no end then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub up_to: Option<i64>,
    /// What such an answer earns: 0 to 1000 points. Above the last band's limit nothing is earned.
    #[schema(minimum = 0, maximum = 65535)]
    pub points: u16,
}

objects_only!(AnswerKind, Choice, Band);

impl AnswerKind {
    /// Its name on the wire.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::YesNo { .. } => "yes_no",
            Self::OneChoice { .. } => "one_choice",
            Self::SeveralChoices { .. } => "several_choices",
            Self::Scale { .. } => "scale",
            Self::Number { .. } => "number",
            Self::Amount { .. } => "amount",
            Self::Duration { .. } => "duration",
            Self::Text { .. } => "text",
            Self::DateTime { .. } => "date_time",
            Self::Photo { .. } => "photo",
            Self::Audio { .. } => "audio",
            Self::Location {} => "location",
            Self::Signature {} => "signature",
            Self::Note {} => "note",
        }
    }

    /// The most points that an answer can earn (`P`); nothing if the question carries no points.
    pub fn points(&self) -> Option<i64> {
        let sum = |points: &[u16]| points.iter().copied().map(i64::from).sum();
        let points = match self {
            Self::YesNo { .. } => 1,
            Self::OneChoice { options } => {
                sum(&options.iter().filter_map(|option| option.points).max().into_iter().collect::<Vec<_>>())
            }
            Self::SeveralChoices { options, at_most, .. } => {
                let mut points: Vec<_> = options.iter().filter_map(|option| option.points).collect();
                points.sort_unstable_by(|a, b| b.cmp(a));
                points.truncate(at_most.map_or(usize::MAX, usize::from));
                sum(&points)
            }
            Self::Scale { from, to, .. } => i64::from(*to) - i64::from(*from),
            Self::Number { .. }
            | Self::Amount { .. }
            | Self::Duration { .. }
            | Self::Text { .. }
            | Self::DateTime { .. }
            | Self::Photo { .. }
            | Self::Audio { .. } => self.bands().iter().map(|band| i64::from(band.points)).max().unwrap_or(0),
            Self::Location {} | Self::Signature {} | Self::Note {} => 0,
        };
        (points > 0).then_some(points)
    }

    /// The bands that give points to the measure of an answer.
    pub fn bands(&self) -> &[Band] {
        self.measured_bands().unwrap_or_default()
    }

    /// The same; none where answers have no measure.
    pub(super) fn measured_bands(&self) -> Option<&[Band]> {
        match self {
            Self::Number { bands, .. }
            | Self::Amount { bands, .. }
            | Self::Duration { bands, .. }
            | Self::Text { bands, .. }
            | Self::DateTime { bands, .. }
            | Self::Photo { bands, .. }
            | Self::Audio { bands, .. } => Some(bands),
            Self::YesNo { .. }
            | Self::OneChoice { .. }
            | Self::SeveralChoices { .. }
            | Self::Scale { .. }
            | Self::Location {}
            | Self::Signature {}
            | Self::Note {} => None,
        }
    }

    /// The options to choose from; none where nothing is chosen.
    pub fn options(&self) -> &[Choice] {
        match self {
            Self::OneChoice { options } | Self::SeveralChoices { options, .. } => options,
            _ => &[],
        }
    }

    /// Whether a value means the same as an answer to either: 5 of 5 is not 5 of 10, nor are 50 euros 50 lira.
    pub fn means_the_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Scale { from, to, .. }, Self::Scale { from: least, to: most, .. }) => {
                (from, to) == (least, most)
            }
            (Self::Number { decimals, .. }, Self::Number { decimals: others, .. }) => decimals == others,
            (Self::Amount { currency, .. }, Self::Amount { currency: others, .. }) => currency == others,
            _ => std::mem::discriminant(self) == std::mem::discriminant(other),
        }
    }

    /// Whether it is read only.
    pub fn is_note(&self) -> bool {
        matches!(self, Self::Note {})
    }

    /// Whether it is answered by files that the visit's manifest names.
    pub fn is_answered_by_files(&self) -> bool {
        matches!(self, Self::Photo { .. } | Self::Audio { .. } | Self::Signature {})
    }

    /// Whether it is only read, and never answered.
    pub fn is_only_read(&self) -> bool {
        matches!(self, Self::Note {})
    }
}

impl Ask {
    /// How an answer is written.
    pub fn example(self) -> &'static str {
        match self {
            Self::Date => "`2026-11-22`",
            Self::Time => "`14:05`",
            Self::DateTime => "`2026-11-22T14:05`",
        }
    }

    /// Whether this is a date, a time or both, in the one form in which they are written. So written, the order of
    /// moments is that of their letters.
    pub fn is_answered_by(self, moment: &str) -> bool {
        date_time::is_real(self, moment)
    }
}

fn one() -> u16 {
    1
}

fn is_one(number: &u16) -> bool {
    *number == one()
}

fn five() -> u16 {
    5
}

fn is_five(number: &u16) -> bool {
    *number == five()
}

fn ten_minutes() -> u16 {
    600
}

fn is_ten_minutes(seconds: &u16) -> bool {
    *seconds == ten_minutes()
}

fn is_zero(number: &u8) -> bool {
    *number == 0
}

fn two_thousand() -> u32 {
    2_000
}

#[cfg(test)]
mod tests;
