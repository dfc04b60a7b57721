//! Alerts: rules for scores, and the places where the condition of a rule holds.
//!
//! A rule names a place, a condition, and by which reader's figures it is judged ([`rules`]). All rules of a brand are judged after the figures of the
//! brand were made at night, each by a task of its own ([`evaluate`], [`evaluate_rule`], [`judge`]); a rule for desks is also judged soon after a decision, a
//! target or a step with a place changed what desks are shown ([`look_again`]). Where the condition holds, an alert is raised, once for each place and
//! period. Where the condition no longer holds, or the rule looks at the place no longer ([`reach`]), the alert is closed ([`settle`]). An account can
//! acknowledge an alert ([`acknowledge`]). Each alert that is raised or closed is an event ([`happened`]), from which messages are sent.

pub mod acknowledge;
pub mod api;
pub mod close;
pub mod evaluate;
pub mod evaluate_rule;
pub mod happened;
pub mod judge;
pub mod look_again;
pub mod model;
pub mod named;
pub mod reach;
pub mod rules;
pub mod settle;
pub mod store;
mod words;
