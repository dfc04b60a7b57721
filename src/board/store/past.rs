//! The statements about what a shopper did.

use diesel::prelude::*;

use crate::{
    board::{
        past::PastAssignment,
        ratings::{REMEMBERED, ShopperStep},
    },
    db::{
        Conn,
        schema::{assignment, assignment_step, branch, visit},
        types::Instant,
    },
    error::Result,
    ids::AccountId,
};

/// No more of a shopper's assignments than this are looked at, the latest ones.
const MOST_PAST: i64 = 1_000;
/// No more of a shopper's steps than this are looked at, the latest ones.
const MOST_STEPS: i64 = 500;

/// What the shopper has or had or is offered, the latest first. Through the assignments, since visits are not found by
/// their shopper.
///
/// # Errors
/// Those of the database.
pub fn assignments(conn: &mut Conn, shopper: AccountId) -> Result<Vec<PastAssignment>> {
    Ok(assignment::table
        .inner_join(branch::table.on(branch::id.eq(assignment::branch_id)))
        .left_join(visit::table.on(visit::assignment_id.eq(assignment::id)))
        .filter(assignment::shopper_id.eq(shopper))
        .order((assignment::closes_at.desc(), assignment::id))
        .limit(MOST_PAST)
        .select((
            assignment::id,
            assignment::brand_id,
            assignment::branch_id,
            branch::region_id,
            assignment::opens_at,
            assignment::closes_at,
            assignment::submit_by,
            assignment::answer_by,
            assignment::state,
            (visit::state, visit::received_at, visit::made_at).nullable(),
        ))
        .load(conn)?)
}

/// The steps that concerned the shopper, as far back as ratings look, the latest first.
///
/// # Errors
/// Those of the database.
pub fn steps(conn: &mut Conn, shopper: AccountId, now: Instant) -> Result<Vec<ShopperStep>> {
    Ok(assignment_step::table
        .inner_join(assignment::table.on(assignment::id.eq(assignment_step::assignment_id)))
        .left_join(visit::table.on(visit::assignment_id.eq(assignment_step::assignment_id)))
        .filter(assignment_step::shopper_id.eq(shopper))
        .filter(assignment_step::taken_at.gt(now.plus_seconds(-REMEMBERED)))
        .order((assignment_step::taken_at.desc(), assignment_step::assignment_id))
        .limit(MOST_STEPS)
        .select((
            assignment::id,
            assignment::brand_id,
            assignment::closes_at,
            assignment_step::from_state,
            assignment_step::to_state,
            assignment_step::shopper_id.assume_not_null(),
            assignment_step::account_id,
            assignment_step::taken_at,
            visit::id.nullable().is_not_null(),
        ))
        .load(conn)?)
}
