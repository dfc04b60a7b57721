//! What a checklist says: sections, questions and how they are answered.
//!
//! These types are the wire format, the stored format and the input of scoring. They hold
//! whatever was sent; [`Content::check`](Content::check) names everything that is wrong with it.
//! Therefore the contract gives only the limits of what can be read, and says in words what can be published.

use std::borrow::Borrow;
use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::text::{Text, languages_schema, storable, storable_list};
use crate::strict::objects_only;

/// Most sections of one checklist.
pub const MAX_SECTIONS: usize = 50;
/// Most questions of one checklist, all sections together.
pub const MAX_QUESTIONS: usize = 500;
/// Fewest and most options of one choice.
pub const OPTIONS: std::ops::RangeInclusive<usize> = 2..=200;
/// Most characters that a text answer may be allowed to have.
pub const MAX_TEXT_ANSWER: u32 = 10_000;
/// Greatest weight of a question and most points of an option.
pub const MAX_POINTS: u16 = 1_000;
/// Most points of a scale: the distance between its ends.
pub const MAX_SPAN: i64 = 100;
/// A full score in basis points.
pub const FULL_SCORE: u16 = 10_000;

/// Everything that a checklist says, as a draft or as a published version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct Content {
    /// What the checklist is called.
    pub title: Text,
    /// The languages it is written in, as BCP 47 tags; the first is the default.
    #[serde(deserialize_with = "storable_list")]
    #[schema(schema_with = languages_schema)]
    pub languages: Vec<String>,
    /// The sections, in the order in which a shopper sees them: 1 to 50, which together hold at most 500 questions.
    pub sections: Vec<Section>,
}

/// Questions that belong together and have a score of their own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct Section {
    /// Names the section; unique among the sections of the checklist.
    pub key: Key,
    /// What the section is called.
    pub title: Text,
    /// The questions, in the order in which a shopper sees them: at least one.
    pub questions: Vec<Question>,
}

/// One thing to check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct Question {
    /// Names the question; unique in the whole checklist.
    pub key: Key,
    /// What is asked.
    pub text: Text,
    /// What a shopper needs to know to answer it alike everywhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<Text>,
    /// How much the question counts: 0 to 1000. With 0 its points count for nothing.
    #[serde(default = "weight_one")]
    #[schema(minimum = 0, maximum = 65535, default = 1)]
    pub weight: u16,
    /// Whether a visit without an answer to it is refused.
    #[serde(default = "yes")]
    #[schema(default = true)]
    pub required: bool,
    /// Whether the shopper may answer that it does not apply. Such an answer does not count.
    #[serde(default)]
    #[schema(default = false)]
    pub not_applicable: bool,
    /// Whether it can only add to a score: what it earns counts, what it could have earned does not.
    #[serde(default)]
    #[schema(default = false)]
    pub bonus: bool,
    /// What happens when the answer earns nothing. Only for a question that carries points and is no bonus.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub critical: Option<Critical>,
    /// How it is answered and what answers earn.
    pub answer: AnswerKind,
}

/// What a critical question does when its answer earns nothing. Of several effects the lowest score wins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(remote = "Self", tag = "effect", rename_all = "snake_case", deny_unknown_fields)]
pub enum Critical {
    // Braces, because serde lets unknown fields pass beside a tagged variant without them.
    /// The section earns nothing, in its own score and in the visit's; what it could have earned still counts.
    SectionZero {},
    /// The visit scores zero; its sections keep their scores.
    VisitZero {},
    /// The visit scores at most this much; its sections keep their scores.
    Cap {
        /// The highest score left, in basis points: 0 to 10000.
        #[schema(minimum = 0, maximum = 65535)]
        score: u16,
    },
}

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
    /// Answered in the shopper's own words. Carries no points.
    Text {
        /// The most characters that an answer may have: 1 to 10000.
        #[serde(default = "two_thousand")]
        #[schema(minimum = 0, maximum = 4294967295_i64, default = 2000, format = Int64)]
        max_length: u32,
    },
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

