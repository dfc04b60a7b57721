//! The addresses of drafts.

use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Json, Path},
};
use serde::Serialize;
use utoipa::ToSchema;
use validator::{Validate, ValidationErrors};

use crate::{
    accounts::policy::{
        Scope,
        permit::{ReadChecklists, WriteChecklists},
    },
    app::App,
    checklists::{
        findings::Findings,
        model::{Content, MAX_DEPTH},
        records::hash,
        store,
    },
    db::{Conn, types},
    error::{FieldError, Result},
    http::{
        auth::Allowed,
        etag::{self, ETag, IfMatch, Keep, Put},
        input::Input,
    },
    ids::ChecklistId,
};

/// What a checklist may say one day.
#[derive(Serialize, ToSchema)]
pub struct DraftView {
    /// What it says now.
    content: Content,
    /// What keeps it from being published, at most 500; the pointers are into `content`.
    errors: Vec<FieldError>,
    /// What looks like a mistake, and may be none: at most 500; the pointers are into `content`.
    warnings: Vec<FieldError>,
}

impl From<Content> for DraftView {
    fn from(content: Content) -> Self {
        let Findings { errors, warnings } = content.findings();
        Self { content, errors, warnings }
    }
}

/// A draft may say anything that can be read: what stands in the way of publishing is told, not refused.
impl Validate for Content {
    fn validate(&self) -> Result<(), ValidationErrors> {
        Ok(())
    }
}

/// The draft of a checklist, with what is to be said about it before it is published.
#[utoipa::path(get, path = "/v1/checklists/{id}/draft", params(("id" = ChecklistId, Path)), responses(
    (status = 200, description = "The draft. Its ETag is the SHA-256 of what it says, and publishing asks for it.", body = DraftView),
))]
pub async fn get_draft(
    app: Data<App>,
    request: HttpRequest,
    caller: Allowed<ReadChecklists>,
    id: Path<ChecklistId>,
) -> Result<HttpResponse> {
    let id = id.into_inner();
    let draft = app.db.read(move |conn| store::draft(conn, &caller.scope, id)).await?;
    Ok(etag::fresh(&request, &ETag::of(hash(&draft)?), Keep::Ask, &DraftView::from(draft)))
}

/// Make or change the draft of a checklist. It need not be complete: the answer says what is still missing.
#[utoipa::path(put, path = "/v1/checklists/{id}/draft", params(("id" = ChecklistId, Path), ("if-match" = Option<String>, Header)), request_body = Content, responses(
    (status = 200, description = "Changed, or it was so already.", body = DraftView),
    (status = 201, description = "Made.", body = DraftView),
))]
pub async fn put_draft(
    app: Data<App>,
    caller: Allowed<WriteChecklists>,
    id: Path<ChecklistId>,
    if_match: IfMatch,
    Input(content): Input<Content, MAX_DEPTH>,
) -> Result<HttpResponse> {
    let (id, tag, view) = (id.into_inner(), ETag::of(hash(&content)?), DraftView::from(content.clone()));
    let draft = types::Json(content);
    let status = app.db.write(move |conn| keep_draft(conn, &caller.scope, &if_match, id, &draft)).await?;
    Ok(etag::answer(status, &tag, &view))
}

pub(super) fn keep_draft(
    conn: &mut Conn,
    scope: &Scope,
    if_match: &IfMatch,
    id: ChecklistId,
    draft: &types::Json<Content>,
) -> Result<StatusCode> {
    let old = store::draft_to_change(conn, scope, id)?.1;
    let there = old.as_ref().map(hash).transpose()?.map(ETag::of);
    let step = if_match.put(there, old.as_ref() == Some(&draft.0))?;
    if step != Put::Keep {
        store::set_draft(conn, id, draft)?;
    }
    Ok(step.status())
}

/// All that is to be said about the draft, at once and each with its place: what keeps it from being published, and
/// what looks like a mistake.
#[utoipa::path(post, path = "/v1/checklists/{id}/draft/check", params(("id" = ChecklistId, Path)), responses(
    (status = 200, description = "The findings; without errors it can be published.", body = Findings),
))]
pub async fn check_draft(
    app: Data<App>,
    caller: Allowed<ReadChecklists>,
    id: Path<ChecklistId>,
) -> Result<Json<Findings>> {
    let id = id.into_inner();
    let draft = app.db.read(move |conn| store::draft(conn, &caller.scope, id)).await?;
    Ok(Json(draft.findings()))
}
