//! The statements about batches, and what is read of the tables whose rows are sealed.

use std::collections::HashMap;

use diesel::{
    dsl::{exists, select, sql},
    prelude::*,
    sql_types::Bool,
};
use uuid::Uuid;

use super::{
    model::{Key, Kind},
    records::{Arrival, Completion, Event, FileRead, Grant, Had, Record, Replacement, Step, Version},
};
use crate::{
    db::{
        Conn,
        engine::each_engine,
        schema::{
            access_grant, checklist_version, clean_copy, event, evidence, ledger_batch, server_key, visit,
            visit_before, visit_step,
        },
        types::{Id, Instant, Sha256},
    },
    error::Result,
    evidence::model::FileState,
    ids::{BrandId, EventId, EvidenceId, GrantId, KeyId, VersionId, VisitId},
    seals::{
        Secret,
        kept::{self, KeptKey},
    },
    visits::{self, state::State},
};

/// What is not sealed yet. Spelled out, because only so the engines see that partial indexes answer it.
const VISITS: &str = "(visit.sealed = 0 OR (visit.sealed = 1 AND visit.completed_at IS NOT NULL))";
const BEFORE: &str = "NOT visit_before.sealed";
const STEPS: &str = "NOT visit_step.sealed";
const COPIES: &str = "NOT clean_copy.sealed";
const VERSIONS: &str = "NOT checklist_version.sealed";
const EVENTS: &str = "NOT event.sealed";
const KEYS: &str = "NOT server_key.sealed";
const GRANTS: &str = "NOT access_grant.sealed";

/// A batch as it is kept.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = ledger_batch)]
pub(super) struct Batch {
    pub(super) brand_id: BrandId,
    pub(super) number: i64,
    pub(super) sealed_at: Instant,
    pub(super) entries: Vec<u8>,
    pub(super) seal: String,
}

