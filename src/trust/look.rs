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
    error::{Code, Result},
    ids::VisitId,
    jobs::{self, Job},
};

/// So many visits are looked at in one run: at one run in five seconds 40 a second, so that a server which takes
/// visits at its limit is hardly slower for it.
const AT_ONCE: i64 = 200;
/// Files that have not been read after so many seconds are not waited for any more.
pub const PATIENCE: i64 = 600;
/// A visit that left the queue is tried again after so many seconds as long as its files are being read.
const AGAIN: i64 = 30;

/// Looks at visits that wait for a decision.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct LookAtVisits {}

impl Job for LookAtVisits {
    const KIND: &'static str = "look_at_visits";

    type State = Versions;

    async fn run(self, app: &App, versions: &Versions) -> Result<()> {
        let patience = app.clock.now().plus_seconds(-PATIENCE);
        for visit in app.db.read(move |conn| store::unseen(conn, patience, AT_ONCE)).await? {
            match look_at(app, versions, visit).await {
                // One that we cannot look at holds up no other.
                Err(error) if error.code() == Code::Internal => {
                    tracing::warn!(%visit, %error, "a visit could not be looked at");
                }
                looked => looked?,
            }
        }
        Ok(())
    }
}

/// Looks at a visit that left the queue before it was looked at.
#[derive(Debug, Serialize, Deserialize)]
pub struct LookAtVisit {
    /// The visit.
    pub visit_id: VisitId,
}

impl Job for LookAtVisit {
    const KIND: &'static str = "look_at_visit";

    type State = Versions;

    async fn run(self, app: &App, versions: &Versions) -> Result<()> {
        let (id, now) = (self.visit_id, app.clock.now());
        let unseen = app.db.snapshot(move |conn| to_look_at(conn, id)).await?;
        match unseen {
            None => Ok(()),
            Some(unseen) if unseen.is_ready(now.plus_seconds(-PATIENCE)) => look(app, versions, unseen).await,
            Some(_) => {
                let (job, then) = (app.clock.new_id(), now.plus_seconds(AGAIN));
                app.db.write(move |conn| jobs::enqueue_for(conn, &self, job, now, then)).await
            }
        }
    }
}

/// Looks at a visit, unless it was looked at before.
async fn look_at(app: &App, versions: &Versions, id: VisitId) -> Result<()> {
    match app.db.snapshot(move |conn| to_look_at(conn, id)).await? {
        Some(unseen) => look(app, versions, unseen).await,
        None => Ok(()),
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
