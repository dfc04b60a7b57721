//! Declining an appeal: the answers stay.

use super::{
    model::{Appeal, AppealState},
    read::for_reviewer,
    settle::{Ending, next_night, require_another, require_open, settle},
};
use crate::{
    accounts::policy::Scope,
    db::{Conn, types::Instant},
    error::Result,
    ids::AppealId,
    visits::state::State,
};

/// Declines an appeal, for this reason. The same again by the same person is the same answer.
///
/// # Errors
/// `not_found` if it is not there, or out of scope; `forbidden` if the caller made the visit or filed the appeal; `wrong_state` if
/// it is over.
pub fn decline(
    conn: &mut Conn,
    scope: &Scope,
    id: AppealId,
    reason: &str,
    now: Instant,
) -> Result<(Appeal, State)> {
    let (appeal, visit) = for_reviewer(conn, scope, id)?;
    require_another(&appeal, scope)?;
    let is_same = (appeal.decided_by, appeal.reason.as_deref()) == (Some(scope.account), Some(reason));
    if appeal.state == AppealState::Declined && is_same {
        return Ok((appeal, visit.state));
    }
    require_open(&appeal, visit.state)?;
    let shown_from = Some(next_night(conn, &appeal, now)?);
    let ending =
        Ending { state: AppealState::Declined, reason: Some(reason.to_owned()), corrected: None, shown_from };
    Ok((settle(conn, scope, appeal, ending, now)?, visit.state))
}
