//! The people who work in branches: never the same thing as accounts.

pub mod model;
pub mod names;
pub mod store;
