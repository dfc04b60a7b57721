//! A brand's catalogue: its standards, each in a dimension, with everything that they ever said.

pub mod api;
pub mod catalogue;
pub mod model;
pub mod store;
