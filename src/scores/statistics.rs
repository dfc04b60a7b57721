//! What a handful of visits says about a place: the mean score, how sure it is, and the rank that follows.
//!
//! Scores are whole **basis points** (0..=10 000, so 8 750 is 87.50 %). A place keeps three exact integers, [`Sums`];
//! everything else here is computed from them. Scores stay integers throughout: a float appears only as the reach of
//! an interval, after the exact variance and before the outward rounding.

mod change;
mod proportion;

use std::cmp::{Ordering, Reverse};
use std::sync::LazyLock;

use serde::Serialize;
use statrs::distribution::{ContinuousCDF, StudentsT};
use utoipa::ToSchema;

pub use self::{change::Change, proportion::Proportion};
use crate::limits::{BasisPoints, Ordinal, Whole};

/// The highest score, in basis points.
const FULL: i64 = 10_000;

/// The exact sums over the scores of some visits. Visits come and go by [`plus`](Self::plus) and
/// [`minus`](Self::minus), which undo each other to the last digit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// How many visits are counted.
    pub n: i64,
    /// The sum of their scores, in basis points.
    pub sum: i64,
    /// The sum of the squares of their scores, in basis points squared.
    pub sum_sq: i64,
}

impl Sums {
    /// One visit with this score, in basis points.
    pub fn of(score: i32) -> Self {
        let score = i64::from(score);
        Self { n: 1, sum: score, sum_sq: score * score }
    }

    /// The visits of both.
    pub fn plus(self, other: Self) -> Self {
        Self { n: self.n + other.n, sum: self.sum + other.sum, sum_sq: self.sum_sq + other.sum_sq }
    }

    /// These visits without the others.
    pub fn minus(self, other: Self) -> Self {
        Self { n: self.n - other.n, sum: self.sum - other.sum, sum_sq: self.sum_sq - other.sum_sq }
    }

    /// Whether there are too few visits to rank or to pay by; without a single one there always are.
    pub fn insufficient(&self, minimum: i64) -> bool {
        self.n < minimum.max(1)
    }

    /// The mean score in basis points, rounded half to even. No visits have no mean, which is not zero.
    pub fn mean(&self) -> Option<i32> {
        if self.n < 1 {
            return None;
        }
        let (whole, rest) = (self.sum.div_euclid(self.n), self.sum.rem_euclid(self.n));
        let up = match rest.cmp(&(self.n - rest)) {
            Ordering::Less => 0,
            Ordering::Equal => whole & 1,
            Ordering::Greater => 1,
        };
        Some(held(i128::from(whole + up)))
    }

    /// The 95 % interval of the mean: `mean ± t(0.975; n − 1) · s / √n`, rounded outwards to whole basis points and
    /// held within the scale. One visit says nothing about the spread, so its interval is the whole scale; no visits have none.
    ///
    /// Source: NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.5.2 'Confidence Limits for the Mean',
    /// <https://www.itl.nist.gov/div898/handbook/eda/section3/eda352.htm>.
    pub fn interval(&self) -> Option<Interval> {
        match self.n {
            ..1 => None,
            1 => Some(Interval::WHOLE),
            _ => Some(self.around_mean()),
        }
    }

    /// Dividing the sums after rounding the reach up gives the same whole numbers as dividing before, because
    /// `⌊x / n⌋ = ⌊⌊x⌋ / n⌋`; so the ends are exact integers and always hold the mean between them.
    fn around_mean(&self) -> Interval {
        let (n, sum, reach) = (i128::from(self.n), i128::from(self.sum), self.reach());
        Interval { low: held((sum - reach).div_euclid(n)), high: held((sum + reach + n - 1).div_euclid(n)) }
    }

    /// How far the interval reaches to either side of the sum: `n · t · s / √n`, in basis points, rounded up.
    /// With `scatter = n·Σx² − (Σx)²`, exact, that is `t · √(scatter / (n − 1))`.
    fn reach(&self) -> i128 {
        let (n, sum, sum_sq) = (i128::from(self.n), i128::from(self.sum), i128::from(self.sum_sq));
        let (scatter, freedom) = ((n * sum_sq - sum * sum).max(0), self.n - 1);
        let reach = student_t(freedom) * (scatter as f64 / freedom as f64).sqrt();
        (reach.ceil() as i128).min(n * i128::from(FULL))
    }
}

/// The difference between two scores, in basis points.
pub type Difference = Whole<-10_000, 10_000>;

/// Where the true mean lies with 95 % confidence, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Interval {
    /// The lower end, in basis points, rounded down.
    #[schema(value_type = BasisPoints)]
    pub low: i32,
    /// The upper end, in basis points, rounded up.
    #[schema(value_type = BasisPoints)]
    pub high: i32,
}

impl Interval {
    /// The whole scale: nothing is known.
    pub const WHOLE: Self = Self { low: 0, high: FULL as i32 };
}

