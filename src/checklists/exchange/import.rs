//! Importing: a document becomes the draft of a checklist, and what it carries goes to the brand.

mod catalogue;
mod pictures;

use super::{Note, document::ChecklistDocument};
use crate::{
    accounts::policy::Scope,
    checklists::{drafts::keep_draft, model::Content, standards::catalogue::Catalogue, store},
    db::{
        Conn,
        types::{Instant, Json},
    },
    error::Result,
    ids::{BrandId, ChecklistId},
    precondition::{IfMatch, Put},
};

/// The wish to import a document.
#[derive(Debug)]
pub struct Import {
    /// The checklist whose draft it becomes.
    pub checklist_id: ChecklistId,
    /// The document, without problems of its own.
    pub document: ChecklistDocument,
    /// Whether the brand gets the dimensions and standards that it lacks.
    pub add_standards: bool,
    /// Names the draft that it replaces.
    pub if_match: IfMatch,
}

/// What was imported.
#[derive(Debug)]
pub struct Imported {
    /// Whether the draft is new or changed.
    pub step: Put,
    /// Its content.
    pub content: Content,
    /// Everything that it can refer to.
    pub catalogue: Catalogue,
    /// What is kept in another place than it was carried in.
    pub notes: Vec<Note>,
}

/// The brand that a document goes to.
struct Target<'a> {
    /// Covers the brand.
    scope: &'a Scope,
    brand: BrandId,
    now: Instant,
}

/// Imports a document. A picture whose id stands for another picture already gets an id of its own, which is the same
/// each time.
///
/// # Errors
/// `not_found` if there is no such checklist, or the scope does not cover its brand; `invalid` with every dimension and
/// standard that the brand lacks, unless they are to be added; `conflict` if its pictures can be kept under no id; those
/// of [`IfMatch::put`].
pub fn import(conn: &mut Conn, scope: &Scope, wish: &Import, now: Instant) -> Result<Imported> {
    let brand = store::draft_to_change(conn, scope, wish.checklist_id)?.0;
    let target = Target { scope, brand, now };
    let mut notes = catalogue::complete(conn, &wish.document, &target, wish.add_standards)?;
    let (content, of_pictures) = pictures::keep(conn, &wish.document, &target)?;
    notes.extend(of_pictures);
    let draft = Json(content.clone());
    let (step, catalogue) = keep_draft(conn, scope, &wish.if_match, wish.checklist_id, &draft)?;
    Ok(Imported { step, content, catalogue, notes })
}
