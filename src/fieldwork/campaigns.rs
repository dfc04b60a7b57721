//! Campaigns: what a brand wants of its branches, and the assignments that are made from it.

pub mod api;
pub mod fill;
pub mod model;
pub mod plan;
pub mod put_campaign;
pub mod set_state;
pub mod store;
pub mod terms;
