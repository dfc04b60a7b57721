//! All SQL about assignments.

use diesel::prelude::*;

use super::model::{Assignment, AssignmentState, TakenStep, Wanted};
use crate::{
    accounts::policy::Scope,
    db::{
        Conn,
        engine::each_engine,
        schema::{assignment, assignment_step, branch},
        types::Instant,
    },
    error::{Code, Error, Result},
    ids::{AccountId, AssignmentId, BrandId, CampaignId},
    places,
};

/// The assignment, if the scope covers its branch.
pub fn assignment(conn: &mut Conn, scope: &Scope, id: AssignmentId) -> Result<Assignment> {
    Ok(assignment::table
        .find(id)
        .filter(assignment::branch_id.eq_any(places::store::branches_in(scope)))
        .select(Assignment::as_select())
        .first(conn)?)
}

/// The shopper's own assignment, with its branch's time zone: what every visit that arrives asks. One that was given up
/// or missed is still the shopper's; one that is only offered is not yet.
pub fn own(conn: &mut Conn, shopper: AccountId, id: AssignmentId) -> Result<Option<(Wanted, String)>> {
    // For each engine by itself: so the statement is known by its type, and its text is not made each time.
    Ok(each_engine!(conn, c => assignment::table
        .inner_join(branch::table.on(branch::id.eq(assignment::branch_id)))
        .filter(assignment::id.eq(id))
        .filter(assignment::shopper_id.eq(shopper))
        .filter(assignment::state.ne(AssignmentState::Offered))
        .select((Wanted::as_select(), branch::time_zone))
        .first(c)
        .optional())?)
}

/// Which assignments are wanted of those in scope.
#[derive(Clone, Copy, Debug)]
pub struct Listed {
    /// Only those of this brand.
    pub brand: Option<BrandId>,
    /// Only those of this campaign.
    pub campaign: Option<CampaignId>,
    /// Only those in this state.
    pub state: Option<AssignmentState>,
    /// Only those that this shopper has, had or is asked for.
    pub shopper: Option<AccountId>,
    /// So many at most.
    pub rows: i64,
}

/// Assignments in the scope after this one, in the order of their making.
pub fn assignments(
    conn: &mut Conn,
    scope: &Scope,
    listed: Listed,
    after: Option<(Instant, AssignmentId)>,
) -> Result<Vec<Assignment>> {
    let mut query = assignment::table
        .filter(assignment::branch_id.eq_any(places::store::branches_in(scope)))
        .order((assignment::created_at, assignment::id))
        .limit(listed.rows)
        .select(Assignment::as_select())
        .into_boxed();
    if let Some(brand) = listed.brand {
        query = query.filter(assignment::brand_id.eq(brand));
    }
    if let Some(campaign) = listed.campaign {
        query = query.filter(assignment::campaign_id.eq(campaign));
    }
    if let Some(state) = listed.state {
        query = query.filter(assignment::state.eq(state));
    }
    if let Some(shopper) = listed.shopper {
        query = query.filter(assignment::shopper_id.eq(shopper));
    }
    if let Some((at, id)) = after {
        let later = assignment::created_at.gt(at);
        query = query.filter(later.or(assignment::created_at.eq(at).and(assignment::id.gt(id))));
    }
    Ok(query.load(conn)?)
}

/// Keeps a new assignment; the same again is the one that is there. Says which it was.
///
/// # Errors
/// `conflict` if there is another one with its id: an assignment does not change.
pub fn put_assignment(conn: &mut Conn, new: &Assignment) -> Result<(Assignment, bool)> {
    let inserted = each_engine!(conn, c => diesel::insert_into(assignment::table)
        .values(new)
        .on_conflict(assignment::id)
        .do_nothing()
        .execute(c))?;
    if inserted == 1 {
        return Ok((new.clone(), true));
    }
    let kept: Assignment = assignment::table.find(new.id).select(Assignment::as_select()).first(conn)?;
    if kept.wants_the_same(new) {
        return Ok((kept, false));
    }
    Err(Error::new(Code::Conflict).detail("an assignment with this id is there and wants something else"))
}

