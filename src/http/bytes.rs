//! Bodies that are bytes, as the contract shows them.

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
