//! What is known of a file that belongs to a visit, and how much there may be.

use diesel::{Identifiable, Insertable, Queryable, Selectable};

use crate::{
    checklists::manifest::{self, MediaType},
    db::{
        schema::evidence,
        types::{Instant, Sha256, text_enum},
    },
    error::{Code, Error, Policy, Result},
    ids::{AccountId, AssignmentId, EvidenceId, VisitId},
};

/// Most bytes of one file.
pub const MAX_FILE: u64 = manifest::MAX_FILE_BYTES;
/// Most files of one visit.
pub const MAX_FILES_OF_VISIT: i64 = manifest::MAX_ENTRIES as i64;
/// Most bytes of all files of one visit.
pub const MAX_BYTES_OF_VISIT: i64 = 500 << 20;
/// Most bytes that one shopper announces within a day.
pub const MAX_BYTES_OF_DAY: i64 = 2 << 30;
/// Most files that one shopper announces within a day.
pub const MAX_FILES_OF_DAY: i64 = 1_000;
/// A file counts for at least so many bytes: it costs a row, a name on the disk and a reading, however small it is.
pub const LEAST_BYTES: i64 = 64 << 10;
/// Most files of one shopper that name no assignment and wait for their visits.
pub const MAX_FILES_WAITING: i64 = 20;
/// Most bytes of them.
pub const MAX_BYTES_WAITING: i64 = 10 << 20;
/// So many pixels of one shopper's files are read within an hour; what is beyond waits.
pub const PIXELS_OF_HOUR: i64 = 4_000_000_000;
/// A file without pixels, or one that could not be read, counts for so many.
pub const UNREAD: i64 = 12_000_000;
/// So many seconds a file waits for its visit, if it names no assignment …
pub const WAITS: i64 = 7 * DAY;
/// … and if it names one, whose visit may come late.
pub const WAITS_FOR_ASSIGNMENT: i64 = 30 * DAY;
/// A day, in seconds: an unfinished file is kept for so long after its last byte.
pub const DAY: i64 = 86_400;
/// Bytes that come within so many seconds of others do not put off the end anew.
const CLOSE: i64 = 3_600;

text_enum! {
    /// Whether a file is here.
    pub enum FileState {
        /// Some of its bytes are still to come.
        Arriving = "arriving",
        /// All of it is here, for good.
        Kept = "kept",
    }
}

/// A file that belongs to a visit.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Identifiable, Insertable)]
#[diesel(table_name = evidence, treat_none_as_default_value = false)]
pub struct Evidence {
    /// Made on the phone.
    pub id: EvidenceId,
    /// The visit that its phone says it belongs to; that visit may come later.
    pub visit_id: VisitId,
    /// Whose phone sends it.
    pub shopper_id: AccountId,
    /// The kind of file that its phone says it is.
    pub media_type: MediaType,
    /// How many bytes it has.
    pub size: i64,
    /// The digest of its bytes.
    pub sha256: Sha256,
    /// Whether it is here.
    pub state: FileState,
    /// When it was announced.
    pub created_at: Instant,
    /// When its last byte was here.
    pub kept_at: Option<Instant>,
    /// Until when an unfinished one is kept.
    pub expires_at: Instant,
    /// The assignment that its phone says it is for.
    pub assignment_id: Option<AssignmentId>,
}

/// What a phone says of a file before it sends it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Announcement {
    /// Made on the phone.
    pub id: EvidenceId,
    /// The visit that it belongs to.
    pub visit: VisitId,
    /// The assignment that it is for; it is needed while the visit is not here, but for a few small files.
    pub assignment: Option<AssignmentId>,
    /// Whose phone.
    pub shopper: AccountId,
    /// What kind of file it is.
    pub media_type: MediaType,
    /// How many bytes it has, at most [`MAX_FILE`].
    pub size: i64,
    /// The digest of its bytes.
    pub sha256: Sha256,
}

impl Announcement {
    /// The file as it is at first.
    pub fn arriving(&self, now: Instant) -> Evidence {
        Evidence {
            id: self.id,
            visit_id: self.visit,
            shopper_id: self.shopper,
            media_type: self.media_type,
            size: self.size,
            sha256: self.sha256,
            state: FileState::Arriving,
            created_at: now,
            kept_at: None,
            expires_at: now.plus_seconds(DAY),
            assignment_id: self.assignment,
        }
    }
}

/// What is known of a file whose bytes are coming.
#[derive(Clone, Debug)]
pub enum Incoming {
    /// Its announcement. It has no row yet, so that one transaction is enough if all of it comes at once.
    New(Announcement),
    /// Its row.
    Announced(Evidence),
}

impl Incoming {
    /// The digest that its bytes have to have.
    pub fn sha256(&self) -> Sha256 {
        match self {
            Self::New(announcement) => announcement.sha256,
            Self::Announced(file) => file.sha256,
        }
    }
}

