//! What a brand's visits say about how far visits scatter within a branch, and about shoppers who come again.

use std::{collections::HashMap, hash::Hash};

use super::{Basis, Repeats, Sums, WINDOWS};

/// A brand with fewer visits lends nothing: its variance would be chance, and its repeats would tell who went where.
pub const FEWEST_VISITS: i64 = 200;
/// The least standard deviation that is lent, in basis points: one of fifty equal answers.
const LEAST_DEVIATION: i64 = 200;
/// Standard deviations are rounded up to multiples of this, in basis points.
const STEP_OF_DEVIATION: i64 = 20;
/// Correlations are rounded up to multiples of this, in hundredths.
const STEP_OF_CORRELATION: i64 = 5;
/// Shares of pairs are rounded up to multiples of this, in thousandths.
const STEP_OF_SHARE: i64 = 5;

/// The variance within branches: the arithmetic mean of the variances of all that have two visits or more. Adds up whole numbers, so
/// the order makes no difference.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Within {
    visits: i64,
    branches: i128,
    /// In thousandths of basis points squared, each rounded up.
    variances: i128,
}

impl Within {
    /// With the visits of one more branch.
    #[must_use]
    pub fn with(self, branch: Sums) -> Self {
        let visits = self.visits + branch.n;
        if branch.n < 2 {
            return Self { visits, ..self };
        }
        let n = i128::from(branch.n);
        let variance = ratio_up(1_000 * branch.scatter(), n * (n - 1));
        Self { visits, branches: self.branches + 1, variances: self.variances + variance }
    }

    /// What the brand lends, with these repeats; none if it has too few visits.
    pub fn basis(self, repeats: Repeats) -> Option<Basis> {
        if self.visits < FEWEST_VISITS || self.branches == 0 {
            return None;
        }
        let variance = ratio_up(self.variances, 1_000 * self.branches) as i64;
        let deviation =
            up_to(variance.isqrt() + i64::from(variance.isqrt().pow(2) < variance), STEP_OF_DEVIATION);
        Some(Basis { variance: deviation.max(LEAST_DEVIATION).pow(2), repeats })
    }
}

/// One visit, as repeats are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen<S> {
    /// Who made it.
    pub shopper: S,
    /// How many months before the last one: 0 in that.
    pub age: i32,
    /// What it scored, in basis points.
    pub score: i32,
}

/// Counts repeats, branch by branch in any order. Whole numbers are added up, so the order makes no difference.
#[derive(Clone, Debug)]
pub struct Repeating<S> {
    /// The pairs within each window, those by one shopper and all.
    pairs: [(i128, i128); 3],
    /// How many visits each shopper made to the brand within each window.
    visits: [HashMap<(i32, S), i128>; 3],
    /// How many pairs to a branch there are, and the sum of the squares of their differences: those by one shopper, and all.
    alike: (i128, i128),
    all: (i128, i128),
}

impl<S> Default for Repeating<S> {
    fn default() -> Self {
        Self { pairs: [(0, 0); 3], visits: [(); 3].map(|()| HashMap::new()), alike: (0, 0), all: (0, 0) }
    }
}

impl<S: Copy + Eq + Hash> Repeating<S> {
    /// Counts the visits to one branch, all of them at once.
    pub fn branch(&mut self, visits: &[Seen<S>]) {
        for (index, months) in WINDOWS.into_iter().enumerate() {
            let (mut of_all, mut of_one) = (HashMap::<i32, i128>::new(), HashMap::<(i32, S), i128>::new());
            for visit in visits {
                let window = visit.age.div_euclid(months);
                *of_all.entry(window).or_default() += 1;
                *of_one.entry((window, visit.shopper)).or_default() += 1;
                *self.visits[index].entry((window, visit.shopper)).or_default() += 1;
            }
            let (one, all) = &mut self.pairs[index];
            *one += of_one.values().map(|n| n * (n - 1) / 2).sum::<i128>();
            *all += of_all.values().map(|n| n * (n - 1) / 2).sum::<i128>();
        }
        let mut of_one = HashMap::<S, Sums>::new();
        for visit in visits {
            let sums = of_one.entry(visit.shopper).or_default();
            *sums = sums.plus(Sums::of(visit.score));
        }
        of_one.values().for_each(|sums| add(&mut self.alike, *sums));
        add(&mut self.all, of_one.into_values().fold(Sums::default(), Sums::plus));
    }

    /// The repeats that were counted.
    ///
    /// The correlation is that of the analysis of variance, by pairs: `1 − W/T`, where `W` is half of the mean square of the differences of
    /// two visits to a branch by one shopper, and `T` of two by different ones, held within 0 and 1. Without a pair by one shopper
    /// it is 0; without one by different ones, 1.
    pub fn repeats(self) -> Repeats {
        let share = |(one, all): (i128, i128)| match all {
            0 => 0,
            all => up_to(ratio_up(1_000 * one, all) as i64, STEP_OF_SHARE).min(1_000),
        };
        let further = |visits: &HashMap<(i32, S), i128>| {
            let all: i128 = visits.values().sum();
            let further: i128 = visits.values().map(|n| n * (n - 1)).sum();
            if all == 0 { 0 } else { ratio_up(10 * further, all) as i64 }
        };
        let (alike, others) = (self.alike, (self.all.0 - self.alike.0, self.all.1 - self.alike.1));
        let correlation = match (alike, others) {
            ((0, _), _) => 0,
            (_, (0, _)) => 100,
            (_, (_, 0)) => 0,
            ((same, within), (different, between)) => {
                // In hundredths: 100 · (1 − (within/same) / (between/different)), rounded up.
                let (within, between) = (within * different, between * same);
                up_to(ratio_up((100 * (between - within)).max(0), between) as i64, STEP_OF_CORRELATION)
            }
        };
        Repeats {
            correlation,
            in_branch: self.pairs.map(share),
            in_brand: self.visits.each_ref().map(further),
        }
    }
}

/// Adds the pairs of some visits: how many, and the sum of the squares of their differences, which is the scatter.
fn add((pairs, squares): &mut (i128, i128), sums: Sums) {
    *pairs += i128::from(sums.n) * i128::from(sums.n - 1) / 2;
    *squares += sums.scatter();
}

/// Rounded up; neither is negative.
fn ratio_up(of: i128, by: i128) -> i128 {
    (of + by - 1).div_euclid(by)
}

/// Rounded up to a multiple.
fn up_to(number: i64, step: i64) -> i64 {
    number.div_euclid(step) * step + if number.rem_euclid(step) == 0 { 0 } else { step }
}
