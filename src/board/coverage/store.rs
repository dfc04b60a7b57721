//! All SQL about coverage: the engine counts, one row for each region and state.

use std::collections::HashMap;

use diesel::{
    alias,
    dsl::{AsExprOf, count_star, exists, not},
    prelude::*,
    sql_types::Bool,
};

use super::{Counts, Coverage, NOBODY_HAS_IT_SECONDS, NOT_MADE_SECONDS, Node};
use crate::{
    accounts::policy::Scope,
    db::{
        Conn,
        schema::{assignment, branch, region_above, visit},
        types::Instant,
    },
    error::Result,
    fieldwork::{
        campaigns::{self, model::Campaign, terms::Places},
        model::AssignmentState::{self, Assigned, Offered, Open},
    },
    ids::{BranchId, BrandId, CampaignId, RegionId},
    places,
    visits::state::State,
};

/// Counts by the region that branches lie directly in.
type ByRegion = HashMap<Option<RegionId>, Counts>;

/// How far the campaign is in what the scope covers of it: ask within a snapshot.
///
/// # Errors
/// `not_found` if there is no such campaign, or the scope does not touch its brand.
pub fn coverage(conn: &mut Conn, scope: &Scope, id: CampaignId, now: Instant) -> Result<Coverage> {
    let campaign = campaigns::store::campaign(conn, scope, id)?;
    let mut own = ByRegion::new();
    count_wanted(conn, scope, &campaign, &mut own)?;
    count_states(conn, scope, id, &mut own)?;
    count_late(conn, scope, id, now, &mut own)?;
    count_at_risk(conn, scope, id, now, &mut own)?;
    Ok(Coverage::of(regions(conn, scope, campaign.brand_id)?, &own))
}

/// The brand's regions that are in scope.
fn regions(conn: &mut Conn, scope: &Scope, brand: BrandId) -> Result<Vec<Node>> {
    let regions = places::store::regions_of(conn, scope, brand)?;
    Ok(regions.into_iter().map(|one| Node { id: one.id, parent: one.parent_id, name: one.name }).collect())
}

/// The branches that a scope covers. `places::store::branches_in` says the same of branches that the statement does not
/// join.
fn seen_by(scope: &Scope) -> Among {
    among(scope.is_operator_wide(), scope.brands(), scope.regions(), scope.branches())
}

/// The branches of its brand that a campaign is about.
fn named_by(campaign: &Campaign) -> Among {
    let Places { regions, branches } = campaign.terms.0.places.clone();
    among(campaign.terms.0.places.is_empty(), Vec::new(), regions, branches)
}

#[diesel::dsl::auto_type(type_name = "Among")]
fn among(all: bool, brands: Vec<BrandId>, regions: Vec<RegionId>, branches: Vec<BranchId>) -> _ {
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

/// What the campaign wants, and how much of it there is nothing for.
fn count_wanted(conn: &mut Conn, scope: &Scope, of: &Campaign, own: &mut ByRegion) -> Result<()> {
    let each = i64::from(of.terms.0.visits_per_branch);
    let branches: Vec<(Option<RegionId>, i64)> = branch::table
        .filter(branch::brand_id.eq(of.brand_id))
        .filter(named_by(of))
        .filter(seen_by(scope))
        .group_by(branch::region_id)
        .select((branch::region_id, count_star()))
        .load(conn)?;
    for (region, branches) in branches {
        let counts = own.entry(region).or_default();
        counts.wanted += branches * each;
        counts.missing += branches * each;
    }
    for (region, stand) in standing(conn, scope, of)? {
        own.entry(region).or_default().missing -= stand;
    }
    Ok(())
}

/// For how many of the wanted visits something is under way or was made.
fn standing(conn: &mut Conn, scope: &Scope, of: &Campaign) -> Result<Vec<(Option<RegionId>, i64)>> {
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
                .or(of_later.field(visit::id).nullable().is_not_null()),
        );
    Ok(assignment::table
        .inner_join(branch::table.on(branch::id.eq(assignment::branch_id)))
        .left_join(visit::table.on(visit::assignment_id.eq(assignment::id)))
        .filter(assignment::campaign_id.eq(of.id))
        .filter(assignment::number.le(of.terms.0.visits_per_branch))
        .filter(named_by(of))
        .filter(seen_by(scope))
        .filter(assignment::state.eq_any([Open, Offered, Assigned]).or(visit::id.nullable().is_not_null()))
        .filter(not(exists(stands_later)))
        .group_by(branch::region_id)
        .select((branch::region_id, count_star()))
        .load(conn)?)
}

