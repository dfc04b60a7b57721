//! Moves: from a month on a place lies in another region. What was counted before stays where it was counted.
//!
//! Where a branch lies in a month is said by its [`Stays`](model::Stays) alone, which are kept (the table `stay`) and are made of where places lie
//! and of the moves that were recorded. The columns of a place say where it lies at present, by which grants are looked at.

pub mod carry_out;
pub mod lying;
pub mod model;
pub mod plan_move;
pub mod present;
pub mod store;
pub mod take_back;
