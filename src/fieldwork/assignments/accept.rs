//! Accepting: a shopper takes what was offered.

use super::{
    advance::advance,
    asked::Asked,
    model::{Assignment, AssignmentState},
    planned::Planned,
};
use crate::{
    accounts::policy::Scope,
    db::{Conn, types::Instant},
    error::{Code, Error, Result},
    fieldwork::eligibility::Candidate,
    ids::AssignmentId,
};

/// Gives the caller, of whom the candidate tells what is known, what was offered; the same again is the same answer.
///
/// An offer stands, even if the campaign asks for more by now. But no shopper goes where they are tied, and ties may be
/// known only since it was made.
///
/// # Errors
/// `not_found` if it was never offered to the caller; `offer_expired` if they took too long; `wrong_state` if it was
/// declined or taken back; `not_eligible` if they are tied to the brand or the branch.
pub fn accept(
    conn: &mut Conn,
    scope: &Scope,
    id: AssignmentId,
    candidate: &Candidate,
    now: Instant,
) -> Result<Assignment> {
    let asked = Asked::find(conn, scope, id)?;
    if !asked.is_theirs {
        return Err(asked.why_over(conn, scope.account)?);
    }
    let was = asked.assignment;
    if was.state == AssignmentState::Assigned {
        return Ok(was);
    }
    if was.is_lapsed_offer(now) {
        return Err(Error::new(Code::OfferExpired));
    }
    let is = was.accepted()?;
    let planned = Planned::of(conn, was)?;
    planned.require_eligible(candidate, "", |why| why.is_final, now)?;
    advance(conn, &planned.assignment, &is, Some(scope.account), None, now)?;
    Ok(is)
}
