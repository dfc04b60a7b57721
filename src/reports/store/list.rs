//! The list of reports.

use diesel::prelude::*;

use crate::{
    accounts::policy::Scope,
    calendar::days::Days,
    checklists::counted::Subject,
    db::{
        Conn,
        schema::{branch, checklist_version, report, visit},
        types::Instant,
    },
    error::Result,
    ids::{BranchId, BrandId, CampaignId, ChecklistId, RegionId, ReportId, VersionId},
    months::Month,
    places::{self, moves::store::lay_in},
    reports::model::Report,
    visits::{
        state::State,
        store::{list::is_called, steps},
    },
};

/// Which reports are listed of those in scope.
#[derive(Clone, Debug, Default)]
pub struct ReportFilter {
    /// Only those of this brand.
    pub brand: Option<BrandId>,
    /// Only those of branches in this region, however deep.
    pub region: Option<RegionId>,
    /// Only those of this branch.
    pub branch: Option<BranchId>,
    /// Only those of visits that this campaign wanted.
    pub campaign: Option<CampaignId>,
    /// Only those whose first day is in this month.
    pub month: Option<Month>,
    /// Only those in this state.
    pub state: Option<State>,
    /// Only those whose first day is one of these.
    pub days: Option<Days>,
    /// Only those of visits with this checklist.
    pub checklist: Option<ChecklistId>,
    /// Only those of visits with this version.
    pub version: Option<VersionId>,
    /// Only those of branches whose code or name has this in it.
    pub branch_called: Option<String>,
    /// Only those that count in scores; of a region those of the months in which their branches lay in it.
    pub counted_in: Option<Subject>,
}

/// A line of the list: the report, the state of its visit as the branch's side is shown it, and what it scored.
pub type Listed = (Report, State, Option<i32>);

/// Reports in scope, those that went out last first; in what order those of one night come says nothing.
pub fn reports(
    conn: &mut Conn,
    scope: &Scope,
    filter: &ReportFilter,
    after: Option<(String, ReportId)>,
    rows: i64,
    now: Instant,
) -> Result<Vec<Listed>> {
    let lately = steps::withdrawn_lately(conn, now)?;
    let mut query = report::table
        .inner_join(visit::table.on(visit::id.eq(report::visit_id)))
        .filter(report::branch_id.eq_any(places::store::branches_in(scope)))
        .order((report::released_on.desc(), report::id))
        .limit(rows)
        .select((Report::as_select(), visit::state, visit::score))
        .into_boxed();
    let ReportFilter { brand, region, branch, campaign, month, state, days, checklist, version, .. } =
        *filter;
    if let Some(days) = days {
        let months = days.months_touched();
        query = query.filter(report::month.between(months.from(), months.to()));
        query = query.filter(report::first_day.between(days.from().to_string(), days.to().to_string()));
    }
    if let Some(checklist) = checklist {
        let versions = checklist_version::table.filter(checklist_version::checklist_id.eq(checklist));
        query = query.filter(visit::version_id.eq_any(versions.select(checklist_version::id)));
    }
    if let Some(version) = version {
        query = query.filter(visit::version_id.eq(version));
    }
    if let Some(called) = &filter.branch_called {
        let called = branch::table.filter(is_called!(called)).select(branch::id);
        query = query.filter(report::branch_id.eq_any(called));
    }
    if filter.counted_in.is_some() {
        let shown: Vec<_> = State::ALL.iter().copied().filter(|state| state.is_shown()).collect();
        let still: Vec<_> = lately.keys().copied().collect();
        query = query.filter(visit::state.eq_any(shown).or(visit::id.eq_any(still)));
    }
    if let Some(brand) = brand {
        query = query.filter(report::brand_id.eq(brand));
    }
    if let Some(region) = region {
        query = match filter.counted_in {
            None => query.filter(report::branch_id.eq_any(places::store::branches_within(region))),
            // As figures are counted: where the branch lay in the month of the report.
            Some(_) => query.filter(lay_in!(region, report::branch_id, report::month)),
        };
    }
    if let Some(branch) = branch {
        query = query.filter(report::branch_id.eq(branch));
    }
    if let Some(campaign) = campaign {
        query = query.filter(report::campaign_id.eq(campaign));
    }
    if let Some(month) = month {
        query = query.filter(report::month.eq(month));
    }
    if let Some(state) = state {
        let (as_this, as_others): (Vec<_>, Vec<_>) = lately.iter().partition(|(_, shown)| **shown == state);
        let [as_this, as_others] =
            [as_this, as_others].map(|some| some.into_iter().map(|(id, _)| *id).collect::<Vec<_>>());
        let is_so = visit::state.eq(state).and(visit::id.ne_all(as_others));
        query = query.filter(is_so.or(visit::id.eq_any(as_this)));
    }
    if let Some((day, id)) = after {
        let same_day = report::released_on.eq(day.clone()).and(report::id.gt(id));
        query = query.filter(report::released_on.lt(day).or(same_day));
    }
    let mut listed: Vec<Listed> = query.load(conn)?;
    for (report, state, _) in &mut listed {
        *state = lately.get(&report.visit_id).copied().unwrap_or(*state);
    }
    Ok(listed)
}
