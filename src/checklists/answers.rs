//! What a shopper answered, as the phone sends it and as it is stored.

mod location;
mod schema;
mod value;

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

pub use self::{
    location::{AccuracyM, Degrees, East, Location, North, SentAccuracyM, accuracy},
    value::AnswerValue,
};
use super::{
    model::{Key, MAX_QUESTIONS},
    text::MAX_TEXT,
};
use crate::{
    limits::Opaque,
    strict::{objects_only, or_default, unique_map},
    text::as_typed,
};

/// How long a comment may be; what else it may be is checked with its answer.
type CommentText = Opaque<0, MAX_TEXT>;

/// The answers of one visit, by the key of the question.
///
/// Written out again, equal answers are equal bytes, so that a hash can stand for them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Answers(BTreeMap<Key, Answer>);

/// The answer to one question: either a `value` or `"not_applicable": true`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct Answer {
    /// What was answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)] // any JSON may be null
    pub value: Option<AnswerValue>,
    /// The question does not apply to this visit. Only where the question allows it.
    #[serde(default, skip_serializing_if = "is_false", deserialize_with = "or_default")]
    #[schema(nullable = true)]
    pub not_applicable: bool,
    /// What the shopper adds in their own words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<CommentText>)]
    pub comment: Option<String>,
}

objects_only!(Answer);

impl Answers {
    /// The answer to the question with this key.
    pub fn get(&self, key: &str) -> Option<&Answer> {
        self.0.get(key)
    }

    /// The same, to be changed.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Answer> {
        self.0.get_mut(key)
    }

    /// Every answer with the key of its question, in the order of the keys.
    pub fn iter(&self) -> impl Iterator<Item = (&Key, &Answer)> {
        self.0.iter()
    }

    /// Keeps the answers that the function accepts.
    pub fn retain(&mut self, mut keep: impl FnMut(&Key, &Answer) -> bool) {
        self.0.retain(|key, answer| keep(key, answer));
    }

    /// The same, whichever way a phone wrote it: line breaks are line feeds, control characters are left out, a blank text is no
    /// answer, an answer that says nothing is left out, and several choices have no order.
    #[must_use]
    pub fn tidied(self) -> Self {
        let tidied = self.0.into_iter().map(|(key, answer)| (key, answer.tidied()));
        Self(tidied.filter(|(_, answer)| *answer != Answer::default()).collect())
    }

    /// How many questions are answered.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether nothing is answered.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Answer {
    fn tidied(self) -> Self {
        let value = self.value.and_then(|value| match value {
            AnswerValue::Text(text) => {
                let text = as_typed(text);
                (!text.trim().is_empty()).then_some(AnswerValue::Text(text))
            }
            AnswerValue::List(mut keys) => {
                keys.sort_unstable();
                Some(AnswerValue::List(keys))
            }
            value @ (AnswerValue::Bool(_) | AnswerValue::Integer(_) | AnswerValue::Location(_)) => {
                Some(value)
            }
        });
        Self { value, comment: self.comment.map(as_typed), ..self }
    }
}

impl FromIterator<(Key, Answer)> for Answers {
    fn from_iter<I: IntoIterator<Item = (Key, Answer)>>(answers: I) -> Self {
        Self(answers.into_iter().collect())
    }
}

impl<'de> Deserialize<'de> for Answers {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        unique_map(deserializer, MAX_QUESTIONS).map(Self)
    }
}

fn is_false(flag: &bool) -> bool {
    !flag
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use proptest::prelude::*;

    use super::*;
    use crate::checklists::samples::visits;

    fn read(json: &str) -> Result<Answers, serde_json::Error> {
        serde_json::from_str(json)
    }

    #[test]
    fn equal_answers_are_equal_bytes() {
        let canonical = r#"{"a":{"value":true},"b":{"not_applicable":true,"comment":"x"}}"#;
        let spoken = r#"{ "b": {"comment": "x", "value": null, "not_applicable": true},
                          "a": {"not_applicable": false, "comment": null, "value": true} }"#;
        assert_eq!(serde_json::to_string(&read(spoken).unwrap()).unwrap(), canonical);
    }

    #[test]
    fn what_is_no_set_of_answers_is_refused() {
        let many = |n: usize| (0..n).map(|i| format!(r#""q{i}":{{}}"#)).collect::<Vec<_>>().join(",");
        assert_eq!(read(&format!("{{{}}}", many(500))).unwrap().len(), 500);
        let cases = [
            (format!("{{{}}}", many(501)), "more than 500"),
            (r#"{"a": {"value": 1}, "a": {"value": 2}}"#.into(), "given twice"),
            (r#"{"a": {"value": 1, "value": 2}}"#.into(), "duplicate field"),
            (r#"{"a": {"score": 1}}"#.into(), "unknown field"),
            (r#"{"a": {"value": 1.5}}"#.into(), "expected true, false, a whole number, a text"),
            (r#"{"a": {"value": [1]}}"#.into(), "expected a string"),
            (r#"{"a": {"value": {"latitude": 91, "x": 1}}}"#.into(), "unknown field"),
            (r#"{"a": {"value": {"latitude": 181, "longitude": 0}}}"#.into(), "degrees are from"),
            (r#"{"a": [true]}"#.into(), "expected an object"),
            (r#"{"a": null}"#.into(), "invalid type"),
        ];
        for (json, reason) in cases {
            let error = read(&json).unwrap_err().to_string();
            assert!(error.contains(reason), "{error} is not about: {reason}");
        }
    }

    proptest! {
        #[test]
        fn answers_read_back_as_written((_, answers) in visits()) {
            let written = serde_json::to_string(&answers).unwrap();
            prop_assert_eq!(&read(&written).unwrap(), &answers);
            let any_order: serde_json::Value = serde_json::from_str(&written).unwrap();
            prop_assert_eq!(serde_json::to_string(&read(&any_order.to_string()).unwrap()).unwrap(), written);
        }
    }
}
