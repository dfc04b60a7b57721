//! The database: the only places that begin a transaction.
//!
//! [`Db::write`] is one serializable transaction, durable when it answers; [`Db::read`] looks through a read-only
//! connection; [`Db::snapshot`] looks at one state of the data throughout, [`Db::look_side_by_side`] on two threads. What they are given does nothing but SQL,
//! because it may run more than once. Where it runs on another thread, it is in its caller's span there.

mod asked;
mod attempt;
pub mod checks;
#[allow(missing_docs)] // the derive of MultiConnection makes public items without
pub mod engine;
mod failure;
mod lane;
pub(crate) mod latest;
mod metrics;
pub mod migrate;
pub mod notices;
pub mod pieces;
mod replica;
#[allow(missing_docs)] // so does table!
pub mod schema;
pub mod sealing;
mod side_by_side;
pub mod types;
mod unit;
pub mod walk;
mod writer;

use std::sync::{Arc, OnceLock};

use diesel::RunQueryDsl;
use prometheus_client::registry::Registry;
use uuid::Uuid;

pub use self::{
    asked::Wants,
    engine::{Conn, DatabaseUrl},
    replica::{ReplicaAt, Standing},
};
use self::{
    attempt::Attempt,
    checks::Checks,
    engine::{Opener, Purpose},
    lane::{Lane, Tried},
    metrics::Meter,
    notices::Notices,
    replica::{Reached, Replica},
    unit::{Outcome, Unit},
    writer::Writer,
};
use crate::error::{Code, Error, Result};

/// A handle on the database; cheap to clone.
#[derive(Clone)]
pub struct Db(Arc<Inner>);

struct Inner {
    url: DatabaseUrl,
    readers: Lane,
    writers: Writers,
    /// Where requests may read that ask for figures and lists.
    replica: OnceLock<Replica>,
    notices: Notices,
    meter: Meter,
}

/// SQLite has one writer, which groups commits; PostgreSQL has many.
enum Writers {
    Grouped(Writer),
    Pooled(Lane),
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
        let replica = OnceLock::new();
        Ok(Self(Arc::new(Inner { url: url.clone(), readers, writers, replica, notices, meter })))
    }

    /// Measures from now on, for this registry, which has to be the first that asks for it.
    pub fn measure(&self, registry: &mut Registry) {
        self.0.meter.start(registry, matches!(self.0.writers, Writers::Grouped(_)));
    }

    /// Lets requests read from this replica that ask for figures and lists, with so many connections.
    ///
    /// # Errors
    /// One line for a person, if it can never be read: one that cannot be reached is read when it can.
    pub fn use_replica(&self, at: &ReplicaAt, connections: u32) -> std::result::Result<(), String> {
        let replica = Replica::open(&self.0.url, at, connections, &self.0.meter)?;
        self.0.replica.set(replica).map_err(|_| "there is a replica already".to_owned())
    }

    /// How the replica is, if there is one, and the age in seconds of what it has, if that is known.
    pub fn replica(&self) -> Option<(Standing, Option<u64>)> {
        self.0.replica.get().map(Replica::standing)
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

    /// Looks, through a read-only connection; for a request that asks for figures or lists, on the replica if there is one.
    pub async fn read<T: Send + 'static>(
        &self,
        look: impl FnMut(&mut Conn) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.look(Attempt::plain(Unit::new(look))).await?.take()
    }

    /// Looks at a row or two, for less time than it takes to change to another thread: on SQLite it is done right
    /// here, while the caller's thread waits. On PostgreSQL, which is farther away, it is as [`Db::read`], and always on the
    /// primary.
    pub async fn glance<T: Send + 'static>(
        &self,
        mut look: impl FnMut(&mut Conn) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let at_hand = match self.0.url {
            DatabaseUrl::Sqlite(_) => self.0.readers.try_get(),
            DatabaseUrl::Postgres(_) => None,
        };
        match at_hand {
            Some(mut conn) => {
                let mut watch = self.0.meter.ask(Purpose::Read);
                let seen = look(&mut conn);
                watch.worked();
                seen
            }
            None => self.0.readers.run(Attempt::plain(Unit::new(look))).await?.take(),
        }
    }

    /// Looks at one state of the data, however many statements it takes; where [`Db::read`] would.
    pub async fn snapshot<T: Send + 'static>(
        &self,
        look: impl FnMut(&mut Conn) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.look(Attempt::within(engine::begin_snapshot, Unit::new(look))).await?.take()
    }

    /// Looks on the replica if it may be read for this request, and else, or if that fails in any way, on the primary. What is not found on the
    /// replica is looked for on the primary as well.
    async fn look(&self, attempt: Attempt) -> Result<Outcome> {
        let readers = &self.0.readers;
        let Some(replica) = self.0.replica.get() else { return readers.run(attempt).await };
        let checks = Checks::current();
        let Some(reached) = self.reached_for(replica, &checks).await? else {
            checks.asked().stay();
            return readers.run(attempt).await;
        };
        match replica.lane.try_once(attempt).await? {
            Tried::Done(outcome) => {
                checks.asked().has_read(reached);
                Ok(outcome)
            }
            Tried::Failed { attempt, error, is_lost } => {
                tracing::debug!(%error, is_lost, "the replica was of no use: the primary is read");
                if is_lost {
                    replica.suspect();
                }
                checks.asked().stay();
                readers.run(attempt).await
            }
        }
    }

    /// What the replica has reached, if this request may be shown that: its account's last write stands in it.
    async fn reached_for(&self, replica: &Replica, checks: &Checks) -> Result<Option<Reached>> {
        let asked = checks.asked();
        let reader = |reached: &Reached| asked.reader(*reached);
        let Some(account) = replica.reached().as_ref().and_then(reader) else { return Ok(None) };
        let last_write = match asked.last_write() {
            Some(known) => known,
            None => {
                let found = self.glance(move |conn| replica::last_write(conn, account)).await?;
                asked.found_last_write(found);
                found
            }
        };
        let has_it = |reached: &Reached| last_write.is_none_or(|position| position <= reached.position);
        Ok(replica.reached().filter(|reached| reader(reached).is_some() && has_it(reached)))
    }

    /// Does one serializable transaction and answers when it is on disk. Within a request it begins with the request's
    /// [`Checks`].
    pub async fn write<T: Send + 'static>(
        &self,
        work: impl FnMut(&mut Conn) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let checks = Checks::current();
        let writer = self.0.replica.get().and_then(|_| checks.asked().writer());
        self.write_unit(Unit::new(work).checked(checks), writer).await?.take()
    }

    async fn write_unit(&self, unit: Unit, writer: Option<Uuid>) -> Result<Outcome> {
        match &self.0.writers {
            Writers::Grouped(writer) => writer.run(unit).await,
            Writers::Pooled(lane) => {
                let attempt = Attempt::within(engine::begin_write, unit);
                lane.run(attempt.telling(self.0.notices.clone()).written_by(writer)).await
            }
        }
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
