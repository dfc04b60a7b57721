//! The statements about coverage: the engine counts, one row for each region and state.

use diesel::{
    alias,
    dsl::{AsExprOf, count_star, exists, not},
    prelude::*,
    sql_types::Bool,
};

use super::{NOT_MADE_SECONDS, WITHOUT_SHOPPER_SECONDS};
use crate::{
    accounts::policy::Scope,
    db::{
        Conn,
        schema::{assignment, branch, region_above, visit},
        types::Instant,
    },
    error::Result,
    fieldwork::{
        assignments::model::AssignmentState::{self, Assigned, Offered, Open},
        campaigns::model::Campaign,
    },
    ids::{BranchId, BrandId, CampaignId, RegionId},
    places::named::NamedPlaces,
    visits::state::State,
};

/// How many there are, by the region that their branches lie in directly.
type ByRegion = Vec<(Option<RegionId>, i64)>;

/// The same by state as well.
type ByState<S> = Vec<(Option<RegionId>, S, i64)>;

/// The branches that a scope covers. `places::store::branches_in` says the same of branches that the statement does not
/// join.
pub(in crate::board) fn seen_by(scope: &Scope) -> Among {
    among(scope.is_operator_wide(), scope.brands(), scope.regions(), scope.branches())
}

/// The branches of its brand that a campaign is about.
fn named_by(campaign: &Campaign) -> Among {
    let NamedPlaces { regions, branches } = campaign.terms.0.places.clone();
    among(campaign.terms.0.places.is_empty(), Vec::new(), regions.into_inner(), branches.into_inner())
}

#[diesel::dsl::auto_type(type_name = "Among")]
pub(in crate::board) fn among(
    all: bool,
    brands: Vec<BrandId>,
    regions: Vec<RegionId>,
    branches: Vec<BranchId>,
) -> _ {
    let all: AsExprOf<bool, Bool> = all.into_sql::<Bool>();
    let below: Below = below(regions);
    all.or(branch::brand_id.eq_any(brands))
        .or(branch::region_id.eq_any(below))
        .or(branch::id.eq_any(branches))
}

#[diesel::dsl::auto_type(type_name = "Below")]
fn below(regions: Vec<RegionId>) -> _ {
    region_above::table
        .filter(region_above::ancestor_id.eq_any(regions))
        .select(region_above::region_id.nullable())
}

/// How many branches the campaign is about, of those in scope that are not retired.
///
/// # Errors
/// Those of the database.
pub(super) fn branches(conn: &mut Conn, scope: &Scope, of: &Campaign, now: Instant) -> Result<ByRegion> {
    Ok(branch::table
        .filter(branch::brand_id.eq(of.brand_id))
        .filter(named_by(of))
        .filter(seen_by(scope))
        .filter(branch::retired_at.is_null().or(branch::retired_at.gt(now)))
        .group_by(branch::region_id)
        .select((branch::region_id, count_star()))
        .load(conn)?)
}

/// For how many of the wanted visits something is under way or was made that is not wanted again, by the region and since when their branches are
/// retired.
///
/// # Errors
/// Those of the database.
pub(super) fn standing(conn: &mut Conn, scope: &Scope, of: &Campaign) -> Result<ByState<Option<Instant>>> {
    let (later, of_later) = alias!(assignment as later_assignment, visit as visit_of_later);
    // Of several tries at one visit only the last that stands is counted: one that was given up may have come after all.
    let stands_later = later
        .left_join(of_later.on(of_later.field(visit::assignment_id).eq(later.field(assignment::id))))
        .filter(later.field(assignment::campaign_id).eq(assignment::campaign_id))
        .filter(later.field(assignment::branch_id).eq(assignment::branch_id))
        .filter(later.field(assignment::number).eq(assignment::number))
        .filter(later.field(assignment::attempt).gt(assignment::attempt))
        .filter(
            later
                .field(assignment::state)
                .eq_any([Open, Offered, Assigned])
                .and(of_later.field(visit::id).nullable().is_null())
                .or(of_later.field(visit::wanted_again).nullable().eq(false)),
        );
    Ok(assignment::table
        .inner_join(branch::table.on(branch::id.eq(assignment::branch_id)))
        .left_join(visit::table.on(visit::assignment_id.eq(assignment::id)))
        .filter(assignment::campaign_id.eq(of.id))
        .filter(assignment::number.le(of.terms.0.visits_per_branch.as_i32()))
        .filter(named_by(of))
        .filter(seen_by(scope))
        .filter(
            assignment::state
                .eq_any([Open, Offered, Assigned])
                .and(visit::id.nullable().is_null())
                .or(visit::wanted_again.nullable().eq(false)),
        )
        .filter(not(exists(stands_later)))
        .group_by((branch::region_id, branch::retired_at))
        .select((branch::region_id, branch::retired_at, count_star()))
        .load(conn)?)
}

