//! Filling a database with visits of the past, of the same state as if each had gone through the API, in a thousandth of the time.
//!
//! What is in the rows comes from the same rules: scores and digests, what is found in a visit, where its steps lead, what its
//! report shows, what is counted. What differs is how they get here: they are made beside one another in memory ([`rows`]), and many of each
//! table are one statement ([`keep`]); they are sealed in the transaction that keeps them, and what they add up to goes right
//! into the figures. Two things are left out: visits are not compared with one another for what may be wrong with them, and have no
//! files. `verify` finds such a database as right as any other.

mod fill;
mod ground;
mod keep;
mod past;
mod rows;
mod spread;

pub use self::{
    fill::{Make, fill},
    ground::Ground,
    past::{PastReview, PastVisit},
    spread::Spread,
};
