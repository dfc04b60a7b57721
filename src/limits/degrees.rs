//! Where something is on the earth.

use serde::{Deserialize, Deserializer, Serialize, de::Error};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{KnownFormat, ObjectBuilder, RefOr, Schema, SchemaFormat, Type},
};

use super::Violation;

macro_rules! degrees {
    ($name:ident, $most:literal, $about:literal, $example:literal) => {
        #[doc = $about]
        #[derive(Clone, Copy, Debug, PartialEq, PartialOrd, Serialize)]
        pub struct $name(f64);

        impl $name {
            /// The number of degrees.
            pub const fn get(self) -> f64 {
                self.0
            }
        }

        impl TryFrom<f64> for $name {
            type Error = Violation;

            fn try_from(degrees: f64) -> Result<Self, Violation> {
                let wrong = || Violation::new("range", concat!("a number from -", $most, " to ", $most));
                let most = f64::from($most);
                (-most..=most).contains(&degrees).then_some(Self(degrees)).ok_or_else(wrong)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                f64::deserialize(deserializer)?.try_into().map_err(D::Error::custom)
            }
        }

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                ObjectBuilder::new()
                    .schema_type(Type::Number)
                    .format(Some(SchemaFormat::KnownFormat(KnownFormat::Double)))
                    .minimum(Some(-$most))
                    .maximum(Some($most))
                    .description(Some($about))
                    .examples([serde_json::json!($example)])
                    .into()
            }
        }

        impl ToSchema for $name {}
    };
}

degrees!(Latitude, 90_i32, "Degrees north of the equator.", 48.8564);
degrees!(Longitude, 180_i32, "Degrees east of Greenwich.", 2.3546);
