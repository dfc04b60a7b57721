//! Keeping a file whose bytes are all here.

use super::{
    announce::waiting_or_kept,
    model::{Evidence, FileState, Incoming},
    read::ReadEvidence,
    store,
};
use crate::{
    db::{Conn, types::Instant},
    error::{Code, Error, Result},
    ids::TaskId,
    work,
};

/// A file that is kept.
#[derive(Clone, Debug)]
pub struct Kept {
    /// Its row.
    pub file: Evidence,
    /// Whether it was not kept before.
    pub is_new: bool,
}

/// Keeps a file whose bytes are stored under their digest, and has it read beside the requests.
///
/// # Errors
/// `not_found` if it was given up meanwhile; `unavailable` if its blob is being deleted; for a file without a row, as [`announced`](super::announce::announced).
pub fn keep(conn: &mut Conn, incoming: &Incoming, now: Instant, task: TaskId) -> Result<Kept> {
    store::refuse_leaving(conn, incoming.sha256())?;
    let kept = match incoming {
        Incoming::New(announcement) => match waiting_or_kept(conn, announcement, now)? {
            Some(file) => keep_row(conn, &file, now)?,
            None => {
                let kept =
                    Evidence { state: FileState::Kept, kept_at: Some(now), ..announcement.arriving(now) };
                store::insert(conn, &kept)?;
                Kept { file: kept, is_new: true }
            }
        },
        Incoming::Announced(file) => keep_row(conn, file, now)?,
    };
    work::enqueue(conn, &ReadEvidence::of(&kept.file), task, now)?;
    Ok(kept)
}

fn keep_row(conn: &mut Conn, file: &Evidence, now: Instant) -> Result<Kept> {
    let is_new = store::set_kept(conn, file.id, now)?;
    let file = store::find(conn, file.id)?.ok_or_else(|| Error::new(Code::NotFound))?;
    Ok(Kept { file, is_new })
}
