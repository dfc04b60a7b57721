//! What visits that were made would score under a draft, beside what they did score. Nothing of it is ever stored.

mod answered;

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet, HashMap},
};

use serde::Serialize;
use utoipa::ToSchema;

pub use self::answered::Answered;
use super::statistics::{self, Difference, Interval, Minimum, Rank, Spread, Sums};
use crate::{
    checklists::prepared::Prepared,
    ids::{BranchId, VisitId},
    limits::{BasisPoints, Ordinal},
    months::Month,
    visits::model::{Visit, VisitHead},
};

/// So many of the visits that change most are named.
const MOST_CHANGED: usize = 20;

/// One visit, tried under the draft.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Tried {
    visit: VisitId,
    branch: BranchId,
    month: Month,
    /// What is stored, in basis points.
    before: i32,
    /// What it would be, in basis points.
    after: i32,
}

impl Tried {
    fn difference(&self) -> i32 {
        self.after - self.before
    }
}

/// The visits that were tried so far. It holds a line of each, and none of what was answered.
#[derive(Debug, Default)]
pub struct Trial {
    visits: usize,
    answers: Answered,
    tried: Vec<Tried>,
}

impl Trial {
    /// Scores a visit that was made under one version under the draft.
    pub fn add(&mut self, visit: Visit, made: &Prepared, draft: &Prepared) {
        let Visit { head: VisitHead { id, branch_id, month, score, .. }, content, .. } = visit;
        let after = self.answers.score(content.0, made, draft);
        self.visits += 1;
        if let (Some(before), Some(after)) = (score, after) {
            self.tried.push(Tried { visit: id, branch: branch_id, month, before, after });
        }
    }

    /// The branches that have anything to compare, in the order of their ids.
    pub fn branches(&self) -> Vec<BranchId> {
        let branches: BTreeSet<_> = self.tried.iter().map(|tried| tried.branch).collect();
        branches.into_iter().collect()
    }

    /// The outcome of the trial, for branches with this code and name each; a branch whose mean is insufficient takes no rank. What the brand
    /// lends to a branch and to all branches rests on the scores that are stored, also for the scores under the draft.
    pub fn outcome(
        self,
        names: &HashMap<BranchId, (String, String)>,
        minimum: Minimum,
        [of_branch, of_all]: [&Spread; 2],
    ) -> WhatIf {
        let branches = self.by_branch(names, minimum, of_branch);
        let Self { visits, answers, tried } = self;
        let before = tried.iter().map(|tried| Sums::of(tried.before)).fold(Sums::default(), Sums::plus);
        let after = tried.iter().map(|tried| Sums::of(tried.after)).fold(Sums::default(), Sums::plus);
        WhatIf {
            visits,
            not_compared: visits - tried.len(),
            answers,
            before: Mean::of(before, of_all),
            after: Mean::of(after, of_all),
            differences: Differences::of(tried.iter().map(Tried::difference).collect()),
            branches_changing_rank: branches.iter().filter(|one| one.rank_before != one.rank_after).count(),
            branches,
            most_changed: most_changed(tried),
        }
    }

    fn by_branch(
        &self,
        names: &HashMap<BranchId, (String, String)>,
        minimum: Minimum,
        spread: &Spread,
    ) -> Vec<TriedBranch> {
        let mut sums: BTreeMap<BranchId, (Sums, Sums)> = BTreeMap::new();
        for tried in &self.tried {
            let (before, after) = sums.entry(tried.branch).or_default();
            (*before, *after) = (before.plus(Sums::of(tried.before)), after.plus(Sums::of(tried.after)));
        }
        let ranks = |side: fn(&(Sums, Sums)) -> Sums| {
            let places: Vec<_> = sums.iter().map(|(branch, both)| (*branch, side(both))).collect();
            let ranked = statistics::rank(&places, minimum, spread).into_iter();
            ranked.map(|one| (one.key, one.rank)).collect::<HashMap<_, _>>()
        };
        let (ranks_before, ranks_after) = (ranks(|both| both.0), ranks(|both| both.1));
        let line = |(branch_id, (before, after)): (&BranchId, &(Sums, Sums))| {
            let (code, name) = names.get(branch_id).cloned().unwrap_or_default();
            Some(TriedBranch {
                branch_id: *branch_id,
                code,
                name,
                visits: before.n,
                before: before.mean()?,
                after: after.mean()?,
                rank_before: ranks_before.get(branch_id).copied().flatten(),
                rank_after: ranks_after.get(branch_id).copied().flatten(),
            })
        };
        let mut branches: Vec<_> = sums.iter().filter_map(line).collect();
        branches.sort_by_cached_key(|one| (Reverse((one.after - one.before).abs()), one.code.clone()));
        branches
    }
}

