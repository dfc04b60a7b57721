//! Taking a visit without the files that have not come.

use super::{
    advance::{Advance, look},
    complete::completion,
    model::VisitHead,
    store,
    taken::Details,
};
use crate::{
    accounts::policy::Scope,
    db::{Conn, types::Instant},
    error::Result,
};

/// Completes a visit that still waits for files, and remembers which it was taken without: its receipt does not attest
/// them, even if they come. The same again is the same answer.
///
/// # Errors
/// As [`advance`](super::advance::advance).
pub fn take_without(conn: &mut Conn, scope: &Scope, command: &Advance, now: Instant) -> Result<VisitHead> {
    let looked = look(conn, scope, command)?;
    if looked.repeated(scope, command, |_| true)?.is_some() {
        return Ok(looked.visit.head);
    }
    let missing = completion(conn, &looked.visit)?.missing();
    let taken = looked.begin(command.step)?.take(conn, scope, command, Details::default(), now)?;
    let visit = VisitHead { completed_at: Some(now), ..taken.visit.head };
    store::set_complete(conn, &visit)?;
    store::anew::insert_without(conn, command.visit, &missing)?;
    Ok(visit)
}
