//! What reviewers decide about visits.

pub mod api;
pub mod decided;
pub mod store;