/// What has become of all that was ever planned.
fn count_states(conn: &mut Conn, scope: &Scope, id: CampaignId, own: &mut ByRegion) -> Result<()> {
    let waiting: Vec<(Option<RegionId>, AssignmentState, i64)> = assignment::table
        .inner_join(branch::table.on(branch::id.eq(assignment::branch_id)))
        .left_join(visit::table.on(visit::assignment_id.eq(assignment::id)))
        .filter(assignment::campaign_id.eq(id))
        .filter(seen_by(scope))
        .filter(visit::id.nullable().is_null())
        .group_by((branch::region_id, assignment::state))
        .select((branch::region_id, assignment::state, count_star()))
        .load(conn)?;
    for (region, state, many) in waiting {
        let counts = own.entry(region).or_default();
        match state {
            Open => counts.open += many,
            Offered => counts.offered += many,
            Assigned => counts.assigned += many,
            AssignmentState::Cancelled | AssignmentState::Expired => {}
        }
    }
    let made: Vec<(Option<RegionId>, State, i64)> = assignment::table
        .inner_join(branch::table.on(branch::id.eq(assignment::branch_id)))
        .inner_join(visit::table.on(visit::assignment_id.eq(assignment::id)))
        .filter(assignment::campaign_id.eq(id))
        .filter(seen_by(scope))
        .group_by((branch::region_id, visit::state))
        .select((branch::region_id, visit::state, count_star()))
        .load(conn)?;
    for (region, state, many) in made {
        let counts = own.entry(region).or_default();
        match state {
            State::Submitted | State::Complete | State::InReview | State::Returned => {
                counts.submitted += many
            }
            State::Approved | State::Released | State::Final => counts.approved += many,
            State::Rejected => counts.rejected += many,
        }
    }
    Ok(())
}

/// Windows that have closed without a visit.
fn count_late(
    conn: &mut Conn,
    scope: &Scope,
    id: CampaignId,
    now: Instant,
    own: &mut ByRegion,
) -> Result<()> {
    let rows: Vec<(Option<RegionId>, i64)> = assignment::table
        .inner_join(branch::table.on(branch::id.eq(assignment::branch_id)))
        .left_join(visit::table.on(visit::assignment_id.eq(assignment::id)))
        .filter(assignment::campaign_id.eq(id))
        .filter(seen_by(scope))
        .filter(visit::id.nullable().is_null())
        .filter(assignment::state.eq_any([Open, Offered, Assigned]))
        .filter(assignment::closes_at.le(now))
        .group_by(branch::region_id)
        .select((branch::region_id, count_star()))
        .load(conn)?;
    rows.into_iter().for_each(|(region, late)| own.entry(region).or_default().late += late);
    Ok(())
}

/// Windows that close soon, with nobody to go or without a visit.
fn count_at_risk(
    conn: &mut Conn,
    scope: &Scope,
    id: CampaignId,
    now: Instant,
    own: &mut ByRegion,
) -> Result<()> {
    let soon = now.plus_seconds(NOBODY_HAS_IT_SECONDS);
    let sooner = now.plus_seconds(NOT_MADE_SECONDS);
    let nobodys = assignment::state.eq_any([Open, Offered]).and(assignment::closes_at.le(soon));
    let not_made = assignment::state.eq(Assigned).and(assignment::closes_at.le(sooner));
    let rows: Vec<(Option<RegionId>, i64)> = assignment::table
        .inner_join(branch::table.on(branch::id.eq(assignment::branch_id)))
        .left_join(visit::table.on(visit::assignment_id.eq(assignment::id)))
        .filter(assignment::campaign_id.eq(id))
        .filter(seen_by(scope))
        .filter(visit::id.nullable().is_null())
        .filter(assignment::closes_at.gt(now))
        .filter(nobodys.or(not_made))
        .group_by(branch::region_id)
        .select((branch::region_id, count_star()))
        .load(conn)?;
    rows.into_iter().for_each(|(region, risk)| own.entry(region).or_default().at_risk += risk);
    Ok(())
}
