//! What becomes of a place in the tree: it moves, it retires, it is restored. Each is a step that is kept for good.

pub mod model;
pub mod store;
pub mod take;
