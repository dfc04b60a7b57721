//! The statements about visits that were planned.

use std::collections::HashSet;

use diesel::{
    alias,
    dsl::{exists, not},
    prelude::*,
};

use super::{ROWS_AT_ONCE, visits::versions};
use crate::{
    db::{
        Conn,
        schema::{assignment, visit},
        types::Instant,
    },
    error::Result,
    fieldwork::assignments::model::AssignmentState,
    ids::{AssignmentId, BranchId},
    scores::wanted::Wanted,
    visits::state::State,
};

/// The last try at a visit that was planned.
#[derive(Clone, Copy, Debug, Queryable)]
pub(in crate::scores) struct PlannedVisit {
    pub(in crate::scores) id: AssignmentId,
    pub(in crate::scores) branch: BranchId,
    /// When its window closes.
    pub(in crate::scores) closes_at: Instant,
    attempt: i32,
    state: Option<State>,
}

impl PlannedVisit {
    /// Whether the visit that was made of it counts.
    pub(in crate::scores) fn counts(&self) -> bool {
        self.state.is_some_and(State::is_counted)
    }

    /// Whether it was tried before.
    pub(in crate::scores) fn has_earlier(&self) -> bool {
        self.attempt > 1
    }
}

/// So many visits that were planned of these branches, whose windows close between these moments, after this one in the order of their ids.
/// Of several tries at one visit that is the last one; what was cancelled is not planned any more.
pub(in crate::scores) fn page(
    conn: &mut Conn,
    branches: &[BranchId],
    (from, before): (Instant, Instant),
    wanted: &Wanted,
    after: Option<AssignmentId>,
) -> Result<Vec<PlannedVisit>> {
    let versions = versions(conn, wanted)?;
    let later = alias!(assignment as later_try);
    let tried_again = later
        .filter(later.field(assignment::campaign_id).eq(assignment::campaign_id))
        .filter(later.field(assignment::branch_id).eq(assignment::branch_id))
        .filter(later.field(assignment::number).eq(assignment::number))
        .filter(later.field(assignment::attempt).gt(assignment::attempt));
    let mut query = assignment::table
        .left_join(visit::table.on(visit::assignment_id.eq(assignment::id)))
        .filter(assignment::branch_id.eq_any(branches.to_vec()))
        .filter(assignment::closes_at.ge(from))
        .filter(assignment::closes_at.lt(before))
        .filter(assignment::state.ne(AssignmentState::Cancelled))
        .filter(not(exists(tried_again)))
        .order(assignment::id)
        .limit(ROWS_AT_ONCE as i64)
        .select((
            assignment::id,
            assignment::branch_id,
            assignment::closes_at,
            assignment::attempt,
            visit::state.nullable(),
        ))
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(assignment::id.gt(after));
    }
    if let Some(campaign) = wanted.filter.campaign {
        query = query.filter(assignment::campaign_id.eq(campaign));
    }
    if let Some(versions) = versions {
        query = query.filter(assignment::version_id.eq_any(versions));
    }
    Ok(query.load(conn)?)
}

/// Those of these assignments of which an earlier try was made after all, and counts.
pub(in crate::scores) fn made_earlier(
    conn: &mut Conn,
    of: Vec<AssignmentId>,
) -> Result<HashSet<AssignmentId>> {
    let (earlier, made) = alias!(assignment as earlier_try, visit as visit_of_try);
    let counted: Vec<_> = State::ALL.iter().copied().filter(|state| state.is_counted()).collect();
    let ids: Vec<AssignmentId> = assignment::table
        .inner_join(
            earlier.on(earlier
                .field(assignment::campaign_id)
                .eq(assignment::campaign_id)
                .and(earlier.field(assignment::branch_id).eq(assignment::branch_id))
                .and(earlier.field(assignment::number).eq(assignment::number))
                .and(earlier.field(assignment::attempt).lt(assignment::attempt))),
        )
        .inner_join(made.on(made.field(visit::assignment_id).eq(earlier.field(assignment::id))))
        .filter(assignment::id.eq_any(of))
        .filter(made.field(visit::state).eq_any(counted))
        .select(assignment::id)
        .load(conn)?;
    Ok(ids.into_iter().collect())
}
