//! Which open jobs a shopper is shown, and in which order.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::near::Near;
use crate::{
    db::types::Instant,
    fieldwork::{
        campaigns::model::{Campaign, CampaignState},
        eligibility::{Candidate, Opening, WhyNot, speaks, why_not},
        shoppers::tie::{Destination, Tie},
    },
    ids::{AssignmentId, BranchId, BrandId, CampaignId, RegionId},
    limits::{CurrencyCode, LanguageTag},
};

/// Around where a shopper looks.
#[derive(Clone, Copy, Debug)]
pub struct Vicinity {
    /// The position.
    pub near: Near,
    /// Within how many kilometres.
    pub km: u16,
}

/// Which jobs a shopper looks for.
#[derive(Clone, Debug, Default)]
pub struct JobFilter {
    /// Around where.
    pub vicinity: Option<Vicinity>,
    /// Around where the shopper lives, as far as they travel, in place of that.
    pub from_home: bool,
    /// Only jobs that can be done at this moment or later.
    pub from: Option<Instant>,
    /// Only jobs that can be done at this moment or earlier.
    pub until: Option<Instant>,
    /// Only jobs that are paid in this currency (ISO 4217).
    pub currency: Option<CurrencyCode>,
    /// Only jobs with this fee or more, in minor units.
    pub least_fee: Option<i64>,
    /// Only jobs where this language is spoken (BCP 47).
    pub language: Option<LanguageTag>,
    /// Only jobs that the shopper may take.
    pub only_available: bool,
}

/// An open job, as far as it decides whether and where it is shown.
#[derive(Clone, Debug)]
pub struct Job {
    /// The assignment.
    pub id: AssignmentId,
    /// Whose it is.
    pub brand: BrandId,
    /// Where.
    pub branch: BranchId,
    /// The region that the branch lies in directly.
    pub region: Option<RegionId>,
    /// The campaign that wants it.
    pub campaign: CampaignId,
    /// From when on.
    pub opens_at: Instant,
    /// Until when.
    pub closes_at: Instant,
    /// Degrees north and east, if the position is known.
    pub position: Option<(f64, f64)>,
    /// The languages of the branch (BCP 47).
    pub languages: Vec<String>,
}

impl Job {
    const fn destination(&self) -> Destination {
        Destination { brand: self.brand, branch: self.branch, region: self.region }
    }
}

/// The campaigns of jobs.
pub type Campaigns = HashMap<CampaignId, Campaign>;

/// Where a job stands in the list: by distance in metres if there is one, else by when it closes; then by its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Rank(i64, AssignmentId);

/// Which page of the list.
#[derive(Clone, Copy, Debug)]
pub struct JobPage {
    /// After which job.
    pub after: Option<Rank>,
    /// So many at most.
    pub rows: usize,
}

/// A job that is shown.
#[derive(Clone, Debug)]
pub struct ShownJob {
    /// The job.
    pub job: Job,
    /// Where it stands.
    pub rank: Rank,
    /// How far it is, in metres, if a position was given.
    pub metres: Option<i64>,
    /// Why the shopper may not take it; nothing if they may.
    pub why_not: Vec<WhyNot>,
}

/// A job at its place in the list.
struct RankedJob {
    rank: Rank,
    metres: Option<i64>,
    job: Job,
}

impl RankedJob {
    fn new(job: Job, vicinity: Option<Vicinity>) -> Self {
        let position = vicinity.zip(job.position);
        let metres = position.map(|(around, (north, east))| around.near.metres_to(north, east));
        Self { rank: Rank(metres.unwrap_or(job.closes_at.micros()), job.id), metres, job }
    }

    fn is_within(&self, vicinity: Option<Vicinity>) -> bool {
        // A branch without a position is near nothing.
        vicinity.is_none_or(|around| self.metres.is_some_and(|metres| metres <= i64::from(around.km) * 1_000))
    }
}

/// The jobs of this page that are looked for, in their order. Where the shopper is tied for good, nothing is shown: neither
/// that there is a job, nor when.
pub fn page(
    open: Vec<Job>,
    campaigns: &Campaigns,
    candidate: &Candidate,
    filter: &JobFilter,
    page: JobPage,
    now: Instant,
) -> Vec<ShownJob> {
    let mut ranked: Vec<_> = open
        .into_iter()
        .filter(|job| !candidate.ties.with(job.destination()).is_some_and(Tie::excludes))
        .filter(|job| passes(job, campaigns, filter))
        .map(|job| RankedJob::new(job, filter.vicinity))
        .filter(|one| one.is_within(filter.vicinity))
        .filter(|one| page.after.is_none_or(|after| one.rank > after))
        .collect();
    ranked.sort_by_key(|one| one.rank);
    let shown = ranked.into_iter().filter_map(|RankedJob { rank, metres, job }| {
        let why_not = hindrances(&job, campaigns.get(&job.campaign)?, candidate, now);
        (why_not.is_empty() || !filter.only_available).then_some(ShownJob { job, rank, metres, why_not })
    });
    shown.take(page.rows).collect()
}

fn passes(job: &Job, campaigns: &Campaigns, filter: &JobFilter) -> bool {
    let Some(campaign) = campaigns.get(&job.campaign) else { return false };
    let fee = &campaign.terms.0.fee;
    campaign.state == CampaignState::Running
        && filter.currency.as_ref().is_none_or(|wanted| wanted.as_str() == fee.currency.as_str())
        && filter.least_fee.is_none_or(|least| fee.amount.get() >= least)
        && filter.language.as_ref().is_none_or(|wanted| speaks(&job.languages, wanted))
}

fn hindrances(job: &Job, campaign: &Campaign, candidate: &Candidate, now: Instant) -> Vec<WhyNot> {
    let Job { brand, branch, region, opens_at, closes_at, ref languages, .. } = *job;
    let who = &campaign.terms.0.who;
    why_not(candidate, &Opening { brand, branch, region, languages, opens_at, closes_at, who }, now)
}
