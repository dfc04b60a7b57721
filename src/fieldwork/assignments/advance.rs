//! How a step is written down: what the assignment is from then on, and who took it and why.

use super::{
    model::{Assignment, TakenStep},
    store,
};
use crate::{
    db::{Conn, types::Instant},
    error::{Code, Error, Result},
    ids::AccountId,
};

/// Takes an assignment one step on and writes down who took it (the clock, if no account did) and why: in one
/// transaction with the reading of what it was.
///
/// # Errors
/// `wrong_state` if it is not any more as it was.
pub(super) fn advance(
    conn: &mut Conn,
    was: &Assignment,
    is: &Assignment,
    by: Option<AccountId>,
    reason: Option<&str>,
    now: Instant,
) -> Result<()> {
    let concerns = is.shopper_id.or(was.shopper_id);
    keep_step(conn, was, is, concerns, (by, reason), now)
}

/// The same of a step that concerns this shopper.
///
/// # Errors
/// As [`advance`].
pub(super) fn keep_step(
    conn: &mut Conn,
    was: &Assignment,
    is: &Assignment,
    concerns: Option<AccountId>,
    (by, reason): (Option<AccountId>, Option<&str>),
    now: Instant,
) -> Result<()> {
    if !store::update(conn, was, is)? {
        let (from, to) = (was.state, is.state);
        let detail = format!("this assignment is not {from} any more, and did not become {to}");
        return Err(Error::new(Code::WrongState).detail(detail));
    }
    let step = TakenStep {
        from: was.state,
        to: is.state,
        shopper_id: concerns,
        account_id: by,
        reason: reason.map(str::to_owned),
        taken_at: now,
    };
    let number = store::count_steps(conn, was.id)? + 1;
    store::insert_step(conn, was.id, i32::try_from(number).map_err(Error::internal)?, &step)
}