/// What a draft would change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct WhatIf {
    /// How many visits were looked at.
    visits: usize,
    /// How many of them have no score, as it is stored or under the draft, and are in none of the figures below.
    not_compared: usize,
    /// What became of their answers.
    answers: Answered,
    /// The mean of what is stored.
    before: Mean,
    /// The mean under the draft.
    after: Mean,
    /// How the single visits differ; null without any.
    differences: Option<Differences>,
    /// How many branches would hold other ranks.
    branches_changing_rank: usize,
    /// The branches, those that change most first.
    branches: Vec<TriedBranch>,
    /// The visits that change most, at most 20; those that do not change are left out.
    #[schema(max_items = 20)]
    most_changed: Vec<TriedVisit>,
}

/// The mean of the visits that could be compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Mean {
    /// In basis points, rounded half to even; null without visits.
    #[schema(value_type = Option<BasisPoints>)]
    score: Option<i32>,
    /// Where the true mean lies with 95 % confidence; null without visits.
    interval: Option<Interval>,
}

impl Mean {
    fn of(sums: Sums, spread: &Spread) -> Self {
        Self { score: sums.mean(), interval: sums.interval(spread) }
    }
}

/// How scores under the draft differ from what is stored, in basis points: what a visit would gain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Differences {
    /// The greatest loss, or the least gain.
    #[schema(value_type = Difference)]
    min: i32,
    /// The one in the middle; of two in the middle their mean, rounded half to even.
    #[schema(value_type = Difference)]
    median: i32,
    /// The greatest gain, or the least loss.
    #[schema(value_type = Difference)]
    max: i32,
    /// How many visits would lose.
    lower: usize,
    /// How many would stay as they are.
    same: usize,
    /// How many would gain.
    higher: usize,
}

impl Differences {
    fn of(mut all: Vec<i32>) -> Option<Self> {
        all.sort_unstable();
        let upper = all.len() / 2;
        let lower = all.len().saturating_sub(1) / 2;
        Some(Self {
            min: *all.first()?,
            median: half_to_even(all.get(lower)? + all.get(upper)?),
            max: *all.last()?,
            lower: all.iter().filter(|one| **one < 0).count(),
            same: all.iter().filter(|one| **one == 0).count(),
            higher: all.iter().filter(|one| **one > 0).count(),
        })
    }
}

/// Half of it, rounded half to even.
fn half_to_even(sum: i32) -> i32 {
    let floor = sum.div_euclid(2);
    floor + if sum.rem_euclid(2) == 1 { floor & 1 } else { 0 }
}

/// A branch, before and under the draft.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct TriedBranch {
    branch_id: BranchId,
    /// What the brand knows it by.
    code: String,
    /// What it is called.
    name: String,
    /// How many of its visits were compared.
    #[schema(value_type = Ordinal)]
    visits: i64,
    /// Their mean as it is stored, in basis points.
    #[schema(value_type = BasisPoints)]
    before: i32,
    /// Their mean under the draft, in basis points.
    #[schema(value_type = BasisPoints)]
    after: i32,
    /// Which ranks it holds among these branches by what is stored; null with too few visits.
    rank_before: Option<Rank>,
    /// Which ranks it would hold; null with too few visits.
    rank_after: Option<Rank>,
}

/// A visit, before and under the draft.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct TriedVisit {
    visit_id: VisitId,
    branch_id: BranchId,
    /// The month that it counts in.
    month: Month,
    /// Its score as it is stored, in basis points.
    #[schema(value_type = BasisPoints)]
    before: i32,
    /// Its score under the draft, in basis points.
    #[schema(value_type = BasisPoints)]
    after: i32,
}

