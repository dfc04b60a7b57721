//! Calendar months and spans of them: what visits are counted by.

use std::{fmt, str::FromStr};

use diesel::{
    backend::Backend,
    deserialize::{self, FromSql, FromSqlRow},
    expression::AsExpression,
    serialize::{self, Output, ToSql},
    sql_types::Integer,
};
use jiff::tz::TimeZone;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use utoipa::openapi::{ObjectBuilder, RefOr, Schema, schema::Type};

use crate::db::types::Instant;

/// A calendar month of the years 0 to 9999: `2026-11` on the wire, the integer 202611 in a column.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, AsExpression, FromSqlRow)]
#[diesel(sql_type = Integer)]
pub struct Month(i32);

impl Month {
    /// The first one there is.
    pub const FIRST: Self = Self(1);
    /// The last one there is.
    pub const LAST: Self = Self(999_912);

    /// This month (1 to 12) of this year (0 to 9999); none if there is no such month.
    pub fn new(year: i32, month: i32) -> Option<Self> {
        ((0..=9_999).contains(&year) && (1..=12).contains(&month)).then(|| Self(year * 100 + month))
    }

    /// The month that it is at this moment in this zone; held within the years 0 to 9999.
    pub fn of(instant: Instant, zone: &TimeZone) -> Self {
        let local = instant.timestamp().to_zoned(zone.clone());
        Self(i32::from(local.year().max(0)) * 100 + i32::from(local.month()))
    }

    /// The year, 0 to 9999.
    pub fn year(self) -> i32 {
        self.0 / 100
    }

    /// The month of the year, 1 to 12.
    pub fn month(self) -> i32 {
        self.0 % 100
    }

    /// So many months later (or, when negative, earlier); none beyond the years 0 to 9999.
    pub fn plus(self, months: i32) -> Option<Self> {
        let counted = self.counted().checked_add(months)?;
        Self::new(counted.div_euclid(12), counted.rem_euclid(12) + 1)
    }

    /// The last month of its quarter.
    pub fn quarter_end(self) -> Self {
        Self(self.year() * 100 + (self.month() + 2) / 3 * 3)
    }

    /// The last month of its year.
    pub fn year_end(self) -> Self {
        Self(self.year() * 100 + 12)
    }

    /// Months since the first of the year 0.
    fn counted(self) -> i32 {
        self.year() * 12 + self.month() - 1
    }
}

/// Some months on end: both ends belong to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    from: Month,
    to: Month,
}

impl Period {
    /// From this month to that one, both included; none if they are the wrong way round.
    pub fn new(from: Month, to: Month) -> Option<Self> {
        (from <= to).then_some(Self { from, to })
    }

    /// From the earlier one of two months to the later one.
    pub fn around(one: Month, other: Month) -> Self {
        Self { from: one.min(other), to: one.max(other) }
    }

    /// The first month of it.
    pub fn from(self) -> Month {
        self.from
    }

    /// The last month of it.
    pub fn to(self) -> Month {
        self.to
    }

    /// Its last month alone.
    #[must_use]
    pub fn last_month(self) -> Self {
        Self { from: self.to, to: self.to }
    }

    /// How many months it has, at least one.
    pub fn months(self) -> i32 {
        self.to.counted() - self.from.counted() + 1
    }

    /// Its months, the first one first.
    pub fn each_month(self) -> impl Iterator<Item = Month> {
        std::iter::successors(Some(self.from), move |month| month.plus(1).filter(|next| *next <= self.to))
    }

    /// The same months a year before; none if they overlap with these, or would be before the year 0.
    pub fn year_before(self) -> Option<Self> {
        if self.months() > 12 {
            return None;
        }
        Some(Self { from: self.from.plus(-12)?, to: self.to.plus(-12)? })
    }

    /// As many months right before it; none if that would be before the year 0.
    pub fn before(self) -> Option<Self> {
        Some(Self { from: self.from.plus(-self.months())?, to: self.from.plus(-1)? })
    }
}

/// Why a text or a number is no month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoMonth;

impl fmt::Display for NoMonth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a month like 2026-11")
    }
}

impl std::error::Error for NoMonth {}

impl TryFrom<i32> for Month {
    type Error = NoMonth;

    fn try_from(number: i32) -> Result<Self, NoMonth> {
        Self::new(number.div_euclid(100), number.rem_euclid(100)).ok_or(NoMonth)
    }
}

