//! Example pictures of checklists: small, of three kinds, and never changed.

pub mod api;
pub mod model;
pub mod put_picture;
pub mod store;
