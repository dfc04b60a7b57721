//! The addresses of the queue.

use actix_web::web::Data;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use crate::{
    accounts::caller::Allowed,
    accounts::policy::permit::ReviewVisits,
    app::App,
    db::types::Instant,
    error::Result,
    http::page::{Listing, Page},
    ids::{AccountId, BranchId, BrandId, CampaignId, EvidenceId, RegionId, VisitId},
    limits::{BasisPoints, Count32},
    reviews::queue::{self, QueueFilter, Queued},
    trust::model::Weight,
    visits::state::State,
};

/// A visit that waits for a decision.
#[derive(Serialize, ToSchema)]
pub struct Waiting {
    visit_id: VisitId,
    brand_id: BrandId,
    branch_id: BranchId,
    state: State,
    /// Basis points; null if nothing that was answered carries points.
    #[schema(value_type = Option<BasisPoints>)]
    score: Option<i32>,
    /// Since when it waits.
    received_at: Instant,
    /// The files that have not come, of a visit in the state `submitted`: it can be taken without them, rejected, or sent anew.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 200)]
    missing: Vec<EvidenceId>,
    /// How many things may be wrong with it; null as long as it was not looked at, and for a visit of the caller's own.
    #[schema(value_type = Option<Count32>)]
    flags: Option<i32>,
    /// How much the heaviest of them weighs; null without any.
    weight: Option<Weight>,
    /// The reviewer who has claimed the visit; null without a claim.
    reviewer_id: Option<AccountId>,
    /// Until when no other reviewer takes it up or decides about it.
    claimed_until: Option<Instant>,
}

impl From<Queued> for Waiting {
    fn from(Queued { visit, missing, flags, held }: Queued) -> Self {
        let (reviewer_id, claimed_until) = held.map(|held| (held.by, held.until)).unzip();
        Self {
            visit_id: visit.id,
            brand_id: visit.brand_id,
            branch_id: visit.branch_id,
            state: visit.state,
            score: visit.score,
            received_at: visit.received_at,
            missing,
            flags: flags.map(|summary| summary.flags),
            weight: flags.and_then(|summary| summary.weight),
            reviewer_id,
            claimed_until,
        }
    }
}

/// Which visits of the queue.
#[derive(Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct QueueParams {
    /// Only those of this brand.
    brand_id: Option<BrandId>,
    /// Only those to branches in this region, however deep.
    region_id: Option<RegionId>,
    /// Only those to this branch.
    branch_id: Option<BranchId>,
    /// Only those that this campaign wanted.
    campaign_id: Option<CampaignId>,
    /// Only those that wait for files (`true`), or of which all has come (`false`).
    incomplete: Option<bool>,
    /// Only those whose heaviest flag weighs this; without those that the caller made.
    #[param(inline)]
    weight: Option<Weight>,
}

impl QueueParams {
    fn filter(self) -> QueueFilter {
        let Self { brand_id, region_id, branch_id, campaign_id, incomplete, weight } = self;
        QueueFilter {
            brand: brand_id,
            region: region_id,
            branch: branch_id,
            campaign: campaign_id,
            incomplete,
            weight,
        }
    }
}

/// The queue: visits that wait for a decision, the longest waiting first. A visit whose files do not come stands there after
/// the time that its campaign sets (`evidence_hours`).
#[utoipa::path(get, path = "/v1/reviews", responses((status = 200, description = "A page of the queue.")))]
pub async fn queue(
    app: Data<App>,
    caller: Allowed<ReviewVisits>,
    Listing(params, page): Listing<QueueParams>,
) -> Result<Page<Waiting>> {
    let (filter, after, rows, now) = (params.filter(), page.key()?, page.rows(), app.clock.now());
    let queued = move |conn: &mut _| queue::queue(conn, &caller.scope, &filter, after, rows, now);
    let queued = app.db.snapshot(queued).await?;
    let waiting = queued.into_iter().map(Waiting::from).collect();
    page.page(waiting, |one: &Waiting| (one.received_at, one.visit_id))
}
