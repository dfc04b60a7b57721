//! Checklists: what is asked, and what the answers are worth.

pub mod answers;
pub mod api;
pub mod bindings;
pub mod cache;
mod check;
mod date_time;
pub mod diff;
pub mod exchange;
pub mod findings;
mod given;
pub mod key;
pub mod kinds;
mod languages;
pub mod library;
pub mod manifest;
mod measure;
pub mod model;
pub mod pattern;
pub mod pictures;
pub mod prepared;
pub mod records;
pub mod rules;
#[cfg(test)]
pub(crate) mod samples;
pub mod scoring;
mod showing;
pub mod standards;
pub mod store;
mod subjects;
pub mod text;
mod validity;
