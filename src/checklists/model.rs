//! The content of a checklist: sections, questions and how they are answered.
//!
//! These types are the wire format, the stored format and the input of scoring. They hold anything that can be read;
//! [`Content::check`](Content::check) names everything that is wrong with it. Therefore the contract gives only the limits
//! of what can be read, and says in words what can be published.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use super::key::Key;
pub use super::kinds::{AnswerKind, Ask, Band, Choice, Expected, MAX_NUMBER, Pattern};
use super::rules::Rule;
use super::text::{Text, languages_schema, storable_list};
use crate::{
    ids::PictureId,
    strict::{objects_only, or_default},
};

/// Most sections of one checklist.
pub const MAX_SECTIONS: usize = 50;
/// Most questions of one checklist, all sections together.
pub const MAX_QUESTIONS: usize = 500;
/// Fewest and most options of one choice.
pub const OPTIONS: std::ops::RangeInclusive<usize> = 2..=200;
/// Most characters that a text answer may be allowed to have.
pub const MAX_TEXT_ANSWER: u32 = 10_000;
/// Most bytes of a checklist as JSON.
pub const MAX_JSON: usize = 1 << 20;
/// How deep the JSON of a checklist may nest: more than other bodies, because rules nest up to 16 deep in it.
pub const MAX_DEPTH: usize = 48;
/// Most example pictures of one question.
pub const MAX_EXAMPLES: usize = 5;
/// Most bands of one question.
pub const MAX_BANDS: usize = 50;
/// Most photos or recordings that a question may ask for.
pub const MAX_FILES: u16 = 20;
/// Longest recording that a question may allow, in seconds.
pub const MAX_RECORDING: u16 = 7_200;
/// Most contradictions that a checklist may declare.
pub const MAX_CONTRADICTIONS: usize = 50;
/// Most decimals of a number.
pub const MAX_DECIMALS: u8 = 6;
/// Greatest weight of a question and most points of an option.
pub const MAX_POINTS: u16 = 1_000;
/// Most points of a scale: the distance between its ends.
pub const MAX_SPAN: i64 = 100;
/// A full score in basis points.
pub const FULL_SCORE: u16 = 10_000;

/// The content of a checklist, as a draft or as a published version.
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
    /// How many characters a comment has at least where one is asked for: 1 to 2000. A shorter one is taken, and flagged for
    /// reviewers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 65535)]
    pub shortest_comment: Option<u16>,
    /// Answers that cannot be right together, at most 50: a visit that has them is taken, and flagged for reviewers. Shoppers are
    /// not shown them.
    #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "or_default")]
    #[schema(nullable = true)]
    pub contradictions: Vec<Contradiction>,
}

/// Answers that cannot be right together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct Contradiction {
    /// When there is one, by the answers to any questions of the checklist.
    pub when: Rule,
    /// What a reviewer is to know.
    pub message: Text,
}

/// Questions that belong together and have a score of their own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct Section {
    /// Names the section; unique among the sections of the checklist.
    pub key: Key,
    /// What the section is called.
    pub title: Text,
    /// How many times each of its questions counts: 0 to 1000; 1 if it is not there.
    #[serde(default = "weight_one", skip_serializing_if = "is_one")]
    #[schema(minimum = 0, maximum = 65535)]
    pub weight: u16,
    /// When it is shown; without it, always. A hidden section hides its questions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub show_when: Option<Rule>,
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
    /// Examples of what is meant: at most 5.
    #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "or_default")]
    #[schema(nullable = true)]
    pub pictures: Vec<Example>,
    /// How much the question counts: 0 to 1000. With 0 its points count for nothing.
    #[serde(default = "weight_one")]
    #[schema(minimum = 0, maximum = 65535, default = 1)]
    pub weight: u16,
    /// Whether a visit without an answer to it is refused.
    #[serde(default = "yes")]
    #[schema(default = true)]
    pub required: bool,
    /// Whether the shopper may answer that it does not apply. Such an answer does not count.
    #[serde(default, deserialize_with = "or_default")]
    #[schema(default = false, nullable = true)]
    pub not_applicable: bool,
    /// Whether it can only add to a score: what it earns counts, what it could have earned does not.
    #[serde(default, deserialize_with = "or_default")]
    #[schema(default = false, nullable = true)]
    pub bonus: bool,
    /// What happens when the answer earns nothing. Only for a question that carries points and is no bonus.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub critical: Option<Critical>,
    /// The standard that it verifies, by its key in the brand's catalogue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub standard: Option<Key>,
    /// The dimension that it belongs to, by its key in the brand's catalogue. With a standard it is the standard's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dimension: Option<Key>,
    /// When it is shown; without it, always.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub show_when: Option<Rule>,
    /// When an answer needs a comment; without it, a comment is optional.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<Demand>,
    /// When an answer needs a photo beside it; without it, a photo is optional.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub photo: Option<Demand>,
    /// Whether it is about the visit and not about the service: when, where, and what was bought. Reports leave it out, unless
    /// its campaign shows such answers.
    #[serde(default, skip_serializing_if = "is_not", deserialize_with = "or_default")]
    #[schema(nullable = true)]
    pub about_visit: bool,
    /// Whether its answers name people who work there. Reports leave it out, unless those people were informed of that.
    #[serde(default, skip_serializing_if = "is_not", deserialize_with = "or_default")]
    #[schema(nullable = true)]
    pub names_staff: bool,
    /// When an answer is right, by the answers to any questions: then this is a control question. It is asked to see whether
    /// the shopper looks: it is in no score and in no report, shoppers are shown it as one of the weight 0, and a wrong answer is flagged
    /// for reviewers. Shoppers are not shown the rule.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub control: Option<Rule>,
    /// How it is answered and what answers earn.
    pub answer: AnswerKind,
}

