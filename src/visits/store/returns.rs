//! The statements about the time to answer returns.

use diesel::{dsl::sql, prelude::*, sql_types::Bool};

use crate::{
    db::{Conn, schema::visit, types::Instant},
    error::Result,
    ids::VisitId,
};

/// Writes down until when the return of a visit is to be answered.
pub fn set_answer_by(conn: &mut Conn, id: VisitId, answer_by: Instant) -> Result<()> {
    diesel::update(visit::table.find(id)).set(visit::answer_by.eq(Some(answer_by))).execute(conn)?;
    Ok(())
}

/// Until when the last returns of these visits are to be answered, or were; not of those that were never returned.
pub fn all_answer_by(conn: &mut Conn, ids: Vec<VisitId>) -> Result<Vec<(VisitId, Instant)>> {
    Ok(visit::table
        .filter(visit::id.eq_any(ids))
        .filter(visit::answer_by.is_not_null())
        .select((visit::id, visit::answer_by.assume_not_null()))
        .load(conn)?)
}

/// Until when the return of a visit is to be answered, or was; none of one that was never returned.
pub fn answer_by(conn: &mut Conn, id: VisitId) -> Result<Option<Instant>> {
    Ok(visit::table.find(id).select(visit::answer_by).first(conn)?)
}

/// So many of the visits whose return was to be answered until this moment, and was not.
pub fn unanswered(conn: &mut Conn, until: Instant, limit: i64) -> Result<Vec<VisitId>> {
    Ok(visit::table
        // Spelled out, because only so the engines see that the partial index answers it.
        .filter(sql::<Bool>("visit.state = 'returned'"))
        .filter(visit::answer_by.le(until).assume_not_null())
        .order((visit::answer_by, visit::id))
        .limit(limit)
        .select(visit::id)
        .load(conn)?)
}
