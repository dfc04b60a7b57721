//! Where a shopper looks for work: a coarse position, and how far branches are from it.

use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, de::Error as _};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{KnownFormat, ObjectBuilder, RefOr, Schema, SchemaFormat, Type},
};

use crate::trust::place::Point;

/// The earth's mean radius, in metres (IUGG, R₁).
const EARTH: f64 = 6_371_008.8;
/// Metres in a degree of a great circle.
const DEGREE: f64 = EARTH * std::f64::consts::PI / 180.0;

/// About where a shopper is: to hundredths of a degree (1.1 km from north to south), so that nothing finer is there to be
/// used. It is for one answer, and kept nowhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Near {
    north_hundredths: i32,
    east_hundredths: i32,
}

impl FromStr for Near {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parts = text.split_once(',');
        let read = parts.and_then(|(north, east)| Some((degrees(north, 2, 90.0)?, degrees(east, 3, 180.0)?)));
        let (north, east) = read.ok_or("degrees north and east, such as 48.86,2.35")?;
        Ok(Self::at(north, east))
    }
}

/// Reads degrees that are written as the contract's pattern has them.
fn degrees(text: &str, most_digits: usize, most: f64) -> Option<f64> {
    let plain = text.strip_prefix('-').unwrap_or(text);
    let (whole, part) = plain.split_once('.').unwrap_or((plain, "0"));
    let digits =
        |text: &str, most| (1..=most).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    let short = whole.len() < 3 || whole.starts_with('1');
    let degrees: f64 = text.parse().ok()?;
    (digits(whole, most_digits) && digits(part, 15) && short && degrees.abs() <= most).then_some(degrees)
}

impl<'de> Deserialize<'de> for Near {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

impl ToSchema for Near {}

impl PartialSchema for Near {
    fn schema() -> RefOr<Schema> {
        let north = r"-?([0-8]?[0-9](\.[0-9]{1,15})?|90(\.0{1,15})?)";
        let east = r"-?((1[0-7][0-9]|[0-9]?[0-9])(\.[0-9]{1,15})?|180(\.0{1,15})?)";
        ObjectBuilder::new()
            .schema_type(Type::String)
            .pattern(Some(format!("^{north},{east}$")))
            .examples(["48.86,2.35"])
            .into()
    }
}

impl Near {
    /// The coarse position nearest to this one, which is in degrees: −90 to 90 north, −180 to 180 east.
    pub fn at(latitude: f64, longitude: f64) -> Self {
        // Within i32, as 18,000 is.
        let hundredths = |degrees: f64| (degrees * 100.0).round() as i32;
        Self { north_hundredths: hundredths(latitude), east_hundredths: hundredths(longitude) }
    }

    /// Degrees north, a multiple of 0.01.
    pub fn latitude(self) -> f64 {
        f64::from(self.north_hundredths) / 100.0
    }

    /// Degrees east, a multiple of 0.01.
    pub fn longitude(self) -> f64 {
        f64::from(self.east_hundredths) / 100.0
    }

    /// How far this position (in degrees) is, in whole metres.
    pub fn metres_to(self, latitude: f64, longitude: f64) -> i64 {
        let here = Point { latitude: self.latitude(), longitude: self.longitude() };
        here.metres_to(Point { latitude, longitude }).round() as i64
    }

    /// A box that holds everything within so many kilometres, and more.
    pub fn around(self, km: u16) -> Surroundings {
        let reach = f64::from(km) * 1_000.0 / DEGREE;
        let (south, north) = (self.latitude() - reach, self.latitude() + reach);
        let all = Surroundings { south, north, east_west: Vec::new() };
        // Over a pole, or nearly, every longitude is near.
        if south <= -90.0 || north >= 90.0 {
            return all;
        }
        // The circle is widest where its meridian's tangents touch it: sin Δλ = sin r / cos φ.
        let wide =
            (reach.to_radians().sin() / self.latitude().to_radians().cos()).min(1.0).asin().to_degrees();
        let (west, east) = (self.longitude() - wide - SLACK, self.longitude() + wide + SLACK);
        let east_west = match (west < -180.0, east > 180.0) {
            (true, true) => return all,
            (true, false) => vec![(-180.0, east), (west + 360.0, 180.0)],
            (false, true) => vec![(west, 180.0), (-180.0, east - 360.0)],
            (false, false) => vec![(west, east)],
        };
        Surroundings { south: south - SLACK, north: north + SLACK, east_west }
    }
}

/// A distance in kilometres, to a tenth.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Kilometres(f64);

impl Kilometres {
    /// The distance of so many metres.
    pub fn of_metres(metres: i64) -> Self {
        Self((metres as f64 / 100.0).round() / 10.0)
    }
}

impl ToSchema for Kilometres {}

impl PartialSchema for Kilometres {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::Number)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Double)))
            .minimum(Some(0))
            .description(Some("A distance in kilometres, to a tenth."))
            .into()
    }
}

