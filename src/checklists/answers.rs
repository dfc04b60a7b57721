//! What a shopper answered, as the phone sends it and as it is stored.

use std::{collections::BTreeMap, fmt};

use serde::{
    Deserialize, Deserializer, Serialize,
    de::{Error, MapAccess, SeqAccess, Unexpected, Visitor, value::MapAccessDeserializer},
};
use utoipa::openapi::schema::{ArrayBuilder, OneOfBuilder, Ref, Schema, Type};
use utoipa::openapi::{Object, RefOr};
use utoipa::{PartialSchema, ToSchema};

use super::model::{Key, MAX_NUMBER, MAX_QUESTIONS, MAX_TEXT_ANSWER, OPTIONS};
use crate::strict::{objects_only, unique_map};

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
    pub value: Option<AnswerValue>,
    /// The question does not apply to this visit. Only where the question allows it.
    #[serde(default, skip_serializing_if = "is_false")]
    #[schema(default = false)]
    pub not_applicable: bool,
    /// What the shopper adds in own words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 2000)]
    pub comment: Option<String>,
}

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

/// Where somebody was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Location {
    /// North of the equator, in degrees: -90 to 90.
    #[schema(schema_with = latitude)]
    pub latitude: Degrees,
    /// East of Greenwich, in degrees: -180 to 180.
    #[schema(schema_with = longitude)]
    pub longitude: Degrees,
    /// Within how many metres that is right, with a probability of 68 %.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 1_000_000)]
    pub accuracy_m: Option<u32>,
}

/// An angle to ten-millionths of a degree, which is about a centimetre on the ground.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Degrees(i32);

impl Degrees {
    /// Ten-millionths in a degree.
    const STEPS: f64 = 1e7;

    /// The angle nearest to this one; none beyond 180 degrees to either side.
    pub fn new(degrees: f64) -> Option<Self> {
        // Within i32, as 180 · 10⁷ is.
        (-180.0..=180.0).contains(&degrees).then(|| Self((degrees * Self::STEPS).round() as i32))
    }

    /// The angle in degrees.
    pub fn get(self) -> f64 {
        f64::from(self.0) / Self::STEPS
    }
}

impl Serialize for Degrees {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.get())
    }
}

impl<'de> Deserialize<'de> for Degrees {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let degrees = f64::deserialize(deserializer)?;
        Self::new(degrees).ok_or_else(|| D::Error::custom("degrees are from -180 to 180"))
    }
}

objects_only!(Answer);

/// By hand, because what serde derives tries each variant in turn, on a copy, and there are thirty answers to a visit.
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

impl ToSchema for AnswerValue {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((Location::name().into_owned(), Location::schema()));
    }
}

fn latitude() -> Object {
    degrees(90)
}

fn longitude() -> Object {
    degrees(180)
}

fn degrees(most: i32) -> Object {
    Object::builder().schema_type(Type::Number).minimum(Some(-most)).maximum(Some(most)).build()
}

impl PartialSchema for AnswerValue {
    /// By hand, because a derived one has no room for the limits.
    fn schema() -> RefOr<Schema> {
        let kind = |kind| Object::builder().schema_type(kind);
        let integer = kind(Type::Integer).minimum(Some(-MAX_NUMBER)).maximum(Some(MAX_NUMBER));
        let text =
            || kind(Type::String).min_length(Some(1)).max_length(usize::try_from(MAX_TEXT_ANSWER).ok());
        let list = ArrayBuilder::new().items(text()).max_items(Some(*OPTIONS.end()));
        OneOfBuilder::new()
            .item(kind(Type::Boolean).description(Some("To a yes/no question.")))
            .item(integer.description(Some("To a scale, a number, an amount (in minor units) or a duration (in seconds).")))
            .item(text().description(Some(
                "To one choice the key of the option, to a text question the text, to a date-time question the date and time.",
            )))
            .item(list.description(Some("To several choices the keys of the options.")))
            .item(Ref::from_schema_name(Location::name()))
            .description(Some("What was answered, as the kind of the question wants it."))
            .into()
    }
}

impl Answers {
    /// The answer to the question with this key.
    pub fn get(&self, key: &str) -> Option<&Answer> {
        self.0.get(key)
    }

    /// Every answer with the key of its question, in the order of the keys.
    pub fn iter(&self) -> impl Iterator<Item = (&Key, &Answer)> {
        self.0.iter()
    }

    /// Leaves out the answers that this says no of.
    pub fn retain(&mut self, mut keep: impl FnMut(&Key, &Answer) -> bool) {
        self.0.retain(|key, answer| keep(key, answer));
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

impl ToSchema for Answers {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((Answer::name().into_owned(), Answer::schema()));
        Answer::schemas(schemas);
    }
}

impl PartialSchema for Answers {
    fn schema() -> RefOr<Schema> {
        Object::builder()
            .schema_type(Type::Object)
            .description(Some("The answers of one visit, by the key of the question."))
            .property_names(inline(Key::schema()))
            .additional_properties(Some(Ref::from_schema_name(Answer::name())))
            .max_properties(Some(MAX_QUESTIONS))
            .examples([serde_json::json!({"greeted": {"value": true}, "queue": {"not_applicable": true}})])
            .into()
    }
}

fn inline(schema: RefOr<Schema>) -> Option<Schema> {
    match schema {
        RefOr::T(schema) => Some(schema),
        RefOr::Ref(_) => None,
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
