//! Giving up: a shopper does not go, although they have the assignment.

use super::{
    advance::advance,
    cancel::{Cancellation, is_cancelled_by, require_no_visit},
    model::{Assignment, AssignmentState},
    store, successor,
};
use crate::{
    accounts::policy::Scope,
    db::{Conn, types::Instant},
    error::{Code, Error, FieldError, Result},
};

/// Ends the caller's own assignment and opens the next try at it; the same again is the same answer.
///
/// # Errors
/// `not_found` if it is not the caller's; `wrong_state` if it is over, or was only offered, or has a visit; `invalid` if
/// the caller says whether it is still wanted.
pub(super) fn give_up(
    conn: &mut Conn,
    scope: &Scope,
    cancellation: &Cancellation,
    has_visit: bool,
    now: Instant,
) -> Result<Assignment> {
    let shopper = scope.account;
    let was = store::find(conn, cancellation.assignment)?
        .filter(|found| found.shopper_id == Some(shopper) && scope.works_for(found.brand_id))
        .ok_or_else(|| Error::new(Code::NotFound))?;
    if is_cancelled_by(conn, &was, shopper)? {
        return Ok(was);
    }
    require_assigned(&was)?;
    let is = was.given_up()?;
    require_nothing_said_of_what_then(cancellation)?;
    require_no_visit(has_visit)?;
    advance(conn, &was, &is, Some(shopper), Some(&cancellation.reason), now)?;
    successor::open(conn, &was, cancellation.next, now)?;
    Ok(is)
}

fn require_assigned(was: &Assignment) -> Result<()> {
    if was.state != AssignmentState::Offered {
        return Ok(());
    }
    let detail = "this assignment is offered, and from there its shopper declines it instead of giving it up";
    Err(Error::new(Code::WrongState).detail(detail))
}

fn require_nothing_said_of_what_then(cancellation: &Cancellation) -> Result<()> {
    if cancellation.reopen.is_none() {
        return Ok(());
    }
    let message = "a scheduler says whether the visit is still wanted";
    Err(Error::invalid(vec![FieldError::new("/reopen", "forbidden", message)]))
}
