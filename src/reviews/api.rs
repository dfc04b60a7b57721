//! The addresses of reviewing.

use actix_web::web::{Data, Json, Path};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::{
    claim::{self, Claimed},
    decide::{self, Decide, Decided},
    queue::{self, QueueFilter, Queued},
};
use crate::{
    accounts::caller::Allowed,
    accounts::policy::{Scope, permit::ReviewVisits},
    app::App,
    checklists::cache::Versions,
    db::types::Instant,
    error::Result,
    http::{
        input::Input,
        page::{Listing, Page},
    },
    ids::{AccountId, AssignmentId, BranchId, BrandId, CampaignId, EvidenceId, RegionId, VisitId},
    limits::{BasisPoints, Count32, PlainLines},
    trust::model::Weight,
    visits::{
        self,
        advance::Advance,
        state::{State, Step},
        take_without::take_without,
    },
};

/// Why something is done with a visit.
type Reason = PlainLines<1, 2_000>;

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

/// Whose a visit is.
#[derive(Serialize, ToSchema)]
pub struct ClaimView {
    visit_id: VisitId,
    state: State,
    /// The reviewer who has claimed the visit; null without a claim.
    reviewer_id: Option<AccountId>,
    /// Until when no other reviewer takes it up or decides about it.
    claimed_until: Option<Instant>,
}

impl From<Claimed> for ClaimView {
    fn from(Claimed { visit, held }: Claimed) -> Self {
        let (reviewer_id, claimed_until) = held.map(|held| (held.by, held.until)).unzip();
        Self { visit_id: visit.id, state: visit.state, reviewer_id, claimed_until }
    }
}

/// Take a visit up for half an hour, so that no other reviewer works on it. Of several who ask at once, one gets it. To claim it
/// again renews that, when half of the time is over.
#[utoipa::path(post, path = "/v1/visits/{id}/review/claim", responses(
    (status = 200, description = "It is the caller's."),
    (status = 409, description = "`claimed_by_another`: another reviewer works on it. `wrong_state`: it was decided about."),
))]
pub async fn claim_visit(
    app: Data<App>,
    caller: Allowed<ReviewVisits>,
    id: Path<VisitId>,
) -> Result<Json<ClaimView>> {
    let (id, now) = (id.into_inner(), app.clock.now());
    let claimed = app.db.write(move |conn| claim::claim(conn, &caller.scope, id, now)).await?;
    Ok(Json(claimed.into()))
}

/// What becomes of a claim.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReleaseClaim {
    /// The reviewer to whom the visit is handed over; if left out, every reviewer may take it up.
    reviewer_id: Option<AccountId>,
}

/// Give a visit back that the caller has taken up, or hand it over to another reviewer, who has it for half an hour from now on.
/// The same again is the same answer.
#[utoipa::path(post, path = "/v1/visits/{id}/review/release-claim", responses(
    (status = 200, description = "It is not the caller's any more."),
    (status = 409, description = "`claimed_by_another`: another reviewer works on it. `wrong_state`: nobody has taken it up."),
))]
pub async fn release_claim(
    app: Data<App>,
    caller: Allowed<ReviewVisits>,
    id: Path<VisitId>,
    Input(ReleaseClaim { reviewer_id }): Input<ReleaseClaim>,
) -> Result<Json<ClaimView>> {
    let (id, now) = (id.into_inner(), app.clock.now());
    let release = move |conn: &mut _| claim::release(conn, &caller.scope, id, reviewer_id, now);
    Ok(Json(app.db.write(release).await?.into()))
}

/// What became of a visit.
#[derive(Serialize, ToSchema)]
pub struct Decision {
    visit_id: VisitId,
    /// Its state from now on.
    state: State,
    /// Whether its shopper is paid for it; null as long as nothing is decided.
    paid: Option<bool>,
    /// The assignment that is on the board in its place, if one was opened.
    next_assignment_id: Option<AssignmentId>,
}

impl From<Decided> for Decision {
    fn from(Decided { visit, taken }: Decided) -> Self {
        let next_assignment_id = taken.details().next_assignment_id;
        Self { visit_id: visit.id, state: visit.state, paid: taken.is_paid(), next_assignment_id }
    }
}

/// Why something is done with a visit.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WithReason {
    /// For the shopper and the record.
    reason: Reason,
}

/// Take a visit without the files that have not come: it is complete, and can be decided about. The same again is the same
/// answer.
#[utoipa::path(post, path = "/v1/visits/{id}/review/take-without", responses(
    (status = 200, description = "It is complete."),
    (status = 409, description = "`wrong_state`: it does not wait for files."),
))]
pub async fn take_visit_without(
    app: Data<App>,
    caller: Allowed<ReviewVisits>,
    id: Path<VisitId>,
    Input(WithReason { reason }): Input<WithReason>,
) -> Result<Json<Decision>> {
    let (step, now) = (Advance::new(*id, Step::TakeWithout, Some(reason.into())), app.clock.now());
    let take = move |conn: &mut _| {
        let visit = take_without(conn, &caller.scope, &step, now)?;
        claim::require_free(conn, &caller.scope, visit.id, now)?;
        Ok(visit)
    };
    let visit = app.db.write(take).await?;
    Ok(Json(Decision { visit_id: visit.id, state: visit.state, paid: None, next_assignment_id: None }))
}