/// Appends a batch; says whether there was none with its number.
pub(super) fn append(conn: &mut Conn, batch: &Batch) -> Result<bool> {
    let appended = each_engine!(conn, c => diesel::insert_into(ledger_batch::table)
        .values(batch)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(appended == 1)
}

/// The number and the seal of a chain's last batch.
pub(super) fn last(conn: &mut Conn, brand: BrandId) -> Result<Option<(i64, String)>> {
    Ok(ledger_batch::table
        .filter(ledger_batch::brand_id.eq(brand))
        .order(ledger_batch::number.desc())
        .select((ledger_batch::number, ledger_batch::seal))
        .first(conn)
        .optional()?)
}

/// Batches after this one, chain by chain, each in its order.
pub(super) fn batches(conn: &mut Conn, after: Option<(BrandId, i64)>, limit: i64) -> Result<Vec<Batch>> {
    let mut query = ledger_batch::table
        .order((ledger_batch::brand_id, ledger_batch::number))
        .limit(limit)
        .select(Batch::as_select())
        .into_boxed();
    if let Some((brand, number)) = after {
        let later = ledger_batch::brand_id.eq(brand).and(ledger_batch::number.gt(number));
        query = query.filter(ledger_batch::brand_id.gt(brand).or(later));
    }
    Ok(query.load(conn)?)
}

/// A visit that is not sealed yet, or not its completion.
pub(super) type UnsealedVisit = (Arrival, Completion, i32);

/// Visits that are not sealed, in the order of their arrival.
pub(super) fn unsealed_visits(conn: &mut Conn, limit: i64) -> Result<Vec<UnsealedVisit>> {
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
    let all = visits::store::all_without(conn, completed.iter().map(|(id, _)| *id).collect())?;
    let mut without: HashMap<VisitId, Vec<EvidenceId>> = HashMap::new();
    all.into_iter().for_each(|(visit, file)| without.entry(visit).or_default().push(file));
    let completion = |(id, completed_at)| {
        let without = without.remove(&id).unwrap_or_default();
        Completion { completed_at, id, without }
    };
    Ok(completed.into_iter().map(completion).collect())
}

/// What took the place of something that is not sealed yet: of some visits, in the order of their ids.
pub(super) fn unsealed_replacements(conn: &mut Conn, limit: i64) -> Result<Vec<Replacement>> {
    let visits: Vec<VisitId> = visit_before::table
        .filter(sql::<Bool>(BEFORE))
        .order(visit_before::visit_id)
        .limit(limit)
        .select(visit_before::visit_id)
        .load(conn)?;
    Ok(replacements(conn, visits)?.into_iter().filter(|one| !one.sealed).collect())
}

/// All that took the place of what these visits were.
pub(super) fn replacements(conn: &mut Conn, visits: Vec<VisitId>) -> Result<Vec<Replacement>> {
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

/// Steps that are not sealed, with the brand of their visit.
pub(super) fn unsealed_steps(conn: &mut Conn, limit: i64) -> Result<Vec<(Step, BrandId)>> {
    Ok(visit_step::table
        .inner_join(visit::table.on(visit::id.eq(visit_step::visit_id)))
        .filter(sql::<Bool>(STEPS))
        .order((visit_step::visit_id, visit_step::number))
        .limit(limit)
        .select((Step::as_select(), visit::brand_id))
        .load(conn)?)
}

/// Published versions that are not sealed.
pub(super) fn unsealed_versions(conn: &mut Conn, limit: i64) -> Result<Vec<Version>> {
    let unsealed = checklist_version::table.filter(sql::<Bool>(VERSIONS)).order(checklist_version::id);
    Ok(unsealed.limit(limit).select(Version::as_select()).load(conn)?)
}

/// Files as they were read that are not sealed, with the brand of their visit. A file whose visit is not here is not
/// sealed: it may have to be forgotten.
pub(super) fn unsealed_copies(conn: &mut Conn, limit: i64) -> Result<Vec<(FileRead, BrandId)>> {
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

/// Events that are not sealed, in their order.
pub(super) fn unsealed_events(conn: &mut Conn, limit: i64) -> Result<Vec<Event>> {
    let unsealed = event::table.filter(sql::<Bool>(EVENTS)).order((event::at, event::id));
    Ok(unsealed.limit(limit).select(Event::as_select()).load(conn)?)
}

/// Keys of the server that are not sealed; there are few keys.
pub(super) fn unsealed_keys(conn: &mut Conn, secret: Option<&Secret>) -> Result<Vec<KeptKey>> {
    let unsealed: Vec<KeyId> =
        server_key::table.filter(sql::<Bool>(KEYS)).select(server_key::id).load(conn)?;
    if unsealed.is_empty() { Ok(Vec::new()) } else { keys(conn, secret, unsealed) }
}

/// Grants that are not sealed.
pub(super) fn unsealed_grants(conn: &mut Conn, limit: i64) -> Result<Vec<Grant>> {
    let unsealed = access_grant::table.filter(sql::<Bool>(GRANTS)).order(access_grant::id);
    Ok(unsealed.limit(limit).select(Grant::as_select()).load(conn)?)
}

/// Whether anything is not sealed.
pub(super) fn is_unsealed(conn: &mut Conn) -> Result<bool> {
    Ok(!(unsealed_visits(conn, 1)?.is_empty()
        && unsealed_steps(conn, 1)?.is_empty()
        && unsealed_versions(conn, 1)?.is_empty()
        && unsealed_copies(conn, 1)?.is_empty()
        && unsealed_events(conn, 1)?.is_empty()
        && unsealed_grants(conn, 1)?.is_empty()
        && unsealed_replacements(conn, 1)?.is_empty()
        && !select(exists(server_key::table.filter(sql::<Bool>(KEYS)))).get_result::<bool>(conn)?))
}

/// Visits with these ids, as they arrived.
pub(super) fn arrivals(conn: &mut Conn, ids: Vec<VisitId>) -> Result<Vec<Arrival>> {
    let arrivals = visit::table.filter(visit::id.eq_any(ids)).select(Arrival::as_select()).load(conn)?;
    as_at_first(conn, arrivals)
}

/// When visits with these ids were complete.
pub(super) fn completions(conn: &mut Conn, ids: Vec<VisitId>) -> Result<Vec<Completion>> {
    let completed =
        visit::table.filter(visit::id.eq_any(ids)).select((visit::id, visit::completed_at)).load(conn)?;
    with_files(conn, completed)
}

/// All steps of the visits with these ids.
pub(super) fn steps(conn: &mut Conn, visits: Vec<VisitId>) -> Result<Vec<Step>> {
    let steps = visit_step::table.filter(visit_step::visit_id.eq_any(visits));
    Ok(steps.order((visit_step::visit_id, visit_step::number)).select(Step::as_select()).load(conn)?)
}

/// The published versions with these ids.
pub(super) fn versions(conn: &mut Conn, ids: Vec<VersionId>) -> Result<Vec<Version>> {
    let versions = checklist_version::table.filter(checklist_version::id.eq_any(ids));
    Ok(versions.select(Version::as_select()).load(conn)?)
}

/// What was read in the files with these ids.
pub(super) fn copies(conn: &mut Conn, ids: Vec<EvidenceId>) -> Result<Vec<FileRead>> {
    let copies = clean_copy::table.filter(clean_copy::evidence_id.eq_any(ids));
    Ok(copies.select(FileRead::as_select()).load(conn)?)
}

/// The events with these ids.
pub(super) fn events(conn: &mut Conn, ids: Vec<EventId>) -> Result<Vec<Event>> {
    Ok(event::table.filter(event::id.eq_any(ids)).select(Event::as_select()).load(conn)?)
}

/// The keys with these ids.
pub(super) fn keys(conn: &mut Conn, secret: Option<&Secret>, ids: Vec<KeyId>) -> Result<Vec<KeptKey>> {
    let all = kept::all(conn, secret)?.into_iter();
    Ok(all.filter(|key| ids.contains(&key.id)).collect())
}

/// The grants with these ids.
pub(super) fn grants(conn: &mut Conn, ids: Vec<GrantId>) -> Result<Vec<Grant>> {
    Ok(access_grant::table.filter(access_grant::id.eq_any(ids)).select(Grant::as_select()).load(conn)?)
}

/// The mark of a row: how much of it is said to be sealed, of how much that there is, and since when it waits.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mark {
    pub(super) key: Key,
    pub(super) is_sealed: bool,
    pub(super) at: Instant,
}

/// The rows of a table as a page of their marks gives them: the last place, and the marks.
pub(super) type Marks<P> = (Option<P>, Vec<Mark>);

/// Marks of visits after this one.
pub(super) fn marks_of_visits(conn: &mut Conn, after: Option<VisitId>, limit: i64) -> Result<Marks<VisitId>> {
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
        let mark = |kind, at, least| Mark {
            key: Key { kind, id: id.uuid(), number: 0 },
            is_sealed: (least..=2).contains(sealed),
            at,
        };
        let completion = completed_at.map(|at| mark(Kind::Completion, at, 2));
        // One that has lost its moment is still said to have been complete.
        let lost = (*sealed >= 2 && completed_at.is_none()).then(|| mark(Kind::Completion, *received_at, 2));
        [Some(mark(Kind::Arrival, *received_at, 1)), completion, lost].into_iter().flatten()
    });
    Ok((rows.last().map(|row| row.0), marks.collect()))
}

