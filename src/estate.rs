//! What becomes of a brand's places: they move, retire and are restored, with all that follows for figures and jobs.
//!
//! The steps themselves are [`places`](crate::places)'; here each is one transaction with what follows from it in rooms above places.

pub mod api;
pub mod carry_out_moves;
pub mod move_place;
pub mod moved;
pub mod retire_place;
