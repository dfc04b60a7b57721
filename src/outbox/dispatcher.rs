//! Gives every event that stands in the tail to its consumers: a task each, in the transaction that takes it out.

use std::sync::Arc;

use tokio::{
    sync::{Notify, watch},
    task::JoinHandle,
    time::timeout,
};

use super::{
    Consumers, TOPIC,
    store::{self, Pending},
};
use crate::{
    app::App,
    db::{
        Conn, Db,
        types::{Id, Instant},
    },
    error::Result,
    ids::{EventId, TaskId},
    work::LOOK_EVERY,
};

/// So many events are dispatched in one transaction.
const AT_ONCE: i64 = 100;

/// A dispatcher that runs until it is stopped.
#[derive(Debug)]
pub struct Dispatcher {
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

/// Starts it on the runtime that this is called on. It is woken after commits of this process, and looks once a second
/// for what other servers wrote.
pub fn start(app: &Arc<App>, consumers: Consumers) -> Dispatcher {
    let (stop, stopped) = watch::channel(false);
    let wake = app.db.notices().listen(TOPIC);
    let task = tokio::spawn(work(Arc::clone(app), consumers, wake, stopped));
    Dispatcher { stop, task }
}

impl Dispatcher {
    /// Ends it after the transaction that it is in.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        if let Err(error) = self.task.await {
            tracing::error!(%error, "the dispatcher ended badly");
        }
    }
}

async fn work(app: Arc<App>, consumers: Consumers, wake: Arc<Notify>, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        if let Err(error) = dispatch_all(&app.db, &consumers, || app.clock.now()).await {
            tracing::warn!(%error, "the events could not be dispatched");
        }
        let woken = std::pin::pin!(wake.notified());
        let stopped = std::pin::pin!(stop.changed());
        // The end of the second is as good a reason to look as any other.
        let _ = timeout(LOOK_EVERY, futures_util::future::select(woken, stopped)).await;
    }
}

/// Dispatches until nothing is left in the tail but events that this server cannot read.
///
/// # Errors
/// If the database cannot be read or written.
pub async fn dispatch_all(db: &Db, consumers: &Consumers, now: impl Fn() -> Instant) -> Result<()> {
    let mut unreadable: Vec<EventId> = Vec::new();
    loop {
        let (kinds, passed_over) = (consumers.kinds(), unreadable.clone());
        let pending = db.read(move |conn| store::tail(conn, &kinds, &passed_over, AT_ONCE)).await?;
        if pending.is_empty() {
            return Ok(());
        }
        let (consumers, now) = (consumers.clone(), now());
        unreadable.extend(db.write(move |conn| dispatch(conn, &consumers, &pending, now)).await?);
    }
}

/// Dispatches these events; gives those of them that cannot be read. They stay in the tail, and hold up no others.
fn dispatch(
    conn: &mut Conn,
    consumers: &Consumers,
    pending: &[Pending],
    now: Instant,
) -> Result<Vec<EventId>> {
    let mut unreadable = Vec::new();
    for event in pending {
        let made: Result<Vec<_>> = consumers
            .of(&event.kind)
            .iter()
            .map(|consumer| Ok((task_id(event.id, consumer.name), (consumer.make)(event.payload.0.clone())?)))
            .collect();
        match made {
            Err(error) => {
                tracing::warn!(event = %event.id, kind = event.kind, %error, "an event could not be read");
                unreadable.push(event.id);
            }
            // Another server may have been quicker.
            Ok(tasks) if store::dispatched(conn, event)? => {
                for (id, task) in tasks {
                    task.about(&event.subject).insert(conn, id, now, now)?;
                }
            }
            Ok(_) => {}
        }
    }
    Ok(unreadable)
}

/// The id of a consumer's task is made of the event's, so that an event that is dispatched again makes no second one
/// while the first is there.
fn task_id(event: EventId, consumer: &str) -> TaskId {
    Id::named(&format!("{event}\n{consumer}"))
}
