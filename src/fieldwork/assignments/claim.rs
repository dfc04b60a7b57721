//! Claiming: a shopper takes an open job from the board.

use super::{
    accept::accept,
    advance::advance,
    lapse::reopen_if_unanswered,
    model::{Assignment, AssignmentState},
    planned::Planned,
    store,
};
use crate::{
    accounts::policy::Scope,
    db::{Conn, types::Instant},
    error::{Code, Error, Result},
    fieldwork::{eligibility::Candidate, shoppers::works_in::caller_works_in},
    ids::AssignmentId,
};

/// Gives an open job to the caller, of whom the candidate tells what is known; the same again is the same answer.
///
/// # Errors
/// `not_found` if it is of a branch that the caller does not work in, or was given to another shopper directly;
/// `job_taken`, `not_eligible`; `wrong_state` if it is over.
pub fn claim(
    conn: &mut Conn,
    scope: &Scope,
    id: AssignmentId,
    candidate: &Candidate,
    now: Instant,
) -> Result<Assignment> {
    use AssignmentState::{Assigned, Offered};
    let shopper = scope.account;
    let found = store::find(conn, id)?
        .filter(|found| found.campaign_id.is_some() || found.shopper_id == Some(shopper))
        .ok_or_else(|| Error::new(Code::NotFound))?;
    if !caller_works_in(conn, scope, found.branch_id)? {
        return Err(Error::new(Code::NotFound));
    }
    let was = reopen_if_unanswered(conn, found, now)?;
    match (was.state, was.shopper_id == Some(shopper)) {
        (Assigned, true) => return Ok(was),
        (Offered, true) => return accept(conn, scope, id, candidate, now),
        (Assigned | Offered, false) => return Err(Error::new(Code::JobTaken)),
        _ => {}
    }
    let planned = Planned::of(conn, was)?;
    let is = planned.assignment.claimed(shopper, planned.pay())?;
    planned.require_running()?;
    planned.require_eligible(candidate, "", |_| true, now)?;
    advance(conn, &planned.assignment, &is, Some(shopper), None, now)?;
    Ok(is)
}
