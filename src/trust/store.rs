//! All SQL about trust: what is to be looked at, and what was found.

pub mod traces;

use std::collections::{BTreeSet, HashMap, HashSet};

use diesel::{dsl::sql, prelude::*, sql_types::Bool};

use super::model::{Flag, FlagEvidence, FlagKind, Summary, Weight};
use crate::{
    accounts::policy::Scope,
    db::{
        Conn,
        engine::each_engine,
        schema::{assignment, clean_copy, trust_flag, trust_look, visit, waiting_flag},
        sealing::rows_sealed,
        types::{Instant, Json},
    },
    error::Result,
    evidence::{clean::CleanCopy, model::Evidence},
    ids::{AssignmentId, CampaignId, VisitId},
    places,
    visits::{self, model::VisitHead},
};

/// So many rows are written by one statement.
const ROWS_AT_ONCE: usize = 1_000;

/// Visits in the queue that have not been looked at as they are, the longest waiting first: those whose files have been read, or
/// that are complete and so since before `patience`. Those that were looked at and wait for a decision cost nothing; those whose
/// files are being read are passed over, and there are no more of them than the last minutes brought.
pub fn unseen(conn: &mut Conn, patience: Instant, limit: i64) -> Result<Vec<VisitId>> {
    // Written so that SQLite asks for the visit's files, and not for all of its shopper.
    const UNREAD: &str = "EXISTS (SELECT 1 FROM evidence AS file \
        LEFT JOIN clean_copy AS copy ON copy.evidence_id = file.id \
        WHERE file.visit_id = visit.id AND (file.shopper_id = visit.shopper_id) IS TRUE \
        AND file.state = 'kept' AND copy.evidence_id IS NULL)";
    let is_over = visit::completed_at.assume_not_null().le(patience);
    let is_over =
        is_over.and(visit::revised_at.is_null().or(visit::revised_at.le(patience).assume_not_null()));
    Ok(visit::table
        .filter(sql::<Bool>(visits::store::UNNOTICED))
        .filter(is_over.or(diesel::dsl::not(sql::<Bool>(UNREAD))))
        .order((visit::received_at, visit::id))
        .limit(limit)
        .select(visit::id)
        .load(conn)?)
}

/// A look at a visit that is finished.
#[derive(Clone, Copy, Debug, Queryable)]
pub struct FinishedLook {
    /// Which of the visit's: by how many contents the visit had had before.
    pub number: i32,
    /// In which revision the visit was.
    pub revision: i32,
    /// When it was.
    pub looked_at: Instant,
}

/// The looks at a visit that are finished, the newest first.
pub fn looks_at(conn: &mut Conn, id: VisitId) -> Result<Vec<FinishedLook>> {
    Ok(trust_look::table
        .filter(trust_look::visit_id.eq(id))
        .filter(trust_look::looked_at.is_not_null())
        .order(trust_look::number.desc())
        .select((trust_look::number, trust_look::revision, trust_look::looked_at.assume_not_null()))
        .load(conn)?)
}

/// Which looks at these visits are finished.
pub fn looked_at_among(conn: &mut Conn, ids: &[VisitId]) -> Result<HashSet<Looked>> {
    let looks = trust_look::table
        .filter(trust_look::visit_id.eq_any(ids.to_vec()))
        .filter(trust_look::looked_at.is_not_null())
        .select((trust_look::visit_id, trust_look::number));
    Ok(looks.load(conn)?.into_iter().collect())
}

/// What was wanted of a visit.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = assignment)]
pub struct Wanted {
    /// From when on it was to be made.
    pub opens_at: Instant,
    /// Until when.
    pub closes_at: Instant,
    /// When the assignment was made.
    pub created_at: Instant,
    /// The campaign that wants it, if one does.
    pub campaign_id: Option<CampaignId>,
}

/// What was wanted of the visits that were made for these assignments.
pub fn wanted(conn: &mut Conn, assignments: Vec<AssignmentId>) -> Result<HashMap<AssignmentId, Wanted>> {
    let wanted = assignment::table
        .filter(assignment::id.eq_any(assignments))
        .select((assignment::id, Wanted::as_select()));
    Ok(wanted.load::<(AssignmentId, Wanted)>(conn)?.into_iter().collect())
}

/// What was read in those of these files that were read.
pub fn copies_of(conn: &mut Conn, files: &[Evidence]) -> Result<Vec<CleanCopy>> {
    if files.is_empty() {
        return Ok(Vec::new());
    }
    let ids = files.iter().map(|file| file.id);
    Ok(clean_copy::table
        .filter(clean_copy::evidence_id.eq_any(ids.collect::<Vec<_>>()))
        .select(CleanCopy::as_select())
        .load(conn)?)
}

#[derive(Insertable)]
#[diesel(table_name = trust_flag, treat_none_as_default_value = false)]
struct NewFlag {
    visit_id: VisitId,
    look: i32,
    number: i32,
    kind: &'static str,
    weight: Weight,
    evidence: Json<FlagEvidence>,
    question: Option<String>,
    other_visit_id: Option<VisitId>,
}

/// Which visit, and which look at it: by how many contents the visit had had before.
pub type Looked = (VisitId, i32);

/// Writes down that a look at a visit is finished; whether it had not been before.
pub fn set_looked_at(conn: &mut Conn, looked: Looked, found: Summary, now: Instant) -> Result<bool> {
    let changed = diesel::update(trust_look::table.find(looked).filter(trust_look::looked_at.is_null()))
        .set((
            trust_look::looked_at.eq(Some(now)),
            trust_look::flags.eq(found.flags),
            trust_look::weight.eq(found.weight),
        ))
        .execute(conn)?;
    Ok(changed == 1)
}

