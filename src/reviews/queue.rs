//! The queue of visits that wait for a decision.

use crate::{
    accounts::policy::Scope,
    db::{Conn, types::Instant},
    error::Result,
    ids::VisitId,
    trust::{self, model::Summary},
    visits::{self, model::VisitHead},
};

/// A visit that waits for a decision.
#[derive(Clone, Debug)]
pub struct Queued {
    /// The visit.
    pub visit: VisitHead,
    /// Its flags at a glance; none as long as it was not looked at, and for a visit of the caller's own.
    pub flags: Option<Summary>,
}

/// So many of the visits in scope that wait, the longest waiting first, from behind this one on.
///
/// # Errors
/// None but those of the database.
pub fn queue(
    conn: &mut Conn,
    scope: &Scope,
    after: Option<(Instant, VisitId)>,
    rows: i64,
) -> Result<Vec<Queued>> {
    let visits = visits::store::waiting(conn, scope, after, rows)?;
    let mut flags = trust::store::summaries(conn, scope, &visits)?;
    let queued = |visit: VisitHead| {
        let flags = flags.remove(&visit.id);
        Queued { visit, flags }
    };
    Ok(visits.into_iter().map(queued).collect())
}
