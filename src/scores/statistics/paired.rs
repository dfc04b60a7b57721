//! How far the score of a place of several branches changed: each branch compared with itself.

use super::{Change, FULL, Spread, Sums, change::LN_40, student_t, two_sided};

/// How many parts of a basis point sums of fractions are kept in: so they are whole, and no order of branches makes a difference.
const PARTS: i128 = 1_000_000_000;

/// How far the scores of some branches changed, each compared with itself.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Paired {
    /// How many branches have visits in both periods.
    pub branches: usize,
    /// How many visits they have in the period before.
    pub before: i64,
    /// How many they have in the period.
    pub now: i64,
    /// The weighted mean of their changes, rounded half to even.
    pub change: Change,
}

/// What is added up over branches.
#[derive(Default)]
struct Pairs {
    branches: usize,
    before: i64,
    now: i64,
    /// `Σ w·d`, in [`PARTS`].
    changes: i128,
    /// `Σ w`, in [`PARTS`].
    weights: i128,
    /// The sum of squares about the mean of each branch and period, in [`PARTS`].
    squares: i128,
}

/// The change of branches with visits of the period before and of this one, paired by branch: branches without visits in either are left
/// out, so it makes no difference which branches were visited more often than before.
///
/// The change is `D = Σ wᵢ·dᵢ / Σ wᵢ`, where `dᵢ` is how much the mean of a branch of `n` and `m` visits changed and `wᵢ = n·m/(n+m)`: the
/// least squares estimate of how two periods differ where each branch has a level of its own. Its interval is `D ± t(0.975; ν)·√v` with
///
/// `v = (d₀·s₀² + S) / ν / Σ wᵢ · (1 + f·ρ)/(1 − p·ρ)`, `ν = d₀ + N − 2k`,
///
/// where `S` is the sum of squares of all visits about the mean of their branch and period, `N` all these visits, `k` the branches, and the
/// rest is lent as in [`Spread::variance_of_mean`]: `f` is how many further visits to the brand the shopper of a visit made, and `p` the share of
/// pairs of visits to a branch that are by one shopper. The interval is rounded outwards. Where nothing is lent it is Hoeffding's for
/// a weighted sum, `10,000·√(ln 40/Σ wᵢ)` to both sides, with each shopper taken to have made two visits. It is never of width zero.
///
/// Limits: all branches and periods are taken to scatter alike. If branches change differently, `D` is the mean change of these branches with
/// these weights, and says nothing of others.
///
/// Sources: the weights are those that S. Greenland and J. M. Robins, Estimation of a Common Effect Parameter from Sparse Follow-up Data,
/// Biometrics 41 (1985), 55–68, show to be right however few visits each branch has; the rest as in [`Spread::variance_of_mean`] and
/// [`Sums::change_since`].
pub fn paired(branches: impl IntoIterator<Item = (Sums, Sums)>, spread: &Spread) -> Option<Paired> {
    let both = branches.into_iter().filter(|(before, now)| before.n > 0 && now.n > 0);
    let pairs = both.fold(Pairs::default(), |pairs, (before, now)| pairs.with(before, now));
    if pairs.weights <= 0 {
        return None;
    }
    let difference = half_to_even(pairs.changes, pairs.weights);
    let weight = pairs.weights as f64 / PARTS as f64;
    let at = pairs.changes as f64 / pairs.weights as f64;
    let (reach, chance) = match spread.pooled(pairs.before.max(pairs.now)) {
        Some(lent) => {
            let freedom = lent.freedom + pairs.before + pairs.now - 2 * pairs.branches as i64;
            let squares = lent.freedom as f64 * lent.variance as f64 + pairs.squares as f64 / PARTS as f64;
            let error = (squares / freedom as f64 / weight * lent.design).sqrt();
            (student_t(freedom) * error, two_sided(at / error, freedom))
        }
        None => {
            let chance = 2.0 * (-weight * (at / FULL as f64).powi(2)).exp();
            (FULL as f64 * (LN_40 / weight).sqrt(), chance.min(1.0))
        }
    };
    let reach = (reach.min(2.0 * FULL as f64) * pairs.weights as f64).ceil() as i128;
    let held = |end: i128| end.clamp(i128::from(-FULL), i128::from(FULL)) as i32;
    let low = held((pairs.changes - reach).div_euclid(pairs.weights));
    let high = held(-(-pairs.changes - reach).div_euclid(pairs.weights));
    let Pairs { branches, before, now, .. } = pairs;
    Some(Paired { branches, before, now, change: Change { difference, low, high, chance } })
}

