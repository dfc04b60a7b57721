//! Whose turn it is: what is due, what is claimed on a lease, and how it ended.

use std::fmt::Write;

use diesel::{
    dsl::sql,
    prelude::*,
    sql_types::{Bool, Text},
};
use serde_json::Value;

use super::super::Priority;
use crate::{
    db::{
        Conn,
        engine::each_engine,
        schema::task,
        types::{Instant, Json, SqlInstant},
    },
    error::Result,
    ids::{LeaseId, TaskId},
};

/// A task that this process may run as long as its lease lasts.
#[derive(Clone, Debug)]
pub(in crate::work) struct Claimed {
    pub(in crate::work) id: TaskId,
    pub(in crate::work) kind: String,
    pub(in crate::work) payload: Value,
    /// Which try this is; the first is 1.
    pub(in crate::work) attempt: i32,
    /// Tells this turn from any other of the task.
    pub(in crate::work) lease: LeaseId,
}

/// A task that was seen to wait for its turn, at this moment of its own.
#[derive(Clone, Copy, Debug, Queryable)]
pub(in crate::work) struct Ready {
    pub(in crate::work) id: TaskId,
    run_at: Instant,
}

/// How a try ended.
#[derive(Clone, Debug)]
pub(in crate::work) enum Outcome {
    /// It is not needed any more.
    Done,
    /// Its next turn comes then.
    Again { run_at: Instant, last_error: Option<String> },
    /// It failed, and is to be tried again then.
    Retry { run_at: Instant, last_error: String },
    /// It failed too often.
    Dead { last_error: String },
}

/// No earlier one of its queue and subject is there that is still to be done.
const FIRST_OF_ITS_SUBJECT: &str = "(task.subject IS NULL OR NOT EXISTS (SELECT 1 FROM task AS earlier \
    WHERE earlier.queue = task.queue AND earlier.subject = task.subject AND earlier.place < task.place \
    AND NOT earlier.dead))";

type Query<'a> = task::BoxedQuery<'a, <Conn as diesel::Connection>::Backend>;

/// Tasks that wait, and that no worker holds.
fn free<'a>(now: Instant) -> Query<'a> {
    task::table
        .filter(task::dead.eq(false))
        .filter(task::leased_until.is_null().or(task::leased_until.le(now)))
        .filter(sql::<Bool>(FIRST_OF_ITS_SUBJECT))
        .into_boxed()
}

/// Which of these queues have something due: one probe of an index each, however long they are.
pub(in crate::work) fn due_queues(conn: &mut Conn, queues: &[&str], now: Instant) -> Result<Vec<String>> {
    #[derive(QueryableByName)]
    struct Due {
        #[diesel(sql_type = Text)]
        queue: String,
    }
    let Some((first, others)) = queues.split_first() else { return Ok(Vec::new()) };
    let mut names = format!("SELECT '{first}' AS queue");
    for other in others {
        // Writing into a text cannot fail.
        let _ = write!(names, " UNION ALL SELECT '{other}'");
    }
    let statement = format!(
        "SELECT CAST(named.queue AS text) AS queue FROM ({names}) AS named WHERE EXISTS (SELECT 1 FROM task \
         WHERE task.queue = named.queue AND task.dead = false AND task.priority IN (0, 1, 2) AND task.run_at <= $1 \
         AND (task.leased_until IS NULL OR task.leased_until <= $1))"
    );
    let due: Vec<Due> =
        each_engine!(conn, c => diesel::sql_query(statement).bind::<SqlInstant, _>(now).load(c))?;
    Ok(due.into_iter().map(|due| due.queue).collect())
}

/// Tasks of a queue that may run now, of these kinds: the most urgent first, then those that waited longest.
pub(in crate::work) fn ready(
    conn: &mut Conn,
    queue: &str,
    kinds: &[&str],
    now: Instant,
    most: i64,
) -> Result<Vec<Ready>> {
    let mut ready: Vec<Ready> = Vec::new();
    for priority in Priority::ALL {
        let left = most - ready.len() as i64;
        if left > 0 {
            let of_priority = free(now)
                .filter(task::queue.eq(queue).and(task::priority.eq(priority.number())))
                .filter(task::kind.eq_any(kinds.iter().map(|kind| (*kind).to_owned()).collect::<Vec<_>>()))
                .filter(task::run_at.le(now))
                .order((task::run_at, task::place, task::id))
                .limit(left)
                .select((task::id, task::run_at));
            ready.extend(of_priority.load::<Ready>(conn)?);
        }
    }
    Ok(ready)
}

