//! Reading what has arrived, beside the requests: each file becomes a clean copy, or a reason why it is none.

use serde::{Deserialize, Serialize};
use tokio::runtime::Handle;

use super::{
    clean::{CleanCopy, Stored},
    model::{Evidence, MAX_FILE},
    photos::{self, Photo, Pool},
    recordings::{self, Recording},
    store,
};
use crate::{
    app::App,
    db::types::{Instant, Sha256},
    error::{Error, Result},
    ids::EvidenceId,
    work::{Queue, Task},
};

/// Reads a file that is kept. What was read is not read again; what could not be is tried anew.
#[derive(Debug, Serialize, Deserialize)]
pub struct ReadEvidence {
    /// The file.
    pub evidence_id: EvidenceId,
}

impl Task for ReadEvidence {
    const KIND: &'static str = "read_evidence";
    const QUEUE: Queue = Queue::new(Self::KIND).at_once(4);
    type State = Pool;

    async fn run(self, app: &App, readers: &Pool) -> Result<()> {
        let id = self.evidence_id;
        let (file, copy) =
            app.db.snapshot(move |conn| Ok((store::find(conn, id)?, store::clean_copy(conn, id)?))).await?;
        let Some(file) = file.filter(Evidence::is_kept) else { return Ok(()) };
        if copy.is_some_and(|copy| copy.problem.is_none()) {
            return Ok(());
        }
        let copy = copy_of(app, readers, &file, app.clock.now()).await?;
        app.db.write(move |conn| store::put_clean_copy(conn, &copy)).await
    }
}

/// What a file turned out to be.
enum Found {
    Photo(Box<Photo>),
    Recording(Recording),
}

async fn copy_of(app: &App, readers: &Pool, file: &Evidence, now: Instant) -> Result<CleanCopy> {
    Ok(match read(app, readers, file).await? {
        Ok(Found::Photo(mut photo)) => {
            let clean = std::mem::take(&mut photo.clean);
            let thumbnail = std::mem::take(&mut photo.thumbnail);
            let stored = stored(app, clean, Some(thumbnail)).await?;
            CleanCopy::of_photo(file.id, &photo, stored, now)
        }
        Ok(Found::Recording(mut recording)) => {
            let stored = stored(app, std::mem::take(&mut recording.clean), None).await?;
            CleanCopy::of_recording(file.id, &recording, stored, now)
        }
        Err(problem) => CleanCopy::failed(file.id, problem, now),
    })
}

/// What is in a file, or why it cannot be read.
///
/// The bytes are fetched when a thread has time for them, so that what waits takes no memory.
async fn read(app: &App, readers: &Pool, file: &Evidence) -> Result<std::result::Result<Found, String>> {
    let (blobs, digest, runtime) = (app.blobs.clone(), file.sha256, Handle::current());
    let is_image = file.media_type.is_image();
    let work =
        move || Ok(runtime.block_on(blobs.read(digest, MAX_FILE)).map(|bytes| found(&bytes, is_image)));
    readers.run(work).await.map_err(Error::internal)?
}

fn found(bytes: &[u8], is_image: bool) -> std::result::Result<Found, String> {
    if is_image {
        let photo = photos::read(bytes, &photos::Limits::default());
        return photo.map(|photo| Found::Photo(Box::new(photo))).map_err(|problem| problem.to_string());
    }
    let recording = recordings::read(bytes, &recordings::Limits::default());
    recording.map(Found::Recording).map_err(|problem| problem.to_string())
}

/// Keeps the copies as blobs.
async fn stored(app: &App, clean: Vec<u8>, thumbnail: Option<Vec<u8>>) -> Result<Stored> {
    let (digest, size) = (Sha256::of(&clean), clean.len());
    app.blobs.put(digest, clean).await?;
    let Some(thumbnail) = thumbnail else { return Ok((digest, size, None)) };
    let small = Sha256::of(&thumbnail);
    app.blobs.put(small, thumbnail).await?;
    Ok((digest, size, Some(small)))
}
