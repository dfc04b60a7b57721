//! What follows from other rows: a visit's state from its steps, its place and version from its assignment, its moment of
//! completion from its files. It is looked at for all rows, sealed or not.

mod copies;
mod life;
mod visit_life;

use std::collections::{HashMap, HashSet};

use jiff::tz::TimeZone;

use super::{findings::Findings, store};
use crate::{
    checklists::manifest::Manifest,
    db::{Conn, types::Instant},
    error::Result,
    evidence::{self, model::Evidence},
    fieldwork::assignments::{self, store::Wanted},
    ids::{AccountId, AssignmentId, EvidenceId, VisitId},
    months::Month,
    visits::{
        self,
        completion::Completion,
        model::{Visit, VisitHead, made_at},
        parts::content_hash,
        state::{State, Step},
        store::Before,
        taken::TakenStep,
        unreadable::{Problems, unreadable},
    },
};

const HOUR: i64 = 3_600;
/// The clocks of the earth are so much behind UTC at the most, and so much ahead of it.
const ZONES: (i64, i64) = (-12 * HOUR, 14 * HOUR);

/// What other tables say of one visit.
#[derive(Default)]
struct Beside {
    /// Its steps, in their order.
    steps: Vec<TakenStep>,
    /// The files that it was taken without.
    without: Vec<EvidenceId>,
    /// What it was before it was sent anew, in the order of that.
    before: Vec<Before>,
    /// Since when it is to be sent anew.
    anew_since: Option<Instant>,
    /// Whether another visit is wanted in its place.
    wanted_again: bool,
    /// Until when its last return is to be answered.
    answer_by: Option<Instant>,
    /// The steps that the audit has of it: their numbers, and who took them.
    recorded: Vec<(Option<i64>, Option<AccountId>)>,
}

/// What was learned on the way.
#[derive(Default)]
pub(super) struct Facts {
    pub(super) findings: Findings,
    /// The files that were erased.
    pub(super) erased: HashSet<EvidenceId>,
    /// Why files of the visits that are looked at cannot be read.
    problems: Problems,
}

impl Facts {
    /// Looks at some visits, in the order of their ids.
    ///
    /// # Errors
    /// Those of the database.
    pub(super) fn visits(&mut self, conn: &mut Conn, page: &[Visit]) -> Result<()> {
        let mut beside = beside(conn, page.iter().map(|visit| visit.head.id).collect())?;
        let wanted = page.iter().map(|visit| visit.head.assignment_id).collect();
        let wanted = assignments::store::wanted(conn, wanted)?;
        let wanted: HashMap<AssignmentId, Wanted> = wanted.into_iter().map(|one| (one.id, one)).collect();
        let named = page.iter().flat_map(|visit| visit.manifest().iter()).map(|file| file.id);
        let named: Vec<_> = named.collect();
        let mut files: HashMap<EvidenceId, Evidence> = HashMap::new();
        for some in named.chunks(1_000) {
            let found = evidence::store::with_ids(conn, some.to_vec())?;
            files.extend(found.into_iter().map(|file| (file.id, file)));
        }
        self.problems.clear();
        let before =
            beside.values().flat_map(|one| &one.before).flat_map(|was| was.content.0.manifest.iter());
        let named: Vec<_> = named.into_iter().chain(before.map(|file| file.id)).collect();
        for some in named.chunks(1_000) {
            self.problems.extend(evidence::store::problems(conn, some.to_vec())?);
        }
        for visit in page {
            let beside = beside.remove(&visit.head.id).unwrap_or_default();
            self.visit(visit, &beside, wanted.get(&visit.head.assignment_id), &files);
        }
        Ok(())
    }

    /// Looks whether there is what a phone sent for each visit, and a visit for each of that.
    ///
    /// # Errors
    /// Those of the database.
    pub(super) fn contents(&mut self, conn: &mut Conn) -> Result<()> {
        let (bare, left) = store::contents_apart(conn)?;
        for id in bare {
            self.findings.add(format_args!("visit {id}"), "what its phone sent is not there");
        }
        for id in left {
            self.findings.add(format_args!("visit {id}"), "it is not there, but what its phone sent is");
        }
        Ok(())
    }

