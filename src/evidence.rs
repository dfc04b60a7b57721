//! Files that belong to visits: photos and recordings.

pub mod photos;
pub mod recordings;