/// Marks of steps after this one.
pub(super) fn marks_of_steps(
    conn: &mut Conn,
    after: Option<(VisitId, i32)>,
    limit: i64,
) -> Result<Marks<(VisitId, i32)>> {
    let mut query = visit_step::table
        .order((visit_step::visit_id, visit_step::number))
        .limit(limit)
        .select((visit_step::visit_id, visit_step::number, visit_step::taken_at, visit_step::sealed))
        .into_boxed();
    if let Some((visit, number)) = after {
        let later = visit_step::visit_id.eq(visit).and(visit_step::number.gt(number));
        query = query.filter(visit_step::visit_id.gt(visit).or(later));
    }
    let rows: Vec<(VisitId, i32, Instant, bool)> = query.load(conn)?;
    let mark = |(id, number, at, is_sealed): &(VisitId, i32, Instant, bool)| Mark {
        key: Key { kind: Kind::Step, id: id.uuid(), number: *number },
        is_sealed: *is_sealed,
        at: *at,
    };
    Ok((rows.last().map(|row| (row.0, row.1)), rows.iter().map(mark).collect()))
}

/// Marks of what was sent anew, of visits after this one.
pub(super) fn marks_of_replacements(
    conn: &mut Conn,
    after: Option<VisitId>,
    limit: i64,
) -> Result<Marks<VisitId>> {
    let mut query = visit_before::table
        .order(visit_before::visit_id)
        .limit(limit)
        .select(visit_before::visit_id)
        .distinct()
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(visit_before::visit_id.gt(after));
    }
    let visits: Vec<VisitId> = query.load(conn)?;
    let last = visits.last().copied();
    let mark = |one: Replacement| Mark { key: one.key(), is_sealed: one.sealed, at: one.replaced_at };
    Ok((last, replacements(conn, visits)?.into_iter().map(mark).collect()))
}

