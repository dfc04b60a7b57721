//! Visits: submitted exactly once, scored on arrival, moved from state to state in one place.

pub mod api;
pub mod model;
pub mod state;
pub mod store;
pub mod uploads;
pub mod work;
