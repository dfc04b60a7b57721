//! Making a rule of alerts, and changing one.

use super::{
    model::{AlertRule, Content},
    store,
};
use crate::{
    accounts::policy::Scope,
    alerts::{close::close_all, evaluate_rule::EvaluateRule, model::AlertEnd},
    audit::{self, About, AuditKind, Details, Entry},
    db::{Conn, types::Instant},
    error::{Code, Error, FieldError, Result},
    ids::{AlertRuleId, BrandId, TaskId},
    precondition::{IfMatch, Put, Stored},
    scores::{
        model::{Place, Reader},
        targets::put_target::require_subject,
        visible::place_of_brand,
    },
    work,
};

/// So many rules a place itself may have that are judged by the figures of such readers.
pub const MOST_RULES: i64 = 50;

/// What a rule is to be.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// Its id.
    pub id: AlertRuleId,
    /// The brand of the place.
    pub brand: BrandId,
    /// Where it looks.
    pub place: Place,
    /// By whose figures; if that is not said, by the caller's.
    pub reader: Option<Reader>,
    /// What can be changed of it.
    pub content: Content,
}

/// Makes a rule, or changes the one that has its id: a change closes the alerts that it had raised. It is judged soon, by a task with this id.
///
/// # Errors
/// `not_found` if its place is not in scope, or it is not the caller's to change; `invalid` with what is wrong with it; `conflict` if its place
/// or its reader would change, if a deleted rule had its id, or if its place has as many rules as it may have; those of the precondition.
pub fn put_rule(
    conn: &mut Conn,
    scope: &Scope,
    if_match: &IfMatch,
    wanted: Wanted,
    (task, now): (TaskId, Instant),
) -> Result<Stored<AlertRule>> {
    let Wanted { id, brand, place, reader, content } = wanted;
    let of = place_of_brand(conn, scope, brand, place)?;
    let mut wrong = content.condition.wrong();
    if (reader, of.reader) == (Some(Reader::Desk), Reader::BranchSide) {
        wrong.push(FieldError::new("/reader", "not_own", "the branch's side is alerted by what it is shown"));
    }
    if content.below.is_some() && place.branch().is_some() {
        wrong.push(FieldError::new("/below", "contradiction", "nothing lies below a branch"));
    }
    if !wrong.is_empty() {
        return Err(Error::invalid(wrong));
    }
    let old = store::rule_to_change(conn, scope, id)?;
    let reader = reader.or(old.as_ref().map(|old| old.reader)).unwrap_or(of.reader);
    if old.as_ref().is_some_and(|old| (old.place, old.reader) != (place, reader)) {
        return Err(Error::new(Code::Conflict).detail("a rule stays with its place and its reader"));
    }
    let new = AlertRule { id, brand, place, reader, content, revision: 1, created_at: now };
    let stored = if_match.revise(old.as_ref(), new)?;
    let rule = &stored.thing;
    if stored.put == Put::Keep {
        return Ok(stored);
    }
    let subject = rule.content.subject.subject("/subject").map_err(|wrong| Error::invalid(vec![wrong]))?;
    require_subject(conn, brand, &subject)?;
    match &old {
        None => require_few(conn, place, reader)?,
        Some(old) => close_all(conn, old, AlertEnd::RuleChanged, now)?,
    }
    store::add(conn, rule, false, (scope.account, now))?;
    audit::record(conn, entry(rule, "set", scope), now)?;
    work::enqueue(conn, &EvaluateRule { rule_id: id }, task, now)?;
    Ok(stored)
}

/// Refuses one rule more where a place has as many as it may have: all of them are judged again and again.
fn require_few(conn: &mut Conn, place: Place, reader: Reader) -> Result<()> {
    if store::how_many(conn, place.id(), reader)? < MOST_RULES {
        return Ok(());
    }
    let detail = format!(
        "this {} has {MOST_RULES} rules for such readers, as many as it may have: change or delete one",
        place.kind()
    );
    Err(Error::new(Code::Conflict).detail(detail))
}

/// What the audit says of a step with a rule.
pub(super) fn entry(rule: &AlertRule, step: &'static str, scope: &Scope) -> Entry {
    let details = Details::default()
        .code("step", step)
        .code("condition", rule.content.condition.kind.as_str())
        .code("reader", rule.reader.as_str())
        .code("place", rule.place.kind().as_str())
        .id("place_id", rule.place.id());
    Entry::new(AuditKind::AlertRuleChanged, (About::AlertRule, rule.id), rule.revision)
        .by(scope.account)
        .of(rule.brand)
        .with(details)
}
