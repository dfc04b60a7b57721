//! Walking the chains: whether each batch follows from the one before, is signed, and says what is stored now.

use std::collections::{BTreeMap, HashMap, HashSet};

use data_encoding::BASE64URL_NOPAD as BASE64URL;
use jsonwebtoken::{Algorithm, Validation};

use super::{
    findings::Findings,
    model::{Entry, Key, Kind, LENGTH, Statement, TYPE},
    progress::{Progress, Stage},
    records::Record,
    store::{self, Batch, Mark, Table},
};
use crate::{
    db::{
        Conn,
        types::{Id, Instant, Sha256},
    },
    error::Result,
    ids::{BrandId, EvidenceId},
    seals::{Secret, SigningKey},
};

/// So many batches are held in memory at a time.
const BATCHES_AT_ONCE: i64 = 20;
/// So many marks of rows are.
const MARKS_AT_ONCE: i64 = 5_000;

/// The end of a brand's chain: kept elsewhere, it shows later that nothing was cut off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// Whose chain; zeros for what belongs to no brand.
    pub brand: BrandId,
    /// How many batches it has.
    pub number: i64,
    /// The digest of the last seal.
    pub digest: Sha256,
}

/// What came of walking the chains.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Walked {
    /// The ends of the chains.
    pub heads: Vec<Head>,
    /// How many entries are sealed.
    pub entries: u64,
    /// How many records are not sealed yet.
    pub unsealed: u64,
    /// Since when the oldest of them waits.
    pub since: Option<Instant>,
}

/// The walk through all chains.
pub(super) struct Walk<'w> {
    pub(super) keys: &'w [SigningKey],
    secret: Option<&'w Secret>,
    /// Files that were erased: what was read in them may be gone.
    erased: &'w HashSet<EvidenceId>,
    findings: &'w mut Findings,
    progress: &'w mut dyn FnMut(Progress),
    tables: Vec<Table>,
    pub(super) walked: Walked,
    /// So many keys are held in memory at a time: where there are more entries, the chains are read several times.
    keys_at_once: u64,
    /// Which records have an entry, by the digest of their keys: those of the part that is looked at.
    sealed: Vec<u64>,
    part: Part,
    /// Files that differ from an entry; one that was read anew has a later one, which counts.
    differing: BTreeMap<Key, &'static str>,
}

/// A part of all keys, by their digests.
#[derive(Clone, Copy)]
struct Part {
    number: u64,
    of: u64,
}

impl Part {
    /// Whether a key is in it.
    const fn has(self, short: u64) -> bool {
        (short as u128 * self.of as u128) >> 64 == self.number as u128
    }
}

/// A batch that the next one has to name.
struct Link {
    brand: BrandId,
    number: i64,
    seal: String,
}

/// What is looked at, and how.
pub(super) struct Look<'w> {
    pub(super) keys: &'w [SigningKey],
    pub(super) secret: Option<&'w Secret>,
    pub(super) erased: &'w HashSet<EvidenceId>,
    pub(super) keys_at_once: u64,
}

impl<'w> Walk<'w> {
    pub(super) fn new(
        look: Look<'w>,
        findings: &'w mut Findings,
        progress: &'w mut dyn FnMut(Progress),
    ) -> Self {
        let Look { keys, secret, erased, keys_at_once } = look;
        Self {
            keys,
            secret,
            erased,
            findings,
            progress,
            tables: store::tables(),
            walked: Walked::default(),
            keys_at_once,
            sealed: Vec::new(),
            part: Part { number: 0, of: 1 },
            differing: BTreeMap::new(),
        }
    }

    /// Walks through all chains, and then through all rows, whether those that are said to be sealed are.
    ///
    /// # Errors
    /// Those of the database.
    pub(super) fn all(&mut self, conn: &mut Conn) -> Result<()> {
        let entries = u64::try_from(store::length_of_entries(conn)?).unwrap_or_default() / LENGTH as u64;
        self.part.of = entries.div_ceil(self.keys_at_once.max(1)).max(1);
        self.chains(conn, entries)?;
        for (key, what) in std::mem::take(&mut self.differing) {
            self.findings.add(key, what);
        }
        for number in 0..self.part.of {
            self.part.number = number;
            if number > 0 {
                self.collect(conn)?;
            }
            self.sealed.sort_unstable();
            self.sealed.dedup();
            self.marks(conn, entries)?;
        }
        Ok(())
    }

