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
    limits::Count,
};

/// How many visits of a campaign are where.
#[derive(Serialize, ToSchema)]
pub struct CoverageCounts {
    /// Visits that the campaign wants: so many of each branch, and once it is closed, those that are there.
    #[schema(value_type = Count)]
    wanted: i64,
    /// Of those, for how many nothing is under way and nothing was made: they are to be planned, or cannot be.
    #[schema(value_type = Count)]
    missing: i64,
    /// On the board.
    #[schema(value_type = Count)]
    open: i64,
    /// A shopper has been asked.
    #[schema(value_type = Count)]
    offered: i64,
    /// A shopper has it, and there is no visit yet.
    #[schema(value_type = Count)]
    assigned: i64,
    /// Visits that nothing was decided about yet. One that came late, when another shopper was asked already, is counted
    /// beside theirs.
    #[schema(value_type = Count)]
    submitted: i64,
    /// Visits that count.
    #[schema(value_type = Count)]
    approved: i64,
    /// Visits that do not count.
    #[schema(value_type = Count)]
    rejected: i64,
    /// Visits that are paid, and count nowhere.
    #[schema(value_type = Count)]
    excluded: i64,
    /// Of what is open, offered or assigned: the window has closed.
    #[schema(value_type = Count)]
    late: i64,
    /// Of the same: the window closes within 48 hours and no shopper has it, or within 24 and there is no visit.
    #[schema(value_type = Count)]
    at_risk: i64,
}

impl From<Counts> for CoverageCounts {
    fn from(counts: Counts) -> Self {
        let Counts {
            wanted,
            missing,
            open,
            offered,
            assigned,
            submitted,
            approved,
            rejected,
            excluded,
            late,
            at_risk,
        } = counts;
        Self {
            wanted,
            missing,
            open,
            offered,
            assigned,
            submitted,
            approved,
            rejected,
            excluded,
            late,
            at_risk,
        }
    }
}

/// One region, with all below it.
#[derive(Serialize, ToSchema)]
pub struct RegionCoverage {
    region_id: RegionId,
    name: String,
    /// How deep it lies below the first regions that are shown.
    depth: usize,
    counts: CoverageCounts,
}

/// How far a campaign is, in what the caller is to see of it.
#[derive(Serialize, ToSchema)]
pub struct CoverageView {
    /// All of it.
    all: CoverageCounts,
    /// The regions of which anything is wanted or was made, in the order of the tree: each before those in it.
    regions: Vec<RegionCoverage>,
}

impl From<Coverage> for CoverageView {
    fn from(coverage: Coverage) -> Self {
        let view = |one: CoveredRegion| RegionCoverage {
            region_id: one.node.id,
            name: one.node.name,
            depth: one.depth,
            counts: one.counts.into(),
        };
        Self { all: coverage.all.into(), regions: coverage.regions.into_iter().map(view).collect() }
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
