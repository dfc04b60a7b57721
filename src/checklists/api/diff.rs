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
        compare::{Comparison, Side, compare_draft, compare_version},
        diff::{Change, Diff, Summary},
        records::Published,
    },
    db::types::Sha256,
    error::Result,
    http::input::Params,
    ids::{ChecklistId, VersionId},
    limits::Ordinal32,
};

/// The version to compare with.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DiffParams {
    /// The version to compare with, of the same checklist; without it, the latest one before.
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
    /// How many more changes there are than are listed.
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
    #[schema(nullable = false, value_type = Option<Ordinal32>)]
    number: Option<i32>,
    /// The SHA-256 of its content.
    hash: Sha256,
}

impl From<Published> for DiffSide {
    fn from(version: Published) -> Self {
        Self { version_id: Some(version.id), number: Some(version.number), hash: version.hash }
    }
}

impl From<Side> for DiffSide {
    fn from(side: Side) -> Self {
        match side {
            Side::Version(version) => version.into(),
            Side::Draft(hash) => Self { version_id: None, number: None, hash },
        }
    }
}

impl From<Comparison> for DiffView {
    fn from(Comparison { from, to, diff }: Comparison) -> Self {
        let Diff { summary, changes, more } = diff;
        Self { from: from.map(DiffSide::from), to: to.into(), summary, changes, more }
    }
}

/// What a version changed, in words: against another version of its checklist, or against the one with the number
/// before. Of a first version, everything is added.
#[utoipa::path(get, path = "/v1/checklist-versions/{id}/diff", responses(
    (status = 200, description = "What changed."),
))]
pub async fn diff_versions(
    app: Data<App>,
    caller: Allowed<ReadChecklists>,
    id: Path<VersionId>,
    Params(DiffParams { from }): Params<DiffParams>,
) -> Result<Json<DiffView>> {
    let id = id.into_inner();
    let compared = app.db.read(move |conn| compare_version(conn, &caller.scope, id, from)).await?;
    Ok(Json(compared.into()))
}

/// What publishing the draft would change, in words: against a version of its checklist, or against the latest.
#[utoipa::path(get, path = "/v1/checklists/{id}/draft/diff", responses(
    (status = 200, description = "What would change."),
))]
pub async fn diff_draft(
    app: Data<App>,
    caller: Allowed<ReadChecklists>,
    id: Path<ChecklistId>,
    Params(DiffParams { from }): Params<DiffParams>,
) -> Result<Json<DiffView>> {
    let id = id.into_inner();
    let compared = app.db.read(move |conn| compare_draft(conn, &caller.scope, id, from)).await?;
    Ok(Json(compared.into()))
}
