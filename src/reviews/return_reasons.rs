//! Why visits are sent back: the operator's list, in its languages. A return keeps what its reasons read
//! when it was made.

pub mod api;
pub mod model;
pub mod put_return_reason;
pub mod store;
