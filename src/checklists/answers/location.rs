//! Positions.

use serde::{Deserialize, Deserializer, Serialize, de::Error};
use utoipa::{
    ToSchema,
    openapi::{Object, schema::Type},
};

/// A position.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Location {
    /// North of the equator, in degrees: -90 to 90.
    #[schema(schema_with = latitude)]
    pub latitude: Degrees,
    /// East of Greenwich, in degrees: -180 to 180.
    #[schema(schema_with = longitude)]
    pub longitude: Degrees,
    /// Within how many metres that is right, with a probability of 68 %.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 1_000_000)]
    pub accuracy_m: Option<u32>,
}

/// An angle to ten-millionths of a degree, which is about a centimetre on the ground.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Degrees(i32);

impl Degrees {
    /// Ten-millionths in a degree.
    const STEPS: f64 = 1e7;

    /// The angle nearest to this one; none beyond 180 degrees to either side.
    pub fn new(degrees: f64) -> Option<Self> {
        // Within i32, as 180 · 10⁷ is.
        (-180.0..=180.0).contains(&degrees).then(|| Self((degrees * Self::STEPS).round() as i32))
    }

    /// The angle in degrees.
    pub fn get(self) -> f64 {
        f64::from(self.0) / Self::STEPS
    }
}

impl Serialize for Degrees {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.get())
    }
}

impl<'de> Deserialize<'de> for Degrees {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let degrees = f64::deserialize(deserializer)?;
        Self::new(degrees).ok_or_else(|| D::Error::custom("degrees are from -180 to 180"))
    }
}

fn latitude() -> Object {
    degrees(90)
}

fn longitude() -> Object {
    degrees(180)
}

fn degrees(most: i32) -> Object {
    Object::builder().schema_type(Type::Number).minimum(Some(-most)).maximum(Some(most)).build()
}
