//! Checklists: what is asked, and what the answers are worth.

pub mod answers;
pub mod api;
pub mod bindings;
pub mod cache;
mod check;
pub mod exchange;
pub mod key;
pub mod kinds;
pub mod manifest;
pub mod model;
pub mod prepared;
pub mod records;
pub mod rules;
#[cfg(test)]
mod samples;
pub mod scoring;
pub mod standards;
pub mod store;
pub mod text;
