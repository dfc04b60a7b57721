//! A decision about a visit and what follows from it, in one transaction.

use crate::{
    accounts::policy::Scope,
    checklists::cache::Version,
    db::{Conn, types::Instant},
    error::Result,
    outbox, places,
    reviews::decided::VisitDecided,
    scores,
    visits::{
        advance::{Advance, Advanced, advance},
        model::VisitHead,
    },
};

/// Decides about a visit that was made under this version. A visit that counts from now on is added to the figures of its
/// places; one that no longer counts is taken out.
///
/// # Errors
/// As [`advance`].
pub fn decide(
    conn: &mut Conn,
    scope: &Scope,
    command: &Advance,
    version: &Version,
    now: Instant,
) -> Result<VisitHead> {
    let Advanced { from, number, visit } = advance(conn, scope, command, now)?;
    outbox::record(conn, &VisitDecided::new(&visit.head, number, scope.account), now)?;
    let branch = places::store::branch(conn, scope, visit.head.branch_id)?;
    let counted = scores::model::counted(&visit, version, branch.region_id);
    match (from.is_counted(), visit.head.state.is_counted()) {
        (false, true) => scores::count::count(conn, &counted)?,
        (true, false) => scores::count::uncount(conn, &counted)?,
        _ => {}
    }
    Ok(visit.head)
}
