//! The statements about what reviewers make of photos and recordings before a report goes out.

use std::collections::HashMap;

use diesel::prelude::*;

use crate::{
    db::{
        Conn,
        schema::{blur, cut},
        types::{Instant, Json},
    },
    error::Result,
    evidence::{photos::Area, recordings::Stretch},
    ids::{AccountId, EvidenceId, VisitId},
    reports::{blur::Areas, cut::Stretches},
};

/// Keeps which parts of a photo are not to be recognized, in place of what was kept.
pub fn put_blur(
    conn: &mut Conn,
    (evidence, visit): (EvidenceId, VisitId),
    areas: &Areas,
    by: AccountId,
    now: Instant,
) -> Result<()> {
    let areas = Json(areas.clone());
    let changed = diesel::update(blur::table.find(evidence))
        .set((blur::areas.eq(&areas), blur::set_by.eq(by), blur::set_at.eq(now)))
        .execute(conn)?;
    if changed == 0 {
        diesel::insert_into(blur::table)
            .values((
                blur::evidence_id.eq(evidence),
                blur::visit_id.eq(visit),
                blur::areas.eq(&areas),
                blur::set_by.eq(by),
                blur::set_at.eq(now),
            ))
            .execute(conn)?;
    }
    Ok(())
}

/// What is not to be recognized of the photos of a visit.
pub fn blurs(conn: &mut Conn, visit: VisitId) -> Result<HashMap<EvidenceId, Vec<Area>>> {
    let rows: Vec<(EvidenceId, Json<Areas>)> =
        blur::table.filter(blur::visit_id.eq(visit)).select((blur::evidence_id, blur::areas)).load(conn)?;
    let areas = |Json(areas): Json<Areas>| areas.iter().map(|area| area.area()).collect();
    Ok(rows.into_iter().map(|(file, kept)| (file, areas(kept))).collect())
}

/// Keeps which stretches of a recording are to be silent, in place of what was kept.
pub fn put_cut(
    conn: &mut Conn,
    (evidence, visit): (EvidenceId, VisitId),
    stretches: &Stretches,
    by: AccountId,
    now: Instant,
) -> Result<()> {
    let stretches = Json(stretches.clone());
    let changed = diesel::update(cut::table.find(evidence))
        .set((cut::stretches.eq(&stretches), cut::set_by.eq(by), cut::set_at.eq(now)))
        .execute(conn)?;
    if changed == 0 {
        diesel::insert_into(cut::table)
            .values((
                cut::evidence_id.eq(evidence),
                cut::visit_id.eq(visit),
                cut::stretches.eq(&stretches),
                cut::set_by.eq(by),
                cut::set_at.eq(now),
            ))
            .execute(conn)?;
    }
    Ok(())
}

/// What is to be silent of the recordings of a visit; nothing of those that no reviewer listened to.
pub fn cuts(conn: &mut Conn, visit: VisitId) -> Result<HashMap<EvidenceId, Vec<Stretch>>> {
    let rows: Vec<(EvidenceId, Json<Stretches>)> =
        cut::table.filter(cut::visit_id.eq(visit)).select((cut::evidence_id, cut::stretches)).load(conn)?;
    let stretches = |Json(kept): Json<Stretches>| kept.iter().map(|one| one.stretch()).collect();
    Ok(rows.into_iter().map(|(file, kept)| (file, stretches(kept))).collect())
}
