//! What a phone sends beside the answers: where it was, what it is, what was spent. None of it is a reason to refuse a
//! visit: its reviewer sees what does not fit.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::{Validate, ValidationError};

use crate::{checklists::answers::Degrees, db::types::Instant, strict::objects_only, text};

/// Where the phone was at some moment, by its own account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct Position {
    /// When, on the phone's clock.
    pub at: Instant,
    /// North of the equator, in degrees; kept to ten-millionths.
    #[validate(custom(function = "is_latitude"))]
    #[schema(value_type = f64, minimum = -90, maximum = 90)]
    pub latitude: Degrees,
    /// East of Greenwich, in degrees; kept to ten-millionths.
    #[schema(value_type = f64, minimum = -180, maximum = 180)]
    pub longitude: Degrees,
    /// Within how many metres that is right, with a probability of 68 %.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[validate(range(max = 1_000_000))]
    #[schema(minimum = 0, maximum = 1_000_000)]
    pub accuracy_m: Option<u32>,
    /// Whether the phone says that another program made the position up.
    #[serde(default, skip_serializing_if = "is_false")]
    #[schema(default = false)]
    pub mock: bool,
}

/// The phone, by its own account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct Device {
    /// What it is called by its maker.
    #[validate(length(min = 1, max = 100), custom(function = "is_plain"))]
    #[schema(
        min_length = 1,
        max_length = 100,
        pattern = r"^[^\x00-\x1F\x7F]*[^\s\x00-\x1F\x7F][^\x00-\x1F\x7F]*$"
    )]
    pub model: String,
    /// Its system, with the version.
    #[validate(length(min = 1, max = 100), custom(function = "is_plain"))]
    #[schema(
        min_length = 1,
        max_length = 100,
        pattern = r"^[^\x00-\x1F\x7F]*[^\s\x00-\x1F\x7F][^\x00-\x1F\x7F]*$"
    )]
    pub os: String,
    /// The version of the program that the shopper used.
    #[validate(length(min = 1, max = 100), custom(function = "is_plain"))]
    #[schema(
        min_length = 1,
        max_length = 100,
        pattern = r"^[^\x00-\x1F\x7F]*[^\s\x00-\x1F\x7F][^\x00-\x1F\x7F]*$"
    )]
    pub app_version: String,
}

/// Money that the shopper spent for the visit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct Spent {
    /// ISO 4217.
    #[validate(custom(function = "is_known_currency"))]
    #[schema(pattern = "^[A-Z]{3}$")]
    pub currency: String,
    /// In the currency's minor units: 1250 is 12.50 EUR.
    #[validate(range(min = 1, max = 1_000_000_000_000_i64))]
    #[schema(minimum = 1, maximum = 1_000_000_000_000_i64)]
    pub amount: i64,
    /// What for.
    pub what: Purpose,
}

/// What money was spent for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// What was bought there.
    Purchase,
    /// The way there and back.
    Travel,
    /// Anything else.
    Other,
}

objects_only!(Position, Device, Spent);

fn is_false(flag: &bool) -> bool {
    !flag
}

fn is_latitude(degrees: &Degrees) -> Result<(), ValidationError> {
    let wrong = || ValidationError::new("range").with_message("degrees north are from -90 to 90".into());
    (-90.0..=90.0).contains(&degrees.get()).then_some(()).ok_or_else(wrong)
}

fn is_plain(line: &str) -> Result<(), ValidationError> {
    let wrong = || ValidationError::new("format").with_message(text::PLAIN.into());
    text::is_plain(line).then_some(()).ok_or_else(wrong)
}

fn is_known_currency(code: &str) -> Result<(), ValidationError> {
    let wrong = || ValidationError::new("format").with_message(text::CURRENCY.into());
    text::is_currency(code).then_some(()).ok_or_else(wrong)
}
