//! Runs jobs: takes what is due on a lease, does it, and writes down how it ended.
//!
//! A job that fails is tried again after a growing pause, and is left for a person (`dead`) when it has
//! failed [`MOST_ATTEMPTS`] times. A worker that is lost loses its leases, and another one runs the jobs again.

use std::{
    panic::AssertUnwindSafe,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use aws_lc_rs::digest;
use futures_util::{FutureExt, future::BoxFuture};
use serde_json::Value;
use tokio::{
    sync::Notify,
    task::{JoinHandle, JoinSet},
    time::timeout,
};

use super::{
    Job,
    store::{self, Claimed, Outcome},
};
use crate::{
    app::App,
    db::types::Instant,
    error::{Error, Result},
    ids::JobId,
};

/// How long a job may take; then it is cut off, which counts as a failure.
pub const TIME_LIMIT: Duration = Duration::from_secs(300);
/// How long a lease is, in seconds: longer than any job takes, and some more for writing down how it ended.
const LEASE: i64 = 360;
/// How often a job is tried before it is left for dead.
pub const MOST_ATTEMPTS: i32 = 12;
/// The pause after the first failure is up to so many seconds; after each further one up to twice as long.
const FIRST_PAUSE: i64 = 30;
/// So many jobs run at once in this process.
const AT_ONCE: usize = 4;
/// How often the worker looks for what is due.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// No more of an error than this is kept, in characters.
const LONGEST_ERROR: usize = 500;

type Run = Arc<dyn for<'a> Fn(Value, &'a App) -> BoxFuture<'a, Result<()>> + Send + Sync>;

/// One row of the table of kinds.
#[derive(Clone)]
pub struct Kind {
    name: &'static str,
    run: Run,
    /// For a kind that recurs: what its one job carries, and the seconds between two runs.
    recurring: Option<(Value, i64)>,
}

impl Kind {
    /// Runs when it was enqueued, with what its feature keeps in memory.
    pub fn of<J: Job>(state: Arc<J::State>) -> Self {
        let run: Run = Arc::new(move |payload, app| {
            let state = Arc::clone(&state);
            async move { serde_json::from_value::<J>(payload).map_err(Error::internal)?.run(app, &state).await }
                .boxed()
        });
        Self { name: J::KIND, run, recurring: None }
    }

    /// Runs every so many seconds, once for all servers of a database.
    pub fn every<J: Job + Default>(seconds: i64, state: Arc<J::State>) -> Self {
        let payload = serde_json::to_value(J::default()).unwrap_or_default();
        Self { recurring: Some((payload, seconds)), ..Self::of::<J>(state) }
    }

    /// The id of the one job of a kind that recurs: made from its name, so that it exists only once.
    fn only_id(&self) -> JobId {
        let mut id = [0; 16];
        id.iter_mut()
            .zip(digest::digest(&digest::SHA256, self.name.as_bytes()).as_ref())
            .for_each(|(to, from)| *to = *from);
        JobId::new(uuid::Builder::from_custom_bytes(id).into_uuid())
    }

    /// How a try ends that failed for this reason.
    fn after_failure(&self, attempt: i32, now: Instant, last_error: String) -> Outcome {
        match self.recurring {
            _ if attempt < MOST_ATTEMPTS => {
                Outcome::Retry { run_at: now.plus_seconds(pause(attempt, random())), last_error }
            }
            Some((_, seconds)) => {
                Outcome::Again { run_at: now.plus_seconds(seconds), last_error: Some(last_error) }
            }
            None => Outcome::Dead { last_error },
        }
    }

    /// How a try ends that succeeded.
    fn after_success(&self, now: Instant) -> Outcome {
        match self.recurring {
            Some((_, seconds)) => Outcome::Again { run_at: now.plus_seconds(seconds), last_error: None },
            None => Outcome::Done,
        }
    }
}

/// The pause after a failure, in seconds: between half and all of a time that doubles, so that what failed
/// together is not tried again together.
fn pause(attempt: i32, random: u32) -> i64 {
    let longest = FIRST_PAUSE << attempt.clamp(1, MOST_ATTEMPTS).saturating_sub(1);
    longest - i64::from(random) % (longest / 2 + 1)
}

fn random() -> u32 {
    let mut bytes = [0; 4];
    // Without randomness the pause is the full one.
    aws_lc_rs::rand::fill(&mut bytes).map_or(0, |()| u32::from_le_bytes(bytes))
}

/// A worker that runs until it is stopped.
#[derive(Debug)]
pub struct Worker {
    signals: Arc<Signals>,
    task: JoinHandle<()>,
}

#[derive(Debug, Default)]
struct Signals {
    stop: AtomicBool,
    /// Something happened: a job ended, or the worker is to stop.
    wake: Notify,
}

