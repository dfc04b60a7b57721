//! The addresses of drafts.

use actix_web::web::{self, Data, Path};
use serde::Serialize;
use utoipa::ToSchema;
use validator::{Validate, ValidationErrors};

use crate::{
    accounts::caller::Allowed,
    accounts::policy::permit::{ReadChecklists, WriteChecklists},
    app::App,
    checklists::{
        drafts::{Draft, keep_draft, read_draft},
        findings::Findings,
        model::{Content, MAX_DEPTH},
        records::hash,
        shares::Shares,
    },
    db::types::Json,
    error::{FieldError, Result},
    http::{
        answer::{Fresh, Tagged},
        etag::{ETag, IfMatch, IfNoneMatch, Keep},
        input::Input,
    },
    ids::ChecklistId,
};

/// The draft of a checklist, with its findings.
#[derive(Serialize, ToSchema)]
pub struct DraftView {
    /// Its content.
    content: Content,
    /// What keeps it from being published, at most 500; the pointers are into `content`.
    errors: Vec<FieldError>,
    /// What looks like a mistake, and may be none: at most 500; the pointers are into `content`.
    warnings: Vec<FieldError>,
}

impl From<Draft> for DraftView {
    fn from(draft: Draft) -> Self {
        let Findings { errors, warnings } = draft.findings();
        Self { content: draft.content, errors, warnings }
    }
}

/// What is to be said about a draft.
#[derive(Serialize, ToSchema)]
pub struct DraftCheck {
    /// What keeps it from being published.
    #[schema(max_items = 500)]
    errors: Vec<FieldError>,
    /// What looks like a mistake, and may be none.
    #[schema(max_items = 500)]
    warnings: Vec<FieldError>,
    /// What each section and each question weighs.
    shares: Shares,
}

/// A draft may say anything that can be read: its findings are shown, and it is kept all the same.
impl Validate for Content {
    fn validate(&self) -> Result<(), ValidationErrors> {
        Ok(())
    }
}

/// The draft of a checklist, with its findings.
#[utoipa::path(get, path = "/v1/checklists/{id}/draft", responses(
    (status = 200, description = "The draft. Its ETag is the SHA-256 of its content, and publishing asks for it."),
))]
pub async fn get_draft(
    app: Data<App>,
    caller: Allowed<ReadChecklists>,
    had: IfNoneMatch,
    id: Path<ChecklistId>,
) -> Result<Fresh<DraftView>> {
    let id = id.into_inner();
    let draft = app.db.snapshot(move |conn| read_draft(conn, &caller.scope, id)).await?;
    Ok(Fresh { had, tag: ETag::of(hash(&draft.content)?), keep: Keep::Ask, thing: draft.into() })
}

/// Make or change the draft of a checklist. It need not be complete: the findings of the answer name what is missing.
#[utoipa::path(put, path = "/v1/checklists/{id}/draft", responses())]
pub async fn put_draft(
    app: Data<App>,
    caller: Allowed<WriteChecklists>,
    id: Path<ChecklistId>,
    if_match: IfMatch,
    Input(content): Input<Content, MAX_DEPTH>,
) -> Result<Tagged<DraftView>> {
    let (id, tag, draft) = (id.into_inner(), ETag::of(hash(&content)?), Json(content.clone()));
    let keep = move |conn: &mut _| keep_draft(conn, &caller.scope, &if_match, id, &draft);
    let (step, catalogue) = app.db.write(keep).await?;
    Ok(Tagged { step, tag, thing: Draft { content, catalogue }.into() })
}

/// What is to be said about a draft before it is published: its findings, all at once and each with its place (errors,
/// which keep it from being published, and warnings, which look like mistakes), and what each section and each question
/// weighs.
///
/// A share is of all that a visit can earn in which everything is shown and counts. `at_stake` says how far the score of an
/// otherwise full visit falls when a question alone earns nothing. A critical question of less than 5 % has a warning
/// (`critical_weighs_little`).
#[utoipa::path(post, path = "/v1/checklists/{id}/draft/check", responses(
    (status = 200, description = "What is to be said; without errors it can be published."),
))]
pub async fn check_draft(
    app: Data<App>,
    caller: Allowed<ReadChecklists>,
    id: Path<ChecklistId>,
) -> Result<web::Json<DraftCheck>> {
    let id = id.into_inner();
    let draft = app.db.snapshot(move |conn| read_draft(conn, &caller.scope, id)).await?;
    let Findings { errors, warnings } = draft.findings();
    Ok(web::Json(DraftCheck { errors, warnings, shares: draft.content.shares() }))
}
