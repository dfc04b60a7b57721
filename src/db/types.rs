//! Column types that mean the same on both engines.

mod id;
mod instant;
mod json;
mod sha256;
mod text_enum;

use diesel::{
    query_builder::QueryId,
    sql_types::{HasSqlType, SqlType},
};
use utoipa::openapi::{KnownFormat, ObjectBuilder, RefOr, Schema, SchemaFormat, schema::Type};

pub(crate) use self::text_enum::text_enum;
pub use self::{
    id::Id,
    instant::{Instant, MOMENT, PhoneMoment, by_phone},
    json::{Json, Readable, Written},
    sha256::{Digesting, Sha256},
};
use super::engine::MultiBackend;

/// `uuid` on PostgreSQL, a blob of 16 bytes on SQLite.
#[derive(Clone, Copy, Debug, Default, SqlType, QueryId)]
#[diesel(postgres_type(oid = 2950, array_oid = 2951), sqlite_type(name = "Binary"))]
pub struct SqlId;

/// `timestamptz` on PostgreSQL, an integer of microseconds on SQLite.
#[derive(Clone, Copy, Debug, Default, SqlType, QueryId)]
#[diesel(postgres_type(oid = 1184, array_oid = 1185), sqlite_type(name = "Long"))]
pub struct SqlInstant;

/// `jsonb` on PostgreSQL, text on SQLite.
#[derive(Clone, Copy, Debug, Default, SqlType, QueryId)]
#[diesel(postgres_type(oid = 3802, array_oid = 3807), sqlite_type(name = "Text"))]
pub struct SqlJson;

/// JSON that no statement looks into: text on both engines.
#[derive(Clone, Copy, Debug, Default, SqlType, QueryId)]
#[diesel(postgres_type(oid = 25, array_oid = 1009), sqlite_type(name = "Text"))]
pub struct SqlJsonText;

/// Tells diesel that a column type of ours, with its Rust type, exists on both engines at once.
macro_rules! on_both_engines {
    ($sql:ty, $rust:ident $(<$p:ident: $bound:path>)?) => {
        impl$(<$p: $bound + 'static>)? diesel::serialize::ToSql<$sql, $crate::db::engine::MultiBackend> for $rust$(<$p>)? {
            fn to_sql<'b>(
                &'b self,
                out: &mut diesel::serialize::Output<'b, '_, $crate::db::engine::MultiBackend>,
            ) -> diesel::serialize::Result {
                out.set_value((<$sql>::default(), self));
                Ok(diesel::serialize::IsNull::No)
            }
        }
        impl$(<$p: $bound + 'static>)? diesel::deserialize::FromSql<$sql, $crate::db::engine::MultiBackend> for $rust$(<$p>)? {
            fn from_sql(value: $crate::db::engine::MultiRawValue<'_>) -> diesel::deserialize::Result<Self> {
                value.from_sql::<Self, $sql>()
            }
        }
    };
}

pub(crate) use on_both_engines;

macro_rules! has_sql_type {
    ($($sql:ty),*) => {$(
        impl HasSqlType<$sql> for MultiBackend {
            fn metadata(lookup: &mut Self::MetadataLookup) -> Self::TypeMetadata {
                Self::lookup_sql_type::<$sql>(lookup)
            }
        }
    )*};
}
has_sql_type!(SqlId, SqlInstant, SqlJson, SqlJsonText);

fn string(format: KnownFormat, description: &str) -> RefOr<Schema> {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .format(Some(SchemaFormat::KnownFormat(format)))
        .description(Some(description))
        .into()
}
