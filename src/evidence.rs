//! Evidence: the files of visits, from the first byte on a bad line to the blob that is kept.
//!
//! A file is announced ([`announce`]) and its bytes arrive ([`arrive`], [`receive`]) in one of the [`parts`]. Once all of
//! them are there and have the digest that was announced, they are a blob, and the file is ready to be kept ([`keep`]).
//! Visits keep it, because the last file completes a visit in the same transaction. Then it is read beside the requests
//! ([`read`], by [`photos`] or [`recordings`]). People see the [`clean`] copy that comes of it, at an [`address`] that is
//! good for some minutes ([`fetch`]); the file itself stays as it came, and is shown to no one. A file whose visit does not
//! come is forgotten ([`sweep`]).

pub mod address;
pub mod announce;
pub mod arrive;
pub mod clean;
pub mod fetch;
mod forget;
pub mod keep;
pub mod model;
pub mod parts;
pub mod photos;
pub mod progress;
pub mod read;
pub mod receive;
pub mod recordings;
mod settle;
pub mod sight;
pub mod store;
pub mod sweep;
pub mod tus;
