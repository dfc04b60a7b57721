//! The queue of visits that wait for a decision.

use std::collections::HashMap;

use super::{claim::Held, store};
use crate::{
    accounts::policy::Scope,
    db::{Conn, types::Instant},
    error::Result,
    ids::{BranchId, BrandId, CampaignId, EvidenceId, RegionId, VisitId},
    trust::{
        self,
        model::{Summary, Weight},
    },
    visits::{complete::completion, model::VisitHead, store::steps},
};

/// A visit that waits for a decision.
#[derive(Clone, Debug)]
pub struct Queued {
    /// The visit.
    pub visit: VisitHead,
    /// The files that it still waits for, in the order of its manifest.
    pub missing: Vec<EvidenceId>,
    /// Its flags at a glance; none as long as it was not looked at, and for a visit of the caller's own.
    pub flags: Option<Summary>,
    /// The claim of a reviewer, if there is one.
    pub held: Option<Held>,
}

/// Which visits of the queue.
#[derive(Clone, Copy, Debug, Default)]
pub struct QueueFilter {
    /// Only those of this brand.
    pub brand: Option<BrandId>,
    /// Only those to branches in this region, however deep.
    pub region: Option<RegionId>,
    /// Only those to this branch.
    pub branch: Option<BranchId>,
    /// Only those that this campaign wanted.
    pub campaign: Option<CampaignId>,
    /// Only those that wait for files, or those that do not.
    pub incomplete: Option<bool>,
    /// Only those of other shoppers than the caller whose heaviest flag weighs this.
    pub weight: Option<Weight>,
}

/// So many of the visits in scope that wait, the longest waiting first, from behind this one on. Those whose files have been
/// waited for long enough are among them.
///
/// # Errors
/// None but those of the database.
pub fn queue(
    conn: &mut Conn,
    scope: &Scope,
    filter: &QueueFilter,
    after: Option<(Instant, VisitId)>,
    rows: i64,
    now: Instant,
) -> Result<Vec<Queued>> {
    let mut visits = Vec::new();
    if filter.incomplete != Some(true) {
        visits = store::waiting(conn, scope, filter, after, rows)?;
    }
    let mut missing = HashMap::new();
    if filter.incomplete != Some(false) {
        for visit in store::without_files(conn, scope, filter, after, rows, now)? {
            missing.insert(visit.head.id, completion(conn, &visit)?.missing());
            visits.push(visit.head);
        }
    }
    visits.sort_by_key(|visit| (visit.received_at, visit.id));
    visits.truncate(usize::try_from(rows).unwrap_or_default());
    let mut flags = trust::store::summaries(conn, scope, &visits)?;
    let claims = steps::claims(conn, &visits.iter().map(|visit| visit.id).collect::<Vec<_>>())?;
    let queued = |visit: VisitHead| {
        let flags = flags.remove(&visit.id);
        let held = claims.get(&visit.id).and_then(|step| Held::by_step(step, now));
        Queued { missing: missing.remove(&visit.id).unwrap_or_default(), visit, flags, held }
    };
    Ok(visits.into_iter().map(queued).collect())
}
