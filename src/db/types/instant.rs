//! Moments.

use std::fmt;

use diesel::{
    deserialize::{self, FromSql, FromSqlRow},
    expression::AsExpression,
    pg::{Pg, PgValue},
    serialize::{self, IsNull, Output, ToSql},
    sql_types::BigInt,
    sqlite::{Sqlite, SqliteValue},
};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Visitor};
use utoipa::openapi::{
    KnownFormat, ObjectBuilder, RefOr, Schema, SchemaFormat, extensions::ExtensionsBuilder, schema::Type,
};

use super::{SqlInstant, on_both_engines, string};
use crate::text::with_plain_digits;

/// A moment, to the microsecond, in UTC.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, AsExpression, FromSqlRow)]
#[diesel(sql_type = SqlInstant)]
pub struct Instant(i64);
on_both_engines!(SqlInstant, Instant);

/// PostgreSQL counts from 2000-01-01; this is that moment in microseconds of the Unix time.
const POSTGRES_EPOCH: i64 = 946_684_800_000_000;

impl Instant {
    /// Later than anything that happens: the last day of the year 9999.
    pub const NEVER: Self = Self(253_402_214_400_000_000);

    /// From microseconds since 1970-01-01T00:00Z.
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Microseconds since 1970-01-01T00:00Z.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// So many seconds later (or, when negative, earlier).
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds.saturating_mul(1_000_000)))
    }

    /// Whole seconds since 1970-01-01T00:00Z.
    pub const fn unix_seconds(self) -> i64 {
        self.0.div_euclid(1_000_000)
    }

    /// The same moment as jiff knows it; moments beyond jiff's years are held at its bounds.
    pub fn timestamp(self) -> jiff::Timestamp {
        jiff::Timestamp::from_microsecond(self.0).unwrap_or(if self.0 < 0 {
            jiff::Timestamp::MIN
        } else {
            jiff::Timestamp::MAX
        })
    }
}

impl From<jiff::Timestamp> for Instant {
    fn from(timestamp: jiff::Timestamp) -> Self {
        Self(timestamp.as_microsecond())
    }
}

impl ToSql<SqlInstant, Pg> for Instant {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        std::io::Write::write_all(out, &(self.0 - POSTGRES_EPOCH).to_be_bytes())?;
        Ok(IsNull::No)
    }
}

impl FromSql<SqlInstant, Pg> for Instant {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        let micros = i64::from_be_bytes(value.as_bytes().try_into()?);
        Ok(Self(micros.saturating_add(POSTGRES_EPOCH)))
    }
}

impl ToSql<SqlInstant, Sqlite> for Instant {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        <i64 as ToSql<BigInt, Sqlite>>::to_sql(&self.0, out)
    }
}

impl FromSql<SqlInstant, Sqlite> for Instant {
    fn from_sql(mut value: SqliteValue<'_, '_, '_>) -> deserialize::Result<Self> {
        Ok(Self(value.read_long()))
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.timestamp().fmt(f)
    }
}
impl fmt::Debug for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
impl Serialize for Instant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
impl Instant {
    /// The first moment that is kept, and the last.
    const YEARS: (Self, Self) = (Self(0), Self(253_402_300_799_999_999));

    /// The moment that is written so (RFC 3339), with as many digits of its seconds as there are.
    pub fn written(text: &str) -> Option<Self> {
        let timestamp: jiff::Timestamp = text.parse().or_else(|_| without_small_digits(text).parse()).ok()?;
        let instant = Self::from(timestamp);
        (Self::YEARS.0..=Self::YEARS.1).contains(&instant).then_some(instant)
    }

    /// A moment by the clock of a phone, which may be wrong and is no reason to refuse anything: one before 1970 is taken for
    /// the first of 1970, and one without a distance from UTC for one in UTC.
    pub fn by_phone(text: &str) -> Option<Self> {
        let text = without_small_digits(&with_plain_digits(text));
        let local = || jiff::tz::TimeZone::UTC.to_timestamp(text.parse::<jiff::civil::DateTime>().ok()?).ok();
        let instant = text.parse().ok().or_else(local).map(|at: jiff::Timestamp| Self::from(at))?;
        Some(instant.clamp(Self::YEARS.0, Self::YEARS.1))
    }
}

