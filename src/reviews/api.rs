//! The addresses of reviews.

mod claims;
mod comments;
mod decisions;
mod queue;

pub use self::{claims::*, comments::*, decisions::*, queue::*};
