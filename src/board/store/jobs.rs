//! The open jobs, found in two steps: first what decides which are shown, of all; then the whole of those.

use std::collections::{BTreeSet, HashMap};

use diesel::{dsl::sql, prelude::*, sql_types::Bool};

use super::candidate::candidate;
use crate::{
    accounts::policy::Scope,
    board::{
        jobs::{self, Asked, Open, Rank, Shown},
        near::Surroundings,
    },
    db::{
        Conn,
        schema::{assignment, branch, campaign},
        types::{Instant, Json},
    },
    error::Result,
    fieldwork::{campaigns::model::Campaign, model::Assignment},
    ids::{AssignmentId, BranchId, BrandId, CampaignId, RegionId},
    places::model::Branch,
};

/// A job with all that is told of it.
#[derive(Clone, Debug)]
pub struct Listed {
    /// How it is shown.
    pub shown: Shown,
    /// The assignment.
    pub assignment: Assignment,
    /// Where.
    pub branch: Branch,
    /// The campaign that wants it.
    pub campaign: Campaign,
}

/// The first so many open jobs after this one that the shopper asked for, in their order: of the brands that they work
/// for. In one state of the data.
pub fn listed(
    conn: &mut Conn,
    scope: &Scope,
    asked: &Asked,
    after: Option<Rank>,
    rows: usize,
    now: Instant,
) -> Result<Vec<Listed>> {
    let open = open(conn, scope, asked, now)?;
    let campaigns = campaigns(conn, open.iter().map(|job| job.campaign).collect())?;
    let candidate = candidate(conn, scope.account, now)?;
    let shown = jobs::page(open, &campaigns, &candidate, asked, after, rows, now);
    let mut whole = whole(conn, shown.iter().map(|one| one.job.id).collect())?;
    let listed = |shown: Shown| {
        let (assignment, branch) = whole.remove(&shown.job.id)?;
        let campaign = campaigns.get(&shown.job.campaign)?.clone();
        Some(Listed { shown, assignment, branch, campaign })
    };
    Ok(shown.into_iter().filter_map(listed).collect())
}

type Row = (
    (AssignmentId, BrandId, BranchId, Option<RegionId>, Option<CampaignId>),
    (Instant, Instant),
    (f64, f64, Json<Vec<String>>),
);

fn open(conn: &mut Conn, scope: &Scope, asked: &Asked, now: Instant) -> Result<Vec<Open>> {
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
    if let Some(from) = asked.from {
        query = query.filter(assignment::closes_at.ge(from));
    }
    if let Some(until) = asked.until {
        query = query.filter(assignment::opens_at.le(until));
    }
    if let Some(Surroundings { south, north, east_west }) = asked.near.map(|(near, km)| near.around(km)) {
        query = query.filter(branch::latitude.between(south, north));
        // One part, or two across 180°.
        if let (Some(&first), Some(&last)) = (east_west.first(), east_west.last()) {
            let within = |(from, to)| branch::longitude.between(from, to);
            query = query.filter(within(first).or(within(last)));
        }
    }
    let rows: Vec<Row> = query.load(conn)?;
    let job = |((id, brand, branch, region, campaign), (opens_at, closes_at), place): Row| {
        let (latitude, longitude, Json(languages)) = place;
        let campaign = campaign?;
        Some(Open {
            id,
            brand,
            branch,
            region,
            campaign,
            opens_at,
            closes_at,
            latitude,
            longitude,
            languages,
        })
    };
    Ok(rows.into_iter().filter_map(job).collect())
}

fn campaigns(conn: &mut Conn, ids: BTreeSet<CampaignId>) -> Result<HashMap<CampaignId, Campaign>> {
    let ids: Vec<_> = ids.into_iter().collect();
    let found: Vec<Campaign> =
        campaign::table.filter(campaign::id.eq_any(ids)).select(Campaign::as_select()).load(conn)?;
    Ok(found.into_iter().map(|one| (one.id, one)).collect())
}

fn whole(conn: &mut Conn, ids: Vec<AssignmentId>) -> Result<HashMap<AssignmentId, (Assignment, Branch)>> {
    let found: Vec<(Assignment, Branch)> = assignment::table
        .inner_join(branch::table.on(branch::id.eq(assignment::branch_id)))
        .filter(assignment::id.eq_any(ids))
        .select((Assignment::as_select(), Branch::as_select()))
        .load(conn)?;
    Ok(found.into_iter().map(|(one, branch)| (one.id, (one, branch))).collect())
}
