//! What a phone sends beside the answers: where it was, what it is, what was spent. None of it is a reason to refuse a
//! visit: its reviewer sees what does not fit.

use serde::{Deserialize, Deserializer, Serialize, de::Error};
use utoipa::ToSchema;

use crate::{
    checklists::answers::{AccuracyM, East, North, SentAccuracyM, accuracy},
    db::types::{Instant, PhoneMoment, by_phone},
    limits::{Currency, Opaque, PlainText, Several, Whole},
    strict::{objects_only, or_default},
};

/// Where the phone was during a visit.
pub type Positions = Several<Position, 0, 100>;
/// What the shopper spent for a visit.
pub type Expenses = Several<Spent, 0, 20>;
/// What a phone calls itself, or a part of it.
pub type DeviceText = PlainText<1, LONGEST_DEVICE_TEXT>;
/// Most characters of it.
const LONGEST_DEVICE_TEXT: usize = 100;
/// Money that was spent, in the minor units of its currency.
pub type SpentAmount = Whole<1, 1_000_000_000_000>;

/// Where the phone was at some moment, by its own account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct Position {
    /// When, on the phone's clock.
    #[serde(deserialize_with = "by_phone")]
    #[schema(value_type = PhoneMoment)]
    pub at: Instant,
    /// North of the equator, in degrees; kept to ten-millionths.
    pub latitude: North,
    /// East of Greenwich, in degrees; kept to ten-millionths.
    pub longitude: East,
    /// Within how many metres that is right, with a probability of 68 %.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "accuracy")]
    #[schema(value_type = Option<SentAccuracyM>)]
    pub accuracy_m: Option<AccuracyM>,
    /// Whether the phone says that another program made the position up.
    #[serde(default, skip_serializing_if = "is_false", deserialize_with = "or_default")]
    #[schema(nullable = true)]
    pub mock: bool,
}

/// The phone, by its own account. Nothing of it is a reason to refuse a visit: control characters are left out, a text of more
/// than 100 characters is cut, and an empty one is kept as `unknown`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct Device {
    /// What it is called by its maker.
    #[serde(deserialize_with = "device_text")]
    #[schema(value_type = SentDeviceText)]
    pub model: DeviceText,
    /// Its system, with the version.
    #[serde(deserialize_with = "device_text")]
    #[schema(value_type = SentDeviceText)]
    pub os: DeviceText,
    /// The version of the program that the shopper used.
    #[serde(deserialize_with = "device_text")]
    #[schema(value_type = SentDeviceText)]
    pub app_version: DeviceText,
}

/// What a phone sends of itself.
type SentDeviceText = Opaque<0, 2_000>;

fn device_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<DeviceText, D::Error> {
    let sent = SentDeviceText::deserialize(deserializer)?.into_inner();
    let line: String = sent.chars().filter(|c| !c.is_control()).take(LONGEST_DEVICE_TEXT).collect();
    let line = if line.trim().is_empty() { "unknown".to_owned() } else { line };
    DeviceText::try_from(line).map_err(D::Error::custom)
}

/// Money that the shopper spent for the visit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct Spent {
    /// ISO 4217.
    pub currency: Currency,
    /// In the currency's minor units: 1250 is 12.50 EUR.
    pub amount: SpentAmount,
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
