//! What is read of visits and of their files.

use std::collections::HashMap;

use diesel::{
    dsl::{exists, not, sql},
    prelude::*,
    sql_types::Bool,
};

use super::{
    super::{
        model::{Key, Kind},
        records::{
            Record,
            visits::{Arrival, Completion, FileRead, Had, Replacement},
        },
    },
    table::{Mark, Marks, ids_after},
};
use crate::{
    db::{
        Conn,
        schema::{clean_copy, evidence, visit, visit_before, visit_content},
        types::{Instant, Sha256},
    },
    error::Result,
    ids::{BrandId, EvidenceId, VisitId},
    visits,
};

/// What is not sealed yet. Spelled out, because only so the engines see that partial indexes answer it.
const VISITS: &str = "(visit.sealed = 0 OR (visit.sealed = 1 AND visit.completed_at IS NOT NULL))";
const BEFORE: &str = "NOT visit_before.sealed";
const COPIES: &str = "NOT clean_copy.sealed";

/// So many of them are listed at the most.
const MOST_APART: i64 = 1_000;

/// Visits without what their phones sent, and visits that are not there and of which there is what phones sent: the first of each.
pub(in crate::ledger) fn contents_apart(conn: &mut Conn) -> Result<(Vec<VisitId>, Vec<VisitId>)> {
    let content = visit_content::table.filter(visit_content::visit_id.eq(visit::id));
    let bare = visit::table.filter(not(exists(content))).limit(MOST_APART).select(visit::id);
    let of_content = visit::table.filter(visit::id.eq(visit_content::visit_id));
    let left = visit_content::table.filter(not(exists(of_content))).limit(MOST_APART);
    Ok((bare.load(conn)?, left.select(visit_content::visit_id).load(conn)?))
}

/// A visit that is not sealed yet, or not its completion.
pub(in crate::ledger) type UnsealedVisit = (Arrival, Completion, i32);

/// Visits that are not sealed, in the order of their arrival.
pub(in crate::ledger) fn unsealed_visits(conn: &mut Conn, limit: i64) -> Result<Vec<UnsealedVisit>> {
    let rows: Vec<(Arrival, Option<Instant>, i32)> = visit::table
        .filter(sql::<Bool>(VISITS))
        .order((visit::received_at, visit::id))
        .limit(limit)
        .select((Arrival::as_select(), visit::completed_at, visit::sealed))
        .load(conn)?;
    let (mut arrivals, mut marks) = (Vec::new(), Vec::new());
    for (arrival, completed_at, sealed) in rows {
        marks.push((arrival.id, completed_at, sealed));
        arrivals.push(arrival);
    }
    let completed = marks.iter().map(|(id, completed_at, _)| (*id, *completed_at)).collect();
    let completions = with_files(conn, completed)?;
    let all = as_at_first(conn, arrivals)?.into_iter().zip(completions).zip(marks);
    Ok(all.map(|((arrival, completion), (.., sealed))| (arrival, completion, sealed)).collect())
}

/// The ids of so many visits that are not sealed.
pub(in crate::ledger) fn unsealed_ids(conn: &mut Conn, limit: i64) -> Result<Vec<VisitId>> {
    Ok(visit::table
        .filter(sql::<Bool>(VISITS))
        .order((visit::received_at, visit::id))
        .limit(limit)
        .select(visit::id)
        .load(conn)?)
}

/// What visits were before they were sent anew, of each in the order in which it was replaced.
fn had(conn: &mut Conn, ids: &[VisitId]) -> Result<HashMap<VisitId, Vec<Had>>> {
    let rows: Vec<Had> = visit_before::table
        .filter(visit_before::visit_id.eq_any(ids.to_vec()))
        .order((visit_before::visit_id, visit_before::replaced_at))
        .select(Had::as_select())
        .load(conn)?;
    let mut had: HashMap<_, Vec<_>> = HashMap::new();
    rows.into_iter().for_each(|row| had.entry(row.visit_id).or_default().push(row));
    Ok(had)
}

