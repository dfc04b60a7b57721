//! The addresses of assignments.

pub mod history;

use actix_web::web::{Data, Path};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::{
    give::give,
    model::{Assignment, AssignmentState, DirectAssignment, Pay, Window},
    store::{self, AssignmentFilter},
};
use crate::{
    accounts::caller::Allowed,
    accounts::policy::permit::*,
    app::App,
    audit::{
        About,
        api::{Look, Looking, Shown},
    },
    db::types::Instant,
    error::Result,
    http::{
        answer::{Fresh, Tagged},
        etag::IfNoneMatch,
        input::Input,
        listed::Listed,
        page::Listing,
        sheet::Rows,
    },
    ids::{AccountId, AssignmentId, BranchId, BrandId, CampaignId, VersionId},
    limits::Ordinal32,
};

/// What an assignment is to be.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PutAssignment {
    /// Where to go.
    branch_id: BranchId,
    /// What to fill in.
    checklist_version_id: VersionId,
    /// Who is to go.
    shopper_id: AccountId,
    /// From when on.
    opens_at: Instant,
    /// Until when: after it opens.
    closes_at: Instant,
}

impl PutAssignment {
    fn direct(self, id: AssignmentId) -> DirectAssignment {
        let Self { branch_id, checklist_version_id: version_id, shopper_id, opens_at, closes_at } = self;
        DirectAssignment { id, branch_id, version_id, shopper_id, window: Window { opens_at, closes_at } }
    }
}

impl Rows for AssignmentView {}

/// One visit wanted from one branch within one window.
#[derive(Serialize, ToSchema)]
pub struct AssignmentView {
    id: AssignmentId,
    brand_id: BrandId,
    /// Where to go.
    branch_id: BranchId,
    /// What to fill in.
    checklist_version_id: VersionId,
    /// Who is asked or is to go, or had it and gave it up or missed it; null if there is no such shopper.
    shopper_id: Option<AccountId>,
    /// The campaign that wants it; missing if a scheduler gave it directly.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    campaign_id: Option<CampaignId>,
    /// Which of the visits that the campaign wants from the branch.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, value_type = Option<Ordinal32>)]
    number: Option<i32>,
    /// Which try at that visit this is.
    #[schema(value_type = Ordinal32)]
    attempt: i32,
    state: AssignmentState,
    /// Until when an offer is to be answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    answer_by: Option<Instant>,
    /// Until when the visit has to be here, to be in time.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    submit_by: Option<Instant>,
    /// What its shopper was promised.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pay: Option<Pay>,
    /// From when on.
    opens_at: Instant,
    /// Until when.
    closes_at: Instant,
    created_at: Instant,
}

impl From<Assignment> for AssignmentView {
    fn from(assignment: Assignment) -> Self {
        Self {
            id: assignment.id,
            brand_id: assignment.brand_id,
            branch_id: assignment.branch_id,
            checklist_version_id: assignment.version_id,
            shopper_id: assignment.shopper_id,
            campaign_id: assignment.campaign_id,
            number: assignment.number,
            attempt: assignment.attempt,
            state: assignment.state,
            answer_by: assignment.answer_by,
            submit_by: assignment.submit_by,
            pay: assignment.pay.map(|pay| pay.0),
            opens_at: assignment.opens_at,
            closes_at: assignment.closes_at,
            created_at: assignment.created_at,
        }
    }
}

/// Which assignments to list.
#[derive(Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AssignmentParams {
    /// Only those of this brand.
    brand_id: Option<BrandId>,
    /// Only those of this campaign.
    campaign_id: Option<CampaignId>,
    /// Only those in this state.
    #[param(inline)]
    state: Option<AssignmentState>,
    /// Only those that this shopper has, had or is asked for.
    shopper_id: Option<AccountId>,
}

impl AssignmentParams {
    fn filter(self) -> AssignmentFilter {
        let Self { brand_id, campaign_id, state, shopper_id } = self;
        AssignmentFilter { brand: brand_id, campaign: campaign_id, state, shopper: shopper_id }
    }
}

/// Assignments, in the order of their making.
#[utoipa::path(get, path = "/v1/assignments", responses(
    (status = 200, description = "A page of assignments."),
))]
pub async fn list_assignments(
    caller: Allowed<ReadAssignments>,
    looking: Looking,
    Listing(params, page): Listing<AssignmentParams>,
) -> Result<Shown<Listed<AssignmentView>>> {
    let (by, brand) = (caller.account(), params.brand_id.or(caller.scope.sole_brand()));
    let filter = params.filter();
    let read = move |conn: &mut _, after, rows| store::assignments(conn, &caller.scope, filter, after, rows);
    let listed = page.list_views(read, AssignmentView::from, |view| (view.created_at, view.id)).await?;
    let look = Look::listed(brand, &listed, |view| view.shopper_id);
    looking.show(by, look, listed).await
}

/// One assignment.
#[utoipa::path(get, path = "/v1/assignments/{id}", responses(
    (status = 200, description = "The assignment."),
))]
pub async fn get_assignment(
    app: Data<App>,
    caller: Allowed<ReadAssignments>,
    looking: Looking,
    had: IfNoneMatch,
    id: Path<AssignmentId>,
) -> Result<Shown<Fresh<AssignmentView>>> {
    let (by, id) = (caller.account(), id.into_inner());
    let found = app.db.read(move |conn| store::assignment(conn, &caller.scope, id)).await?;
    looking.show(by, look(&found), Fresh::of(had, found)).await
}

/// Give a shopper an assignment. The same again changes nothing; an assignment never changes.
#[utoipa::path(put, path = "/v1/assignments/{id}", responses(
    (status = 200, description = "It was there already."),
    (status = 201, description = "Given."),
    (status = 409, description = "`conflict`: another assignment has this id. `not_eligible`: the shopper is tied to the brand or the branch; the entry of `errors` says how."),
))]
pub async fn put_assignment(
    app: Data<App>,
    caller: Allowed<WriteAssignments>,
    looking: Looking,
    id: Path<AssignmentId>,
    Input(put): Input<PutAssignment>,
) -> Result<Shown<Tagged<AssignmentView>>> {
    let by = caller.account();
    let (given, now) = (put.direct(id.into_inner()), app.clock.now());
    let stored = app.db.write(move |conn| give(conn, &caller.scope, &given, now)).await?;
    looking.show(by, look(&stored.thing), Tagged::of(stored)).await
}

fn look(assignment: &Assignment) -> Look {
    Look::at((About::Assignment, assignment.id), assignment.brand_id, assignment.shopper_id)
}
