//! What a shopper's phone asks for: the work that is still to be done, and what became of the work that was.

use std::collections::BTreeMap;

use diesel::prelude::*;

use crate::{
    db::{
        Conn,
        schema::{assignment, branch, campaign, checklist_version, visit, visit_step},
        types::{Instant, Sha256},
    },
    error::Result,
    fieldwork::{
        assignments::model::{Assignment, AssignmentState},
        campaigns::model::Campaign,
    },
    ids::{AccountId, AssignmentId, ChecklistId, EvidenceId, VersionId, VisitId},
    places::model::Branch,
    visits::{model::Visit, state::State},
};

/// One assignment still to be done, with where, what, and for which campaign.
pub type Todo = (Assignment, Branch, VersionHead, Option<Campaign>);

/// What names a version: the version's id, its checklist, its number and the digest of its content.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = checklist_version)]
pub struct VersionHead {
    /// The version.
    pub id: VersionId,
    /// Its checklist.
    pub checklist_id: ChecklistId,
    /// Its number within the checklist.
    pub number: i32,
    /// The digest of its content.
    pub content_hash: Sha256,
}

/// What the shopper has or is offered, without a visit, that did not close before this moment, by when it closes.
pub fn todo(conn: &mut Conn, shopper: AccountId, closed_since: Instant, limit: i64) -> Result<Vec<Todo>> {
    Ok(assignment::table
        .inner_join(branch::table.on(branch::id.eq(assignment::branch_id)))
        .inner_join(checklist_version::table.on(checklist_version::id.eq(assignment::version_id)))
        .left_join(campaign::table.on(assignment::campaign_id.eq(campaign::id.nullable())))
        .left_join(visit::table.on(visit::assignment_id.eq(assignment::id)))
        .filter(assignment::shopper_id.eq(shopper))
        .filter(assignment::state.eq_any([AssignmentState::Assigned, AssignmentState::Offered]))
        .filter(assignment::closes_at.gt(closed_since))
        .filter(visit::id.is_null())
        .order((assignment::closes_at, assignment::id))
        .limit(limit)
        .select((
            Assignment::as_select(),
            Branch::as_select(),
            VersionHead::as_select(),
            Option::<Campaign>::as_select(),
        ))
        .load(conn)?)
}

/// What became of a visit.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The visit.
    pub id: VisitId,
    /// What it was made for.
    pub assignment_id: AssignmentId,
    /// Where it is now.
    pub state: State,
    /// When it first arrived.
    pub received_at: Instant,
    /// The files that it still waits for, in the order of its manifest.
    pub missing: Vec<EvidenceId>,
    /// When the last decision about it was made, and the reason that was given.
    pub decided: Option<(Instant, Option<String>)>,
}

/// What became of the shopper's visits that arrived or were decided about after this moment: so many of those that
/// arrived last, in the order of their ids.
pub fn outcomes(conn: &mut Conn, shopper: AccountId, since: Instant, limit: i64) -> Result<Vec<Outcome>> {
    let decided_since = visit_step::table
        .filter(visit_step::visit_id.eq(visit::id))
        .filter(visit_step::taken_at.gt(since))
        .select(visit_step::number);
    // Through the assignments, because those are found by their shopper.
    let mut visits: Vec<(VisitId, AssignmentId, State, Instant)> = assignment::table
        .inner_join(visit::table.on(visit::assignment_id.eq(assignment::id)))
        .filter(assignment::shopper_id.eq(shopper))
        .filter(visit::received_at.gt(since).or(diesel::dsl::exists(decided_since)))
        .order((visit::received_at.desc(), visit::id))
        .limit(limit)
        .select((visit::id, visit::assignment_id, visit::state, visit::received_at))
        .load(conn)?;
    visits.sort_by_key(|(id, ..)| *id);
    let ids: Vec<_> = visits.iter().map(|(id, ..)| *id).collect();
    let mut decided = decisions(conn, &ids)?;
    let waiting = visits.iter().filter(|(_, _, state, _)| *state == State::Submitted).map(|(id, ..)| *id);
    let mut missing = missing(conn, &waiting.collect::<Vec<_>>())?;
    let outcome = |(id, assignment_id, state, received_at)| Outcome {
        id,
        assignment_id,
        state,
        received_at,
        missing: missing.remove(&id).unwrap_or_default(),
        decided: decided.remove(&id),
    };
    Ok(visits.into_iter().map(outcome).collect())
}

/// The last decision about each of these visits, if there is one.
fn decisions(conn: &mut Conn, of: &[VisitId]) -> Result<BTreeMap<VisitId, (Instant, Option<String>)>> {
    let steps: Vec<(VisitId, Instant, Option<String>)> = visit_step::table
        .filter(visit_step::visit_id.eq_any(of.to_vec()))
        .order((visit_step::visit_id, visit_step::number))
        .select((visit_step::visit_id, visit_step::taken_at, visit_step::reason))
        .load(conn)?;
    // A later one takes the place of an earlier one.
    Ok(steps.into_iter().map(|(visit, at, reason)| (visit, (at, reason))).collect())
}

/// What each of these visits still waits for.
fn missing(conn: &mut Conn, of: &[VisitId]) -> Result<BTreeMap<VisitId, Vec<EvidenceId>>> {
    let waiting: Vec<Visit> = super::with_ids(conn, of)?;
    let missing = |visit: Visit| Ok((visit.id, super::completion_of(conn, &visit)?.missing()));
    waiting.into_iter().map(missing).collect()
}
