//! Who is to visit which branch, and when.

pub mod api;
pub mod brief;
pub mod campaigns;
pub mod model;
pub mod qualifications;
pub mod shoppers;
pub mod steps;
pub mod store;
