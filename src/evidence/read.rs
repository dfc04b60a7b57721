//! Reading what has arrived, beside the requests: each file becomes a clean copy, or a reason why it is none.

use serde::{Deserialize, Serialize};
use tokio::runtime::Handle;

use super::{
    clean::{CleanCopy, Stored},
    model::{Evidence, MAX_FILE, PIXELS_OF_HOUR},
    photos::{self, Large, Photo, Pool},
    recordings::{self, Recording},
    store,
};
use crate::{
    app::App,
    db::types::{Instant, Sha256},
    demand::Requests,
    error::{Error, Result},
    ids::{AccountId, EvidenceId},
    work::{self, Queue, Task},
};

/// An hour, in seconds.
const HOUR: i64 = 3_600;
/// What is beyond a shopper's budget is looked at again after so many seconds.
const LATER: i64 = 300;

/// Reads a file that is kept. What was read is not read again; what could not be is tried anew.
///
/// A shopper's files are read one after the other, so that another shopper's need not wait for them; and what is beyond
/// the pixels of an hour waits, however it is spread.
#[derive(Debug, Serialize, Deserialize)]
pub struct ReadEvidence {
    /// The file.
    pub evidence_id: EvidenceId,
    /// Whose it is.
    #[serde(default)]
    pub shopper_id: Option<AccountId>,
}

impl ReadEvidence {
    /// Reads this file.
    pub fn of(file: &Evidence) -> Self {
        Self { evidence_id: file.id, shopper_id: Some(file.shopper_id) }
    }
}

impl Task for ReadEvidence {
    const KIND: &'static str = "read_evidence";
    const QUEUE: Queue = Queue::new(Self::KIND).at_once(4);
    type State = Pool;

    fn subject(&self) -> Option<String> {
        self.shopper_id.map(|shopper| shopper.to_string())
    }

    async fn run(self, app: &App, readers: &Pool) -> Result<()> {
        let (id, now) = (self.evidence_id, app.clock.now());
        let (file, copy, pixels) = app
            .db
            .snapshot(move |conn| {
                let (file, copy) = (store::find(conn, id)?, store::clean_copy(conn, id)?);
                let read =
                    |file: &Evidence| store::pixels_read(conn, file.shopper_id, now.plus_seconds(-HOUR), now);
                let pixels = file.as_ref().map(read).transpose()?;
                Ok((file, copy, pixels.unwrap_or_default()))
            })
            .await?;
        let Some(file) = file.filter(Evidence::is_kept) else { return Ok(()) };
        if copy.is_some_and(|copy| copy.problem.is_none()) {
            return Ok(());
        }
        if pixels >= PIXELS_OF_HOUR {
            let task = app.clock.new_id();
            let later = now.plus_seconds(LATER);
            return app.db.write(move |conn| work::enqueue_for(conn, &self, task, now, later)).await;
        }
        let turn = app.demand.work();
        let copy = copy_of(app, readers, &file, app.clock.now()).await?;
        app.db.write(move |conn| store::put_clean_copy(conn, &copy)).await?;
        // Its thread gives way to requests, but what it keeps is synced with what they keep.
        turn.leave_room(Requests::Many).await;
        Ok(())
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
    let (is_image, large) = (file.media_type.is_image(), readers.large());
    let work = move || {
        Ok(runtime.block_on(blobs.read(digest, MAX_FILE)).map(|bytes| found(&bytes, is_image, &large)))
    };
    readers.run(work).await.map_err(Error::internal)?
}

fn found(bytes: &[u8], is_image: bool, large: &Large) -> std::result::Result<Found, String> {
    if is_image {
        let photo = photos::read_in_turn(bytes, &photos::Limits::default(), large);
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