    fn chains(&mut self, conn: &mut Conn, all: u64) -> Result<()> {
        let (mut after, mut link): (_, Option<Link>) = (None, None);
        loop {
            let page = store::batches(conn, after, BATCHES_AT_ONCE)?;
            let Some(last) = page.last() else { break };
            after = Some((last.brand_id, last.number));
            for batch in page {
                let ends = link.take_if(|link| link.brand != batch.brand_id);
                ends.into_iter().for_each(|link| self.ends(&link));
                self.follows(&batch, link.as_ref());
                self.compare(conn, &batch)?;
                link = Some(Link { brand: batch.brand_id, number: batch.number, seal: batch.seal });
            }
            (self.progress)(Progress { stage: Stage::Chains, done: self.walked.entries, all: Some(all) });
        }
        link.into_iter().for_each(|link| self.ends(&link));
        Ok(())
    }

    /// Reads the keys of the part that is looked at.
    fn collect(&mut self, conn: &mut Conn) -> Result<()> {
        self.sealed.clear();
        let mut after = None;
        loop {
            let page = store::batches(conn, after, BATCHES_AT_ONCE)?;
            let Some(last) = page.last() else { return Ok(()) };
            after = Some((last.brand_id, last.number));
            page.iter()
                .filter_map(|batch| Entry::read(&batch.entries))
                .for_each(|entries| self.has(&entries));
        }
    }

    /// Takes down which of these are in the part that is looked at.
    fn has(&mut self, entries: &[Entry]) {
        let shorts = entries.iter().map(|entry| short(&entry.key));
        self.sealed.extend(shorts.filter(|short| self.part.has(*short)));
    }

    /// Whether this batch says of itself what is stored, and follows from the one before. The one before is signed
    /// through it; where the key changes, its own signature is checked.
    fn follows(&mut self, batch: &Batch, before: Option<&Link>) {
        let about = format!("batch {} of {}", batch.number, batch.brand_id);
        let wanted = Statement {
            brand_id: batch.brand_id,
            number: before.map_or(1, |link| link.number + 1),
            previous: before.map(|link| Sha256::of(link.seal.as_bytes())),
            sealed_at: batch.sealed_at,
            entries: Sha256::of(&batch.entries),
        };
        if batch.number != wanted.number {
            self.findings.add(&about, format_args!("number {} is wanted here", wanted.number));
        } else if said(&batch.seal).as_ref() != Some(&wanted) {
            self.findings.add(&about, "its seal says otherwise");
        }
        if let Some(link) = before.filter(|link| kid(&link.seal) != kid(&batch.seal)) {
            self.is_signed(link);
        }
    }

    fn ends(&mut self, link: &Link) {
        self.is_signed(link);
        let digest = Sha256::of(link.seal.as_bytes());
        self.walked.heads.push(Head { brand: link.brand, number: link.number, digest });
    }

    fn is_signed(&mut self, link: &Link) {
        let about = format!("batch {} of {}", link.number, link.brand);
        let kid = kid(&link.seal).unwrap_or_default();
        let Some(key) = self.keys.iter().find(|key| key.id() == kid) else {
            return self.findings.add(about, format_args!("the key {kid} that signed it is not there"));
        };
        let mut rules = Validation::new(Algorithm::EdDSA);
        rules.set_required_spec_claims::<&str>(&[]);
        rules.validate_exp = false;
        rules.validate_aud = false;
        let read = jsonwebtoken::decode::<Statement>(link.seal.as_str(), key.verifying(), &rules);
        if !read.is_ok_and(|read| read.header.typ.as_deref() == Some(TYPE)) {
            self.findings.add(about, "its signature is not good");
        }
    }

    fn compare(&mut self, conn: &mut Conn, batch: &Batch) -> Result<()> {
        let Some(entries) = Entry::read(&batch.entries) else {
            self.findings
                .add(format_args!("batch {} of {}", batch.number, batch.brand_id), "it cannot be read");
            return Ok(());
        };
        self.walked.entries += entries.len() as u64;
        self.has(&entries);
        let mut by_kind: BTreeMap<Kind, Vec<&Entry>> = BTreeMap::new();
        entries.iter().for_each(|entry| by_kind.entry(entry.key.kind).or_default().push(entry));
        for (kind, entries) in by_kind {
            let stored = self.stored(conn, kind, &entries)?;
            entries.into_iter().for_each(|entry| self.entry(entry, stored.get(&entry.key.place())));
        }
        Ok(())
    }

    fn entry(&mut self, entry: &Entry, stored: Option<&Stored>) {
        const ALTERED: &str = "it is not what was sealed";
        const GONE: &str = "it was sealed, and is not there";
        let is_file = entry.key.kind == Kind::Copy;
        let wrong = match stored {
            Some(stored) if stored.number > entry.key.number => None,
            Some(stored) if stored.number < entry.key.number => Some("a later revision of it was sealed"),
            Some(stored) => (stored.digest != Some(entry.digest)).then_some(ALTERED),
            None if is_file && self.erased.contains(&Id::new(entry.key.id)) => None,
            None => Some(GONE),
        };
        match wrong {
            // Of what was read anew the last counts; of everything else each entry has to be right.
            None if is_file => {
                self.differing.remove(&entry.key);
            }
            None => {}
            Some(wrong) if is_file => {
                self.differing.insert(entry.key, wrong);
            }
            Some(wrong) => self.findings.add(entry.key, wrong),
        }
    }

