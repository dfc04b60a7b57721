//! The addresses of reviews.

mod claims;
mod comments;
mod decisions;
mod queue;
mod returns;

pub use self::{claims::*, comments::*, decisions::*, queue::*, returns::*};
