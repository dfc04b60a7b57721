//! All SQL about trust: what is to be looked at, and what was found.

pub mod traces;

use std::collections::{HashMap, HashSet};

use diesel::{dsl::sql, prelude::*, sql_types::Bool};

use super::model::{Flag, FlagEvidence, Summary, Weight};
use crate::{
    accounts::policy::Scope,
    checklists::key::Key,
    db::{
        Conn,
        engine::each_engine,
        schema::{assignment, clean_copy, trust_flag, trust_look, visit},
        types::{Instant, Json},
    },
    error::{Code, Error, Result},
    evidence::{self as files, clean::CleanCopy, model::Evidence},
    fieldwork::campaigns::{self, terms::Terms},
    ids::{CampaignId, VisitId},
    places::{self, model::Branch},
    visits::{self, model::Visit},
};

/// So many rows are written by one statement.
const ROWS_AT_ONCE: usize = 1_000;

/// A visit that nobody has looked at, with all that it is held against.
#[derive(Debug)]
pub struct Unseen {
    /// The visit.
    pub visit: Visit,
    /// From when on it was to be made.
    pub opens_at: Instant,
    /// Until when.
    pub closes_at: Instant,
    /// Those of the campaign that wants it, if one does.
    pub terms: Option<Terms>,
    /// Where.
    pub branch: Branch,
    /// The files that its shopper sent for it, with what was read in them.
    pub files: Vec<(Evidence, Option<CleanCopy>)>,
}

impl Unseen {
    /// Whether all of its files have been read, or have had until this moment.
    pub fn is_ready(&self, patience: Instant) -> bool {
        let read = self.files.iter().all(|(file, copy)| copy.is_some() || !file.is_kept());
        read || self.visit.completed_at.unwrap_or(self.visit.received_at) <= patience
    }
}

/// Visits in the queue that nobody has looked at, the longest waiting first: those whose files have been read, or that
/// are complete since before `patience`. Those that wait for a decision and were looked at cost nothing; those whose
/// files are being read are passed over, and there are no more of them than the last minutes brought.
pub fn unseen(conn: &mut Conn, patience: Instant, limit: i64) -> Result<Vec<VisitId>> {
    // Written so that SQLite asks for the visit's files, and not for all of its shopper.
    const UNREAD: &str = "EXISTS (SELECT 1 FROM evidence AS file \
        LEFT JOIN clean_copy AS copy ON copy.evidence_id = file.id \
        WHERE file.visit_id = visit.id AND (file.shopper_id = visit.shopper_id) IS TRUE \
        AND file.state = 'kept' AND copy.evidence_id IS NULL)";
    Ok(visit::table
        .filter(sql::<Bool>(visits::store::UNNOTICED))
        .filter(visit::completed_at.assume_not_null().le(patience).or(diesel::dsl::not(sql::<Bool>(UNREAD))))
        .order((visit::received_at, visit::id))
        .limit(limit)
        .select(visit::id)
        .load(conn)?)
}

/// The visit with what it is held against; none if there is no such visit, or somebody has looked at it.
pub fn to_look_at(conn: &mut Conn, id: VisitId) -> Result<Option<Unseen>> {
    if looked_at(conn, id)?.is_some() {
        return Ok(None);
    }
    let Some(visit) = visits::store::with_ids(conn, &[id])?.pop() else { return Ok(None) };
    let (opens_at, closes_at, campaign): (_, _, Option<CampaignId>) = assignment::table
        .find(visit.assignment_id)
        .select((assignment::opens_at, assignment::closes_at, assignment::campaign_id))
        .first(conn)?;
    let campaign = campaign.map(|id| campaigns::store::find(conn, id)).transpose()?.flatten();
    let terms = campaign.map(|campaign| campaign.terms.0);
    let branch = places::store::branch(conn, &Scope::everything(), visit.branch_id)?;
    let named: Vec<_> = visit.content.0.manifest.iter().map(|file| file.id).collect();
    let mut files = files::store::with_ids(conn, named)?;
    files.retain(|file| (file.visit_id, file.shopper_id) == (id, visit.shopper_id));
    files.sort_by_key(|file| file.id);
    let files = with_copies(conn, files)?;
    Ok(Some(Unseen { visit, opens_at, closes_at, terms, branch, files }))
}

fn looked_at(conn: &mut Conn, id: VisitId) -> Result<Option<Instant>> {
    let look = trust_look::table.find(id).select(trust_look::looked_at);
    Ok(look.first::<Option<Instant>>(conn).optional()?.flatten())
}

