//! A visit as it is looked at: what its phone sent, beside what it is held against.

use std::collections::BTreeSet;

use jiff::tz::TimeZone;

use super::{
    answers, language,
    model::{Flag, FlagEvidence},
    photos::{self, VisitFile},
    place::{self, Point, Stay},
    store::traces::Traces,
    text::{self, Shingles, Written},
    time::{self, Span},
    unseen::{Unseen, UnseenFile},
};
use crate::{
    checklists::{manifest, model::AnswerKind, prepared::Prepared},
    db::types::Instant,
    fieldwork::{
        campaigns::terms::{CampaignLimits, Terms},
        shoppers::tie::Tie,
    },
    ids::AccountId,
    places,
    visits::model::{Submission, Visit, VisitHead},
};

/// A visit with all that there is to hold against it.
#[derive(Debug)]
pub struct Seen {
    visit: Visit,
    number: i32,
    window: Span,
    assigned_at: Instant,
    /// Those of its campaign, if it was made for one.
    terms: Option<Terms>,
    /// Where its branch is, if that is known.
    branch: Option<Point>,
    ended_at: Option<Instant>,
    tie: Option<Tie>,
    zone: TimeZone,
    /// In the order of the manifest.
    files: Vec<VisitFile>,
    lines: Vec<FlagEvidence>,
    /// What the checklist itself says is wrong with the answers.
    against_checklist: Vec<Flag>,
    /// In which language its shopper wrote, as far as that is known.
    language: Option<&'static str>,
    /// The languages that were to be expected.
    expected: Vec<String>,
}

impl Seen {
    /// This visit, which was made with this checklist.
    pub fn new(unseen: Unseen, checklist: &Prepared) -> Self {
        let Unseen { visit, number, window, assigned_at, terms, branch, ended_at, tie, mut files } = unseen;
        let named = visit.manifest().iter();
        Self {
            files: named.filter_map(|named| visit_file(named, &mut files, checklist)).collect(),
            lines: answers::straight_lines(checklist, &visit.content.0.answers),
            against_checklist: answers::against_checklist(checklist, visit.content.0.filled()),
            language: language::of(text::written(&visit.content.0).map(|written| written.text)),
            expected: checklist.content().languages.iter().chain(&branch.languages.0).cloned().collect(),
            number,
            window,
            assigned_at,
            terms,
            ended_at,
            tie,
            branch: Point::of_branch(&branch),
            zone: places::model::time_zone(&branch.time_zone).unwrap_or(TimeZone::UTC),
            visit,
        }
    }

    /// What is known of the visit.
    pub fn visit(&self) -> &VisitHead {
        &self.visit.head
    }

    /// Which look at it this is: by how many contents it had had before.
    pub fn number(&self) -> i32 {
        self.number
    }

    /// The time limits of its campaign, or the usual ones outside of any.
    pub fn limits(&self) -> CampaignLimits {
        self.terms.as_ref().map(|terms| terms.limits.clone()).unwrap_or_default()
    }

    /// When all of it had come.
    pub fn whole_at(&self) -> Instant {
        self.visit.head.completed_at.unwrap_or(self.visit.head.received_at)
    }

    /// Whether its campaign has visits approved by lot in which nothing is found.
    pub fn is_approved_by_lot(&self) -> bool {
        self.terms.as_ref().is_some_and(|terms| terms.automatic_approval.is_some())
    }

    /// In which language its shopper wrote, as far as that is known.
    pub fn language(&self) -> Option<String> {
        self.language.map(str::to_owned)
    }

    /// Its files that are kept, in the order of the manifest.
    pub fn files(&self) -> &[VisitFile] {
        &self.files
    }

    /// Whether this shopper made it.
    pub fn is_by(&self, shopper: AccountId) -> bool {
        self.visit.head.shopper_id == shopper
    }

    /// Where its shopper was, and when.
    pub fn stay(&self) -> Stay {
        Stay::new(self.visit.head.id, self.submission(), self.branch)
    }

