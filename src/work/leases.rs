//! The leases that this process holds: renewed while their tasks run, so that those of a lost server end soon.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::sleep;

use super::store::turns::{self, Claimed};
use crate::{
    app::App,
    error::Result,
    ids::{LeaseId, TaskId},
};

/// How long a lease is, in seconds. The tasks of a lost server are taken over after so long at the most.
pub(super) const LEASE: i64 = 60;
/// The leases are renewed every so many seconds: a few renewals may fail before one ends.
const RENEW_EVERY: Duration = Duration::from_secs(15);

/// What runs in this process; cheap to clone.
#[derive(Clone, Debug, Default)]
pub(super) struct Leases(Arc<Mutex<HashMap<TaskId, LeaseId>>>);

impl Leases {
    /// Renews the lease of this task until what is returned is dropped.
    pub(super) fn hold(&self, claimed: &Claimed) -> Held {
        self.map().insert(claimed.id, claimed.lease);
        Held { leases: self.clone(), id: claimed.id, lease: claimed.lease }
    }

    /// Renews all leases from time to time, until it is dropped: as long as anything runs, also when all is to stop.
    pub(super) async fn keep(self, app: Arc<App>) {
        loop {
            sleep(RENEW_EVERY).await;
            if let Err(error) = self.renew(&app).await {
                tracing::warn!(%error, "the leases could not be renewed");
            }
        }
    }

    /// Puts off the end of all leases.
    pub(super) async fn renew(&self, app: &App) -> Result<()> {
        let held: Vec<_> = self.map().iter().map(|(id, lease)| (*id, *lease)).collect();
        if held.is_empty() {
            return Ok(());
        }
        let until = app.clock.now().plus_seconds(LEASE);
        app.db.write(move |conn| turns::renew(conn, &held, until)).await
    }

    fn map(&self) -> MutexGuard<'_, HashMap<TaskId, LeaseId>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A lease that is renewed as long as this lives.
#[derive(Debug)]
pub(super) struct Held {
    leases: Leases,
    id: TaskId,
    lease: LeaseId,
}

impl Drop for Held {
    fn drop(&mut self) {
        let mut map = self.leases.map();
        // The task may have been taken up again here after its lease had ended.
        if map.get(&self.id) == Some(&self.lease) {
            map.remove(&self.id);
        }
    }
}
