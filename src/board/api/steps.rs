//! The steps of an assignment: claim, offer, accept, decline, give up, cancel; move and hand over, several at once.

use actix_web::web::{Data, Json, Path};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::wire::StepTaken;
use crate::{
    accounts::caller::Allowed,
    accounts::policy::permit::{DoFieldwork, WriteAssignments},
    app::App,
    audit::{
        About,
        api::{Look, Looking, Shown},
    },
    board::steps,
    db::types::Instant,
    error::Result,
    fieldwork::assignments::{
        self,
        cancel::Cancellation,
        give_up::GiveUp,
        hand_over::HandOver,
        model::{Assignment, Window},
        move_window::MoveWindow,
        offer::Offer,
    },
    http::{answer::NoContent, input::Input},
    ids::{AccountId, AssignmentId},
    limits::{PlainLines, Several},
    strict::objects_only,
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
    looking: Looking,
    id: Path<AssignmentId>,
    Input(make): Input<MakeOffer>,
) -> Result<Shown<Json<StepTaken>>> {
    let (by, now) = (caller.account(), app.clock.now());
    let offer = Offer {
        assignment: id.into_inner(),
        shopper: make.shopper_id,
        despite: make.despite.map(String::from),
    };
    let offered = app.db.write(move |conn| steps::offer(conn, &caller.scope, &offer, now)).await?;
    looking.show(by, look(&offered), Json(offered.into())).await
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
    /// For the shopper who had it or was asked, and the record.
    reason: Why,
    /// Whether the visit is still wanted, so that the next try at it opens at once; if left out, it does if a shopper
    /// had the assignment or was asked.
    reopen: Option<bool>,
}

/// Why a shopper does not go.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GiveUpAssignment {
    /// For the scheduler.
    reason: Why,
}

/// Give up one's own assignment, however it was given. The next try at the visit is on the board at once, if a campaign
/// wants it and has days left. A visit that was made all the same is still taken. The same again is the same answer.
#[utoipa::path(post, path = "/v1/assignments/{id}/give-up", responses(
    (status = 200, description = "It is given up."),
    (status = 409, description = "`wrong_state`: it has a visit, is over, or is only offered to the caller."),
))]
pub async fn give_up_assignment(
    app: Data<App>,
    caller: Allowed<DoFieldwork>,
    id: Path<AssignmentId>,
    Input(GiveUpAssignment { reason }): Input<GiveUpAssignment>,
) -> Result<Json<StepTaken>> {
    let now = app.clock.now();
    let given_up =
        GiveUp { assignment: id.into_inner(), reason: reason.into(), next: app.clock.ordered_id() };
    let given_up = app.db.write(move |conn| steps::give_up(conn, &caller.scope, &given_up, now)).await?;
    Ok(Json(given_up.into()))
}

/// Another window for an assignment.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct WindowMove {
    /// Which one.
    assignment_id: AssignmentId,
    /// From when on.
    opens_at: Instant,
    /// Until when: after it opens, and later than now.
    closes_at: Instant,
}

/// Windows that are moved at once.
type WindowMoves = Several<WindowMove, 1, 200>;
/// Assignments that are handed over at once.
type HandedOver = Several<AssignmentId, 1, 200>;

/// Which windows to move.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MoveWindows {
    /// The windows.
    moves: WindowMoves,
    /// For the record.
    reason: Why,
}

/// The assignments as they are now.
#[derive(Serialize, ToSchema)]
pub struct StepsTaken {
    /// In the order of the request.
    items: Vec<StepTaken>,
}

