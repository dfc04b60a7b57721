//! What a brand's visits say about how far visits scatter within a branch, and about shoppers who come again.

use std::{collections::HashMap, hash::Hash};

use serde::{Deserialize, Serialize};

use super::{Basis, Repeats, Sums, WINDOWS, as_text};

/// A brand with fewer visits lends nothing: its variance would be chance, and its repeats would tell who went where.
const FEWEST_VISITS: i64 = 200;
/// Standard deviations are rounded up to multiples of this, in basis points.
const STEP_OF_DEVIATION: i64 = 20;
/// Correlations are rounded up to multiples of this, in hundredths.
const STEP_OF_CORRELATION: i64 = 5;
/// Shares of pairs are rounded up to multiples of this, in thousandths.
const STEP_OF_SHARE: i64 = 5;

/// The variance within branches: the arithmetic mean of the variances of all that have two visits or more. Adds up whole numbers, so
/// the order makes no difference.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Within {
    visits: i64,
    branches: i64,
    /// In thousandths of basis points squared, each rounded up.
    #[serde(with = "as_text")]
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

    /// What the brand lends, with these repeats; none if it has too few visits. The variance is no less than `least`: that of scores which
    /// differ by one step of one answer, in basis points squared.
    pub fn basis(self, repeats: Repeats, least: i64) -> Option<Basis> {
        if self.visits < FEWEST_VISITS || self.branches == 0 {
            return None;
        }
        let variance = (ratio_up(self.variances, 1_000 * i128::from(self.branches)) as i64).max(least).max(1);
        let deviation =
            up_to(variance.isqrt() + i64::from(variance.isqrt().pow(2) < variance), STEP_OF_DEVIATION);
        Some(Basis { variance: deviation.pow(2), repeats })
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

    /// What was counted.
    pub fn repeated(self) -> Repeated {
        let further = |visits: &HashMap<(i32, S), i128>| {
            let further: i128 = visits.values().map(|n| n * (n - 1)).sum();
            [visits.values().sum::<i128>() as i64, further as i64]
        };
        let of = |(pairs, squares): (i128, i128)| Apart { pairs: pairs as i64, squares };
        Repeated {
            pairs: self.pairs.map(|(one, all)| [one as i64, all as i64]),
            further: self.visits.each_ref().map(further),
            alike: of(self.alike),
            all: of(self.all),
        }
    }
}

/// What was counted of repeats, in whole numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repeated {
    /// The pairs of visits to a branch within each window: those by one shopper, and all.
    pairs: [[i64; 2]; 3],
    /// The visits within each window, and of each how many further ones its shopper made to the brand.
    further: [[i64; 2]; 3],
    /// The pairs of visits to a branch by one shopper.
    alike: Apart,
    /// All pairs of visits to a branch.
    all: Apart,
}

/// How far pairs of visits lie apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Apart {
    pairs: i64,
    /// The sum of the squares of their differences, in basis points squared.
    #[serde(with = "as_text")]
    squares: i128,
}

impl Repeated {
    /// The repeats that follow.
    ///
    /// The correlation is that of the analysis of variance, by pairs: `1 − W/T`, where `W` is half of the mean square of the differences of
    /// two visits to a branch by one shopper, and `T` of two by different ones, held within 0 and 1. Without a pair by one shopper
    /// it is 0; without one by different ones, 1.
    pub fn repeats(self) -> Repeats {
        let share = |[one, all]: [i64; 2]| match all {
            0 => 0,
            all => up_to(ratio_up(1_000 * i128::from(one), all.into()) as i64, STEP_OF_SHARE).min(1_000),
        };
        let further = |[all, further]: [i64; 2]| match all {
            0 => 0,
            all => ratio_up(10 * i128::from(further), all.into()) as i64,
        };
        let (alike, all) = (self.alike.counted(), self.all.counted());
        let others = (all.0 - alike.0, all.1 - alike.1);
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
        Repeats { correlation, in_branch: self.pairs.map(share), in_brand: self.further.map(further) }
    }
}

impl Apart {
    fn counted(self) -> (i128, i128) {
        (self.pairs.into(), self.squares)
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
