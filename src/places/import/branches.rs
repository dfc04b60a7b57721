//! What the lines of a file make of the branches that a brand has.

use super::{
    file::BranchLine,
    tree::{Reached, Tree},
};
use crate::{
    db::types::Json,
    error::Result,
    ids::BranchId,
    places::{
        findings::Findings,
        model::{Branch, ImportedLine, LineOutcome},
        table::{ByKey, Taken, flaw},
    },
    precondition::Revised,
    text::look,
};

/// All branches that a file names.
#[derive(Default)]
pub(super) struct Branches {
    pub(super) new: Vec<Branch>,
    pub(super) changed: Vec<Branch>,
    pub(super) unchanged: usize,
    /// What became of each line.
    pub(super) lines: Vec<ImportedLine>,
    /// So many took their zone or their languages from their region or brand, and so many have no position.
    zones: usize,
    languages: usize,
    nowhere: usize,
}

/// What a line stands for: a branch that is there, or a new one that looks so.
#[derive(PartialEq, Eq, Hash)]
enum Stands {
    For(BranchId),
    New(String),
}

impl Branches {
    /// Holds the lines against the branches that the brand has, by their codes. The regions that are missing are made.
    ///
    /// # Errors
    /// `invalid` with every line whose branch would have to move, is there twice, or lacks what no default says.
    pub(super) fn compare(
        lines: &[BranchLine],
        old: Vec<Branch>,
        tree: &mut Tree<'_>,
        findings: &mut Findings,
    ) -> Result<Self> {
        let old = ByKey::new(old.into_iter().map(|branch| (branch.code.clone(), branch)));
        let (mut all, mut taken) = (Self::default(), Taken::new());
        for line in lines {
            let named = old.named((line.number, "branch"), &line.code, findings);
            let Ok(found) = named else { continue };
            let stands = found.map_or_else(|| Stands::New(look(&line.code)), |branch| Stands::For(branch.id));
            if let Err(first) = taken.take(stands, line.number) {
                findings.mistake(
                    line.number,
                    "branch",
                    &flaw!("duplicate", "import-code-alike", line = first),
                );
            } else if let Some(reached) = tree.reach(line, findings) {
                all.add(line, found, (tree, reached), findings);
            }
        }
        findings.none_or_error()?;
        all.note_defaults(findings);
        Ok(all)
    }

    fn add(
        &mut self,
        line: &BranchLine,
        old: Option<&Branch>,
        (tree, reached): (&Tree<'_>, Reached),
        findings: &mut Findings,
    ) {
        if old.is_some_and(|old| old.region_id != reached.region) {
            findings.mistake(line.number, "region", &flaw!("conflict", "import-elsewhere"));
            return;
        }
        let new = tree.branch(line, reached.region);
        let Some(new) = self.complete(new, line, old, reached, findings) else { return };
        let (outcome, fields) = match old {
            None => (LineOutcome::Created, Vec::new()),
            Some(old) if new == *old => (LineOutcome::Unchanged, Vec::new()),
            Some(old) => (LineOutcome::Changed, differences(&new, old)),
        };
        self.lines.push(ImportedLine { line: line.number, code: new.code.clone(), outcome, fields });
        match outcome {
            LineOutcome::Created => self.new.push(new),
            LineOutcome::Changed => self.changed.push(new.next()),
            LineOutcome::Unchanged => self.unchanged += 1,
        }
    }

    /// The branch with what its line does not say: what it had, or what its region or brand says for such branches.
    fn complete(
        &mut self,
        new: Branch,
        line: &BranchLine,
        old: Option<&Branch>,
        reached: Reached,
        findings: &mut Findings,
    ) -> Option<Branch> {
        let mut new = match old {
            // A file that calls it otherwise changes no code.
            Some(old) => Branch { id: old.id, code: old.code.clone(), ..new.in_place_of(old) },
            None => new,
        };
        let (mut lacks, defaults) = (false, reached.defaults);
        if line.time_zone.is_none() {
            match (old, defaults.time_zone) {
                (Some(old), _) => new.time_zone.clone_from(&old.time_zone),
                (None, Some(zone)) => (new.time_zone, self.zones) = (zone.into(), self.zones + 1),
                (None, None) => {
                    lacks = true;
                    let flaw = flaw!("required", "import-time-zone-needed");
                    findings.mistake(line.number, "time_zone", &flaw);
                }
            }
        }
        if line.languages.is_none() {
            match (old, defaults.languages) {
                (Some(old), _) => new.languages.clone_from(&old.languages),
                (None, Some(languages)) => {
                    (new.languages, self.languages) = (Json(languages.into_strings()), self.languages + 1);
                }
                (None, None) => {
                    lacks = true;
                    let flaw = flaw!("required", "import-languages-needed");
                    findings.mistake(line.number, "languages", &flaw);
                }
            }
        }
        if let Some(old) = old.filter(|_| line.position.is_none()) {
            (new.latitude, new.longitude) = (old.latitude, old.longitude);
        }
        self.nowhere += usize::from(new.latitude.is_none());
        (!lacks).then_some(new)
    }

    /// Says of how many branches something was not in the file.
    fn note_defaults(&self, findings: &mut Findings) {
        if self.zones > 0 {
            let flaw = flaw!("default", "import-note-time-zones", count = self.zones);
            findings.note(1, "time_zone", &flaw);
        }
        if self.languages > 0 {
            let flaw = flaw!("default", "import-note-languages", count = self.languages);
            findings.note(1, "languages", &flaw);
        }
        if self.nowhere > 0 {
            let flaw = flaw!("no_position", "import-note-no-position", count = self.nowhere);
            findings.note(1, "latitude", &flaw);
        }
    }
}

/// The columns in which two branches differ.
fn differences(new: &Branch, old: &Branch) -> Vec<&'static str> {
    let differs = [
        ("name", new.name != old.name),
        ("address", new.address != old.address),
        ("latitude", new.latitude != old.latitude),
        ("longitude", new.longitude != old.longitude),
        ("time_zone", new.time_zone != old.time_zone),
        ("languages", new.languages != old.languages),
    ];
    differs.into_iter().filter(|(_, differs)| *differs).map(|(column, _)| column).collect()
}
