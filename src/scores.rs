//! The scores of places: exact sums, figures with intervals, rankings.

pub mod api;
pub mod model;
mod recount;
pub mod statistics;
pub mod store;
pub mod verify;
pub mod what_if;