impl FromStr for Month {
    type Err = NoMonth;

    fn from_str(text: &str) -> Result<Self, NoMonth> {
        let (year, month) = text.split_once('-').ok_or(NoMonth)?;
        Self::new(digits(year, 4)?, digits(month, 2)?).ok_or(NoMonth)
    }
}

/// A number of exactly so many digits; `parse` alone would also take a sign.
fn digits(text: &str, wanted: usize) -> Result<i32, NoMonth> {
    if text.len() != wanted || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(NoMonth);
    }
    text.parse().map_err(|_| NoMonth)
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year(), self.month())
    }
}

impl fmt::Debug for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Month {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Month {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

impl utoipa::PartialSchema for Month {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .pattern(Some("^[0-9]{4}-(0[1-9]|1[0-2])$"))
            .examples(["2026-11"])
            .description(Some("A calendar month."))
            .into()
    }
}

impl utoipa::ToSchema for Month {}

impl<DB: Backend> ToSql<Integer, DB> for Month
where
    i32: ToSql<Integer, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
        self.0.to_sql(out)
    }
}

impl<DB: Backend> FromSql<Integer, DB> for Month
where
    i32: FromSql<Integer, DB>,
{
    fn from_sql(value: DB::RawValue<'_>) -> deserialize::Result<Self> {
        Ok(Self::try_from(i32::from_sql(value)?)?)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn month(text: &str) -> Month {
        text.parse().unwrap()
    }

    fn period(from: &str, to: &str) -> Period {
        Period::new(month(from), month(to)).unwrap()
    }

    #[test]
    fn months_read_back_as_written_and_nothing_else_is_one() {
        for text in ["2026-11", "0000-01", "9999-12", "0987-06"] {
            assert_eq!(month(text).to_string(), text);
            assert_eq!(serde_json::to_string(&month(text)).unwrap(), format!("\"{text}\""));
        }
        let wrong = ["", "2026", "2026-00", "2026-13", "2026-1", "26-01", "2026-011", "+026-01", "2026/01"];
        for text in wrong.into_iter().chain(["2026-01-01", " 2026-01", "2026-+1", "20260-1", "２０２６-01"])
        {
            assert_eq!(text.parse::<Month>(), Err(NoMonth), "{text}");
        }
        for number in [202_600, 202_613, -1, 0, 1_000_001, i32::MIN, i32::MAX] {
            assert_eq!(Month::try_from(number), Err(NoMonth), "{number}");
        }
        assert_eq!(Month::try_from(202_611), Ok(month("2026-11")));
    }

    #[test]
    fn the_month_is_that_of_the_zone() {
        let midnight: jiff::Timestamp = "2026-11-30T23:30:00Z".parse().unwrap();
        let of = |zone: &str| Month::of(midnight.into(), &TimeZone::get(zone).unwrap());
        assert_eq!(
            [of("UTC"), of("Europe/Sofia"), of("America/Lima")].map(|m| m.0),
            [202_611, 202_612, 202_611]
        );
        for micros in [i64::MIN, i64::MAX] {
            let held = Month::of(Instant::from_micros(micros), &TimeZone::UTC);
            assert_eq!(Month::try_from(held.0), Ok(held));
        }
    }

    #[test]
    fn the_period_before_is_as_long_and_ends_right_before() {
        assert_eq!(period("2026-01", "2026-03").before(), Some(period("2025-10", "2025-12")));
        assert_eq!(period("2026-11", "2026-11").before(), Some(period("2026-10", "2026-10")));
        assert_eq!(period("0000-05", "0000-08").before(), Some(period("0000-01", "0000-04")));
        assert_eq!(period("0000-05", "0000-09").before(), None);
        assert_eq!(Period::new(month("2026-02"), month("2026-01")), None);
    }

    proptest! {
        #[test]
        fn steps_undo_each_other_and_keep_order(year in 0..=9_999, of in 1..=12, steps in -150_000..150_000) {
            let start = Month::new(year, of).unwrap();
            if let Some(end) = start.plus(steps) {
                prop_assert_eq!(end.plus(-steps), Some(start));
                prop_assert_eq!(end.cmp(&start), steps.cmp(&0));
                let (first, last) = (start.min(end), start.max(end));
                prop_assert_eq!(Period::new(first, last).unwrap().months(), steps.abs() + 1);
            }
        }
    }
}
