//! Seeing: a shopper has seen that work ended which they had or were asked for.

use super::{
    advance::keep_step,
    model::{Assignment, AssignmentState},
    store,
};
use crate::{
    db::{Conn, types::Instant},
    error::{Code, Error, Result},
    ids::{AccountId, AssignmentId},
};

/// Writes down that the shopper has seen how this assignment ended for them; the same again changes nothing.
///
/// # Errors
/// `not_found` if the shopper never had it nor was asked for it; `wrong_state` if it has not ended for them.
pub fn see(conn: &mut Conn, shopper: AccountId, id: AssignmentId, now: Instant) -> Result<()> {
    let found = store::last_step_of(conn, shopper, id)?.zip(store::find(conn, id)?);
    let (last, was) = match found {
        Some(found) => found,
        // Given directly, and still the shopper's.
        None => return Err(not_ended(conn, shopper, id)?),
    };
    if !last.to.is_over() {
        return Err(not_ended(conn, shopper, id)?);
    }
    // The shopper's own step: that it was given up, or that it was seen.
    if last.account_id == Some(shopper) {
        return Ok(());
    }
    keep_step(conn, &was, &was.seen()?, Some(shopper), (Some(shopper), None), now)
}

fn not_ended(conn: &mut Conn, shopper: AccountId, id: AssignmentId) -> Result<Error> {
    let own = store::find(conn, id)?.filter(|one| one.shopper_id == Some(shopper));
    Ok(match own {
        Some(Assignment { state, .. }) => {
            let ended = [AssignmentState::Cancelled, AssignmentState::Expired].map(AssignmentState::as_str);
            let detail = format!("this assignment is {state}, and not {}", ended.join(" or "));
            Error::new(Code::WrongState).detail(detail)
        }
        None => Error::new(Code::NotFound),
    })
}
