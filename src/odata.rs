//! OData 4.0: the door by which spreadsheets and reporting programs read places, visits, reports and figures as tables.
//!
//! A table is an entity set of [`model`]. What a caller asks is parsed by [`query`], [`condition`] and [`apply`], by which rows are put into [`groups`]; rows come from the statements of the
//! features that own them, under the caller's scope, and conditions that a feature's own list knows are handed to it ([`read`], [`figures`]). All
//! else is decided row by row in memory, so no text of a request ever becomes a part of a statement. What is not supported is refused
//! by its name.

pub mod api;
pub mod apply;
pub mod cell;
pub mod condition;
pub mod figures;
pub mod groups;
pub mod metadata;
pub mod model;
pub mod query;
pub mod read;
pub mod refusals;
pub mod scan;
pub mod write;
