//! People who sign in: accounts, grants, sessions, and who may what.

pub mod api;
pub mod caller;
pub mod grants;
pub mod limits;
pub mod model;
pub mod passwords;
pub mod policy;
pub mod put_account;
pub mod refresh;
pub mod sign_in;
pub mod store;
pub mod sweep;
pub mod tokens;
