//! The addresses of campaigns.

use actix_web::web::{Data, Json, Path};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::{
    fill::{self, Filled},
    model::{Campaign, CampaignState},
    plan::Impossible,
    put_campaign, set_state, store,
    terms::Terms,
};
use crate::{
    accounts::caller::Allowed,
    accounts::policy::permit::{ReadCampaigns, WriteCampaigns},
    app::App,
    db::types::{self, Instant},
    error::Result,
    http::{
        answer::{Fresh, Tagged},
        etag::{IfMatch, IfNoneMatch},
        input::Input,
        listed::Listed,
        page::{Listing, OfBrand},
        sheet::Rows,
    },
    ids::{BranchId, BrandId, CampaignId, VersionId},
    limits::{Ordinal32, PlainText},
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
    name: PlainText<1, 200>,
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
            name: self.name.into(),
            terms: types::Json(self.terms),
            revision: 1,
            created_at: now,
            state: CampaignState::Running,
        }
    }
}

impl Rows for CampaignView {}

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
    /// Where it is; see `close`, `pause` and `resume`.
    state: CampaignState,
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
            state: campaign.state,
            created_at: campaign.created_at,
        }
    }
}

/// The campaigns of the brands that the caller has to do with, in the order of their making.
#[utoipa::path(get, path = "/v1/campaigns", responses(
    (status = 200, description = "A page of campaigns."),
))]
pub async fn list_campaigns(
    caller: Allowed<ReadCampaigns>,
    Listing(OfBrand { brand_id }, page): Listing<OfBrand>,
) -> Result<Listed<CampaignView>> {
    let read = move |conn: &mut _, after, rows| store::campaigns(conn, &caller.scope, brand_id, after, rows);
    page.list_views(read, CampaignView::from, |view| (view.created_at, view.id)).await
}

/// One campaign.
#[utoipa::path(get, path = "/v1/campaigns/{id}", responses(
    (status = 200, description = "The campaign."),
))]
pub async fn get_campaign(
    app: Data<App>,
    caller: Allowed<ReadCampaigns>,
    had: IfNoneMatch,
    id: Path<CampaignId>,
) -> Result<Fresh<CampaignView>> {
    let id = id.into_inner();
    let found = app.db.read(move |conn| store::campaign(conn, &caller.scope, id)).await?;
    Ok(Fresh::of(had, found))
}

/// Make a campaign, or change one. A change holds for what is planned, offered and claimed from then on: what a shopper
/// was promised stays. Open jobs that it does not want any more (fewer visits, branches or days) are over at once.
#[utoipa::path(put, path = "/v1/campaigns/{id}", responses(
    (status = 409, description = "`conflict`: there are assignments, and its brand or version would change."),
))]
pub async fn put_campaign(
    app: Data<App>,
    caller: Allowed<WriteCampaigns>,
    id: Path<CampaignId>,
    if_match: IfMatch,
    Input(put): Input<PutCampaign>,
) -> Result<Tagged<CampaignView>> {
    let now = app.clock.now();
    let new = put.campaign(id.into_inner(), now);
    let put = move |conn: &mut _| put_campaign::put_campaign(conn, &caller.scope, &if_match, &new, now);
    let stored = app.db.write(put).await?;
    Ok(Tagged::of(stored))
}

/// Close a campaign: its jobs that no shopper has or is asked for are over at once. What was given is honoured.
#[utoipa::path(post, path = "/v1/campaigns/{id}/close", responses(
    (status = 200, description = "It is closed."),
))]
pub async fn close_campaign(
    app: Data<App>,
    caller: Allowed<WriteCampaigns>,
    id: Path<CampaignId>,
) -> Result<Json<CampaignView>> {
    become_state(&app, caller, *id, CampaignState::Closed).await
}

/// Pause a campaign: its jobs are not on the board until it is resumed. What was given or offered is honoured.
#[utoipa::path(post, path = "/v1/campaigns/{id}/pause", responses(
    (status = 200, description = "It is paused."),
    (status = 409, description = "`wrong_state`: it is closed."),
))]
pub async fn pause_campaign(
    app: Data<App>,
    caller: Allowed<WriteCampaigns>,
    id: Path<CampaignId>,
) -> Result<Json<CampaignView>> {
    become_state(&app, caller, *id, CampaignState::Paused).await
}

/// Resume a campaign that was paused or closed. Jobs that were over when it was closed are made anew by planning it.
#[utoipa::path(post, path = "/v1/campaigns/{id}/resume", responses(
    (status = 200, description = "It is running."),
))]
pub async fn resume_campaign(
    app: Data<App>,
    caller: Allowed<WriteCampaigns>,
    id: Path<CampaignId>,
) -> Result<Json<CampaignView>> {
    become_state(&app, caller, *id, CampaignState::Running).await
}

async fn become_state(
    app: &App,
    caller: Allowed<WriteCampaigns>,
    id: CampaignId,
    to: CampaignState,
) -> Result<Json<CampaignView>> {
    let now = app.clock.now();
    let stored = app.db.write(move |conn| set_state::set_state(conn, &caller.scope, id, to, now)).await?;
    Ok(Json(stored.thing.into()))
}

/// What planning did.
#[derive(Serialize, ToSchema)]
pub struct PlanView {
    /// Assignments that were made, open to every shopper.
    added: u32,
    /// Visits that had one already.
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
    #[schema(value_type = Ordinal32)]
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

/// Make the assignments that a campaign lacks. They are spread over its period by lot, and are open to every shopper at
/// once. Planning again adds only what is missing by then: new branches, more visits, and visits that were given up or
/// missed.
#[utoipa::path(post, path = "/v1/campaigns/{id}/plan", responses(
    (status = 200, description = "What was added, and what cannot be."),
    (status = 409, description = "`conflict`: its brand or version was changed meanwhile. `wrong_state`: it is closed."),
))]
pub async fn plan_campaign(
    app: Data<App>,
    caller: Allowed<WriteCampaigns>,
    id: Path<CampaignId>,
) -> Result<Json<PlanView>> {
    let filled = fill::fill(&app.db, &app.clock, &caller.scope, id.into_inner()).await?;
    Ok(Json(filled.into()))
}
