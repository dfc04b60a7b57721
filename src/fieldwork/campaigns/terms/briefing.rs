//! What a shopper is to know beforehand, in one or more languages.

use utoipa::openapi::{Object, ObjectBuilder, RefOr, Schema, schema::Type};
use validator::ValidationError;

use crate::{
    checklists::text::{MAX_LANGUAGES, Text},
    text::{LANGUAGE_PATTERN, is_language_tag},
};

/// Most characters of a briefing in one language.
pub const LONGEST_BRIEFING: usize = 4_000;

/// Takes a briefing.
pub(super) fn is_briefing(text: &Text) -> Result<(), ValidationError> {
    let good = |(language, text): (&str, &str)| {
        is_language_tag(language) && (1..=LONGEST_BRIEFING).contains(&text.chars().count())
    };
    let all = text.iter().next().is_some() && text.iter().all(good);
    let wrong = || {
        ValidationError::new("format").with_message("1 to 4000 characters by language tag (BCP 47)".into())
    };
    all.then_some(()).ok_or_else(wrong)
}

/// What [`is_briefing`] accepts, for the contract.
pub(super) fn briefing_schema() -> RefOr<Schema> {
    let string = || ObjectBuilder::new().schema_type(Type::String);
    let text = string().pattern(Some(r"^[^\x00]+$")).min_length(Some(1)).max_length(Some(LONGEST_BRIEFING));
    Object::builder()
        .schema_type(utoipa::openapi::schema::SchemaType::from_iter([Type::Object, Type::Null]))
        .description(Some("What a shopper is to know beforehand, by BCP 47 tag of the language."))
        .property_names(Some(string().pattern(Some(LANGUAGE_PATTERN))))
        .additional_properties(Some(text))
        .min_properties(Some(1))
        .max_properties(Some(MAX_LANGUAGES))
        .examples([serde_json::json!({"en": "Ask for the dish of the day."})])
        .into()
}
