//! What shoppers declare of themselves, and whom they must not visit for it.

pub mod api;
pub mod model;
pub mod store;
