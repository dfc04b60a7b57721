//! Targets: what scores are to be, by place, subject and month.
//!
//! Who sets the standards of a brand sets its targets ([`put_target`], [`delete_target`]); each change is an event ([`changed`]). Of the targets for a month the one of the nearest
//! place counts ([`in_force`]): that of the branch, then those of the regions that it lies in, from the nearest up, then that of the brand.

pub mod api;
pub mod changed;
pub mod delete_target;
pub mod in_force;
pub mod model;
pub mod put_target;
pub mod store;
