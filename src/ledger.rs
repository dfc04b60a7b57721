//! The ledger: what was acknowledged, appended in batches that are chained by their digests and signed.
//!
//! A background task ([`seal`]) takes what is new in the tables of the features and seals it within seconds. What never
//! changes is sealed once: visits as they arrived and became complete, decisions, published versions, files as they were
//! read, grants and their ends, events, the server's keys. What can change is sealed in each of its revisions: assignments,
//! campaigns, places, people. Each brand has a chain of its own; what belongs to no brand is in one more. [`verify`] walks the
//! chains and compares each entry with what is stored now.
//!
//! Nothing is written for it on the way of a request: each row has a mark that says whether it was sealed, and a partial
//! index holds those that were not.
//!
//! - `model.rs`: batches and entries; `records.rs`: what the digests of entries are of
//! - `seal.rs`: the task; `seal_past.rs`: the same for what fills a database at once; `digests.rs`, `store/`: what it and `verify` read, by the tables that it is read of
//! - `verify.rs` and its parts: `facts/` (what follows from other rows), `chains.rs`, `blobs.rs`

mod blobs;
mod chains;
mod digests;
mod facts;
mod findings;
pub mod model;
pub mod progress;
mod records;
pub mod seal;
pub mod seal_past;
mod store;
pub mod verify;
