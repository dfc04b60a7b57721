//! What can be seen at the first bytes of a file: what it is, and that it can never be read. Its phone learns that before
//! it believes that the file has arrived.

use super::{photos, recordings};
use crate::checklists::manifest::MediaType;

/// So many bytes show what a file is, and how large a photo is: what a camera writes before that may have a preview in it.
pub(super) const HEAD: usize = 256 << 10;

/// The kind of file that begins like this, if it is one that a manifest may name.
pub fn media_type(head: &[u8]) -> Option<MediaType> {
    let name = photos::media_type(head).or_else(|| recordings::media_type(head))?;
    MediaType::ALL.iter().copied().find(|one| one.as_str() == name)
}

/// Why a file that begins like this will never be read, in words for its shopper; nothing if it may be.
pub fn refusal(media_type: MediaType, head: &[u8]) -> Option<String> {
    if media_type.is_image() {
        photos::refused_at_sight(head).map(|problem| problem.to_string())
    } else {
        recordings::refused_at_sight(head).map(|problem| problem.to_string())
    }
}
