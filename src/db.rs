//! The database: the only places that begin a transaction.
//!
//! [`Db::write`] is one serializable transaction, durable when it answers; [`Db::read`] looks through a read-only
//! connection; [`Db::snapshot`] looks at one state of the data throughout. What they are given does nothing but SQL,
//! because it may run more than once. Where it runs on another thread, it is in its caller's span there.

pub mod checks;
#[allow(missing_docs)] // the derive of MultiConnection makes public items without
pub mod engine;
mod failure;
pub(crate) mod latest;
mod metrics;
pub mod migrate;
pub mod notices;
pub mod pieces;
#[allow(missing_docs)] // so does table!
pub mod schema;
pub mod sealing;
pub mod types;
mod unit;
pub mod walk;
mod writer;

use std::{sync::Arc, time::Duration};

use diesel::{
    RunQueryDsl,
    r2d2::{Pool, PooledConnection},
    result::Error as SqlError,
};
use prometheus_client::registry::Registry;
use tokio::{sync::Semaphore, task::spawn_blocking, time::timeout};
use tracing::Span;

pub use self::engine::{Conn, DatabaseUrl};
use self::{
    checks::Checks,
    engine::{Opener, Purpose},
    metrics::Meter,
    notices::Notices,
    unit::{Outcome, Unit},
    writer::Writer,
};
use crate::error::{Code, Error, Result, Retry};

/// How often one write is tried before the database counts as busy.
const WRITE_ATTEMPTS: u32 = 40;

/// A handle on the database; cheap to clone.
#[derive(Clone)]
pub struct Db(Arc<Inner>);

struct Inner {
    url: DatabaseUrl,
    readers: Lane,
    writers: Writers,
    notices: Notices,
    meter: Meter,
}

/// SQLite has one writer, which groups commits; PostgreSQL has many.
enum Writers {
    Grouped(Writer),
    Pooled(Lane),
}

/// A pool of connections and as many places for threads that use them.
#[derive(Clone)]
struct Lane {
    purpose: Purpose,
    pool: Pool<Opener>,
    places: Arc<Semaphore>,
    meter: Meter,
}

impl Db {
    /// Connects, with so many connections for each of reading and (on PostgreSQL) writing.
    ///
    /// # Errors
    /// One line for a person, if the database cannot be reached.
    pub fn connect(url: &DatabaseUrl, connections: u32) -> std::result::Result<Self, String> {
        let unreachable = |error: &dyn std::fmt::Display| {
            let reason = error.to_string().trim().replace('\n', " ");
            format!("cannot open the database {url}: {reason}")
        };
        engine::prepare(url).map_err(|error| unreachable(&error))?;
        let writer = Opener { url: url.clone(), purpose: Purpose::Write };
        let (notices, meter) = (Notices::default(), Meter::default());
        let first = writer.open().map_err(|error| unreachable(&error))?;
        let writers = match url {
            DatabaseUrl::Sqlite(_) => {
                let started = Writer::start(writer, first, notices.clone(), meter.clone());
                Writers::Grouped(started.map_err(|error| unreachable(&error))?)
            }
            DatabaseUrl::Postgres(_) => Writers::Pooled(Lane::new(writer, connections, &meter)),
        };
        let reader = Opener { url: url.clone(), purpose: Purpose::Read };
        let readers = Lane::new(reader, connections, &meter);
        Ok(Self(Arc::new(Inner { url: url.clone(), readers, writers, notices, meter })))
    }

    /// Measures from now on, for this registry, which has to be the first that asks for it.
    pub fn measure(&self, registry: &mut Registry) {
        self.0.meter.start(registry, matches!(self.0.writers, Writers::Grouped(_)));
    }

    /// Where the data is.
    pub fn url(&self) -> &DatabaseUrl {
        &self.0.url
    }

    /// Who is woken after which commits of this handle.
    pub fn notices(&self) -> &Notices {
        &self.0.notices
    }

    /// Asks whether the database answers.
    ///
    /// # Errors
    /// `unavailable` if it does not.
    pub async fn ping(&self) -> Result<()> {
        self.read(|conn| Ok(diesel::sql_query("SELECT 1").execute(conn).map(drop)?)).await
    }

    /// Looks, through a read-only connection.
    pub async fn read<T: Send + 'static>(
        &self,
        look: impl FnMut(&mut Conn) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.0.readers.run(Attempt::plain(Unit::new(look))).await?.take()
    }

    /// Looks at a row or two, for less time than it takes to change to another thread: on SQLite it is done right
    /// here, while the caller's thread waits. On PostgreSQL, which is farther away, it is [`Db::read`].
    pub async fn glance<T: Send + 'static>(
        &self,
        mut look: impl FnMut(&mut Conn) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let at_hand = match self.0.url {
            DatabaseUrl::Sqlite(_) => self.0.readers.pool.try_get(),
            DatabaseUrl::Postgres(_) => None,
        };
        match at_hand {
            Some(mut conn) => {
                let mut watch = self.0.meter.ask(Purpose::Read);
                let seen = look(&mut conn);
                watch.worked();
                seen
            }
            None => self.read(look).await,
        }
    }

    /// Looks at one state of the data, however many statements it takes.
    pub async fn snapshot<T: Send + 'static>(
        &self,
        look: impl FnMut(&mut Conn) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.0.readers.run(Attempt::within(engine::begin_snapshot, Unit::new(look))).await?.take()
    }

    /// Does one serializable transaction and answers when it is on disk. Within a request it begins with the request's
    /// [`Checks`].
    pub async fn write<T: Send + 'static>(
        &self,
        work: impl FnMut(&mut Conn) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.write_unit(Unit::new(work).checked(Checks::current())).await?.take()
    }

    async fn write_unit(&self, unit: Unit) -> Result<Outcome> {
        match &self.0.writers {
            Writers::Grouped(writer) => writer.run(unit).await,
            Writers::Pooled(lane) => {
                lane.run(Attempt::within(engine::begin_write, unit).telling(self.0.notices.clone())).await
            }
        }
    }
}

