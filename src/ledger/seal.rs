//! Sealing what is new.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    model::{Entry, Kind, OF_NO_BRAND, Statement, TYPE},
    records::{Record, Row, visits::FileRead},
    store::{self, Batch},
};
use crate::{
    app::App,
    db::{
        Conn,
        notices::Topic,
        sealing::SealedRow,
        types::{Instant, Sha256},
    },
    error::{Code, Error, Result},
    evidence,
    ids::{BrandId, EvidenceId, KeyId, VisitId},
    seals::{self, Seals, Secret, kept::KeptKey, salted::Salt},
    visits,
    work::{Queue, Standing, Task},
};

/// So many rows of a table are sealed in one transaction, so that no other waits long for it. As soon as so many wait, they
/// are sealed.
const AT_ONCE: usize = 500;
/// So many seconds lie between two batches as long as less waits: under a steady stream few batches are made, and not many
/// that are tiny. It is looked at every second, so what is acknowledged is sealed within five.
const BETWEEN: i64 = 3;
/// So many transactions make one run.
const RUNS: usize = 200;

/// Seals what is new in the tables, batch by batch.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct SealFacts {}

impl Task for SealFacts {
    const KIND: &'static str = "seal_facts";
    const QUEUE: Queue = Queue::new(Self::KIND);
    type State = ();

    async fn run(self, app: &App, (): &()) -> Result<()> {
        for _ in 0..RUNS {
            let secret = app.seals.secret().cloned();
            let gather = move |conn: &mut Conn| News::gather(conn, secret.as_ref());
            let News { facts, last, there_is_more } = app.db.snapshot(gather).await?;
            if facts.is_empty() {
                break;
            }
            let batches = batches(&app.seals, &facts, &last, app.clock.now())?;
            app.db.write(move |conn| keep(conn, &batches, &facts)).await?;
            // What came meanwhile is of the next batch.
            if !there_is_more {
                break;
            }
        }
        Ok(())
    }
}

impl Standing for SealFacts {
    const WOKEN_BY: &'static [Topic] = &[];

    fn is_wanted(conn: &mut Conn, now: Instant) -> Result<bool> {
        let last = store::last_sealed_at(conn)?;
        let is_soon = last.is_some_and(|last| (last..last.plus_seconds(BETWEEN)).contains(&now));
        if is_soon { Ok(store::unsealed_ids(conn, limit())?.len() >= AT_ONCE) } else { is_unsealed(conn) }
    }
}

const fn limit() -> i64 {
    AT_ONCE as i64
}

/// Whether anything is not sealed.
fn is_unsealed(conn: &mut Conn) -> Result<bool> {
    let is_any = !store::unsealed_ids(conn, 1)?.is_empty()
        || store::has_unsealed_keys(conn)?
        || !store::unsealed_copies(conn, 1)?.is_empty()
        || !store::unsealed_replacements(conn, 1)?.is_empty();
    store::tables()
        .iter()
        .try_fold(is_any, |is_any, table| Ok(is_any || !(table.unsealed)(conn, 1)?.is_empty()))
}

/// A row that is to be sealed, or the part of it that is new.
#[derive(Clone)]
struct Fact {
    brand: BrandId,
    entries: Vec<Entry>,
    mark: Mark,
}

/// How a row is marked as sealed.
#[derive(Clone)]
enum Mark {
    Visit(VisitId, i32),
    Before(VisitId, Instant),
    Copy(EvidenceId, Instant, Salt),
    Key(KeyId),
    Row(Kind, SealedRow),
}

/// What is new, and the ends of the chains that it is appended to.
struct News {
    facts: Vec<Fact>,
    last: BTreeMap<BrandId, (i64, String)>,
    /// Whether some table has more than is sealed at once.
    there_is_more: bool,
}

impl News {
    fn gather(conn: &mut Conn, secret: Option<&Secret>) -> Result<Self> {
        let (mut facts, mut there_is_more) = (Vec::new(), false);
        for more in [of_visits(conn)?, of_files(conn)?, of_keys(conn, secret)?] {
            there_is_more |= more.len() >= AT_ONCE;
            facts.extend(more);
        }
        for table in store::tables() {
            let rows = (table.unsealed)(conn, limit())?;
            there_is_more |= rows.len() >= AT_ONCE;
            for row in rows {
                facts.push(of_row(row)?);
            }
        }
        let mut last = BTreeMap::new();
        for Fact { brand, .. } in &facts {
            if !last.contains_key(brand)
                && let Some(end) = store::last(conn, *brand)?
            {
                last.insert(*brand, end);
            }
        }
        Ok(Self { facts, last, there_is_more })
    }
}

