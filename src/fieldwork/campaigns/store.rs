//! All SQL about campaigns, and about the assignments that are made from them.

use std::collections::{HashMap, HashSet, hash_map::Entry};

use diesel::prelude::*;

use super::{
    super::{
        model::{Assignment, AssignmentState},
        qualifications,
    },
    model::Campaign,
    plan::Latest,
    terms::Places,
};
use crate::{
    accounts::policy::Scope,
    checklists,
    db::{
        Conn,
        engine::{MultiBackend, each_engine},
        schema::{assignment, branch, campaign, region, region_above, visit},
        types::Instant,
    },
    error::{Code, Error, FieldError, Result, if_there},
    ids::{BranchId, BrandId, CampaignId, RegionId, VersionId},
};

/// More mistakes of one kind than this are not told at once.
const MOST_MISTAKES: usize = 100;

/// Campaigns of this brand, or of all that the scope touches, after this one in the order of their making.
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

/// The campaign with this id, whoever asks.
pub fn find(conn: &mut Conn, id: CampaignId) -> Result<Option<Campaign>> {
    Ok(campaign::table.find(id).select(Campaign::as_select()).first(conn).optional()?)
}

/// Whether anything was made from it yet.
pub fn has_assignments(conn: &mut Conn, id: CampaignId) -> Result<bool> {
    let any = assignment::table.filter(assignment::campaign_id.eq(id)).select(assignment::id).limit(1);
    Ok(any.load::<crate::ids::AssignmentId>(conn)?.len() == 1)
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
    if inserted == 1 { Ok(()) } else { Err(Error::new(Code::Conflict)) }
}

/// Keeps a changed campaign, as its next revision.
pub fn update_campaign(conn: &mut Conn, mut changed: Campaign) -> Result<Campaign> {
    changed.revision += 1;
    diesel::update(campaign::table.find(changed.id))
        .set((
            campaign::brand_id.eq(changed.brand_id),
            campaign::version_id.eq(changed.version_id),
            campaign::name.eq(&changed.name),
            campaign::terms.eq(&changed.terms),
            campaign::revision.eq(changed.revision),
        ))
        .execute(conn)?;
    Ok(changed)
}

/// What a campaign names that its brand does not have.
pub fn unknown(conn: &mut Conn, of: &Campaign) -> Result<Vec<FieldError>> {
    let (brand, terms) = (of.brand_id, &of.terms.0);
    let mut wrong = Vec::new();
    if if_there(checklists::store::version_brand(conn, of.version_id))? != Some(brand) {
        let message = "the brand has no such version";
        wrong.push(FieldError::new("/checklist_version_id", "unknown", message));
    }
    if let Some(id) = terms.who.qualification_id
        && if_there(qualifications::store::brand_of(conn, id))? != Some(brand)
    {
        let message = "the brand has no such qualification";
        wrong.push(FieldError::new("/terms/who/qualification_id", "unknown", message));
    }
    let Places { regions, branches } = &terms.places;
    let known: HashSet<RegionId> = region::table
        .filter(region::brand_id.eq(brand))
        .filter(region::id.eq_any(regions))
        .select(region::id)
        .load(conn)?
        .into_iter()
        .collect();
    wrong.extend(missing("regions", "the brand has no such region", regions, &known));
    let known: HashSet<BranchId> = branch::table
        .filter(branch::brand_id.eq(brand))
        .filter(branch::id.eq_any(branches))
        .select(branch::id)
        .load(conn)?
        .into_iter()
        .collect();
    wrong.extend(missing("branches", "the brand has no such branch", branches, &known));
    Ok(wrong)
}

fn missing<T: Eq + std::hash::Hash>(
    list: &str,
    message: &str,
    named: &[T],
    known: &HashSet<T>,
) -> Vec<FieldError> {
    let unknown = named.iter().enumerate().filter(|(_, id)| !known.contains(id));
    let mistake = |(at, _)| FieldError::new(format!("/terms/places/{list}/{at}"), "unknown", message);
    unknown.map(mistake).take(MOST_MISTAKES).collect()
}

/// The branches that a campaign is about.
pub fn branches_of(of: &Campaign) -> branch::BoxedQuery<'static, MultiBackend> {
    let all = branch::table.filter(branch::brand_id.eq(of.brand_id)).into_boxed();
    let Places { regions, branches } = of.terms.0.places.clone();
    if regions.is_empty() && branches.is_empty() {
        return all;
    }
    let below = region_above::table
        .filter(region_above::ancestor_id.eq_any(regions))
        .select(region_above::region_id.nullable());
    all.filter(branch::region_id.eq_any(below).or(branch::id.eq_any(branches)))
}

/// The branches that a campaign is about, with the names of their time zones, in the order of their ids.
pub fn branches_to_plan(conn: &mut Conn, of: &Campaign) -> Result<Vec<(BranchId, String)>> {
    Ok(branches_of(of).order(branch::id).select((branch::id, branch::time_zone)).load(conn)?)
}

/// The latest try at each visit of a campaign that there ever was one at.
///
/// This is the one look that fieldwork takes at visits: what was made stands, even if it came when its assignment had
/// been given up.
pub fn latest_attempts(conn: &mut Conn, of: CampaignId) -> Result<HashMap<(BranchId, i32), Latest>> {
    type Row = (BranchId, Option<i32>, i32, AssignmentState, bool);
    let rows: Vec<Row> = assignment::table
        .left_join(visit::table.on(visit::assignment_id.eq(assignment::id)))
        .filter(assignment::campaign_id.eq(of))
        .select((
            assignment::branch_id,
            assignment::number,
            assignment::attempt,
            assignment::state,
            visit::id.nullable().is_not_null(),
        ))
        .load(conn)?;
    let mut all = HashMap::with_capacity(rows.len());
    for (branch, number, attempt, state, made) in rows {
        let dead = matches!(state, AssignmentState::Cancelled | AssignmentState::Expired);
        let one = Latest { attempt, stands: made || !dead };
        match all.entry((branch, number.unwrap_or_default())) {
            Entry::Vacant(vacant) => drop(vacant.insert(one)),
            Entry::Occupied(mut there) => {
                let there: &mut Latest = there.get_mut();
                there.attempt = there.attempt.max(attempt);
                there.stands |= one.stands;
            }
        }
    }
    Ok(all)
}

/// Keeps new assignments of a campaign, at most 1,000; those whose slots have been filled meanwhile are left out. Says
/// how many were kept.
///
/// # Errors
/// `conflict` if the campaign is of another brand or version by now.
pub fn add(conn: &mut Conn, to: &Campaign, new: &[Assignment]) -> Result<usize> {
    let now: (BrandId, VersionId) =
        campaign::table.find(to.id).select((campaign::brand_id, campaign::version_id)).first(conn)?;
    if now != (to.brand_id, to.version_id) {
        return Err(Error::new(Code::Conflict).detail("the campaign was changed meanwhile: plan it again"));
    }
    Ok(each_engine!(conn, c => diesel::insert_into(assignment::table)
        .values(new)
        .on_conflict_do_nothing()
        .execute(c))?)
}
