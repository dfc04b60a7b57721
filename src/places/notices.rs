//! Notices: what staff were informed of before the programme started. A notice never changes; another one follows it.
//!
//! What reports name and what pay follows from must not go further than what staff were informed of: [`model::Informed`] says that
//! of one branch on one day.

pub mod api;
pub mod documents;
pub mod informed;
pub mod model;
pub mod put_notice;
pub mod store;
