//! Recognition: which branches are best, which improved most, and which standards they have mastered.
//!
//! A brand switches each list on. All of it follows from figures as the caller is shown them ([`read`]) and from visits whose reports
//! are out, by rules that take nothing for more than chance ([`model`]). It is of branches, and never of persons.

pub mod api;
pub mod model;
pub mod read;
pub mod store;
