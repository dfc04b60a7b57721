//! The roof: what puts the features together.

pub mod background;
pub mod consumers;
