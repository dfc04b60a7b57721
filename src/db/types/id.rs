//! Ids that cannot be mistaken for the id of anything else.

use std::{
    fmt,
    hash::{Hash, Hasher},
    marker::PhantomData,
    str::FromStr,
};

use diesel::{
    deserialize::{self, FromSql, FromSqlRow},
    expression::AsExpression,
    pg::{Pg, PgValue},
    serialize::{self, IsNull, Output, ToSql},
    sqlite::{Sqlite, SqliteValue},
};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::openapi::{KnownFormat, RefOr, Schema};
use uuid::Uuid;

use super::{SqlId, on_both_engines, string};

/// The id of a `T`: a UUID that cannot be mistaken for the id of anything else.
#[derive(AsExpression, FromSqlRow)]
#[diesel(sql_type = SqlId)]
pub struct Id<T: 'static>(Uuid, PhantomData<fn() -> T>);

/// What every type of thing allows its id to be.
pub trait Any {}
impl<T> Any for T {}
on_both_engines!(SqlId, Id<T: Any>);

impl<T> Id<T> {
    /// Takes a UUID for the id of a `T`.
    pub const fn new(uuid: Uuid) -> Self {
        Self(uuid, PhantomData)
    }

    /// The id that always stands for this name: made from the digest of it.
    pub fn named(name: &str) -> Self {
        let mut id = [0; 16];
        let digest = super::Sha256::of(name.as_bytes()).to_bytes();
        id.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
        Self::new(uuid::Builder::from_custom_bytes(id).into_uuid())
    }

    /// The bare UUID.
    pub const fn uuid(self) -> Uuid {
        self.0
    }

    /// The same UUID as the id of something else: for keys shared by tables.
    pub const fn cast<U>(self) -> Id<U> {
        Id::new(self.0)
    }
}

impl<T> ToSql<SqlId, Pg> for Id<T> {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        std::io::Write::write_all(out, self.0.as_bytes())?;
        Ok(IsNull::No)
    }
}

impl<T> FromSql<SqlId, Pg> for Id<T> {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        Ok(Self::new(Uuid::from_slice(value.as_bytes())?))
    }
}

impl<T> ToSql<SqlId, Sqlite> for Id<T> {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(&self.0.as_bytes()[..]);
        Ok(IsNull::No)
    }
}

impl<T> FromSql<SqlId, Sqlite> for Id<T> {
    fn from_sql(mut value: SqliteValue<'_, '_, '_>) -> deserialize::Result<Self> {
        Ok(Self::new(Uuid::from_slice(value.read_blob())?))
    }
}

impl<T> Clone for Id<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Id<T> {}
impl<T> PartialEq for Id<T> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
impl<T> Eq for Id<T> {}
impl<T> PartialOrd for Id<T> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl<T> Ord for Id<T> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.cmp(&other.0)
    }
}
impl<T> Hash for Id<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}
impl<T> fmt::Display for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
impl<T> fmt::Debug for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
impl<T> FromStr for Id<T> {
    type Err = uuid::Error;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Uuid::parse_str(text).map(Self::new)
    }
}
impl<T> Serialize for Id<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}
impl<'de, T> Deserialize<'de> for Id<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Uuid::deserialize(deserializer).map(Self::new)
    }
}
impl<T> utoipa::PartialSchema for Id<T> {
    fn schema() -> RefOr<Schema> {
        string(KnownFormat::Uuid, "An id, made by the creator of the thing.")
    }
}
impl<T> utoipa::ToSchema for Id<T> {
    fn name() -> std::borrow::Cow<'static, str> {
        "Id".into()
    }
}
