//! Campaigns: what a brand wants of its branches, and the assignments that are made from it.

pub mod calendar;
pub mod model;
pub mod plan;
