//! The statements about what visits were before another content took its place.

use std::collections::HashMap;

use diesel::{dsl::count_star, prelude::*};

use crate::{
    db::{
        Conn,
        schema::visit_before,
        types::{Instant, Json, Sha256},
    },
    error::Result,
    ids::VisitId,
    visits::{
        model::{Submission, Visit, VisitHead},
        parts::Parts,
    },
};

/// Keeps what a visit was before another content took its place; with until when the branch's side is shown it, if its report is
/// out.
pub fn insert_before(conn: &mut Conn, was: &Visit, now: Instant, shown_until: Option<Instant>) -> Result<()> {
    diesel::insert_into(visit_before::table)
        .values((
            visit_before::visit_id.eq(was.head.id),
            visit_before::content_hash.eq(was.head.content_hash),
            visit_before::content.eq(&was.content),
            visit_before::parts.eq(&was.parts),
            visit_before::score.eq(was.head.score),
            visit_before::replaced_at.eq(now),
            visit_before::shown_until.eq(shown_until),
        ))
        .execute(conn)?;
    Ok(())
}

/// What a visit was before another content took its place.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = visit_before)]
pub struct Before {
    /// Which visit.
    pub visit_id: VisitId,
    /// The digest of that content.
    pub content_hash: Sha256,
    /// What it scored, in basis points.
    pub score: Option<i32>,
    /// What its phone had sent.
    pub content: Json<Submission>,
    /// What stood in its digest in place of what may have to be erased.
    pub parts: Option<Json<Parts>>,
    /// When another took its place.
    pub replaced_at: Instant,
    /// Until when the branch's side is shown it, if an appeal changed it.
    pub shown_until: Option<Instant>,
}

impl Before {
    /// The visit as it was with this content, which was the revision of this number since then, in the state in which the visit
    /// is now.
    pub fn of(self, current: &VisitHead, revision: Option<(i32, Instant)>) -> Visit {
        let (content_hash, score) = (self.content_hash, self.score);
        let (revision, revised_at) = revision.map_or((0, None), |(number, since)| (number, Some(since)));
        let head = VisitHead { content_hash, score, revision, revised_at, ..current.clone() };
        Visit { head, content: self.content, parts: self.parts }
    }
}

/// What these visits were before, each in the order in which it was replaced.
pub fn before(conn: &mut Conn, ids: Vec<VisitId>) -> Result<Vec<Before>> {
    Ok(visit_before::table
        .filter(visit_before::visit_id.eq_any(ids))
        .order((visit_before::visit_id, visit_before::replaced_at))
        .select(Before::as_select())
        .load(conn)?)
}

/// How many contents those of these visits have had before that have had any.
pub fn contents_before(conn: &mut Conn, ids: &[VisitId]) -> Result<HashMap<VisitId, i32>> {
    let rows: Vec<(VisitId, i64)> = visit_before::table
        .filter(visit_before::visit_id.eq_any(ids.to_vec()))
        .group_by(visit_before::visit_id)
        .select((visit_before::visit_id, count_star()))
        .load(conn)?;
    Ok(rows.into_iter().map(|(id, count)| (id, i32::try_from(count).unwrap_or(i32::MAX))).collect())
}

/// Writes down that it is in the ledger what took the place of what a visit was until then.
pub fn set_before_sealed(conn: &mut Conn, id: VisitId, replaced_at: Instant) -> Result<()> {
    diesel::update(visit_before::table.find((id, replaced_at)))
        .set(visit_before::sealed.eq(true))
        .execute(conn)?;
    Ok(())
}

/// What the branch's side is still shown of those of these visits that an appeal changed since the last night.
pub fn still_shown(conn: &mut Conn, ids: Vec<VisitId>, now: Instant) -> Result<HashMap<VisitId, Before>> {
    let rows: Vec<Before> = visit_before::table
        .filter(visit_before::visit_id.eq_any(ids))
        .filter(visit_before::shown_until.gt(now).assume_not_null())
        .order((visit_before::visit_id, visit_before::replaced_at.desc()))
        .select(Before::as_select())
        .load(conn)?;
    // The earliest takes the place of the others.
    Ok(rows.into_iter().map(|was| (was.visit_id, was)).collect())
}