impl Question {
    /// Whether it is asked only to see whether the shopper looks: it is in no score and in no report.
    pub const fn is_control(&self) -> bool {
        self.control.is_some()
    }

    /// The same as shoppers see it. A control question is to them one without weight, as others may be: so what is said to them of
    /// its score is what is said of every such question.
    #[must_use]
    pub fn for_shoppers(&self) -> Self {
        let weight = if self.is_control() { 0 } else { self.weight };
        Self { control: None, weight, ..self.clone() }
    }

    /// The most points that an answer can have; none if none has any, or if it is a control question.
    pub fn points(&self) -> Option<i64> {
        if self.is_control() { None } else { self.answer.points() }
    }
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

/// When a shopper has to add something to an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(remote = "Self", tag = "when", rename_all = "snake_case", deny_unknown_fields)]
pub enum Demand {
    /// To every answer that has a value.
    Always {},
    /// To none: it is refused.
    Never {},
    /// To an answer that earns less than a share of its points.
    Below {
        /// The share in basis points: 1 to 10000.
        #[schema(minimum = 0, maximum = 65535)]
        share: u16,
    },
}

/// An example of what is meant, which the brand keeps among its pictures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct Example {
    /// The picture.
    pub id: PictureId,
    /// A description of the picture, for people who cannot see it.
    pub alt: Text,
}

objects_only!(Content, Contradiction, Section, Question, Critical, Demand, Example);

impl Content {
    /// The same as shoppers see it: without what is held against their answers.
    pub fn for_shoppers(&self) -> Self {
        let mut shown = self.clone();
        shown.contradictions.clear();
        let questions = shown.sections.iter_mut().flat_map(|section| &mut section.questions);
        questions.for_each(|question| *question = question.for_shoppers());
        shown
    }

    /// Whether it holds anything against answers that shoppers do not see.
    pub fn is_other_for_shoppers(&self) -> bool {
        let mut questions = self.sections.iter().flat_map(|section| &section.questions);
        !self.contradictions.is_empty() || questions.any(Question::is_control)
    }

    /// Whether it is larger than a draft that can be sent. Only a content that is imported in another form can be.
    pub fn is_too_large(&self) -> bool {
        serde_json::to_vec(self).map_or(usize::MAX, |json| json.len()) > MAX_JSON
    }
}

fn weight_one() -> u16 {
    1
}

fn yes() -> bool {
    true
}

fn is_not(flag: &bool) -> bool {
    !flag
}

fn is_one(weight: &u16) -> bool {
    *weight == weight_one()
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
        let expected =
            AnswerKind::Text { min_length: None, max_length: 2000, pattern: None, bands: Vec::new() };
        assert_eq!(text, expected);
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
    fn a_control_question_earns_nothing() {
        let control =
            json!({"key": "q", "text": {"en": "?"}, "answer": {"kind": "yes_no"}, "control": {"var": "q"}});
        let question: Question = serde_json::from_value(control).unwrap();
        assert!(question.is_control());
        assert_eq!((question.points(), question.answer.points()), (None, Some(1)));
    }

    #[test]
    fn shoppers_do_not_see_what_is_held_against_them() {
        let content = json!({"title": {"en": "T"}, "languages": ["en"], "shortest_comment": 20,
            "contradictions": [{"when": {"var": "q"}, "message": {"en": "No."}}],
            "sections": [{"key": "s", "title": {"en": "S"}, "questions": [
                {"key": "q", "text": {"en": "?"}, "answer": {"kind": "yes_no"}, "control": {"var": "q"}}]}]});
        let content: Content = serde_json::from_value(content).unwrap();
        assert!(content.is_other_for_shoppers());
        let shown = json!(content.for_shoppers());
        assert_eq!((&shown["contradictions"], &shown["shortest_comment"]), (&Json::Null, &json!(20)));
        let question = &shown["sections"][0]["questions"][0];
        assert_eq!((&question["control"], &question["weight"]), (&Json::Null, &json!(0)));
        assert!(!content.for_shoppers().is_other_for_shoppers());
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