/// The text with nine digits of its seconds at most, which is all that can be read.
fn without_small_digits(text: &str) -> String {
    const MOST: usize = 9;
    let Some((whole, part)) = text.split_once(['.', ',']) else { return text.to_owned() };
    let digits = part.bytes().take_while(u8::is_ascii_digit).count();
    let (kept, rest) = (part.get(..digits.min(MOST)), part.get(digits..));
    format!("{whole}.{}{}", kept.unwrap_or_default(), rest.unwrap_or_default())
}

/// Reads a moment as this function reads texts.
struct Reader(fn(&str) -> Option<Instant>);

impl Visitor<'_> for Reader {
    type Value = Instant;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(MOMENT)
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Instant, E> {
        (self.0)(text).ok_or_else(|| E::custom(MOMENT))
    }
}

/// What is asked for, in words.
pub const MOMENT: &str = "a moment (RFC 3339) from 1970 to 9999, such as 2026-11-22T09:30:00Z";

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Reader(Self::written))
    }
}

/// Reads a moment by the clock of a phone.
///
/// # Errors
/// If it is no moment at all.
pub fn by_phone<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Instant, D::Error> {
    deserializer.deserialize_str(Reader(Instant::by_phone))
}

/// A moment by the clock of a phone, as the contract shows it.
pub struct PhoneMoment;

impl PhoneMoment {
    /// What the contract marks it with.
    pub const MARK: &str = "x-by-phone";
}

impl utoipa::PartialSchema for PhoneMoment {
    fn schema() -> RefOr<Schema> {
        let mark = ExtensionsBuilder::new().add(Self::MARK, true).build();
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
            .description(Some(
                "A moment (RFC 3339) by the phone's clock. One before 1970 is kept as the first of 1970, and one without a \
                 distance from UTC as one in UTC.",
            ))
            .extensions(Some(mark))
            .into()
    }
}

impl utoipa::ToSchema for PhoneMoment {}
impl utoipa::PartialSchema for Instant {
    fn schema() -> RefOr<Schema> {
        string(KnownFormat::DateTime, "A moment (RFC 3339), kept to the microsecond.")
    }
}
impl utoipa::ToSchema for Instant {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_read_as_they_are_written() {
        let noon = Some(Instant::from_micros(1_773_500_400_000_000)); // 2026-03-14T15:00:00Z
        for text in [
            "2026-03-14T15:00:00Z",
            "2026-03-14t15:00:00z",
            "2026-03-14 15:00:00Z",
            "2026-03-14T20:30:00+05:30",
            "2026-03-14T20:30:00+0530",
            "2026-03-14T12:00:00-03",
            "2026-03-14T15:00:00.0Z",
            "2026-03-14T15:00:00.000000000000000Z",
            "2026-03-14T15:00:00.00000000099999999+00:00",
        ] {
            assert_eq!(Instant::written(text), noon, "{text}");
            assert_eq!(Instant::by_phone(text), noon, "{text}");
        }
        let leap = Instant::by_phone("2016-12-31T23:59:60Z");
        assert_eq!(leap, Instant::written("2016-12-31T23:59:59Z"));
        let (first, _) = Instant::YEARS;
        for (text, kept) in [
            ("2026-03-14T15:00:00", noon),
            ("2026-03-14T15:00:00.123", noon.map(|at| Instant(at.0 + 123_000))),
            ("٢٠٢٦-٠٣-١٤T١٥:٠٠:٠٠", noon),
            ("২০২৬-০৩-১৪T১৫:০০:০০+00:00", noon),
            ("1969-12-31T22:00:00Z", Some(first)),
            ("1970-01-01T00:00:10+03:00", Some(first)),
            ("0001-01-01T00:00:00Z", Some(first)),
            ("0001-01-01T00:00:00", Some(first)),
            ("-009998-01-01T00:00:00Z", Some(first)),
        ] {
            assert_eq!(Instant::by_phone(text), kept, "{text}");
            assert_eq!(Instant::written(text), None, "{text}");
        }
        assert_eq!(Instant::written("2099-01-01T00:00:00Z"), Instant::by_phone("2099-01-01T00:00:00Z"));
        for nothing in [
            "",
            "now",
            "2026-03-14",
            "15:00",
            "2026-02-30T00:00:00Z",
            "1773500400",
            "..",
            "2026-03-14T15:00:00.é",
        ] {
            assert_eq!(Instant::written(nothing), None, "{nothing}");
        }
        for nothing in ["", "now", "2026-02-30T00:00:00Z", "1773500400", "2026-13-01T00:00:00"] {
            assert_eq!(Instant::by_phone(nothing), None, "{nothing}");
        }
    }
}
