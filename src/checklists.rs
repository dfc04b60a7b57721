//! Checklists: what is asked, and what the answers are worth.

pub mod answers;
pub mod api;
pub mod cache;
mod check;
pub mod model;
pub mod prepared;
pub mod records;
#[cfg(test)]
mod samples;
pub mod scoring;
pub mod store;
pub mod text;
