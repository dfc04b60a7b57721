//! Files that an account asks for and that are written beside the requests, because writing them takes longer than a request should.
//!
//! An [`Export`](model::Export) is one row. A task ([`write_export`]) writes its file into the store of blobs, part by part, and each part begins with what its account may
//! then. What can be written, the roof says ([`source`]), because it knows the features' shapes.

pub mod address;
pub mod api;
pub mod begin;
pub mod cancel;
pub mod fetch;
pub mod model;
pub mod parts;
pub mod ready;
pub mod remove_parts;
pub mod source;
pub mod store;
pub mod sweep;
pub mod write_export;
