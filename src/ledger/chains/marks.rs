//! Whether the rows that are said to be sealed stand in a batch, and the others in none.

use super::{
    super::{
        model::{Entry, Key, Kind},
        progress::{Progress, Stage},
        store::{self, Mark},
    },
    BATCHES_AT_ONCE, Walk,
};
use crate::{
    db::{Conn, types::Sha256},
    error::Result,
};

/// So many marks of rows are.
const MARKS_AT_ONCE: i64 = 5_000;

impl Walk<'_> {
    /// Reads the keys of the part that is looked at.
    pub(super) fn collect(&mut self, conn: &mut Conn) -> Result<()> {
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
    pub(super) fn has(&mut self, entries: &[Entry]) {
        let shorts = entries.iter().map(|entry| short(&entry.key));
        self.sealed.extend(shorts.filter(|short| self.part.has(*short)));
    }

    pub(super) fn marks(&mut self, conn: &mut Conn, all: u64) -> Result<()> {
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
