//! Evidence: the files of visits, from the first byte on a bad line to the blob that is kept.
//!
//! [`arrive`] is what happens, step by step: a file is announced, its bytes come (in [`receive`], into one of
//! [`parts`]), and once all are there and have the digest that was said, it is a blob and its row says so. Then it is
//! read beside the requests ([`photos`], [`recordings`]), and what people see is a clean copy.

pub mod arrive;
pub mod model;
pub mod parts;
pub mod photos;
pub mod receive;
pub mod recordings;
pub mod store;
pub mod sweep;
pub mod tus;
