//! Background work: a task is enqueued in the transaction that wants it, and done once that is committed.
//!
//! A task runs at least once: the server that runs it may be lost in the middle, so running it twice must do no harm.
//! Each [`Queue`] is worked for itself, so that a slow one delays no other. Which kinds there are, the roof says when
//! it starts the [`worker`]; nothing here knows a feature.

mod attempt;
pub mod kind;
mod lane;
mod leases;
mod look;
mod pause;
pub mod queue;
pub mod schedule;
pub mod store;
pub mod worker;

use std::future::Future;

use serde::{Serialize, de::DeserializeOwned};

pub(crate) use self::look::LOOK_EVERY;
pub use self::queue::{Priority, Queue};
use self::store::NewTask;
use crate::{
    app::App,
    db::{Conn, notices::Topic, types::Instant},
    error::Result,
    ids::TaskId,
};

/// A piece of work, with all that it needs to know in its fields, which are kept as JSON.
///
/// Tasks wait in the database while programs are replaced: a new field has a default.
pub trait Task: Serialize + DeserializeOwned + Send + 'static {
    /// Its name in the database: never change it, nor use it for anything else.
    const KIND: &'static str;
    /// Where it waits.
    const QUEUE: Queue;
    /// Which tasks of its queue run first.
    const PRIORITY: Priority = Priority::Ordinary;
    /// What its feature keeps in memory; the roof gives it. `()` if it needs nothing but the ground.
    type State: Send + Sync + 'static;

    /// What it is about, where the order matters: tasks of a queue with the same subject never run at once, and run in
    /// the order of their creation. One that waits for its next try holds up the later ones of its subject.
    fn subject(&self) -> Option<String> {
        None
    }

    /// What it would do: as long as one of its kind with the same key waits, another one is not added.
    fn key(&self) -> Option<String> {
        None
    }

    /// Does the work. It has [`attempt::TIME_LIMIT`]; longer work is several tasks.
    ///
    /// # Errors
    /// What stood in the way; it is tried again later.
    fn run(self, app: &App, state: &Self::State) -> impl Future<Output = Result<()>> + Send;
}

/// A task that exists once per database and runs when there is something for it, whose list is kept in a table of its
/// feature and not as tasks.
pub trait Standing: Task + Default {
    /// What is noted, in this process, by transactions that add to the list.
    const WOKEN_BY: &'static [Topic];

    /// Whether there is something on the list. It is asked every second, so it must not grow with what the database
    /// holds.
    ///
    /// # Errors
    /// If the database cannot be asked.
    fn is_wanted(conn: &mut Conn, now: Instant) -> Result<bool>;
}

/// Adds a task to the caller's transaction: it runs soon after the commit, or not at all if there is none.
/// The same id again is the same task, and changes nothing.
///
/// # Errors
/// If it cannot be written.
pub fn enqueue<T: Task>(conn: &mut Conn, task: &T, id: TaskId, now: Instant) -> Result<()> {
    enqueue_for(conn, task, id, now, now)
}

/// The same, but it does not run before `run_at`.
///
/// # Errors
/// If it cannot be written.
pub fn enqueue_for<T: Task>(
    conn: &mut Conn,
    task: &T,
    id: TaskId,
    now: Instant,
    run_at: Instant,
) -> Result<()> {
    NewTask::of(task)?.insert(conn, id, now, run_at)
}

#[cfg(test)]
mod tests;
