//! Handing over: a scheduler gives a shopper's assignment to another shopper.

use super::{
    advance::advance,
    cancel::require_no_visit,
    model::{Assignment, AssignmentState},
    planned::Planned,
    store,
};
use crate::{
    accounts::policy::Scope,
    db::{Conn, types::Instant},
    error::{Code, Error, FieldError, Result, if_there},
    fieldwork::{
        eligibility::{Candidate, WhyNot},
        shoppers::{tie::Destination, works_in::works_in},
    },
    ids::{AccountId, AssignmentId},
    places,
};

/// That an assignment is to be another shopper's.
#[derive(Clone, Debug)]
pub struct HandOver {
    /// Which one.
    pub assignment: AssignmentId,
    /// Whose it is to be.
    pub shopper: AccountId,
    /// Why.
    pub reason: String,
    /// Why this shopper, in spite of what would keep them from claiming it.
    pub despite: Option<String>,
    /// The id of what the other shopper gets.
    pub next: AssignmentId,
}

/// Ends an assignment of a shopper's, who keeps it as what they had, and gives the next try at it to another shopper on the
/// same terms, of whom the candidate tells what is known (nothing, if there is no such account). If it is theirs already,
/// nothing changes. `pointer` is the place in the request that names the assignment.
///
/// # Errors
/// `invalid` if it is not there or out of scope, or the account is no shopper for the branch; `not_eligible`; `wrong_state`
/// if no shopper has it, or it has a visit.
pub fn hand_over(
    conn: &mut Conn,
    scope: &Scope,
    handing: &HandOver,
    pointer: &str,
    candidate: Option<&Candidate>,
    has_visit: bool,
    now: Instant,
) -> Result<Assignment> {
    let wrong = |pointer: &str, code, message| Error::invalid(vec![FieldError::new(pointer, code, message)]);
    let found = if_there(store::assignment(conn, scope, handing.assignment))?;
    let was = found.ok_or_else(|| wrong(pointer, "unknown", "there is no such assignment"))?;
    if was.state != AssignmentState::Assigned {
        let detail = format!("this assignment is {}, and no shopper has it to be handed over", was.state);
        return Err(Error::new(Code::WrongState).detail(detail));
    }
    if was.shopper_id == Some(handing.shopper) {
        return Ok(was);
    }
    require_no_visit(has_visit)?;
    let works = works_in(conn, handing.shopper, was.branch_id)?;
    let candidate = candidate.filter(|_| works);
    let candidate = candidate
        .ok_or_else(|| wrong("/shopper_id", "no_shopper", "this account is no shopper for the branch"))?;
    require_eligible(conn, &was, candidate, handing.despite.is_some(), now)?;
    advance(conn, &was, &was.cancelled()?, Some(scope.account), Some(&handing.reason), now)?;
    let next = was.handed_over(handing.next, handing.shopper, now);
    store::insert(conn, &next)?;
    Ok(next)
}

/// What a campaign asks for counts as for an offer; outside of any campaign ties do.
fn require_eligible(
    conn: &mut Conn,
    was: &Assignment,
    candidate: &Candidate,
    in_spite: bool,
    now: Instant,
) -> Result<()> {
    let counts = |why: &WhyNot| why.is_final || !in_spite;
    if was.campaign_id.is_some() {
        let planned = Planned::of(conn, was.clone())?;
        return planned.require_eligible(candidate, "/shopper_id", counts, now);
    }
    let branch = places::store::branch_if_there(conn, was.branch_id)?;
    let tie = branch.as_ref().and_then(|branch| candidate.ties.with(Destination::from(branch)));
    let Some(why) = tie.map(WhyNot::from).filter(counts) else { return Ok(()) };
    let refused = FieldError::new("/shopper_id", why.code.as_str(), why.text);
    Err(Error::new(Code::NotEligible).fields(vec![refused]))
}
