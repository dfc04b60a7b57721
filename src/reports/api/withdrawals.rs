//! The addresses where reports are withdrawn.

use actix_web::web::{Data, Json, Path};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    accounts::caller::Allowed,
    accounts::policy::permit::ReviewVisits,
    app::App,
    checklists::cache::Versions,
    error::Result,
    http::{idempotency::IdempotencyKey, input::Input},
    ids::{AccountId, VisitId},
    limits::PlainLines,
    reports::withdraw::{self, Proposed},
    visits::{
        self,
        advance::Advance,
        state::{State, Step},
    },
};

/// Where the withdrawal of a visit is.
#[derive(Serialize, ToSchema)]
pub struct WithdrawalView {
    visit_id: VisitId,
    state: State,
    /// The reviewer who proposes to withdraw the visit; null without a proposal.
    proposed_by: Option<AccountId>,
    /// The reason of the proposal; null without one.
    reason: Option<String>,
}

impl From<Proposed> for WithdrawalView {
    fn from(Proposed { visit, proposal }: Proposed) -> Self {
        let (proposed_by, reason) = proposal.map(|step| (step.account_id, step.reason)).unwrap_or_default();
        Self { visit_id: visit.id, state: visit.state, proposed_by, reason }
    }
}

/// Why a report is to be withdrawn.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProposeWithdrawal {
    /// For the record and, if it is withdrawn, for those who read the report.
    reason: PlainLines<1, 2_000>,
}

/// Propose to withdraw a visit whose report went out, because it turns out to be false. Another reviewer agrees or declines. The same
/// again is the same answer.
#[utoipa::path(post, path = "/v1/visits/{id}/review/propose-withdrawal", responses(
    (status = 200, description = "It is proposed."),
    (status = 409, description = "`wrong_state`: its report did not go out, or it is proposed already. `conflict`: something else was asked under this `Idempotency-Key`."),
))]
pub async fn propose_withdrawal(
    app: Data<App>,
    caller: Allowed<ReviewVisits>,
    id: Path<VisitId>,
    key: IdempotencyKey,
    Input(ProposeWithdrawal { reason }): Input<ProposeWithdrawal>,
) -> Result<Json<WithdrawalView>> {
    let step = Advance::new(*id, Step::ProposeWithdrawal, Some(reason.into())).under(key.0);
    let now = app.clock.now();
    let proposed = app.db.write(move |conn| withdraw::propose(conn, &caller.scope, &step, now)).await?;
    Ok(Json(proposed.into()))
}

/// Keep a report that was proposed for withdrawal: its reviewer takes that back, or another one declines. The same again is the same
/// answer.
#[utoipa::path(post, path = "/v1/visits/{id}/review/keep-report", responses(
    (status = 200, description = "It stays."),
    (status = 409, description = "`wrong_state`: nobody proposed to withdraw it. `conflict`: something else was asked under this `Idempotency-Key`."),
))]
pub async fn keep_report(
    app: Data<App>,
    caller: Allowed<ReviewVisits>,
    id: Path<VisitId>,
    key: IdempotencyKey,
) -> Result<Json<WithdrawalView>> {
    let (step, now) = (Advance::new(*id, Step::KeepReport, None).under(key.0), app.clock.now());
    let kept = app.db.write(move |conn| withdraw::keep(conn, &caller.scope, &step, now)).await?;
    Ok(Json(kept.into()))
}

/// Withdraw a visit, as another reviewer proposed. It counts nowhere any more, and its report says why. The same again is the same
/// answer.
#[utoipa::path(post, path = "/v1/visits/{id}/review/withdraw", responses(
    (status = 200, description = "It is withdrawn."),
    (status = 403, description = "`forbidden`: the caller proposed it, or made the visit."),
    (status = 409, description = "`wrong_state`: nobody proposed to withdraw it. `conflict`: something else was asked under this `Idempotency-Key`."),
))]
pub async fn withdraw_report(
    app: Data<App>,
    versions: Data<Versions>,
    caller: Allowed<ReviewVisits>,
    id: Path<VisitId>,
    key: IdempotencyKey,
) -> Result<Json<WithdrawalView>> {
    let (id, now, scope) = (id.into_inner(), app.clock.now(), caller.scope.clone());
    let visit = app.db.read(move |conn| visits::find::visit(conn, &scope, id)).await?;
    let version = versions.get(&app.db, visit.head.version_id).await?;
    let step = Advance::new(id, Step::Withdraw, None).under(key.0);
    let withdraw = move |conn: &mut _| withdraw::withdraw(conn, &caller.scope, &step, &version, now);
    let withdrawn = app.db.write(withdraw).await?;
    Ok(Json(withdrawn.into()))
}
