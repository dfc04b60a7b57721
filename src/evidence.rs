pub mod photos;
pub mod recordings;
