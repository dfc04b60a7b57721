//! Walking the chains: whether each batch follows from the one before, is signed, and says what is stored now.

use std::collections::{BTreeMap, HashMap, HashSet};

use data_encoding::BASE64URL_NOPAD as BASE64URL;
use jsonwebtoken::{Algorithm, Validation};

use super::{
    findings::Findings,
    model::{Entry, Key, Kind, Statement, TYPE},
    records::Record,
    store::{self, Batch, Mark},
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
    pub(super) erased: &'w HashSet<EvidenceId>,
    pub(super) findings: &'w mut Findings,
    pub(super) walked: Walked,
    /// Which records have an entry, by the digest of their keys.
    sealed: Vec<u64>,
    /// Records that differ from an entry; a file that was read anew has a later one, which counts.
    differing: BTreeMap<Key, &'static str>,
}

/// A batch that the next one has to name.
struct Link {
    brand: BrandId,
    number: i64,
    seal: String,
}

impl<'w> Walk<'w> {
    pub(super) fn new(
        keys: &'w [SigningKey],
        secret: Option<&'w Secret>,
        erased: &'w HashSet<EvidenceId>,
        findings: &'w mut Findings,
    ) -> Self {
        let (walked, sealed, differing) = (Walked::default(), Vec::new(), BTreeMap::new());
        Self { keys, secret, erased, findings, walked, sealed, differing }
    }

    /// Walks through all chains, and then through all rows, whether those that are said to be sealed are.
    ///
    /// # Errors
    /// Those of the database.
    pub(super) fn all(&mut self, conn: &mut Conn) -> Result<()> {
        self.chains(conn)?;
        for (key, what) in std::mem::take(&mut self.differing) {
            self.findings.add(key, what);
        }
        self.sealed.sort_unstable();
        self.sealed.dedup();
        self.marks(conn)
    }

    fn chains(&mut self, conn: &mut Conn) -> Result<()> {
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
        }
        link.into_iter().for_each(|link| self.ends(&link));
        Ok(())
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
        self.sealed.extend(entries.iter().map(|entry| short(&entry.key)));
        for kind in Kind::ALL {
            let entries: Vec<_> = entries.iter().filter(|entry| entry.key.kind == kind).collect();
            if !entries.is_empty() {
                let stored = stored(conn, self.secret, kind, &entries)?;
                entries.into_iter().for_each(|entry| self.entry(entry, stored.get(&entry.key)));
            }
        }
        Ok(())
    }

    fn entry(&mut self, entry: &Entry, stored: Option<&Option<Sha256>>) {
        let is_erased = entry.key.kind == Kind::Copy && self.erased.contains(&Id::new(entry.key.id));
        match stored {
            Some(Some(digest)) if *digest == entry.digest => {
                // Of what was read anew the last counts; of everything else each entry has to be right.
                if entry.key.kind == Kind::Copy {
                    self.differing.remove(&entry.key);
                }
            }
            Some(_) => self.differs(entry.key, "it is not what was sealed"),
            // A grant is taken back by being deleted.
            None if is_erased || entry.key.kind == Kind::Grant => {}
            None => self.differs(entry.key, "it was sealed, and is not there"),
        }
    }

    fn differs(&mut self, key: Key, what: &'static str) {
        self.differing.insert(key, what);
    }

    fn marks(&mut self, conn: &mut Conn) -> Result<()> {
        self.marks_by(conn, store::marks_of_visits)?;
        self.marks_by(conn, store::marks_of_replacements)?;
        self.marks_by(conn, store::marks_of_steps)?;
        self.marks_by(conn, store::marks_of_copies)?;
        for kind in [Kind::Version, Kind::Event, Kind::Key, Kind::Grant] {
            self.marks_by(conn, |conn, after, limit| store::marks_of(conn, kind, after, limit))?;
        }
        Ok(())
    }

    fn marks_by<P: Copy>(
        &mut self,
        conn: &mut Conn,
        page: impl Fn(&mut Conn, Option<P>, i64) -> Result<store::Marks<P>>,
    ) -> Result<()> {
        let mut after = None;
        loop {
            let (last, marks) = page(conn, after, MARKS_AT_ONCE)?;
            marks.iter().for_each(|mark| self.mark(mark));
            if last.is_none() {
                return Ok(());
            }
            after = last;
        }
    }

    fn mark(&mut self, mark: &Mark) {
        let has_entry = self.sealed.binary_search(&short(&mark.key)).is_ok();
        match (mark.is_sealed, has_entry) {
            (true, true) => {}
            (false, false) => {
                self.walked.unsealed += 1;
                self.walked.since = Some(self.walked.since.map_or(mark.at, |since| since.min(mark.at)));
            }
            (true, false) => self.findings.add(mark.key, "it is marked as sealed, and stands in no batch"),
            // A file that was read anew is sealed once more.
            (false, true) if mark.key.kind == Kind::Copy => {}
            (false, true) => self.findings.add(mark.key, "it is sealed, and marked as if it were not"),
        }
    }
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

/// The digests that the records of these entries have now; none of a record whose digest cannot be made.
fn stored(
    conn: &mut Conn,
    secret: Option<&Secret>,
    kind: Kind,
    entries: &[&Entry],
) -> Result<HashMap<Key, Option<Sha256>>> {
    fn ids<T>(entries: &[&Entry]) -> Vec<Id<T>> {
        let mut ids: Vec<_> = entries.iter().map(|entry| Id::new(entry.key.id)).collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    }
    fn digests(records: Vec<impl Record>) -> HashMap<Key, Option<Sha256>> {
        records.iter().map(|record| (record.key(), record.digest().ok())).collect()
    }
    Ok(match kind {
        Kind::Arrival => digests(store::arrivals(conn, ids(entries))?),
        Kind::Completion => digests(store::completions(conn, ids(entries))?),
        Kind::Step => digests(store::steps(conn, ids(entries))?),
        Kind::Version => digests(store::versions(conn, ids(entries))?),
        Kind::Copy => digests(store::copies(conn, ids(entries))?),
        Kind::Event => digests(store::events(conn, ids(entries))?),
        Kind::Key => digests(store::keys(conn, secret, ids(entries))?),
        Kind::Grant => digests(store::grants(conn, ids(entries))?),
        Kind::Replacement => digests(store::replacements(conn, ids(entries))?),
    })
}

/// What a seal says, whether or not it is good.
fn said(seal: &str) -> Option<Statement> {
    serde_json::from_slice(&BASE64URL.decode(seal.split('.').nth(1)?.as_bytes()).ok()?).ok()
}

/// The key that a seal names.
fn kid(seal: &str) -> Option<String> {
    jsonwebtoken::decode_header(seal).ok()?.kid
}
