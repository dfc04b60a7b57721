//! What a shopper is to know beforehand, in one or more languages.

use utoipa::openapi::{
    RefOr, Schema,
    schema::{SchemaType, Type},
};
use validator::ValidationError;

use crate::{
    checklists::text::{MAX_LANGUAGES, Text},
    limits::{ByLanguage, Prose},
};

/// What a briefing may be.
type Briefing = ByLanguage<Prose<1, 4_000>, MAX_LANGUAGES>;

/// Takes a briefing. A mistake in any of its languages is one of the whole.
pub(super) fn is_briefing(text: &Text) -> Result<(), ValidationError> {
    let message = "1 to 4000 characters by language tag (BCP 47)";
    Briefing::check(text.iter()).map_err(|_| ValidationError::new("format").with_message(message.into()))
}

/// What [`is_briefing`] accepts, for the contract.
pub(super) fn briefing_schema() -> RefOr<Schema> {
    Briefing::contract()
        .schema_type(SchemaType::from_iter([Type::Object, Type::Null]))
        .description(Some("What a shopper is to know beforehand, by BCP 47 tag of the language."))
        .examples([serde_json::json!({"en": "Ask for the dish of the day."})])
        .into()
}
