//! Notes among reviewers: what one wants the others to know of a visit. They decide nothing, and neither the shopper nor the
//! branch's side sees them.

pub mod api;
pub mod model;
pub mod put_note;
pub mod store;
