//! What every end of an appeal has in common.

use super::{
    decided::AppealDecided,
    model::{Appeal, AppealState},
    store,
};
use crate::{
    accounts::policy::Scope,
    audit::{self, About, AuditKind, Details, Entry},
    checklists::key::Key,
    db::{
        Conn,
        types::{Instant, Json},
    },
    error::{Code, Error, Result},
    outbox, places,
    reports::night,
    visits::state::State,
};

/// How an appeal ends.
#[derive(Clone, Debug)]
pub struct Ending {
    /// What comes of it.
    pub state: AppealState,
    /// Why so.
    pub reason: Option<String>,
    /// The questions whose answers were corrected.
    pub corrected: Option<Vec<Key>>,
    /// From when on the branch's side learns of it; none if it ends the appeal itself.
    pub shown_from: Option<Instant>,
}

/// Ends an appeal, and writes down who did.
///
/// # Errors
/// Those of the database.
pub(super) fn settle(
    conn: &mut Conn,
    scope: &Scope,
    appeal: Appeal,
    ending: Ending,
    now: Instant,
) -> Result<Appeal> {
    let Ending { state, reason, corrected, shown_from } = ending;
    let ended = Appeal {
        state,
        decided_by: Some(scope.account),
        decided_at: Some(now),
        reason,
        corrected: corrected.map(Json),
        shown_from,
        revision: appeal.revision + 1,
        ..appeal
    };
    store::update(conn, &ended)?;
    record_settled(conn, scope, &ended, state, now)?;
    outbox::record(conn, &AppealDecided::new(&ended, scope.account), now)?;
    Ok(ended)
}

/// Writes down in the audit trail what the caller had come of an appeal.
///
/// # Errors
/// Those of the database.
pub(super) fn record_settled(
    conn: &mut Conn,
    scope: &Scope,
    appeal: &Appeal,
    state: AppealState,
    now: Instant,
) -> Result<()> {
    let entry = Entry::new(AuditKind::AppealSettled, (About::Appeal, appeal.id), state);
    let details = Details::default().code("state", state.as_str());
    audit::record(conn, entry.by(scope.account).of(appeal.brand_id).with(details), now)
}

/// Refuses an appeal that is over, and one whose report is no longer there to be argued about.
///
/// # Errors
/// `wrong_state`, with where it is.
pub(super) fn require_open(appeal: &Appeal, visit: State) -> Result<()> {
    if appeal.state == AppealState::Open && visit != State::Withdrawn {
        return Ok(());
    }
    let detail = format!("this appeal is {}, and nothing comes of it any more", appeal.status(visit));
    Err(Error::new(Code::WrongState).detail(detail))
}

/// When the next night begins where the branch is.
///
/// # Errors
/// Those of the database.
pub(super) fn next_night(conn: &mut Conn, appeal: &Appeal, now: Instant) -> Result<Instant> {
    let branch = places::store::branch_if_there(conn, appeal.branch_id)?;
    Ok(night::next(now, &branch.map(|branch| branch.time_zone).unwrap_or_default()))
}

/// Refuses the one who filed it: another person decides about it.
///
/// # Errors
/// `forbidden`.
pub(super) fn require_another(appeal: &Appeal, scope: &Scope) -> Result<()> {
    match appeal.account_id == scope.account {
        true => {
            Err(Error::new(Code::Forbidden).detail("you filed this appeal: another person decides about it"))
        }
        false => Ok(()),
    }
}
