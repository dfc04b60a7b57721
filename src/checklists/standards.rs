//! A brand's catalogue: its standards, each in a dimension, with all their versions.

pub mod add_standards;
pub mod api;
mod brand_language;
pub mod catalogue;
mod identity;
pub mod model;
pub mod put_dimension;
pub mod put_standard;
pub mod store;
