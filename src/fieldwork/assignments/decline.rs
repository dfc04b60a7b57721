//! Declining: a shopper does not take what was offered.

use super::{advance::advance, asked::Asked, surplus::cancel_if_unwanted};
use crate::{
    accounts::policy::Scope,
    db::{Conn, types::Instant},
    error::Result,
    ids::AssignmentId,
};

/// Puts what was offered to the caller back on the board; the same again changes nothing.
///
/// # Errors
/// `not_found` if it was never offered to the caller; `wrong_state` if they have it: then it can be given up.
pub fn decline(
    conn: &mut Conn,
    scope: &Scope,
    id: AssignmentId,
    reason: Option<&str>,
    now: Instant,
) -> Result<()> {
    let Asked { assignment: was, is_theirs } = Asked::find(conn, scope, id)?;
    if !is_theirs {
        return Ok(());
    }
    let is = was.declined()?;
    advance(conn, &was, &is, Some(scope.account), reason, now)?;
    cancel_if_unwanted(conn, is, now).map(drop)
}
