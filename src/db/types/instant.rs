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
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::openapi::{KnownFormat, RefOr, Schema};

use super::{SqlInstant, on_both_engines, string};

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
impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let instant = Self::from(jiff::Timestamp::deserialize(deserializer)?);
        let years = Self::from_micros(0)..Self::from_micros(253_402_300_800_000_000);
        years
            .contains(&instant)
            .then_some(instant)
            .ok_or_else(|| serde::de::Error::custom("a moment between the years 1970 and 9999"))
    }
}
impl utoipa::PartialSchema for Instant {
    fn schema() -> RefOr<Schema> {
        string(KnownFormat::DateTime, "A moment (RFC 3339), kept to the microsecond.")
    }
}
impl utoipa::ToSchema for Instant {}
