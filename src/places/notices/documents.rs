//! Documents that staff were given with a notice: never changed.

pub mod api;
pub mod model;
pub mod put_document;
pub mod store;
