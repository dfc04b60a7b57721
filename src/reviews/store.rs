//! A decision and what follows from it, in one transaction.

use crate::{
    accounts::policy::Scope,
    checklists::cache::Version,
    db::{Conn, types::Instant},
    error::{Code, Error, Result},
    ids::VisitId,
    outbox, places,
    reviews::decided::VisitDecided,
    scores,
    visits::{self, model::Visit, state::Step},
};

/// Decides about somebody else's visit; one that counts from now on is added to the figures of its places, one that no longer
/// counts is taken out.
pub fn decide(
    conn: &mut Conn,
    scope: &Scope,
    id: VisitId,
    step: Step,
    reason: Option<&str>,
    version: &Version,
    now: Instant,
) -> Result<Visit> {
    let before = visits::store::visit(conn, scope, id)?;
    if before.shopper_id == scope.account {
        return Err(Error::new(Code::Forbidden).detail("nobody decides about a visit of their own"));
    }
    let (visit, number) = visits::store::advance(conn, scope, id, step, reason, now)?;
    let decided = VisitDecided {
        visit_id: id,
        brand_id: visit.brand_id,
        state: visit.state,
        number,
        reviewer_id: scope.account,
    };
    outbox::record(conn, &decided, now)?;
    let branch = places::store::branch(conn, scope, visit.branch_id)?;
    let counted = scores::model::counted(&visit, version, branch.region_id);
    match (before.state.is_counted(), visit.state.is_counted()) {
        (false, true) => scores::store::count(conn, &counted)?,
        (true, false) => scores::store::uncount(conn, &counted)?,
        _ => {}
    }
    Ok(visit)
}
