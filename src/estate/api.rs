//! The addresses by which places move, retire and are restored.

use actix_web::web::{Data, Json, Path};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::{move_place, retire_place};
use crate::{
    accounts::{
        caller::Allowed,
        policy::permit::{ReadPlaceHistory, WritePlaces},
    },
    app::App,
    calendar::Day,
    db::types::Instant,
    error::Result,
    http::{answer::Changed, etag::IfMatch, input::Input},
    ids::{AccountId, BranchId, BrandId, RegionId},
    limits::PlainLines,
    months::Month,
    places::{
        self,
        model::PlannedMove,
        moves::plan_move::Move,
        retirement::retire::Retire,
        steps::{
            self,
            model::{Node, NodeId, NodeKind, PlaceStep, Placed, StepKind},
        },
    },
};

/// Why.
type Why = PlainLines<1, 500>;

/// Where a place is to lie.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlaceMove {
    /// The region that it is to lie in: one of its brand that is not retired; the top of the brand if left out.
    region_id: Option<RegionId>,
    /// The month from which on it lies there: the present one, a later one, or an earlier one of which managers there have been shown no figures yet.
    from: Month,
    /// Why.
    reason: Why,
}

/// From when on a place is not visited any more.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlaceRetirement {
    /// The day from which on it is retired, by the clocks at each branch.
    from: Day,
    /// Why.
    reason: Why,
}

/// Why something becomes of a place.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlaceReason {
    /// Why.
    reason: Why,
}

/// Where a place lies, and what is to become of it.
#[derive(Serialize, ToSchema)]
pub struct PlacedView {
    /// The region or the branch.
    id: NodeId,
    /// Which of them.
    kind: NodeKind,
    /// Its brand.
    brand_id: BrandId,
    /// The region that it lies in at present; missing at the top of the brand.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    region_id: Option<RegionId>,
    /// The move that is to come, if one is planned.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    planned_move: Option<PlannedMove>,
    /// Since when it is retired, or when it will be; missing if it is not.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    retired_at: Option<Instant>,
}

impl From<Placed> for PlacedView {
    fn from(place: Placed) -> Self {
        Self {
            id: place.node.id(),
            kind: place.node.kind(),
            brand_id: place.brand_id,
            region_id: place.region_id,
            planned_move: PlannedMove::of(place.moves_from, place.moves_to),
            retired_at: place.retired_at,
        }
    }
}

/// What became of a place.
#[derive(Serialize, ToSchema)]
pub struct PlaceHistory {
    /// The steps, the first one first.
    steps: Vec<PlaceStepView>,
}

/// One thing that became of a place.
#[derive(Serialize, ToSchema)]
pub struct PlaceStepView {
    step: StepKind,
    /// Of a move: the month from which on it lies elsewhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    from: Option<Month>,
    /// Of a move: the region that it lay in before; missing at the top of the brand.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    from_region_id: Option<RegionId>,
    /// Of a move: the region that it lies in from then on; missing at the top of the brand.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    to_region_id: Option<RegionId>,
    /// Of a retirement: since when.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    retired_at: Option<Instant>,
    /// The region that retired or was restored, and this place with it; missing if it was this place alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    with_region_id: Option<RegionId>,
    reason: String,
    account_id: AccountId,
    taken_at: Instant,
}

impl From<PlaceStep> for PlaceStepView {
    fn from(step: PlaceStep) -> Self {
        let PlaceStep {
            step,
            from_month: from,
            from_region: from_region_id,
            to_region: to_region_id,
            retired_at,
            with_region: with_region_id,
            reason,
            account_id,
            taken_at,
            ..
        } = step;
        Self {
            step,
            from,
            from_region_id,
            to_region_id,
            retired_at,
            with_region_id,
            reason,
            account_id,
            taken_at,
        }
    }
}

/// Let a branch lie in another region of its brand from a month on. Visits of a month count in the regions that the branch lay in in that month,
/// whenever they are decided about. Who may see the branch follows the region that it lies in at present: once the month has begun at the branch,
/// those of the new region do. Jobs that their campaigns do not want there any more end then.
#[utoipa::path(post, path = "/v1/branches/{id}/move", responses(
    (status = 200, description = "The move is carried out, or planned if its month has not begun: then `planned_move` says so."),
    (status = 409, description = "`conflict`: another move is planned. `wrong_state`: it is retired, or will be."),
))]
pub async fn move_branch(
    app: Data<App>,
    caller: Allowed<WritePlaces>,
    id: Path<BranchId>,
    if_match: IfMatch,
    Input(put): Input<PlaceMove>,
) -> Result<Changed<PlacedView>> {
    relocate(&app, caller, Node::Branch(*id), if_match, put).await
}

