//! Correcting the spelling of a comment, at a reviewer's desk.

use super::claim::require_free;
use crate::{
    accounts::policy::Scope,
    checklists::prepared::Prepared,
    db::{Conn, types::Instant},
    error::Result,
    visits::comments::{self, Correct, Correction},
};

/// Puts a spelling beside a comment, unless another reviewer has claimed the visit. The same again is the same correction; says
/// whether it is a new one.
///
/// # Errors
/// `claimed_by_another`; otherwise as [`comments::correct`].
pub fn correct_comment(
    conn: &mut Conn,
    scope: &Scope,
    command: &Correct,
    version: &Prepared,
    now: Instant,
) -> Result<(Correction, bool)> {
    // Whether the visit is in the caller's scope is asked first: what is out of scope is not there.
    let corrected = comments::correct(conn, scope, command, version, now)?;
    require_free(conn, scope, command.visit, now)?;
    Ok(corrected)
}
