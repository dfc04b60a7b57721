//! The statements about open jobs.

use std::collections::{BTreeSet, HashMap};

use diesel::{dsl::sql, prelude::*, sql_types::Bool};

use crate::{
    accounts::policy::Scope,
    board::{
        coverage::store::seen_by,
        jobs::{Campaigns, Job, JobFilter},
        near::Surroundings,
    },
    db::{
        Conn,
        schema::{assignment, branch, campaign},
        types::{Instant, Json},
    },
    error::Result,
    fieldwork::{assignments::model::Assignment, campaigns::model::Campaign},
    ids::{AssignmentId, BranchId, BrandId, CampaignId, RegionId},
    places::model::Branch,
};

type Row = (
    (AssignmentId, BrandId, BranchId, Option<RegionId>, Option<CampaignId>),
    (Instant, Instant),
    (Option<f64>, Option<f64>, Json<Vec<String>>),
);

/// The open jobs of the places that the caller works in, as far as the filter can be asked of the database: not their
/// campaigns' terms, nor the exact distance.
///
/// # Errors
/// Those of the database.
pub fn open(conn: &mut Conn, scope: &Scope, filter: &JobFilter, now: Instant) -> Result<Vec<Job>> {
    let mut query = assignment::table
        .inner_join(branch::table.on(branch::id.eq(assignment::branch_id)))
        // Spelled out, because only so the engines see that the partial index answers it.
        .filter(sql::<Bool>("assignment.state = 'open'"))
        .filter(assignment::closes_at.gt(now))
        .select((
            (
                assignment::id,
                assignment::brand_id,
                assignment::branch_id,
                branch::region_id,
                assignment::campaign_id,
            ),
            (assignment::opens_at, assignment::closes_at),
            (branch::latitude, branch::longitude, branch::languages),
        ))
        .into_boxed();
    if let Some(brands) = scope.brands_worked_for() {
        query = query.filter(assignment::brand_id.eq_any(brands));
    }
    let places = scope.fieldwork();
    if !places.is_of_whole_brands() {
        query = query.filter(seen_by(&places));
    }
    if let Some(from) = filter.from {
        query = query.filter(assignment::closes_at.ge(from));
    }
    if let Some(until) = filter.until {
        query = query.filter(assignment::opens_at.le(until));
    }
    let surroundings = filter.vicinity.map(|around| around.near.around(around.km));
    if let Some(Surroundings { south, north, east_west }) = surroundings {
        query = query.filter(branch::latitude.between(south, north));
        // One part, or two across 180°.
        if let (Some(&first), Some(&last)) = (east_west.first(), east_west.last()) {
            let within = |(from, to)| branch::longitude.between(from, to);
            query = query.filter(within(first).or(within(last)));
        }
    }
    let rows: Vec<Row> = query.load(conn)?;
    Ok(rows.into_iter().filter_map(job).collect())
}

/// The job of a row; none if no campaign wants it.
fn job((assignment, window, place): Row) -> Option<Job> {
    let (id, brand, branch, region, campaign) = assignment;
    let (opens_at, closes_at) = window;
    let (latitude, longitude, Json(languages)) = place;
    let campaign = campaign?;
    let position = latitude.zip(longitude);
    Some(Job { id, brand, branch, region, campaign, opens_at, closes_at, position, languages })
}

/// The campaigns with these ids.
///
/// # Errors
/// Those of the database.
pub fn campaigns(conn: &mut Conn, ids: BTreeSet<CampaignId>) -> Result<Campaigns> {
    let ids: Vec<_> = ids.into_iter().collect();
    let found: Vec<Campaign> =
        campaign::table.filter(campaign::id.eq_any(ids)).select(Campaign::as_select()).load(conn)?;
    Ok(found.into_iter().map(|one| (one.id, one)).collect())
}

/// The assignments with these ids, each with its branch.
///
/// # Errors
/// Those of the database.
pub fn whole(conn: &mut Conn, ids: Vec<AssignmentId>) -> Result<HashMap<AssignmentId, (Assignment, Branch)>> {
    let found: Vec<(Assignment, Branch)> = assignment::table
        .inner_join(branch::table.on(branch::id.eq(assignment::branch_id)))
        .filter(assignment::id.eq_any(ids))
        .select((Assignment::as_select(), Branch::as_select()))
        .load(conn)?;
    Ok(found.into_iter().map(|(one, branch)| (one.id, (one, branch))).collect())
}