/// The one task of a kind, if it waits to be wanted.
pub(in crate::work) fn idle(conn: &mut Conn, id: TaskId, now: Instant) -> Result<Option<Ready>> {
    let idle = free(now).filter(task::id.eq(id)).filter(task::run_at.eq(Instant::NEVER));
    Ok(idle.select((task::id, task::run_at)).first(conn).optional()?)
}

/// Leases those of these tasks that are still free, until then. Two servers never get the same one, nor two of one
/// subject at once: the transaction is serializable. One that another server has run since it was seen waits for another
/// moment by now, and is left.
pub(in crate::work) fn claim(
    conn: &mut Conn,
    ready: &[(Ready, LeaseId)],
    now: Instant,
    until: Instant,
) -> Result<Vec<Claimed>> {
    type Row = (String, Json<Value>, i32);
    let mut claimed = Vec::new();
    for &(Ready { id, run_at }, lease) in ready {
        let row = free(now).filter(task::id.eq(id).and(task::run_at.eq(run_at))).select((
            task::kind,
            task::payload,
            task::attempts,
        ));
        let row: Option<Row> = row.first(conn).optional()?;
        let Some((kind, Json(payload), attempts)) = row else { continue };
        let attempt = attempts + 1;
        diesel::update(task::table.find(id))
            .set((
                task::lease.eq(Some(lease)),
                task::leased_until.eq(Some(until)),
                task::attempts.eq(attempt),
            ))
            .execute(conn)?;
        claimed.push(Claimed { id, kind, payload, attempt, lease });
    }
    Ok(claimed)
}

/// Puts off the end of these leases; one that is another's by now stays as it is.
pub(in crate::work) fn renew(conn: &mut Conn, held: &[(TaskId, LeaseId)], until: Instant) -> Result<()> {
    for (id, lease) in held {
        diesel::update(task::table.find(*id).filter(task::lease.eq(lease)))
            .set(task::leased_until.eq(Some(until)))
            .execute(conn)?;
    }
    Ok(())
}

/// Writes down how a try ended, unless its lease has ended before and another has the task.
pub(in crate::work) fn settle(conn: &mut Conn, claimed: &Claimed, outcome: &Outcome) -> Result<()> {
    let mine = task::table.filter(task::id.eq(claimed.id).and(task::lease.eq(claimed.lease)));
    let held: Option<TaskId> = mine.select(task::id).first(conn).optional()?;
    if held.is_none() {
        return Ok(());
    }
    if let Outcome::Again { .. } | Outcome::Retry { .. } = outcome {
        drop_twin(conn, claimed.id)?;
    }
    let released = (task::lease.eq(None::<LeaseId>), task::leased_until.eq(None::<Instant>));
    match outcome {
        Outcome::Done => diesel::delete(mine).execute(conn)?,
        Outcome::Again { run_at, last_error } => diesel::update(mine)
            .set((released, task::run_at.eq(run_at), task::last_error.eq(last_error), task::attempts.eq(0)))
            .execute(conn)?,
        Outcome::Retry { run_at, last_error } => diesel::update(mine)
            .set((released, task::run_at.eq(run_at), task::last_error.eq(last_error)))
            .execute(conn)?,
        Outcome::Dead { last_error } => diesel::update(mine)
            .set((released, task::dead.eq(true), task::last_error.eq(last_error)))
            .execute(conn)?,
    };
    Ok(())
}

/// Before a task waits once more: one with the same key that was added meanwhile would do the same.
pub(super) fn drop_twin(conn: &mut Conn, id: TaskId) -> Result<()> {
    let (kind, key): (String, Option<String>) =
        task::table.find(id).select((task::kind, task::key)).first(conn)?;
    if let Some(key) = key {
        let twin = task::table
            .filter(task::kind.eq(kind).and(task::key.eq(key)))
            .filter(task::lease.is_null().and(task::dead.eq(false)).and(task::id.ne(id)));
        diesel::delete(twin).execute(conn)?;
    }
    Ok(())
}
