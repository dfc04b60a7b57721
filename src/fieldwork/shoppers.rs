//! What shoppers declare of themselves, and which branches they must not visit for it.

pub mod api;
pub mod declare;
pub mod known;
pub mod model;
pub mod settle;
pub mod store;
pub mod tie;
pub mod ties;
pub mod works_in;
