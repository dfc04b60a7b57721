//! Retirement: a place is not visited any more, and its past stays. A region retires with all below it.

pub mod restore;
pub mod retire;
