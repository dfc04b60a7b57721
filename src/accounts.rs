//! People who sign in: accounts, grants, sessions, and who may what.

pub mod administrators;
pub mod api;
pub mod api_keys;
pub mod caller;
pub mod devices;
pub mod grants;
pub mod limits;
pub mod model;
pub mod passwords;
pub mod policy;
pub mod put_account;
pub mod refresh;
pub mod sign_in;
pub mod still;
pub mod store;
pub mod sweep;
pub mod tokens;
