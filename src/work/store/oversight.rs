//! What administrators see of the tasks, and what they do about dead ones.

use std::collections::BTreeMap;

use diesel::{
    dsl::{count_star, sql},
    prelude::*,
    sql_types::{Bool, Nullable},
};
use serde_json::Value;

use super::turns;
use crate::{
    db::{
        Conn,
        schema::task,
        types::{Instant, Json, SqlInstant},
    },
    error::{Code, Error, Result},
    ids::{LeaseId, TaskId},
};

/// How many tasks of a queue are in which state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// They wait for their turn, or for their time.
    pub waiting: i64,
    /// A server runs them.
    pub running: i64,
    /// They failed too often.
    pub dead: i64,
    /// Since when the one is due that waits longest.
    pub due_since: Option<Instant>,
}

/// The counts of each queue that has any tasks.
///
/// # Errors
/// If the database cannot be asked.
pub fn counts(conn: &mut Conn, now: Instant) -> Result<BTreeMap<String, Counts>> {
    type Row = (String, i64, Option<Instant>);
    let first = || sql::<Nullable<SqlInstant>>("min(task.run_at)");
    let by_queue = || task::table.group_by(task::queue).select((task::queue, count_star(), first()));
    let held = || task::lease.is_not_null().and(task::leased_until.assume_not_null().gt(now));
    let mut counts: BTreeMap<String, Counts> = BTreeMap::new();
    let dead: Vec<Row> = by_queue().filter(task::dead.eq(true)).load(conn)?;
    for (queue, number, _) in dead {
        counts.entry(queue).or_default().dead = number;
    }
    let running: Vec<Row> = by_queue().filter(task::dead.eq(false)).filter(held()).load(conn)?;
    for (queue, number, _) in running {
        counts.entry(queue).or_default().running = number;
    }
    let waiting: Vec<Row> =
        by_queue().filter(task::dead.eq(false)).filter(diesel::dsl::not(held())).load(conn)?;
    for (queue, number, first) in waiting {
        let counts = counts.entry(queue).or_default();
        (counts.waiting, counts.due_since) = (number, first.filter(|first| *first <= now));
    }
    Ok(counts)
}

/// A task that failed too often.
#[derive(Clone, Debug, Queryable)]
pub struct Dead {
    /// Which.
    pub id: TaskId,
    /// What it does.
    pub kind: String,
    /// Where it waited.
    pub queue: String,
    /// What it is about, where the order matters.
    pub subject: Option<String>,
    /// What it knows.
    pub payload: Json<Value>,
    /// How often it was tried.
    pub attempts: i32,
    /// Why it failed the last time.
    pub last_error: Option<String>,
    /// When it was enqueued.
    pub created_at: Instant,
}

/// Dead tasks after this one, the oldest first.
///
/// # Errors
/// If the database cannot be asked.
pub fn dead(conn: &mut Conn, after: Option<(Instant, TaskId)>, limit: i64) -> Result<Vec<Dead>> {
    let mut query = task::table
        // Spelled out, because only so the engines see that the partial index answers it.
        .filter(sql::<Bool>("task.dead"))
        .order((task::created_at, task::id))
        .limit(limit)
        .select((
            task::id,
            task::kind,
            task::queue,
            task::subject,
            task::payload,
            task::attempts,
            task::last_error,
            task::created_at,
        ))
        .into_boxed();
    if let Some((at, id)) = after {
        query = query.filter(task::created_at.gt(at).or(task::created_at.eq(at).and(task::id.gt(id))));
    }
    Ok(query.load(conn)?)
}

/// Has a dead task tried again as often as a new one, within a second.
///
/// # Errors
/// `not_found` if there is no such dead task.
pub fn repeat(conn: &mut Conn, id: TaskId, now: Instant) -> Result<()> {
    find_dead(conn, id)?;
    turns::drop_twin(conn, id)?;
    diesel::update(task::table.find(id))
        .set((
            task::dead.eq(false),
            task::attempts.eq(0),
            task::run_at.eq(now),
            task::lease.eq(None::<LeaseId>),
            task::leased_until.eq(None::<Instant>),
        ))
        .execute(conn)?;
    Ok(())
}

/// Deletes a dead task: it is never done.
///
/// # Errors
/// `not_found` if there is no such dead task.
pub fn drop_dead(conn: &mut Conn, id: TaskId) -> Result<()> {
    find_dead(conn, id)?;
    diesel::delete(task::table.find(id)).execute(conn)?;
    Ok(())
}

fn find_dead(conn: &mut Conn, id: TaskId) -> Result<()> {
    let found: Option<TaskId> =
        task::table.find(id).filter(task::dead.eq(true)).select(task::id).first(conn).optional()?;
    found.map(drop).ok_or_else(|| Error::new(Code::NotFound))
}
