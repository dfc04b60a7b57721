//! Digests: summaries of a place's scores that an account is given every week or month.
//!
//! A digest names a place, a period, an account and a schedule ([`model`], [`schedule`]). When the digest is due, one issue is written, with what the
//! account sees of the place at that moment ([`issue_due`], [`issue`]). If the server was down at several due moments, one issue stands for all of them.
//! Each issue is an event ([`issued`]), from which messages are sent.

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
