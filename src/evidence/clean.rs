//! Clean copies: what people see of a file, with nothing in it but the picture or the sound.

use diesel::{Identifiable, Insertable, Queryable, Selectable};

use super::{
    photos::Photo,
    recordings::{Format, Recording},
};
use crate::{
    checklists::manifest::MediaType,
    db::{
        schema::clean_copy,
        types::{Instant, Sha256, text_enum},
    },
    ids::EvidenceId,
};

text_enum! {
    /// Whether a file was read.
    pub enum Reading {
        /// It is still to be read.
        Waiting = "waiting",
        /// It was, and there is a clean copy.
        Done = "done",
        /// It cannot be.
        Failed = "failed",
    }
}

/// What was read in a file: its clean copy and what the camera wrote, or why it cannot be read.
#[derive(Clone, Debug, PartialEq, Queryable, Selectable, Identifiable, Insertable)]
#[diesel(table_name = clean_copy, primary_key(evidence_id), treat_none_as_default_value = false)]
pub struct CleanCopy {
    /// The file.
    pub evidence_id: EvidenceId,
    /// What the copy is.
    pub media_type: Option<MediaType>,
    /// The copy's digest: it is the blob of that name.
    pub sha256: Option<Sha256>,
    /// How many bytes the copy has.
    pub size: Option<i64>,
    /// The digest of a small copy of a photo, always a JPEG.
    pub thumbnail_sha256: Option<Sha256>,
    /// Pixels across that a photo was sent with, as it is to be seen; the copy may have fewer.
    pub width: Option<i32>,
    /// Pixels down that it was sent with, as it is to be seen.
    pub height: Option<i32>,
    /// How long a recording is, rounded up.
    pub seconds: Option<i32>,
    /// The camera's clock, as it wrote it.
    pub taken_at: Option<String>,
    /// Where the camera thought that it was, in degrees north of the equator …
    pub latitude: Option<f64>,
    /// … and east of Greenwich.
    pub longitude: Option<f64>,
    /// Its maker and model.
    pub camera: Option<String>,
    /// How a photo looks: the bits of a [`Look`](super::photos::Look).
    pub look: Option<i64>,
    /// Why it cannot be read, in words for a person; then there is no copy.
    pub problem: Option<String>,
    /// When it was read.
    pub made_at: Instant,
}

/// The blobs of a copy: digest and size of the copy, and the digest of its thumbnail.
pub(super) type Stored = (Sha256, usize, Option<Sha256>);

impl CleanCopy {
    /// The row of a file that cannot be read, and why.
    pub fn failed(file: EvidenceId, problem: String, now: Instant) -> Self {
        Self { problem: Some(problem), ..Self::nothing(file, now) }
    }

    /// The row of a photo.
    pub(super) fn of_photo(file: EvidenceId, photo: &Photo, stored: Stored, now: Instant) -> Self {
        Self {
            width: i32::try_from(photo.width).ok(),
            height: i32::try_from(photo.height).ok(),
            taken_at: photo.taken_at.clone(),
            latitude: photo.position.map(|position| position.latitude),
            longitude: photo.position.map(|position| position.longitude),
            camera: photo.camera.clone(),
            look: Some(photo.look.to_bits()),
            ..Self::nothing(file, now).stored(MediaType::Jpeg, stored)
        }
    }

    /// The row of a recording.
    pub(super) fn of_recording(
        file: EvidenceId,
        recording: &Recording,
        stored: Stored,
        now: Instant,
    ) -> Self {
        Self {
            seconds: i32::try_from(recording.milliseconds.div_ceil(1_000)).ok(),
            ..Self::nothing(file, now).stored(media_type(recording.format), stored)
        }
    }

    fn stored(mut self, media_type: MediaType, (sha256, size, thumbnail): Stored) -> Self {
        self.media_type = Some(media_type);
        self.sha256 = Some(sha256);
        self.size = i64::try_from(size).ok();
        self.thumbnail_sha256 = thumbnail;
        self
    }

    fn nothing(evidence_id: EvidenceId, made_at: Instant) -> Self {
        Self {
            evidence_id,
            media_type: None,
            sha256: None,
            size: None,
            thumbnail_sha256: None,
            width: None,
            height: None,
            seconds: None,
            taken_at: None,
            latitude: None,
            longitude: None,
            camera: None,
            look: None,
            problem: None,
            made_at,
        }
    }

    /// Whether it could be read.
    pub fn reading(&self) -> Reading {
        if self.problem.is_none() { Reading::Done } else { Reading::Failed }
    }

    /// The copy: what it is, and its digest.
    pub fn content(&self) -> Option<(MediaType, Sha256)> {
        Some((self.media_type?, self.sha256?))
    }

    /// The small copy: what it is, and its digest.
    pub fn thumbnail(&self) -> Option<(MediaType, Sha256)> {
        Some((MediaType::Jpeg, self.thumbnail_sha256?))
    }
}

fn media_type(format: Format) -> MediaType {
    match format {
        Format::M4a => MediaType::M4a,
        Format::Ogg => MediaType::Ogg,
        Format::WebM => MediaType::Webm,
        Format::Wav => MediaType::Wav,
    }
}
