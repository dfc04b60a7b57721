//! The addresses of reviews.

mod claims;
mod decisions;
mod queue;

pub use self::{claims::*, decisions::*, queue::*};
