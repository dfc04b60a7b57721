//! The addresses of reviews.

mod claims;
mod decisions;
mod queue;
mod returns;

pub use self::{claims::*, decisions::*, queue::*, returns::*};
