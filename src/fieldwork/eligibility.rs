//! Who may take which job, and if not, why not: pure, from what is known of the shopper.

mod rotation;

#[cfg(test)]
mod tests;

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    db::types::{Instant, text_enum},
    fieldwork::{
        campaigns::terms::Who,
        qualifications::model::Qualified,
        shoppers::tie::{Destination, Tie, Ties},
    },
    ids::{BranchId, BrandId, RegionId},
    text::is_same_language,
};

text_enum! {
    /// What keeps a shopper from a job.
    pub enum Hindrance {
        /// It is over.
        Closed = "closed",
        /// The shopper works for the brand.
        Employer = "employer",
        /// Relatives or friends of the shopper work there.
        Relative = "relative",
        /// The shopper has another role there.
        Role = "role",
        /// The shopper, or a person with the shopper's name, works there.
        Employee = "employee",
        /// The shopper declared a tie there within the last year, and does not declare it any more.
        WithdrawnTie = "withdrawn_tie",
        /// The shopper speaks no language of the branch.
        Language = "language",
        /// The shopper lacks the qualification, or it ends before the job can be done.
        Qualification = "qualification",
        /// The shopper was in the branch, or is to go there, too short a time before or after.
        SameBranch = "same_branch",
        /// The same with the region.
        SameRegion = "same_region",
        /// The shopper has as many jobs as one may have at once.
        JobsAtOnce = "jobs_at_once",
        /// The shopper's rating is too low.
        Rating = "rating",
    }
}

/// Why a shopper may not take a job.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct WhyNot {
    /// What it is.
    pub code: Hindrance,
    /// The same in words, for the shopper.
    pub text: String,
    /// Whether a scheduler cannot look past it either.
    #[serde(skip)]
    pub is_final: bool,
}

/// A visit that a shopper made or is to make.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BranchVisit {
    /// In which brand.
    pub brand: BrandId,
    /// In which branch of it.
    pub branch: BranchId,
    /// The region that the branch lies in directly.
    pub region: Option<RegionId>,
    /// When: for a visit that was made, when that was; for one that is still to be made, from when …
    pub from: Instant,
    /// … until when it can be.
    pub until: Instant,
}

/// A shopper, as far as it decides what they may take.
#[derive(Clone, Debug, Default)]
pub struct Candidate {
    /// The languages that they can do a visit in (BCP 47).
    pub languages: Vec<String>,
    /// What ties them to brands and branches.
    pub ties: Ties,
    /// What they are qualified by now.
    pub qualifications: Vec<Qualified>,
    /// Where they were and are to go, in any order.
    pub visits: Vec<BranchVisit>,
    /// How many jobs they have now, or are offered.
    pub jobs: usize,
    /// Their rating, in basis points.
    pub rating: i32,
}

/// An open assignment, as far as it decides who may take it.
#[derive(Clone, Copy, Debug)]
pub struct Opening<'a> {
    /// Whose it is.
    pub brand: BrandId,
    /// Where.
    pub branch: BranchId,
    /// The region that the branch lies in directly.
    pub region: Option<RegionId>,
    /// The languages of the branch (BCP 47).
    pub languages: &'a [String],
    /// From when on.
    pub opens_at: Instant,
    /// Until when.
    pub closes_at: Instant,
    /// What the campaign asks for.
    pub who: &'a Who,
}

impl Opening<'_> {
    /// Where the shopper is to go.
    pub const fn destination(&self) -> Destination {
        Destination { brand: self.brand, branch: self.branch, region: self.region }
    }
}

/// Everything that keeps the candidate from the opening now, in the order of the codes; nothing if they may take it.
pub fn why_not(candidate: &Candidate, opening: &Opening<'_>, now: Instant) -> Vec<WhyNot> {
    [
        closed(opening, now),
        tied(candidate, opening),
        language(candidate, opening),
        qualification(candidate, opening),
        rotation::same_branch(candidate, opening, now),
        rotation::same_region(candidate, opening, now),
        jobs_at_once(candidate, opening.who),
        rating(candidate, opening.who),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn may_be(code: Hindrance, text: impl Into<String>) -> WhyNot {
    WhyNot { code, text: text.into(), is_final: false }
}

fn never(code: Hindrance, text: &str) -> WhyNot {
    WhyNot { code, text: text.to_owned(), is_final: true }
}

fn closed(opening: &Opening<'_>, now: Instant) -> Option<WhyNot> {
    (now >= opening.closes_at).then(|| never(Hindrance::Closed, "its time is over"))
}

fn tied(candidate: &Candidate, opening: &Opening<'_>) -> Option<WhyNot> {
    candidate.ties.with(opening.destination()).map(WhyNot::from)
}

impl From<Tie> for WhyNot {
    fn from(tie: Tie) -> Self {
        match tie {
            Tie::Employer => never(Hindrance::Employer, "you work for this brand"),
            Tie::Relative => never(Hindrance::Relative, "relatives or friends of yours work there"),
            Tie::Role => never(Hindrance::Role, "you have another role there"),
            Tie::Employee => never(Hindrance::Employee, "you are an employee of this brand"),
            Tie::Namesake => {
                let text = "a person with your name works there: a scheduler can look whether that is you";
                may_be(Hindrance::Employee, text)
            }
            Tie::Withdrawn => {
                let text = "you declared a tie there within the last year: a scheduler decides";
                may_be(Hindrance::WithdrawnTie, text)
            }
        }
    }
}

fn language(candidate: &Candidate, opening: &Opening<'_>) -> Option<WhyNot> {
    let speaks_one = opening.languages.iter().any(|wanted| speaks(&candidate.languages, wanted));
    (opening.who.languages && !speaks_one).then(|| {
        let text = format!("you speak no language of the branch: {}", opening.languages.join(", "));
        may_be(Hindrance::Language, text)
    })
}

/// Whether one of these languages is the wanted one: by the language alone, without script and region (BCP 47).
pub fn speaks(languages: &[String], wanted: &str) -> bool {
    languages.iter().any(|one| is_same_language(one, wanted))
}

fn qualification(candidate: &Candidate, opening: &Opening<'_>) -> Option<WhyNot> {
    let wanted = opening.who.qualification_id?;
    let has: Vec<_> = candidate.qualifications.iter().filter(|one| one.by == wanted).collect();
    if has.iter().any(|one| one.until.is_none_or(|until| until > opening.opens_at)) {
        return None;
    }
    let why = if has.is_empty() {
        "you lack the qualification that it asks for"
    } else {
        "the qualification that it asks for ends before it can be done"
    };
    Some(may_be(Hindrance::Qualification, why))
}

fn jobs_at_once(candidate: &Candidate, who: &Who) -> Option<WhyNot> {
    let most = who.most_jobs_at_once?;
    let full = i64::try_from(candidate.jobs).unwrap_or(i64::MAX) >= most.get();
    full.then(|| {
        let text = format!("you have or are offered {} jobs, and may have {most} at once", candidate.jobs);
        may_be(Hindrance::JobsAtOnce, text)
    })
}

fn rating(candidate: &Candidate, who: &Who) -> Option<WhyNot> {
    let lowest = who.lowest_rating?;
    // Rounded down, as ratings are shown.
    let has = candidate.rating / 100;
    (has < lowest.as_i32())
        .then(|| may_be(Hindrance::Rating, format!("your rating is {has}, and it asks for {lowest}")))
}