/// Let a region, with all below it, lie in another region of its brand from a month on, as a branch does. Its month begins with that of its first branch.
#[utoipa::path(post, path = "/v1/regions/{id}/move", responses(
    (status = 200, description = "The move is carried out, or planned if its month has not begun: then `planned_move` says so."),
    (status = 409, description = "`conflict`: another move is planned, or a region there has its name, or will have it. `wrong_state`: it is retired, or will be."),
))]
pub async fn move_region(
    app: Data<App>,
    caller: Allowed<WritePlaces>,
    id: Path<RegionId>,
    if_match: IfMatch,
    Input(put): Input<PlaceMove>,
) -> Result<Changed<PlacedView>> {
    relocate(&app, caller, Node::Region(*id), if_match, put).await
}

async fn relocate(
    app: &App,
    caller: Allowed<WritePlaces>,
    place: Node,
    if_match: IfMatch,
    put: PlaceMove,
) -> Result<Changed<PlacedView>> {
    let PlaceMove { region_id: to, from, reason } = put;
    let (command, now) = (Move { place, from, to, reason: reason.into() }, app.clock.now());
    let act = move |conn: &mut _| move_place::move_place(conn, &caller.scope, &if_match, &command, now);
    Ok(changed(app.db.write(act).await?))
}

/// Take the planned move of a branch back, before its month begins.
#[utoipa::path(post, path = "/v1/branches/{id}/take-back-move", responses(
    (status = 200, description = "It stays where it is."),
    (status = 409, description = "`wrong_state`: no move is planned, or its month has begun."),
))]
pub async fn take_back_branch_move(
    app: Data<App>,
    caller: Allowed<WritePlaces>,
    id: Path<BranchId>,
    if_match: IfMatch,
    Input(why): Input<PlaceReason>,
) -> Result<Changed<PlacedView>> {
    take_back(&app, caller, Node::Branch(*id), if_match, why).await
}

/// Take the planned move of a region back, before its month begins.
#[utoipa::path(post, path = "/v1/regions/{id}/take-back-move", responses(
    (status = 200, description = "It stays where it is."),
    (status = 409, description = "`wrong_state`: no move is planned, or its month has begun."),
))]
pub async fn take_back_region_move(
    app: Data<App>,
    caller: Allowed<WritePlaces>,
    id: Path<RegionId>,
    if_match: IfMatch,
    Input(why): Input<PlaceReason>,
) -> Result<Changed<PlacedView>> {
    take_back(&app, caller, Node::Region(*id), if_match, why).await
}

async fn take_back(
    app: &App,
    caller: Allowed<WritePlaces>,
    place: Node,
    if_match: IfMatch,
    PlaceReason { reason }: PlaceReason,
) -> Result<Changed<PlacedView>> {
    let (reason, now) = (String::from(reason), app.clock.now());
    let act =
        move |conn: &mut _| move_place::take_back_move(conn, &caller.scope, &if_match, (place, &reason), now);
    Ok(changed(app.db.write(act).await?))
}

/// Retire a branch: from a day on it gets no new jobs, and its past stays. Open jobs whose windows reach beyond that day end; what a shopper has is
/// honoured, and visits that arrive later are taken.
#[utoipa::path(post, path = "/v1/branches/{id}/retire", responses(
    (status = 200, description = "It is retired, or will be."),
    (status = 409, description = "`conflict`: it is to move. `wrong_state`: it is retired already, or will be."),
))]
pub async fn retire_branch(
    app: Data<App>,
    caller: Allowed<WritePlaces>,
    id: Path<BranchId>,
    if_match: IfMatch,
    Input(put): Input<PlaceRetirement>,
) -> Result<Changed<PlacedView>> {
    retire(&app, caller, Node::Branch(*id), if_match, put).await
}

