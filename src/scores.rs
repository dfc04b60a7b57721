//! The scores of places: exact sums, figures with intervals, rankings.
//!
//! A visit is in the sums of its places as long as it counts ([`count`]). What they say is read as [`figures`] of a place
//! that the caller may see ([`visible`]), to the branch's side as far as it was [`shown`] today ([`show`]), with [`statistics`] that are
//! honest about few visits and with what the brand lends to its places ([`lent`], computed daily by [`lend`]). [`verify`] computes
//! everything anew; [`try_draft`] tries visits under a checklist's draft.

pub mod api;
pub mod count;
pub mod figures;
mod lend;
pub mod lent;
pub mod model;
mod recount;
pub mod show;
pub mod show_daily;
pub mod shown;
pub mod statistics;
pub mod store;
pub mod try_draft;
pub mod verify;
pub mod visible;
pub mod what_if;
