//! The statements about files that a visit was taken without, and about visits that are to be sent anew.

use diesel::prelude::*;

use crate::{
    db::{
        Conn,
        engine::each_engine,
        schema::{visit, visit_without},
        types::Instant,
    },
    error::Result,
    ids::{EvidenceId, VisitId},
    visits::state::State,
};

/// Writes down which files a visit was taken without.
pub fn insert_without(conn: &mut Conn, id: VisitId, missing: &[EvidenceId]) -> Result<()> {
    let row = |file: &EvidenceId| (visit_without::visit_id.eq(id), visit_without::evidence_id.eq(*file));
    let rows: Vec<_> = missing.iter().map(row).collect();
    each_engine!(conn, c => diesel::insert_into(visit_without::table).values(&rows).execute(c))?;
    Ok(())
}

/// Which files a visit was taken without.
pub fn without(conn: &mut Conn, id: VisitId) -> Result<Vec<EvidenceId>> {
    let of_visit = visit_without::table.filter(visit_without::visit_id.eq(id));
    Ok(of_visit.select(visit_without::evidence_id).load(conn)?)
}

/// Which files these visits were taken without, in the order of visits and files.
pub fn all_without(conn: &mut Conn, ids: Vec<VisitId>) -> Result<Vec<(VisitId, EvidenceId)>> {
    Ok(visit_without::table
        .filter(visit_without::visit_id.eq_any(ids))
        .order((visit_without::visit_id, visit_without::evidence_id))
        .select((visit_without::visit_id, visit_without::evidence_id))
        .load(conn)?)
}

/// Writes down that a visit is to be sent anew, until then.
pub fn set_anew(conn: &mut Conn, id: VisitId, now: Instant, until: Instant) -> Result<()> {
    diesel::update(visit::table.find(id))
        .set((visit::anew_at.eq(Some(now)), visit::files_due_at.eq(Some(until))))
        .execute(conn)?;
    Ok(())
}

/// Whether a visit is to be sent anew.
pub fn is_awaited_anew(conn: &mut Conn, id: VisitId) -> Result<bool> {
    Ok(!awaited_anew(conn, &[id])?.is_empty())
}

/// Which of these visits are to be sent anew, and still wait for files.
pub fn awaited_anew(conn: &mut Conn, ids: &[VisitId]) -> Result<Vec<VisitId>> {
    Ok(visit::table
        .filter(visit::id.eq_any(ids.to_vec()))
        .filter(visit::anew_at.is_not_null())
        .filter(visit::state.eq(State::Submitted))
        .select(visit::id)
        .load(conn)?)
}

/// Since when these visits are to be sent anew; not of those that are not.
pub fn anew_since(conn: &mut Conn, ids: Vec<VisitId>) -> Result<Vec<(VisitId, Instant)>> {
    Ok(visit::table
        .filter(visit::id.eq_any(ids))
        .filter(visit::anew_at.is_not_null())
        .select((visit::id, visit::anew_at.assume_not_null()))
        .load(conn)?)
}