    fn visit(
        &mut self,
        visit: &Visit,
        beside: &Beside,
        wanted: Option<&Wanted>,
        files: &HashMap<EvidenceId, Evidence>,
    ) {
        let (head, steps) = (&visit.head, &beside.steps);
        let about = format!("visit {}", head.id);
        match visit_life::state_by(steps, head.completed_at) {
            Some(state) if state == head.state => {}
            Some(state) => {
                self.findings
                    .add(&about, format_args!("it is {}, and by its steps it is {state}", head.state));
            }
            None => self.findings.add(&about, "its steps do not follow from each other"),
        }
        if beside.wanted_again != steps.last().is_some_and(TakenStep::wants_again) {
            self.findings
                .add(&about, "whether another visit is wanted in its place is not what its steps say");
        }
        let is_taken = |(number, by): &(Option<i64>, Option<AccountId>)| {
            steps.iter().any(|step| *number == Some(step.number.into()) && *by == step.account_id)
        };
        if !beside.recorded.iter().all(is_taken) {
            self.findings.add(&about, "the audit has a step of it that was not taken");
        }
        self.sent_anew(&about, beside);
        self.revised(&about, head, beside);
        let Some(wanted) = wanted else {
            return self.findings.add(&about, "its assignment is not there");
        };
        let own = (head.brand_id, head.branch_id, head.version_id, Some(head.shopper_id));
        if own != (wanted.brand_id, wanted.branch_id, wanted.version_id, wanted.shopper_id) {
            self.findings.add(&about, "brand, branch, version or shopper are not those of its assignment");
        }
        let made_at = made_at(visit.content.0.started_at, wanted.opens_at, head.received_at);
        let month = |shift: i64| Month::of(made_at.plus_seconds(shift), &TimeZone::UTC);
        if !(month(ZONES.0)..=month(ZONES.1)).contains(&head.month) {
            self.findings
                .add(&about, format_args!("it counts in {}, and was made in {}", head.month, month(0)));
        }
        self.files(visit, &about, files, beside);
    }

    /// Whether what it was before has its digest, and whether it is to be sent anew by its steps.
    ///
    /// A phone may replace a file that the server cannot read without a request for that.
    fn sent_anew(&mut self, about: &str, Beside { steps, before, anew_since, .. }: &Beside) {
        for was in before {
            let parts = was.parts.as_ref().map(|parts| &parts.0);
            if content_hash(&was.content.0, parts).ok() != Some(was.content_hash) {
                let what = format_args!("what it was until {} is not that of its digest", was.replaced_at);
                self.findings.add(about, what);
            }
        }
        let asks = |step: &&TakenStep| step.step() == Some(Step::SendAnew);
        let asked = steps.iter().rfind(asks).map(|step| step.taken_at);
        let answered = before.last().map(|was| was.replaced_at);
        let awaited = asked.filter(|asked| answered.is_none_or(|answered| answered < *asked));
        // Of what was asked and sent at one moment either may have come first.
        let is_at_once = asked.is_some() && asked == answered && *anew_since == asked;
        if *anew_since != awaited && !is_at_once {
            self.findings.add(about, "whether it is to be sent anew is not what its steps say");
        }
        let unasked = before.iter().filter(|was| self.has_unreadable(&was.content.0.manifest)).count();
        let revisions = revisions(steps).count();
        if before.len() > steps.iter().filter(asks).count() + revisions + unasked {
            self.findings.add(about, "it was sent anew more often than that was asked");
        }
    }

    /// Whether the revision that is kept is the one that its steps brought, and each took the place of what is kept beside.
    fn revised(&mut self, about: &str, head: &VisitHead, Beside { steps, before, answer_by, .. }: &Beside) {
        let asked = steps.iter().rev().find_map(|step| step.details().asked);
        if *answer_by != asked.map(|asked| asked.answer_by) {
            self.findings.add(about, "the time to answer its return is not the one that its steps say");
        }
        let last = revisions(steps).last();
        let by_steps = last.map_or((0, None), |(number, at)| (number, Some(at)));
        if (head.revision, head.revised_at) != by_steps {
            let what =
                format_args!("revision {} is kept, and by its steps it is {}", head.revision, by_steps.0);
            self.findings.add(about, what);
        }
        for (number, at) in revisions(steps) {
            if !before.iter().any(|was| was.replaced_at == at) {
                let what = format_args!("what revision {number} took the place of is not there");
                self.findings.add(about, what);
            }
        }
    }

    /// Whether the server cannot read some of these files.
    fn has_unreadable(&self, manifest: &Manifest) -> bool {
        !unreadable(manifest, &self.problems).is_empty()
    }

