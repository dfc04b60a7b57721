//! Brands, their trees of regions, and the branches that are visited.

pub mod api;
pub mod employees;
pub mod import;
pub mod lines;
pub mod model;
pub mod store;
pub mod table;
