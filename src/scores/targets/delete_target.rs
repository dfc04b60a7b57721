//! Deleting a target.

use super::{changed::TargetChanged, put_target::entry, store};
use crate::{
    accounts::policy::Scope,
    audit,
    db::{Conn, types::Instant},
    error::Result,
    ids::TargetId,
    outbox,
    precondition::{ETag, IfMatch, Revised as _},
};

/// Deletes a target: from now on no figure has it, of no month. What it was is kept.
///
/// # Errors
/// `not_found` if it is not there, or out of scope; those of the precondition.
pub fn delete_target(
    conn: &mut Conn,
    scope: &Scope,
    if_match: &IfMatch,
    id: TargetId,
    now: Instant,
) -> Result<()> {
    let target = store::target(conn, scope, id)?;
    if_match.expects(&ETag::of(target.revision))?;
    let last = target.next();
    store::add(conn, &last, true, (scope.account, now))?;
    outbox::record(conn, &TargetChanged::new(&last, scope.account), now)?;
    audit::record(conn, entry(&last, "deleted", scope), now)
}
