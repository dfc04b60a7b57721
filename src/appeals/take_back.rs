//! Taking an appeal back.

use super::{
    model::{Appeal, AppealState},
    read::for_branch,
    settle::{Ending, record_settled, require_open, settle},
    store,
};
use crate::{
    accounts::policy::Scope,
    db::{Conn, types::Instant},
    error::Result,
    ids::AppealId,
    visits::state::State,
};

/// Takes an appeal of a branch in scope back, and gives it as the branch's side is shown it; any manager of the branch may. The same
/// again is the same answer. What a reviewer decided since the last night stands: the branch's side learns it with the next one.
///
/// # Errors
/// `not_found` if it is not there, or out of scope; `wrong_state` if it is over.
pub fn take_back(conn: &mut Conn, scope: &Scope, id: AppealId, now: Instant) -> Result<(Appeal, State)> {
    let (appeal, visit) = for_branch(conn, scope, id, now)?;
    let shown = appeal.clone().as_shown(now);
    if shown.state == AppealState::TakenBack {
        return Ok((shown, visit));
    }
    require_open(&shown, visit)?;
    if appeal.state != AppealState::Open {
        return Ok((take_back_unknowing(conn, scope, appeal, now)?.as_shown(now), visit));
    }
    let ending = Ending { state: AppealState::TakenBack, reason: None, corrected: None, shown_from: None };
    Ok((settle(conn, scope, appeal, ending, now)?, visit))
}

/// Keeps that the branch took back an appeal that a reviewer has decided about, which the branch does not know yet.
fn take_back_unknowing(conn: &mut Conn, scope: &Scope, appeal: Appeal, now: Instant) -> Result<Appeal> {
    let revision = appeal.revision + 1;
    let taken = Appeal { taken_back_by: Some(scope.account), taken_back_at: Some(now), revision, ..appeal };
    store::update(conn, &taken)?;
    record_settled(conn, scope, &taken, AppealState::TakenBack, now)?;
    Ok(taken)
}
