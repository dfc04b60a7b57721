//! Digests: what somebody wants to read of a place again and again, and what they read.
//!
//! A digest says of which place and months it is, for whom, and when ([`model`], [`schedule`]). When its moment comes, an issue is written once, with what
//! that account sees of the place then ([`issue_due`], [`issue`]); where nobody looked for a while, one issue stands for all moments that passed. That it is
//! here is an event ([`issued`]) for those who send it.

pub mod api;
pub mod delete_digest;
pub mod issue;
pub mod issue_due;
pub mod issued;
pub mod model;
pub mod put_digest;
pub mod recipient;
pub mod schedule;
pub mod store;
