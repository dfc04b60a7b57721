//! Walking the chains: whether each batch follows from the one before, is signed, and says what is stored now.

mod compare;
mod marks;

use std::collections::BTreeMap;

use data_encoding::BASE64URL_NOPAD as BASE64URL;
use jsonwebtoken::{Algorithm, Validation};

pub(super) use self::compare::Wrong;
use super::{
    findings::Findings,
    model::{Key, LENGTH, Statement, TYPE},
    progress::{Progress, Stage},
    store::{self, Batch, Table},
};
use crate::{
    db::{
        Conn,
        types::{Instant, Sha256},
    },
    error::Result,
    ids::BrandId,
    seals::{Secret, SigningKey},
};

/// So many batches are held in memory at a time.
const BATCHES_AT_ONCE: i64 = 20;

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
    keys: &'w [SigningKey],
    secret: Option<&'w Secret>,
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
    differing: BTreeMap<Key, Wrong>,
    /// Files that were read, of which nothing is stored: that is right of those that were erased.
    pub(super) gone: Vec<Key>,
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
    pub(super) keys_at_once: u64,
}

impl<'w> Walk<'w> {
    pub(super) fn new(
        look: Look<'w>,
        findings: &'w mut Findings,
        progress: &'w mut dyn FnMut(Progress),
    ) -> Self {
        let Look { keys, secret, keys_at_once } = look;
        Self {
            keys,
            secret,
            findings,
            progress,
            tables: store::tables(),
            walked: Walked::default(),
            keys_at_once,
            sealed: Vec::new(),
            part: Part { number: 0, of: 1 },
            differing: BTreeMap::new(),
            gone: Vec::new(),
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
        for (key, wrong) in std::mem::take(&mut self.differing) {
            match wrong {
                Wrong::Gone => self.gone.push(key),
                wrong => self.findings.add(key, wrong),
            }
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
        } else if stated(&batch.seal).as_ref() != Some(&wanted) {
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
}

/// What a seal says, whether or not it is good.
fn stated(seal: &str) -> Option<Statement> {
    serde_json::from_slice(&BASE64URL.decode(seal.split('.').nth(1)?.as_bytes()).ok()?).ok()
}

/// The key that a seal names.
fn kid(seal: &str) -> Option<String> {
    jsonwebtoken::decode_header(seal).ok()?.kid
}
