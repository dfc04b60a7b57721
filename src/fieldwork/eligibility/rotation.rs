//! How soon no shopper goes to the same branch or region again.

use std::cmp::Reverse;

use super::{BranchVisit, Candidate, Hindrance, Opening, WhyNot, may_be};
use crate::{
    db::types::Instant,
    fieldwork::campaigns::terms::{Rotation, RotationDays, RotationVisits},
};

const DAY: i64 = 86_400;

/// Whether the candidate was in the same branch too short a time before, or is to go there too short a time after.
pub(super) fn same_branch(candidate: &Candidate, opening: &Opening<'_>, now: Instant) -> Option<WhyNot> {
    let is_same = |visit: &BranchVisit| visit.branch == opening.branch;
    let rule = forbids(candidate, opening, opening.who.same_branch.as_ref()?, now, is_same)?;
    Some(may_be(Hindrance::SameBranch, format!("no shopper goes to the same branch again {rule}")))
}

/// The same with the region that the branch lies in directly.
pub(super) fn same_region(candidate: &Candidate, opening: &Opening<'_>, now: Instant) -> Option<WhyNot> {
    let is_same = |visit: &BranchVisit| opening.region.is_some() && visit.region == opening.region;
    let rule = forbids(candidate, opening, opening.who.same_region.as_ref()?, now, is_same)?;
    Some(may_be(Hindrance::SameRegion, format!("no shopper goes to the same region again {rule}")))
}

/// The part of the rule, in words, that forbids the opening to a candidate who was or is to be in the same place: where
/// `is_same` says so.
fn forbids(
    candidate: &Candidate,
    opening: &Opening<'_>,
    rule: &Rotation,
    now: Instant,
    is_same: impl Fn(&BranchVisit) -> bool,
) -> Option<String> {
    let is_too_near = |days: &RotationDays| {
        let least = days.get() * DAY * 1_000_000;
        candidate.visits.iter().any(|visit| is_same(visit) && apart(visit, opening, now) < least)
    };
    let is_among_last = |visits: &RotationVisits| {
        let mut last: Vec<_> = candidate.visits.iter().filter(|visit| visit.brand == opening.brand).collect();
        last.sort_by_key(|visit| Reverse((visit.until, visit.from, visit.branch)));
        last.into_iter().take(visits.as_usize()).any(&is_same)
    };
    if let Some(days) = rule.days.filter(is_too_near) {
        return Some(format!("within {days} days"));
    }
    rule.visits.filter(is_among_last).map(|visits| format!("before {visits} other visits for the brand"))
}

/// How much time lies at least between a visit and this opening, in microseconds: none, if they can be at once.
fn apart(visit: &BranchVisit, opening: &Opening<'_>, now: Instant) -> i64 {
    let opens_at = opening.opens_at.max(now);
    let between = |earlier: Instant, later: Instant| later.micros().saturating_sub(earlier.micros());
    between(visit.until, opens_at).max(between(opening.closes_at, visit.from)).max(0)
}
