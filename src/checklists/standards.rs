//! The catalogue: what good service is made of, brand by brand.

pub mod model;
