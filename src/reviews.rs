//! What reviewers decide about visits: the [`queue`] of those that wait, and the decision ([`decide`]) with what follows
//! from it.

pub mod api;
pub mod approve_by_lot;
pub mod claim;
pub mod correct_comment;
pub mod counts;
pub mod decide;
pub mod decided;
pub mod next;
pub mod notes;
pub mod queue;
pub mod return_reasons;
pub mod return_visit;
pub mod returned;
pub mod second_opinions;
pub mod store;
pub mod take_without;
