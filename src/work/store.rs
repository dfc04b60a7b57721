//! All SQL about tasks: here how they come to be, beside it whose [turn](turns) it is, and what
//! [administrators](oversight) see of them.

pub mod oversight;
pub(super) mod turns;

use diesel::{dsl::max, prelude::*};
use serde_json::{Value, json};

use super::{Priority, Queue, Task};
use crate::{
    db::{
        Conn,
        engine::each_engine,
        notices,
        schema::task,
        types::{Instant, Json},
    },
    error::{Error, Result},
    ids::TaskId,
};

/// A task as it is enqueued.
#[derive(Clone, Debug)]
pub struct NewTask {
    kind: &'static str,
    queue: Queue,
    priority: Priority,
    subject: Option<String>,
    key: Option<String>,
    payload: Value,
}

impl NewTask {
    /// This one.
    ///
    /// # Errors
    /// `internal` if it cannot be JSON.
    pub fn of<T: Task>(task: &T) -> Result<Self> {
        Ok(Self {
            kind: T::KIND,
            queue: T::QUEUE,
            priority: T::PRIORITY,
            subject: task.subject(),
            key: task.key(),
            payload: serde_json::to_value(task).map_err(Error::internal)?,
        })
    }

    /// The one of a kind that recurs; it carries nothing.
    pub(super) fn recurring(kind: &'static str, queue: Queue) -> Self {
        let payload = json!({});
        Self { kind, queue, priority: Priority::Ordinary, subject: None, key: None, payload }
    }

    /// The same, in order with all of its queue that is about this.
    #[must_use]
    pub fn about(self, subject: &str) -> Self {
        Self { subject: Some(subject.to_owned()), ..self }
    }

    /// Keeps it, unless it is there already, or one with the same key waits.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn insert(&self, conn: &mut Conn, id: TaskId, now: Instant, run_at: Instant) -> Result<()> {
        let row = (
            task::id.eq(id),
            task::kind.eq(self.kind),
            task::queue.eq(self.queue.name),
            task::priority.eq(self.priority.number()),
            task::subject.eq(self.subject.as_deref()),
            task::place.eq(self.place(conn)?),
            task::key.eq(self.key.as_deref()),
            task::payload.eq(Json(self.payload.clone())),
            task::run_at.eq(run_at),
            task::attempts.eq(0),
            task::dead.eq(false),
            task::created_at.eq(now),
        );
        each_engine!(conn, c => diesel::insert_into(task::table).values(row).on_conflict_do_nothing().execute(c))?;
        notices::note(conn, self.queue.name);
        Ok(())
    }

    /// After all others of its subject that are there; the servers' clocks do not matter.
    fn place(&self, conn: &mut Conn) -> Result<i64> {
        let Some(subject) = &self.subject else { return Ok(0) };
        let last: Option<i64> = task::table
            .filter(task::queue.eq(self.queue.name).and(task::subject.eq(subject)))
            .select(max(task::place))
            .first(conn)?;
        Ok(last.unwrap_or(0) + 1)
    }
}

/// Whether there is such a task.
pub(super) fn exists(conn: &mut Conn, id: TaskId) -> Result<bool> {
    let found: Option<TaskId> = task::table.find(id).select(task::id).first(conn).optional()?;
    Ok(found.is_some())
}
