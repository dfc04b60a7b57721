//! The addresses of reviewing.

use actix_web::web::{Data, Json, Path};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::{
    decide::decide,
    queue::{self, Queued},
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
        page::{Listing, NoFilter, Page},
    },
    ids::{BranchId, BrandId, EvidenceId, VisitId},
    limits::{BasisPoints, Count32, PlainLines},
    trust::model::Weight,
    visits::{
        self,
        advance::Advance,
        state::{State, Step},
        take_without::take_without,
    },
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
}

impl From<Queued> for Waiting {
    fn from(Queued { visit, missing, flags }: Queued) -> Self {
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
        }
    }
}

/// The queue: visits that wait for a decision, the longest waiting first. A visit whose files do not come stands there after
/// the time that its campaign sets (`evidence_hours`).
#[utoipa::path(get, path = "/v1/reviews", responses((status = 200, description = "A page of the queue.")))]
pub async fn queue(
    app: Data<App>,
    caller: Allowed<ReviewVisits>,
    Listing(NoFilter {}, page): Listing<NoFilter>,
) -> Result<Page<Waiting>> {
    let (after, rows, now) = (page.key()?, page.rows(), app.clock.now());
    let queued = app.db.snapshot(move |conn| queue::queue(conn, &caller.scope, after, rows, now)).await?;
    let waiting = queued.into_iter().map(Waiting::from).collect();
    page.page(waiting, |one: &Waiting| (one.received_at, one.visit_id))
}

/// What became of a visit.
#[derive(Serialize, ToSchema)]
pub struct Decision {
    visit_id: VisitId,
    /// Its state from now on.
    state: State,
}

/// Why a visit is taken without its files.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TakeWithout {
    /// For the shopper and the record.
    reason: PlainLines<1, 2_000>,
}

/// Take a visit without the files that have not come: it is complete, and can be decided about.
#[utoipa::path(post, path = "/v1/visits/{id}/review/take-without", responses(
    (status = 200, description = "It is complete."),
    (status = 409, description = "`wrong_state`: it does not wait for files."),
))]
pub async fn take_visit_without(
    app: Data<App>,
    caller: Allowed<ReviewVisits>,
    id: Path<VisitId>,
    Input(TakeWithout { reason }): Input<TakeWithout>,
) -> Result<Json<Decision>> {
    let (step, now) = (Advance::new(*id, Step::TakeWithout, Some(reason.into())), app.clock.now());
    let taken = app.db.write(move |conn| take_without(conn, &caller.scope, &step, now)).await?;
    Ok(Json(Decision { visit_id: taken.visit.head.id, state: taken.visit.head.state }))
}

/// Find a visit true and complete: from now on it counts in the scores of its places.
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
    take(&app, &versions, caller.scope, Advance::new(*id, Step::Approve, None)).await
}

/// Why a visit is rejected.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Rejection {
    /// For the shopper and the record.
    reason: PlainLines<1, 2_000>,
}

/// Find a visit not true or not complete: it counts nowhere.
#[utoipa::path(post, path = "/v1/visits/{id}/review/reject", responses(
    (status = 200, description = "It is rejected."),
    (status = 409, description = "`wrong_state`: it cannot be rejected from where it is."),
))]
pub async fn reject(
    app: Data<App>,
    versions: Data<Versions>,
    caller: Allowed<ReviewVisits>,
    id: Path<VisitId>,
    Input(rejection): Input<Rejection>,
) -> Result<Json<Decision>> {
    take(&app, &versions, caller.scope, Advance::new(*id, Step::Reject, Some(rejection.reason.into()))).await
}

/// Takes the step; the version that the visit was made with is looked up before.
async fn take(app: &App, versions: &Versions, scope: Scope, step: Advance) -> Result<Json<Decision>> {
    let (asking, id) = (scope.clone(), step.visit);
    let visit = app.db.read(move |conn| visits::find::visit(conn, &asking, id)).await?;
    let version = versions.get(&app.db, visit.head.version_id).await?;
    let now = app.clock.now();
    let decided = app.db.write(move |conn| decide(conn, &scope, &step, &version, now)).await?;
    Ok(Json(Decision { visit_id: decided.id, state: decided.state }))
}
