//! Days and times of day as people name them: by the clocks at each branch, so without a time zone.

pub mod bound;
pub mod days;

use std::{fmt, str::FromStr};

use jiff::{
    ToSpan,
    civil::{Date, Time},
    tz::TimeZone,
};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{KnownFormat, ObjectBuilder, RefOr, Schema, SchemaFormat, schema::Type},
};

use crate::{
    db::types::Instant,
    error::{Error, FieldError},
};

const NO_DAY: &str = "a day of the years 2000 to 2999, such as 2026-11-22";
const NO_TIME: &str = "a time of day, such as 09:30";

/// A day of the years 2000 to 2999: `2026-11-22` on the wire.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(Date);

impl Day {
    /// This day; none outside of the years 2000 to 2999.
    pub fn new(date: Date) -> Option<Self> {
        (2000..=2999).contains(&date.year()).then_some(Self(date))
    }

    /// The same day as jiff knows it.
    pub const fn date(self) -> Date {
        self.0
    }
}

impl FromStr for Day {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let day = text.parse().ok().and_then(Self::new);
        // jiff reads more forms than the one that it writes.
        day.filter(|day| day.to_string() == text).ok_or(NO_DAY)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// From the beginning of the first of these days up to the end of the last, in UTC. If the last is left out it is today, and if the
/// first is, it is 365 days before the last.
///
/// # Errors
/// `invalid` if the first comes after the last.
pub fn span(from: Option<Day>, to: Option<Day>, now: Instant) -> crate::error::Result<(Instant, Instant)> {
    let today = now.timestamp().to_zoned(TimeZone::UTC).date();
    let to = to.map_or(today, Day::date);
    let from = from.map_or_else(|| to.saturating_sub(365.days()), Day::date);
    if from > to {
        return Err(Error::invalid(vec![FieldError::new("from", "range", "no later than `to`")]));
    }
    Ok((beginning(from), beginning(to.saturating_add(1.day()))))
}

/// When a day begins (UTC).
fn beginning(day: Date) -> Instant {
    day.to_zoned(TimeZone::UTC).map_or(Instant::NEVER, |begins| begins.timestamp().into())
}

/// A minute of a day, 00:00 to 24:00, which is the end of the day: `09:30` on the wire.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TimeOfDay {
    hour: i8,
    minute: i8,
}

impl TimeOfDay {
    /// This time; none if a day has no such time.
    pub fn new(hour: i8, minute: i8) -> Option<Self> {
        let is_of_the_day = (0..24).contains(&hour) && (0..60).contains(&minute);
        (is_of_the_day || (hour, minute) == (24, 0)).then_some(Self { hour, minute })
    }

    /// The same time as jiff knows it, and whether it is that of the next day.
    pub const fn time(self) -> (Time, bool) {
        match self.hour {
            24 => (Time::constant(0, 0, 0, 0), true),
            hour => (Time::constant(hour, self.minute, 0, 0), false),
        }
    }

    /// Minutes since midnight.
    pub fn minutes(self) -> i64 {
        i64::from(self.hour) * 60 + i64::from(self.minute)
    }
}

impl FromStr for TimeOfDay {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let numbers = text.split_once(':').and_then(|(hour, minute)| Self::new(two(hour)?, two(minute)?));
        numbers.ok_or(NO_TIME)
    }
}

/// The number that exactly two digits write; `parse` alone would also take a sign.
fn two(text: &str) -> Option<i8> {
    (text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok())?
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.hour, self.minute)
    }
}

macro_rules! written_as_text {
    ($($name:ident)+) => {$(
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
            }
        }
        impl ToSchema for $name {}
    )+};
}
written_as_text!(Day TimeOfDay);

impl PartialSchema for Day {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Date)))
            .pattern(Some("^2[0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"))
            .examples(["2026-11-22"])
            .description(Some("A day of the years 2000 to 2999, by the clocks at the branch."))
            .into()
    }
}

impl PartialSchema for TimeOfDay {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .pattern(Some("^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$"))
            .examples(["09:30"])
            .description(Some("A time of day, by the clocks at the branch; 24:00 is its end."))
            .into()
    }
}

/// A day of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Weekday {
    /// Monday.
    Mon,
    /// Tuesday.
    Tue,
    /// Wednesday.
    Wed,
    /// Thursday.
    Thu,
    /// Friday.
    Fri,
    /// Saturday.
    Sat,
    /// Sunday.
    Sun,
}

impl Weekday {
    /// The day of the week of this day.
    pub fn of(date: Date) -> Self {
        use jiff::civil::Weekday as Jiff;
        match date.weekday() {
            Jiff::Monday => Self::Mon,
            Jiff::Tuesday => Self::Tue,
            Jiff::Wednesday => Self::Wed,
            Jiff::Thursday => Self::Thu,
            Jiff::Friday => Self::Fri,
            Jiff::Saturday => Self::Sat,
            Jiff::Sunday => Self::Sun,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_day_is_written_in_one_form() {
        for text in ["2000-01-01", "2024-02-29", "2999-12-31"] {
            assert_eq!(text.parse::<Day>().unwrap().to_string(), text);
        }
        let wrong =
            "1999-12-31 3000-01-01 2026-02-29 20261122 2026-11-22T10:00 2026-11-2 +02026-11-22 2026-W47-7";
        for text in wrong.split(' ').chain(["", " 2026-11-22", "2026-11-22\n"]) {
            assert_eq!(text.parse::<Day>(), Err(NO_DAY), "{text}");
        }
    }

    #[test]
    fn a_time_is_written_in_one_form() {
        for text in ["00:00", "09:30", "23:59", "24:00"] {
            assert_eq!(text.parse::<TimeOfDay>().unwrap().to_string(), text);
        }
        for text in "24:01 25:00 09:60 9:30 09:3 09:30:00 0930 +9:30 09:+3 -1:00".split(' ').chain([""]) {
            assert_eq!(text.parse::<TimeOfDay>(), Err(NO_TIME), "{text}");
        }
        assert_eq!("23:59".parse::<TimeOfDay>().unwrap().minutes(), 1439);
    }
}
