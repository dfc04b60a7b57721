//! What a person does about a dead task: it is written down who did it.

use crate::{
    audit::{self, About, AuditKind, Entry},
    db::{Conn, types::Instant},
    error::Result,
    ids::{AccountId, TaskId},
    work::store::oversight,
};

/// Has a dead task tried again as often as a new one, for an account or for the command line.
///
/// # Errors
/// `not_found` if there is no such dead task.
pub fn repeat(conn: &mut Conn, by: Option<AccountId>, id: TaskId, now: Instant) -> Result<()> {
    oversight::repeat(conn, id, now)?;
    note(conn, AuditKind::TaskRepeated, by, id, now)
}

/// Deletes a dead task, for an account or for the command line: it is never done.
///
/// # Errors
/// `not_found` if there is no such dead task.
pub fn drop_dead(conn: &mut Conn, by: Option<AccountId>, id: TaskId, now: Instant) -> Result<()> {
    oversight::drop_dead(conn, id)?;
    note(conn, AuditKind::TaskDropped, by, id, now)
}

/// A task may be repeated more than once, so the moment belongs to the step.
fn note(conn: &mut Conn, kind: AuditKind, by: Option<AccountId>, id: TaskId, now: Instant) -> Result<()> {
    audit::record(conn, Entry::new(kind, (About::Task, id), now.micros()).by(by), now)
}
