//! The statements about campaigns, and about what was made of their slots.

use std::collections::HashMap;

use diesel::prelude::*;

use super::{
    model::{Campaign, Slot},
    plan::{Attempt, Made},
    terms::Terms,
};
use crate::{
    accounts::policy::Scope,
    db::{
        Conn,
        engine::{MultiBackend, each_engine},
        inserted_or_taken,
        schema::{assignment, branch, campaign, region_above, visit},
        sealing::revisions_sealed,
        types::{Instant, Json},
    },
    error::{Code, Error, Result},
    fieldwork::assignments::model::{AssignmentState, Window},
    ids::{AssignmentId, BranchId, BrandId, CampaignId},
    places::named::NamedPlaces,
};

/// Campaigns of this brand, or of all that the scope touches, after this one in the order of their making.
///
/// # Errors
/// Those of the database.
pub fn campaigns(
    conn: &mut Conn,
    scope: &Scope,
    brand: Option<BrandId>,
    after: Option<(Instant, CampaignId)>,
    limit: i64,
) -> Result<Vec<Campaign>> {
    let mut query = campaign::table
        .order((campaign::created_at, campaign::id))
        .limit(limit)
        .select(Campaign::as_select())
        .into_boxed();
    if !scope.is_operator_wide() {
        query = query.filter(campaign::brand_id.eq_any(scope.touched_brands()));
    }
    if let Some(brand) = brand {
        query = query.filter(campaign::brand_id.eq(brand));
    }
    if let Some((at, id)) = after {
        let later = campaign::created_at.gt(at);
        query = query.filter(later.or(campaign::created_at.eq(at).and(campaign::id.gt(id))));
    }
    Ok(query.load(conn)?)
}

/// The campaign with this id.
///
/// # Errors
/// `not_found` if there is none, or the scope does not touch its brand.
pub fn campaign(conn: &mut Conn, scope: &Scope, id: CampaignId) -> Result<Campaign> {
    let found = find(conn, id)?.filter(|found| scope.touches_brand(found.brand_id));
    found.ok_or_else(|| Error::new(Code::NotFound))
}

/// The campaign with this id, to be changed or planned; nothing if there is none yet.
///
/// # Errors
/// `not_found` if the scope does not cover its brand.
pub fn campaign_to_change(conn: &mut Conn, scope: &Scope, id: CampaignId) -> Result<Option<Campaign>> {
    match find(conn, id)? {
        Some(found) if !scope.covers_brand(found.brand_id) => Err(Error::new(Code::NotFound)),
        found => Ok(found),
    }
}

/// The campaign with this id, in no scope.
///
/// # Errors
/// Those of the database.
pub fn find(conn: &mut Conn, id: CampaignId) -> Result<Option<Campaign>> {
    Ok(campaign::table.find(id).select(Campaign::as_select()).first(conn).optional()?)
}

/// What these campaigns are called.
///
/// # Errors
/// Those of the database.
pub fn names(conn: &mut Conn, ids: Vec<CampaignId>) -> Result<HashMap<CampaignId, String>> {
    let named = campaign::table.filter(campaign::id.eq_any(ids)).select((campaign::id, campaign::name));
    Ok(named.load::<(CampaignId, String)>(conn)?.into_iter().collect())
}

/// The terms of the campaign that wanted the visit of this assignment; none outside of any campaign.
///
/// # Errors
/// Those of the database.
pub fn terms_of(conn: &mut Conn, id: AssignmentId) -> Result<Option<Terms>> {
    let terms = assignment::table
        .inner_join(campaign::table.on(assignment::campaign_id.eq(campaign::id.nullable())))
        .filter(assignment::id.eq(id))
        .select(campaign::terms)
        .first::<Json<Terms>>(conn)
        .optional()?;
    Ok(terms.map(|Json(terms)| terms))
}

/// Keeps a new campaign.
///
/// # Errors
/// `conflict` if there is one with this id.
pub fn insert_campaign(conn: &mut Conn, new: &Campaign) -> Result<()> {
    let inserted = each_engine!(conn, c => diesel::insert_into(campaign::table)
        .values(new)
        .on_conflict_do_nothing()
        .execute(c))?;
    inserted_or_taken(inserted)
}

