//! What happened to an assignment: who did what, when and why.

use actix_web::web::{Data, Json, Path};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    accounts::caller::Allowed,
    accounts::policy::permit::ReadAssignments,
    app::App,
    audit::{
        About,
        api::{Look, Looking, Shown},
    },
    db::types::Instant,
    error::Result,
    fieldwork::assignments::{
        model::{AssignmentState, TakenStep},
        store,
    },
    ids::{AccountId, AssignmentId},
};

/// What happened to an assignment.
#[derive(Serialize, ToSchema)]
pub struct AssignmentHistory {
    /// The steps that were taken, the first one first; the latest 200 of them.
    #[schema(max_items = 200)]
    steps: Vec<AssignmentStepView>,
}

/// One step of an assignment.
#[derive(Serialize, ToSchema)]
pub struct AssignmentStepView {
    from: AssignmentState,
    to: AssignmentState,
    /// Whom it concerned: the shopper who had it or was asked, before or after it; null if it concerned none.
    shopper_id: Option<AccountId>,
    /// Who took it; null if the clock did.
    account_id: Option<AccountId>,
    /// Why, if a reason was given; of an offer, why in spite of what spoke against it.
    reason: Option<String>,
    taken_at: Instant,
}

impl From<TakenStep> for AssignmentStepView {
    fn from(step: TakenStep) -> Self {
        let TakenStep { from, to, shopper_id, account_id, reason, taken_at } = step;
        Self { from, to, shopper_id, account_id, reason, taken_at }
    }
}

/// What happened to an assignment: who offered, declined, gave up or took back, and why.
#[utoipa::path(get, path = "/v1/assignments/{id}/history", responses(
    (status = 200, description = "What happened."),
))]
pub async fn assignment_history(
    app: Data<App>,
    caller: Allowed<ReadAssignments>,
    looking: Looking,
    id: Path<AssignmentId>,
) -> Result<Shown<Json<AssignmentHistory>>> {
    let (by, id) = (caller.account(), id.into_inner());
    let steps = move |conn: &mut _| {
        let of = store::assignment(conn, &caller.scope, id)?;
        Ok((of.brand_id, store::steps(conn, of.id)?))
    };
    let (brand, taken) = app.db.snapshot(steps).await?;
    let shoppers: Vec<_> = taken.iter().filter_map(|step| step.shopper_id).collect();
    let history = AssignmentHistory { steps: taken.into_iter().map(AssignmentStepView::from).collect() };
    looking.show(by, Look::at((About::Assignment, id), brand, shoppers), Json(history)).await
}
