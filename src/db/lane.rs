//! Lanes: pools of connections, each with the threads that may use them at once.

use std::{sync::Arc, time::Duration};

use diesel::r2d2::{NopErrorHandler, Pool, PooledConnection, R2D2Connection as _};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    task::spawn_blocking,
    time::timeout,
};
use tracing::Span;

use super::{
    attempt::{Attempt, retry},
    engine::{self, Opener, Purpose},
    metrics::Meter,
    unit::Outcome,
};
use crate::error::{Code, Error, Result};

/// A pool of connections and as many places for threads that use them.
#[derive(Clone)]
pub(super) struct Lane {
    purpose: Purpose,
    pool: Pool<Opener>,
    places: Arc<Semaphore>,
    /// How long is waited for a connection.
    patience: Duration,
    meter: Meter,
}

/// What became of an attempt that is made once.
pub(super) enum Tried {
    Done(Outcome),
    /// It can be made elsewhere.
    Failed {
        attempt: Attempt,
        error: Error,
        /// Whether there is no connection, or the connection was lost.
        is_lost: bool,
    },
}

impl Lane {
    pub(super) fn new(opener: Opener, connections: u32, meter: &Meter) -> Self {
        let pool = Pool::builder().min_idle(Some(1)).error_handler(Box::new(LogPoolErrors));
        Self::with(pool, opener, connections, engine::CHECKOUT_DEADLINE, meter)
    }

    /// One of connections that are opened when they are wanted, and whose failures are not logged: who watches the replica logs them.
    pub(super) fn of_replica(opener: Opener, connections: u32, patience: Duration, meter: &Meter) -> Self {
        let pool = Pool::builder().min_idle(Some(0)).error_handler(Box::new(NopErrorHandler));
        Self::with(pool, opener, connections, patience, meter)
    }

    fn with(
        pool: diesel::r2d2::Builder<Opener>,
        opener: Opener,
        connections: u32,
        patience: Duration,
        meter: &Meter,
    ) -> Self {
        let purpose = opener.purpose;
        let pool = pool
            .max_size(connections)
            .test_on_check_out(false)
            .connection_timeout(patience)
            .build_unchecked(opener);
        let places = Arc::new(Semaphore::new(connections as usize));
        Self { purpose, pool, places, patience, meter: meter.clone() }
    }

    /// Runs the work on a thread of its own with a connection of its own, and again as often as the engine asks.
    pub(super) async fn run(&self, mut attempt: Attempt) -> Result<Outcome> {
        let mut watch = self.meter.ask(self.purpose);
        let place = self
            .place()
            .await
            .ok_or_else(|| Error::new(Code::Unavailable).because("the database is busy"))?;
        let pool = self.pool.clone();
        on_a_thread(place, move || {
            retry(|| {
                let mut conn = check_out(&pool)?;
                watch.waited();
                let done = attempt.run(&mut conn);
                watch.worked();
                done
            })
        })
        .await?
    }

    /// Runs the work in the same way, once.
    pub(super) async fn try_once(&self, mut attempt: Attempt) -> Result<Tried> {
        let mut watch = self.meter.ask(self.purpose);
        let Some(place) = self.place().await else {
            let error = Error::new(Code::Unavailable).because("the replica is busy");
            return Ok(Tried::Failed { attempt, error, is_lost: false });
        };
        let pool = self.pool.clone();
        on_a_thread(place, move || {
            let mut conn = match check_out(&pool) {
                Ok(conn) => conn,
                Err(error) => return Tried::Failed { attempt, error, is_lost: true },
            };
            watch.waited();
            let done = attempt.run(&mut conn);
            watch.worked();
            match done {
                Ok(outcome) => Tried::Done(outcome),
                Err(error) => {
                    let is_lost = conn.ping().is_err();
                    Tried::Failed { attempt, error, is_lost }
                }
            }
        })
        .await
    }

    /// A connection that is free right now, if there is one.
    pub(super) fn try_get(&self) -> Option<PooledConnection<Opener>> {
        self.pool.try_get()
    }

    async fn place(&self) -> Option<OwnedSemaphorePermit> {
        let place = timeout(self.patience, Arc::clone(&self.places).acquire_owned());
        place.await.ok().and_then(std::result::Result::ok)
    }
}

/// Does what waits, in its caller's span, and holds its place meanwhile.
async fn on_a_thread<T: Send + 'static>(
    place: OwnedSemaphorePermit,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T> {
    let caller = Span::current();
    spawn_blocking(move || {
        let (_place, _span) = (place, caller.entered());
        let _unit = tracing::debug_span!("database").entered();
        work()
    })
    .await
    .map_err(|panic| Error::internal(format!("a unit of database work ended badly: {panic}")))
}

fn check_out(pool: &Pool<Opener>) -> Result<PooledConnection<Opener>> {
    pool.get().map_err(|error| Error::new(Code::Unavailable).because(error))
}

#[derive(Debug)]
struct LogPoolErrors;

impl<E: std::error::Error> diesel::r2d2::HandleError<E> for LogPoolErrors {
    fn handle_error(&self, error: E) {
        tracing::warn!(%error, "a database connection could not be opened");
    }
}
