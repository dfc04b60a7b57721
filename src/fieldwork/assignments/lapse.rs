//! What the clock does with assignments: offers that were not answered, jobs that no shopper took, visits that were not
//! made.

use super::{
    advance::advance,
    model::{Assignment, AssignmentState},
    store, successor,
    surplus::cancel_if_unwanted,
};
use crate::{
    db::{Conn, types::Instant},
    error::Result,
    ids::AssignmentId,
};

/// Does what the clock is to do with this assignment now, and tells whether there was anything; `next` is the id of the
/// next try, if its visit was not made.
///
/// # Errors
/// Those of the database.
pub fn lapse(
    conn: &mut Conn,
    id: AssignmentId,
    has_visit: bool,
    next: AssignmentId,
    now: Instant,
) -> Result<bool> {
    use AssignmentState::{Assigned, Cancelled, Expired, Offered, Open};
    let due = store::find(conn, id)?.filter(|found| found.due_at.is_some_and(|due| due <= now));
    let Some(was) = due else { return Ok(false) };
    match was.state {
        Offered => return Ok(reopen_if_unanswered(conn, was, now)?.state != Offered),
        Open => {
            take(conn, &was, now)?;
        }
        Assigned if !has_visit => {
            take(conn, &was, now)?;
            successor::open(conn, &was, next, now)?;
        }
        Assigned | Cancelled | Expired => store::settle(conn, id)?,
    }
    Ok(true)
}

/// Puts an offer of this assignment that was not answered in time back on the board, if there is one: what is known of
/// its shopper from then on includes that.
///
/// # Errors
/// Those of the database.
pub fn lapse_offer(conn: &mut Conn, id: AssignmentId, now: Instant) -> Result<()> {
    if let Some(found) = store::find(conn, id)? {
        reopen_if_unanswered(conn, found, now)?;
    }
    Ok(())
}

/// The assignment as the clock would have it now: an offer whose time is over is open again, even if the clock has not
/// looked at it since then.
pub(super) fn reopen_if_unanswered(conn: &mut Conn, was: Assignment, now: Instant) -> Result<Assignment> {
    if !was.is_lapsed_offer(now) {
        return Ok(was);
    }
    let is = take(conn, &was, now)?;
    cancel_if_unwanted(conn, is, now)
}

fn take(conn: &mut Conn, was: &Assignment, now: Instant) -> Result<Assignment> {
    let is = was.lapsed()?;
    advance(conn, was, &is, None, None, now)?;
    Ok(is)
}