/// Marks of files as they were read after this one; not of those whose visit is not here, unless they are said to be sealed.
pub(super) fn marks_of_copies(
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
        (*is_sealed || visit.is_some()).then_some(Mark { key, is_sealed: *is_sealed, at: *at })
    };
    Ok((rows.last().map(|row| row.0), rows.iter().filter_map(mark).collect()))
}

/// Marks of the rows of another table after this one.
pub(super) fn marks_of(conn: &mut Conn, kind: Kind, after: Option<Uuid>, limit: i64) -> Result<Marks<Uuid>> {
    let from = Id::<()>::new(after.unwrap_or_else(Uuid::nil));
    // The rows of this table, by a key that is an id.
    macro_rules! rows {
        ($table:ident, $id:ident, $at:ident) => {
            $table::table
                .filter($table::$id.gt(from.cast::<()>()))
                .order($table::$id)
                .limit(limit)
                .select(($table::$id, $table::$at, $table::sealed))
                .load::<(Id<()>, Instant, bool)>(conn)?
        };
    }
    let rows = match kind {
        Kind::Version => rows!(checklist_version, id, published_at),
        Kind::Event => rows!(event, id, at),
        Kind::Key => rows!(server_key, id, created_at),
        Kind::Grant => rows!(access_grant, id, created_at),
        Kind::Arrival | Kind::Completion | Kind::Step | Kind::Copy | Kind::Replacement => Vec::new(),
    };
    let mark = |(id, at, is_sealed): &(Id<()>, Instant, bool)| Mark {
        key: Key { kind, id: id.uuid(), number: 0 },
        is_sealed: *is_sealed,
        at: *at,
    };
    Ok((rows.last().map(|row| row.0.uuid()), rows.iter().map(mark).collect()))
}

/// Files after this one that have to be there: of each the id, and the digests of what was sent and of its copies, with
/// the number of bytes where it is known.
pub(super) type Stored = (EvidenceId, Vec<Sha256>);

/// The blobs that files after this one have.
pub(super) fn stored(conn: &mut Conn, after: Option<EvidenceId>, limit: i64) -> Result<Vec<Stored>> {
    let mut query = evidence::table
        .left_join(clean_copy::table.on(clean_copy::evidence_id.eq(evidence::id)))
        .filter(evidence::state.eq(FileState::Kept))
        .order(evidence::id)
        .limit(limit)
        .select((
            evidence::id,
            evidence::sha256,
            clean_copy::sha256.nullable(),
            clean_copy::thumbnail_sha256.nullable(),
        ))
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(evidence::id.gt(after));
    }
    let rows: Vec<(EvidenceId, Sha256, Option<Sha256>, Option<Sha256>)> = query.load(conn)?;
    let blobs =
        |(id, sent, copy, thumbnail)| (id, [Some(sent), copy, thumbnail].into_iter().flatten().collect());
    Ok(rows.into_iter().map(blobs).collect())
}

/// A step that was taken with a visit.
#[derive(Clone, Copy, Debug, Queryable)]
pub(super) struct Taken {
    pub(super) visit_id: VisitId,
    pub(super) number: i32,
    pub(super) from_state: State,
    pub(super) to_state: State,
    pub(super) taken_at: Instant,
}

/// The steps that were taken with these visits, of each in their order.
pub(super) fn taken(conn: &mut Conn, visits: Vec<VisitId>) -> Result<Vec<Taken>> {
    Ok(visit_step::table
        .filter(visit_step::visit_id.eq_any(visits))
        .order((visit_step::visit_id, visit_step::number))
        .select((
            visit_step::visit_id,
            visit_step::number,
            visit_step::from_state,
            visit_step::to_state,
            visit_step::taken_at,
        ))
        .load(conn)?)
}