/// Give assignments other windows, all of them or none. The deadlines follow. An assignment whose window is there already is
/// not changed.
#[utoipa::path(post, path = "/v1/assignments/move", responses(
    (status = 200, description = "They are moved."),
    (status = 409, description = "`wrong_state`: one of them is over or has a visit."),
))]
pub async fn move_assignments(
    app: Data<App>,
    caller: Allowed<WriteAssignments>,
    looking: Looking,
    Input(MoveWindows { moves, reason }): Input<MoveWindows>,
) -> Result<Shown<Json<StepsTaken>>> {
    let by = caller.account();
    let (now, reason) = (app.clock.now(), String::from(reason));
    let one = |WindowMove { assignment_id, opens_at, closes_at }: WindowMove| MoveWindow {
        assignment: assignment_id,
        window: Window { opens_at, closes_at },
        reason: reason.clone(),
    };
    let moves: Vec<_> = moves.into_iter().map(one).collect();
    let moved = app.db.write(move |conn| steps::move_windows(conn, &caller.scope, &moves, now)).await?;
    let look = look_at_all(&moved);
    looking.show(by, look, Json(StepsTaken { items: moved.into_iter().map(StepTaken::from).collect() })).await
}

/// Which assignments are to be another shopper's.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HandOverAssignments {
    /// The assignments, which shoppers have.
    assignment_ids: HandedOver,
    /// The other shopper.
    shopper_id: AccountId,
    /// For the shoppers who had them, and the record.
    reason: Why,
    /// Why this shopper, in spite of what keeps them from claiming them; what is final stays in the way.
    despite: Option<Why>,
}

/// Hand assignments over to another shopper, all of them or none: each ends for the shopper who has it, and the other one
/// gets the next try at it, on the same terms and at once.
#[utoipa::path(post, path = "/v1/assignments/hand-over", responses(
    (status = 200, description = "They are the other shopper's."),
    (status = 409, description = "`not_eligible`: the entries of `errors` say why. `wrong_state`: no shopper has one of them, or it has a visit."),
))]
pub async fn hand_over_assignments(
    app: Data<App>,
    caller: Allowed<WriteAssignments>,
    looking: Looking,
    Input(HandOverAssignments { assignment_ids, shopper_id, reason, despite }): Input<HandOverAssignments>,
) -> Result<Shown<Json<StepsTaken>>> {
    let by = caller.account();
    let (now, reason, despite) = (app.clock.now(), String::from(reason), despite.map(String::from));
    let one = |assignment: AssignmentId| HandOver {
        assignment,
        shopper: shopper_id,
        reason: reason.clone(),
        despite: despite.clone(),
        next: app.clock.ordered_id(),
    };
    let all: Vec<_> = assignment_ids.into_iter().map(one).collect();
    let handed = app.db.write(move |conn| steps::hand_over(conn, &caller.scope, &all, now)).await?;
    let look = look_at_all(&handed);
    looking
        .show(by, look, Json(StepsTaken { items: handed.into_iter().map(StepTaken::from).collect() }))
        .await
}

fn look(assignment: &Assignment) -> Look {
    Look::at((About::Assignment, assignment.id), assignment.brand_id, assignment.shopper_id)
}

/// Of several assignments the brand is said if they have one.
fn look_at_all(assignments: &[Assignment]) -> Look {
    let first = assignments.first().map(|one| one.brand_id);
    let brand = first.filter(|brand| assignments.iter().all(|one| one.brand_id == *brand));
    Look::list(brand, assignments.iter().filter_map(|one| one.shopper_id))
}

objects_only!(WindowMove);

/// Take an assignment back. The next try at the visit is on the board at once, if the campaign has days left. A visit that
/// was made all the same is still taken. The same again is the same answer.
#[utoipa::path(post, path = "/v1/assignments/{id}/cancel", responses(
    (status = 200, description = "It is cancelled."),
    (status = 409, description = "`wrong_state`: it has a visit, or is over."),
))]
pub async fn cancel_assignment(
    app: Data<App>,
    caller: Allowed<WriteAssignments>,
    looking: Looking,
    id: Path<AssignmentId>,
    Input(CancelAssignment { reason, reopen }): Input<CancelAssignment>,
) -> Result<Shown<Json<StepTaken>>> {
    let (by, now) = (caller.account(), app.clock.now());
    let cancellation = Cancellation {
        assignment: id.into_inner(),
        reason: reason.into(),
        reopen,
        next: app.clock.ordered_id(),
    };
    let cancelled = app.db.write(move |conn| steps::cancel(conn, &caller.scope, &cancellation, now)).await?;
    looking.show(by, look(&cancelled), Json(cancelled.into())).await
}
