//! The addresses of notes.

use actix_web::web::{Data, Path};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::{
    model::Note,
    put_note::{self, PutNote},
};
use crate::{
    accounts::caller::Allowed,
    accounts::policy::permit::{ReadReviewNotes, ReviewVisits},
    app::App,
    db::types::Instant,
    error::Result,
    http::{
        answer::Tagged,
        etag::IfMatch,
        input::Input,
        page::{Listing, NoFilter, Page},
    },
    ids::{AccountId, NoteId, VisitId},
    limits::PlainLines,
};

/// What a note is to say.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PutNoteBody {
    /// For other reviewers: neither the shopper nor the branch's side sees it.
    text: PlainLines<1, 4_000>,
}

/// What a reviewer wrote about a visit.
#[derive(Serialize, ToSchema)]
pub struct NoteView {
    id: NoteId,
    visit_id: VisitId,
    /// The reviewer who wrote it, and who alone changes it.
    author_id: AccountId,
    text: String,
    /// Sent as `If-Match: "1"` it names the state that is to be changed.
    revision: i64,
    created_at: Instant,
    /// When it was written last.
    changed_at: Instant,
}

impl From<Note> for NoteView {
    fn from(note: Note) -> Self {
        let Note { id, visit_id, brand_id: _, author_id, text, revision, created_at, changed_at } = note;
        Self { id, visit_id, author_id, text, revision, created_at, changed_at }
    }
}

/// Write a note about a visit for other reviewers, or change one of the caller's own.
#[utoipa::path(put, path = "/v1/visits/{id}/notes/{note_id}", responses(
    (status = 403, description = "`forbidden`: the caller made the visit."),
    (status = 409, description = "`conflict`: another reviewer wrote it, and only its author changes a note."),
))]
pub async fn put_review_note(
    app: Data<App>,
    caller: Allowed<ReviewVisits>,
    ids: Path<(VisitId, NoteId)>,
    if_match: IfMatch,
    Input(body): Input<PutNoteBody>,
) -> Result<Tagged<NoteView>> {
    let ((visit, id), now) = (ids.into_inner(), app.clock.now());
    let command = PutNote { visit, id, text: body.text.into() };
    let put = move |conn: &mut _| put_note::put_note(conn, &caller.scope, &if_match, &command, now);
    Ok(Tagged::of(app.db.write(put).await?))
}

/// What reviewers wrote about a visit for one another, the first first. Who made the visit does not see it; who may give a second
/// opinion that is wanted of it sees their own notes alone, until that is given.
#[utoipa::path(get, path = "/v1/visits/{id}/notes", responses((status = 200, description = "A page of notes.")))]
pub async fn list_review_notes(
    app: Data<App>,
    caller: Allowed<ReadReviewNotes>,
    id: Path<VisitId>,
    Listing(NoFilter {}, page): Listing<NoFilter>,
) -> Result<Page<NoteView>> {
    let (id, after, rows) = (id.into_inner(), page.key()?, page.rows());
    let list = move |conn: &mut _| put_note::list_notes(conn, &caller.scope, id, after, rows);
    let notes = app.db.read(list).await?.into_iter().map(NoteView::from).collect();
    page.page(notes, |note: &NoteView| (note.created_at, note.id))
}
