//! Offering: a scheduler asks a shopper to take an open assignment.

use super::{
    advance::advance,
    lapse::reopen_if_unanswered,
    model::{Assignment, AssignmentState},
    planned::Planned,
    store,
};
use crate::{
    accounts::policy::Scope,
    db::{Conn, types::Instant},
    error::{Error, FieldError, Result},
    fieldwork::{eligibility::Candidate, shoppers::works_in::works_in},
    ids::{AccountId, AssignmentId, BranchId},
};

/// An offer that a scheduler makes.
#[derive(Clone, Debug)]
pub struct Offer {
    /// Of what.
    pub assignment: AssignmentId,
    /// To whom.
    pub shopper: AccountId,
    /// Why in spite of what would keep the shopper from claiming it.
    pub despite: Option<String>,
}

/// Asks a shopper to go, of whom the candidate tells what is known (nothing, if there is no such account); the same
/// again is the same answer.
///
/// # Errors
/// `not_found` if it is out of scope; `invalid` if the account is no shopper for the branch; `not_eligible`;
/// `wrong_state` if it is not open.
pub fn offer(
    conn: &mut Conn,
    scope: &Scope,
    offer: &Offer,
    candidate: Option<&Candidate>,
    now: Instant,
) -> Result<Assignment> {
    use AssignmentState::{Assigned, Offered};
    let found = store::assignment(conn, scope, offer.assignment)?;
    let was = reopen_if_unanswered(conn, found, now)?;
    if was.shopper_id == Some(offer.shopper) && matches!(was.state, Offered | Assigned) {
        return Ok(was);
    }
    let planned = Planned::of(conn, was)?;
    let was = &planned.assignment;
    let is = was.offered(offer.shopper, planned.pay(), planned.answer_by(now))?;
    planned.require_running()?;
    let candidate = require_shopper(conn, was.branch_id, offer.shopper, candidate)?;
    let counts_in_spite = offer.despite.is_none();
    let pointer = "/shopper_id";
    planned.require_eligible(candidate, pointer, |why| why.is_final || counts_in_spite, now)?;
    advance(conn, was, &is, Some(scope.account), offer.despite.as_deref(), now)?;
    Ok(is)
}

/// The candidate, if the account is a shopper for the branch.
fn require_shopper<'c>(
    conn: &mut Conn,
    branch: BranchId,
    shopper: AccountId,
    candidate: Option<&'c Candidate>,
) -> Result<&'c Candidate> {
    let wrong = || {
        let message = "this account is no shopper for the branch";
        Error::invalid(vec![FieldError::new("/shopper_id", "no_shopper", message)])
    };
    let is_shopper = works_in(conn, shopper, branch)?;
    candidate.filter(|_| is_shopper).ok_or_else(wrong)
}