/// A box is wider than the circle by so many degrees (11 m), which is more than rounding takes.
const SLACK: f64 = 0.000_1;

/// A box on the globe, in degrees.
#[derive(Clone, Debug, PartialEq)]
pub struct Surroundings {
    /// Its southern edge.
    pub south: f64,
    /// Its northern edge.
    pub north: f64,
    /// From where to where eastwards: in two parts where it lies across 180°; all around if there is none.
    pub east_west: Vec<(f64, f64)>,
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::*;

    use super::*;

    fn near(text: &str) -> Near {
        text.parse().unwrap()
    }

    fn holds(surroundings: &Surroundings, latitude: f64, longitude: f64) -> bool {
        let Surroundings { south, north, east_west } = surroundings;
        (*south..=*north).contains(&latitude)
            && (east_west.is_empty() || east_west.iter().any(|(from, to)| (*from..=*to).contains(&longitude)))
    }

    #[test]
    fn a_position_is_coarse() {
        let paris = near("48.858370,2.294481");
        assert_eq!((paris.latitude(), paris.longitude()), (48.86, 2.29));
        assert_eq!(near("-0.004,-179.996"), near("0,-180"));
        let form = serde_json::to_value(Near::schema()).unwrap();
        let form = regex::Regex::new(form["pattern"].as_str().unwrap()).unwrap();
        for wrong in
            ["", "48.8", "48.8,", "91,0", "90.1,0", "0,180.5", "0,181", "1,2,3", " 1,2", "1e1,2", "+1,2"]
        {
            assert!(wrong.parse::<Near>().is_err() && !form.is_match(wrong), "{wrong}");
        }
        for wrong in ["1.,2", ".5,2", "NaN,2", "inf,2", "001,2", "1,007", "1,2\n", "0.1234567890123456,2"] {
            assert!(wrong.parse::<Near>().is_err() && !form.is_match(wrong), "{wrong}");
        }
        for right in ["90,180", "-90.0,-180.000", "05,09", "0,179.999999999999999"] {
            assert!(right.parse::<Near>().is_ok() && form.is_match(right), "{right}");
        }
    }

    #[test]
    fn distances_are_those_of_the_ground() {
        let km = |from: &str, (north, east)| (near(from).metres_to(north, east) as f64 / 1_000.0).round();
        assert_eq!(km("48.86,2.35", (51.51, -0.13)), 343.0, "Paris to London");
        assert_eq!(km("0,0", (0.0, 180.0)), 20_015.0, "half around");
        assert_eq!(km("0,179.95", (0.0, -179.95)), 11.0, "across 180°");
        assert_eq!(near("41.01,28.98").metres_to(41.01, 28.98), 0);
    }

    proptest! {
        #[test]
        fn all_that_is_within_reach_is_in_the_box(
            (north, east) in (-90.0..=90.0_f64, -180.0..=180.0_f64),
            (bearing, share) in (0.0..360.0_f64, 0.0..=1.0_f64),
            km in 1..=500_u16,
        ) {
            let from = near(&format!("{north:.6},{east:.6}"));
            // The point so far away in that direction (Ed Williams, Aviation Formulary: "Lat/lon given radial and distance").
            let (arc, angle) = (f64::from(km) * share * 1_000.0 / EARTH, bearing.to_radians());
            let (lat, lon) = (from.latitude().to_radians(), from.longitude().to_radians());
            let to = (lat.sin() * arc.cos() + lat.cos() * arc.sin() * angle.cos()).clamp(-1.0, 1.0).asin();
            let turned = (angle.sin() * arc.sin() * lat.cos()).atan2(arc.cos() - lat.sin() * to.sin());
            let mut longitude = (lon + turned).to_degrees();
            longitude -= 360.0 * ((longitude + 180.0) / 360.0).floor();
            prop_assert!(holds(&from.around(km), to.to_degrees(), longitude), "{to} {longitude}");
            let metres = from.metres_to(to.to_degrees(), longitude) as f64;
            prop_assert!((metres - arc * EARTH).abs() < 2.0, "{metres}");
        }
    }
}
