//! Looking at visits, beside the requests: once each, when all of their files have been read.

use serde::{Deserialize, Serialize};

use super::{
    compare::compare,
    record::{leave_traces, record},
    seen::Seen,
    store,
    unseen::{Unseen, to_look_at},
};
use crate::{
    app::App,
    checklists::cache::Versions,
    db::{Conn, notices::Topic, types::Instant},
    error::{Code, Error, Result},
    ids::VisitId,
    visits,
    work::{self, Queue, Standing, Task},
};

/// So many visits are found at a time.
const AT_ONCE: i64 = 100;
/// So often in one run, so that a run ends within its time; the next one begins at once.
const BATCHES: usize = 20;
/// Files that have not been read after so many seconds are not waited for any more.
pub const PATIENCE: i64 = 600;
/// A visit that left the queue is tried again after so many seconds as long as its files are being read.
const AGAIN: i64 = 30;

/// Looks at visits that wait for a decision, until nothing is left.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct LookAtVisits {}

impl Task for LookAtVisits {
    const KIND: &'static str = "look_at_visits";
    const QUEUE: Queue = Queue::new(Self::KIND);
    type State = Versions;

    async fn run(self, app: &App, versions: &Versions) -> Result<()> {
        for _ in 0..BATCHES {
            let now = app.clock.now();
            let unseen = app.db.read(move |conn| store::unseen(conn, patience(now), AT_ONCE)).await?;
            if unseen.is_empty() {
                break;
            }
            for visit in unseen {
                match look_at(app, versions, visit).await {
                    // One that we cannot look at holds up no other.
                    Err(error) if error.code() != Code::Unavailable => set_aside(app, visit, &error).await?,
                    looked => looked?,
                }
            }
        }
        Ok(())
    }
}

impl Standing for LookAtVisits {
    const WOKEN_BY: &'static [Topic] = &[visits::store::COMPLETED];

    fn is_wanted(conn: &mut Conn, now: Instant) -> Result<bool> {
        Ok(!store::unseen(conn, patience(now), 1)?.is_empty())
    }
}

/// Visits that are complete since before this moment do not wait for their files to be read any more.
fn patience(now: Instant) -> Instant {
    now.plus_seconds(-PATIENCE)
}

/// Looks at a visit, unless it was looked at before.
async fn look_at(app: &App, versions: &Versions, id: VisitId) -> Result<()> {
    match app.db.snapshot(move |conn| to_look_at(conn, id)).await? {
        Some(unseen) => look(app, versions, unseen).await,
        None => {
            let now = app.clock.now();
            app.db.write(move |conn| visits::store::take_notice(conn, id, now)).await
        }
    }
}

/// Makes a task of its own of a visit that could not be looked at: it is tried again, and dead if it never works.
async fn set_aside(app: &App, visit: VisitId, error: &Error) -> Result<()> {
    tracing::warn!(%visit, %error, "a visit could not be looked at");
    let (task, now) = (app.clock.new_id(), app.clock.now());
    let aside = move |conn: &mut Conn| {
        work::enqueue(conn, &LookAtVisit { visit_id: visit }, task, now)?;
        visits::store::take_notice(conn, visit, now)
    };
    app.db.write(aside).await
}

/// Looks at one visit: one that left the queue before it was looked at, or that could not be looked at with the others.
#[derive(Debug, Serialize, Deserialize)]
pub struct LookAtVisit {
    /// The visit.
    pub visit_id: VisitId,
}

impl Task for LookAtVisit {
    const KIND: &'static str = "look_at_visit";
    const QUEUE: Queue = Queue::new(Self::KIND);
    type State = Versions;

    fn key(&self) -> Option<String> {
        Some(self.visit_id.to_string())
    }

    async fn run(self, app: &App, versions: &Versions) -> Result<()> {
        let (id, now) = (self.visit_id, app.clock.now());
        let unseen = app.db.snapshot(move |conn| to_look_at(conn, id)).await?;
        match unseen {
            None => Ok(()),
            Some(unseen) if unseen.is_ready(patience(now)) => look(app, versions, unseen).await,
            Some(_) => {
                let (task, then) = (app.clock.new_id(), now.plus_seconds(AGAIN));
                app.db.write(move |conn| work::enqueue_for(conn, &self, task, now, then)).await
            }
        }
    }
}

/// First leaves by what others find it, then looks for others, then writes down what was found.
async fn look(app: &App, versions: &Versions, unseen: Unseen) -> Result<()> {
    let version = versions.get(&app.db, unseen.visit.head.version_id).await?;
    let seen = Seen::new(unseen, &version.prepared);
    let (id, shopper, traces) = (seen.visit().id, seen.visit().shopper_id, seen.traces());
    app.db.write(move |conn| leave_traces(conn, shopper, &traces)).await?;
    let (flags, now) = (app.db.snapshot(move |conn| compare(conn, &seen)).await?, app.clock.now());
    app.db.write(move |conn| record(conn, id, &flags, now)).await
}
