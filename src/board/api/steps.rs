//! The steps of an assignment: claim, offer, accept, decline, cancel.

use actix_web::web::{Data, Json, Path};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use super::wire::StepTaken;
use crate::{
    accounts::caller::Allowed,
    accounts::policy::permit::{CancelAssignments, DoFieldwork, WriteAssignments},
    app::App,
    board::steps,
    error::Result,
    fieldwork::assignments::{self, cancel::Cancellation, offer::Offer},
    http::{answer::NoContent, input::Input},
    ids::{AccountId, AssignmentId},
    limits::PlainLines,
};

/// Why a step is taken.
type Why = PlainLines<1, 500>;

/// Take an open job. Of several shoppers who ask at once, one gets it; the shopper who has it gets the same answer again.
#[utoipa::path(post, path = "/v1/jobs/{id}/claim", responses(
    (status = 200, description = "It is the caller's."),
    (status = 409, description = "`job_taken`: another shopper has it. `not_eligible`: the entries of `errors` say why. \
        `wrong_state`: it is over."),
))]
pub async fn claim_job(
    app: Data<App>,
    caller: Allowed<DoFieldwork>,
    id: Path<AssignmentId>,
) -> Result<Json<StepTaken>> {
    let (id, now) = (id.into_inner(), app.clock.now());
    let claimed = app.db.write(move |conn| steps::claim(conn, &caller.scope, id, now)).await?;
    Ok(Json(claimed.into()))
}

/// Whom to ask.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MakeOffer {
    /// The shopper.
    shopper_id: AccountId,
    /// Why this shopper, in spite of what keeps them from claiming it; what is final stays in the way.
    despite: Option<Why>,
}

/// Ask a shopper to take an open assignment. The same again is the same answer.
#[utoipa::path(post, path = "/v1/assignments/{id}/offer", responses(
    (status = 200, description = "The shopper is asked, or has it."),
    (status = 409, description = "`not_eligible`: the entries of `errors` say why. `wrong_state`: it is not open."),
))]
pub async fn offer_assignment(
    app: Data<App>,
    caller: Allowed<WriteAssignments>,
    id: Path<AssignmentId>,
    Input(make): Input<MakeOffer>,
) -> Result<Json<StepTaken>> {
    let now = app.clock.now();
    let offer = Offer {
        assignment: id.into_inner(),
        shopper: make.shopper_id,
        despite: make.despite.map(String::from),
    };
    let offered = app.db.write(move |conn| steps::offer(conn, &caller.scope, &offer, now)).await?;
    Ok(Json(offered.into()))
}

/// Take what was offered. The same again is the same answer.
#[utoipa::path(post, path = "/v1/assignments/{id}/accept", responses(
    (status = 200, description = "It is the caller's."),
    (status = 409, description = "`offer_expired`: it was not answered in time. `wrong_state`: it was declined, given up or taken back. `not_eligible`: by now the caller is known to be tied to the brand or the branch."),
))]
pub async fn accept_assignment(
    app: Data<App>,
    caller: Allowed<DoFieldwork>,
    id: Path<AssignmentId>,
) -> Result<Json<StepTaken>> {
    let (id, now) = (id.into_inner(), app.clock.now());
    let accepted = app.db.write(move |conn| steps::accept(conn, &caller.scope, id, now)).await?;
    Ok(Json(accepted.into()))
}

/// Why an offer is declined.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeclineOffer {
    /// For the scheduler, if there is something to say.
    reason: Option<Why>,
}

/// Decline what was offered: it is open again. That counts for nothing, and the same again changes nothing.
#[utoipa::path(post, path = "/v1/assignments/{id}/decline", responses(
    (status = 204, description = "It is not offered to the caller any more."),
    (status = 409, description = "`wrong_state`: it was accepted before, or is over."),
))]
pub async fn decline_assignment(
    app: Data<App>,
    caller: Allowed<DoFieldwork>,
    id: Path<AssignmentId>,
    Input(DeclineOffer { reason }): Input<DeclineOffer>,
) -> Result<NoContent> {
    let (id, now) = (id.into_inner(), app.clock.now());
    let decline = move |conn: &mut _| assignments::decline(conn, &caller.scope, id, reason.as_deref(), now);
    app.db.write(decline).await?;
    Ok(NoContent)
}

/// Why an assignment is not to be done.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CancelAssignment {
    /// For the record.
    reason: Why,
    /// Whether the visit is still wanted, so that the next try at it opens at once; if left out, it does if a shopper
    /// had the assignment or was asked. For schedulers only.
    reopen: Option<bool>,
}

/// Give up one's own assignment, or take one back. The next try at the visit is on the board at once, if the campaign has
/// days left. A visit that was made all the same is still taken. The same again is the same answer.
#[utoipa::path(post, path = "/v1/assignments/{id}/cancel", responses(
    (status = 200, description = "It is cancelled."),
    (status = 409, description = "`wrong_state`: it has a visit, is over, or is only offered to the caller."),
))]
pub async fn cancel_assignment(
    app: Data<App>,
    caller: Allowed<CancelAssignments>,
    id: Path<AssignmentId>,
    Input(CancelAssignment { reason, reopen }): Input<CancelAssignment>,
) -> Result<Json<StepTaken>> {
    let now = app.clock.now();
    let cancellation =
        Cancellation { assignment: id.into_inner(), reason: reason.into(), reopen, next: app.clock.new_id() };
    let cancelled = app.db.write(move |conn| steps::cancel(conn, &caller.scope, &cancellation, now)).await?;
    Ok(Json(cancelled.into()))
}
