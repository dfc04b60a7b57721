//! Deleting a digest.

use super::{put_digest::entry, store};
use crate::{
    accounts::policy::Scope,
    audit,
    db::{Conn, types::Instant},
    error::Result,
    ids::DigestId,
    precondition::{ETag, IfMatch, Revised as _},
};

/// Deletes a digest: it is due no more. Its issues and what it was are kept.
///
/// # Errors
/// `not_found` if it is not there, or the caller does not see it; those of the precondition.
pub fn delete_digest(
    conn: &mut Conn,
    scope: &Scope,
    if_match: &IfMatch,
    id: DigestId,
    now: Instant,
) -> Result<()> {
    let digest = store::digest(conn, scope, id)?;
    if_match.expects(&ETag::of(digest.revision))?;
    let last = digest.next();
    store::add(conn, &last, true, (scope.account, now))?;
    audit::record(conn, entry(&last, "deleted", scope), now)
}
