//! Taking a visit without the files that have not come.

use super::{
    advance::{Advance, Advanced, advance},
    complete::completion,
    find, store,
};
use crate::{
    accounts::policy::Scope,
    db::{Conn, types::Instant},
    error::Result,
};

/// Completes a visit that still waits for files, and remembers which it was taken without: its receipt does not attest
/// them, even if they come.
///
/// # Errors
/// As [`advance`].
pub fn take_without(conn: &mut Conn, scope: &Scope, command: &Advance, now: Instant) -> Result<Advanced> {
    let waiting = find::visit(conn, scope, command.visit)?;
    let missing = completion(conn, &waiting)?.missing();
    let mut advanced = advance(conn, scope, command, now)?;
    advanced.visit.head.completed_at = Some(now);
    store::set_complete(conn, &advanced.visit.head)?;
    store::insert_without(conn, command.visit, &missing)?;
    Ok(advanced)
}
