//! The job board: what is read of assignments and visits together. Of tables it writes only how far shoppers can be
//! relied on ([`rate`]): the steps of an assignment are taken by [`fieldwork::assignments`](crate::fieldwork::assignments).

pub mod api;
pub mod candidate;
pub mod coverage;
pub mod expire;
pub mod jobs;
pub mod list_jobs;
pub mod near;
pub mod past;
pub mod rate;
pub mod ratings;
pub mod steps;
pub mod store;
