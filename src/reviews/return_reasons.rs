//! Why visits are sent back: the operator's list, in its languages. What a return said stays with it, whatever becomes of the list.

pub mod api;
pub mod model;
pub mod put_return_reason;
pub mod store;
