//! Assignments: one visit wanted from one branch within one window, with its whole life from its making to its end.
//!
//! [`life`] says which step leads from which state to which; each step is an act in a file of its own. Whether an
//! assignment was done is known by its visit, and visits stand above this room: the callers of [`cancel()`] and
//! [`lapse()`] say whether there is one, and the callers of [`claim()`], [`offer()`] and [`accept()`] say what is known
//! of the shopper.

pub mod accept;
mod advance;
pub mod api;
mod asked;
pub mod cancel;
pub mod claim;
pub mod decline;
pub mod give;
pub mod give_up;
pub mod hand_over;
pub mod lapse;
pub mod life;
pub mod make_again;
pub mod model;
pub mod move_window;
pub mod offer;
mod planned;
pub mod see;
pub mod store;
mod successor;
pub mod surplus;

pub use self::{
    accept::accept, cancel::cancel, claim::claim, decline::decline, give::give, give_up::give_up,
    hand_over::hand_over, lapse::lapse, make_again::do_not_make_again, make_again::make_again,
    move_window::move_window, offer::offer, see::see,
};
