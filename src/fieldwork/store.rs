//! All SQL about assignments.

use diesel::prelude::*;

use super::model::{Assignment, AssignmentState, Wanted};
use crate::{
    accounts::policy::Scope,
    db::{
        Conn,
        engine::each_engine,
        schema::{assignment, branch},
        types::Instant,
    },
    error::{Code, Error, Result},
    ids::{AccountId, AssignmentId, BrandId},
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

/// Assignments in the scope after this one, in the order of their making.
pub fn assignments(
    conn: &mut Conn,
    scope: &Scope,
    brand: Option<BrandId>,
    after: Option<(Instant, AssignmentId)>,
    limit: i64,
) -> Result<Vec<Assignment>> {
    let mut query = assignment::table
        .filter(assignment::branch_id.eq_any(places::store::branches_in(scope)))
        .order((assignment::created_at, assignment::id))
        .limit(limit)
        .select(Assignment::as_select())
        .into_boxed();
    if let Some(brand) = brand {
        query = query.filter(assignment::brand_id.eq(brand));
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
