//! Positions.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer, Serialize, de::Error};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{KnownFormat, ObjectBuilder, RefOr, Schema, SchemaFormat, schema::Type},
};

use crate::limits::Whole;

/// A position.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Location {
    /// North of the equator, in degrees: -90 to 90.
    #[schema(value_type = North)]
    pub latitude: East,
    /// East of Greenwich, in degrees: -180 to 180.
    pub longitude: East,
    /// Within how many metres that is right, with a probability of 68 %.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "accuracy")]
    #[schema(value_type = Option<SentAccuracyM>)]
    pub accuracy_m: Option<AccuracyM>,
}

/// Within how many metres a position is right, as it is kept.
pub type AccuracyM = Whole<0, 1_000_000>;

/// Within how many metres a position is right, as phones give it.
pub struct SentAccuracyM;

impl PartialSchema for SentAccuracyM {
    fn schema() -> RefOr<Schema> {
        let about = "Metres, kept rounded to whole ones, and at most a million of them. A number below zero says that it is not known.";
        ObjectBuilder::new().schema_type(Type::Number).description(Some(about)).into()
    }
}

/// Named by its numbers, so that the contract spells it out.
impl ToSchema for SentAccuracyM {
    fn name() -> Cow<'static, str> {
        "SentAccuracyM_0".into()
    }
}

/// Reads an accuracy as phones give it.
pub fn accuracy<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<AccuracyM>, D::Error> {
    const MOST: f64 = 1_000_000.0;
    let metres = Option::<f64>::deserialize(deserializer)?.filter(|metres| *metres >= 0.0);
    Ok(metres.and_then(|metres| AccuracyM::try_from(metres.round().min(MOST) as i64).ok()))
}
/// Degrees north of the equator.
pub type North = Degrees<90>;
/// Degrees east of Greenwich.
pub type East = Degrees<180>;

/// An angle of at most `MOST` degrees to either side, to ten-millionths of a degree, which is about a centimetre on the
/// ground.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Degrees<const MOST: i32>(i32);

impl<const MOST: i32> Degrees<MOST> {
    /// Ten-millionths in a degree.
    const STEPS: f64 = 1e7;

    /// The angle nearest to this one; none if it is beyond `MOST`.
    pub fn new(degrees: f64) -> Option<Self> {
        // All that a circle has is within an i32, as 180 · 10⁷ is.
        const { assert!(MOST <= 180) };
        let most = f64::from(MOST);
        (-most..=most).contains(&degrees).then(|| Self((degrees * Self::STEPS).round() as i32))
    }

    /// The angle in degrees.
    pub fn get(self) -> f64 {
        f64::from(self.0) / Self::STEPS
    }
}

impl<const MOST: i32> Serialize for Degrees<MOST> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.get())
    }
}

impl<'de, const MOST: i32> Deserialize<'de> for Degrees<MOST> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let degrees = f64::deserialize(deserializer)?;
        Self::new(degrees).ok_or_else(|| D::Error::custom(format_args!("degrees are from -{MOST} to {MOST}")))
    }
}

impl<const MOST: i32> PartialSchema for Degrees<MOST> {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::Number)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Double)))
            .minimum(Some(-MOST))
            .maximum(Some(MOST))
            .into()
    }
}

/// Named by its bound, so that the contract spells it out.
impl<const MOST: i32> ToSchema for Degrees<MOST> {
    fn name() -> Cow<'static, str> {
        format!("Degrees_{MOST}").into()
    }
}
