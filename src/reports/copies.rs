//! The photos and recordings of reports: copies of clean copies, which say as little as can be of the phone that made them. A photo
//! is in one frame, without the areas that a reviewer made unrecognizable; a recording without the stretches that were cut.

use std::fmt;

use aws_lc_rs::rand;
use tokio::runtime::Handle;

use super::model::ReportFile;
use crate::{
    app::App,
    checklists::media_type::MediaType,
    db::types::{Instant, Sha256},
    error::{Error, Result},
    evidence::{
        model::MAX_FILE,
        photos::{Area, Pool, framed},
        recordings::{self, Cut, Format, Stretch},
    },
    ids::{BrandId, EvidenceId, ReportId},
};

/// Work on a recording takes so many times its bytes.
const TIMES: u64 = 5;

/// A photo that goes out.
#[derive(Clone, Debug)]
pub struct Outgoing {
    /// The file of the visit.
    pub evidence: EvidenceId,
    /// The key of the question that it belongs to.
    pub question: String,
    /// The digest of its clean copy.
    pub clean: Sha256,
    /// What is not to be recognized.
    pub areas: Vec<Area>,
}

/// A recording that goes out, if a reviewer listened to it and it can be cut.
#[derive(Clone, Debug)]
pub struct Recording {
    /// The file of the visit.
    pub evidence: EvidenceId,
    /// The key of the question that it belongs to.
    pub question: String,
    /// The digest of its clean copy.
    pub clean: Sha256,
    /// What is to be silent; nothing if no reviewer listened to it.
    pub stretches: Option<Vec<Stretch>>,
}

/// Makes the copy of a photo for this report, and keeps its bytes.
///
/// # Errors
/// If the clean copy cannot be read.
pub async fn copy(
    app: &App,
    readers: &Pool,
    of: (ReportId, BrandId),
    photo: &Outgoing,
    now: Instant,
) -> Result<ReportFile> {
    let (blobs, digest, runtime) = (app.blobs.clone(), photo.clean, Handle::current());
    let (areas, large) = (photo.areas.clone(), readers.large());
    let work = move || {
        Ok(runtime.block_on(blobs.read(digest, MAX_FILE)).map(|bytes| framed(&bytes, &areas, &large)))
    };
    let bytes = readers.run(work).await.map_err(Error::internal)??.map_err(Error::internal)?;
    keep(app, of, (photo.evidence, &photo.question, None), bytes, now).await
}

/// Makes the copy of a recording for this report, and keeps its bytes; none if it does not go out.
///
/// # Errors
/// If the clean copy cannot be read.
pub async fn copy_recording(
    app: &App,
    readers: &Pool,
    of: (ReportId, BrandId),
    recording: &Recording,
    now: Instant,
) -> Result<Option<ReportFile>> {
    let Cut { format, mut bytes, padding } = match cut(app, readers, recording).await? {
        Ok(cut) => cut,
        Err(why) => {
            tracing::info!(%why, evidence = %recording.evidence, "a recording does not go out");
            return Ok(None);
        }
    };
    // So the same recording twice is not the same bytes.
    let start = bytes.len().saturating_sub(padding);
    rand::fill(bytes.get_mut(start..).unwrap_or_default()).map_err(Error::internal)?;
    let media_type = match format {
        Format::M4a => MediaType::M4a,
        Format::Ogg => MediaType::Ogg,
        Format::WebM => MediaType::Webm,
        Format::Wav => MediaType::Wav,
    };
    keep(app, of, (recording.evidence, &recording.question, Some(media_type)), bytes, now).await.map(Some)
}

/// Why a recording does not go out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeftOut {
    /// No reviewer settled what of it is silent.
    NotListenedTo,
    /// Nothing can be cut out of it: why.
    NotCut(recordings::Problem),
}

impl fmt::Display for LeftOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotListenedTo => f.write_str("no reviewer settled what of it is silent"),
            Self::NotCut(problem) => write!(f, "nothing can be cut out of it: {problem}"),
        }
    }
}

/// Cuts a recording as its reviewer settled it; or says why it does not go out.
///
/// # Errors
/// If the clean copy cannot be read.
pub async fn cut(
    app: &App,
    readers: &Pool,
    recording: &Recording,
) -> Result<std::result::Result<Cut, LeftOut>> {
    let Some(stretches) = recording.stretches.clone() else { return Ok(Err(LeftOut::NotListenedTo)) };
    let (blobs, digest, runtime) = (app.blobs.clone(), recording.clean, Handle::current());
    let large = readers.large();
    let work = move || {
        let cut = |bytes: Vec<u8>| {
            let _turn = large.turn(TIMES * bytes.len() as u64);
            recordings::cut(&bytes, &stretches)
        };
        Ok(runtime.block_on(blobs.read(digest, MAX_FILE)).map(cut))
    };
    Ok(readers.run(work).await.map_err(Error::internal)??.map_err(LeftOut::NotCut))
}

/// Keeps the bytes of a copy: of which file, and what they are.
async fn keep(
    app: &App,
    (report_id, brand_id): (ReportId, BrandId),
    (evidence_id, question, media_type): (EvidenceId, &str, Option<MediaType>),
    bytes: Vec<u8>,
    now: Instant,
) -> Result<ReportFile> {
    let (sha256, size) = (Sha256::of(&bytes), i64::try_from(bytes.len()).map_err(Error::internal)?);
    app.blobs.put(sha256, bytes).await?;
    Ok(ReportFile {
        id: app.clock.new_id(),
        report_id,
        brand_id,
        evidence_id,
        question: question.to_owned(),
        sha256,
        size,
        created_at: now,
        media_type,
    })
}
