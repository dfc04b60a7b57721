//! Giving a second opinion.

use super::{
    model::{SecondOpinion, Verdict},
    store,
};
use crate::{
    accounts::policy::Scope,
    db::{Conn, types::Instant},
    error::{Code, Error, FieldError, Result},
    ids::VisitId,
    visits,
};

/// What a second reviewer finds.
#[derive(Clone, Debug)]
pub struct Give {
    /// Of which visit.
    pub visit: VisitId,
    /// What.
    pub verdict: Verdict,
    /// Why; needed if it is not approved.
    pub reason: Option<String>,
}

/// Keeps what a second reviewer finds of a visit. The visit stays as it is. The same again is the same answer.
///
/// # Errors
/// `not_found` if the visit is out of scope; `forbidden` if the caller made it or decided about it first; `wrong_state` if
/// no second opinion is wanted of it; `conflict` if it was given already; `invalid` without a reason that is needed.
pub fn give(conn: &mut Conn, scope: &Scope, command: &Give, now: Instant) -> Result<SecondOpinion> {
    let visit = visits::find::visit(conn, scope, command.visit)?.head;
    if visit.shopper_id == scope.account {
        return Err(
            Error::new(Code::Forbidden).detail("you made this visit: another person decides about it")
        );
    }
    if command.verdict != Verdict::Approve && command.reason.is_none() {
        let why = "say why: it is needed unless the visit is approved";
        return Err(Error::invalid(vec![FieldError::new("/reason", "required", why)]));
    }
    let Some(wanted) = store::find(conn, visit.id)? else { return Err(not_wanted()) };
    if wanted.first_reviewer_id == Some(scope.account) {
        return Err(
            Error::new(Code::Forbidden).detail("you decided about this visit: another reviewer is asked")
        );
    }
    let given = SecondOpinion {
        reviewer_id: Some(scope.account),
        state: Some(command.verdict.state()),
        reason: command.reason.clone(),
        ..wanted.clone()
    };
    match wanted.state {
        None if !visit.state.is_decided() => Err(not_wanted()),
        None => {
            let given = SecondOpinion { given_at: Some(now), revision: wanted.revision + 1, ..given };
            store::update(conn, &given).map(|()| given)
        }
        Some(_) if wanted == given => Ok(wanted),
        Some(_) => Err(Error::new(Code::Conflict).detail("a second opinion of this visit was given already")),
    }
}

fn not_wanted() -> Error {
    Error::new(Code::WrongState).detail("no second opinion is wanted of this visit")
}
