//! Taking a visit without the files that have not come, at a reviewer's desk.

use super::claim::require_free;
use crate::{
    accounts::policy::Scope,
    db::{Conn, types::Instant},
    error::Result,
    visits::{self, advance::Advance, model::VisitHead},
};

/// Takes a visit without its missing files, unless another reviewer has claimed the visit. The same again is the same answer.
///
/// # Errors
/// `claimed_by_another`; otherwise as [`visits::take_without::take_without`].
pub fn take_without(conn: &mut Conn, scope: &Scope, command: &Advance, now: Instant) -> Result<VisitHead> {
    // Whether the visit is in the caller's scope is asked first: what is out of scope is not there.
    let visit = visits::take_without::take_without(conn, scope, command, now)?;
    require_free(conn, scope, visit.id, now)?;
    Ok(visit)
}