impl Evidence {
    /// Whether all of it is here.
    pub fn is_kept(&self) -> bool {
        self.state == FileState::Kept
    }

    /// How many bytes it has.
    pub fn bytes(&self) -> u64 {
        self.size.unsigned_abs()
    }

    /// Whether it was left unfinished for too long.
    pub fn is_expired(&self, now: Instant) -> bool {
        !self.is_kept() && self.expires_at <= now
    }

    /// The new end of its waiting, if the bytes that have just come put it off.
    pub fn put_off(&self, now: Instant) -> Option<Instant> {
        let end = now.plus_seconds(DAY);
        (end > self.expires_at.plus_seconds(CLOSE)).then_some(end)
    }

    /// Whether it may be announced once more with this announcement.
    ///
    /// # Errors
    /// `not_found` if it is another shopper's; `conflict` if it was announced with other facts.
    pub fn same_as(&self, again: &Announcement) -> Result<()> {
        if self.shopper_id != again.shopper {
            return Err(Error::new(Code::NotFound));
        }
        let differing = [
            ("visit_id", self.visit_id != again.visit),
            ("media_type", self.media_type != again.media_type),
            ("size", self.size != again.size),
            ("sha256", self.sha256 != again.sha256),
        ];
        let names: Vec<_> = differing.iter().filter(|(_, differs)| *differs).map(|(name, _)| *name).collect();
        if names.is_empty() {
            return Ok(());
        }
        let detail = format!("a file with this id was announced before, with another {}", names.join(", "));
        Err(Error::new(Code::Conflict).detail(detail))
    }
}

/// So many files, and what they count for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Amount {
    /// How many.
    pub files: i64,
    /// Their bytes, of each file at least [`LEAST_BYTES`].
    pub bytes: i64,
}

impl Amount {
    /// With one file more of so many bytes it is at most this much.
    fn has_room_for(self, size: i64, files: i64, bytes: i64) -> std::result::Result<(), String> {
        if self.files >= files {
            return Err(format!("at most {files} files"));
        }
        let counted = self.bytes.saturating_add(size.max(LEAST_BYTES));
        if counted > bytes {
            Err(format!("at most {bytes} bytes, of each file at least {LEAST_BYTES}"))
        } else {
            Ok(())
        }
    }
}

/// What there is already, beside a file that is announced.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Files of the visit.
    pub of_visit: Amount,
    /// Files of the assignment that the new one names, if it names one.
    pub of_assignment: Amount,
    /// What the shopper announced within a day.
    pub of_day: Amount,
    /// Files of the shopper that name no assignment and wait for their visits, if the new one would be one of them.
    pub waiting: Option<Amount>,
}

impl Usage {
    /// Whether there is room for so many bytes more.
    ///
    /// # Errors
    /// `visit_full`, `files_waiting` or `daily_limit`.
    pub fn has_room_for(&self, size: i64) -> Result<()> {
        for (amount, of) in [(self.of_visit, "a visit"), (self.of_assignment, "an assignment")] {
            let room = amount.has_room_for(size, MAX_FILES_OF_VISIT, MAX_BYTES_OF_VISIT);
            room.map_err(|limit| Error::new(Code::VisitFull).detail(format!("{limit}, for {of}")))?;
        }
        if let Some(waiting) = self.waiting {
            let room = waiting.has_room_for(size, MAX_FILES_WAITING, MAX_BYTES_WAITING);
            room.map_err(|limit| Error::new(Code::FilesWaiting).detail(limit))?;
        }
        let room = self.of_day.has_room_for(size, MAX_FILES_OF_DAY, MAX_BYTES_OF_DAY);
        // What was sent falls out of the day bit by bit; when, is not computed for the answer.
        room.map_err(|limit| {
            Error::new(Code::DailyLimit).detail(format!("{limit}, within a day")).limited(PER_DAY, LATER)
        })
    }
}

/// After so many seconds a shopper who has sent a day's bytes may try again.
const LATER: u64 = 3_600;
/// The day's limit as `RateLimit-Policy` says it, in mebibytes.
const PER_DAY: Policy = Policy {
    name: "upload-mebibytes",
    burst: match std::num::NonZeroU32::new((MAX_BYTES_OF_DAY >> 20) as u32) {
        Some(mebibytes) => mebibytes,
        None => std::num::NonZeroU32::MIN,
    },
    // So that the window that comes of it is about a day.
    every: (DAY / (MAX_BYTES_OF_DAY >> 20)) as u32,
};

/// Refuses a file that is larger than a file may be.
///
/// # Errors
/// `file_too_large`.
pub fn size_of_file(size: u64) -> Result<i64> {
    let fitting = (size <= MAX_FILE).then_some(size).and_then(|size| i64::try_from(size).ok());
    fitting.ok_or_else(|| Error::new(Code::FileTooLarge).detail(format!("at most {MAX_FILE} bytes")))
}

#[cfg(test)]
mod tests;
