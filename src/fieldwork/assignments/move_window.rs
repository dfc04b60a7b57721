//! Moving: a scheduler gives an assignment another window.

use super::{
    advance::advance,
    give::require_visited,
    model::{Assignment, Window},
    planned::campaign,
    store,
};
use crate::{
    accounts::policy::Scope,
    db::{Conn, types::Instant},
    error::{Code, Error, FieldError, Result, if_there},
    ids::AssignmentId,
    places,
};

/// Another window for an assignment.
#[derive(Clone, Debug)]
pub struct MoveWindow {
    /// Which one.
    pub assignment: AssignmentId,
    /// When it is to be done from then on.
    pub window: Window,
    /// Why.
    pub reason: String,
}

/// Moves the window of an assignment in scope; where it is there already, nothing changes. `pointer` is the place in the
/// request that names the assignment.
///
/// # Errors
/// `invalid` if it is not there or out of scope, or the window is none or over; `wrong_state` if it is over or has a visit.
pub fn move_window(
    conn: &mut Conn,
    scope: &Scope,
    moving: &MoveWindow,
    pointer: &str,
    has_visit: bool,
    now: Instant,
) -> Result<Assignment> {
    let window = moving.window;
    let wrong = |name: &str, code, message| {
        Error::invalid(vec![FieldError::new(format!("{pointer}/{name}"), code, message)])
    };
    let found = if_there(store::assignment(conn, scope, moving.assignment))?;
    let was = found.ok_or_else(|| wrong("assignment_id", "unknown", "there is no such assignment"))?;
    if (was.opens_at, was.closes_at) == (window.opens_at, window.closes_at) {
        return Ok(was);
    }
    if window.opens_at >= window.closes_at {
        return Err(wrong("closes_at", "range", "it closes after it opens"));
    }
    if window.closes_at <= now {
        return Err(wrong("closes_at", "range", "it closes later than now"));
    }
    if let Some(branch) = places::store::branch_if_there(conn, was.branch_id)? {
        require_visited(&branch, window, &format!("{pointer}/closes_at"))?;
    }
    let campaign = was.campaign_id.map(|id| campaign(conn, id)).transpose()?;
    let submit_by = campaign.map(|campaign| campaign.terms.0.limits.submit_by(window.closes_at));
    let is = was.moved(window, submit_by)?;
    if has_visit {
        let detail = "this assignment has a visit, so its window cannot be moved";
        return Err(Error::new(Code::WrongState).detail(detail));
    }
    advance(conn, &was, &is, Some(scope.account), Some(&moving.reason), now)?;
    Ok(is)
}
