//! Drafts. A draft need not be complete; its findings say what keeps it from being published.

use super::{
    findings::Findings,
    model::Content,
    records::hash,
    standards::{self, catalogue::Catalogue},
    store,
};
use crate::{
    accounts::policy::Scope,
    db::{Conn, types::Json},
    error::Result,
    ids::ChecklistId,
    precondition::{ETag, IfMatch, Put},
};

/// A draft beside everything of its brand that it can refer to.
#[derive(Clone, Debug)]
pub struct Draft {
    /// Its content.
    pub content: Content,
    /// What it can refer to.
    pub catalogue: Catalogue,
}

impl Draft {
    /// What keeps it from being published, and what looks like a mistake.
    pub fn findings(&self) -> Findings {
        self.catalogue.findings(&self.content)
    }
}

/// The draft of a checklist.
///
/// # Errors
/// `not_found` if there is none yet, or no such checklist, or the scope does not touch its brand.
pub fn read_draft(conn: &mut Conn, scope: &Scope, id: ChecklistId) -> Result<Draft> {
    let (brand, content) = store::draft(conn, scope, id)?;
    Ok(Draft { content, catalogue: standards::store::catalogue(conn, brand)? })
}

/// Makes this the draft of a checklist. Gives the brand's catalogue as well: the draft's findings take time, so the
/// caller looks for them after the transaction.
///
/// # Errors
/// `not_found` if there is no such checklist, or the scope does not cover its brand; those of [`IfMatch::put`].
pub fn keep_draft(
    conn: &mut Conn,
    scope: &Scope,
    if_match: &IfMatch,
    id: ChecklistId,
    draft: &Json<Content>,
) -> Result<(Put, Catalogue)> {
    let (brand, old) = store::draft_to_change(conn, scope, id)?;
    let current = old.as_ref().map(hash).transpose()?.map(ETag::of);
    let step = if_match.put(current, old.as_ref() == Some(&draft.0))?;
    if step != Put::Keep {
        store::set_draft(conn, id, draft)?;
    }
    Ok((step, standards::store::catalogue(conn, brand)?))
}
