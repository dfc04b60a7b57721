//! The addresses of assignments.

pub mod history;

use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Path},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::{
    model::{Assignment, AssignmentState, Pay},
    shoppers,
    store::{self, Listed},
};
use crate::{
    accounts::caller::Allowed,
    accounts::{
        self,
        policy::{Scope, permit::*},
    },
    app::App,
    checklists,
    db::{Conn, types::Instant},
    error::{Code, Error, FieldError, Result, if_there},
    http::{
        etag::{self, ETag, Keep},
        input::{Input, Params},
        page::{Page, PageParams},
    },
    ids::{AccountId, AssignmentId, BranchId, BrandId, CampaignId, VersionId},
    places,
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

/// One visit wanted from one branch within one window.
#[derive(Serialize, ToSchema)]
pub struct AssignmentView {
    id: AssignmentId,
    brand_id: BrandId,
    /// Where to go.
    branch_id: BranchId,
    /// What to fill in.
    checklist_version_id: VersionId,
    /// Who is asked or is to go, or had it and gave it up or missed it; null if nobody.
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
    let page = PageParams { limit: params.limit, cursor: params.cursor };
    let (after, scope) = (page.after(&app.seals, &request)?, caller.scope);
    let listed = Listed {
        brand: params.brand_id,
        campaign: params.campaign_id,
        state: params.state,
        shopper: params.shopper_id,
        rows: page.rows(),
    };
    let found = app.db.read(move |conn| store::assignments(conn, &scope, listed, after)).await?;
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
    let (id, now) = (id.into_inner(), app.clock.now());
    let (kept, new) = app.db.write(move |conn| give(conn, &caller.scope, id, &put, now)).await?;
    let status = if new { StatusCode::CREATED } else { StatusCode::OK };
    Ok(etag::answer(status, &ETag::of(kept.revision), &AssignmentView::from(kept)))
}

fn give(
    conn: &mut Conn,
    scope: &Scope,
    id: AssignmentId,
    put: &PutAssignment,
    now: Instant,
) -> Result<(Assignment, bool)> {
    let brand_id = check(conn, scope, put)?;
    // What was given stays given: the same again is answered as before, whatever is known by now.
    if store::find(conn, id)?.is_none() {
        require_untied(conn, brand_id, put)?;
    }
    let what = (brand_id, put.branch_id, put.checklist_version_id);
    let wanted = Assignment::given(id, what, put.shopper_id, (put.opens_at, put.closes_at), now);
    store::put_assignment(conn, &wanted)
}

/// Nobody is sent where they have a conflict of interest, by whichever way. What campaigns ask for besides is not asked
/// here, since there is none; and of a namesake, who gives it can tell.
fn require_untied(conn: &mut Conn, brand: BrandId, put: &PutAssignment) -> Result<()> {
    let tie = shoppers::store::ties(conn, put.shopper_id)?.with(brand, put.branch_id);
    let Some(tie) = tie.filter(|tie| tie.excludes()) else { return Ok(()) };
    let (code, why) = tie.told();
    Err(Error::new(Code::NotEligible).fields(vec![FieldError::new("/shopper_id", code, why)]))
}

/// Whether branch, version and shopper belong together and the window is one; gives their brand.
fn check(conn: &mut Conn, scope: &Scope, put: &PutAssignment) -> Result<BrandId> {
    let brand = if_there(places::store::branch(conn, scope, put.branch_id))?.map(|branch| branch.brand_id);
    let version = if_there(checklists::store::version_brand(conn, put.checklist_version_id))?;
    let shops = brand.map(|brand| accounts::store::is_shopper_of(conn, put.shopper_id, brand)).transpose()?;
    let checks = [
        (brand.is_some(), "/branch_id", "unknown", "there is no such branch"),
        (
            version.is_some() && version == brand,
            "/checklist_version_id",
            "unknown",
            "the brand has no such version",
        ),
        (shops == Some(true), "/shopper_id", "no_shopper", "this account is no shopper for the brand"),
        (put.opens_at < put.closes_at, "/closes_at", "range", "it closes after it opens"),
    ];
    let wrong: Vec<_> = checks
        .into_iter()
        .filter(|(good, ..)| !good)
        .map(|(_, pointer, code, message)| FieldError::new(pointer, code, message))
        .collect();
    match brand {
        Some(brand) if wrong.is_empty() => Ok(brand),
        _ => Err(Error::invalid(wrong)),
    }
}
