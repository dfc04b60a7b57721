//! Forgetting a file that is kept, because its visit did not come in time, or came without naming it.

use super::{
    model::{WAITS, WAITS_FOR_ASSIGNMENT},
    store::{self, WaitingFile},
    sweep::AT_ONCE,
};
use crate::{
    db::{Conn, types::Instant},
    error::Result,
    ids::EvidenceId,
};

/// Where in the list of waiting files a look begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Page {
    /// With the one that has waited longest.
    First,
    /// After this one.
    After(Instant, EvidenceId),
    /// Nowhere: there are no more.
    End,
}

/// Looks at some files that have waited for long: says of those that their visits name that they stay, and forgets those
/// that have waited too long, with what was read in them. Their blobs are to be deleted if no other file has them. A
/// phone that still tells of the visit is asked to send them again.
///
/// # Errors
/// None but those of the database.
pub(super) fn forget_waiting(conn: &mut Conn, page: Page, now: Instant) -> Result<Page> {
    let after = match page {
        Page::First => None,
        Page::After(at, id) => Some((at, id)),
        Page::End => return Ok(Page::End),
    };
    let waiting = store::waiting(conn, now.plus_seconds(-WAITS), after, AT_ONCE)?;
    let next = match waiting.last() {
        Some(last) if waiting.len() as i64 == AT_ONCE => Page::After(last.kept_at, last.id),
        _ => Page::End,
    };
    let visits = waiting.iter().filter_map(|file| file.visit_here).collect();
    let named = store::named_by(conn, visits)?;
    let (named, others): (Vec<_>, Vec<_>) = waiting.into_iter().partition(|file| named.contains(&file.id));
    store::set_visit_came(conn, named.iter().map(|file| file.id).collect())?;
    for file in others.iter().filter(|file| file.waits_too_long(now)) {
        forget(conn, file, now)?;
    }
    Ok(next)
}

impl WaitingFile {
    fn waits_too_long(&self, now: Instant) -> bool {
        let waits = if self.for_assignment { WAITS_FOR_ASSIGNMENT } else { WAITS };
        self.kept_at <= now.plus_seconds(-waits)
    }
}

fn forget(conn: &mut Conn, file: &WaitingFile, now: Instant) -> Result<()> {
    let copy = store::clean_copy(conn, file.id)?;
    let copies = copy.into_iter().flat_map(|copy| [copy.sha256, copy.thumbnail_sha256]).flatten();
    let digests: Vec<_> = std::iter::once(file.sha256).chain(copies).collect();
    store::forget_kept(conn, file.id)?;
    for digest in digests {
        if !store::is_needed(conn, digest)? {
            store::let_blob_leave(conn, digest, now)?;
        }
    }
    Ok(())
}
