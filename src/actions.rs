//! Actions: what is to be done in a branch where a standard is missed, and whether it helped.
//!
//! A standard that a branch often misses proposes a training track ([`compliance`]); a manager makes an action of it
//! ([`put_action`]). Both rest on visits whose reports are out, by whole months: neither tells more of a visit than its
//! report.

pub mod api;
pub mod comment;
pub mod compliance;
pub mod model;
pub mod put_action;
pub mod store;
