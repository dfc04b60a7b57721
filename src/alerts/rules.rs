//! The rules of alerts.

pub mod api;
pub mod delete_rule;
pub mod model;
pub mod put_rule;
pub mod store;
