//! The addresses of what changed: between versions, and from a version to the draft.

use actix_web::web::{Data, Json, Path};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use crate::{
    accounts::caller::Allowed,
    accounts::policy::permit::ReadChecklists,
    app::App,
    checklists::{
        diff::{Change, Diff, Summary, diff},
        model::Content,
        records::{Published, hash},
        store,
    },
    db::{Conn, types::Sha256},
    error::{Error, FieldError, Result},
    http::input::Params,
    ids::{ChecklistId, VersionId},
};

/// Since which version.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DiffParams {
    /// The version to compare with, of the same checklist; if not said, the latest one before.
    from: Option<VersionId>,
}

/// What changed from one side to the other.
#[derive(Serialize, ToSchema)]
pub struct DiffView {
    /// The version that it is compared with; missing where there is none before, and everything is added.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    from: Option<DiffSide>,
    /// What is compared with it.
    to: DiffSide,
    /// How much changed, all in all.
    summary: Summary,
    /// What changed, in the order of the checklist: at most 2000 changes.
    #[schema(max_items = 2000)]
    changes: Vec<Change>,
    /// How many changes more there are than are listed.
    #[schema(minimum = 0)]
    more: usize,
}

/// One side of a comparison.
#[derive(Serialize, ToSchema)]
pub struct DiffSide {
    /// The version; missing where this is the draft.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    version_id: Option<VersionId>,
    /// Its number.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 1)]
    number: Option<i32>,
    /// Stands for what it says.
    hash: Sha256,
}

impl From<&Published> for DiffSide {
    fn from(published: &Published) -> Self {
        Self { version_id: Some(published.id), number: Some(published.number), hash: published.hash }
    }
}

type Told = (Published, Content);

impl DiffView {
    fn new(from: Option<&Told>, to: DiffSide, content: &Content) -> Self {
        let Diff { summary, changes, more } = diff(from.map(|(_, content)| content), content);
        Self { from: from.map(|(published, _)| published.into()), to, summary, changes, more }
    }
}

/// What a version changed, in words: against another version of its checklist, or against the one with the number
/// before. Of a first version, everything is added.
#[utoipa::path(get, path = "/v1/checklist-versions/{id}/diff", params(("id" = VersionId, Path), DiffParams), responses(
    (status = 200, description = "What changed.", body = DiffView),
))]
pub async fn diff_versions(
    app: Data<App>,
    caller: Allowed<ReadChecklists>,
    id: Path<VersionId>,
    Params(DiffParams { from }): Params<DiffParams>,
) -> Result<Json<DiffView>> {
    let id = id.into_inner();
    let look = move |conn: &mut Conn| {
        let (published, content) = store::told(conn, &caller.scope, id)?;
        let from = match from {
            Some(from) => Some(of_the_same(conn, published.checklist_id, from)?),
            None => store::told_before(conn, published.checklist_id, Some(published.number))?,
        };
        Ok(DiffView::new(from.as_ref(), (&published).into(), &content))
    };
    app.db.read(look).await.map(Json)
}

/// What publishing the draft would change, in words: against a version of its checklist, or against the latest.
#[utoipa::path(get, path = "/v1/checklists/{id}/draft/diff", params(("id" = ChecklistId, Path), DiffParams), responses(
    (status = 200, description = "What would change.", body = DiffView),
))]
pub async fn diff_draft(
    app: Data<App>,
    caller: Allowed<ReadChecklists>,
    id: Path<ChecklistId>,
    Params(DiffParams { from }): Params<DiffParams>,
) -> Result<Json<DiffView>> {
    let id = id.into_inner();
    let look = move |conn: &mut Conn| {
        let (_, draft) = store::draft(conn, &caller.scope, id)?;
        let from = match from {
            Some(from) => Some(of_the_same(conn, id, from)?),
            None => store::told_before(conn, id, None)?,
        };
        let to = DiffSide { version_id: None, number: None, hash: hash(&draft)? };
        Ok(DiffView::new(from.as_ref(), to, &draft))
    };
    app.db.read(look).await.map(Json)
}

/// The version to compare with, which the caller may see because of what is compared with it.
fn of_the_same(conn: &mut Conn, checklist: ChecklistId, from: VersionId) -> Result<Told> {
    store::told_of(conn, checklist, from)?.ok_or_else(|| {
        let advice = "this checklist has no such version: take one of `GET /v1/checklists/{id}/versions`";
        Error::invalid(vec![FieldError::new("from", "unknown", advice)])
    })
}
