//! Values that are kept as one JSON column.

use std::{fmt, marker::PhantomData};

use diesel::{
    deserialize::{self, FromSql, FromSqlRow},
    expression::AsExpression,
    pg::{Pg, PgValue},
    serialize::{self, IsNull, Output, ToSql},
    sqlite::{Sqlite, SqliteValue},
};
use serde::{Serialize, de::DeserializeOwned};

use super::{SqlJson, SqlJsonText, on_both_engines};
use crate::db::engine::{MultiBackend, MultiRawValue};

/// A value that is kept as one JSON column.
#[derive(Clone, Debug, PartialEq, Eq, AsExpression, FromSqlRow, Serialize)]
#[diesel(sql_type = SqlJson)]
#[diesel(sql_type = SqlJsonText)]
#[serde(transparent)]
pub struct Json<T: 'static>(pub T);

/// What a value needs to be kept as JSON.
pub trait Document: Serialize + DeserializeOwned + fmt::Debug + Send + Sync {}
impl<T: Serialize + DeserializeOwned + fmt::Debug + Send + Sync> Document for T {}
on_both_engines!(SqlJson, Json<T: Document>);
on_both_engines!(SqlJsonText, Json<T: Document>);

/// The text of a value, which was read again: what cannot be read is not kept, because nobody would ever see it again.
///
/// # Errors
/// If it cannot be JSON, or the JSON cannot be read as such a value.
fn written<T: Document>(value: &T) -> serde_json::Result<String> {
    let text = serde_json::to_string(value)?;
    serde_json::from_str::<T>(&text).map(|_| text)
}

/// The version byte that PostgreSQL wants before binary jsonb.
const JSONB_VERSION: u8 = 1;

impl<T: Document> ToSql<SqlJson, Pg> for Json<T> {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        std::io::Write::write_all(out, &[JSONB_VERSION])?;
        std::io::Write::write_all(out, written(&self.0)?.as_bytes())?;
        Ok(IsNull::No)
    }
}

impl<T: Document> FromSql<SqlJson, Pg> for Json<T> {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        match value.as_bytes().split_first() {
            Some((&JSONB_VERSION, json)) => Ok(Self(serde_json::from_slice(json)?)),
            _ => Err("a jsonb value of an unknown version".into()),
        }
    }
}

impl<T: Document> ToSql<SqlJson, Sqlite> for Json<T> {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(written(&self.0)?);
        Ok(IsNull::No)
    }
}

impl<T: Document> FromSql<SqlJson, Sqlite> for Json<T> {
    fn from_sql(mut value: SqliteValue<'_, '_, '_>) -> deserialize::Result<Self> {
        Ok(Self(serde_json::from_str(value.read_text())?))
    }
}

impl<T: Document> ToSql<SqlJsonText, Pg> for Json<T> {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        std::io::Write::write_all(out, written(&self.0)?.as_bytes())?;
        Ok(IsNull::No)
    }
}

impl<T: Document> FromSql<SqlJsonText, Pg> for Json<T> {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        Ok(Self(serde_json::from_slice(value.as_bytes())?))
    }
}

impl<T: Document> ToSql<SqlJsonText, Sqlite> for Json<T> {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        ToSql::<SqlJson, Sqlite>::to_sql(self, out)
    }
}

impl<T: Document> FromSql<SqlJsonText, Sqlite> for Json<T> {
    fn from_sql(value: SqliteValue<'_, '_, '_>) -> deserialize::Result<Self> {
        FromSql::<SqlJson, Sqlite>::from_sql(value)
    }
}

/// What is kept in a JSON column, if it can be read: for what people can replace. Other programs may have written it.
#[derive(Clone, Debug, PartialEq, Eq, FromSqlRow)]
pub struct Readable<T: 'static>(pub Option<T>);

impl<T: Document> FromSql<SqlJson, Pg> for Readable<T> {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        Ok(Self(<Json<T> as FromSql<SqlJson, Pg>>::from_sql(value).ok().map(|Json(value)| value)))
    }
}

impl<T: Document> FromSql<SqlJson, Sqlite> for Readable<T> {
    fn from_sql(value: SqliteValue<'_, '_, '_>) -> deserialize::Result<Self> {
        Ok(Self(<Json<T> as FromSql<SqlJson, Sqlite>>::from_sql(value).ok().map(|Json(value)| value)))
    }
}

impl<T: Document> FromSql<SqlJson, MultiBackend> for Readable<T> {
    fn from_sql(value: MultiRawValue<'_>) -> deserialize::Result<Self> {
        value.from_sql::<Self, SqlJson>()
    }
}

/// A value that was written as JSON once, for all who need its text: a [`Json`] column keeps it as it is.
#[derive(AsExpression)]
#[diesel(sql_type = SqlJson)]
#[diesel(sql_type = SqlJsonText)]
pub struct Written<T: 'static> {
    text: String,
    value: PhantomData<fn() -> T>,
}

impl<T: Document> Written<T> {
    /// Writes the value. It is not read again, because each visit is written so: what is written was read by the same
    /// type, and a test holds the two together.
    ///
    /// # Errors
    /// If it cannot be JSON.
    pub fn new(value: &T) -> serde_json::Result<Self> {
        Ok(Self { text: serde_json::to_string(value)?, value: PhantomData })
    }

    /// Its text; equal values of our types have equal texts.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Reads the value again.
    ///
    /// # Errors
    /// None, since it was written here.
    pub fn read(&self) -> serde_json::Result<T> {
        serde_json::from_str(&self.text)
    }
}

impl<T> fmt::Debug for Written<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl<T> ToSql<SqlJson, Pg> for Written<T> {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        std::io::Write::write_all(out, &[JSONB_VERSION])?;
        std::io::Write::write_all(out, self.text.as_bytes())?;
        Ok(IsNull::No)
    }
}

impl<T> ToSql<SqlJson, Sqlite> for Written<T> {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.text.as_str());
        Ok(IsNull::No)
    }
}

impl<T> ToSql<SqlJsonText, Pg> for Written<T> {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        std::io::Write::write_all(out, self.text.as_bytes())?;
        Ok(IsNull::No)
    }
}

impl<T> ToSql<SqlJsonText, Sqlite> for Written<T> {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        ToSql::<SqlJson, Sqlite>::to_sql(self, out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    /// Reads less than it writes.
    #[derive(Debug, Serialize, Deserialize)]
    #[serde(try_from = "u8")]
    struct Narrow(u8);

    impl TryFrom<u8> for Narrow {
        type Error = &'static str;

        fn try_from(number: u8) -> Result<Self, Self::Error> {
            if number < 40 { Ok(Self(number)) } else { Err("at most 40") }
        }
    }

    #[test]
    fn what_cannot_be_read_is_not_kept() {
        assert!(written(&Narrow(39)).is_ok_and(|text| text == "39"));
        assert!(written(&Narrow(41)).is_err());
        // JSON has no such number, and what is written in its place is none.
        assert!(written(&f64::NAN).is_err());
    }
}
