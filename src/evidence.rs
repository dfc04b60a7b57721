//! Evidence: the files of visits, from the first byte on a bad line to the blob that is kept.
//!
//! [`arrive`] is what happens, step by step: a file is announced, its bytes come (in [`receive`], into one of
//! [`parts`]), and once all are there and have the digest that was said, it is a blob and its row says so. Then it is
//! read beside the requests ([`read`], by [`photos`] or [`recordings`]). What people see is the [`clean`] copy that
//! comes of it, at an [`address`] that is good for some minutes; the file itself stays as it came, and is shown to nobody.

pub mod address;
pub mod arrive;
pub mod clean;
pub mod model;
pub mod parts;
pub mod photos;
pub mod read;
pub mod receive;
pub mod recordings;
pub mod store;
pub mod sweep;
pub mod tus;
