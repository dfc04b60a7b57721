//! Cancelling: a scheduler takes an assignment back.

use super::{
    advance::advance,
    model::{Assignment, AssignmentState},
    store, successor,
};
use crate::{
    accounts::policy::Scope,
    db::{Conn, types::Instant},
    error::{Code, Error, Result},
    ids::{AccountId, AssignmentId},
};

/// That an assignment is not to be done, and what then.
#[derive(Clone, Debug)]
pub struct Cancellation {
    /// Which one.
    pub assignment: AssignmentId,
    /// Why.
    pub reason: String,
    /// Whether the visit is still wanted; if left out, it is if a shopper had the assignment or was asked.
    pub reopen: Option<bool>,
    /// The id of the next try at it, if there is to be one.
    pub next: AssignmentId,
}

/// Takes an assignment in scope back, and opens the next try at it; the same again is the same answer.
///
/// # Errors
/// `not_found` if it is not in scope; `wrong_state` if it is over or has a visit.
pub fn cancel(
    conn: &mut Conn,
    scope: &Scope,
    cancellation: &Cancellation,
    has_visit: bool,
    now: Instant,
) -> Result<Assignment> {
    let was = store::assignment(conn, scope, cancellation.assignment)?;
    if is_cancelled_by(conn, &was, scope.account)? {
        return Ok(was);
    }
    let is = was.cancelled()?;
    let is_still_wanted = cancellation.reopen.unwrap_or(was.state != AssignmentState::Open);
    require_no_visit(has_visit)?;
    advance(conn, &was, &is, Some(scope.account), Some(&cancellation.reason), now)?;
    if is_still_wanted {
        successor::open(conn, &was, cancellation.next, now)?;
    }
    Ok(is)
}

/// Whether this account was the one that cancelled it.
pub(super) fn is_cancelled_by(conn: &mut Conn, was: &Assignment, by: AccountId) -> Result<bool> {
    if was.state != AssignmentState::Cancelled {
        return Ok(false);
    }
    Ok(store::last_change(conn, was.id)?.is_some_and(|step| step.is_cancelling_by(by)))
}

/// What was done cannot be undone.
///
/// # Errors
/// `wrong_state` if there is a visit.
pub(super) fn require_no_visit(has_visit: bool) -> Result<()> {
    if !has_visit {
        return Ok(());
    }
    Err(Error::new(Code::WrongState).detail("this assignment has a visit, so it cannot become cancelled"))
}
