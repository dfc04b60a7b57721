//! Whole numbers between two bounds.

use std::{borrow::Cow, fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{KnownFormat, ObjectBuilder, RefOr, Schema, SchemaFormat, Type},
};

use super::Violation;

/// A whole number from `MIN` to `MAX`. `i64::MAX` stands for no upper bound; `i32::MAX` for none but that of its width,
/// which the contract says as the format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Whole<const MIN: i64, const MAX: i64>(i64);

/// How many, where there may be none.
pub type Count = Whole<0, { i64::MAX }>;
/// The same as an `i32`.
pub type Count32 = Whole<0, { i32::MAX as i64 }>;
/// How many, where there is one at least; or the number of one among several, counted from 1.
pub type Ordinal = Whole<1, { i64::MAX }>;
/// The same as an `i32`.
pub type Ordinal32 = Whole<1, { i32::MAX as i64 }>;
/// A share in hundredths, or points out of a hundred.
pub type Percent = Whole<0, 100>;

impl<const MIN: i64, const MAX: i64> Whole<MIN, MAX> {
    /// Whether every one of these numbers is an `i32`.
    const IS_SMALL: bool = MIN >= i32::MIN as i64 && MAX <= i32::MAX as i64;
    /// Whether numbers end at `MAX` and not only where their width does.
    const HAS_END: bool = MAX != i64::MAX && MAX != i32::MAX as i64;

    /// The number `N`, which the compiler holds to the bounds.
    pub const fn of<const N: i64>() -> Self {
        const { assert!(MIN <= N && N <= MAX) };
        Self(N)
    }

    /// The number.
    pub const fn get(self) -> i64 {
        self.0
    }

    /// The number, where the bounds are an `i32`'s; the compiler refuses others.
    pub const fn as_i32(self) -> i32 {
        const { assert!(Self::IS_SMALL) };
        self.0 as i32
    }

    /// The number, where the bounds are a `u32`'s; the compiler refuses others.
    pub const fn as_u32(self) -> u32 {
        const { assert!(MIN >= 0 && MAX <= u32::MAX as i64) };
        self.0 as u32
    }

    /// The number, where the bounds are a `u32`'s; the compiler refuses others.
    pub const fn as_usize(self) -> usize {
        self.as_u32() as usize
    }

    /// The number, where the bounds are a `u16`'s; the compiler refuses others.
    pub const fn as_u16(self) -> u16 {
        const { assert!(MIN >= 0 && MAX <= u16::MAX as i64) };
        self.0 as u16
    }

    fn violation() -> Violation {
        let words = match Self::HAS_END {
            true => format!("a whole number from {MIN} to {MAX}"),
            false => format!("a whole number, at least {MIN}"),
        };
        Violation::new("range", words)
    }
}

impl<const MIN: i64, const MAX: i64> TryFrom<i64> for Whole<MIN, MAX> {
    type Error = Violation;

    fn try_from(number: i64) -> Result<Self, Violation> {
        (MIN..=MAX).contains(&number).then_some(Self(number)).ok_or_else(Self::violation)
    }
}

impl<const MIN: i64, const MAX: i64> TryFrom<i32> for Whole<MIN, MAX> {
    type Error = Violation;

    fn try_from(number: i32) -> Result<Self, Violation> {
        Self::try_from(i64::from(number))
    }
}

impl<const MIN: i64, const MAX: i64> FromStr for Whole<MIN, MAX> {
    type Err = Violation;

    fn from_str(text: &str) -> Result<Self, Violation> {
        text.parse::<i64>().map_err(|_| Self::violation())?.try_into()
    }
}

impl<const MIN: i64, const MAX: i64> From<Whole<MIN, MAX>> for i64 {
    fn from(number: Whole<MIN, MAX>) -> Self {
        number.0
    }
}

impl<const MIN: i64, const MAX: i64> fmt::Display for Whole<MIN, MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<const MIN: i64, const MAX: i64> Serialize for Whole<MIN, MAX> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i64(self.0)
    }
}

impl<'de, const MIN: i64, const MAX: i64> Deserialize<'de> for Whole<MIN, MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        i64::deserialize(deserializer)?.try_into().map_err(D::Error::custom)
    }
}

impl<const MIN: i64, const MAX: i64> PartialSchema for Whole<MIN, MAX> {
    fn schema() -> RefOr<Schema> {
        let format = if Self::IS_SMALL { KnownFormat::Int32 } else { KnownFormat::Int64 };
        ObjectBuilder::new()
            .schema_type(Type::Integer)
            .format(Some(SchemaFormat::KnownFormat(format)))
            .minimum((MIN != i64::MIN).then_some(MIN))
            .maximum(Self::HAS_END.then_some(MAX))
            .into()
    }
}

impl<const MIN: i64, const MAX: i64> ToSchema for Whole<MIN, MAX> {
    fn name() -> Cow<'static, str> {
        format!("Whole_{MIN}_{MAX}").into()
    }
}
