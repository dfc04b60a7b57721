//! A line of text in several languages, as it is sent to the catalogue.

use serde::Deserialize;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, schema::Type},
};
use validator::{Validate, ValidationError, ValidationErrors, ValidationErrorsKind};

use crate::{
    checklists::{
        model::Key,
        text::{MAX_LANGUAGES, MAX_TEXT, Text},
    },
    http::input::{language_tag, plain_text},
    text::LANGUAGE_PATTERN,
};

/// The texts that [`plain_text`] takes, for the contract.
const PLAIN_PATTERN: &str = r"^[^\x00-\x1F\x7F]*[^\s\x00-\x1F\x7F][^\x00-\x1F\x7F]*$";

/// The same line of text in one or more languages.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "Text")]
pub struct Wording(pub(super) Text);

impl TryFrom<Text> for Wording {
    type Error = &'static str;

    fn try_from(text: Text) -> Result<Self, Self::Error> {
        if text.iter().next().is_some() { Ok(Self(text)) } else { Err("write it in at least one language") }
    }
}

impl Validate for Wording {
    fn validate(&self) -> Result<(), ValidationErrors> {
        let mut wrong = ValidationErrors::new();
        for (language, text) in self.0.iter() {
            let of_language: Vec<_> = [language_tag(language), plain_text(text), length(text)]
                .into_iter()
                .filter_map(Result::err)
                .collect();
            if !of_language.is_empty() {
                let kind = ValidationErrorsKind::Field(of_language);
                wrong.errors_mut().insert(language.to_owned().into(), kind);
            }
        }
        if wrong.is_empty() { Ok(()) } else { Err(wrong) }
    }
}

fn length(text: &str) -> Result<(), ValidationError> {
    if text.chars().count() <= MAX_TEXT {
        return Ok(());
    }
    Err(ValidationError::new("length").with_message(format!("at most {MAX_TEXT} characters").into()))
}

/// Takes a well-formed key; the contract writes it as
/// `^[a-z][a-z0-9_]{0,63}$`.
pub(super) fn well_formed(key: &Key) -> Result<(), ValidationError> {
    if key.is_well_formed() {
        return Ok(());
    }
    let message = "start with a small letter, then up to 63 small letters, digits and underscores";
    Err(ValidationError::new("format").with_message(message.into()))
}

impl ToSchema for Wording {}

impl PartialSchema for Wording {
    fn schema() -> RefOr<Schema> {
        let string = || ObjectBuilder::new().schema_type(Type::String);
        let about = "The same line of text by BCP 47 tag, at least in the brand's own language.";
        ObjectBuilder::new()
            .schema_type(Type::Object)
            .description(Some(about))
            .property_names(Some(string().pattern(Some(LANGUAGE_PATTERN))))
            .additional_properties(Some(
                string().min_length(Some(1)).max_length(Some(MAX_TEXT)).pattern(Some(PLAIN_PATTERN)),
            ))
            .min_properties(Some(1))
            .max_properties(Some(MAX_LANGUAGES))
            .examples([serde_json::json!({"en": "A guest is greeted within thirty seconds."})])
            .into()
    }
}
