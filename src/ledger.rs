//! The ledger: what was acknowledged, appended in batches that are chained by their digests and signed.
//!
//! A background task ([`seal`]) takes what is new in the tables of the features and seals it within seconds: visits as they
//! arrived and became complete, decisions, published versions, files as they were read, grants, events and the
//! server's keys. Each
//! brand has a chain of its own; what belongs to no brand is in one more. [`verify`] walks the chains and compares each
//! entry with what is stored now.
//!
//! Nothing is written for it on the way of a request: each row has a mark that says whether it was sealed, and a partial
//! index holds those that were not.

mod blobs;
mod chains;
mod facts;
mod findings;
pub mod model;
mod records;
pub mod seal;
mod store;
pub mod verify;
