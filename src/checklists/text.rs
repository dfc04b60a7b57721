//! Texts in several languages, and the tags that name the languages.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize, de::Error as _};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

use crate::strict::unique_map;
pub use crate::text::is_language_tag;

/// Most languages of one checklist.
pub const MAX_LANGUAGES: usize = 40;
/// Most characters of a text in one language, and of a comment.
pub const MAX_TEXT: usize = 2_000;

/// What [`storable`] accepts, for the contract.
const STORABLE: &str = r"^[^\x00]*$";

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
        let kept = |(language, text): (L, T)| (language.into(), with_line_feeds(text.into()));
        Self(texts.into_iter().map(kept).collect())
    }
}

/// The text with line feeds in place of the line breaks that no version can have; separators of lines and paragraphs stay,
/// since versions that have them are known by their digests.
fn with_line_feeds(text: String) -> String {
    const BREAKS: [char; 4] = ['\r', '\u{b}', '\u{c}', '\u{85}'];
    if text.contains(BREAKS) { text.replace("\r\n", "\n").replace(BREAKS, "\n") } else { text }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let texts: BTreeMap<String, String> = unique_map(deserializer, MAX_LANGUAGES)?;
        let unstorable = texts.iter().any(|(language, text)| has_nul(language) || has_nul(text));
        if unstorable { Err(D::Error::custom(UNSTORABLE)) } else { Ok(texts.into_iter().collect()) }
    }
}

const UNSTORABLE: &str = "a text without NUL characters";

fn has_nul(text: &str) -> bool {
    text.contains('\0')
}

/// Reads a text without NUL characters, which PostgreSQL cannot keep.
pub(in crate::checklists) fn storable<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<String, D::Error> {
    let text = String::deserialize(deserializer)?;
    if has_nul(&text) { Err(D::Error::custom(UNSTORABLE)) } else { Ok(text) }
}

/// The same, where there need not be a text.
pub(super) fn storable_option<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<String>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    if text.as_deref().is_some_and(has_nul) { Err(D::Error::custom(UNSTORABLE)) } else { Ok(text) }
}

/// Reads a list of texts without NUL characters.
pub(super) fn storable_list<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let texts = Vec::<String>::deserialize(deserializer)?;
    if texts.iter().any(|text| has_nul(text)) { Err(D::Error::custom(UNSTORABLE)) } else { Ok(texts) }
}

impl ToSchema for Text {}

impl PartialSchema for Text {
    fn schema() -> RefOr<Schema> {
        let about =
            "The same text in every language of the checklist, by BCP 47 tag: 1 to 2000 characters each.";
        ObjectBuilder::new()
            .schema_type(Type::Object)
            .description(Some(about))
            .property_names(Some(text_schema()))
            .additional_properties(Some(text_schema()))
            .max_properties(Some(MAX_LANGUAGES))
            .examples([serde_json::json!({"en": "Were you greeted?", "fr": "Vous a-t-on salué ?"})])
            .into()
    }
}

fn text_schema() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String).pattern(Some(STORABLE))
}

/// The schema of the languages of a checklist.
pub(super) fn languages_schema() -> ArrayBuilder {
    ArrayBuilder::new()
        .items(text_schema())
        .description(Some(
            "The languages it is written in, 1 to 40 different BCP 47 tags; the first is the default.",
        ))
        .examples([serde_json::json!(["en", "fr"])])
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use super::*;

    #[test]
    fn what_a_database_cannot_keep_is_refused() {
        for text in [r#"{"en": "a\u0000b"}"#, r#"{"e\u0000": "a"}"#] {
            assert!(serde_json::from_str::<Text>(text).is_err(), "{text}");
        }
        assert!(serde_json::from_str::<Text>(r#"{"en": "a\\u0000\u0001"}"#).is_ok());
    }

    #[test]
    fn a_language_given_twice_is_refused() {
        let text: Text = serde_json::from_str(r#"{"fr": "Oui", "en": "Yes"}"#).unwrap();
        assert_eq!((text.get("en"), text.get("de")), (Some("Yes"), None));
        let error = serde_json::from_str::<Text>(r#"{"en": "Yes", "en": "No"}"#).unwrap_err();
        assert!(error.to_string().contains("given twice"), "{error}");
    }
}
