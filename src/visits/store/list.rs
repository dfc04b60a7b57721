//! The list of visits.

use diesel::prelude::*;

use crate::{
    accounts::policy::Scope,
    db::{
        Conn,
        schema::{assignment, visit},
        types::Instant,
    },
    error::Result,
    ids::{AccountId, BranchId, BrandId, CampaignId, RegionId, VisitId},
    months::Month,
    places,
    visits::{model::VisitHead, state::State},
};

/// Which visits are listed of those that the caller may see.
#[derive(Clone, Copy, Debug, Default)]
pub struct VisitFilter {
    /// Only those of this brand.
    pub brand: Option<BrandId>,
    /// Only those to branches in this region, however deep.
    pub region: Option<RegionId>,
    /// Only those to this branch.
    pub branch: Option<BranchId>,
    /// Only those that this campaign wanted.
    pub campaign: Option<CampaignId>,
    /// Only those that this shopper made.
    pub shopper: Option<AccountId>,
    /// Only those in this state.
    pub state: Option<State>,
    /// Only those that count in this month.
    pub month: Option<Month>,
}

/// So many visits after this one, the newest first: the caller's own, and those whose branch is in scope.
///
/// # Errors
/// Those of the database.
pub fn visits(
    conn: &mut Conn,
    scope: &Scope,
    filter: &VisitFilter,
    after: Option<(Instant, VisitId)>,
    rows: i64,
) -> Result<Vec<VisitHead>> {
    let mut query = visit::table
        .order((visit::received_at.desc(), visit::id.desc()))
        .limit(rows)
        .select(VisitHead::as_select())
        .into_boxed();
    if !scope.is_operator_wide() {
        let covered = visit::branch_id.eq_any(places::store::branches_in(scope));
        let own = visit::shopper_id.eq(scope.account);
        query = match scope.brands_worked_for() {
            Some(brands) => query.filter(covered.or(own.and(visit::brand_id.eq_any(brands)))),
            None => query.filter(covered.or(own)),
        };
    }
    if let Some(brand) = filter.brand {
        query = query.filter(visit::brand_id.eq(brand));
    }
    if let Some(region) = filter.region {
        query = query.filter(visit::branch_id.eq_any(places::store::branches_within(region)));
    }
    // These are found by their assignments, which have indexes for it: an arrival would have to write one more each.
    let wanted = assignment::table.select(assignment::id);
    if let Some(branch) = filter.branch {
        query = query.filter(visit::assignment_id.eq_any(wanted.filter(assignment::branch_id.eq(branch))));
    }
    if let Some(campaign) = filter.campaign {
        query =
            query.filter(visit::assignment_id.eq_any(wanted.filter(assignment::campaign_id.eq(campaign))));
    }
    let covers_nothing = !scope.is_operator_wide() && scope.touched_brands().is_empty();
    for shopper in filter.shopper.into_iter().chain(covers_nothing.then_some(scope.account)) {
        query = query.filter(visit::assignment_id.eq_any(wanted.filter(assignment::shopper_id.eq(shopper))));
    }
    if let Some(state) = filter.state {
        query = query.filter(visit::state.eq(state));
    }
    if let Some(month) = filter.month {
        query = query.filter(visit::month.eq(month));
    }
    if let Some((at, id)) = after {
        let earlier = visit::received_at.lt(at);
        query = query.filter(earlier.or(visit::received_at.eq(at).and(visit::id.lt(id))));
    }
    Ok(query.load(conn)?)
}