/// Keeps a changed campaign.
///
/// # Errors
/// Those of the database.
pub fn update_campaign(conn: &mut Conn, changed: &Campaign) -> Result<()> {
    diesel::update(campaign::table.find(changed.id))
        .set((
            campaign::brand_id.eq(changed.brand_id),
            campaign::version_id.eq(changed.version_id),
            campaign::name.eq(&changed.name),
            campaign::terms.eq(&changed.terms),
            campaign::state.eq(changed.state),
            campaign::revision.eq(changed.revision),
        ))
        .execute(conn)?;
    Ok(())
}

/// The branches that a campaign is about.
fn branches_of(of: &Campaign) -> branch::BoxedQuery<'static, MultiBackend> {
    let all = branch::table.filter(branch::brand_id.eq(of.brand_id)).into_boxed();
    let NamedPlaces { regions, branches } = of.terms.0.places.clone();
    if regions.is_empty() && branches.is_empty() {
        return all;
    }
    let below = region_above::table
        .filter(region_above::ancestor_id.eq_any(regions.into_inner()))
        .select(region_above::region_id.nullable());
    all.filter(branch::region_id.eq_any(below).or(branch::id.eq_any(branches.into_inner())))
}

/// By which clock a branch is visited, and until when: the name of its time zone, and when it retires.
pub type Clocked = (String, Option<Instant>);

/// The branches that a campaign is about and that are not retired, in the order of their ids.
///
/// # Errors
/// Those of the database.
pub fn branches_to_plan(conn: &mut Conn, of: &Campaign, now: Instant) -> Result<Vec<(BranchId, Clocked)>> {
    Ok(branches_of(of)
        .filter(branch::retired_at.is_null().or(branch::retired_at.gt(now)))
        .order(branch::id)
        .select((branch::id, (branch::time_zone, branch::retired_at)))
        .load(conn)?)
}

/// How this branch is visited, if the campaign is about it.
///
/// # Errors
/// Those of the database.
pub fn clocked_in(conn: &mut Conn, of: &Campaign, id: BranchId) -> Result<Option<Clocked>> {
    Ok(branches_of(of)
        .filter(branch::id.eq(id))
        .select((branch::time_zone, branch::retired_at))
        .first(conn)
        .optional()?)
}

/// The branches that a campaign is about, retired ones as well.
///
/// # Errors
/// Those of the database.
pub fn clocked(conn: &mut Conn, of: &Campaign) -> Result<HashMap<BranchId, Clocked>> {
    let rows: Vec<(BranchId, Clocked)> =
        branches_of(of).select((branch::id, (branch::time_zone, branch::retired_at))).load(conn)?;
    Ok(rows.into_iter().collect())
}

/// Every try at a visit of this campaign.
///
/// # Errors
/// Those of the database.
pub fn attempts(conn: &mut Conn, of: CampaignId) -> Result<Vec<Attempt>> {
    attempts_among(conn, of, None)
}

/// Every try at the visit of this slot.
///
/// # Errors
/// Those of the database.
pub fn attempts_at(conn: &mut Conn, slot: Slot) -> Result<Vec<Attempt>> {
    attempts_among(conn, slot.campaign, Some((slot.branch, slot.number)))
}

/// This is the one look that fieldwork takes at visits: planning adds what is missing, and what was made is not missing.
fn attempts_among(
    conn: &mut Conn,
    of: CampaignId,
    visit_to: Option<(BranchId, i32)>,
) -> Result<Vec<Attempt>> {
    type Row = (BranchId, Option<i32>, i32, AssignmentState, Option<bool>, Instant, Instant);
    let mut query = assignment::table
        .left_join(visit::table.on(visit::assignment_id.eq(assignment::id)))
        .filter(assignment::campaign_id.eq(of))
        .select((
            assignment::branch_id,
            assignment::number,
            assignment::attempt,
            assignment::state,
            visit::wanted_again.nullable(),
            assignment::opens_at,
            assignment::closes_at,
        ))
        .into_boxed();
    if let Some((branch, number)) = visit_to {
        query = query.filter(assignment::branch_id.eq(branch)).filter(assignment::number.eq(number));
    }
    let rows: Vec<Row> = query.load(conn)?;
    let attempt = |(branch, number, attempt, state, wanted_again, opens_at, closes_at): Row| Attempt {
        branch,
        number: number.unwrap_or_default(),
        attempt,
        state,
        made: match wanted_again {
            None => Made::Nothing,
            Some(false) => Made::Visit,
            Some(true) => Made::VisitToMakeAgain,
        },
        window: Window { opens_at, closes_at },
    };
    Ok(rows.into_iter().map(attempt).collect())
}

revisions_sealed!(campaign::table by id, set_campaigns_sealed);
