//! Deleting a digest.

use super::{
    put_digest::{entry, require_own},
    store,
};
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
/// `not_found` if it is not there, or out of scope; `forbidden` if it is for another and the caller is no administrator; those of the precondition.
pub fn delete_digest(
    conn: &mut Conn,
    scope: &Scope,
    if_match: &IfMatch,
    id: DigestId,
    now: Instant,
) -> Result<()> {
    let digest = store::digest(conn, scope, id)?;
    if_match.expects(&ETag::of(digest.revision))?;
    require_own(conn, scope, &digest)?;
    let last = digest.next();
    store::add(conn, &last, true, (scope.account, now))?;
    audit::record(conn, entry(&last, "deleted", scope), now)
}