/// Of all that was ever planned, what has no visit, by the assignment's state.
///
/// # Errors
/// Those of the database.
pub(super) fn without_visit(
    conn: &mut Conn,
    scope: &Scope,
    id: CampaignId,
) -> Result<ByState<AssignmentState>> {
    Ok(assignment::table
        .inner_join(branch::table.on(branch::id.eq(assignment::branch_id)))
        .left_join(visit::table.on(visit::assignment_id.eq(assignment::id)))
        .filter(assignment::campaign_id.eq(id))
        .filter(seen_by(scope))
        .filter(visit::id.nullable().is_null())
        .group_by((branch::region_id, assignment::state))
        .select((branch::region_id, assignment::state, count_star()))
        .load(conn)?)
}

/// Of all that was ever planned, what has a visit, by the visit's state.
///
/// # Errors
/// Those of the database.
pub(super) fn with_visit(conn: &mut Conn, scope: &Scope, id: CampaignId) -> Result<ByState<State>> {
    Ok(assignment::table
        .inner_join(branch::table.on(branch::id.eq(assignment::branch_id)))
        .inner_join(visit::table.on(visit::assignment_id.eq(assignment::id)))
        .filter(assignment::campaign_id.eq(id))
        .filter(seen_by(scope))
        .group_by((branch::region_id, visit::state))
        .select((branch::region_id, visit::state, count_star()))
        .load(conn)?)
}

/// Windows that have closed without a visit.
///
/// # Errors
/// Those of the database.
pub(super) fn late(conn: &mut Conn, scope: &Scope, id: CampaignId, now: Instant) -> Result<ByRegion> {
    Ok(assignment::table
        .inner_join(branch::table.on(branch::id.eq(assignment::branch_id)))
        .left_join(visit::table.on(visit::assignment_id.eq(assignment::id)))
        .filter(assignment::campaign_id.eq(id))
        .filter(seen_by(scope))
        .filter(visit::id.nullable().is_null())
        .filter(assignment::state.eq_any([Open, Offered, Assigned]))
        .filter(assignment::closes_at.le(now))
        .group_by(branch::region_id)
        .select((branch::region_id, count_star()))
        .load(conn)?)
}

/// Windows that close soon, without a shopper to go or without a visit.
///
/// # Errors
/// Those of the database.
pub(super) fn at_risk(conn: &mut Conn, scope: &Scope, id: CampaignId, now: Instant) -> Result<ByRegion> {
    let soon = now.plus_seconds(WITHOUT_SHOPPER_SECONDS);
    let sooner = now.plus_seconds(NOT_MADE_SECONDS);
    let without_shopper = assignment::state.eq_any([Open, Offered]).and(assignment::closes_at.le(soon));
    let not_made = assignment::state.eq(Assigned).and(assignment::closes_at.le(sooner));
    Ok(assignment::table
        .inner_join(branch::table.on(branch::id.eq(assignment::branch_id)))
        .left_join(visit::table.on(visit::assignment_id.eq(assignment::id)))
        .filter(assignment::campaign_id.eq(id))
        .filter(seen_by(scope))
        .filter(visit::id.nullable().is_null())
        .filter(assignment::closes_at.gt(now))
        .filter(without_shopper.or(not_made))
        .group_by(branch::region_id)
        .select((branch::region_id, count_star()))
        .load(conn)?)
}
