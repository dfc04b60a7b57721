//! The addresses of campaigns.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::{
    fill::{self, Filled},
    model::Campaign,
    plan::Impossible,
    put_campaign, store,
    terms::Terms,
};
use crate::{
    accounts::caller::Allowed,
    accounts::policy::permit::{ReadCampaigns, WriteCampaigns},
    app::App,
    db::types::{Instant, Json},
    error::Result,
    http::{
        etag::{self, ETag, IfMatch, Keep},
        input::{Input, Params, plain_text},
        page::{Page, PageParams},
    },
    ids::{BranchId, BrandId, CampaignId, VersionId},
};

/// What a campaign is to be.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PutCampaign {
    /// Whose it is; does not change once there are assignments.
    brand_id: BrandId,
    /// What is to be filled in; does not change once there are assignments.
    checklist_version_id: VersionId,
    /// What it is called.
    #[validate(length(min = 1, max = 200), custom(function = "plain_text"))]
    #[schema(
        min_length = 1,
        max_length = 200,
        pattern = r"^[^\x00-\x1F\x7F]*[^\s\x00-\x1F\x7F][^\x00-\x1F\x7F]*$"
    )]
    name: String,
    /// How visits are wanted.
    #[validate(nested)]
    terms: Terms,
}

impl PutCampaign {
    /// The campaign as it would be if it were new.
    fn campaign(self, id: CampaignId, now: Instant) -> Campaign {
        Campaign {
            id,
            brand_id: self.brand_id,
            version_id: self.checklist_version_id,
            name: self.name,
            terms: Json(self.terms),
            revision: 1,
            created_at: now,
        }
    }
}

/// A wave of visits that a brand wants.
#[derive(Serialize, ToSchema)]
pub struct CampaignView {
    id: CampaignId,
    /// Whose it is.
    brand_id: BrandId,
    /// What is filled in.
    checklist_version_id: VersionId,
    /// What it is called.
    name: String,
    /// How visits are wanted.
    terms: Terms,
    created_at: Instant,
}

impl From<Campaign> for CampaignView {
    fn from(campaign: Campaign) -> Self {
        Self {
            id: campaign.id,
            brand_id: campaign.brand_id,
            checklist_version_id: campaign.version_id,
            name: campaign.name,
            terms: campaign.terms.0,
            created_at: campaign.created_at,
        }
    }
}

/// Which campaigns to list.
#[derive(Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CampaignParams {
    /// Only those of this brand.
    brand_id: Option<BrandId>,
    /// How many at most; 50 if not said.
    #[validate(range(min = 1, max = 200))]
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u16>,
    /// Where to go on: the `next_cursor` of the page before.
    #[validate(length(min = 1, max = 1000))]
    #[param(min_length = 1, max_length = 1000)]
    cursor: Option<String>,
}

/// The campaigns of the brands that the caller has to do with, in the order of their making.
#[utoipa::path(get, path = "/v1/campaigns", params(CampaignParams), responses(
    (status = 200, description = "A page of campaigns.", body = Page<CampaignView>),
))]
pub async fn list_campaigns(
    app: Data<App>,
    request: HttpRequest,
    caller: Allowed<ReadCampaigns>,
    Params(CampaignParams { brand_id, limit, cursor }): Params<CampaignParams>,
) -> Result<HttpResponse> {
    let page = PageParams { limit, cursor };
    let (after, rows) = (page.after(&app.seals, &request)?, page.rows());
    let found = app.db.read(move |conn| store::campaigns(conn, &caller.scope, brand_id, after, rows)).await?;
    let views = found.into_iter().map(CampaignView::from).collect();
    page.answer(&app.seals, &request, views, |view| (view.created_at, view.id))
}

/// One campaign.
#[utoipa::path(get, path = "/v1/campaigns/{id}", params(("id" = CampaignId, Path)), responses(
    (status = 200, description = "The campaign.", body = CampaignView),
))]
pub async fn get_campaign(
    app: Data<App>,
    request: HttpRequest,
    caller: Allowed<ReadCampaigns>,
    id: Path<CampaignId>,
) -> Result<HttpResponse> {
    let id = id.into_inner();
    let found = app.db.read(move |conn| store::campaign(conn, &caller.scope, id)).await?;
    Ok(etag::fresh(&request, &ETag::of(found.revision), Keep::Ask, &CampaignView::from(found)))
}

/// Make a campaign, or change one. A change holds for what is planned, offered and claimed from then on: what a shopper
/// was promised stays.
#[utoipa::path(put, path = "/v1/campaigns/{id}", params(("id" = CampaignId, Path), ("if-match" = Option<String>, Header)), request_body = PutCampaign, responses(
    (status = 200, description = "Changed, or it was so already.", body = CampaignView),
    (status = 201, description = "Made.", body = CampaignView),
    (status = 409, description = "`conflict`: there are assignments, and its brand or version would change."),
))]
pub async fn put_campaign(
    app: Data<App>,
    caller: Allowed<WriteCampaigns>,
    id: Path<CampaignId>,
    if_match: IfMatch,
    Input(put): Input<PutCampaign>,
) -> Result<HttpResponse> {
    let new = put.campaign(id.into_inner(), app.clock.now());
    let put = move |conn: &mut _| put_campaign::put_campaign(conn, &caller.scope, &if_match, &new);
    let stored = app.db.write(put).await?;
    let tag = ETag::of(stored.thing.revision);
    Ok(etag::answer(stored.put.status(), &tag, &CampaignView::from(stored.thing)))
}

/// What planning did.
#[derive(Serialize, ToSchema)]
pub struct PlanView {
    /// Assignments that were made, open to every shopper.
    #[schema(minimum = 0)]
    added: u32,
    /// Visits that had one already.
    #[schema(minimum = 0)]
    already_there: u32,
    /// The branches of which visits are wanted that cannot be made.
    impossible: Vec<ImpossibleView>,
}

/// Visits that cannot be made.
#[derive(Serialize, ToSchema)]
pub struct ImpossibleView {
    /// Of which branch.
    branch_id: BranchId,
    /// Why not.
    why: Impossible,
    /// How many of them.
    #[schema(minimum = 1)]
    visits: u32,
}

impl From<Filled> for PlanView {
    fn from(filled: Filled) -> Self {
        let view = |((branch_id, why), visits)| ImpossibleView { branch_id, why, visits };
        Self {
            added: filled.added,
            already_there: filled.already_there,
            impossible: filled.impossible.into_iter().map(view).collect(),
        }
    }
}

/// Make the assignments that a campaign lacks. They are spread over its period by lot, and are open to every shopper at once.
/// Planning again adds only what is missing by then: new branches, more visits, and visits that were given up or missed.
#[utoipa::path(post, path = "/v1/campaigns/{id}/plan", params(("id" = CampaignId, Path)), responses(
    (status = 200, description = "What was added, and what cannot be.", body = PlanView),
    (status = 409, description = "`conflict`: its brand or version was changed meanwhile."),
))]
pub async fn plan_campaign(
    app: Data<App>,
    caller: Allowed<WriteCampaigns>,
    id: Path<CampaignId>,
) -> Result<HttpResponse> {
    let filled = fill::fill(&app.db, &app.clock, &caller.scope, id.into_inner()).await?;
    Ok(HttpResponse::Ok().json(PlanView::from(filled)))
}