/// Find a visit true and complete: from now on it counts in the scores of its places. The same again is the same answer.
#[utoipa::path(post, path = "/v1/visits/{id}/review/approve", responses(
    (status = 200, description = "It is approved."),
    (status = 409, description = "`wrong_state`: it cannot be approved from where it is."),
))]
pub async fn approve(
    app: Data<App>,
    versions: Data<Versions>,
    caller: Allowed<ReviewVisits>,
    id: Path<VisitId>,
) -> Result<Json<Decision>> {
    take(&app, &versions, caller.scope, decision(&app, Advance::new(*id, Step::Approve, None))).await
}

/// Why a visit is rejected, and what follows from it.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Rejection {
    /// For the shopper and the record.
    reason: Reason,
    /// Whether the shopper is paid for it all the same.
    #[serde(default)]
    #[schema(default = false)]
    paid: bool,
    /// Whether another visit is wanted in its place; if left out, as its campaign has it (`second_visits`). Outside of any
    /// campaign there is none.
    second_visit: Option<bool>,
}

/// Find a visit not true or not complete: it counts nowhere. If another one is wanted in its place, the job is on the board at
/// once, as long as the campaign has days left for it. The same again is the same answer.
#[utoipa::path(post, path = "/v1/visits/{id}/review/reject", responses(
    (status = 200, description = "It is rejected."),
    (status = 409, description = "`wrong_state`: it cannot be rejected from where it is."),
))]
pub async fn reject(
    app: Data<App>,
    versions: Data<Versions>,
    caller: Allowed<ReviewVisits>,
    id: Path<VisitId>,
    Input(Rejection { reason, paid, second_visit }): Input<Rejection>,
) -> Result<Json<Decision>> {
    let advance = Advance::new(*id, Step::Reject, Some(reason.into()));
    let reject = Decide { paid: Some(paid), second_visit, ..decision(&app, advance) };
    take(&app, &versions, caller.scope, reject).await
}

/// Why a visit is excluded, and what follows from it.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Exclusion {
    /// For the shopper and the record.
    reason: Reason,
    /// Whether another visit is wanted in its place; if left out, as its campaign has it (`second_visits`). Outside of any
    /// campaign there is none.
    second_visit: Option<bool>,
}

/// Find that a visit is to be paid and to count nowhere. If another one is wanted in its place, the job is on the board at once,
/// as long as the campaign has days left for it. The same again is the same answer.
#[utoipa::path(post, path = "/v1/visits/{id}/review/exclude", responses(
    (status = 200, description = "It is excluded."),
    (status = 409, description = "`wrong_state`: it cannot be excluded from where it is."),
))]
pub async fn exclude(
    app: Data<App>,
    versions: Data<Versions>,
    caller: Allowed<ReviewVisits>,
    id: Path<VisitId>,
    Input(Exclusion { reason, second_visit }): Input<Exclusion>,
) -> Result<Json<Decision>> {
    let advance = Advance::new(*id, Step::Exclude, Some(reason.into()));
    take(&app, &versions, caller.scope, Decide { second_visit, ..decision(&app, advance) }).await
}

/// Take a decision back: the visit is in the queue again, and in no figure of its places. The job that was opened in its place
/// leaves the board, unless a shopper has it or is asked. The same again is the same answer.
#[utoipa::path(post, path = "/v1/visits/{id}/review/reopen", responses(
    (status = 200, description = "It is to be decided about again."),
    (status = 409, description = "`wrong_state`: nothing was decided about it."),
))]
pub async fn reopen(
    app: Data<App>,
    versions: Data<Versions>,
    caller: Allowed<ReviewVisits>,
    id: Path<VisitId>,
    Input(WithReason { reason }): Input<WithReason>,
) -> Result<Json<Decision>> {
    let reopen = decision(&app, Advance::new(*id, Step::Reopen, Some(reason.into())));
    take(&app, &versions, caller.scope, reopen).await
}

fn decision(app: &App, advance: Advance) -> Decide {
    Decide { advance, paid: None, second_visit: None, next: app.clock.new_id() }
}

/// Takes the step; the version that the visit was made with is looked up before.
async fn take(app: &App, versions: &Versions, scope: Scope, decide: Decide) -> Result<Json<Decision>> {
    let (asking, id) = (scope.clone(), decide.advance.visit);
    let visit = app.db.read(move |conn| visits::find::visit(conn, &asking, id)).await?;
    let version = versions.get(&app.db, visit.head.version_id).await?;
    let now = app.clock.now();
    let decided = app.db.write(move |conn| decide::decide(conn, &scope, &decide, &version, now)).await?;
    Ok(Json(decided.into()))
}
