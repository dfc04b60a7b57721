//! Which open jobs a shopper is shown, and in which order.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::{
    model::{Candidate, Job, WhyNot, speaks, why_not},
    near::Near,
};
use crate::{
    db::types::Instant,
    fieldwork::campaigns::model::Campaign,
    ids::{AssignmentId, BranchId, BrandId, CampaignId, RegionId},
};

/// What a shopper looks for.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// Around where, and within how many kilometres.
    pub near: Option<(Near, u16)>,
    /// Only jobs that can be done at this moment or later.
    pub from: Option<Instant>,
    /// Only jobs that can be done at this moment or earlier.
    pub until: Option<Instant>,
    /// Only jobs that are paid in this currency (ISO 4217).
    pub currency: Option<String>,
    /// Only jobs with this fee or more, in minor units.
    pub least_fee: Option<i64>,
    /// Only jobs where this language is spoken (BCP 47).
    pub language: Option<String>,
    /// Only jobs that the shopper may take.
    pub only_available: bool,
}

/// An open job, as far as it decides whether and where it is shown.
#[derive(Clone, Debug)]
pub struct Open {
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
    /// Degrees north.
    pub latitude: f64,
    /// Degrees east.
    pub longitude: f64,
    /// The languages of the branch (BCP 47).
    pub languages: Vec<String>,
}

/// Where a job stands in the list: by distance in metres if there is one, else by when it closes; then by its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Rank(i64, AssignmentId);

/// A job that is shown.
#[derive(Clone, Debug)]
pub struct Shown {
    /// The job.
    pub job: Open,
    /// Where it stands.
    pub rank: Rank,
    /// How far it is, in metres, if it was said from where.
    pub metres: Option<i64>,
    /// Why the shopper may not take it; nothing if they may.
    pub why_not: Vec<WhyNot>,
}

/// The first so many jobs after this one that were asked for, in their order.
pub fn page(
    open: Vec<Open>,
    campaigns: &HashMap<CampaignId, Campaign>,
    candidate: &Candidate,
    asked: &Asked,
    after: Option<Rank>,
    rows: usize,
    now: Instant,
) -> Vec<Shown> {
    let mut ranked: Vec<_> = open
        .into_iter()
        .filter(|job| is_asked_for(job, campaigns, asked))
        .map(|job| {
            let metres = asked.near.map(|(near, _)| near.metres_to(job.latitude, job.longitude));
            (Rank(metres.unwrap_or(job.closes_at.micros()), job.id), metres, job)
        })
        .filter(|(rank, metres, _)| {
            let within =
                asked.near.zip(*metres).is_none_or(|((_, km), metres)| metres <= i64::from(km) * 1_000);
            within && after.is_none_or(|after| *rank > after)
        })
        .collect();
    ranked.sort_by_key(|(rank, ..)| *rank);
    let shown = ranked.into_iter().filter_map(|(rank, metres, job)| {
        let why_not = hindrances(&job, campaigns.get(&job.campaign)?, candidate, now);
        (why_not.is_empty() || !asked.only_available).then_some(Shown { job, rank, metres, why_not })
    });
    shown.take(rows).collect()
}

fn is_asked_for(job: &Open, campaigns: &HashMap<CampaignId, Campaign>, asked: &Asked) -> bool {
    let Some(campaign) = campaigns.get(&job.campaign) else { return false };
    let fee = &campaign.terms.0.fee;
    asked.currency.as_ref().is_none_or(|wanted| *wanted == fee.currency)
        && asked.least_fee.is_none_or(|least| fee.amount >= least)
        && asked.language.as_ref().is_none_or(|wanted| speaks(&job.languages, wanted))
}

fn hindrances(job: &Open, campaign: &Campaign, candidate: &Candidate, now: Instant) -> Vec<WhyNot> {
    let Open { brand, branch, region, opens_at, closes_at, ref languages, .. } = *job;
    let who = &campaign.terms.0.who;
    why_not(candidate, &Job { brand, branch, region, languages, opens_at, closes_at, who }, now)
}