/// These visits as they were at first.
fn as_at_first(conn: &mut Conn, arrivals: Vec<Arrival>) -> Result<Vec<Arrival>> {
    let had = had(conn, &arrivals.iter().map(|arrival| arrival.id).collect::<Vec<_>>())?;
    let at_first = |mut arrival: Arrival| {
        if let Some(first) = had.get(&arrival.id).and_then(|all| all.first()) {
            (arrival.content_hash, arrival.score) = (first.content_hash, first.score);
        }
        arrival
    };
    Ok(arrivals.into_iter().map(at_first).collect())
}

/// These completions, with the files that the visits were taken without.
fn with_files(conn: &mut Conn, completed: Vec<(VisitId, Option<Instant>)>) -> Result<Vec<Completion>> {
    let all = visits::store::anew::all_without(conn, completed.iter().map(|(id, _)| *id).collect())?;
    let mut without: HashMap<VisitId, Vec<EvidenceId>> = HashMap::new();
    all.into_iter().for_each(|(visit, file)| without.entry(visit).or_default().push(file));
    let completion = |(id, completed_at)| {
        let without = without.remove(&id).unwrap_or_default();
        Completion { completed_at, id, without }
    };
    Ok(completed.into_iter().map(completion).collect())
}

/// What took the place of something that is not sealed yet: of some visits, in the order of their ids.
pub(in crate::ledger) fn unsealed_replacements(conn: &mut Conn, limit: i64) -> Result<Vec<Replacement>> {
    let visits: Vec<VisitId> = visit_before::table
        .filter(sql::<Bool>(BEFORE))
        .order(visit_before::visit_id)
        .limit(limit)
        .select(visit_before::visit_id)
        .load(conn)?;
    Ok(replacements(conn, visits)?.into_iter().filter(|one| !one.sealed).collect())
}

/// All that took the place of what these visits were.
pub(in crate::ledger) fn replacements(conn: &mut Conn, visits: Vec<VisitId>) -> Result<Vec<Replacement>> {
    let had = had(conn, &visits)?;
    let rows: Vec<(VisitId, BrandId, Sha256, Option<i32>)> = visit::table
        .filter(visit::id.eq_any(visits))
        .order(visit::id)
        .select((visit::id, visit::brand_id, visit::content_hash, visit::score))
        .load(conn)?;
    let of_visit = |(id, brand, hash, score): &(VisitId, BrandId, Sha256, Option<i32>)| {
        let all = had.get(id).map(Vec::as_slice).unwrap_or_default();
        let later = all.iter().skip(1).map(|next| (next.content_hash, next.score));
        let next = later.chain([(*hash, *score)]);
        let one = |((had, (content_hash, score)), number): ((&Had, _), i32)| {
            let Had { replaced_at, sealed, visit_id, .. } = *had;
            Replacement { brand: *brand, content_hash, number, replaced_at, score, sealed, visit_id }
        };
        all.iter().zip(next).zip(1..).map(one).collect::<Vec<_>>()
    };
    Ok(rows.iter().flat_map(of_visit).collect())
}

/// Files as they were read that are not sealed, with the brand of their visit. A file whose visit is not here is not
/// sealed: it may have to be forgotten.
pub(in crate::ledger) fn unsealed_copies(conn: &mut Conn, limit: i64) -> Result<Vec<(FileRead, BrandId)>> {
    let own = visit::id.eq(evidence::visit_id).and(visit::shopper_id.eq(evidence::shopper_id));
    Ok(clean_copy::table
        .inner_join(evidence::table.on(evidence::id.eq(clean_copy::evidence_id)))
        .inner_join(visit::table.on(own))
        .filter(sql::<Bool>(COPIES))
        .order(clean_copy::evidence_id)
        .limit(limit)
        .select((FileRead::as_select(), visit::brand_id))
        .load(conn)?)
}

