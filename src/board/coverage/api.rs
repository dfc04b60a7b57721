//! The address of coverage.

use actix_web::web::{Data, Json, Path};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Counts, Coverage, CoveredRegion, count};
use crate::{
    accounts::caller::Allowed,
    accounts::policy::permit::ReadCampaigns,
    app::App,
    error::Result,
    ids::{CampaignId, RegionId},
};

/// One region, with all below it.
#[derive(Serialize, ToSchema)]
pub struct RegionCoverage {
    region_id: RegionId,
    name: String,
    /// How deep it lies below the first regions that are shown.
    depth: usize,
    counts: Counts,
}

/// How far a campaign is, in what the caller is to see of it.
#[derive(Serialize, ToSchema)]
pub struct CoverageView {
    /// All of it.
    all: Counts,
    /// The regions of which anything is wanted or was made, in the order of the tree: each before those in it.
    regions: Vec<RegionCoverage>,
}

impl From<Coverage> for CoverageView {
    fn from(coverage: Coverage) -> Self {
        let view = |one: CoveredRegion| RegionCoverage {
            region_id: one.node.id,
            name: one.node.name,
            depth: one.depth,
            counts: one.counts,
        };
        Self { all: coverage.all, regions: coverage.regions.into_iter().map(view).collect() }
    }
}

/// How far a campaign is. What is wanted of it and what has become of that, in all and by region.
#[utoipa::path(get, path = "/v1/campaigns/{id}/coverage", responses(
    (status = 200, description = "The counts."),
))]
pub async fn coverage(
    app: Data<App>,
    caller: Allowed<ReadCampaigns>,
    id: Path<CampaignId>,
) -> Result<Json<CoverageView>> {
    let (id, now) = (id.into_inner(), app.clock.now());
    let coverage = app.db.snapshot(move |conn| count::coverage(conn, &caller.scope, id, now)).await?;
    Ok(Json(coverage.into()))
}
