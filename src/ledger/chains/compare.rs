//! Whether the records of a batch's entries say now what they said when they were sealed.

use std::{
    collections::{BTreeMap, HashMap},
    fmt,
};

use super::{
    super::{
        digests::{Digest, digests},
        model::{Entry, Key, Kind},
        store::Batch,
    },
    Walk,
};
use crate::{
    db::{Conn, types::Sha256},
    error::Result,
};

/// What is stored now of a record: its revision, or its number, and its digest; none if none can be made.
struct Stored {
    number: i32,
    digest: Option<Sha256>,
}

/// What is wrong with a record that was sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::ledger) enum Wrong {
    Altered,
    Behind,
    Gone,
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Altered => "it is not what was sealed",
            Self::Behind => "a later revision of it was sealed",
            Self::Gone => "it was sealed, and is not there",
        })
    }
}

impl Walk<'_> {
    pub(super) fn compare(&mut self, conn: &mut Conn, batch: &Batch) -> Result<()> {
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
        let is_file = entry.key.kind == Kind::Copy;
        let wrong = match stored {
            Some(stored) if stored.number > entry.key.number => None,
            Some(stored) if stored.number < entry.key.number => Some(Wrong::Behind),
            Some(stored) => (stored.digest != Some(entry.digest)).then_some(Wrong::Altered),
            None => Some(Wrong::Gone),
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

    /// What is stored now of the records of these entries, by their places.
    fn stored(&self, conn: &mut Conn, kind: Kind, entries: &[&Entry]) -> Result<HashMap<Key, Stored>> {
        let mut ids: Vec<_> = entries.iter().map(|entry| entry.key.id).collect();
        ids.sort_unstable();
        ids.dedup();
        let digests = digests(conn, &self.tables, self.secret, kind, &ids)?;
        let stored = |(key, digest): Digest| (key.place(), Stored { number: key.number, digest });
        Ok(digests.into_iter().map(stored).collect())
    }
}
