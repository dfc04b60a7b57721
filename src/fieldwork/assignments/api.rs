//! The addresses of assignments.

pub mod history;

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path},
};
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
    db::types::Instant,
    error::Result,
    http::{
        etag::{self, ETag, Keep},
        input::{Input, Params},
        page::{Page, PageParams},
    },
    ids::{AccountId, AssignmentId, BranchId, BrandId, CampaignId, VersionId},
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
    #[schema(nullable = false, minimum = 1)]
    number: Option<i32>,
    /// Which try at that visit this is.
    #[schema(minimum = 1)]
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
    /// How many at most; 50 if not said.
    #[validate(range(min = 1, max = 200))]
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u16>,
    /// Where to go on: the `next_cursor` of the page before.
    #[validate(length(min = 1, max = 1000))]
    #[param(min_length = 1, max_length = 1000)]
    cursor: Option<String>,
}

impl AssignmentParams {
    fn split(self) -> (AssignmentFilter, PageParams) {
        let Self { brand_id, campaign_id, state, shopper_id, limit, cursor } = self;
        let filter = AssignmentFilter { brand: brand_id, campaign: campaign_id, state, shopper: shopper_id };
        (filter, PageParams { limit, cursor })
    }
}

/// Assignments, in the order of their making.
#[utoipa::path(get, path = "/v1/assignments", params(AssignmentParams), responses(
    (status = 200, description = "A page of assignments.", body = Page<AssignmentView>),
))]
pub async fn list_assignments(
    app: Data<App>,
    request: HttpRequest,
    caller: Allowed<ReadAssignments>,
    Params(params): Params<AssignmentParams>,
) -> Result<HttpResponse> {
    let (filter, page) = params.split();
    let (after, rows, scope) = (page.after(&app.seals, &request)?, page.rows(), caller.scope);
    let found = app.db.read(move |conn| store::assignments(conn, &scope, filter, after, rows)).await?;
    let views = found.into_iter().map(AssignmentView::from).collect();
    page.answer(&app.seals, &request, views, |view| (view.created_at, view.id))
}

/// One assignment.
#[utoipa::path(get, path = "/v1/assignments/{id}", params(("id" = AssignmentId, Path)), responses(
    (status = 200, description = "The assignment.", body = AssignmentView),
))]
pub async fn get_assignment(
    app: Data<App>,
    request: HttpRequest,
    caller: Allowed<ReadAssignments>,
    id: Path<AssignmentId>,
) -> Result<HttpResponse> {
    let id = id.into_inner();
    let found = app.db.read(move |conn| store::assignment(conn, &caller.scope, id)).await?;
    Ok(etag::fresh(&request, &ETag::of(found.revision), Keep::Ask, &AssignmentView::from(found)))
}

/// Give a shopper an assignment. The same again changes nothing; an assignment never changes.
#[utoipa::path(put, path = "/v1/assignments/{id}", params(("id" = AssignmentId, Path)), request_body = PutAssignment, responses(
    (status = 200, description = "It was there already.", body = AssignmentView),
    (status = 201, description = "Given.", body = AssignmentView),
    (status = 409, description = "`conflict`: another assignment has this id. `not_eligible`: the shopper is tied to the brand or the branch; the entry of `errors` says how."),
))]
pub async fn put_assignment(
    app: Data<App>,
    caller: Allowed<WriteAssignments>,
    id: Path<AssignmentId>,
    Input(put): Input<PutAssignment>,
) -> Result<HttpResponse> {
    let (given, now) = (put.direct(id.into_inner()), app.clock.now());
    let stored = app.db.write(move |conn| give(conn, &caller.scope, &given, now)).await?;
    let tag = ETag::of(stored.thing.revision);
    Ok(etag::answer(stored.put.status(), &tag, &AssignmentView::from(stored.thing)))
}
