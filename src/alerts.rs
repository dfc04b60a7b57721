//! Alerts: what is looked for in scores again and again, and where it was found.
//!
//! A rule says where it looks, for what, and by whose figures ([`rules`]). After the figures of a brand were made at night, and for desks also soon
//! after a decision changed them ([`look_again`]), each rule is looked at ([`evaluate`], [`judge`]): where what it looks for is so, an alert is raised, once for
//! each place and period, and where it is so no longer, the alert is closed. Somebody says that an alert was seen ([`acknowledge`]). What is
//! raised and closed is an event ([`happened`]) for those who send it to people.

pub mod acknowledge;
pub mod api;
pub mod close;
pub mod evaluate;
pub mod happened;
pub mod judge;
pub mod look_again;
pub mod model;
pub mod rules;
pub mod settle;
pub mod store;
mod words;
