//! The rows of a shopper's work: what is still to be done, and the visits that were sent.

use std::collections::BTreeMap;

use diesel::{
    alias,
    dsl::{exists, not},
    prelude::*,
};

use crate::{
    db::{
        Conn,
        schema::{
            assignment, assignment_step, branch, campaign, checklist_version, clean_copy, evidence, visit,
            visit_content, visit_step,
        },
        types::{Instant, Json},
    },
    error::Result,
    fieldwork::{
        assignments::model::{Assignment, AssignmentState, Pay},
        campaigns::{model::Campaign, terms::Terms},
    },
    ids::{AccountId, AssignmentId, ChecklistId, VersionId, VisitId},
    places::model::Branch,
    visits::{
        model::{Visit, VisitHead},
        state::{State, Step},
        store::steps,
        taken::TakenStep,
    },
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

/// What names a version: the version's id, its checklist and its number.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = checklist_version)]
pub struct VersionHead {
    /// The version.
    pub id: VersionId,
    /// Its checklist.
    pub checklist_id: ChecklistId,
    /// Its number within the checklist.
    pub number: i32,
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

/// An assignment that ended otherwise than by its shopper.
#[derive(Clone, Debug, Queryable)]
pub struct Ended {
    /// The assignment.
    pub assignment_id: AssignmentId,
    /// From when on its visit was to be made.
    pub opens_at: Instant,
    /// Until when.
    pub closes_at: Instant,
    /// How it ended.
    pub state: AssignmentState,
    /// Why.
    pub reason: Option<String>,
    /// When.
    pub ended_at: Instant,
    /// Where.
    pub branch: Branch,
}

/// What the shopper had or was asked for and ended after this moment, not by their own step, without a visit, and was not seen
/// by them since: so much of it, the latest first.
pub fn ended(conn: &mut Conn, shopper: AccountId, after: Instant, limit: i64) -> Result<Vec<Ended>> {
    let over = [AssignmentState::Cancelled, AssignmentState::Expired];
    let seen = alias!(assignment_step as seen);
    let is_seen = seen
        .filter(seen.field(assignment_step::assignment_id).eq(assignment_step::assignment_id))
        .filter(seen.field(assignment_step::number).gt(assignment_step::number))
        .filter(seen.field(assignment_step::shopper_id).eq(shopper));
    Ok(assignment_step::table
        .inner_join(assignment::table.on(assignment::id.eq(assignment_step::assignment_id)))
        .inner_join(branch::table.on(branch::id.eq(assignment::branch_id)))
        .left_join(visit::table.on(visit::assignment_id.eq(assignment::id)))
        .filter(assignment_step::shopper_id.eq(shopper))
        .filter(assignment_step::taken_at.gt(after))
        .filter(assignment_step::to_state.eq_any(over))
        .filter(assignment_step::from_state.ne(assignment_step::to_state))
        .filter(assignment_step::account_id.is_null().or(assignment_step::account_id.ne(shopper)))
        .filter(visit::id.nullable().is_null())
        .filter(not(exists(is_seen)))
        .order((assignment_step::taken_at.desc(), assignment_step::assignment_id))
        .limit(limit)
        .select((
            assignment::id,
            assignment::opens_at,
            assignment::closes_at,
            assignment_step::to_state,
            assignment_step::reason,
            assignment_step::taken_at,
            Branch::as_select(),
        ))
        .load(conn)?)
}

/// The shopper's visits that arrived or were decided about after this moment, of which a file turned out to be unreadable since,
/// or that are to be answered anew: so many of those that arrived last, in the order of their ids.
pub fn sent(conn: &mut Conn, shopper: AccountId, since: Instant, limit: i64) -> Result<Vec<VisitHead>> {
    let shown: Vec<Step> = Step::ALL.iter().copied().filter(|step| step.is_shown()).collect();
    let decided_since = visit_step::table
        .filter(visit_step::visit_id.eq(visit::id))
        .filter(visit_step::taken_at.gt(since))
        .filter(
            visit_step::step
                .is_null()
                .or(visit_step::step.eq_any(shown.into_iter().map(Some).collect::<Vec<_>>())),
        )
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
        .filter(visit::received_at.gt(since).or(visit::state.eq(State::Returned)).or(has_news))
        .order((visit::received_at.desc(), visit::id))
        .limit(limit)
        .select(VisitHead::as_select())
        .load(conn)?;
    visits.sort_by_key(|visit| visit.id);
    Ok(visits)
}

/// The last step that was taken with each of these visits that its shopper sees, if there is one.
pub fn last_steps(conn: &mut Conn, of: &[VisitId]) -> Result<BTreeMap<VisitId, TakenStep>> {
    let steps = steps::of_visits(conn, of.to_vec())?.into_iter();
    let shown = steps.filter(|taken| taken.step().is_some_and(Step::is_shown));
    // A later one takes the place of an earlier one.
    Ok(shown.map(|step| (step.visit_id, step)).collect())
}

/// A shopper's own visit, with what was agreed about it.
#[derive(Clone, Debug, Queryable)]
pub struct Own {
    /// The visit.
    pub visit: Visit,
    /// Until when it was to be made.
    pub closes_at: Instant,
    /// Until when it was to be here.
    pub submit_by: Option<Instant>,
    /// What was promised for it.
    pub pay: Option<Json<Pay>>,
    /// The terms of its campaign, if it has one.
    pub terms: Option<Json<Terms>>,
}

/// So many visits of a shopper that were decided about, after this one, the newest first.
pub fn decided(
    conn: &mut Conn,
    shopper: AccountId,
    after: Option<(Instant, VisitId)>,
    rows: i64,
) -> Result<Vec<Own>> {
    let decided: Vec<_> = State::ALL.iter().copied().filter(|state| state.is_decided()).collect();
    // Through the assignments, because those are found by their shopper.
    let mut query = assignment::table
        .inner_join(visit::table.on(visit::assignment_id.eq(assignment::id)))
        .inner_join(visit_content::table.on(visit_content::visit_id.eq(visit::id)))
        .left_join(campaign::table.on(assignment::campaign_id.eq(campaign::id.nullable())))
        .filter(assignment::shopper_id.eq(shopper))
        .filter(visit::state.eq_any(decided))
        .order((visit::received_at.desc(), visit::id.desc()))
        .limit(rows)
        .select((
            Visit::as_select(),
            assignment::closes_at,
            assignment::submit_by,
            assignment::pay,
            campaign::terms.nullable(),
        ))
        .into_boxed();
    if let Some((at, id)) = after {
        let earlier = visit::received_at.lt(at);
        query = query.filter(earlier.or(visit::received_at.eq(at).and(visit::id.lt(id))));
    }
    Ok(query.load(conn)?)
}

/// Those of these assignments whose campaigns show shoppers no scores.
pub fn hiding_scores(conn: &mut Conn, of: Vec<AssignmentId>) -> Result<Vec<AssignmentId>> {
    let rows: Vec<(AssignmentId, Json<Terms>)> = assignment::table
        .inner_join(campaign::table.on(assignment::campaign_id.eq(campaign::id.nullable())))
        .filter(assignment::id.eq_any(of))
        .select((assignment::id, campaign::terms))
        .load(conn)?;
    Ok(rows.into_iter().filter(|(_, terms)| !terms.0.show_scores).map(|(id, _)| id).collect())
}
