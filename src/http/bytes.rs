//! Bodies that are bytes, and how the contract shows them.

use actix_web::{HttpMessage, HttpRequest};

/// The media type of bytes whose sender does not say what they are. Every body of bytes may come so, and what it is is looked
/// for in the bytes: generated clients send one media type for an operation.
pub const BYTES: &str = "application/octet-stream";

/// Whether the body of a request comes as [`BYTES`].
pub fn are_unnamed(request: &HttpRequest) -> bool {
    request.content_type().eq_ignore_ascii_case(BYTES)
}

/// Says in the contract that a type stands for bytes: which they are, and how many there are at most.
macro_rules! bytes {
    ($name:ident, $which:literal, $most:expr) => {
        impl utoipa::ToSchema for $name {}

        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                use utoipa::openapi::{KnownFormat, ObjectBuilder, SchemaFormat, schema::Type};

                ObjectBuilder::new()
                    .schema_type(Type::String)
                    .format(Some(SchemaFormat::KnownFormat(KnownFormat::Binary)))
                    .description(Some(format!("{}: at most {}.", $which, $most)))
                    .into()
            }
        }
    };
}
pub(crate) use bytes;
