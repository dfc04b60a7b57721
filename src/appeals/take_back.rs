//! Taking an appeal back.

use super::{
    model::{Appeal, AppealState},
    read::for_branch,
    settle::{Ending, require_open, settle},
};
use crate::{
    accounts::policy::Scope,
    db::{Conn, types::Instant},
    error::Result,
    ids::AppealId,
    visits::state::State,
};

/// Takes an appeal of a branch in scope back; any manager of the branch may. The same again is the same answer.
///
/// # Errors
/// `not_found` if it is not there, or out of scope; `wrong_state` if it is over.
pub fn take_back(conn: &mut Conn, scope: &Scope, id: AppealId, now: Instant) -> Result<(Appeal, State)> {
    let (appeal, visit) = for_branch(conn, scope, id, now)?;
    if appeal.state == AppealState::TakenBack {
        return Ok((appeal, visit));
    }
    // What was decided since the last night stands, though the branch does not know it yet.
    require_open(&appeal, visit)?;
    let ending = Ending { state: AppealState::TakenBack, reason: None, corrected: None, shown_from: None };
    Ok((settle(conn, scope, appeal, ending, now)?, visit))
}
