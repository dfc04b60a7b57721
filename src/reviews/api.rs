//! The addresses of reviewing.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Json, Path},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::store;
use crate::{
    accounts::caller::Allowed,
    accounts::policy::permit::ReviewVisits,
    app::App,
    checklists::cache::Versions,
    db::{Conn, types::Instant},
    error::Result,
    http::{
        input::{Input, Params},
        page::{Page, PageParams},
    },
    ids::{BranchId, BrandId, VisitId},
    trust::{
        self,
        model::{Summary, Weight},
    },
    visits::{
        self,
        model::Visit,
        state::{State, Step},
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
    #[schema(minimum = 0, maximum = 10000)]
    score: Option<i32>,
    /// Since when it waits.
    received_at: Instant,
    /// How many things may be wrong with it; null as long as it was not looked at, and for a visit of one's own.
    #[schema(minimum = 0)]
    flags: Option<i32>,
    /// How much the heaviest of them weighs; null without any.
    weight: Option<Weight>,
}

impl Waiting {
    fn new(visit: &Visit, summary: Option<Summary>) -> Self {
        Self {
            flags: summary.map(|summary| summary.flags),
            weight: summary.and_then(|summary| summary.weight),
            visit_id: visit.id,
            brand_id: visit.brand_id,
            branch_id: visit.branch_id,
            state: visit.state,
            score: visit.score,
            received_at: visit.received_at,
        }
    }
}

/// The queue: visits that wait for a decision, the longest waiting first.
#[utoipa::path(get, path = "/v1/reviews", params(PageParams), responses(
    (status = 200, description = "A page of the queue.", body = Page<Waiting>),
))]
pub async fn queue(
    app: Data<App>,
    request: HttpRequest,
    caller: Allowed<ReviewVisits>,
    Params(page): Params<PageParams>,
) -> Result<HttpResponse> {
    let (after, rows) = (page.after(&app.seals, &request)?, page.rows());
    let look = move |conn: &mut Conn| {
        let waiting = visits::store::waiting(conn, &caller.scope, after, rows)?;
        let flagged = trust::store::summaries(conn, &caller.scope, &waiting)?;
        let view = |visit: &Visit| Waiting::new(visit, flagged.get(&visit.id).copied());
        Ok(waiting.iter().map(view).collect())
    };
    let views = app.db.read(look).await?;
    page.answer(&app.seals, &request, views, |view| (view.received_at, view.visit_id))
}

/// What became of a visit.
#[derive(Serialize, ToSchema)]
pub struct Decision {
    visit_id: VisitId,
    /// Its state from now on.
    state: State,
}

/// Find a visit true and complete: from now on it counts in the scores of its places.
#[utoipa::path(post, path = "/v1/visits/{id}/review/approve", params(("id" = VisitId, Path)), responses(
    (status = 200, description = "It is approved.", body = Decision),
    (status = 409, description = "`wrong_state`: it cannot be approved from where it is."),
))]
pub async fn approve(
    app: Data<App>,
    versions: Data<Versions>,
    caller: Allowed<ReviewVisits>,
    id: Path<VisitId>,
) -> Result<Json<Decision>> {
    decide(&app, &versions, caller, id.into_inner(), Step::Approve, None).await
}

/// Why a visit is rejected.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Rejection {
    /// For the shopper and the record.
    #[validate(length(min = 1, max = 2000), custom(function = "crate::http::input::plain_text"))]
    #[schema(min_length = 1, max_length = 2000)]
    reason: String,
}

/// Find a visit not true or not complete: it counts nowhere.
#[utoipa::path(post, path = "/v1/visits/{id}/review/reject", params(("id" = VisitId, Path)), request_body = Rejection, responses(
    (status = 200, description = "It is rejected.", body = Decision),
    (status = 409, description = "`wrong_state`: it cannot be rejected from where it is."),
))]
pub async fn reject(
    app: Data<App>,
    versions: Data<Versions>,
    caller: Allowed<ReviewVisits>,
    id: Path<VisitId>,
    Input(rejection): Input<Rejection>,
) -> Result<Json<Decision>> {
    decide(&app, &versions, caller, id.into_inner(), Step::Reject, Some(rejection.reason)).await
}

async fn decide(
    app: &App,
    versions: &Versions,
    caller: Allowed<ReviewVisits>,
    id: VisitId,
    step: Step,
    reason: Option<String>,
) -> Result<Json<Decision>> {
    let (scope, now) = (caller.scope, app.clock.now());
    let asking = scope.clone();
    let visit = app.db.read(move |conn| visits::store::visit(conn, &asking, id)).await?;
    let version = versions.get(&app.db, visit.version_id).await?;
    let decided = app
        .db
        .write(move |conn| store::decide(conn, &scope, id, step, reason.as_deref(), &version, now))
        .await?;
    Ok(Json(Decision { visit_id: decided.id, state: decided.state }))
}
