//! What the lines of a file make of the branches that a brand has.

use super::{
    file::BranchLine,
    tree::{Reached, Tree},
};
use crate::{
    db::types::Json,
    error::Result,
    places::{
        findings::Findings,
        importing::{Compared, differing},
        model::Branch,
        table::{ByKey, Stands, Taken, flaw},
    },
    precondition::Revised,
};

/// Holds the lines against the branches that the brand has, by their codes. The regions that are missing are made.
///
/// # Errors
/// `invalid` with every line whose branch would have to move, is there twice, or lacks what no default says.
pub(super) fn compare(
    lines: &[BranchLine],
    old: Vec<Branch>,
    tree: &mut Tree<'_>,
    findings: &mut Findings,
) -> Result<Compared<Branch>> {
    let old = ByKey::new(old.into_iter().map(|branch| (branch.code.clone(), branch)));
    let (mut all, mut unsaid, mut taken) = (Compared::default(), Unsaid::default(), Taken::new());
    for line in lines {
        let named = old.named((line.number, "branch"), &line.code, findings);
        let Ok(found) = named else { continue };
        let stands = Stands::of(found.map(|branch| branch.id), &line.code);
        if let Err(first) = taken.take(stands, line.number) {
            findings.mistake(line.number, "branch", &flaw!("duplicate", "import-code-alike", line = first));
            continue;
        }
        let Some(reached) = tree.reach(line, findings) else { continue };
        if found.is_some_and(|old| old.region_id != reached.region) {
            findings.mistake(line.number, "region", &flaw!("conflict", "import-elsewhere"));
            continue;
        }
        match found.map(|old| old.retired_at.is_some()) {
            None if reached.is_retired => {
                findings.mistake(line.number, "region", &flaw!("retired", "import-region-retired"));
                continue;
            }
            Some(true) => findings.note(line.number, "branch", &flaw!("retired", "import-note-retired")),
            _ => {}
        }
        let new = tree.branch(line, reached.region);
        if let Some(branch) = unsaid.complete(new, line, found, reached, findings) {
            all.add((line.number, branch.code.clone()), branch, found, differences);
        }
    }
    findings.none_or_error()?;
    unsaid.note(findings);
    Ok(all)
}

/// How many branches have something that their lines do not say.
#[derive(Default)]
struct Unsaid {
    /// So many took their zone from their region or brand.
    zones: usize,
    /// So many took their languages from there.
    languages: usize,
    /// So many have no position.
    nowhere: usize,
}

impl Unsaid {
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
    fn note(&self, findings: &mut Findings) {
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
    differing(&[
        ("name", new.name != old.name),
        ("address", new.address != old.address),
        ("latitude", new.latitude != old.latitude),
        ("longitude", new.longitude != old.longitude),
        ("time_zone", new.time_zone != old.time_zone),
        ("languages", new.languages != old.languages),
    ])
}
