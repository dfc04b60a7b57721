//! The addresses of decisions.

use actix_web::web::{Data, Json, Path};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    accounts::caller::Allowed,
    accounts::policy::{Scope, permit::ReviewVisits},
    app::App,
    checklists::cache::Versions,
    error::Result,
    http::{idempotency::IdempotencyKey, input::Input},
    ids::{AssignmentId, VisitId},
    limits::PlainLines,
    reviews::{
        decide::{self, Decide, Decided},
        take_without,
    },
    seals::Seal,
    visits::{
        self,
        advance::Advance,
        state::{State, Step},
        taken::TakenStep,
    },
};

/// Why something is done with a visit.
type Reason = PlainLines<1, 2_000>;

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
        let next_assignment_id = taken.as_ref().and_then(|taken| taken.details().next_assignment_id);
        let paid = taken.as_ref().and_then(TakenStep::is_paid);
        Self { visit_id: visit.id, state: visit.state, paid, next_assignment_id }
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
    (status = 409, description = "`wrong_state`: it does not wait for files. `conflict`: something else was asked under this `Idempotency-Key`."),
))]
pub async fn take_visit_without(
    app: Data<App>,
    caller: Allowed<ReviewVisits>,
    id: Path<VisitId>,
    key: IdempotencyKey,
    Input(WithReason { reason }): Input<WithReason>,
) -> Result<Json<Decision>> {
    let step = Advance::new(*id, Step::TakeWithout, Some(reason.into())).under(key.0);
    let now = app.clock.now();
    let take = move |conn: &mut _| take_without::take_without(conn, &caller.scope, &step, now);
    let visit = app.db.write(take).await?;
    Ok(Json(Decision { visit_id: visit.id, state: visit.state, paid: None, next_assignment_id: None }))
}

/// Find a visit true and complete: from now on it counts in the scores of its places. The same again is the same answer.
#[utoipa::path(post, path = "/v1/visits/{id}/review/approve", responses(
    (status = 200, description = "It is approved."),
    (status = 409, description = "`wrong_state`: it cannot be approved from where it is. `conflict`: something else was asked under this `Idempotency-Key`."),
))]
pub async fn approve(
    app: Data<App>,
    versions: Data<Versions>,
    caller: Allowed<ReviewVisits>,
    id: Path<VisitId>,
    key: IdempotencyKey,
) -> Result<Json<Decision>> {
    let approve = decision(&app, Advance::new(*id, Step::Approve, None).under(key.0));
    take(&app, &versions, caller.scope, approve).await
}

/// Why a visit is rejected, and what follows from it.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Rejection {
    /// For the shopper and the record.
    reason: Reason,
    /// Whether the shopper is paid for it all the same.
    #[serde(default)]
    #[schema(default = false, nullable = true)]
    paid: bool,
    /// Whether another visit is wanted in its place; if left out, as its campaign has it (`second_visits`). Outside of any
    /// campaign there is none.
    second_visit: Option<bool>,
}

/// Find a visit not true or not complete: it counts nowhere. If another one is wanted in its place, the job is on the board at
/// once, as long as the campaign has days left for it. The same again is the same answer.
#[utoipa::path(post, path = "/v1/visits/{id}/review/reject", responses(
    (status = 200, description = "It is rejected."),
    (status = 409, description = "`wrong_state`: it cannot be rejected from where it is. `conflict`: something else was asked under this `Idempotency-Key`."),
))]
pub async fn reject(
    app: Data<App>,
    versions: Data<Versions>,
    caller: Allowed<ReviewVisits>,
    id: Path<VisitId>,
    key: IdempotencyKey,
    Input(Rejection { reason, paid, second_visit }): Input<Rejection>,
) -> Result<Json<Decision>> {
    let advance = Advance::new(*id, Step::Reject, Some(reason.into())).under(key.0);
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
    (status = 409, description = "`wrong_state`: it cannot be excluded from where it is. `conflict`: something else was asked under this `Idempotency-Key`."),
))]
pub async fn exclude(
    app: Data<App>,
    versions: Data<Versions>,
    caller: Allowed<ReviewVisits>,
    id: Path<VisitId>,
    key: IdempotencyKey,
    Input(Exclusion { reason, second_visit }): Input<Exclusion>,
) -> Result<Json<Decision>> {
    let advance = Advance::new(*id, Step::Exclude, Some(reason.into())).under(key.0);
    take(&app, &versions, caller.scope, Decide { second_visit, ..decision(&app, advance) }).await
}

/// Take a decision back: the visit is in the queue again, and in no figure of its places. The job that was opened in its place
/// leaves the board, unless a shopper has it or is asked. The same again is the same answer.
#[utoipa::path(post, path = "/v1/visits/{id}/review/reopen", responses(
    (status = 200, description = "It is to be decided about again."),
    (status = 409, description = "`wrong_state`: nothing was decided about it. `conflict`: something else was asked under this `Idempotency-Key`."),
))]
pub async fn reopen(
    app: Data<App>,
    versions: Data<Versions>,
    caller: Allowed<ReviewVisits>,
    id: Path<VisitId>,
    key: IdempotencyKey,
    Input(WithReason { reason }): Input<WithReason>,
) -> Result<Json<Decision>> {
    let reopen = decision(&app, Advance::new(*id, Step::Reopen, Some(reason.into())).under(key.0));
    take(&app, &versions, caller.scope, reopen).await
}

fn decision(app: &App, advance: Advance) -> Decide {
    let opinion_lot = app.seals.lot(Seal::Opinion, advance.visit.uuid().as_bytes());
    Decide { advance, paid: None, second_visit: None, next: app.clock.ordered_id(), opinion_lot }
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
