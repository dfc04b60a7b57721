//! The statements about reasons for sending visits back.

use diesel::prelude::*;

use super::model::ReturnReason;
use crate::{
    db::{Conn, engine::each_engine, inserted_or_taken, schema::return_reason, sealing::revisions_sealed},
    error::Result,
    ids::ReturnReasonId,
};

/// The reason with this id.
///
/// # Errors
/// `not_found` if there is none.
pub(super) fn return_reason(conn: &mut Conn, id: ReturnReasonId) -> Result<ReturnReason> {
    Ok(return_reason::table.find(id).select(ReturnReason::as_select()).first(conn)?)
}

/// Those of these reasons that there are.
///
/// # Errors
/// Those of the database.
pub(in crate::reviews) fn among(conn: &mut Conn, ids: Vec<ReturnReasonId>) -> Result<Vec<ReturnReason>> {
    let named = return_reason::table.filter(return_reason::id.eq_any(ids));
    Ok(named.select(ReturnReason::as_select()).load(conn)?)
}

/// So many reasons after this one, in the order of their ids.
///
/// # Errors
/// Those of the database.
pub(super) fn return_reasons(
    conn: &mut Conn,
    after: Option<ReturnReasonId>,
    rows: i64,
) -> Result<Vec<ReturnReason>> {
    let all = return_reason::table.order(return_reason::id).limit(rows).select(ReturnReason::as_select());
    Ok(match after {
        Some(after) => all.filter(return_reason::id.gt(after)).load(conn)?,
        None => all.load(conn)?,
    })
}

/// Adds a reason.
///
/// # Errors
/// Those of the database.
pub(super) fn insert_return_reason(conn: &mut Conn, reason: &ReturnReason) -> Result<()> {
    let inserted = each_engine!(conn, c => diesel::insert_into(return_reason::table)
        .values(reason)
        .on_conflict_do_nothing()
        .execute(c))?;
    inserted_or_taken(inserted)
}

/// Changes a reason.
///
/// # Errors
/// Those of the database.
pub(super) fn update_return_reason(conn: &mut Conn, reason: &ReturnReason) -> Result<()> {
    diesel::update(return_reason::table.find(reason.id))
        .set((
            return_reason::texts.eq(&reason.texts),
            return_reason::retired.eq(reason.retired),
            return_reason::revision.eq(reason.revision),
        ))
        .execute(conn)?;
    Ok(())
}

revisions_sealed!(return_reason::table by id, set_return_reasons_sealed);
