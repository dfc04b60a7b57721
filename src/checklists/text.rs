//! Texts in several languages, and the tags that name the languages.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize};
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, Schema, Type};
use utoipa::openapi::{Object, RefOr};
use utoipa::{PartialSchema, ToSchema};

pub use crate::text::is_language_tag;
use crate::{strict::unique_map, text::LANGUAGE_PATTERN};

/// Most languages of one checklist.
pub const MAX_LANGUAGES: usize = 40;
/// Most characters of a text in one language, and of a comment.
pub const MAX_TEXT: usize = 2_000;

/// The same text in one or more languages, by BCP 47 tag.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Text(BTreeMap<String, String>);

impl Text {
    /// The text in exactly this language.
    pub fn get(&self, language: &str) -> Option<&str> {
        self.0.get(language).map(String::as_str)
    }

    /// Every language with its text, in the order of the tags.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(language, text)| (language.as_str(), text.as_str()))
    }
}

impl<L: Into<String>, T: Into<String>> FromIterator<(L, T)> for Text {
    fn from_iter<I: IntoIterator<Item = (L, T)>>(texts: I) -> Self {
        Self(texts.into_iter().map(|(language, text)| (language.into(), text.into())).collect())
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        unique_map(deserializer, MAX_LANGUAGES).map(Self)
    }
}

impl ToSchema for Text {}

impl PartialSchema for Text {
    fn schema() -> RefOr<Schema> {
        let text = Object::builder().schema_type(Type::String).min_length(Some(1)).max_length(Some(MAX_TEXT));
        ObjectBuilder::new()
            .schema_type(Type::Object)
            .description(Some("The same text in every language of the checklist, by BCP 47 tag."))
            .property_names(Some(language_schema()))
            .additional_properties(Some(text))
            .min_properties(Some(1))
            .max_properties(Some(MAX_LANGUAGES))
            .examples([serde_json::json!({"en": "Were you greeted?", "fr": "Vous a-t-on salué ?"})])
            .into()
    }
}

fn language_schema() -> Object {
    Object::builder().schema_type(Type::String).pattern(Some(LANGUAGE_PATTERN)).build()
}

/// The schema of the languages of a checklist.
pub(super) fn languages_schema() -> ArrayBuilder {
    ArrayBuilder::new()
        .items(language_schema())
        .min_items(Some(1))
        .max_items(Some(MAX_LANGUAGES))
        .unique_items(true)
        .description(Some("The languages it is written in, as BCP 47 tags; the first is the default."))
        .examples([serde_json::json!(["en", "fr"])])
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use super::*;

    #[test]
    fn a_language_given_twice_is_refused() {
        let text: Text = serde_json::from_str(r#"{"fr": "Oui", "en": "Yes"}"#).unwrap();
        assert_eq!((text.get("en"), text.get("de")), (Some("Yes"), None));
        let error = serde_json::from_str::<Text>(r#"{"en": "Yes", "en": "No"}"#).unwrap_err();
        assert!(error.to_string().contains("given twice"), "{error}");
    }
}
