//! How a file of a brand's things is imported: read by itself first, and then held against what the brand has.

use tokio::task::spawn_blocking;

use super::{
    findings::{Findings, ImportNote},
    imported::{ImportedLine, LineOutcome},
    model::Brand,
    table::TableFile,
};
use crate::{
    accounts::policy::Scope,
    clock::Clock,
    db::{Conn, Db},
    error::{Error, Result},
    ids::BrandId,
    precondition::Revised,
};

/// What a file is to be imported into, and how.
pub(super) struct Wish {
    pub(super) scope: Scope,
    pub(super) brand: BrandId,
    /// The brand, if it is to be made with what is imported into it.
    pub(super) new_brand: Option<Brand>,
    pub(super) clock: Clock,
    /// Whether to say only what would change, and to write nothing.
    pub(super) dry_run: bool,
}

/// Reads a file and checks all of it that can be checked by itself.
type Read<L> = fn(&TableFile, &mut Findings) -> Result<Vec<L>>;
/// Writes what the lines of a file say, and counts it. It may run more than once.
type CarryOut<L, D> = fn(&mut Conn, &Wish, &[L], &mut Findings) -> Result<D>;

impl Wish {
    /// Imports a file in one transaction, or looks only; with what there is to say of it.
    ///
    /// # Errors
    /// Those of the two functions.
    pub(super) async fn fulfil<L, D>(
        self,
        db: &Db,
        file: TableFile,
        read: Read<L>,
        carry_out: CarryOut<L, D>,
    ) -> Result<(D, Vec<ImportNote>)>
    where
        L: Send + 'static,
        D: Send + 'static,
    {
        let (language, dry_run) = (file.language, self.dry_run);
        // A large file takes a while: not on a thread that others wait for.
        let read = move || {
            let mut findings = Findings::new(language);
            read(&file, &mut findings).map(|lines| (lines, findings))
        };
        let (lines, of_file) = spawn_blocking(read).await.map_err(Error::internal)??;
        let carry_out = move |conn: &mut Conn| {
            let mut findings = Findings::new(language);
            carry_out(conn, &self, &lines, &mut findings).map(|done| (done, findings.into_notes()))
        };
        let (done, notes) = if dry_run { db.snapshot(carry_out).await? } else { db.write(carry_out).await? };
        Ok((done, [of_file.into_notes(), notes].concat()))
    }
}

/// What the lines of a file make of the things that there are.
pub(super) struct Compared<T> {
    pub(super) new: Vec<T>,
    /// Each in its next revision.
    pub(super) changed: Vec<T>,
    pub(super) unchanged: usize,
    /// What became of each line.
    pub(super) lines: Vec<ImportedLine>,
}

impl<T> Default for Compared<T> {
    fn default() -> Self {
        Self { new: Vec::new(), changed: Vec::new(), unchanged: 0, lines: Vec::new() }
    }
}

impl<T: Revised> Compared<T> {
    /// Adds what a line says: a new thing with this code, or what the old one is to become. `differences` gives the columns
    /// in which two differ.
    pub(super) fn add(
        &mut self,
        (line, code): (u64, String),
        thing: T,
        old: Option<&T>,
        differences: fn(&T, &T) -> Vec<&'static str>,
    ) {
        let (outcome, fields) = match old {
            None => (LineOutcome::Created, Vec::new()),
            Some(old) if thing == *old => (LineOutcome::Unchanged, Vec::new()),
            Some(old) => (LineOutcome::Changed, differences(&thing, old)),
        };
        self.lines.push(ImportedLine { line, code, outcome, fields });
        match outcome {
            LineOutcome::Created => self.new.push(thing),
            LineOutcome::Changed => self.changed.push(thing.next()),
            LineOutcome::Unchanged => self.unchanged += 1,
        }
    }

    /// How many of the things that were there the file does not name.
    pub(super) fn not_named(&self, before: usize) -> usize {
        before.saturating_sub(self.changed.len() + self.unchanged)
    }
}

/// The columns that differ, of these.
pub(super) fn differing(columns: &[(&'static str, bool)]) -> Vec<&'static str> {
    columns.iter().filter(|(_, differs)| *differs).map(|(column, _)| *column).collect()
}

/// So many, as an answer counts them.
pub(super) fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
