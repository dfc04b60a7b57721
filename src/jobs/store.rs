//! All SQL about jobs.

use diesel::prelude::*;
use serde_json::Value;

use crate::{
    db::{
        Conn,
        engine::each_engine,
        schema::job,
        types::{Instant, Json},
    },
    error::Result,
    ids::JobId,
};

/// A job that this process may run until its lease ends.
#[derive(Clone, Debug)]
pub(super) struct Claimed {
    pub(super) id: JobId,
    pub(super) kind: String,
    pub(super) payload: Value,
    /// Which try this is; the first is 1.
    pub(super) attempt: i32,
    /// Tells this lease from any other of the job.
    leased_until: Instant,
}

/// How a try ended.
#[derive(Clone, Debug)]
pub(super) enum Outcome {
    /// It is not needed any more.
    Done,
    /// Its next turn comes then.
    Again { run_at: Instant, last_error: Option<String> },
    /// It failed, and is to be tried again then.
    Retry { run_at: Instant, last_error: String },
    /// It failed too often.
    Dead { last_error: String },
}

/// Keeps a job; one that is there already stays as it is.
pub(super) fn insert(
    conn: &mut Conn,
    id: JobId,
    kind: &str,
    payload: Value,
    now: Instant,
    run_at: Instant,
) -> Result<()> {
    let row = (
        job::id.eq(id),
        job::kind.eq(kind),
        job::payload.eq(Json(payload)),
        job::run_at.eq(run_at),
        job::attempts.eq(0),
        job::dead.eq(false),
        job::created_at.eq(now),
    );
    each_engine!(conn, c => diesel::insert_into(job::table).values(row).on_conflict_do_nothing().execute(c))?;
    Ok(())
}

/// The ids of jobs of these kinds that are due and that nobody is running, those that waited longest first.
pub(super) fn due(conn: &mut Conn, kinds: &[&str], now: Instant, limit: i64) -> Result<Vec<JobId>> {
    Ok(job::table
        .filter(job::dead.eq(false))
        .filter(job::run_at.le(now))
        .filter(job::leased_until.is_null().or(job::leased_until.le(now)))
        .filter(job::kind.eq_any(kinds.iter().map(|kind| (*kind).to_owned()).collect::<Vec<_>>()))
        .order((job::run_at, job::id))
        .limit(limit)
        .select(job::id)
        .load(conn)?)
}

/// Leases due jobs until then. Two servers never get the same one: the transaction is serializable.
pub(super) fn claim(
    conn: &mut Conn,
    kinds: &[&str],
    now: Instant,
    until: Instant,
    limit: i64,
) -> Result<Vec<Claimed>> {
    let mut claimed = Vec::new();
    for id in due(conn, kinds, now, limit)? {
        diesel::update(job::table.find(id))
            .set((job::leased_until.eq(until), job::attempts.eq(job::attempts + 1)))
            .execute(conn)?;
        let (kind, Json(payload), attempt) =
            job::table.find(id).select((job::kind, job::payload, job::attempts)).first(conn)?;
        claimed.push(Claimed { id, kind, payload, attempt, leased_until: until });
    }
    Ok(claimed)
}

/// Writes down how a try ended, unless its lease has ended before: then the job is somebody else's.
pub(super) fn settle(conn: &mut Conn, claimed: &Claimed, outcome: &Outcome) -> Result<()> {
    let mine = job::table.filter(job::id.eq(claimed.id).and(job::leased_until.eq(claimed.leased_until)));
    let nobody = job::leased_until.eq(None::<Instant>);
    match outcome {
        Outcome::Done => diesel::delete(mine).execute(conn)?,
        Outcome::Again { run_at, last_error } => diesel::update(mine)
            .set((nobody, job::run_at.eq(run_at), job::last_error.eq(last_error), job::attempts.eq(0)))
            .execute(conn)?,
        Outcome::Retry { run_at, last_error } => diesel::update(mine)
            .set((nobody, job::run_at.eq(run_at), job::last_error.eq(last_error)))
            .execute(conn)?,
        Outcome::Dead { last_error } => diesel::update(mine)
            .set((nobody, job::dead.eq(true), job::last_error.eq(last_error)))
            .execute(conn)?,
    };
    Ok(())
}
