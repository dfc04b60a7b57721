//! What reviewers decide about visits.

pub mod api;
pub mod store;
