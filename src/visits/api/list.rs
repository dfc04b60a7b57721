//! The list of visits.

use actix_web::web::Data;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use crate::{
    accounts::{caller::Allowed, policy::permit::ReadVisits},
    audit::api::{Look, Looking, Shown},
    calendar::{bound::Bound, days::Days},
    checklists::{cache::Versions, counted::Subject},
    db::types::Instant,
    error::{Error, FieldError, Result},
    http::{listed::Listed, page::Listing, sheet::Rows},
    ids::{
        AccountId, AssignmentId, BranchId, BrandId, CampaignId, ChecklistId, RegionId, VersionId, VisitId,
    },
    limits::{BasisPoints, PlainText},
    months::Month,
    visits::{
        blind,
        counted::{self, Only},
        model::VisitHead,
        state::State,
        store::list::{VisitFilter, VisitOrder, VisitPlace},
        unscored::without_hidden,
    },
};

/// Which visits to list.
#[derive(Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct VisitParams {
    /// Only those of this brand.
    pub(super) brand_id: Option<BrandId>,
    /// Only those to branches in this region, however deep.
    region_id: Option<RegionId>,
    /// Only those to this branch.
    branch_id: Option<BranchId>,
    /// Only those that this campaign wanted.
    campaign_id: Option<CampaignId>,
    /// Only those that this shopper made.
    shopper_id: Option<AccountId>,
    /// Only those in this state.
    #[param(inline)]
    state: Option<State>,
    /// Only those that count in this month.
    month: Option<Month>,
    /// Only those that were made in this month or on this day, or later, by the clocks at the branch.
    from: Option<Bound>,
    /// Only those that were made in this month or on this day, or before.
    to: Option<Bound>,
    /// Only those with this checklist.
    checklist_id: Option<ChecklistId>,
    /// Only those with this version of a checklist.
    version_id: Option<VersionId>,
    /// Only those that count in scores, and are scored in this: `overall`, or another subject as figures name it in their `counted`. Only desks ask
    /// for it.
    #[param(inline)]
    counted_in: Option<PlainText<1, 300>>,
    /// Only those that scored so much at least, in basis points.
    #[param(inline)]
    lowest_score: Option<BasisPoints>,
    /// Only those that scored so much at most, in basis points.
    #[param(inline)]
    highest_score: Option<BasisPoints>,
    /// Only those that arrived at this moment or after it.
    received_from: Option<Instant>,
    /// Only those that arrived before this moment.
    received_before: Option<Instant>,
    /// Only those to branches whose code or name has this in it.
    #[param(inline)]
    q: Option<PlainText<1, 100>>,
    /// In which order: the `newest` first (if left out), the `oldest`, those with the lowest score (`worst`) or with the highest
    /// (`best`); by score those are left out that have none.
    #[param(inline)]
    sort: Option<VisitOrder>,
}

impl VisitParams {
    /// Whether only visits with some scores are asked for.
    const fn is_by_score(&self) -> bool {
        self.lowest_score.is_some() || self.highest_score.is_some()
    }

    /// The same of this checklist alone.
    pub(super) fn of_checklist(self, id: ChecklistId) -> Self {
        Self { checklist_id: Some(id), ..self }
    }

    /// What they ask for.
    ///
    /// # Errors
    /// `invalid` if it contradicts itself.
    pub fn filter(self) -> Result<(VisitFilter, Only)> {
        let days = Days::between(self.from, self.to)
            .map_err(|why| Error::invalid(vec![FieldError::new("from", "range", why)]))?;
        let counted_in =
            self.counted_in.map(|name| Subject::named("counted_in", name.as_str())).transpose()?;
        let filter = VisitFilter {
            brand: self.brand_id,
            region: self.region_id,
            branch: self.branch_id,
            campaign: self.campaign_id,
            shopper: self.shopper_id,
            state: self.state,
            month: self.month,
            months: days.map(Days::months_touched),
            checklist: self.checklist_id,
            version: self.version_id,
            counted: counted_in.is_some(),
            lowest_score: self.lowest_score.map(BasisPoints::get),
            highest_score: self.highest_score.map(BasisPoints::get),
            received_from: self.received_from,
            received_before: self.received_before,
            branch_called: self.q.map(String::from),
        };
        Ok((filter, Only { days, counted_in }))
    }
}

