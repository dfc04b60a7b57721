//! The queue of visits that wait for a decision.

use std::collections::HashMap;

use crate::{
    accounts::policy::Scope,
    db::{Conn, types::Instant},
    error::Result,
    ids::{EvidenceId, VisitId},
    trust::{self, model::Summary},
    visits::{self, complete::completion, model::VisitHead},
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
}

/// So many of the visits in scope that wait, the longest waiting first, from behind this one on. Those whose files have been
/// waited for long enough are among them.
///
/// # Errors
/// None but those of the database.
pub fn queue(
    conn: &mut Conn,
    scope: &Scope,
    after: Option<(Instant, VisitId)>,
    rows: i64,
    now: Instant,
) -> Result<Vec<Queued>> {
    let mut visits = visits::store::waiting(conn, scope, after, rows)?;
    let mut missing = HashMap::new();
    for visit in visits::store::without_files(conn, scope, after, rows, now)? {
        missing.insert(visit.head.id, completion(conn, &visit)?.missing());
        visits.push(visit.head);
    }
    visits.sort_by_key(|visit| (visit.received_at, visit.id));
    visits.truncate(usize::try_from(rows).unwrap_or_default());
    let mut flags = trust::store::summaries(conn, scope, &visits)?;
    let queued = |visit: VisitHead| {
        let flags = flags.remove(&visit.id);
        Queued { missing: missing.remove(&visit.id).unwrap_or_default(), visit, flags }
    };
    Ok(visits.into_iter().map(queued).collect())
}
