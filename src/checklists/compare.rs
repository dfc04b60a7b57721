//! Comparing: what a version changed, or what publishing a draft would change.

use super::{
    diff::{Diff, diff},
    records::{Published, PublishedContent, hash},
    store,
};
use crate::{
    accounts::policy::Scope,
    db::{Conn, types::Sha256},
    error::{Error, FieldError, Result},
    ids::{ChecklistId, VersionId},
};

/// What changed from one side to the other.
#[derive(Debug)]
pub struct Comparison {
    /// The version that is compared with; none where there is no version before, and everything is added.
    pub from: Option<Published>,
    /// What is compared with it.
    pub to: Side,
    /// What changed.
    pub diff: Diff,
}

/// What is compared with a version.
#[derive(Clone, Debug)]
pub enum Side {
    /// A version of the same checklist.
    Version(Published),
    /// Its draft, by the hash of its content.
    Draft(Sha256),
}

/// Compares a version with another of its checklist, or else with the one that has the number before.
///
/// # Errors
/// `not_found` if there is no such version, or the scope does not touch its brand; `invalid` if the checklist lacks the
/// version to compare with.
pub fn compare_version(
    conn: &mut Conn,
    scope: &Scope,
    id: VersionId,
    from: Option<VersionId>,
) -> Result<Comparison> {
    let PublishedContent { version, content } = store::version_content(conn, scope, id)?;
    let from = match from {
        Some(from) => Some(of_the_same(conn, version.checklist_id, from)?),
        None => store::content_before(conn, version.checklist_id, Some(version.number))?,
    };
    let diff = diff(from.as_ref().map(|from| &from.content), &content);
    Ok(Comparison { from: from.map(|from| from.version), to: Side::Version(version), diff })
}

/// Compares the draft of a checklist with a version of it, or else with the latest.
///
/// # Errors
/// `not_found` if there is no draft, or the scope does not touch its brand; `invalid` if the checklist lacks the version
/// to compare with.
pub fn compare_draft(
    conn: &mut Conn,
    scope: &Scope,
    id: ChecklistId,
    from: Option<VersionId>,
) -> Result<Comparison> {
    let (_, draft) = store::draft(conn, scope, id)?;
    let from = match from {
        Some(from) => Some(of_the_same(conn, id, from)?),
        None => store::content_before(conn, id, None)?,
    };
    let diff = diff(from.as_ref().map(|from| &from.content), &draft);
    Ok(Comparison { from: from.map(|from| from.version), to: Side::Draft(hash(&draft)?), diff })
}

/// The version to compare with. The caller may see it because it may see what is compared.
fn of_the_same(conn: &mut Conn, checklist: ChecklistId, from: VersionId) -> Result<PublishedContent> {
    store::content_of(conn, checklist, from)?.ok_or_else(|| {
        let advice = "this checklist has no such version: take one of `GET /v1/checklists/{id}/versions`";
        Error::invalid(vec![FieldError::new("from", "unknown", advice)])
    })
}
