//! What a shopper must have shown to be able to do before going: by passing a test, or as a scheduler says.

pub mod api;
pub mod model;
pub mod store;
