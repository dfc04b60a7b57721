//! A line of text in several languages, as it is sent to the catalogue.

use serde::Deserialize;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{RefOr, Schema},
};

use crate::{
    checklists::text::{MAX_LANGUAGES, MAX_TEXT, Text},
    limits::{ByLanguage, PlainText},
};

/// The same line in each language.
type Lines = ByLanguage<PlainText<1, MAX_TEXT>, MAX_LANGUAGES>;

/// The same line of text in one or more languages.
#[derive(Clone, Debug, Deserialize)]
#[serde(transparent)]
pub struct Wording(Lines);

impl From<Wording> for Text {
    fn from(wording: Wording) -> Self {
        wording.0.into_iter().collect()
    }
}

impl ToSchema for Wording {}

impl PartialSchema for Wording {
    fn schema() -> RefOr<Schema> {
        let about = "The same line of text by BCP 47 tag, at least in the brand's own language.";
        let example = serde_json::json!({"en": "A guest is greeted within thirty seconds."});
        Lines::contract().description(Some(about)).examples([example]).into()
    }
}
