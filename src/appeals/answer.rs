//! The shopper answers what a reviewer asked because of an appeal.

use super::{
    model::{Appeal, AppealState, Inquiry, WaitsFor},
    store,
};
use crate::{
    accounts::policy::Scope,
    db::{Conn, types::Instant},
    error::{Code, Error, Result},
    ids::InquiryId,
};

/// Keeps the answer to an inquiry of the caller's own. It never changes: the same again is the same answer.
///
/// # Errors
/// `not_found` if the inquiry is not there, or was made to another shopper; `conflict` if the shopper has answered it otherwise;
/// `wrong_state` if the appeal is over, so that the answer can change nothing.
pub fn answer(conn: &mut Conn, scope: &Scope, id: InquiryId, text: &str, now: Instant) -> Result<Inquiry> {
    let asked = store::inquiry(conn, id)?.filter(|asked| asked.shopper_id == scope.account);
    let asked = asked.ok_or_else(|| Error::new(Code::NotFound))?;
    match asked.answer.as_deref() {
        Some(kept) if kept == text => return Ok(asked),
        Some(_) => {
            return Err(Error::new(Code::Conflict).detail("this is answered already, and the answer stays"));
        }
        None => {}
    }
    let appeal = store::find(conn, asked.appeal_id)?;
    let appeal = appeal.ok_or_else(|| Error::internal("an inquiry without its appeal"))?;
    if appeal.state != AppealState::Open {
        return Err(Error::new(Code::WrongState).detail("this is settled, and needs no answer any more"));
    }
    let answered = Inquiry {
        answer: Some(text.to_owned()),
        answered_at: Some(now),
        revision: asked.revision + 1,
        ..asked
    };
    store::update_inquiry(conn, &answered)?;
    let waits = store::inquiries(conn, appeal.id)?.iter().any(|one| one.answer.is_none());
    if !waits && appeal.waits_for == WaitsFor::Shopper {
        let revision = appeal.revision + 1;
        store::update(conn, &Appeal { waits_for: WaitsFor::Reviewers, revision, ..appeal })?;
    }
    Ok(answered)
}
