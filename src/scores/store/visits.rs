//! The statements about single visits that count.

use diesel::{dsl::sql, prelude::*, sql_types::Bool};

use super::{Listed, branches_in};
use crate::{
    db::{
        Conn,
        schema::{assignment, branch, checklist_version, report, visit, visit_content},
        types::{Instant, Json},
    },
    error::Result,
    ids::{BranchId, CampaignId, ReportId, VersionId, VisitId},
    places,
    scores::{
        model::{Place, Reader},
        visible::Visible,
        wanted::Wanted,
    },
    visits::{
        model::{Began, VisitHead},
        state::State,
        store::list::{COUNTED, HAS_SCORE},
    },
};

/// A visit that counts.
#[derive(Clone, Debug)]
pub(in crate::scores) struct Row {
    pub(in crate::scores) head: VisitHead,
    pub(in crate::scores) made: Made,
    pub(in crate::scores) campaign: Option<CampaignId>,
}

/// When a visit was made.
#[derive(Clone, Debug)]
pub(in crate::scores) enum Made {
    /// It began then by the phone's clock, and the window of its assignment opens then.
    At(Instant, Instant),
    /// Its report shows these as the first and the last day.
    Within { report: ReportId, first: String, last: String },
}

/// The branches that are listed of a place, each with the name of its time zone: for the branch's side those of which the caller can read reports.
pub(in crate::scores) fn zones(
    conn: &mut Conn,
    place: &Visible,
    listed: Listed,
) -> Result<Vec<(BranchId, String)>> {
    let (from, to) = listed.months();
    let branches = branch::table.order(branch::id).select((branch::id, branch::time_zone)).into_boxed();
    let within = match place.place {
        Place::Brand(id) => branches.filter(branch::brand_id.eq(id)),
        Place::Region(id) => branches.filter(branch::id.eq_any(branches_in(id, from, to))),
        Place::Branch(id) => branches.filter(branch::id.eq(id)),
    };
    let mut zones: Vec<(BranchId, String)> = within.load(conn)?;
    if place.reader == Reader::BranchSide {
        let ids: Vec<_> = zones.iter().map(|(id, _)| *id).collect();
        let seen = places::store::branch_names(conn, &place.seen(), &ids)?;
        zones.retain(|(id, _)| seen.contains_key(id));
    }
    Ok(zones)
}

/// The versions that a filter leaves; none if it leaves all.
pub(in crate::scores) fn versions(conn: &mut Conn, wanted: &Wanted) -> Result<Option<Vec<VersionId>>> {
    let Some(checklist) = wanted.filter.checklist else {
        return Ok(wanted.filter.version.map(|version| vec![version]));
    };
    let mut query = checklist_version::table
        .filter(checklist_version::checklist_id.eq(checklist))
        .select(checklist_version::id)
        .into_boxed();
    if let Some(version) = wanted.filter.version {
        query = query.filter(checklist_version::id.eq(version));
    }
    Ok(Some(query.load(conn)?))
}

/// The visits to these branches that count, of the months of the days that are wanted, in no order: so many at most. With versions, only visits with these.
pub(in crate::scores) fn counted(
    conn: &mut Conn,
    branches: &[BranchId],
    (wanted, versions): (&Wanted, Option<&[VersionId]>),
    most: i64,
) -> Result<Vec<Row>> {
    let months = wanted.touched();
    let mut query = visit::table
        .inner_join(visit_content::table)
        .inner_join(assignment::table.on(assignment::id.eq(visit::assignment_id)))
        .filter(visit::branch_id.eq_any(branches.to_vec()))
        .filter(visit::month.between(months.from(), months.to()))
        .filter(sql::<Bool>(COUNTED))
        .filter(sql::<Bool>(HAS_SCORE))
        .limit(most)
        .select((
            VisitHead::as_select(),
            visit_content::content,
            assignment::opens_at,
            assignment::campaign_id,
        ))
        .into_boxed();
    if let Some(campaign) = wanted.filter.campaign {
        query = query.filter(assignment::campaign_id.eq(campaign));
    }
    if let Some(versions) = versions {
        query = query.filter(visit::version_id.eq_any(versions.to_vec()));
    }
    let rows: Vec<(VisitHead, Json<Began>, Instant, Option<CampaignId>)> = query.load(conn)?;
    let row = |(head, Json(Began { started_at }), opens_at, campaign)| Row {
        head,
        made: Made::At(started_at, opens_at),
        campaign,
    };
    Ok(rows.into_iter().map(row).collect())
}

/// The same of visits whose reports are out, by the days that these show; also those that were withdrawn lately and are still shown.
pub(in crate::scores) fn reported(
    conn: &mut Conn,
    branches: &[BranchId],
    (wanted, versions): (&Wanted, Option<&[VersionId]>),
    lately: &[VisitId],
    most: i64,
) -> Result<Vec<Row>> {
    let months = wanted.touched();
    let shown: Vec<_> = State::ALL.iter().copied().filter(|state| state.is_shown()).collect();
    let mut query = report::table
        .inner_join(visit::table.on(visit::id.eq(report::visit_id)))
        .filter(report::branch_id.eq_any(branches.to_vec()))
        .filter(report::month.between(months.from(), months.to()))
        .filter(visit::state.eq_any(shown).or(visit::id.eq_any(lately.to_vec())))
        .limit(most)
        .select((
            VisitHead::as_select(),
            report::id,
            report::first_day,
            report::last_day,
            report::campaign_id,
        ))
        .into_boxed();
    if let Some(campaign) = wanted.filter.campaign {
        query = query.filter(report::campaign_id.eq(campaign));
    }
    if let Some(versions) = versions {
        query = query.filter(visit::version_id.eq_any(versions.to_vec()));
    }
    let rows: Vec<(VisitHead, ReportId, String, String, Option<CampaignId>)> = query.load(conn)?;
    let row = |(head, report, first, last, campaign)| {
        let made = Made::Within { report, first, last };
        Row { head, made, campaign }
    };
    Ok(rows.into_iter().map(row).collect())
}
