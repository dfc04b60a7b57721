//! The rows of a shopper's work: what is still to be done, and the visits that were sent.

use std::collections::BTreeMap;

use diesel::prelude::*;

use crate::{
    db::{
        Conn,
        schema::{assignment, branch, campaign, checklist_version, clean_copy, evidence, visit, visit_step},
        types::{Instant, Sha256},
    },
    error::Result,
    fieldwork::{
        assignments::model::{Assignment, AssignmentState},
        campaigns::model::Campaign,
    },
    ids::{AccountId, ChecklistId, VersionId, VisitId},
    places::model::Branch,
    visits::model::VisitHead,
};

/// An assignment still to be done.
#[derive(Clone, Debug, Queryable)]
pub struct Todo {
    /// The assignment.
    pub assignment: Assignment,
    /// Where.
    pub branch: Branch,
    /// What to fill in.
    pub version: VersionHead,
    /// The campaign that wants it, if one does.
    pub campaign: Option<Campaign>,
}

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

/// The shopper's visits that arrived or were decided about after this moment, or of which a file turned out to be unreadable
/// since: so many of those that arrived last, in the order of their ids.
pub fn sent(conn: &mut Conn, shopper: AccountId, since: Instant, limit: i64) -> Result<Vec<VisitHead>> {
    let decided_since = visit_step::table
        .filter(visit_step::visit_id.eq(visit::id))
        .filter(visit_step::taken_at.gt(since))
        .select(visit_step::number);
    let unreadable_since = clean_copy::table
        .inner_join(evidence::table.on(evidence::id.eq(clean_copy::evidence_id)))
        .filter(evidence::visit_id.eq(visit::id))
        .filter(evidence::shopper_id.eq(visit::shopper_id))
        .filter(clean_copy::problem.is_not_null())
        .filter(clean_copy::made_at.gt(since))
        .select(evidence::id);
    let has_news = diesel::dsl::exists(decided_since).or(diesel::dsl::exists(unreadable_since));
    // Through the assignments, because those are found by their shopper.
    let mut visits: Vec<VisitHead> = assignment::table
        .inner_join(visit::table.on(visit::assignment_id.eq(assignment::id)))
        .filter(assignment::shopper_id.eq(shopper))
        .filter(visit::received_at.gt(since).or(has_news))
        .order((visit::received_at.desc(), visit::id))
        .limit(limit)
        .select(VisitHead::as_select())
        .load(conn)?;
    visits.sort_by_key(|visit| visit.id);
    Ok(visits)
}

/// A decision about a visit.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = visit_step)]
pub struct Decision {
    /// When it was made.
    pub taken_at: Instant,
    /// The reason that was given.
    pub reason: Option<String>,
}

/// The last decision about each of these visits, if there is one.
pub fn decisions(conn: &mut Conn, of: &[VisitId]) -> Result<BTreeMap<VisitId, Decision>> {
    let steps: Vec<(VisitId, Decision)> = visit_step::table
        .filter(visit_step::visit_id.eq_any(of.to_vec()))
        .order((visit_step::visit_id, visit_step::number))
        .select((visit_step::visit_id, Decision::as_select()))
        .load(conn)?;
    // A later one takes the place of an earlier one.
    Ok(steps.into_iter().collect())
}