/// Takes an assignment one step on, and remembers who did it (the clock, if nobody) and why, in one transaction.
///
/// # Errors
/// `wrong_state` if it is not any more as it was: a step of `steps` gave what it is from now on.
pub fn advance(
    conn: &mut Conn,
    was: &Assignment,
    is: &Assignment,
    by: Option<AccountId>,
    reason: Option<&str>,
    now: Instant,
) -> Result<()> {
    let unchanged = assignment::table.find(was.id).filter(assignment::revision.eq(was.revision));
    let changed = diesel::update(unchanged)
        .set((
            assignment::state.eq(is.state),
            assignment::shopper_id.eq(is.shopper_id),
            assignment::answer_by.eq(is.answer_by),
            assignment::submit_by.eq(is.submit_by),
            assignment::due_at.eq(is.due_at),
            assignment::pay.eq(&is.pay),
            assignment::revision.eq(is.revision),
        ))
        .execute(conn)?;
    if changed != 1 {
        let detail =
            format!("this assignment is not {} any more, and did not become {}", was.state, is.state);
        return Err(Error::new(Code::WrongState).detail(detail));
    }
    let taken: i64 =
        assignment_step::table.filter(assignment_step::assignment_id.eq(was.id)).count().get_result(conn)?;
    diesel::insert_into(assignment_step::table)
        .values((
            assignment_step::assignment_id.eq(was.id),
            assignment_step::number.eq(i32::try_from(taken).map_err(Error::internal)? + 1),
            assignment_step::from_state.eq(was.state),
            assignment_step::to_state.eq(is.state),
            assignment_step::shopper_id.eq(is.shopper_id.or(was.shopper_id)),
            assignment_step::account_id.eq(by),
            assignment_step::reason.eq(reason),
            assignment_step::taken_at.eq(now),
        ))
        .execute(conn)?;
    Ok(())
}

/// More steps of one assignment than this are not told.
const MOST_STEPS: i64 = 200;

/// The latest steps of an assignment, in their order.
///
/// # Errors
/// `not_found` if there is no such assignment, or the scope does not cover its branch.
pub fn history(conn: &mut Conn, scope: &Scope, id: AssignmentId) -> Result<Vec<TakenStep>> {
    let of = assignment(conn, scope, id)?;
    let mut steps: Vec<TakenStep> = assignment_step::table
        .filter(assignment_step::assignment_id.eq(of.id))
        .order(assignment_step::number.desc())
        .limit(MOST_STEPS)
        .select((
            assignment_step::from_state,
            assignment_step::to_state,
            assignment_step::shopper_id,
            assignment_step::account_id,
            assignment_step::reason,
            assignment_step::taken_at,
        ))
        .load(conn)?;
    steps.reverse();
    Ok(steps)
}

/// The last step of an assignment: what became of it, and who did it; the clock, if nobody.
pub fn last_step(conn: &mut Conn, id: AssignmentId) -> Result<Option<(AssignmentState, Option<AccountId>)>> {
    Ok(assignment_step::table
        .filter(assignment_step::assignment_id.eq(id))
        .order(assignment_step::number.desc())
        .select((assignment_step::to_state, assignment_step::account_id))
        .first(conn)
        .optional()?)
}

/// The last step of an assignment that concerned this shopper: what became of it, and who did it.
pub fn last_step_of(
    conn: &mut Conn,
    shopper: AccountId,
    id: AssignmentId,
) -> Result<Option<(AssignmentState, Option<AccountId>)>> {
    Ok(assignment_step::table
        .filter(assignment_step::assignment_id.eq(id))
        .filter(assignment_step::shopper_id.eq(shopper))
        .order(assignment_step::number.desc())
        .select((assignment_step::to_state, assignment_step::account_id))
        .first(conn)
        .optional()?)
}

/// The assignment with this id, wherever it is: for whoever is told by the assignment itself whether it is theirs.
pub fn find(conn: &mut Conn, id: AssignmentId) -> Result<Option<Assignment>> {
    Ok(assignment::table.find(id).select(Assignment::as_select()).first(conn).optional()?)
}

/// Keeps a new assignment that nobody can have made before.
pub fn insert(conn: &mut Conn, new: &Assignment) -> Result<()> {
    each_engine!(conn, c => diesel::insert_into(assignment::table).values(new).execute(c))?;
    Ok(())
}

/// Assignments that the clock has to look at, the longest overdue first.
pub fn due(conn: &mut Conn, now: Instant, limit: i64) -> Result<Vec<AssignmentId>> {
    Ok(assignment::table
        .filter(assignment::due_at.le(now))
        .order((assignment::due_at, assignment::id))
        .limit(limit)
        .select(assignment::id)
        .load(conn)?)
}

/// Tells the clock not to look at it any more.
pub fn settle(conn: &mut Conn, id: AssignmentId) -> Result<()> {
    diesel::update(assignment::table.find(id)).set(assignment::due_at.eq(None::<Instant>)).execute(conn)?;
    Ok(())
}