fn with_copies(conn: &mut Conn, files: Vec<Evidence>) -> Result<Vec<(Evidence, Option<CleanCopy>)>> {
    let ids: Vec<_> = files.iter().map(|file| file.id).collect();
    let copies: Vec<CleanCopy> = match ids.is_empty() {
        true => Vec::new(),
        false => clean_copy::table
            .filter(clean_copy::evidence_id.eq_any(ids))
            .select(CleanCopy::as_select())
            .load(conn)?,
    };
    let mut copies: HashMap<_, _> = copies.into_iter().map(|copy| (copy.evidence_id, copy)).collect();
    let with_copy = |file: Evidence| {
        let copy = copies.remove(&file.id);
        (file, copy)
    };
    Ok(files.into_iter().map(with_copy).collect())
}

#[derive(Insertable)]
#[diesel(table_name = trust_flag, treat_none_as_default_value = false)]
struct NewFlag {
    visit_id: VisitId,
    number: i32,
    kind: &'static str,
    weight: Weight,
    evidence: Json<FlagEvidence>,
    question: Option<String>,
    other_visit_id: Option<VisitId>,
}

/// Takes down that somebody has looked at a visit, and what was found, in this order. It is done once: if somebody else
/// has, nothing changes.
pub fn record(conn: &mut Conn, visit: VisitId, flags: &[Flag], now: Instant) -> Result<()> {
    let Summary { flags: count, weight } = Summary::of(flags);
    visits::store::take_notice(conn, visit, now)?;
    let first = diesel::update(trust_look::table.find(visit).filter(trust_look::looked_at.is_null()))
        .set((
            trust_look::looked_at.eq(Some(now)),
            trust_look::flags.eq(count),
            trust_look::weight.eq(weight),
        ))
        .execute(conn)?;
    if first == 0 {
        return Ok(());
    }
    let row = |(number, flag): (i32, &Flag)| NewFlag {
        visit_id: visit,
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

/// When somebody looked at a visit, and what was found, the heaviest first, each with what it weighed then.
#[derive(Debug)]
pub struct Looked {
    /// None as long as nobody has.
    pub at: Option<Instant>,
    /// What was found. What is about a visit that the caller may not see does not name that one.
    pub flags: Vec<(Weight, Flag)>,
}

/// What was found in a visit, if the scope covers its branch.
///
/// # Errors
/// `not_found` if it does not; `forbidden` if it is the caller's own visit.
pub fn flags(conn: &mut Conn, scope: &Scope, id: VisitId) -> Result<Looked> {
    type Row = (Weight, Json<FlagEvidence>, Option<String>, Option<VisitId>);
    let visit = visits::store::visit(conn, scope, id)?;
    if visit.shopper_id == scope.account {
        return Err(Error::new(Code::Forbidden).detail("nobody sees the flags of a visit of their own"));
    }
    let at = looked_at(conn, id)?;
    let rows: Vec<Row> = trust_flag::table
        .filter(trust_flag::visit_id.eq(id))
        .order(trust_flag::number)
        .select((trust_flag::weight, trust_flag::evidence, trust_flag::question, trust_flag::other_visit_id))
        .load(conn)?;
    let others = rows.iter().filter_map(|(.., other)| *other).collect();
    let covered = covered(conn, scope, others)?;
    let flag = |(weight, Json(evidence), question, other): Row| {
        let other_visit = other.filter(|other| covered.contains(other));
        let evidence = if other_visit.is_some() { evidence } else { evidence.without_other() };
        (weight, Flag { evidence, question: question.map(Key::from), other_visit })
    };
    Ok(Looked { at, flags: rows.into_iter().map(flag).collect() })
}

/// Which of these visits the scope covers.
fn covered(conn: &mut Conn, scope: &Scope, ids: Vec<VisitId>) -> Result<HashSet<VisitId>> {
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

/// The flags of each of these visits at a glance; of those that nobody has looked at, nothing, nor of those that the
/// caller made.
pub fn summaries(conn: &mut Conn, scope: &Scope, of: &[Visit]) -> Result<HashMap<VisitId, Summary>> {
    let others = of.iter().filter(|visit| visit.shopper_id != scope.account).map(|visit| visit.id);
    let rows: Vec<(VisitId, i32, Option<Weight>)> = trust_look::table
        .filter(trust_look::visit_id.eq_any(others.collect::<Vec<_>>()))
        .filter(trust_look::looked_at.is_not_null())
        .select((trust_look::visit_id, trust_look::flags, trust_look::weight))
        .load(conn)?;
    Ok(rows.into_iter().map(|(visit, flags, weight)| (visit, Summary { flags, weight })).collect())
}
