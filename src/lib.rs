//! scratch

pub mod accounts;
pub mod app;
pub mod checklists;
pub mod clock;
pub mod config;
pub mod db;
pub mod error;
pub mod fieldwork;
pub mod http;
pub mod ids;
pub mod places;
pub mod reviews;
pub mod scores;
pub(crate) mod strict;
pub mod text;
pub mod visits;