impl Pairs {
    fn with(self, before: Sums, now: Sums) -> Self {
        let (m, n) = (i128::from(before.n), i128::from(now.n));
        let apart = i128::from(now.sum) * m - i128::from(before.sum) * n;
        let squares = |sums: &Sums| sums.scatter() * PARTS / i128::from(sums.n);
        Self {
            branches: self.branches + 1,
            before: self.before + before.n,
            now: self.now + now.n,
            changes: self.changes + (apart * PARTS).div_euclid(n + m),
            weights: self.weights + n * m * PARTS / (n + m),
            squares: self.squares + squares(&before) + squares(&now),
        }
    }
}

fn half_to_even(of: i128, by: i128) -> i32 {
    let (whole, rest) = (of.div_euclid(by), of.rem_euclid(by));
    let is_up = 2 * rest > by || 2 * rest == by && whole % 2 != 0;
    (whole + i128::from(is_up)) as i32
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sums(scores: &[i32]) -> Sums {
        scores.iter().fold(Sums::default(), |sums, score| sums.plus(Sums::of(*score)))
    }

    fn ends(of: &[(&[i32], &[i32])], spread: &Spread) -> Option<(usize, i32, i32, i32)> {
        let branches = of.iter().map(|(before, now)| (sums(before), sums(now)));
        paired(branches, spread).map(
            |Paired { branches, change: Change { difference, low, high, .. }, .. }| {
                (branches, difference, low, high)
            },
        )
    }

    #[test]
    fn each_branch_is_compared_with_itself() {
        let spread = Spread::of_deviation(800);
        // The good branch was visited more often than before, which alone makes the mean of all visits higher.
        let of: [(&[i32], &[i32]); 3] =
            [(&[9_000], &[9_000, 9_000, 9_000]), (&[5_000, 5_000, 5_000], &[5_000]), (&[], &[10_000])];
        // Σw = 2·3/4 = 1.5; ν = 45 + 8 − 4 = 49, t = 2.0095752; √(45·640000/49/1.5) = 625.97.
        assert_eq!(ends(&of, &spread), Some((2, 0, -1_258, 1_258)));
        assert_eq!(ends(&[(&[], &[10_000])], &spread), None);
        assert_eq!(ends(&[], &spread), None);
    }

    #[test]
    fn where_nothing_is_lent_it_is_hoeffding_s() {
        let branch: (&[i32], &[i32]) = (&[5_000; 10], &[8_000; 10]);
        // 10000·√(ln 40/50) = 2716.2 of ten such branches.
        assert_eq!(ends(&[branch; 10], &Spread::UNKNOWN), Some((10, 3_000, 283, 5_717)));
        assert_eq!(ends(&[(&[0], &[10_000])], &Spread::UNKNOWN), Some((1, 10_000, -10_000, 10_000)));
    }

    #[test]
    fn halves_are_rounded_to_even() {
        let of = |by: i128| half_to_even(by, 2);
        assert_eq!([-3, -1, 1, 3, 5].map(of), [-2, 0, 0, 2, 2]);
    }

    proptest! {
        #[test]
        fn the_order_makes_no_difference_and_sides_turn(
            of in prop::collection::vec(
                (prop::collection::vec(0..=10_000_i32, 0..6), prop::collection::vec(0..=10_000_i32, 0..6)), 0..8),
            is_known in prop::bool::ANY,
        ) {
            let spread = if is_known { Spread::of_deviation(900) } else { Spread::UNKNOWN };
            let all: Vec<_> = of.iter().map(|(before, now)| (sums(before), sums(now))).collect();
            let forth = paired(all.iter().copied(), &spread);
            prop_assert_eq!(forth, paired(all.iter().rev().copied(), &spread));
            let back = paired(all.iter().map(|(before, now)| (*now, *before)), &spread);
            prop_assert_eq!(forth.is_some(), back.is_some());
            if let (Some(Paired { change: forth, .. }), Some(Paired { change: back, .. })) = (forth, back) {
                // Fractions of parts are rounded down, so the ends may be one off.
                prop_assert!((forth.low + back.high).abs() <= 1 && (forth.high + back.low).abs() <= 1);
                prop_assert!(forth.low <= forth.difference && forth.difference <= forth.high && forth.low < forth.high);
            }
        }
    }
}
