//! Writing a note, and changing one.

use super::{model::Note, store};
use crate::{
    accounts::policy::Scope,
    db::{Conn, types::Instant},
    error::{Code, Error, Result},
    ids::{NoteId, VisitId},
    precondition::{IfMatch, Stored},
    visits::{self, model::VisitHead},
};

/// What a reviewer wants to write.
#[derive(Clone, Debug)]
pub struct PutNote {
    /// About which visit.
    pub visit: VisitId,
    /// Under which id.
    pub id: NoteId,
    /// What it says.
    pub text: String,
}

/// Writes a note about a visit, or changes the one that has its id.
///
/// # Errors
/// `not_found` if the visit is out of scope, or if another visit has a note under this id; `forbidden` if the visit is the
/// caller's own; `conflict` if another reviewer wrote the note; those of the precondition.
pub fn put_note(
    conn: &mut Conn,
    scope: &Scope,
    if_match: &IfMatch,
    command: &PutNote,
    now: Instant,
) -> Result<Stored<Note>> {
    let visit = of_another(conn, scope, command.visit)?;
    let old = store::note(conn, command.id)?;
    if old.as_ref().is_some_and(|old| old.visit_id != command.visit) {
        return Err(Error::new(Code::NotFound));
    }
    if old.as_ref().is_some_and(|old| old.author_id != scope.account) {
        return Err(
            Error::new(Code::Conflict).detail("another reviewer wrote this note: write one of your own")
        );
    }
    let new = Note {
        id: command.id,
        visit_id: command.visit,
        brand_id: visit.brand_id,
        author_id: scope.account,
        text: command.text.clone(),
        revision: 1,
        created_at: now,
        // What is written once more as it was is not changed.
        changed_at: old.as_ref().filter(|old| old.text == command.text).map_or(now, |old| old.changed_at),
    };
    if_match.revise(old.as_ref(), new)?.write(conn, store::insert_note, store::update_note)
}

/// The visit, if another account made it.
///
/// # Errors
/// `not_found` if it is out of scope; `forbidden` if it is the caller's own.
pub(super) fn of_another(conn: &mut Conn, scope: &Scope, id: VisitId) -> Result<VisitHead> {
    let visit = visits::find::visit(conn, scope, id)?.head;
    if visit.shopper_id == scope.account {
        return Err(Error::new(Code::Forbidden)
            .detail("you made this visit: what reviewers write of it is for others"));
    }
    Ok(visit)
}

/// So many notes about a visit after this one, the first first. Who may give a second opinion that is wanted of it sees their own
/// alone: what others write may tell what was decided.
///
/// # Errors
/// As of [`put_note`], where they are about the visit.
pub fn list_notes(
    conn: &mut Conn,
    scope: &Scope,
    visit: VisitId,
    after: Option<(Instant, NoteId)>,
    rows: i64,
) -> Result<Vec<Note>> {
    let head = of_another(conn, scope, visit)?;
    let is_blind = visits::blind::is_blind_to(conn, scope, &head)?;
    store::notes(conn, visit, is_blind.then_some(scope.account), after, rows)
}
