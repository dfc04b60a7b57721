//! The worker of this process: a lane for each queue, and one that looks for what others wrote.
//!
//! A task that fails is tried again after a growing pause, and is left dead when it has failed
//! [`MOST_ATTEMPTS`] times. A server that is lost loses its leases, and another one runs its tasks again.

use std::sync::Arc;

use tokio::{sync::watch, task::JoinSet};

pub use super::{attempt::TIME_LIMIT, pause::MOST_ATTEMPTS};
use super::{kind::Kind, lane::Lane, leases::Leases, look::look};
use crate::app::App;

/// A worker that runs until it is stopped. Dropped, it is cut off, and its leases end.
#[derive(Debug)]
pub struct Worker {
    stop: watch::Sender<bool>,
    lanes: JoinSet<()>,
    /// Renews the leases as long as it is held.
    _leases: JoinSet<()>,
}

/// Starts a worker for tasks of these kinds on the runtime that this is called on. Tasks of other kinds are left for
/// servers that know them.
pub fn start(app: &Arc<App>, kinds: &[Kind]) -> Worker {
    let (stop, stopped) = watch::channel(false);
    let leases = Leases::default();
    let all = Lane::of_all(app, kinds, &leases);
    let mut renewing = JoinSet::new();
    renewing.spawn(leases.keep(Arc::clone(app)));
    let mut lanes = JoinSet::new();
    lanes.spawn(look(all.clone(), stopped.clone()));
    for lane in all {
        lanes.spawn(lane.work(stopped.clone()));
    }
    Worker { stop, lanes, _leases: renewing }
}

impl Worker {
    /// Takes no more tasks, and waits for those that run. A task that is not waited for runs again elsewhere.
    pub async fn stop(mut self) {
        self.stop.send_replace(true);
        while let Some(ended) = self.lanes.join_next().await {
            if let Err(error) = ended {
                tracing::error!(%error, "a queue ended badly");
            }
        }
    }
}
