//! The job board: what stands between the assignments that are wanted and the visits that are made.

pub mod api;
pub mod coverage;
pub mod expire;
pub mod jobs;
pub mod model;
pub mod near;
pub mod ratings;
pub mod store;