    /// What its shopper wrote, as far as it is long enough to be compared.
    pub fn texts(&self) -> impl Iterator<Item = (Written<'_>, Shingles)> {
        text::written(self.submission()).filter_map(|written| Some((written, Shingles::of(written.text)?)))
    }

    /// By what later looks find it.
    pub fn traces(&self) -> Traces {
        Traces {
            stay: self.stay(),
            looks: self.files.iter().filter_map(|file| Some((file.id, file.look()?))).collect(),
            bands: self.bands(),
        }
    }

    /// The digests of its texts.
    pub fn bands(&self) -> BTreeSet<i64> {
        self.texts().flat_map(|(_, shingles)| shingles.bands()).collect()
    }

    fn submission(&self) -> &Submission {
        &self.visit.content.0
    }

    /// What is found in the visit alone.
    pub fn flags(&self) -> Vec<Flag> {
        let of_visit = self.place_and_time().into_iter().chain(self.lines.iter().cloned());
        let of_visit = of_visit.map(Flag::of_visit).chain(self.against_checklist.iter().cloned());
        of_visit.chain(self.files.iter().flat_map(|file| self.of_file(file))).collect()
    }

    fn place_and_time(&self) -> Vec<FlagEvidence> {
        let (submission, received_at) = (self.submission(), self.visit.head.received_at);
        let outside_hours = || time::outside_hours(submission, self.terms.as_ref()?, &self.zone);
        // What a clock says that was reset is neither late nor early.
        let behind = time::clock_behind(submission, self.window, self.assigned_at);
        let can_be = behind.is_none() && !time::clock_far_ahead(submission, received_at);
        let if_clock_can_be = |flag: Option<FlagEvidence>| flag.filter(|_| can_be);
        let found = [
            match self.branch {
                Some(branch) => place::far_away(&submission.positions, branch),
                None => Some(FlagEvidence::BranchWithoutPosition {}),
            },
            place::position_unknown(&submission.positions),
            place::mock_position(&submission.positions),
            time::too_short(submission),
            if_clock_can_be(time::reported_late(submission, received_at)),
            // A visit that missed the window has missed its days and hours as well.
            if_clock_can_be(time::window_missed(submission, self.window).or_else(outside_hours)),
            behind.clone(),
            self.tie.map(|tie| FlagEvidence::Tied { tie }),
            self.ended_at.map(|ended| time::grant_ended(ended, received_at)),
            language::unexpected(self.language, &self.expected),
        ];
        found.into_iter().flatten().chain(time::clock_wrong(submission, received_at)).collect()
    }

    fn of_file(&self, file: &VisitFile) -> Vec<Flag> {
        let made = Span { from: self.submission().started_at, to: self.submission().ended_at };
        let found = [
            self.branch.and_then(|branch| photos::taken_elsewhere(file, branch)),
            photos::taken_at_another_time(file, made, &self.zone),
            photos::unreadable(file),
            photos::recording_too_long(file),
        ];
        found.into_iter().flatten().map(|evidence| Flag::of_question(&file.question, evidence)).collect()
    }
}

/// The file that the manifest names, if it is kept.
fn visit_file(
    named: &manifest::Entry,
    files: &mut Vec<UnseenFile>,
    checklist: &Prepared,
) -> Option<VisitFile> {
    let place = files.iter().position(|one| one.file.id == named.id && one.file.is_kept())?;
    let UnseenFile { file, copy } = files.swap_remove(place);
    let kind = checklist.question(named.question.as_str()).map(|question| &question.answer);
    Some(VisitFile {
        id: file.id,
        is_signature: matches!(kind, Some(AnswerKind::Signature {})),
        most_seconds: match kind {
            Some(AnswerKind::Audio { max_seconds, .. }) => Some(*max_seconds),
            _ => None,
        },
        question: named.question.clone(),
        sha256: file.sha256,
        kept_at: file.kept_at,
        copy,
    })
}
