//! What a second reviewer is not to know. Of a visit of which a second opinion is wanted, those who may give it are not shown the
//! first decision, nor what follows from it, until it is given.

use std::collections::HashSet;

use super::{
    model::VisitHead,
    state::{Leads, State, Step},
    store,
    taken::TakenStep,
};
use crate::{
    accounts::policy::Scope,
    db::{Conn, types::Instant},
    error::{Code, Error, Result},
    ids::VisitId,
};

/// Of which of these visits the caller is not to know the decision.
///
/// # Errors
/// Those of the database.
pub fn blind_to<'v>(
    conn: &mut Conn,
    scope: &Scope,
    visits: impl IntoIterator<Item = &'v VisitHead>,
) -> Result<HashSet<VisitId>> {
    let decided = visits.into_iter().filter(|visit| visit.state.is_decided()).map(|visit| visit.id);
    let decided: Vec<_> = decided.collect();
    match scope.reviewing() {
        Some(reviewing) if !decided.is_empty() => store::blind::wanted_of(conn, &reviewing, decided),
        _ => Ok(HashSet::new()),
    }
}

/// Whether the caller is not to know the decision about this visit.
///
/// # Errors
/// Those of the database.
pub fn is_blind_to(conn: &mut Conn, scope: &Scope, visit: &VisitHead) -> Result<bool> {
    Ok(!blind_to(conn, scope, [visit])?.is_empty())
}

/// The same visits, each in the state in which this caller sees it.
///
/// # Errors
/// Those of the database.
pub fn as_seen(conn: &mut Conn, scope: &Scope, mut visits: Vec<VisitHead>) -> Result<Vec<VisitHead>> {
    let blind = blind_to(conn, scope, &visits)?;
    for visit in visits.iter_mut().filter(|visit| blind.contains(&visit.id)) {
        visit.state = waiting(visit);
    }
    Ok(visits)
}

/// The state of a visit before it was decided about.
pub fn waiting(visit: &VisitHead) -> State {
    Leads::ToReview.state(visit.completed_at.is_some())
}

/// Whether a step tells what was decided about a visit.
pub fn tells(step: &TakenStep) -> bool {
    match step.step() {
        Some(
            Step::Approve
            | Step::Reject
            | Step::Exclude
            | Step::Report
            | Step::Correct
            | Step::Finish
            | Step::ProposeWithdrawal
            | Step::KeepReport
            | Step::Withdraw,
        ) => true,
        Some(Step::Reopen) => step.from_state.is_decided(),
        _ => false,
    }
}

/// When the decision about a visit was made that stands; none if there is none.
///
/// # Errors
/// Those of the database.
pub fn decided_at(conn: &mut Conn, visit: VisitId) -> Result<Option<Instant>> {
    let steps = store::steps::of_visits(conn, vec![visit])?;
    let is_decision = |step: &&TakenStep| !step.from_state.is_decided() && step.to_state.is_decided();
    Ok(steps.iter().rfind(is_decision).map(|step| step.taken_at))
}

/// The refusal of what a reviewer wants to do with a visit of which a second opinion is wanted first.
pub fn opinion_first() -> Error {
    let detail =
        "another reviewer decided about this visit, and a second opinion is wanted of it: give yours first";
    Error::new(Code::WrongState).detail(detail)
}

/// Refuses what would tell the caller a decision that they are not to know.
///
/// # Errors
/// `wrong_state`; those of the database.
pub fn require_seeing(conn: &mut Conn, scope: &Scope, visit: &VisitHead) -> Result<()> {
    if is_blind_to(conn, scope, visit)? { Err(opinion_first()) } else { Ok(()) }
}