/// The ranks that a place may hold, 1 being the best. Places whose intervals overlap share some: they are tied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Rank {
    /// One more than the number of places that are surely better.
    #[schema(value_type = Ordinal)]
    pub best: usize,
    /// The number of ranked places less those that are surely worse.
    #[schema(value_type = Ordinal)]
    pub worst: usize,
}

/// One line of a ranking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ranked<K> {
    /// The place, as the caller names it.
    pub key: K,
    /// Its visits.
    pub sums: Sums,
    /// Its mean score in basis points; `None` without visits.
    pub mean: Option<i32>,
    /// The interval of that mean; `None` without visits.
    pub interval: Option<Interval>,
    /// Its rank; `None` where it has too few visits to take one.
    pub rank: Option<Rank>,
}

impl<K> Ranked<K> {
    /// The same line for the place under another name.
    pub fn map<L>(self, name: impl FnOnce(K) -> L) -> Ranked<L> {
        let Self { key, sums, mean, interval, rank } = self;
        Ranked { key: name(key), sums, mean, interval, rank }
    }

    fn unranked(key: K, sums: Sums) -> Self {
        Self { key, sums, mean: sums.mean(), interval: sums.interval(), rank: None }
    }
}

/// Ranks the places that have at least `minimum` visits; the others follow them without a rank, and do not count for the ranks of others.
/// In order of mean, then of visits, both falling, then as they came. Takes O(N log N).
pub fn rank<K: Clone>(places: &[(K, Sums)], minimum: i64) -> Vec<Ranked<K>> {
    let (mut ranking, rest): (Vec<_>, Vec<_>) = places
        .iter()
        .map(|(key, sums)| Ranked::unranked(key.clone(), *sums))
        .partition(|place| !place.sums.insufficient(minimum));
    let field = Field::of(ranking.iter().filter_map(|place| place.interval));
    for place in &mut ranking {
        place.rank = place.interval.map(|interval| field.rank(interval));
    }
    ranking.extend(rest);
    ranking.sort_by_key(|place| (place.rank.is_none(), Reverse(place.mean), Reverse(place.sums.n)));
    ranking
}

/// The ends of all ranked intervals, each sorted, so that counting those above or below one is a binary search.
struct Field {
    lows: Vec<i32>,
    highs: Vec<i32>,
}

impl Field {
    fn of(intervals: impl Iterator<Item = Interval>) -> Self {
        let (mut lows, mut highs): (Vec<_>, Vec<_>) = intervals.map(|it| (it.low, it.high)).unzip();
        lows.sort_unstable();
        highs.sort_unstable();
        Self { lows, highs }
    }

    fn rank(&self, mine: Interval) -> Rank {
        let all = self.lows.len();
        let above = all - self.lows.partition_point(|low| *low <= mine.high);
        let below = self.highs.partition_point(|high| *high < mine.low);
        Rank { best: above + 1, worst: all - below }
    }
}

/// Held within the scale, in basis points.
fn held(score: i128) -> i32 {
    score.clamp(0, i128::from(FULL)) as i32
}

/// Up to here quantiles are solved once and kept; beyond, the series agrees to nine decimals and takes nanoseconds.
/// (The solver takes a microsecond or more each, and with millions of degrees of freedom it is wrong or never ends.)
const SOLVED: i64 = 200;

static QUANTILES: LazyLock<Vec<f64>> = LazyLock::new(|| (1..=SOLVED).map(solved_quantile).collect());

/// The 0.975 quantile of Student's t, so that 95 % lie within it to both sides.
fn student_t(freedom: i64) -> f64 {
    let index = usize::try_from(freedom - 1).ok();
    let kept = index.and_then(|index| QUANTILES.get(index));
    kept.copied().unwrap_or_else(|| series_quantile(freedom))
}

fn solved_quantile(freedom: i64) -> f64 {
    StudentsT::new(0.0, 1.0, freedom as f64).map_or(f64::INFINITY, |t| t.inverse_cdf(0.975))
}

/// The expansion about the normal quantile, for many degrees of freedom.
///
/// Source: Abramowitz and Stegun, Handbook of Mathematical Functions, 26.7.5.
fn series_quantile(freedom: i64) -> f64 {
    const Z: f64 = 1.959_963_984_540_054;
    const Z2: f64 = Z * Z;
    const TERMS: [f64; 5] = [
        Z,
        Z * (Z2 + 1.0) / 4.0,
        Z * ((5.0 * Z2 + 16.0) * Z2 + 3.0) / 96.0,
        Z * (((3.0 * Z2 + 19.0) * Z2 + 17.0) * Z2 - 15.0) / 384.0,
        Z * ((((79.0 * Z2 + 776.0) * Z2 + 1482.0) * Z2 - 1920.0) * Z2 - 945.0) / 92_160.0,
    ];
    let freedom = freedom as f64;
    TERMS.iter().rev().fold(0.0, |sum, term| sum / freedom + term)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests;