impl Rows for ListedVisit {}

/// A visit in a list, with who made it: never for the branch's side.
#[derive(Serialize, ToSchema)]
pub struct ListedVisit {
    id: VisitId,
    brand_id: BrandId,
    branch_id: BranchId,
    /// The assignment that it was made for.
    assignment_id: AssignmentId,
    /// The version that was filled in.
    checklist_version_id: VersionId,
    /// Who made it.
    shopper_id: AccountId,
    state: State,
    /// Basis points; null if nothing that was answered carries points.
    #[schema(value_type = Option<BasisPoints>)]
    score: Option<i32>,
    /// The month that it counts in.
    month: Month,
    received_at: Instant,
    /// When the last of it arrived, evidence and all; null as long as some is missing.
    completed_at: Option<Instant>,
}

impl From<VisitHead> for ListedVisit {
    fn from(visit: VisitHead) -> Self {
        Self {
            id: visit.id,
            brand_id: visit.brand_id,
            branch_id: visit.branch_id,
            assignment_id: visit.assignment_id,
            checklist_version_id: visit.version_id,
            shopper_id: visit.shopper_id,
            state: visit.state,
            score: visit.score,
            month: visit.month,
            received_at: visit.received_at,
            completed_at: visit.completed_at,
        }
    }
}

/// Visits, the newest first or in another order: those to branches in reach, and a shopper's own. With `Accept: application/jsonl` all of them
/// (from `cursor` on) as JSON lines, one visit a line. A visit of which the caller may give a second opinion that is wanted stands
/// there as if it were not decided about, and in no list of one `state`.
#[utoipa::path(get, path = "/v1/visits", responses((status = 200, description = "A page of visits, or all of them.")))]
pub async fn list_visits(
    versions: Data<Versions>,
    caller: Allowed<ReadVisits>,
    looking: Looking,
    Listing(params, page): Listing<VisitParams>,
) -> Result<Shown<Listed<ListedVisit>>> {
    let named = params.brand_id.filter(|brand| caller.scope.touches_brand(*brand));
    let (by, brand) = (caller.account(), named.or(caller.scope.sole_brand()));
    let is_desk = caller.scope.covers_anything();
    let order = params.sort.unwrap_or(VisitOrder::Newest);
    if !is_desk && (order.is_by_score() || params.is_by_score()) {
        let why = "only desks ask for visits by their scores";
        return Err(Error::invalid(vec![FieldError::new("sort", "not_for_shoppers", why)]));
    }
    if !is_desk && params.counted_in.is_some() {
        let why = "only desks ask which visits a figure counts";
        return Err(Error::invalid(vec![FieldError::new("counted_in", "not_for_shoppers", why)]));
    }
    let (scope, (filter, only)) = (caller.scope, params.filter()?);
    let read = move |conn: &mut _, after, rows| {
        let found = counted::visits(conn, &versions, &scope, (&filter, &only), order, (after, rows))?;
        let found = blind::as_seen(conn, &scope, found)?;
        without_hidden(conn, by, found)
    };
    let listed = page.list(read, |visit| VisitPlace::from(visit), ListedVisit::from).await?;
    let look = match &listed {
        Listed::Page(page) => Look::list(brand, page.items.iter().map(|visit| visit.shopper_id)),
        Listed::File(..) | Listed::Files(..) if is_desk => Look::whole_list(brand),
        Listed::File(..) | Listed::Files(..) => Look::list(brand, [by]),
    };
    looking.show(by, look, listed).await
}
