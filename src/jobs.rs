//! Work beside the requests: enqueued in the transaction that wants it, done by [`worker`] once that is
//! committed.
//!
//! A job runs at least once: whoever runs it may be lost in the middle, so running it twice must do no harm.

mod store;
pub mod worker;

use std::future::Future;

use serde::{Serialize, de::DeserializeOwned};

use crate::{
    app::App,
    db::{Conn, types::Instant},
    error::{Error, Result},
    ids::JobId,
};

/// A piece of work, with all that it needs to know in its fields, which are kept as JSON.
///
/// Jobs wait in the database while programs are replaced: a new field has a default.
pub trait Job: Serialize + DeserializeOwned + Send + 'static {
    /// Its name in the database: never change it, nor use it for anything else.
    const KIND: &'static str;

    /// What its feature keeps in memory; `()` if it needs nothing but the ground.
    type State: Send + Sync;

    /// Does the work. It has [`worker::TIME_LIMIT`]; longer work is several jobs.
    ///
    /// # Errors
    /// Whatever stood in the way; it is tried again later.
    fn run(self, app: &App, state: &Self::State) -> impl Future<Output = Result<()>> + Send;
}

/// Adds a job to the caller's transaction: it runs soon after the commit, or not at all if there is none.
/// The same id again is the same job, and changes nothing.
pub fn enqueue<J: Job>(conn: &mut Conn, job: &J, id: JobId, now: Instant) -> Result<()> {
    enqueue_for(conn, job, id, now, now)
}

/// The same, but it does not run before `run_at`.
pub fn enqueue_for<J: Job>(conn: &mut Conn, job: &J, id: JobId, now: Instant, run_at: Instant) -> Result<()> {
    let payload = serde_json::to_value(job).map_err(Error::internal)?;
    store::insert(conn, id, J::KIND, payload, now, run_at)
}
