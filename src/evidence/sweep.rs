//! Forgetting uploads that were left unfinished.

use serde::{Deserialize, Serialize};

use super::{parts::Parts, store};
use crate::{
    app::App,
    error::Result,
    work::{Queue, Task},
};

/// So many are looked for at a time.
const AT_ONCE: i64 = 500;

/// Deletes uploads that were left unfinished for a day, and bytes that no upload knows of.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct SweepUploads {}

impl Task for SweepUploads {
    const KIND: &'static str = "sweep_uploads";
    const QUEUE: Queue = Queue::new(Self::KIND);
    type State = Parts;

    async fn run(self, app: &App, parts: &Parts) -> Result<()> {
        while sweep_expired(app, parts).await? > 0 {}
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
