//! The addresses of reports.

mod comments;
mod files;
mod preparing;
mod reports;
mod withdrawals;

pub use self::{comments::*, files::*, preparing::*, reports::*, withdrawals::*};