fn of_visits(conn: &mut Conn) -> Result<Vec<Fact>> {
    let mut facts = Vec::new();
    for (arrival, completion, sealed) in store::unsealed_visits(conn, limit())? {
        let mut entries = Vec::new();
        if sealed == 0 {
            entries.push(entry(&arrival)?);
        }
        if completion.completed_at.is_some() {
            entries.push(entry(&completion)?);
        }
        let mark = Mark::Visit(arrival.id, if completion.completed_at.is_some() { 2 } else { 1 });
        facts.push(Fact { brand: arrival.brand_id, entries, mark });
    }
    for anew in store::unsealed_replacements(conn, limit())? {
        let mark = Mark::Before(anew.visit_id, anew.replaced_at);
        facts.push(Fact { brand: anew.brand, entries: vec![entry(&anew)?], mark });
    }
    Ok(facts)
}

fn of_files(conn: &mut Conn) -> Result<Vec<Fact>> {
    let copies = store::unsealed_copies(conn, limit())?;
    let fact = |(mut copy, brand): (FileRead, BrandId)| {
        let salt = Salt::new()?;
        copy.salt = Some(salt.to_bytes().to_vec());
        let mark = Mark::Copy(copy.evidence_id, copy.made_at, salt);
        Ok(Fact { brand, entries: vec![entry(&copy)?], mark })
    };
    copies.into_iter().map(fact).collect()
}

fn of_keys(conn: &mut Conn, secret: Option<&Secret>) -> Result<Vec<Fact>> {
    let keys = store::unsealed_keys(conn, secret)?;
    let fact =
        |key: &KeptKey| Ok(Fact { brand: OF_NO_BRAND, entries: vec![entry(key)?], mark: Mark::Key(key.id) });
    keys.iter().map(fact).collect()
}

fn of_row(row: Row) -> Result<Fact> {
    let row = row.salted_anew()?;
    let entry = entry(&row)?;
    let Row { brand, key, salt, since, .. } = row;
    let mark = Mark::Row(key.kind, SealedRow { id: key.id, number: key.number, salt, at: since });
    Ok(Fact { brand, entries: vec![entry], mark })
}

fn entry(record: &impl Record) -> Result<Entry> {
    Ok(Entry { key: record.key(), digest: record.digest()? })
}

/// A batch for each brand that something is new of.
fn batches(
    seals: &Seals,
    facts: &[Fact],
    last: &BTreeMap<BrandId, (i64, String)>,
    now: Instant,
) -> Result<Vec<Batch>> {
    let mut of: BTreeMap<BrandId, Vec<Entry>> = BTreeMap::new();
    for Fact { brand, entries, .. } in facts {
        of.entry(*brand).or_default().extend(entries);
    }
    let batch = |(brand, entries): (BrandId, Vec<Entry>)| {
        next_batch(seals, brand, last.get(&brand), Entry::write(&entries), now)
    };
    of.into_iter().map(batch).collect()
}

/// The batch that follows the last one of a brand's chain.
pub(super) fn next_batch(
    seals: &Seals,
    brand: BrandId,
    last: Option<&(i64, String)>,
    entries: Vec<u8>,
    now: Instant,
) -> Result<Batch> {
    let statement = Statement {
        brand_id: brand,
        number: last.map_or(1, |(number, _)| number + 1),
        previous: last.map(|(_, seal)| Sha256::of(seal.as_bytes())),
        sealed_at: now,
        entries: Sha256::of(&entries),
    };
    let seal = seals.sign(TYPE, &statement, now)?;
    Ok(Batch { brand_id: brand, number: statement.number, sealed_at: now, entries, seal })
}

/// Appends the batches and marks what is in them as sealed, in one transaction.
fn keep(conn: &mut Conn, batches: &[Batch], facts: &[Fact]) -> Result<()> {
    for batch in batches {
        if !store::append(conn, batch)? {
            return Err(Error::new(Code::Conflict).detail("another server has sealed meanwhile"));
        }
    }
    let visits = |level: i32| {
        let of = move |fact: &Fact| match fact.mark {
            Mark::Visit(id, sealed) if sealed == level => Some(id),
            _ => None,
        };
        facts.iter().filter_map(of).collect::<Vec<_>>()
    };
    visits::store::set_sealed(conn, visits(1), 1)?;
    visits::store::set_sealed(conn, visits(2), 2)?;
    let (mut keys, mut rows) = (Vec::new(), BTreeMap::<Kind, Vec<SealedRow>>::new());
    for Fact { mark, .. } in facts {
        match mark {
            Mark::Visit(..) => {}
            Mark::Before(visit, at) => visits::store::set_before_sealed(conn, *visit, *at)?,
            Mark::Copy(id, at, salt) => evidence::store::set_sealed(conn, *id, *at, *salt)?,
            Mark::Key(id) => keys.push(*id),
            Mark::Row(kind, row) => rows.entry(*kind).or_default().push(row.clone()),
        }
    }
    for table in store::tables() {
        if let Some(rows) = rows.get(&table.kind) {
            (table.set_sealed)(conn, rows)?;
        }
    }
    seals::kept::set_sealed(conn, keys)
}
