//! Asking the shopper because of an appeal. The shopper is asked about the visit, and learns nothing of the branch's side.

use std::collections::BTreeSet;

use super::{
    inquired::ShopperAsked,
    model::{Appeal, Inquiry, WaitsFor},
    read::for_reviewer,
    settle::{require_another, require_open},
    store,
};
use crate::{
    accounts::policy::Scope,
    checklists::key::Key,
    db::{
        Conn,
        types::{Instant, Json},
    },
    error::{Code, Error, FieldError, Result},
    fieldwork::campaigns,
    ids::{AppealId, InquiryId},
    outbox,
    precondition::{Put, Stored},
};

/// A shopper is asked so often because of one appeal at the most.
pub const MOST_INQUIRIES: usize = 20;

/// What a reviewer asks.
#[derive(Clone, Debug)]
pub struct Inquire {
    /// The inquiry's id, made by its author.
    pub id: InquiryId,
    /// The appeal.
    pub appeal: AppealId,
    /// The questions of the checklist that it is about.
    pub questions: Vec<Key>,
    /// The words.
    pub text: String,
}

/// Asks the shopper of the visit that an appeal is about. The same again is the same inquiry.
///
/// # Errors
/// `not_found` if the appeal is not there, or out of scope; `forbidden` if the caller made the visit or filed the appeal;
/// `wrong_state` if it is over, or the shopper was asked too often; `invalid` with each question that the appeal does not object to,
/// or that is named twice; `conflict` if another inquiry has the id.
pub fn inquire(conn: &mut Conn, scope: &Scope, command: &Inquire, now: Instant) -> Result<Stored<Inquiry>> {
    let (appeal, visit) = for_reviewer(conn, scope, command.appeal)?;
    require_another(&appeal, scope)?;
    if let Some(kept) = store::inquiry(conn, command.id)? {
        let is_same = (kept.appeal_id, kept.account_id) == (appeal.id, scope.account)
            && (&kept.questions.0, kept.text.as_ref()) == (&command.questions, Some(&command.text));
        return match is_same {
            true => Ok(Stored { put: Put::Keep, thing: kept }),
            false => Err(Error::new(Code::Conflict).detail("another inquiry has this id")),
        };
    }
    require_open(&appeal, visit.state)?;
    require_appealed(&appeal, &command.questions)?;
    let before = store::inquiries(conn, appeal.id)?;
    if before.len() >= MOST_INQUIRIES {
        let detail = "the shopper was asked as often as it may be: decide with what is known";
        return Err(Error::new(Code::WrongState).detail(detail));
    }
    let limits =
        campaigns::store::terms_of(conn, visit.assignment_id)?.map(|terms| terms.limits).unwrap_or_default();
    let new = Inquiry {
        id: command.id,
        appeal_id: appeal.id,
        visit_id: appeal.visit_id,
        shopper_id: visit.shopper_id,
        account_id: scope.account,
        questions: Json(command.questions.clone()),
        text: Some(command.text.clone()),
        answer_by: limits.return_by(now),
        answer: None,
        answered_at: None,
        revision: 1,
        created_at: now,
    };
    store::insert_inquiry(conn, &new)?;
    outbox::record(conn, &ShopperAsked::new(&new, appeal.brand_id), now)?;
    if appeal.waits_for != WaitsFor::Shopper {
        let revision = appeal.revision + 1;
        store::update(conn, &Appeal { waits_for: WaitsFor::Shopper, revision, ..appeal })?;
    }
    Ok(Stored { put: Put::Make, thing: new })
}

fn require_appealed(appeal: &Appeal, questions: &[Key]) -> Result<()> {
    let (appealed, mut named) = (appeal.questions(), BTreeSet::new());
    let mut problems = Vec::new();
    for (place, key) in questions.iter().enumerate() {
        let at = format!("/questions/{place}");
        if !appealed.contains(key) {
            problems.push(FieldError::new(at, "not_appealed", "the appeal does not object to this answer"));
        } else if !named.insert(key) {
            problems.push(FieldError::new(at, "duplicate", "this question is named already"));
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(Error::invalid(problems)) }
}
