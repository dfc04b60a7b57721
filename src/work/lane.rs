//! One queue at work in this process: takes what is due on a lease, so many at once, until nothing is left.

use std::{future::pending, sync::Arc};

use tokio::{
    sync::{Notify, watch},
    task::JoinSet,
};

use super::{
    Queue,
    attempt::attempt,
    kind::{Kind, Recurs},
    leases::{LEASE, Leases},
    store::turns::{self, Claimed, Ready},
};
use crate::{
    app::App,
    db::{Conn, types::Instant},
    error::Result,
};

/// A queue with the kinds that wait in it.
#[derive(Clone)]
pub(super) struct Lane {
    pub(super) app: Arc<App>,
    pub(super) queue: Queue,
    pub(super) kinds: Vec<Kind>,
    pub(super) wake: Arc<Notify>,
    pub(super) leases: Leases,
}

impl Lane {
    /// One lane for each queue of these kinds, which is woken by those who enqueue.
    pub(super) fn of_all(app: &Arc<App>, kinds: &[Kind], leases: &Leases) -> Vec<Self> {
        let mut lanes: Vec<Self> = Vec::new();
        for kind in kinds {
            match lanes.iter_mut().find(|lane| lane.queue.name == kind.queue.name) {
                Some(lane) => lane.kinds.push(kind.clone()),
                None => lanes.push(Self::of(app, kind, leases)),
            }
        }
        for lane in &lanes {
            for kind in &lane.kinds {
                if let Recurs::When { woken_by, .. } = kind.recurs {
                    woken_by.iter().for_each(|topic| app.db.notices().join(topic, &lane.wake));
                }
            }
        }
        lanes
    }

    fn of(app: &Arc<App>, kind: &Kind, leases: &Leases) -> Self {
        Self {
            app: Arc::clone(app),
            queue: kind.queue,
            kinds: vec![kind.clone()],
            wake: app.db.notices().listen(kind.queue.name),
            leases: leases.clone(),
        }
    }

    /// Works until it is stopped; then ends what runs.
    pub(super) async fn work(self, mut stop: watch::Receiver<bool>) {
        let mut running = JoinSet::new();
        while !*stop.borrow() {
            while running.try_join_next().is_some() {}
            let free = self.queue.at_once - running.len();
            let taken = self.take(free).await.unwrap_or_else(|error| {
                tracing::warn!(queue = self.queue.name, %error, "a queue could not be looked at");
                Vec::new()
            });
            if taken.is_empty() {
                self.rest(&mut running, &mut stop).await;
            }
            for (kind, task) in taken {
                let lane = self.clone();
                running.spawn(async move { attempt(&lane.app, &kind, task, &lane.leases).await });
            }
        }
        while running.join_next().await.is_some() {}
    }

    /// Until there may be something to do: a task ended, one was enqueued, or all is to stop.
    async fn rest(&self, running: &mut JoinSet<()>, stop: &mut watch::Receiver<bool>) {
        let ended = async {
            match running.join_next().await {
                Some(_) => (),
                None => pending().await,
            }
        };
        futures_util::future::select_all([
            Box::pin(ended) as std::pin::Pin<Box<dyn Future<Output = ()> + Send>>,
            Box::pin(self.wake.notified()),
            Box::pin(async { drop(stop.changed().await) }),
        ])
        .await;
    }

    /// Takes what is due, with its kind.
    pub(super) async fn take(&self, most: usize) -> Result<Vec<(Kind, Claimed)>> {
        if most == 0 {
            return Ok(Vec::new());
        }
        let (lane, now) = (self.clone(), self.app.clock.now());
        // To look first is cheap, and disturbs no writer.
        let ready = self.app.db.read(move |conn| lane.ready(conn, now, most as i64)).await?;
        if ready.is_empty() {
            return Ok(Vec::new());
        }
        let ready: Vec<_> = ready.into_iter().map(|task| (task, self.app.clock.new_id())).collect();
        let until = now.plus_seconds(LEASE);
        let claimed = self.app.db.write(move |conn| turns::claim(conn, &ready, now, until)).await?;
        let with_kind =
            |task: Claimed| Some((self.kinds.iter().find(|kind| kind.name == task.kind)?.clone(), task));
        Ok(claimed.into_iter().filter_map(with_kind).collect())
    }

    /// The tasks that may run now.
    fn ready(&self, conn: &mut Conn, now: Instant, most: i64) -> Result<Vec<Ready>> {
        let names: Vec<_> = self.kinds.iter().map(|kind| kind.name).collect();
        let mut ready = turns::ready(conn, self.queue.name, &names, now, most)?;
        for kind in &self.kinds {
            if self.is_wanted(conn, kind, now)? {
                ready.extend(turns::idle(conn, kind.only_id(), now)?);
            }
        }
        ready.truncate(usize::try_from(most).unwrap_or_default());
        Ok(ready)
    }

    fn is_wanted(&self, conn: &mut Conn, kind: &Kind, now: Instant) -> Result<bool> {
        match kind.recurs {
            Recurs::When { is_wanted, .. } => is_wanted(conn, now),
            Recurs::No | Recurs::By(_) => Ok(false),
        }
    }

    /// Whether something on a list is wanted that has no rows of its own here.
    pub(super) fn is_any_wanted(&self, conn: &mut Conn, now: Instant) -> Result<bool> {
        self.kinds.iter().try_fold(false, |any, kind| Ok(any || self.is_wanted(conn, kind, now)?))
    }
}