/// Adds what was found by a look at a visit, numbered in this order.
pub fn insert_flags(conn: &mut Conn, (visit, look): Looked, flags: &[Flag]) -> Result<()> {
    let row = |(number, flag): (i32, &Flag)| NewFlag {
        visit_id: visit,
        look,
        number,
        kind: flag.evidence.kind().as_str(),
        weight: flag.evidence.weight(),
        evidence: Json(flag.evidence.clone()),
        question: flag.question.as_ref().map(ToString::to_string),
        other_visit_id: flag.other_visit,
    };
    let rows: Vec<_> = (1..).zip(flags).map(row).collect();
    for rows in rows.chunks(ROWS_AT_ONCE) {
        each_engine!(conn, c => diesel::insert_into(trust_flag::table).values(rows).execute(c))?;
    }
    Ok(())
}

#[derive(Insertable)]
#[diesel(table_name = waiting_flag, treat_none_as_default_value = false)]
struct NewWaiting {
    kind: &'static str,
    visit_id: VisitId,
}

/// Adds which kinds of flags a visit has that waits for a decision.
pub fn insert_waiting(conn: &mut Conn, visit: VisitId, kinds: impl Iterator<Item = FlagKind>) -> Result<()> {
    let kinds: BTreeSet<_> = kinds.collect();
    let rows: Vec<_> = kinds.iter().map(|kind| NewWaiting { kind: kind.as_str(), visit_id: visit }).collect();
    if !rows.is_empty() {
        each_engine!(conn, c => diesel::insert_into(waiting_flag::table)
            .values(&rows)
            .on_conflict_do_nothing()
            .execute(c))?;
    }
    Ok(())
}

/// Takes the flags of a visit that was decided about out of what waits.
pub fn stop_waiting(conn: &mut Conn, visit: VisitId) -> Result<()> {
    diesel::delete(waiting_flag::table.filter(waiting_flag::visit_id.eq(visit))).execute(conn)?;
    Ok(())
}

/// Puts the flags of a visit back among what waits, which is to be decided about again: those of the last look.
pub fn wait_again(conn: &mut Conn, visit: VisitId) -> Result<()> {
    let Some(last) = looks_at(conn, visit)?.first().copied() else { return Ok(()) };
    let flags = flags_of(conn, visit)?.into_iter().filter(|flag| flag.look == last.number);
    insert_waiting(conn, visit, flags.map(|flag| flag.evidence.0.kind()))
}

/// Whether fewer visits than this wait that have such a flag.
pub fn fewer_wait_with(conn: &mut Conn, kind: FlagKind, than: i64) -> Result<bool> {
    let waiting = waiting_flag::table.filter(waiting_flag::kind.eq(kind));
    let found: Vec<VisitId> = waiting.limit(than).select(waiting_flag::visit_id).load(conn)?;
    Ok((found.len() as i64) < than)
}

/// A flag as it is kept.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = trust_flag)]
pub struct FlagRow {
    /// The look that found it.
    pub look: i32,
    /// How much it weighed when it was found.
    pub weight: Weight,
    /// What it rests on.
    pub evidence: Json<FlagEvidence>,
    /// The key of the question that it is about, if it is about one.
    pub question: Option<String>,
    /// The other visit that it is about, if there is one.
    pub other_visit_id: Option<VisitId>,
}

/// The flags that each look at a visit found, in their order.
pub fn flags_of(conn: &mut Conn, visit: VisitId) -> Result<Vec<FlagRow>> {
    Ok(trust_flag::table
        .filter(trust_flag::visit_id.eq(visit))
        .order((trust_flag::look, trust_flag::number))
        .select(FlagRow::as_select())
        .load(conn)?)
}

/// Which of these visits the scope covers.
pub fn covered(conn: &mut Conn, scope: &Scope, ids: Vec<VisitId>) -> Result<HashSet<VisitId>> {
    if ids.is_empty() {
        return Ok(HashSet::new());
    }
    let found: Vec<VisitId> = visit::table
        .filter(visit::id.eq_any(ids))
        .filter(visit::branch_id.eq_any(places::store::branches_in(scope)))
        .select(visit::id)
        .load(conn)?;
    Ok(found.into_iter().collect())
}

/// The flags of each of these visits at a glance, as they were found last; nothing of those that were not looked at, nor of those that the caller
/// made.
pub fn summaries(conn: &mut Conn, scope: &Scope, of: &[VisitHead]) -> Result<HashMap<VisitId, Summary>> {
    let others = of.iter().filter(|visit| visit.shopper_id != scope.account).map(|visit| visit.id);
    let rows: Vec<(VisitId, i32, Option<Weight>)> = trust_look::table
        .filter(trust_look::visit_id.eq_any(others.collect::<Vec<_>>()))
        .filter(trust_look::looked_at.is_not_null())
        .order((trust_look::visit_id, trust_look::number))
        .select((trust_look::visit_id, trust_look::flags, trust_look::weight))
        .load(conn)?;
    // That of a later look takes the place of that of an earlier one.
    Ok(rows.into_iter().map(|(visit, flags, weight)| (visit, Summary { flags, weight })).collect())
}

rows_sealed!(trust_look::table by visit_id and number with salt, set_sealed);
