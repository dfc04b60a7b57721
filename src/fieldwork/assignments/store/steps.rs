//! The statements about the steps that were taken with assignments.

use std::collections::HashMap;

use diesel::{dsl::max, prelude::*};

use crate::{
    db::{Conn, engine::each_engine, schema::assignment_step, sealing::rows_sealed},
    error::Result,
    fieldwork::assignments::model::TakenStep,
    ids::{AccountId, AssignmentId},
};

/// More steps of one assignment than this are not shown.
const MOST_STEPS: i64 = 200;

/// How many steps were taken with an assignment.
///
/// # Errors
/// Those of the database.
pub(in crate::fieldwork::assignments) fn count_steps(conn: &mut Conn, of: AssignmentId) -> Result<i64> {
    Ok(assignment_step::table.filter(assignment_step::assignment_id.eq(of)).count().get_result(conn)?)
}

/// Keeps a step, as the one with this number, from 1.
///
/// # Errors
/// Those of the database.
pub(in crate::fieldwork::assignments) fn insert_step(
    conn: &mut Conn,
    of: AssignmentId,
    number: i32,
    step: &TakenStep,
) -> Result<()> {
    diesel::insert_into(assignment_step::table)
        .values((
            assignment_step::assignment_id.eq(of),
            assignment_step::number.eq(number),
            assignment_step::from_state.eq(step.from),
            assignment_step::to_state.eq(step.to),
            assignment_step::shopper_id.eq(step.shopper_id),
            assignment_step::account_id.eq(step.account_id),
            assignment_step::reason.eq(&step.reason),
            assignment_step::taken_at.eq(step.taken_at),
        ))
        .execute(conn)?;
    Ok(())
}

/// Keeps the same step of each of these assignments, behind those that it took before.
///
/// # Errors
/// Those of the database.
pub(in crate::fieldwork::assignments) fn insert_same_step(
    conn: &mut Conn,
    of: &[AssignmentId],
    step: &TakenStep,
) -> Result<()> {
    let taken: Vec<(AssignmentId, Option<i32>)> = assignment_step::table
        .filter(assignment_step::assignment_id.eq_any(of.to_vec()))
        .group_by(assignment_step::assignment_id)
        .select((assignment_step::assignment_id, max(assignment_step::number)))
        .load(conn)?;
    let taken: HashMap<_, _> = taken.into_iter().collect();
    let row = |id: &AssignmentId| {
        let before = taken.get(id).copied().flatten().unwrap_or_default();
        (
            assignment_step::assignment_id.eq(*id),
            assignment_step::number.eq(before + 1),
            assignment_step::from_state.eq(step.from),
            assignment_step::to_state.eq(step.to),
            assignment_step::shopper_id.eq(step.shopper_id),
            assignment_step::account_id.eq(step.account_id),
            assignment_step::reason.eq(step.reason.clone()),
            assignment_step::taken_at.eq(step.taken_at),
        )
    };
    let rows: Vec<_> = of.iter().map(row).collect();
    each_engine!(conn, c => diesel::insert_into(assignment_step::table).values(&rows).execute(c))?;
    Ok(())
}

/// The columns of a [`TakenStep`].
const STEP: (
    assignment_step::from_state,
    assignment_step::to_state,
    assignment_step::shopper_id,
    assignment_step::account_id,
    assignment_step::reason,
    assignment_step::taken_at,
) = (
    assignment_step::from_state,
    assignment_step::to_state,
    assignment_step::shopper_id,
    assignment_step::account_id,
    assignment_step::reason,
    assignment_step::taken_at,
);

/// The latest 200 steps of an assignment, in their order.
///
/// # Errors
/// Those of the database.
pub fn steps(conn: &mut Conn, of: AssignmentId) -> Result<Vec<TakenStep>> {
    let mut steps: Vec<TakenStep> = assignment_step::table
        .filter(assignment_step::assignment_id.eq(of))
        .order(assignment_step::number.desc())
        .limit(MOST_STEPS)
        .select(STEP)
        .load(conn)?;
    steps.reverse();
    Ok(steps)
}

/// The last step of an assignment that led to another state.
///
/// # Errors
/// Those of the database.
pub(in crate::fieldwork::assignments) fn last_change(
    conn: &mut Conn,
    of: AssignmentId,
) -> Result<Option<TakenStep>> {
    Ok(assignment_step::table
        .filter(assignment_step::assignment_id.eq(of))
        .filter(assignment_step::from_state.ne(assignment_step::to_state))
        .order(assignment_step::number.desc())
        .select(STEP)
        .first(conn)
        .optional()?)
}

/// The last step of an assignment that concerned this shopper.
///
/// # Errors
/// Those of the database.
pub(in crate::fieldwork::assignments) fn last_step_of(
    conn: &mut Conn,
    shopper: AccountId,
    of: AssignmentId,
) -> Result<Option<TakenStep>> {
    Ok(assignment_step::table
        .filter(assignment_step::assignment_id.eq(of))
        .filter(assignment_step::shopper_id.eq(shopper))
        .order(assignment_step::number.desc())
        .select(STEP)
        .first(conn)
        .optional()?)
}

rows_sealed!(assignment_step::table by assignment_id and number with salt, set_steps_sealed);
