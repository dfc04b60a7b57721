//! Brands, their trees of regions, and the branches that are visited.

pub mod api;
pub mod employees;
pub mod findings;
pub mod import;
pub mod imported;
mod importing;
pub mod model;
pub mod moves;
pub mod named;
pub mod notices;
pub mod put_branch;
pub mod put_brand;
pub mod put_region;
pub mod retirement;
pub mod steps;
pub mod store;
pub mod table;
