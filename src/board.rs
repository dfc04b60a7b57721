//! The job board: what stands between the assignments that are wanted and the visits that are made.

pub mod coverage;
