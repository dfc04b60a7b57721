//! Ids that follow from names.

use aws_lc_rs::digest::{SHA256, digest};
use uuid::{Builder, Uuid};

/// The id that follows from a name: always the same one. It is a version 8 UUID of the name's SHA-256.
pub(super) fn derived_id(name: &str) -> Uuid {
    let mut bytes = [0; 16];
    bytes.iter_mut().zip(digest(&SHA256, name.as_bytes()).as_ref()).for_each(|(to, from)| *to = *from);
    Builder::from_custom_bytes(bytes).into_uuid()
}
