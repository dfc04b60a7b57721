//! The statements about reviewers' notes.

use diesel::prelude::*;

use super::model::Note;
use crate::{
    db::{Conn, schema::review_note, sealing::revisions_sealed, types::Instant},
    error::Result,
    ids::{AccountId, NoteId, VisitId},
};

/// The note with this id, about any visit.
///
/// # Errors
/// Those of the database.
pub fn note(conn: &mut Conn, id: NoteId) -> Result<Option<Note>> {
    Ok(review_note::table.find(id).select(Note::as_select()).first(conn).optional()?)
}

/// So many notes about a visit after this one, in the order in which they were written first; of this author alone, if one is
/// named.
///
/// # Errors
/// Those of the database.
pub fn notes(
    conn: &mut Conn,
    of: VisitId,
    by: Option<AccountId>,
    after: Option<(Instant, NoteId)>,
    rows: i64,
) -> Result<Vec<Note>> {
    let mut query = review_note::table
        .filter(review_note::visit_id.eq(of))
        .order((review_note::created_at, review_note::id))
        .limit(rows)
        .select(Note::as_select())
        .into_boxed();
    if let Some(author) = by {
        query = query.filter(review_note::author_id.eq(author));
    }
    if let Some((at, id)) = after {
        let later = review_note::created_at.gt(at);
        query = query.filter(later.or(review_note::created_at.eq(at).and(review_note::id.gt(id))));
    }
    Ok(query.load(conn)?)
}

/// Adds a note.
///
/// # Errors
/// Those of the database.
pub fn insert_note(conn: &mut Conn, note: &Note) -> Result<()> {
    diesel::insert_into(review_note::table).values(note).execute(conn)?;
    Ok(())
}

/// Puts a note's new text in the place of the old one.
///
/// # Errors
/// Those of the database.
pub fn update_note(conn: &mut Conn, note: &Note) -> Result<()> {
    diesel::update(review_note::table.find(note.id))
        .set((
            review_note::text.eq(&note.text),
            review_note::revision.eq(note.revision),
            review_note::changed_at.eq(note.changed_at),
        ))
        .execute(conn)?;
    Ok(())
}

revisions_sealed!(review_note::table by id with salts, set_notes_sealed);
