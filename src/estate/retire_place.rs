//! Retiring a place, and restoring it: open jobs end that would be done after it retired.

use super::moved::PlaceStepTaken;
use crate::{
    accounts::policy::Scope,
    db::{Conn, types::Instant},
    error::Result,
    fieldwork::assignments::surplus,
    outbox,
    places::{
        retirement::{
            restore,
            retire::{self, Retire, Retired},
        },
        steps::model::{Node, Placed, StepKind},
    },
    precondition::IfMatch,
};

/// Retires a place from a day on. Jobs that no shopper has or is asked for end, if their windows reach beyond that day; what a shopper has is
/// honoured.
///
/// # Errors
/// Those of [`retire()`](retire::retire).
pub fn retire_place(
    conn: &mut Conn,
    scope: &Scope,
    if_match: &IfMatch,
    command: &Retire,
    now: Instant,
) -> Result<Placed> {
    let Retired { place, step, branches } = retire::retire(conn, scope, if_match, command, now)?;
    let Some(number) = step else { return Ok(place) };
    surplus::cancel_in(conn, &branches, Some(scope.account), now)?;
    outbox::record(conn, &PlaceStepTaken::new(&place, StepKind::Retire, number, scope.account), now)?;
    Ok(place)
}

/// Restores a place. Jobs that ended stay so: planning their campaigns again makes what they lack.
///
/// # Errors
/// Those of [`restore()`](restore::restore).
pub fn restore_place(
    conn: &mut Conn,
    scope: &Scope,
    if_match: &IfMatch,
    command: (Node, &str),
    now: Instant,
) -> Result<Placed> {
    let (place, step) = restore::restore(conn, scope, if_match, command, now)?;
    if let Some(number) = step {
        outbox::record(conn, &PlaceStepTaken::new(&place, StepKind::Restore, number, scope.account), now)?;
    }
    Ok(place)
}