/// A name given by the designer: a small letter, then up to 63 small letters, digits and underscores.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(pattern = r"^[^\x00]*$", example = "greeted_in_time")]
pub struct Key(#[serde(deserialize_with = "storable")] String);

objects_only!(Content, Section, Question, Critical, AnswerKind, Choice);

impl AnswerKind {
    /// The most points that an answer can earn (`P`); nothing if the question carries no points.
    pub fn points(&self) -> Option<i64> {
        match self {
            Self::YesNo { .. } => Some(1),
            Self::OneChoice { options } => options.iter().filter_map(|o| o.points).max().map(i64::from),
            Self::Scale { from, to, .. } => Some(i64::from(*to) - i64::from(*from)),
            Self::Text { .. } => None,
        }
        .filter(|points| *points > 0)
    }
}

impl Key {
    /// Whether it is spelled as a key has to be.
    pub fn is_well_formed(&self) -> bool {
        let small_letter = |b: u8| b.is_ascii_lowercase();
        self.0.len() <= 64
            && self.0.bytes().next().is_some_and(small_letter)
            && self.0.bytes().all(|b| small_letter(b) || b.is_ascii_digit() || b == b'_')
    }

    /// The key as it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Key {
    fn from(key: &str) -> Self {
        Self(key.to_owned())
    }
}

impl From<String> for Key {
    fn from(key: String) -> Self {
        Self(key)
    }
}

impl Borrow<str> for Key {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn weight_one() -> u16 {
    1
}

fn yes() -> bool {
    true
}

fn two_thousand() -> u32 {
    2_000
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use proptest::prelude::*;
    use serde_json::{Value as Json, json};

    use super::*;
    use crate::checklists::samples::contents;

    #[test]
    fn what_is_left_out_has_its_default() {
        let short = json!({"key": "q", "text": {"en": "?"}, "answer": {"kind": "yes_no"}});
        let question: Question = serde_json::from_value(short).unwrap();
        let long = json!({"key": "q", "text": {"en": "?"}, "weight": 1, "required": true, "not_applicable": false,
            "bonus": false, "answer": {"kind": "yes_no", "expect": "yes"}});
        assert_eq!(json!(question), long);
        let text: AnswerKind = serde_json::from_value(json!({"kind": "text"})).unwrap();
        assert_eq!(text, AnswerKind::Text { max_length: 2000 });
    }

    #[test]
    fn unknown_fields_and_arrays_are_refused_everywhere() {
        let question = |critical: Json, answer: Json| json!({"key": "q", "text": {"en": "?"}, "critical": critical, "answer": answer});
        let yes_no = json!({"kind": "yes_no"});
        let cases = [
            question(json!({"effect": "section_zero", "x": 1}), yes_no.clone()),
            question(json!({"effect": "cap", "score": 1, "x": 1}), yes_no),
            question(Json::Null, json!({"kind": "yes_no", "x": 1})),
            question(Json::Null, json!({"kind": "text", "options": []})),
            question(Json::Null, json!({"kind": "essay"})),
            question(Json::Null, json!(["yes_no", {"expect": "no"}])),
            question(json!(["visit_zero"]), json!({"kind": "yes_no"})),
            json!(["q", {"en": "?"}, null, 1, true, false, false, null, {"kind": "yes_no"}]),
        ];
        for case in cases {
            assert!(serde_json::from_value::<Question>(case.clone()).is_err(), "{case}");
        }
    }

    #[test]
    fn points_of_each_kind() {
        let points = |json: Json| serde_json::from_value::<AnswerKind>(json).unwrap().points();
        let choice = |points: [Json; 2]| {
            let option = |points: &Json| json!({"key": "o", "text": {"en": "?"}, "points": points});
            json!({"kind": "one_choice", "options": points.each_ref().map(option)})
        };
        assert_eq!(points(json!({"kind": "yes_no"})), Some(1));
        assert_eq!(points(json!({"kind": "scale", "from": -2, "to": 5})), Some(7));
        assert_eq!(points(json!({"kind": "text"})), None);
        assert_eq!(points(choice([json!(3), Json::Null])), Some(3));
        assert_eq!(points(choice([Json::Null, Json::Null])), None);
        assert_eq!(points(choice([json!(0), Json::Null])), None);
    }

    #[test]
    fn keys() {
        let longest = "k".repeat(64);
        for key in ["a", "a_1", "greeted_in_time", &longest] {
            assert!(Key::from(key).is_well_formed(), "{key}");
        }
        for key in ["", "A", "1a", "_a", "a-b", "a b", "é", "a\n", &format!("{longest}k")] {
            assert!(!Key::from(key).is_well_formed(), "{key}");
        }
    }

    proptest! {
        #[test]
        fn content_reads_back_as_written(content in contents()) {
            let written = serde_json::to_string(&content).unwrap();
            let read: Content = serde_json::from_str(&written).unwrap();
            prop_assert_eq!(serde_json::to_string(&read).unwrap(), written);
            prop_assert_eq!(read, content);
        }
    }
}