/// A unit of work with the transaction around it, if any.
struct Attempt {
    begin: Option<fn(&mut Conn) -> diesel::QueryResult<()>>,
    unit: Unit,
    /// Whom a commit is made known to.
    notices: Option<Notices>,
}

impl Attempt {
    fn plain(unit: Unit) -> Self {
        Self { begin: None, unit, notices: None }
    }

    fn within(begin: fn(&mut Conn) -> diesel::QueryResult<()>, unit: Unit) -> Self {
        Self { begin: Some(begin), unit, notices: None }
    }

    fn telling(self, notices: Notices) -> Self {
        Self { notices: Some(notices), ..self }
    }

    fn run(&mut self, conn: &mut Conn) -> Result<Outcome> {
        let Some(begin) = self.begin else { return self.unit.run(conn) };
        begin(conn)?;
        notices::begin();
        match self.unit.run(conn) {
            Ok(value) => {
                engine::commit(conn).map_err(unsure)?;
                self.notices.iter().for_each(Notices::committed);
                Ok(value)
            }
            Err(error) => {
                // The first error says why; one more from the rollback would hide it.
                let _ = engine::rollback(conn);
                Err(error)
            }
        }
    }
}

/// A connection that is lost while it commits leaves open whether it has: the caller has to ask again.
fn unsure(error: SqlError) -> Error {
    if engine::is_connection_lost(&error) {
        return Error::new(Code::Unavailable).because(error);
    }
    error.into()
}

impl Lane {
    fn new(opener: Opener, connections: u32, meter: &Meter) -> Self {
        let purpose = opener.purpose;
        let pool = Pool::builder()
            .max_size(connections)
            .min_idle(Some(1))
            .test_on_check_out(false)
            .connection_timeout(engine::CHECKOUT_DEADLINE)
            .error_handler(Box::new(LogPoolErrors))
            .build_unchecked(opener);
        let places = Arc::new(Semaphore::new(connections as usize));
        Self { purpose, pool, places, meter: meter.clone() }
    }

    /// Runs the work on a thread of its own with a connection of its own, and again as often as the engine asks.
    async fn run(&self, mut attempt: Attempt) -> Result<Outcome> {
        let mut watch = self.meter.ask(self.purpose);
        let place = timeout(engine::CHECKOUT_DEADLINE, Arc::clone(&self.places).acquire_owned());
        let place = place.await.ok().and_then(std::result::Result::ok);
        let place = place.ok_or_else(|| Error::new(Code::Unavailable).because("the database is busy"))?;
        let (pool, caller) = (self.pool.clone(), Span::current());
        spawn_blocking(move || {
            let (_place, _span) = (place, caller.entered());
            let _unit = tracing::debug_span!("database").entered();
            retry(|| {
                let mut conn = check_out(&pool)?;
                watch.waited();
                let done = attempt.run(&mut conn);
                watch.worked();
                done
            })
        })
        .await
        .map_err(|panic| Error::internal(format!("a unit of database work ended badly: {panic}")))?
    }
}

fn check_out(pool: &Pool<Opener>) -> Result<PooledConnection<Opener>> {
    pool.get().map_err(|error| Error::new(Code::Unavailable).because(error))
}

/// Tries until it works, fails for good, or has been tried often enough; waits longer each time, never in step.
fn retry(mut attempt: impl FnMut() -> Result<Outcome>) -> Result<Outcome> {
    let (mut tries, mut once_more) = (1, true);
    loop {
        let error = match attempt() {
            Ok(value) => return Ok(value),
            Err(error) => error,
        };
        match error.retry() {
            Retry::Once if once_more => once_more = false,
            Retry::Often if tries < WRITE_ATTEMPTS => {}
            Retry::Often => return Err(Error::new(Code::Unavailable).because(error)),
            Retry::Once | Retry::Never => return Err(error),
        }
        tracing::debug!(tries, %error, "a unit of database work is tried again");
        std::thread::sleep(pause(tries));
        tries += 1;
    }
}

/// A random wait of up to 2, 4, 8 … 128 milliseconds.
fn pause(tries: u32) -> Duration {
    let ceiling = 1_000_u64 << tries.min(7);
    let mut random = [0; 8];
    // Without randomness the wait is the full one.
    let fraction = match aws_lc_rs::rand::fill(&mut random) {
        Ok(()) => u64::from_le_bytes(random) % ceiling,
        Err(_) => ceiling,
    };
    Duration::from_micros(fraction)
}

#[derive(Debug)]
struct LogPoolErrors;

impl<E: std::error::Error> diesel::r2d2::HandleError<E> for LogPoolErrors {
    fn handle_error(&self, error: E) {
        tracing::warn!(%error, "a database connection could not be opened");
    }
}

/// Whether the one row was inserted that was to be.
///
/// The caller must have looked before it inserts. With `on_conflict_do_nothing` PostgreSQL reports a row that came in between as
/// a failure to serialize, so that the transaction runs again and finds it; without, as a violation and for good.
///
/// # Errors
/// `conflict` if another row is in its place.
pub fn inserted_or_taken(inserted: usize) -> Result<()> {
    if inserted == 1 { Ok(()) } else { Err(Error::new(Code::Conflict)) }
}
