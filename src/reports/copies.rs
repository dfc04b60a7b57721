//! The photos of reports: copies of clean copies, in one frame, without the areas that a reviewer made unrecognizable.

use tokio::runtime::Handle;

use super::model::ReportFile;
use crate::{
    app::App,
    db::types::{Instant, Sha256},
    error::{Error, Result},
    evidence::{
        model::MAX_FILE,
        photos::{Area, Pool, framed},
    },
    ids::{BrandId, EvidenceId, ReportId},
};

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

/// Makes the copy of a photo for this report, and keeps its bytes.
///
/// # Errors
/// If the clean copy cannot be read.
pub async fn copy(
    app: &App,
    readers: &Pool,
    (report_id, brand_id): (ReportId, BrandId),
    photo: &Outgoing,
    now: Instant,
) -> Result<ReportFile> {
    let (blobs, digest, runtime) = (app.blobs.clone(), photo.clean, Handle::current());
    let (areas, large) = (photo.areas.clone(), readers.large());
    let work = move || {
        Ok(runtime.block_on(blobs.read(digest, MAX_FILE)).map(|bytes| framed(&bytes, &areas, &large)))
    };
    let bytes = readers.run(work).await.map_err(Error::internal)??.map_err(Error::internal)?;
    let (sha256, size) = (Sha256::of(&bytes), i64::try_from(bytes.len()).map_err(Error::internal)?);
    app.blobs.put(sha256, bytes).await?;
    Ok(ReportFile {
        id: app.clock.new_id(),
        report_id,
        brand_id,
        evidence_id: photo.evidence,
        question: photo.question.clone(),
        sha256,
        size,
        created_at: now,
    })
}
