//! Looking once a second for what other servers wrote, and for what has become due.

use std::time::Duration;

use tokio::{sync::watch, time::timeout};

use super::{
    lane::Lane,
    store::{self, turns},
};
use crate::{app::App, error::Result};

/// How often it looks.
pub(crate) const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Wakes the lanes that have something due, until it is stopped.
pub(super) async fn look(lanes: Vec<Lane>, mut stop: watch::Receiver<bool>) {
    let Some(app) = lanes.first().map(|lane| lane.app.clone()) else { return };
    let mut prepared = false;
    while !*stop.borrow() {
        if let Err(error) = look_once(&app, &lanes, &mut prepared).await {
            tracing::warn!(%error, "the tasks could not be looked at");
        }
        // Its end is the same as its change: all is to stop.
        let _ = timeout(LOOK_EVERY, stop.changed()).await;
    }
}

/// Before the first time it sees to it that what recurs is there.
async fn look_once(app: &App, lanes: &[Lane], prepared: &mut bool) -> Result<()> {
    if !*prepared {
        ensure_recurring(app, lanes).await?;
        *prepared = true;
    }
    let (asked, now) = (lanes.to_vec(), app.clock.now());
    let due = app
        .db
        .read(move |conn| {
            let names: Vec<_> = asked.iter().map(|lane| lane.queue.name).collect();
            let mut due = turns::due_queues(conn, &names, now)?;
            for lane in &asked {
                if lane.is_any_wanted(conn, now)? {
                    due.push(lane.queue.name.to_owned());
                }
            }
            Ok(due)
        })
        .await?;
    let is_due = |lane: &&Lane| due.iter().any(|name| name == lane.queue.name);
    lanes.iter().filter(is_due).for_each(|lane| lane.wake.notify_one());
    Ok(())
}

/// Adds the one task of each kind that recurs, where it is missing.
pub(super) async fn ensure_recurring(app: &App, lanes: &[Lane]) -> Result<()> {
    let now = app.clock.now();
    let tasks: Vec<_> =
        lanes.iter().flat_map(|lane| &lane.kinds).filter_map(|kind| kind.only_task(now)).collect();
    app.db
        .write(move |conn| {
            tasks.iter().try_for_each(|(id, task, run_at)| {
                if store::exists(conn, *id)? { Ok(()) } else { task.insert(conn, *id, now, *run_at) }
            })
        })
        .await
}
