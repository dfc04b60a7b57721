//! Sealing what is new.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    model::{Entry, OF_NO_BRAND, Statement, TYPE},
    records::Record,
    store::{self, Batch},
};
use crate::{
    accounts,
    app::App,
    checklists,
    db::{
        Conn,
        notices::Topic,
        types::{Instant, Sha256},
    },
    error::{Code, Error, Result},
    evidence,
    ids::{BrandId, EventId, EvidenceId, GrantId, KeyId, VersionId, VisitId},
    outbox,
    seals::{self, Seals, Secret, salted::Salt},
    visits,
    work::{Queue, Standing, Task},
};

/// So many rows of a table are sealed in one transaction, so that nobody waits long for it.
const AT_ONCE: i64 = 250;
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
            let News { facts, last } = app.db.snapshot(gather).await?;
            if facts.is_empty() {
                break;
            }
            let batches = batches(&app.seals, &facts, &last, app.clock.now())?;
            app.db.write(move |conn| keep(conn, &batches, &facts)).await?;
        }
        Ok(())
    }
}

impl Standing for SealFacts {
    // Once a second is soon enough, and makes one batch of what came meanwhile.
    const WOKEN_BY: &'static [Topic] = &[];

    fn is_wanted(conn: &mut Conn, _: Instant) -> Result<bool> {
        store::is_unsealed(conn)
    }
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
    Step(VisitId, i32, Option<Salt>),
    Before(VisitId, Instant),
    Version(VersionId),
    Copy(EvidenceId, Instant, Salt),
    Event(EventId),
    Key(KeyId),
    Grant(GrantId),
}

/// What is new, and the ends of the chains that it is appended to.
struct News {
    facts: Vec<Fact>,
    last: BTreeMap<BrandId, (i64, String)>,
}

impl News {
    fn gather(conn: &mut Conn, secret: Option<&Secret>) -> Result<Self> {
        let facts = facts(conn, secret)?;
        let mut last = BTreeMap::new();
        for Fact { brand, .. } in &facts {
            if !last.contains_key(brand)
                && let Some(end) = store::last(conn, *brand)?
            {
                last.insert(*brand, end);
            }
        }
        Ok(Self { facts, last })
    }
}

fn facts(conn: &mut Conn, secret: Option<&Secret>) -> Result<Vec<Fact>> {
    let mut facts = Vec::new();
    for (arrival, completion, sealed) in store::unsealed_visits(conn, AT_ONCE)? {
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
    for anew in store::unsealed_replacements(conn, AT_ONCE)? {
        let mark = Mark::Before(anew.visit_id, anew.replaced_at);
        facts.push(Fact { brand: anew.brand, entries: vec![entry(&anew)?], mark });
    }
    for (mut step, brand) in store::unsealed_steps(conn, AT_ONCE)? {
        let salt = drawn(&mut step.salt, step.reason.is_some())?;
        let mark = Mark::Step(step.visit_id, step.number, salt);
        facts.push(Fact { brand, entries: vec![entry(&step)?], mark });
    }
    for (mut copy, brand) in store::unsealed_copies(conn, AT_ONCE)? {
        let salt = drawn(&mut copy.salt, true)?.ok_or_else(|| Error::internal("there is no salt"))?;
        let mark = Mark::Copy(copy.evidence_id, copy.made_at, salt);
        facts.push(Fact { brand, entries: vec![entry(&copy)?], mark });
    }
    for version in store::unsealed_versions(conn, AT_ONCE)? {
        let mark = Mark::Version(version.id);
        facts.push(Fact { brand: version.brand_id, entries: vec![entry(&version)?], mark });
    }
    for event in store::unsealed_events(conn, AT_ONCE)? {
        let mark = Mark::Event(event.id);
        facts.push(Fact {
            brand: event.brand_id.unwrap_or(OF_NO_BRAND),
            entries: vec![entry(&event)?],
            mark,
        });
    }
    for grant in store::unsealed_grants(conn, AT_ONCE)? {
        let mark = Mark::Grant(grant.id);
        facts.push(Fact {
            brand: grant.brand_id.unwrap_or(OF_NO_BRAND),
            entries: vec![entry(&grant)?],
            mark,
        });
    }
    for key in store::unsealed_keys(conn, secret)? {
        let mark = Mark::Key(key.id);
        facts.push(Fact { brand: OF_NO_BRAND, entries: vec![entry(&key)?], mark });
    }
    Ok(facts)
}

fn entry(record: &impl Record) -> Result<Entry> {
    Ok(Entry { key: record.key(), digest: record.digest()? })
}

/// A new salt in place of what there is, if one is needed.
fn drawn(salt: &mut Option<Vec<u8>>, is_needed: bool) -> Result<Option<Salt>> {
    if !is_needed {
        return Ok(None);
    }
    let bytes = seals::random::<16>()?;
    *salt = Some(bytes.to_vec());
    Ok(Some(Salt::from_bytes(bytes)))
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
        let last = last.get(&brand);
        let entries = Entry::write(&entries);
        let statement = Statement {
            brand_id: brand,
            number: last.map_or(1, |(number, _)| number + 1),
            previous: last.map(|(_, seal)| Sha256::of(seal.as_bytes())),
            sealed_at: now,
            entries: Sha256::of(&entries),
        };
        let seal = seals.sign(TYPE, &statement, now)?;
        Ok(Batch { brand_id: brand, number: statement.number, sealed_at: now, entries, seal })
    };
    of.into_iter().map(batch).collect()
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
    let (mut versions, mut events, mut keys, mut grants) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for Fact { mark, .. } in facts {
        match mark {
            Mark::Visit(..) => {}
            Mark::Before(visit, at) => visits::store::set_before_sealed(conn, *visit, *at)?,
            Mark::Step(visit, number, salt) => visits::store::set_step_sealed(conn, *visit, *number, *salt)?,
            Mark::Copy(id, at, salt) => evidence::store::set_sealed(conn, *id, *at, *salt)?,
            Mark::Version(id) => versions.push(*id),
            Mark::Event(id) => events.push(*id),
            Mark::Key(id) => keys.push(*id),
            Mark::Grant(id) => grants.push(*id),
        }
    }
    checklists::store::set_sealed(conn, versions)?;
    outbox::store::set_sealed(conn, events)?;
    accounts::store::set_grants_sealed(conn, grants)?;
    seals::kept::set_sealed(conn, keys)
}
