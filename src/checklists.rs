//! Checklists: what is asked, and what the answers are worth.

pub mod answers;
pub mod api;
pub mod bindings;
pub mod cache;
mod check;
pub mod compare;
mod date_time;
mod derived_id;
pub mod diff;
pub mod drafts;
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
pub mod publish;
pub mod put_checklist;
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
pub mod trial;
mod validity;
