//! Speaking HTTP, and knowing no feature: what comes in, what goes out, and within which limits.

pub mod answer;
pub mod archive;
pub(crate) mod bytes;
pub mod client;
pub mod compress;
pub mod dear;
pub mod door;
pub mod endpoint;
pub mod etag;
pub mod head;
pub mod idempotency;
pub mod input;
pub mod lagging;
pub mod languages;
pub mod limits;
pub mod listed;
pub mod page;
pub mod problem;
pub mod range;
pub mod sheet;
pub mod strangers;
pub mod unread;
