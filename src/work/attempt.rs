//! One try at one task, and how it ended.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use futures_util::FutureExt;
use tokio::time::timeout;
use tracing::Instrument;

use super::{
    kind::Kind,
    leases::Leases,
    pause::MOST_ATTEMPTS,
    store::turns::{self, Claimed, Outcome},
};
use crate::app::App;

/// How long a task may take; then it is cut off, which counts as a failure.
pub const TIME_LIMIT: Duration = Duration::from_secs(300);
/// No more of an error than this is kept, in characters.
const LONGEST_ERROR: usize = 500;

/// Runs one task and writes down how it ended. All lines that are logged meanwhile carry the task's id.
pub(super) async fn attempt(app: &Arc<App>, kind: &Kind, task: Claimed, leases: &Leases) {
    // Of the highest level, because it has to be there for each line that is written.
    let span = tracing::error_span!(
        "task",
        task = %task.id,
        kind = kind.name,
        queue = kind.queue.name,
        attempt = task.attempt,
    );
    try_once(app, kind, task, leases).instrument(span).await;
}

async fn try_once(app: &Arc<App>, kind: &Kind, task: Claimed, leases: &Leases) {
    let _held = leases.hold(&task);
    let ended = if task.attempt > MOST_ATTEMPTS {
        Err("the server that ran it was lost each time".to_owned())
    } else {
        run(app, kind, &task).await
    };
    let outcome = match ended {
        Ok(()) => kind.after_success(app.clock.now()),
        Err(reason) => failed(app, kind, &task, &reason),
    };
    if let Err(error) = app.db.write(move |conn| turns::settle(conn, &task, &outcome)).await {
        tracing::warn!(%error, "how a task ended could not be written down; it will run again");
    }
}

fn failed(app: &App, kind: &Kind, task: &Claimed, reason: &str) -> Outcome {
    let (attempt, reason) = (task.attempt, reason.chars().take(LONGEST_ERROR).collect::<String>());
    tracing::warn!(reason, "a task failed");
    let outcome = kind.after_failure(attempt, app.clock.now(), reason);
    if let Outcome::Dead { .. } = outcome {
        tracing::error!("a task failed too often: it is dead until an administrator repeats or drops it");
    }
    outcome
}

/// Does the work; a panic or taking too long is a failure like any other.
async fn run(app: &Arc<App>, kind: &Kind, task: &Claimed) -> std::result::Result<(), String> {
    let work = AssertUnwindSafe((kind.run)(task.payload.clone(), Arc::clone(app))).catch_unwind();
    match timeout(TIME_LIMIT, work).await {
        Ok(Ok(Ok(()))) => Ok(()),
        Ok(Ok(Err(error))) => Err(error.to_string()),
        Ok(Err(_)) => Err("it panicked".to_owned()),
        Err(_) => Err(format!("it took longer than {} s", TIME_LIMIT.as_secs())),
    }
}
