//! How far a file has come, and what is ready to be kept.

use super::{
    model::{Evidence, Incoming},
    parts::Part,
};
use crate::error::Result;

/// How far a file has come.
#[derive(Clone, Debug)]
pub struct Progress {
    /// Its row.
    pub file: Evidence,
    /// How many of its bytes are here, on disk.
    pub offset: u64,
}

impl Progress {
    /// The progress of a file that is kept.
    pub fn kept(file: Evidence) -> Self {
        Self { offset: file.bytes(), file }
    }

    /// Whether all of its bytes are here.
    pub(super) fn is_whole(&self) -> bool {
        self.offset == self.file.bytes()
    }
}

/// Where a request has brought a file.
#[derive(Debug)]
pub enum Reached {
    /// More of it is to come, or it was kept before.
    Offset(Progress),
    /// All of it is here, and it is still to be kept.
    End(Whole),
}

impl Reached {
    /// For a file whose turn this is; if all of its bytes are here, then they are stored under their digest.
    pub(super) fn of(part: Part, progress: Progress) -> Self {
        if progress.file.is_kept() || !progress.is_whole() {
            return Self::Offset(progress);
        }
        Self::End(Whole::beside(part, Incoming::Announced(progress.file)))
    }
}

/// A file whose bytes are all on disk, stored under the digest with which it was announced. Its row is still to say that
/// it is kept. As long as this is there, no other request works with the file.
#[derive(Debug)]
pub struct Whole {
    file: Incoming,
    part: Part,
    has_leftovers: bool,
}

impl Whole {
    /// One that left nothing in its part.
    pub(super) fn moved(part: Part, file: Incoming) -> Self {
        Self { file, part, has_leftovers: false }
    }

    /// One whose bytes may still be in its part as well.
    pub(super) fn beside(part: Part, file: Incoming) -> Self {
        Self { file, part, has_leftovers: true }
    }

    /// What is known of it.
    pub fn file(&self) -> &Incoming {
        &self.file
    }

    /// Ends the turn once the file is kept: its part is emptied.
    ///
    /// # Errors
    /// `unavailable` if the disk is not.
    pub async fn finish(self) -> Result<()> {
        if self.has_leftovers { self.part.clear().await } else { Ok(()) }
    }
}
