//! Visits: submitted exactly once, scored on arrival, moved from state to state in one place.

pub mod api;
pub mod completion;
pub mod model;
pub mod phone;
pub mod receipt;
pub mod state;
pub mod store;
