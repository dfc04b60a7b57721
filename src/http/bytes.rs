//! Bodies that are bytes, and how the contract shows them.

use actix_web::{HttpMessage, HttpRequest};

use super::input::require_media_type;
use crate::error::Result;

/// The media type of bytes whose sender does not say what they are. Every body of bytes may come so, and what it is is looked
/// for in the bytes: generated clients send one media type for an operation.
pub const BYTES: &str = "application/octet-stream";

/// Whether the body of a request comes as [`BYTES`].
pub fn are_unnamed(request: &HttpRequest) -> bool {
    request.content_type().eq_ignore_ascii_case(BYTES)
}

/// Holds a request to this media type, unless its sender does not say what the bytes are.
///
/// # Errors
/// `unsupported_media_type` if it comes as something else.
pub fn require_kind(request: &HttpRequest, media_type: &'static str) -> Result<()> {
    if are_unnamed(request) { Ok(()) } else { require_media_type(request, media_type) }
}

/// Says in the contract that a type stands for bytes: which they are, and how many there are at most, if there is a limit.
macro_rules! bytes {
    ($name:ident, $which:literal, $most:expr) => {
        $crate::http::bytes::bytes!($name, format!("{}: at most {}.", $which, $most));
    };
    ($name:ident, $about:expr) => {
        impl utoipa::ToSchema for $name {}

        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                use utoipa::openapi::{KnownFormat, ObjectBuilder, SchemaFormat, schema::Type};

                ObjectBuilder::new()
                    .schema_type(Type::String)
                    .format(Some(SchemaFormat::KnownFormat(KnownFormat::Binary)))
                    .description(Some($about))
                    .into()
            }
        }
    };
}
pub(crate) use bytes;
