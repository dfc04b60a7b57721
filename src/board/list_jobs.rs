//! Listing jobs, in two steps: first what decides which are shown, of all that are open; then the whole of those.

use super::{
    candidate,
    jobs::{self, JobFilter, JobPage, ShownJob},
    store::jobs as store,
};
use crate::{
    accounts::policy::Scope,
    db::{Conn, types::Instant},
    error::Result,
    fieldwork::{assignments::model::Assignment, campaigns::model::Campaign},
    places::model::Branch,
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
}

/// The open jobs of this page that the caller looks for, in their order: of the brands that they work for. Ask within a
/// snapshot.
///
/// # Errors
/// Those of the database.
pub fn list_jobs(
    conn: &mut Conn,
    scope: &Scope,
    filter: &JobFilter,
    page: JobPage,
    now: Instant,
) -> Result<Vec<ListedJob>> {
    let open = store::open(conn, scope, filter, now)?;
    let campaigns = store::campaigns(conn, open.iter().map(|job| job.campaign).collect())?;
    let candidate = candidate::read(conn, scope.account, now)?;
    let shown = jobs::page(open, &campaigns, &candidate, filter, page, now);
    let mut whole = store::whole(conn, shown.iter().map(|one| one.job.id).collect())?;
    let listed = |shown: ShownJob| {
        let (assignment, branch) = whole.remove(&shown.job.id)?;
        let campaign = campaigns.get(&shown.job.campaign)?.clone();
        Some(ListedJob { shown, assignment, branch, campaign })
    };
    Ok(shown.into_iter().filter_map(listed).collect())
}
