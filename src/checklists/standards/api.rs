//! The addresses of dimensions and standards.

mod dimensions;
mod entries;
mod versions;
mod wording;

pub use self::{dimensions::*, entries::*, versions::*};
