//! Reading appeals: those of places in scope, as the branch's side is shown them, and as reviewers see them.

use std::collections::BTreeMap;

use super::{
    model::{Appeal, AppealFile, AppealMessage, Inquiry},
    store::{self, AppealFilter, Audience, Found},
};
use crate::{
    accounts::{self, policy::Scope},
    db::{Conn, types::Instant},
    error::{Code, Error, Result},
    ids::{AccountId, AppealFileId, AppealId, AppealMessageId},
    reports::read::readable,
    visits::{blind, state::State, store::steps},
};

/// An appeal against a report that the caller may read, as it is shown now, with the state of its visit.
///
/// # Errors
/// `not_found` if it is not there, or the caller may not read the report.
pub fn shown(conn: &mut Conn, scope: &Scope, id: AppealId, now: Instant) -> Result<(Appeal, State)> {
    let readable = readable(conn, scope, now)?;
    let (appeal, state) = for_branch(conn, &readable, id, now)?;
    Ok((appeal.as_shown(now), state))
}

/// An appeal of a branch in scope as it is, with the state of its visit as the branch's side is shown it now.
///
/// # Errors
/// `not_found` if it is not there, or out of scope.
pub fn for_branch(conn: &mut Conn, scope: &Scope, id: AppealId, now: Instant) -> Result<(Appeal, State)> {
    let (appeal, visit) = store::appeal(conn, scope, id)?;
    let shown = steps::withdrawn_lately(conn, now)?.remove(&visit.id);
    Ok((appeal, shown.unwrap_or(visit.state)))
}

/// Appeals against reports that the caller may read, the newest first, as they are shown now.
///
/// # Errors
/// Those of the database.
pub fn list_shown(
    conn: &mut Conn,
    scope: &Scope,
    filter: &AppealFilter,
    after: Option<(Instant, AppealId)>,
    rows: i64,
    now: Instant,
) -> Result<Vec<(Appeal, State)>> {
    let readable = readable(conn, scope, now)?;
    let found = store::newest(conn, &readable, filter, Audience::BranchSide(now), after, rows)?;
    Ok(found.into_iter().map(|(appeal, state)| (appeal.as_shown(now), state)).collect())
}

/// Messages, and what the accounts of their authors are called.
pub type Signed = (Vec<AppealMessage>, BTreeMap<AccountId, String>);

/// These messages with the names of their authors.
///
/// # Errors
/// Those of the database.
pub fn signed(conn: &mut Conn, messages: Vec<AppealMessage>) -> Result<Signed> {
    let names = accounts::store::names(conn, messages.iter().map(|one| one.account_id).collect())?;
    Ok((messages, names))
}

/// What is said about such an appeal, so many messages after this one.
///
/// # Errors
/// As [`shown`].
pub fn messages(
    conn: &mut Conn,
    scope: &Scope,
    id: AppealId,
    after: Option<(Instant, AppealMessageId)>,
    rows: i64,
    now: Instant,
) -> Result<Signed> {
    shown(conn, scope, id, now)?;
    let messages = store::messages(conn, id, after, rows)?;
    signed(conn, messages)
}

/// The same for a reviewer.
///
/// # Errors
/// As [`for_reviewer`].
pub fn messages_for_reviewer(
    conn: &mut Conn,
    scope: &Scope,
    id: AppealId,
    after: Option<(Instant, AppealMessageId)>,
    rows: i64,
) -> Result<Signed> {
    for_reviewer(conn, scope, id)?;
    let messages = store::messages(conn, id, after, rows)?;
    signed(conn, messages)
}

/// What is attached to such an appeal, with its bytes.
///
/// # Errors
/// `not_found` if it is not there, or the caller may not read the report.
pub fn file(conn: &mut Conn, scope: &Scope, id: AppealFileId, now: Instant) -> Result<(AppealFile, Vec<u8>)> {
    let (file, bytes) = store::file(conn, id)?;
    shown(conn, scope, file.appeal_id, now)?;
    Ok((file, bytes))
}

/// An appeal as a reviewer works on it.
///
/// # Errors
/// `not_found` if it is not there, or out of scope; `forbidden` if the caller made the visit; `wrong_state` if the caller is to give a
/// second opinion of the visit first.
pub fn for_reviewer(conn: &mut Conn, scope: &Scope, id: AppealId) -> Result<Found> {
    let (appeal, visit) = store::appeal(conn, scope, id)?;
    if visit.shopper_id == scope.account {
        let detail = "you made this visit: another person decides about it";
        return Err(Error::new(Code::Forbidden).detail(detail));
    }
    blind::require_seeing(conn, scope, &visit)?;
    Ok((appeal, visit))
}

/// All that a reviewer sees of an appeal.
#[derive(Debug)]
pub struct Whole {
    /// The appeal.
    pub appeal: Appeal,
    /// The state of its visit.
    pub state: State,
    /// What is attached to it.
    pub files: Vec<AppealFile>,
    /// What its shopper was asked.
    pub inquiries: Vec<Inquiry>,
}

/// An appeal with all that belongs to it but for its messages. Ask within a snapshot.
///
/// # Errors
/// As [`for_reviewer`].
pub fn whole(conn: &mut Conn, scope: &Scope, id: AppealId) -> Result<Whole> {
    let (appeal, visit) = for_reviewer(conn, scope, id)?;
    Ok(Whole {
        appeal,
        state: visit.state,
        files: store::files(conn, id)?,
        inquiries: store::inquiries(conn, id)?,
    })
}
