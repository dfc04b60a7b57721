//! Looking at visits, beside the requests: once at each content, when all of its files have been read.

use std::{
    collections::HashSet,
    time::{self, Duration},
};

use serde::{Deserialize, Serialize};

use super::{
    compare::compare,
    record::{Look, leave_traces, record},
    seen::Seen,
    store,
    unseen::{ToLookAt, to_look_at},
};
use crate::{
    app::App,
    checklists::cache::Versions,
    db::{Conn, notices::Topic, types::Instant},
    demand::Requests,
    error::{Code, Error, Result},
    ids::VisitId,
    visits,
    work::{self, Queue, Standing, Task},
};

/// So many visits are looked at together.
const AT_ONCE: i64 = 100;
/// A run begins with no others after so long, so that it ends within its time; the next run begins at once.
const LONGEST_RUN: Duration = Duration::from_secs(30);
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
        let run = time::Instant::now();
        while run.elapsed() < LONGEST_RUN {
            let (now, turn) = (app.clock.now(), app.demand.work());
            let ids = app.db.read(move |conn| store::unseen(conn, patience(now), AT_ONCE)).await?;
            if ids.is_empty() {
                break;
            }
            match look_at(app, versions, ids.clone()).await {
                // One that cannot be looked at holds up no other.
                Err(error) if error.code() != Code::Unavailable => look_at_each(app, versions, ids).await?,
                looked => looked?,
            }
            // A flood of visits (what waited for a network, say) is acknowledged before it is looked at.
            turn.leave_room(Requests::Any).await;
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

/// Looks at those of these visits that were not looked at as they are.
async fn look_at(app: &App, versions: &Versions, ids: Vec<VisitId>) -> Result<()> {
    let found = app.db.snapshot(move |conn| to_look_at(conn, &ids)).await?;
    look(app, versions, found).await
}

/// Looks at one after the other, and sets those aside that cannot be looked at.
async fn look_at_each(app: &App, versions: &Versions, ids: Vec<VisitId>) -> Result<()> {
    for id in ids {
        match look_at(app, versions, vec![id]).await {
            Err(error) if error.code() != Code::Unavailable => set_aside(app, id, &error).await?,
            looked => looked?,
        }
    }
    Ok(())
}

/// Makes a task of its own of a visit that could not be looked at: it is tried again, and dead if it never works.
async fn set_aside(app: &App, visit: VisitId, error: &Error) -> Result<()> {
    tracing::warn!(%visit, %error, "a visit could not be looked at");
    let (task, now) = (app.clock.new_id(), app.clock.now());
    let aside = move |conn: &mut Conn| {
        work::enqueue(conn, &LookAtVisit { visit_id: visit }, task, now)?;
        let standing = visits::store::standing(conn, &[visit])?;
        let aside: Vec<_> = standing.into_iter().map(|(id, (content, _))| (id, content)).collect();
        visits::store::take_notice(conn, &aside, now)
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
        let found = app.db.snapshot(move |conn| to_look_at(conn, &[id])).await?;
        if found.unseen.iter().all(|unseen| unseen.is_ready(patience(now))) {
            return look(app, versions, found).await;
        }
        let (task, then) = (app.clock.new_id(), now.plus_seconds(AGAIN));
        app.db.write(move |conn| work::enqueue_for(conn, &self, task, now, then)).await
    }
}

/// First leaves by what others find the visits, then looks for others, then writes down what was found. None of them waits to be
/// looked at after that, unless another content took its place meanwhile.
async fn look(app: &App, versions: &Versions, ToLookAt { contents, unseen }: ToLookAt) -> Result<()> {
    let mut seen = Vec::with_capacity(unseen.len());
    for unseen in unseen {
        let version = versions.get(&app.db, unseen.visit.head.version_id).await?;
        seen.push(Seen::new(unseen, &version.prepared));
    }
    let left = |seen: &Seen| (seen.visit().shopper_id, seen.number(), seen.visit().revision, seen.traces());
    let left: Vec<_> = seen.iter().map(left).collect();
    let leave = move |conn: &mut Conn| {
        left.iter().try_for_each(|(by, number, at, traces)| leave_traces(conn, *by, *number, *at, traces))
    };
    app.db.write(leave).await?;
    let compared = move |conn: &mut Conn| {
        let mut later: HashSet<VisitId> = seen.iter().map(|seen| seen.visit().id).collect();
        let flags = seen.iter().map(|seen| {
            later.remove(&seen.visit().id);
            Ok(Look {
                visit: seen.visit().id,
                number: seen.number(),
                revision: seen.visit().revision,
                content_hash: seen.visit().content_hash,
                flags: compare(conn, seen, &later)?,
                whole_at: seen.whole_at(),
                limits: seen.limits(),
                language: seen.language(),
                by_lot: seen.is_approved_by_lot(),
            })
        });
        flags.collect::<Result<Vec<_>>>()
    };
    let (found, now) = (app.db.snapshot(compared).await?, app.clock.now());
    let write = move |conn: &mut Conn| {
        visits::store::take_notice(conn, &contents, now)?;
        record(conn, &found, now)
    };
    app.db.write(write).await
}
