//! Cancelling an export that is not ready, and deleting one that is.

use super::{remove_parts::RemoveParts, store};
use crate::{
    db::{Conn, types::Instant},
    error::Result,
    ids::{AccountId, ExportId, TaskId},
    work,
};

/// Forgets an export of this account, and has its file taken away.
///
/// # Errors
/// `not_found` if it is not there, or another account's.
pub fn cancel(conn: &mut Conn, account: AccountId, id: ExportId, task: TaskId, now: Instant) -> Result<()> {
    let export = store::own(conn, account, id)?;
    store::delete(conn, id)?;
    work::enqueue(conn, &RemoveParts::of(&export), task, now)
}