/// Visits with these ids, as they arrived.
pub(in crate::ledger) fn arrivals(conn: &mut Conn, ids: Vec<VisitId>) -> Result<Vec<Arrival>> {
    let arrivals = visit::table.filter(visit::id.eq_any(ids)).select(Arrival::as_select()).load(conn)?;
    as_at_first(conn, arrivals)
}

/// When visits with these ids were complete.
pub(in crate::ledger) fn completions(conn: &mut Conn, ids: Vec<VisitId>) -> Result<Vec<Completion>> {
    let completed =
        visit::table.filter(visit::id.eq_any(ids)).select((visit::id, visit::completed_at)).load(conn)?;
    with_files(conn, completed)
}

/// What was read in the files with these ids.
pub(in crate::ledger) fn copies(conn: &mut Conn, ids: Vec<EvidenceId>) -> Result<Vec<FileRead>> {
    let copies = clean_copy::table.filter(clean_copy::evidence_id.eq_any(ids));
    Ok(copies.select(FileRead::as_select()).load(conn)?)
}

/// Marks of visits after this one.
pub(in crate::ledger) fn marks_of_visits(
    conn: &mut Conn,
    after: Option<VisitId>,
    limit: i64,
) -> Result<Marks<VisitId>> {
    let mut query = visit::table
        .order(visit::id)
        .limit(limit)
        .select((visit::id, visit::received_at, visit::completed_at, visit::sealed))
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(visit::id.gt(after));
    }
    let rows: Vec<(VisitId, Instant, Option<Instant>, i32)> = query.load(conn)?;
    let marks = rows.iter().flat_map(|(id, received_at, completed_at, sealed)| {
        let mark = |kind, at, least| {
            Mark::new(Key { kind, id: id.uuid(), number: 0 }, (least..=2).contains(sealed), at)
        };
        let completion = completed_at.map(|at| mark(Kind::Completion, at, 2));
        // One that has lost its moment is still said to have been complete.
        let lost = (*sealed >= 2 && completed_at.is_none()).then(|| mark(Kind::Completion, *received_at, 2));
        [Some(mark(Kind::Arrival, *received_at, 1)), completion, lost].into_iter().flatten()
    });
    Ok((rows.last().map(|row| row.0), marks.collect()))
}

/// Marks of what was sent anew, of visits after this one.
pub(in crate::ledger) fn marks_of_replacements(
    conn: &mut Conn,
    after: Option<VisitId>,
    limit: i64,
) -> Result<Marks<VisitId>> {
    let visits: Vec<VisitId> = ids_after!(conn, visit_before by visit_id, after, limit);
    let last = visits.last().copied();
    let mark = |one: Replacement| Mark::new(one.key(), one.sealed, one.replaced_at);
    Ok((last, replacements(conn, visits)?.into_iter().map(mark).collect()))
}

/// Marks of files as they were read after this one; not of those whose visit is not here, unless they are said to be sealed.
pub(in crate::ledger) fn marks_of_copies(
    conn: &mut Conn,
    after: Option<EvidenceId>,
    limit: i64,
) -> Result<Marks<EvidenceId>> {
    type Row = (EvidenceId, Instant, bool, Option<VisitId>);
    let own = visit::id.eq(evidence::visit_id).and(visit::shopper_id.eq(evidence::shopper_id));
    let mut query = clean_copy::table
        .left_join(evidence::table.on(evidence::id.eq(clean_copy::evidence_id)))
        .left_join(visit::table.on(own))
        .order(clean_copy::evidence_id)
        .limit(limit)
        .select((clean_copy::evidence_id, clean_copy::made_at, clean_copy::sealed, visit::id.nullable()))
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(clean_copy::evidence_id.gt(after));
    }
    let rows: Vec<Row> = query.load(conn)?;
    let mark = |(id, at, is_sealed, visit): &Row| {
        let key = Key { kind: Kind::Copy, id: id.uuid(), number: 0 };
        (*is_sealed || visit.is_some()).then_some(Mark::new(key, *is_sealed, *at))
    };
    Ok((rows.last().map(|row| row.0), rows.iter().filter_map(mark).collect()))
}
