//! Texts in several languages, and the tags that name the languages.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize};
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, Schema, Type};
use utoipa::openapi::{Object, RefOr};
use utoipa::{PartialSchema, ToSchema};

use crate::strict::unique_map;

/// Most languages of one checklist.
pub const MAX_LANGUAGES: usize = 40;
/// Most characters of a text in one language, and of a comment.
pub const MAX_TEXT: usize = 2_000;

/// What [`is_language_tag`] accepts, for the contract.
const LANGUAGE_PATTERN: &str = "^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?$";

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

/// Whether this is a BCP 47 tag of a language, with a script and a region if need be (`sr-Latn-RS`).
///
/// Only the recommended spelling is taken (`en-GB`, not `en-gb`): one language has one tag, and tags
/// can be compared as they are.
pub fn is_language_tag(tag: &str) -> bool {
    let mut subtags = tag.split('-').peekable();
    let language = |s: &str| (2..=3).contains(&s.len()) && s.bytes().all(|b| b.is_ascii_lowercase());
    if !subtags.next().is_some_and(language) {
        return false;
    }
    subtags.next_if(|subtag| is_script(subtag));
    subtags.next_if(|subtag| is_region(subtag));
    subtags.next().is_none()
}

fn is_script(subtag: &str) -> bool {
    subtag.len() == 4
        && subtag.starts_with(|c: char| c.is_ascii_uppercase())
        && subtag.bytes().skip(1).all(|b| b.is_ascii_lowercase())
}

fn is_region(subtag: &str) -> bool {
    let letters = subtag.len() == 2 && subtag.bytes().all(|b| b.is_ascii_uppercase());
    letters || (subtag.len() == 3 && subtag.bytes().all(|b| b.is_ascii_digit()))
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
    fn one_language_has_one_tag() {
        for tag in ["en", "fr", "fil", "pt-BR", "sr-Latn", "sr-Latn-RS", "es-419"] {
            assert!(is_language_tag(tag), "{tag}");
        }
        for tag in [
            "",
            "e",
            "EN",
            "en-gb",
            "en_GB",
            "sr-latn",
            "en-",
            "-en",
            "english",
            "en-GB-GB",
            "en-RS-Latn",
            "en\n",
            "é",
        ] {
            assert!(!is_language_tag(tag), "{tag}");
        }
    }

    #[test]
    fn a_language_given_twice_is_refused() {
        let text: Text = serde_json::from_str(r#"{"fr": "Oui", "en": "Yes"}"#).unwrap();
        assert_eq!((text.get("en"), text.get("de")), (Some("Yes"), None));
        let error = serde_json::from_str::<Text>(r#"{"en": "Yes", "en": "No"}"#).unwrap_err();
        assert!(error.to_string().contains("given twice"), "{error}");
    }
}
