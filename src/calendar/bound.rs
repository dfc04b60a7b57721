//! Where spans of days begin and end.

use std::{fmt, str::FromStr};

use jiff::civil::Date;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, schema::Type},
};

use super::{
    Day,
    days::{first_of, month_of},
};
use crate::months::Month;

pub(super) const NO_BOUND: &str = "a month such as 2026-11, or a day such as 2026-11-22";

/// Where a span of days begins or ends: `2026-11` or `2026-11-22` on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// With this month.
    Month(Month),
    /// With this day.
    Day(Day),
}

impl Bound {
    /// The first day of it.
    pub fn first(self) -> Date {
        match self {
            Self::Month(month) => first_of(month),
            Self::Day(day) => day.date(),
        }
    }

    /// The last day of it.
    pub fn last(self) -> Date {
        match self {
            Self::Month(month) => first_of(month).last_of_month(),
            Self::Day(day) => day.date(),
        }
    }

    /// This day; its month, if it is of a year that has no days on the wire.
    pub(super) fn day(date: Date) -> Self {
        Day::new(date).map_or_else(|| Self::Month(month_of(date)), Self::Day)
    }
}

impl FromStr for Bound {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let month = text.parse().map(Self::Month).ok();
        month.or_else(|| text.parse().map(Self::Day).ok()).ok_or(NO_BOUND)
    }
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Month(month) => month.fmt(f),
            Self::Day(day) => day.fmt(f),
        }
    }
}

impl Serialize for Bound {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Bound {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

impl PartialSchema for Bound {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .pattern(Some("^([0-9]{4}-(0[1-9]|1[0-2])|2[0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01]))$"))
            .examples(["2026-11", "2026-11-22"])
            .description(Some(
                "A calendar month, or a day of the years 2000 to 2999, by the clocks at each branch.",
            ))
            .into()
    }
}

impl ToSchema for Bound {}
