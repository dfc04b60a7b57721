//! What a reviewer wrote about a visit.

use diesel::{Insertable, Queryable, Selectable};

use crate::{
    db::{schema::review_note, types::Instant},
    ids::{AccountId, BrandId, NoteId, VisitId},
    precondition::revised,
};

/// A note as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = review_note)]
pub struct Note {
    /// Made by its author.
    pub id: NoteId,
    /// About which visit.
    pub visit_id: VisitId,
    /// Whose that is.
    pub brand_id: BrandId,
    /// Who wrote it.
    pub author_id: AccountId,
    /// What it says.
    pub text: String,
    /// How often it was written: 1, and one more with each change.
    pub revision: i64,
    /// When it was written first.
    pub created_at: Instant,
    /// When it was written last.
    pub changed_at: Instant,
}

revised!(Note);