    fn files(
        &mut self,
        visit: &Visit,
        about: &str,
        files: &HashMap<EvidenceId, Evidence>,
        Beside { steps, without, before, .. }: &Beside,
    ) {
        let (head, manifest) = (&visit.head, visit.manifest());
        let is_erased = |place: usize| {
            visit.parts().is_some_and(|parts| parts.erased.contains_key(&format!("/manifest/{place}/sha256")))
        };
        let erased = manifest.iter().enumerate().filter(|(place, _)| is_erased(*place));
        let erased: Vec<_> = erased.map(|(_, file)| file.id).collect();
        if !erased.is_empty() {
            self.erased.extend(erased);
            return;
        }
        let here = manifest.iter().filter_map(|file| files.get(&file.id).filter(|file| file.is_kept()));
        let files: Vec<_> = here.cloned().collect();
        let completion = match (Completion::of(head, manifest, &files), before.last()) {
            // What was sent anew is complete then at the earliest.
            (Completion::At(at), Some(was)) => Completion::At(at.max(was.replaced_at)),
            (completion, _) => completion,
        };
        if let Some(taken) = steps.iter().find(|step| step.step() == Some(Step::TakeWithout)) {
            let at = taken.taken_at;
            if head.completed_at != Some(at) {
                self.findings
                    .add(about, format_args!("it was taken without files at {at}, and was complete then"));
            }
            if without.is_empty() {
                self.findings.add(about, "it was taken without files, and none is named");
            }
            for file in completion.missing().into_iter().filter(|file| !without.contains(file)) {
                self.findings.add(about, format_args!("its file {file} is not there as it says"));
            }
            return;
        }
        if !without.is_empty() {
            self.findings.add(about, "it is said to have come without files, and no step took it so");
        }
        match (head.completed_at, completion.at()) {
            (stored, computed) if stored == computed => {}
            // A file took the place of an unreadable one after the visit was complete.
            (Some(stored), Some(computed))
                if before.last().is_some_and(|was| {
                    stored < was.replaced_at
                        && computed == was.replaced_at
                        && (head.revision > 0 || self.has_unreadable(&was.content.0.manifest))
                }) => {}
            (Some(stored), Some(computed)) => {
                self.findings
                    .add(about, format_args!("complete at {stored}, and by its files at {computed}"));
            }
            // One that was rejected waited for no file any more.
            (None, Some(computed)) if head.state == State::Submitted && !self.has_unreadable(manifest) => {
                self.findings.add(
                    about,
                    format_args!("not said to be complete, and by its files it is, at {computed}"),
                );
            }
            (Some(_), None) => {
                for file in completion.missing() {
                    self.findings.add(
                        about,
                        format_args!("it is complete, and its file {file} is not there as it says"),
                    );
                }
            }
            (None, _) => {}
        }
    }
}

/// The revisions that these steps brought, each with its moment.
fn revisions(steps: &[TakenStep]) -> impl Iterator<Item = (i32, Instant)> {
    steps.iter().filter_map(|step| Some((step.details().revision?, step.taken_at)))
}

/// What other tables say of these visits.
fn beside(conn: &mut Conn, ids: Vec<VisitId>) -> Result<HashMap<VisitId, Beside>> {
    let mut all: HashMap<VisitId, Beside> = HashMap::new();
    for step in visits::store::steps::of_visits(conn, ids.clone())? {
        all.entry(step.visit_id).or_default().steps.push(step);
    }
    for (visit, file) in visits::store::anew::all_without(conn, ids.clone())? {
        all.entry(visit).or_default().without.push(file);
    }
    for was in visits::store::before(conn, ids.clone())? {
        all.entry(was.visit_id).or_default().before.push(was);
    }
    for visit in visits::store::wanted_again(conn, ids.clone())? {
        all.entry(visit).or_default().wanted_again = true;
    }
    for (visit, until) in visits::store::returns::all_answer_by(conn, ids.clone())? {
        all.entry(visit).or_default().answer_by = Some(until);
    }
    for (subject, by, details) in store::recorded_steps(conn, &ids)? {
        let number = details.0.get("number").and_then(serde_json::Value::as_i64);
        if let Some(visit) = subject {
            all.entry(visit.cast()).or_default().recorded.push((number, by));
        }
    }
    for (visit, since) in visits::store::anew::anew_since(conn, ids)? {
        all.entry(visit).or_default().anew_since = Some(since);
    }
    Ok(all)
}
