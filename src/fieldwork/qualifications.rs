//! What a shopper must have shown to be able to do before going: by passing a test, or as a scheduler says.

pub mod api;
pub mod mine;
pub mod model;
pub mod put_certificate;
pub mod put_qualification;
pub mod store;
pub mod take_test;
