//! The people who work in branches: never the same thing as accounts.

pub mod api;
pub mod import;
pub mod model;
mod names;
pub mod put_employee;
pub mod store;