    fn marks(&mut self, conn: &mut Conn, all: u64) -> Result<()> {
        let mut done = 0;
        self.marks_by(conn, store::marks_of_visits, &mut done, all)?;
        self.marks_by(conn, store::marks_of_replacements, &mut done, all)?;
        self.marks_by(conn, store::marks_of_copies, &mut done, all)?;
        self.marks_by(conn, store::marks_of_keys, &mut done, all)?;
        let pages: Vec<_> = self.tables.iter().map(|table| table.marks).collect();
        pages.into_iter().try_for_each(|page| self.marks_by(conn, page, &mut done, all))
    }

    fn marks_by<P: Copy>(
        &mut self,
        conn: &mut Conn,
        page: impl Fn(&mut Conn, Option<P>, i64) -> Result<store::Marks<P>>,
        done: &mut u64,
        all: u64,
    ) -> Result<()> {
        let mut after = None;
        loop {
            let (last, marks) = page(conn, after, MARKS_AT_ONCE)?;
            marks.iter().for_each(|mark| self.mark(mark));
            if last.is_none() {
                return Ok(());
            }
            after = last;
            *done += marks.len() as u64;
            let (done, all) = (*done + self.part.number * all, self.part.of * all);
            (self.progress)(Progress { stage: Stage::Rows, done, all: Some(all.max(done)) });
        }
    }

    fn mark(&mut self, mark: &Mark) {
        let short = short(&mark.key);
        if !self.part.has(short) {
            return;
        }
        if mark.is_ahead {
            self.findings.add(mark.key, "a later revision of it is marked as sealed");
        }
        let has_entry = self.sealed.binary_search(&short).is_ok();
        match (mark.is_sealed, has_entry) {
            (true, true) => {}
            (false, false) => {
                self.walked.unsealed += 1;
                self.walked.since = self.walked.since.into_iter().chain(mark.at).min();
            }
            (true, false) => self.findings.add(mark.key, "it is marked as sealed, and stands in no batch"),
            // A file that was read anew is sealed once more.
            (false, true) if mark.key.kind == Kind::Copy => {}
            (false, true) => self.findings.add(mark.key, "it is sealed, and marked as if it were not"),
        }
    }

    /// What is stored now of the records of these entries, by their places.
    fn stored(&self, conn: &mut Conn, kind: Kind, entries: &[&Entry]) -> Result<HashMap<Key, Stored>> {
        fn ids<T>(entries: &[&Entry]) -> Vec<Id<T>> {
            let mut ids: Vec<_> = entries.iter().map(|entry| Id::new(entry.key.id)).collect();
            ids.sort_unstable();
            ids.dedup();
            ids
        }
        fn stored(records: Vec<impl Record>) -> HashMap<Key, Stored> {
            let one = |record: &dyn Record| {
                let (key, digest) = (record.key(), record.digest().ok());
                (key.place(), Stored { number: key.number, digest })
            };
            records.iter().map(|record| one(record)).collect()
        }
        Ok(match kind {
            Kind::Arrival => stored(store::arrivals(conn, ids(entries))?),
            Kind::Completion => stored(store::completions(conn, ids(entries))?),
            Kind::Copy => stored(store::copies(conn, ids(entries))?),
            Kind::Key => stored(store::keys(conn, self.secret, ids(entries))?),
            Kind::Replacement => stored(store::replacements(conn, ids(entries))?),
            other => match self.tables.iter().find(|table| table.kind == other) {
                Some(table) => stored((table.with_ids)(conn, ids(entries))?),
                None => HashMap::new(),
            },
        })
    }
}

/// What is stored now of a record: its revision, or its number, and its digest; none if none can be made.
struct Stored {
    number: i32,
    digest: Option<Sha256>,
}

/// The first eight bytes of a key's digest.
fn short(key: &Key) -> u64 {
    let mut bytes = [0; 21];
    bytes[0] = key.kind as u8;
    bytes[1..17].copy_from_slice(key.id.as_bytes());
    bytes[17..].copy_from_slice(&key.number.to_be_bytes());
    let digest = Sha256::of(&bytes).to_bytes();
    let [a, b, c, d, e, f, g, h, ..] = digest;
    u64::from_be_bytes([a, b, c, d, e, f, g, h])
}

/// What a seal says, whether or not it is good.
fn said(seal: &str) -> Option<Statement> {
    serde_json::from_slice(&BASE64URL.decode(seal.split('.').nth(1)?.as_bytes()).ok()?).ok()
}

/// The key that a seal names.
fn kid(seal: &str) -> Option<String> {
    jsonwebtoken::decode_header(seal).ok()?.kid
}
