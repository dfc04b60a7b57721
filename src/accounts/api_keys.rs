//! API keys: by them programs read figures, lists and exports in the name of an account.
//!
//! A key has one role over one scope, and may at each use do no more than its account may then. It ends at a set moment, when it is
//! revoked, which a new password or disabling of its account does as well, and while its account lacks the role. Of its secret only a hash is kept: 256 random bits are not guessed,
//! so one pass of SHA-256 is enough.

pub mod api;
pub mod model;
pub mod put_api_key;
pub mod revoke_api_key;
pub mod secret;
pub mod store;
pub mod use_api_key;