/// Retire a region with all below it. What is retired in it already stays as it is.
#[utoipa::path(post, path = "/v1/regions/{id}/retire", responses(
    (status = 200, description = "It is retired, or will be."),
    (status = 409, description = "`conflict`: it is to move, or a place is to move into it or out of it. `wrong_state`: it is retired already, or will be."),
))]
pub async fn retire_region(
    app: Data<App>,
    caller: Allowed<WritePlaces>,
    id: Path<RegionId>,
    if_match: IfMatch,
    Input(put): Input<PlaceRetirement>,
) -> Result<Changed<PlacedView>> {
    retire(&app, caller, Node::Region(*id), if_match, put).await
}

async fn retire(
    app: &App,
    caller: Allowed<WritePlaces>,
    place: Node,
    if_match: IfMatch,
    PlaceRetirement { from, reason }: PlaceRetirement,
) -> Result<Changed<PlacedView>> {
    let (command, now) = (Retire { place, from, reason: reason.into() }, app.clock.now());
    let act = move |conn: &mut _| retire_place::retire_place(conn, &caller.scope, &if_match, &command, now);
    Ok(changed(app.db.write(act).await?))
}

/// Restore a branch that is retired: it is visited again. Jobs that ended are made anew by planning their campaigns.
#[utoipa::path(post, path = "/v1/branches/{id}/restore", responses(
    (status = 200, description = "It is visited again."),
    (status = 409, description = "`wrong_state`: it is not retired, or lies in a region that is."),
))]
pub async fn restore_branch(
    app: Data<App>,
    caller: Allowed<WritePlaces>,
    id: Path<BranchId>,
    if_match: IfMatch,
    Input(why): Input<PlaceReason>,
) -> Result<Changed<PlacedView>> {
    restore(&app, caller, Node::Branch(*id), if_match, why).await
}

/// Restore a region that is retired, and what retired with it.
#[utoipa::path(post, path = "/v1/regions/{id}/restore", responses(
    (status = 200, description = "It is visited again."),
    (status = 409, description = "`wrong_state`: it is not retired, or lies in a region that is."),
))]
pub async fn restore_region(
    app: Data<App>,
    caller: Allowed<WritePlaces>,
    id: Path<RegionId>,
    if_match: IfMatch,
    Input(why): Input<PlaceReason>,
) -> Result<Changed<PlacedView>> {
    restore(&app, caller, Node::Region(*id), if_match, why).await
}

async fn restore(
    app: &App,
    caller: Allowed<WritePlaces>,
    place: Node,
    if_match: IfMatch,
    PlaceReason { reason }: PlaceReason,
) -> Result<Changed<PlacedView>> {
    let (reason, now) = (String::from(reason), app.clock.now());
    let act = move |conn: &mut _| {
        retire_place::restore_place(conn, &caller.scope, &if_match, (place, &reason), now)
    };
    Ok(changed(app.db.write(act).await?))
}

fn changed(place: Placed) -> Changed<PlacedView> {
    Changed::of(place.revision, place.into())
}

/// What became of a branch: when it moved, retired and was restored, and why.
#[utoipa::path(get, path = "/v1/branches/{id}/history", responses(
    (status = 200, description = "What became of it."),
))]
pub async fn branch_history(
    app: Data<App>,
    caller: Allowed<ReadPlaceHistory>,
    id: Path<BranchId>,
) -> Result<Json<PlaceHistory>> {
    let id = id.into_inner();
    let steps = app.db.snapshot(move |conn| {
        let branch = places::store::branch(conn, &caller.scope, id)?;
        steps::store::of(conn, branch.id.cast())
    });
    Ok(Json(history(steps.await?)))
}

/// What became of a region: when it moved, retired and was restored, and why.
#[utoipa::path(get, path = "/v1/regions/{id}/history", responses(
    (status = 200, description = "What became of it."),
))]
pub async fn region_history(
    app: Data<App>,
    caller: Allowed<ReadPlaceHistory>,
    id: Path<RegionId>,
) -> Result<Json<PlaceHistory>> {
    let id = id.into_inner();
    let steps = app.db.snapshot(move |conn| {
        let region = places::store::region(conn, &caller.scope, id)?;
        steps::store::of(conn, region.id.cast())
    });
    Ok(Json(history(steps.await?)))
}

fn history(steps: Vec<PlaceStep>) -> PlaceHistory {
    PlaceHistory { steps: steps.into_iter().map(PlaceStepView::from).collect() }
}
