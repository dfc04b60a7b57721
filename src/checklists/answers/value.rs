//! The value of an answer, in the form that the kind of the question wants.

use std::fmt;

use serde::{
    Deserialize, Deserializer, Serialize,
    de::{Error, MapAccess, SeqAccess, Unexpected, Visitor, value::MapAccessDeserializer},
};

use super::Location;
use crate::checklists::model::OPTIONS;

/// What was answered, as the kind of the question wants it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum AnswerValue {
    /// To a yes/no question.
    Bool(bool),
    /// To a scale, a number, an amount or a duration.
    Integer(i64),
    /// To one choice the key of the option; to a text question the text; to a date-time question the date and time.
    Text(String),
    /// To several choices the keys of the options.
    List(Vec<String>),
    /// To a location question.
    Location(Location),
}

/// By hand: what serde derives tries each variant in turn on a copy, and a visit has some thirty answers.
impl<'de> Deserialize<'de> for AnswerValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyValue)
    }
}

struct AnyValue;

impl<'de> Visitor<'de> for AnyValue {
    type Value = AnswerValue;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("true, false, a whole number, a text, a list of texts or a position")
    }

    fn visit_bool<E: Error>(self, yes: bool) -> Result<AnswerValue, E> {
        Ok(AnswerValue::Bool(yes))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<AnswerValue, E> {
        Ok(AnswerValue::Integer(number))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<AnswerValue, E> {
        let small = i64::try_from(number);
        small.map(AnswerValue::Integer).map_err(|_| E::invalid_value(Unexpected::Unsigned(number), &self))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<AnswerValue, E> {
        Ok(AnswerValue::Text(text.to_owned()))
    }

    fn visit_string<E: Error>(self, text: String) -> Result<AnswerValue, E> {
        Ok(AnswerValue::Text(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<AnswerValue, A::Error> {
        let mut texts = Vec::new();
        while let Some(text) = list.next_element::<String>()? {
            if texts.len() == *OPTIONS.end() {
                return Err(A::Error::custom(format_args!("more than {} texts", OPTIONS.end())));
            }
            texts.push(text);
        }
        Ok(AnswerValue::List(texts))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<AnswerValue, A::Error> {
        Location::deserialize(MapAccessDeserializer::new(map)).map(AnswerValue::Location)
    }
}
