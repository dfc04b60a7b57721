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
    accounts::caller::Allowed,
    accounts::policy::{
        Scope,
        permit::{ReadChecklists, WriteChecklists},
    },
    app::App,
    checklists::{
        findings::Findings,
        model::{Content, MAX_DEPTH},
        records::hash,
        standards::{self, catalogue::Catalogue},
        store,
    },
    db::{Conn, types},
    error::{FieldError, Result},
    http::{
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

impl DraftView {
    /// The draft of a brand with this catalogue.
    pub(super) fn new(content: Content, catalogue: &Catalogue) -> Self {
        let Findings { errors, warnings } = catalogue.findings(&content);
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
    let (draft, catalogue) = draft(&app, caller, id.into_inner()).await?;
    Ok(etag::fresh(&request, &ETag::of(hash(&draft)?), Keep::Ask, &DraftView::new(draft, &catalogue)))
}

/// The draft, with all that it can refer to.
async fn draft(app: &App, caller: Allowed<ReadChecklists>, id: ChecklistId) -> Result<(Content, Catalogue)> {
    let both = move |conn: &mut Conn| {
        let (brand, draft) = store::draft(conn, &caller.scope, id)?;
        Ok((draft, standards::store::catalogue(conn, brand)?))
    };
    app.db.snapshot(both).await
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
    let (id, tag, draft) = (id.into_inner(), ETag::of(hash(&content)?), types::Json(content.clone()));
    let (status, catalogue) =
        app.db.write(move |conn| keep_draft(conn, &caller.scope, &if_match, id, &draft)).await?;
    Ok(etag::answer(status, &tag, &DraftView::new(content, &catalogue)))
}

/// Gives the brand's catalogue as well, since it is for others to say what the draft lacks: here they would wait.
pub(super) fn keep_draft(
    conn: &mut Conn,
    scope: &Scope,
    if_match: &IfMatch,
    id: ChecklistId,
    draft: &types::Json<Content>,
) -> Result<(StatusCode, Catalogue)> {
    let (brand, old) = store::draft_to_change(conn, scope, id)?;
    let there = old.as_ref().map(hash).transpose()?.map(ETag::of);
    let step = if_match.put(there, old.as_ref() == Some(&draft.0))?;
    if step != Put::Keep {
        store::set_draft(conn, id, draft)?;
    }
    Ok((step.status(), standards::store::catalogue(conn, brand)?))
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
    let (draft, catalogue) = draft(&app, caller, id.into_inner()).await?;
    Ok(Json(catalogue.findings(&draft)))
}
