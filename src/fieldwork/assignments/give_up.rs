//! Giving up: a shopper does not go, although they have the assignment.

use super::{
    advance::advance,
    cancel::{is_cancelled_by, require_no_visit},
    model::{Assignment, AssignmentState},
    store, successor,
};
use crate::{
    accounts::policy::Scope,
    db::{Conn, types::Instant},
    error::{Code, Error, Result},
    ids::AssignmentId,
};

/// That a shopper does not go.
#[derive(Clone, Debug)]
pub struct GiveUp {
    /// Which one.
    pub assignment: AssignmentId,
    /// Why.
    pub reason: String,
    /// The id of the next try at it.
    pub next: AssignmentId,
}

/// Ends the caller's own assignment, however it was given, and opens the next try at it if a campaign wants one; the same
/// again is the same answer.
///
/// # Errors
/// `not_found` if it is not the caller's; `wrong_state` if it is over, or was only offered, or has a visit.
pub fn give_up(
    conn: &mut Conn,
    scope: &Scope,
    given_up: &GiveUp,
    has_visit: bool,
    now: Instant,
) -> Result<Assignment> {
    let shopper = scope.account;
    let found = store::find(conn, given_up.assignment)?.filter(|found| found.shopper_id == Some(shopper));
    let was = found.ok_or_else(|| Error::new(Code::NotFound))?;
    if is_cancelled_by(conn, &was, shopper)? {
        return Ok(was);
    }
    require_assigned(&was)?;
    let is = was.given_up()?;
    require_no_visit(has_visit)?;
    advance(conn, &was, &is, Some(shopper), Some(&given_up.reason), now)?;
    successor::open(conn, &was, given_up.next, now)?;
    Ok(is)
}

fn require_assigned(was: &Assignment) -> Result<()> {
    if was.state != AssignmentState::Offered {
        return Ok(());
    }
    let detail = "this assignment is offered, and from there its shopper declines it instead of giving it up";
    Err(Error::new(Code::WrongState).detail(detail))
}
