//! What can be seen at the first bytes of a file: that it can never be read. Its phone learns it before it
//! believes that the file has arrived.

use super::{photos, recordings};
use crate::checklists::manifest::MediaType;

/// So many bytes show what a file is, and how large a photo is: what a camera writes before that may have a preview in it.
pub(super) const HEAD: usize = 256 << 10;

/// Why a file that begins like this will never be read, in words for its shopper; nothing if it may be.
pub fn refusal(media_type: MediaType, head: &[u8]) -> Option<String> {
    if media_type.is_image() {
        photos::refused_at_sight(head).map(|problem| problem.to_string())
    } else {
        recordings::refused_at_sight(head).map(|problem| problem.to_string())
    }
}
