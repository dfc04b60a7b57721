//! The address of a standard's versions.

use actix_web::web::{Data, Path};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    accounts::{caller::Allowed, policy::permit::ReadChecklists},
    app::App,
    checklists::{
        standards::{model::StandardVersion, store},
        text::Text,
    },
    db::types::Instant,
    error::Result,
    http::page::{Listing, NoFilter, Page},
    ids::{AccountId, DimensionId, StandardId},
    limits::Ordinal32,
};

/// A version of a standard.
#[derive(Serialize, ToSchema)]
pub struct StandardVersionView {
    /// Counts the versions of the standard, from 1.
    #[schema(value_type = Ordinal32)]
    version: i32,
    /// The dimension that it belonged to.
    dimension_id: DimensionId,
    /// What it asked for.
    text: Text,
    /// Whether it was no longer asked for.
    retired: bool,
    /// The account that made the version.
    made_by: AccountId,
    /// When it was made.
    made_at: Instant,
}

impl From<StandardVersion> for StandardVersionView {
    fn from(row: StandardVersion) -> Self {
        let StandardVersion { standard_id: _, version, dimension_id, text, retired, made_by, made_at } = row;
        Self { version, dimension_id, text: text.0, retired, made_by, made_at }
    }
}

/// All versions of a standard, each with its author, in the order of their numbers.
#[utoipa::path(get, path = "/v1/standards/{id}/versions", responses(
    (status = 200, description = "A page of versions."),
))]
pub async fn list_standard_versions(
    app: Data<App>,
    caller: Allowed<ReadChecklists>,
    of: Path<StandardId>,
    Listing(NoFilter {}, page): Listing<NoFilter>,
) -> Result<Page<StandardVersionView>> {
    let of = of.into_inner();
    let (after, rows) = (page.key()?, page.rows());
    let versions =
        app.db.read(move |conn| store::standard_versions(conn, &caller.scope, of, after, rows)).await?;
    let views = versions.into_iter().map(StandardVersionView::from).collect();
    page.page(views, |view| view.version)
}