/// Starts a worker for these kinds on the runtime that this is called on.
pub fn start(app: Arc<App>, kinds: Vec<Kind>) -> Worker {
    let signals = Arc::new(Signals::default());
    let task = tokio::spawn(work(app, kinds, Arc::clone(&signals)));
    Worker { signals, task }
}

impl Worker {
    /// Takes no more jobs, and waits for those that run; should somebody not wait, their leases end.
    pub async fn stop(self) {
        self.signals.stop.store(true, Ordering::SeqCst);
        self.signals.wake.notify_one();
        if let Err(error) = self.task.await {
            tracing::error!(%error, "the worker ended badly");
        }
    }
}

async fn work(app: Arc<App>, kinds: Vec<Kind>, signals: Arc<Signals>) {
    let mut running = JoinSet::new();
    let mut prepared = false;
    while !signals.stop.load(Ordering::SeqCst) {
        while running.try_join_next().is_some() {}
        match take(&app, &kinds, &mut prepared, AT_ONCE - running.len()).await {
            Ok(jobs) => jobs.into_iter().for_each(|(kind, job)| {
                let (app, signals) = (Arc::clone(&app), Arc::clone(&signals));
                running.spawn(async move {
                    attempt(&app, &kind, job).await;
                    signals.wake.notify_one();
                });
            }),
            Err(error) => tracing::warn!(%error, "the jobs could not be looked at"),
        }
        // Not to be woken in time is no harm.
        let _ = timeout(LOOK_EVERY, signals.wake.notified()).await;
    }
    while running.join_next().await.is_some() {}
}

/// Takes what is due, with its kind; before the first time sees to it that what recurs is there.
async fn take(app: &App, kinds: &[Kind], prepared: &mut bool, most: usize) -> Result<Vec<(Kind, Claimed)>> {
    if !*prepared {
        ensure_recurring(app, kinds).await?;
        *prepared = true;
    }
    let names: Vec<_> = kinds.iter().map(|kind| kind.name).collect();
    let (now, most) = (app.clock.now(), most as i64);
    let asked = names.clone();
    // Looking is cheap and disturbs nobody who writes.
    if most == 0 || app.db.read(move |conn| store::due(conn, &asked, now, 1)).await?.is_empty() {
        return Ok(Vec::new());
    }
    let until = now.plus_seconds(LEASE);
    let claimed = app.db.write(move |conn| store::claim(conn, &names, now, until, most)).await?;
    let with_kind = |job: Claimed| Some((kinds.iter().find(|kind| kind.name == job.kind)?.clone(), job));
    Ok(claimed.into_iter().filter_map(with_kind).collect())
}

async fn ensure_recurring(app: &App, kinds: &[Kind]) -> Result<()> {
    let now = app.clock.now();
    let recurring: Vec<_> = kinds
        .iter()
        .filter_map(|kind| Some((kind.only_id(), kind.name, kind.recurring.as_ref()?.0.clone())))
        .collect();
    app.db
        .write(move |conn| {
            recurring
                .iter()
                .try_for_each(|(id, kind, payload)| store::insert(conn, *id, kind, payload.clone(), now, now))
        })
        .await
}

/// Runs one job and writes down how it ended.
async fn attempt(app: &App, kind: &Kind, job: Claimed) {
    let ended = if job.attempt > MOST_ATTEMPTS {
        Err("whoever ran it was lost each time".to_owned())
    } else {
        run(app, kind, &job).await
    };
    let outcome = match ended {
        Ok(()) => kind.after_success(app.clock.now()),
        Err(reason) => {
            let (attempt, reason) = (job.attempt, reason.chars().take(LONGEST_ERROR).collect::<String>());
            tracing::warn!(job = %job.id, kind = kind.name, attempt, reason, "a job failed");
            kind.after_failure(attempt, app.clock.now(), reason)
        }
    };
    if let Outcome::Dead { .. } = outcome {
        tracing::error!(job = %job.id, kind = kind.name, "a job failed too often and is left for a person");
    }
    let id = job.id;
    if let Err(error) = app.db.write(move |conn| store::settle(conn, &job, &outcome)).await {
        tracing::warn!(job = %id, %error, "how a job ended could not be written down; it will run again");
    }
}

/// Does the work; a panic or taking too long is a failure like any other.
async fn run(app: &App, kind: &Kind, job: &Claimed) -> std::result::Result<(), String> {
    let work = AssertUnwindSafe((kind.run)(job.payload.clone(), app)).catch_unwind();
    match timeout(TIME_LIMIT, work).await {
        Ok(Ok(Ok(()))) => Ok(()),
        Ok(Ok(Err(error))) => Err(error.to_string()),
        Ok(Err(_)) => Err("it panicked".to_owned()),
        Err(_) => Err(format!("it took longer than {} s", TIME_LIMIT.as_secs())),
    }
}

#[cfg(test)]
mod tests;
