//! Forgetting files that belong to no visit: uploads that were left unfinished, and files whose visit never came or does not name
//! them.

use serde::{Deserialize, Serialize};

use super::{
    forget::{Page, forget_waiting},
    parts::Parts,
    store,
};
use crate::{
    app::App,
    error::Result,
    work::{Queue, Task},
};

/// So many are looked for at a time.
pub(super) const AT_ONCE: i64 = 500;
/// A blob that is gone is spoken of for so many seconds: longer than a request takes, which may have found it before.
const SPOKEN_OF: i64 = 3_600;

/// Deletes uploads that were left unfinished for a day, files whose visit did not come in time or does not name them, and bytes
/// that no upload knows of.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct SweepUploads {}

impl Task for SweepUploads {
    const KIND: &'static str = "sweep_uploads";
    const QUEUE: Queue = Queue::new(Self::KIND);
    type State = Parts;

    async fn run(self, app: &App, parts: &Parts) -> Result<()> {
        while sweep_expired(app, parts).await? > 0 {}
        sweep_waiting(app).await?;
        delete_blobs(app).await?;
        sweep_unknown(app, parts).await
    }
}

/// How many were forgotten.
async fn sweep_expired(app: &App, parts: &Parts) -> Result<usize> {
    let now = app.clock.now();
    let mut forgotten = 0;
    for id in app.db.read(move |conn| store::expired(conn, now, AT_ONCE)).await? {
        // A request that works with it has just begun it anew.
        let Some(part) = parts.claim_idle(id) else { continue };
        if app.db.write(move |conn| store::forget_expired(conn, id, now)).await? {
            part.clear().await?;
            forgotten += 1;
        }
    }
    Ok(forgotten)
}

/// Forgets the files whose visits did not come in time or do not name them, and looks no more at the others.
async fn sweep_waiting(app: &App) -> Result<()> {
    let mut page = Page::First;
    while page != Page::End {
        let (after, now) = (page, app.clock.now());
        page = app.db.write(move |conn| forget_waiting(conn, after, now)).await?;
    }
    Ok(())
}

/// Deletes the blobs that no file needs any more. Nothing is deleted twice: while a blob is spoken of, no file is kept by
/// it, and one that a request brings anew after that is another one.
async fn delete_blobs(app: &App) -> Result<()> {
    loop {
        let leaving = app.db.read(|conn| store::leaving_blobs(conn, AT_ONCE)).await?;
        if leaving.is_empty() {
            break;
        }
        for digest in &leaving {
            app.blobs.delete(*digest).await?;
        }
        let now = app.clock.now();
        app.db.write(move |conn| store::blobs_are_deleted(conn, &leaving, now)).await?;
    }
    let before = app.clock.now().plus_seconds(-SPOKEN_OF);
    app.db.write(move |conn| store::forget_blobs(conn, before)).await
}

async fn sweep_unknown(app: &App, parts: &Parts) -> Result<()> {
    for id in parts.ids().await? {
        let Some(part) = parts.claim_idle(id) else { continue };
        let file = app.db.read(move |conn| store::find(conn, id)).await?;
        // A file that is kept has its bytes elsewhere.
        if file.is_none_or(|file| file.is_kept()) {
            part.clear().await?;
        }
    }
    Ok(())
}