fn most_changed(mut tried: Vec<Tried>) -> Vec<TriedVisit> {
    tried.retain(|one| one.difference() != 0);
    tried.sort_by_key(|one| (Reverse(one.difference().abs()), one.visit));
    tried.truncate(MOST_CHANGED);
    let line = |Tried { visit: visit_id, branch: branch_id, month, before, after }| TriedVisit {
        visit_id,
        branch_id,
        month,
        before,
        after,
    };
    tried.into_iter().map(line).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::db::types::Id;

    fn trial(scores: &[(u128, i32, i32)]) -> Trial {
        let id = |number| Id::new(Uuid::from_u128(number));
        let tried = |(number, &(branch, before, after)): (u128, &(u128, i32, i32))| Tried {
            visit: Id::new(Uuid::from_u128(number)),
            branch: id(branch),
            month: "2026-03".parse().unwrap(),
            before,
            after,
        };
        let tried: Vec<_> = (0..).zip(scores).map(tried).collect();
        Trial { visits: tried.len(), answers: Answered::default(), tried }
    }

    #[test]
    fn the_median_is_in_the_middle_and_exact() {
        for (all, min, median, max) in [
            (vec![5], 5, 5, 5),
            (vec![3, 1, 2], 1, 2, 3),
            (vec![1, 2], 1, 2, 2),
            (vec![2, 3], 2, 2, 3),
            (vec![-1, 0], -1, 0, 0),
            (vec![-2, -1], -2, -2, -1),
            (vec![-10_000, 10_000, 4, 6], -10_000, 5, 10_000),
        ] {
            let found = Differences::of(all.clone()).unwrap();
            assert_eq!((found.min, found.median, found.max), (min, median, max), "{all:?}");
        }
        assert_eq!(Differences::of(Vec::new()), None);
        let found = Differences::of(vec![-1, 0, 0, 2, 3, 4]).unwrap();
        assert_eq!((found.lower, found.same, found.higher), (1, 2, 3));
    }

    #[test]
    fn of_many_visits_the_twenty_that_change_most_are_named_and_the_first_by_id_among_equals() {
        let scores: Vec<_> = (0..30).map(|n| (1, 5_000, 5_000 + if n % 2 == 0 { n } else { -n })).collect();
        let named = trial(&scores)
            .outcome(&HashMap::new(), Minimum::of_visits(2), [&Spread::of_deviation(200); 2])
            .most_changed;
        let differences: Vec<_> = named.iter().map(|one| one.after - one.before).collect();
        let wanted: Vec<_> = (10..30).rev().map(|n| if n % 2 == 0 { n } else { -n }).collect();
        assert_eq!(differences, wanted);
        let same = trial(&[(1, 10, 20), (1, 20, 10), (1, 5, 5)]).outcome(
            &HashMap::new(),
            Minimum::of_visits(2),
            [&Spread::of_deviation(200); 2],
        );
        let ids: Vec<_> = same.most_changed.iter().map(|one| one.visit_id.to_string()).collect();
        assert!(ids.len() == 2 && ids[0] < ids[1], "{ids:?}");
    }

    #[test]
    fn ranks_change_where_branches_part() {
        let scores =
            [(1, 8_000, 8_000), (1, 8_010, 8_010), (2, 8_000, 4_000), (2, 8_010, 4_010), (3, 9_000, 1_000)];
        let outcome =
            trial(&scores).outcome(&HashMap::new(), Minimum::of_visits(2), [&Spread::of_deviation(200); 2]);
        let rank = |best, worst| Some(Rank { best, worst });
        let ranks: Vec<_> = outcome.branches.iter().map(|one| (one.rank_before, one.rank_after)).collect();
        assert_eq!(
            ranks,
            [(None, None), (rank(1, 2), rank(2, 2)), (rank(1, 2), rank(1, 1))],
            "the one that changes most comes first"
        );
        assert_eq!(outcome.branches_changing_rank, 2);
    }
}
