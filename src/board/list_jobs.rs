//! Listing jobs, in two steps: first what decides which are shown, of all that are open; then the whole of those.

use std::collections::HashMap;

use super::{
    candidate,
    jobs::{self, JobFilter, JobPage, ShownJob, Vicinity},
    near::Near,
    store::jobs as store,
};
use crate::{
    accounts::policy::Scope,
    db::{Conn, types::Instant},
    error::{Error, FieldError, Result},
    fieldwork::{assignments::model::Assignment, campaigns::model::Campaign, eligibility::WhyNot, shoppers},
    places::{self, model::Branch},
};

/// A job with all that is shown of it.
#[derive(Clone, Debug)]
pub struct ListedJob {
    /// How it is shown.
    pub shown: ShownJob,
    /// The assignment.
    pub assignment: Assignment,
    /// Where.
    pub branch: Branch,
    /// The campaign that wants it.
    pub campaign: Campaign,
    /// What the brand is called.
    pub brand_name: String,
}

/// A page of jobs, and what is left out of every page.
#[derive(Clone, Debug)]
pub struct JobList {
    /// The jobs, in their order.
    pub jobs: Vec<ListedJob>,
    /// For what jobs are not listed at all. It follows from the caller alone, so it does not tell whether there are any.
    pub left_out: Vec<WhyNot>,
}

/// The filter, around where the caller lives if that is asked for.
///
/// # Errors
/// `invalid` if the caller does not say where that is.
fn around_home(conn: &mut Conn, scope: &Scope, filter: &JobFilter) -> Result<JobFilter> {
    if !filter.from_home {
        return Ok(filter.clone());
    }
    let declared = shoppers::store::declared(conn, scope.account)?.map(|declared| declared.profile.0);
    let vicinity = declared.and_then(|profile| {
        let home = profile.home?;
        Some(Vicinity { near: Near::at(home.latitude(), home.longitude()), km: profile.travels_km })
    });
    let unknown = || FieldError::new("from_home", "unknown", "declare about where you live first");
    let vicinity = Some(vicinity.ok_or_else(|| Error::invalid(vec![unknown()]))?);
    Ok(JobFilter { vicinity, ..filter.clone() })
}

/// The open jobs of this page that the caller looks for: of the places that they work in. Ask within a snapshot.
///
/// # Errors
/// `invalid` if they are to be around a home that is not declared.
pub fn list_jobs(
    conn: &mut Conn,
    scope: &Scope,
    filter: &JobFilter,
    page: JobPage,
    now: Instant,
) -> Result<JobList> {
    let filter = &around_home(conn, scope, filter)?;
    let open = store::open(conn, scope, filter, now)?;
    let campaigns = store::campaigns(conn, open.iter().map(|job| job.campaign).collect())?;
    let candidate = candidate::read(conn, scope.account, now)?;
    let shown = jobs::page(open, &campaigns, &candidate, filter, page, now);
    let mut whole = store::whole(conn, shown.iter().map(|one| one.job.id).collect())?;
    let brands: HashMap<_, _> = places::store::brand_names(conn)?.into_iter().collect();
    let listed = |shown: ShownJob| {
        let (assignment, branch) = whole.remove(&shown.job.id)?;
        let campaign = campaigns.get(&shown.job.campaign)?.clone();
        let brand_name = brands.get(&assignment.brand_id)?.clone();
        Some(ListedJob { shown, assignment, branch, campaign, brand_name })
    };
    let left_out = candidate.ties.excluding().into_iter().map(WhyNot::from).collect();
    Ok(JobList { jobs: shown.into_iter().filter_map(listed).collect(), left_out })
}
