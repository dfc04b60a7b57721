//! Setting a target, and changing one.

use super::{changed::TargetChanged, model::Target, store};
use crate::{
    accounts::policy::Scope,
    audit::{self, About, AuditKind, Details, Entry},
    checklists::{self, counted::Subject},
    db::{Conn, types::Instant},
    error::{Code, Error, FieldError, Result},
    ids::BrandId,
    outbox,
    precondition::{IfMatch, Put, Stored},
    scores::{model::PlaceKind, visible::place_of_brand},
};

/// Sets a target, given as it would be if it were new, or changes the one that has its id.
///
/// # Errors
/// `not_found` if its place is not in scope, or it is not the caller's to change; `invalid` with what is wrong with it; `conflict` if its
/// place or subject would change, if a deleted target had its id, or if another one is for the same place and subject in any of
/// its months; those of the precondition.
pub fn put_target(
    conn: &mut Conn,
    scope: &Scope,
    if_match: &IfMatch,
    new: Target,
    now: Instant,
) -> Result<Stored<Target>> {
    place_of_brand(conn, scope, new.brand, new.place)?;
    let old = store::target_to_change(conn, scope, new.id)?;
    if old.as_ref().is_some_and(|old| (old.place, &old.subject) != (new.place, &new.subject)) {
        let why = "a target stays with its place and its subject";
        return Err(Error::new(Code::Conflict).detail(why));
    }
    let stored = if_match.revise(old.as_ref(), new)?;
    let target = &stored.thing;
    if stored.put == Put::Keep {
        return Ok(stored);
    }
    require_subject(conn, target.brand, &target.subject)?;
    if let Some(other) = store::beside(conn, target)?.into_iter().find(|other| target.overlaps(other)) {
        let until = other.to.map_or("on".to_owned(), |last| format!("to {last}"));
        let detail = format!(
            "target {} is for the same place and subject from {} {until}: let it end before, or change it",
            other.id, other.from
        );
        return Err(Error::new(Code::Conflict).detail(detail));
    }
    store::add(conn, target, false, (scope.account, now))?;
    outbox::record(conn, &TargetChanged::new(target, scope.account), now)?;
    audit::record(conn, entry(target, "set", scope), now)?;
    Ok(stored)
}

/// Holds a subject to what a published checklist of the brand asks about.
///
/// # Errors
/// `invalid` otherwise.
pub fn require_subject(conn: &mut Conn, brand: BrandId, subject: &Subject) -> Result<()> {
    if checklists::store::subjects::has(conn, brand, subject)? {
        return Ok(());
    }
    let why = "no published checklist of the brand asks about it";
    Err(Error::invalid(vec![FieldError::new("/subject", "unknown", why)]))
}

/// What the audit says of a step with a target.
pub(super) fn entry(target: &Target, step: &'static str, scope: &Scope) -> Entry {
    let details = Details::default()
        .code("step", step)
        .number("score", target.score)
        .code("place", PlaceKind::as_str(target.place.kind()))
        .id("place_id", target.place.id());
    let about = (About::Target, target.id);
    Entry::new(AuditKind::TargetChanged, about, target.revision)
        .by(scope.account)
        .of(target.brand)
        .with(details)
}
