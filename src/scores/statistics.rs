//! What a handful of visits says about a place: the mean score, how sure it is, and the rank that follows.
//!
//! Scores are whole **basis points** (0..=10 000, so 8 750 is 87.50 %). A place keeps three exact integers, [`Sums`];
//! everything else here is computed from them. Scores stay integers throughout: a float appears only as the reach of
//! an interval, after the exact variance and before the outward rounding.

mod against;
mod as_text;
mod bounded;
mod change;
mod clopper_pearson;
mod discoveries;
pub mod leniency;
mod mean;
mod minimum;
mod paired;
mod proportion;
mod range;
mod ranks;
mod repeats;
mod shrunken;
mod spread;
mod tail;

use std::{cmp::Ordering, f64::consts::FRAC_1_SQRT_2, sync::LazyLock};

use serde::{Deserialize, Serialize};
use statrs::{
    distribution::{ContinuousCDF, StudentsT},
    function::erf::erfc,
};
use utoipa::ToSchema;

pub use self::{
    change::Change,
    discoveries::{Moved, ON_ONE_SIDE, discoveries, moved},
    minimum::Minimum,
    paired::{Paired, paired},
    proportion::Proportion,
    ranks::{Rank, Ranked, rank},
    repeats::{Repeated, Repeating, Seen, Within},
    spread::{Basis, Extent, FREEDOM, Repeats, Spread, WINDOWS},
    tail::Tail,
};
use crate::limits::{BasisPoints, Whole};

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

    /// Whether each visit scored all or nothing.
    pub fn is_share(&self) -> bool {
        self.n > 0 && self.sum_sq == FULL * self.sum
    }

    /// How many of how many visits scored all, where each scored all or nothing.
    pub fn share(&self) -> Option<Proportion> {
        self.is_share().then_some(Proportion { n: self.n, hits: self.sum / FULL })
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

    /// `n·Σx² − (Σx)²`: the sum of squares about the mean, times the number of visits; exact.
    fn scatter(&self) -> i128 {
        let (n, sum, sum_sq) = (i128::from(self.n), i128::from(self.sum), i128::from(self.sum_sq));
        (n * sum_sq - sum * sum).max(0)
    }
}

/// The difference between two scores, in basis points.
pub type Difference = Whole<-10_000, 10_000>;

/// Where the true mean lies with 95 % confidence, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
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

/// How often chance alone makes Student's t this great, to either side.
fn two_sided(t: f64, freedom: i64) -> f64 {
    /// From here on it is the normal distribution, to more than six decimals.
    const NORMAL: i64 = 1_000_000;
    if freedom >= NORMAL {
        return erfc(t.abs() * FRAC_1_SQRT_2);
    }
    let tail = |of: StudentsT| 2.0 * of.sf(t.abs());
    StudentsT::new(0.0, 1.0, freedom.max(1) as f64).map_or(1.0, tail)
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

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod vectors;
