//! How far a mean score changed, with the interval of that: two samples, each with its own spread.

use super::{FULL, Spread, Sums, Tail, student_t, two_sided};

/// `ln(2 / 0.05)`: what is outside of an interval of 95 % to both sides, as Hoeffding's inequality asks for it.
pub(super) const LN_40: f64 = 3.688_879_454_113_936;

/// How far the mean score of a place changed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Change {
    /// The mean now less the one before, each rounded as it is shown, in basis points.
    pub difference: i32,
    /// With 95 % confidence the true difference is at least this, in basis points, rounded down.
    pub low: i32,
    /// And at most this, rounded up.
    pub high: i32,
    /// How often chance alone would make a difference that great, to either side.
    pub chance: f64,
}

impl Change {
    /// Whether the mean surely rose.
    pub fn is_up(&self) -> bool {
        self.low > 0
    }

    /// Whether the mean surely fell.
    pub fn is_down(&self) -> bool {
        self.high < 0
    }

    /// Whether the mean surely changed to this side.
    pub fn is_on(&self, tail: Tail) -> bool {
        match tail {
            Tail::Lower => self.is_down(),
            Tail::Upper => self.is_up(),
        }
    }

    /// How often chance alone would make a difference that great on this side: of many changes [`discoveries`](super::discoveries()) says which are
    /// beyond chance.
    pub fn chance_on(&self, tail: Tail) -> f64 {
        tail.chance(self.difference.into(), self.chance)
    }
}

/// How sure a difference is.
enum Surety {
    /// By Student's t: the standard error of the difference, and the degrees of freedom.
    Student(f64, i64),
    /// By Hoeffding's inequality: `2·n·m/(n+m)` with the numbers of independent visits, for scores from 0 to 1.
    Bounded(f64),
}

impl Sums {
    /// The change of the mean since other visits of as many months, with its 95 % interval by Welch: `d ± t(0.975; ν) · √(v₁ + v₂)`,
    /// rounded outwards to whole basis points and held within what two scores can differ by. None if either has no visits.
    ///
    /// The variances `v` of the means are those of [`Spread::variance_of_mean`], with what the brand lends. `ν` is rounded down.
    ///
    /// Where nothing is lent it is the interval that holds for all scores within the scale, by Hoeffding's inequality, with each shopper
    /// taken to have made two visits: `d ± 10,000·√(ln 40·(n+m)/(n·m))`, which a handful of visits leaves as wide as the scale. The
    /// interval is never of width zero.
    ///
    /// Sources: NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.5.3 'Two-Sample t-Test for Equal Means', for the variances and
    /// the degrees of freedom, <https://www.itl.nist.gov/div898/handbook/eda/section3/eda353.htm>; W. Hoeffding, Probability
    /// Inequalities for Sums of Bounded Random Variables, Journal of the American Statistical Association 58 (1963), (2.7).
    pub fn change_since(&self, before: Self, spread: &Spread) -> Option<Change> {
        let difference = self.mean()? - before.mean()?;
        let (n, of) = (i128::from(self.n), i128::from(before.n));
        // Both means over one denominator, so that the ends are exact integers but for the reach.
        let both = n * of;
        let apart = i128::from(self.sum) * of - i128::from(before.sum) * n;
        let surety = self.surety(before, spread);
        let reach = match surety {
            Surety::Student(error, freedom) => (student_t(freedom) * error * both as f64).ceil() as i128,
            Surety::Bounded(visits) => (FULL as f64 * (LN_40 / visits).sqrt() * both as f64).ceil() as i128,
        };
        let reach = reach.min(2 * both * i128::from(FULL));
        let (low, high) =
            (within((apart - reach).div_euclid(both)), within(-(-apart - reach).div_euclid(both)));
        let apart = apart as f64 / both as f64;
        let chance = match surety {
            Surety::Student(error, freedom) => two_sided(apart / error, freedom),
            Surety::Bounded(visits) => (2.0 * (-visits * (apart / FULL as f64).powi(2)).exp()).min(1.0),
        };
        // The rounded means may differ by one more than the means.
        Some(Change { difference, low: low.min(difference), high: high.max(difference), chance })
    }

    fn surety(&self, before: Self, spread: &Spread) -> Surety {
        let lent = |sums: &Self| spread.variance_of_mean(sums.n, sums.scatter());
        let (Some((mine, freedom)), Some((others, of))) = (lent(self), lent(&before)) else {
            let (n, of) = (Spread::worth(self.n), Spread::worth(before.n));
            return Surety::Bounded(2.0 * n * of / (n + of));
        };
        let variance = mine + others;
        let freedom = variance * variance / (mine * mine / freedom as f64 + others * others / of as f64);
        // Rounded down, which makes the interval no narrower; what is whole but for the float stays whole.
        Surety::Student(variance.sqrt(), ((freedom + 1e-9).floor() as i64).max(1))
    }
}

/// Held within what two scores can differ by.
fn within(difference: i128) -> i32 {
    difference.clamp(i128::from(-FULL), i128::from(FULL)) as i32
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sums(scores: &[i32]) -> Sums {
        scores.iter().fold(Sums::default(), |sums, score| sums.plus(Sums::of(*score)))
    }

    fn change(before: &[i32], now: &[i32]) -> Option<(i32, i32, i32)> {
        let change = sums(now).change_since(sums(before), &Spread::UNKNOWN);
        change.map(|it| (it.difference, it.low, it.high))
    }

    #[test]
    fn where_nothing_is_lent_it_is_hoeffding_s() {
        assert_eq!(change(&[], &[9_000]), None);
        assert_eq!(change(&[9_000], &[]), None);
        assert_eq!(change(&[0], &[10_000, 10_000, 10_000]), Some((10_000, -7_534, 10_000)));
        // 10000·√(ln 40·2/n) to both sides: 8589.38 of ten and ten, 6073.61 of twenty and twenty.
        assert_eq!(change(&[3_000; 10], &[10_000; 10]), Some((7_000, -1_590, 10_000)));
        assert_eq!(change(&[5_000; 20], &[9_000; 20]), Some((4_000, -2_074, 10_000)));
        assert_eq!(change(&[5_000; 20], &[5_000; 20]), Some((0, -6_074, 6_074)));
        // Visits that scatter say no more about how far others do.
        assert_eq!(change(&[4_000, 6_000].repeat(10), &[5_000; 20]), Some((0, -6_074, 6_074)));
    }

    /// `2 exp(-d² n m / (n + m))`, with what Python's `math.exp` gives.
    #[test]
    fn the_chance_where_nothing_is_lent_is_hoeffding_s() {
        for (before, now, visits, wanted) in [
            (1_000, 9_000, 20, 0.003_323_114_546_347_868), // 2 exp(-6.4)
            (9_000, 1_000, 20, 0.003_323_114_546_347_868),
            (3_000, 10_000, 10, 0.172_587_172_998_741), // 2 exp(-2.45)
            (5_000, 6_000, 3, 1.0),                     // 2 exp(-0.015)
            (5_000, 5_000, 20, 1.0),
        ] {
            let of = |score| sums(&vec![score; visits]);
            let change = of(now).change_since(of(before), &Spread::UNKNOWN).unwrap();
            assert!((change.chance - wanted).abs() < 1e-12, "{before} {now} {visits}: {}", change.chance);
        }
    }

    #[test]
    fn huge_counts_do_not_overflow() {
        let n = 90_000_000_000;
        let half = Sums { n, sum: n / 2 * FULL, sum_sq: n / 2 * FULL * FULL };
        let none = Sums { n, sum: 0, sum_sq: 0 };
        let change = half.change_since(none, &Spread::UNKNOWN).unwrap();
        assert_eq!((change.difference, change.low, change.high), (5_000, 4_999, 5_001));
    }

    #[test]
    fn a_mean_surely_rose_if_all_of_the_interval_is_above_zero() {
        let is_up = |low| Change { difference: 5, low, high: 10, chance: 0.01 }.is_up();
        assert_eq!([-1, 0, 1].map(is_up), [false, false, true]);
    }

    #[test]
    fn a_change_is_evidence_for_its_own_side_alone() {
        let fall = sums(&[5_000; 20]).change_since(sums(&[9_000; 20]), &Spread::of_deviation(1_500)).unwrap();
        assert!(fall.chance < 0.001 && fall.is_on(Tail::Lower) && !fall.is_on(Tail::Upper));
        assert_eq!((fall.chance_on(Tail::Lower), fall.chance_on(Tail::Upper)), (fall.chance / 2.0, 1.0));
        let none = sums(&[5_000; 20]).change_since(sums(&[5_000; 20]), &Spread::of_deviation(1_500)).unwrap();
        assert_eq!([Tail::Lower, Tail::Upper].map(|tail| none.chance_on(tail)), [1.0; 2]);
    }

    proptest! {
        #[test]
        fn the_difference_lies_in_its_interval_and_turns_with_the_sides(
            before in prop::collection::vec(0..=10_000_i32, 1..30),
            now in prop::collection::vec(0..=10_000_i32, 1..30),
            is_known in prop::bool::ANY,
        ) {
            let spread = if is_known { Spread::of_deviation(900) } else { Spread::UNKNOWN };
            let Change { difference, low, high, .. } = sums(&now).change_since(sums(&before), &spread).unwrap();
            prop_assert!(-10_000 <= low && low <= difference && difference <= high && high <= 10_000);
            prop_assert!(low < high || difference.abs() == 10_000);
            let back = sums(&before).change_since(sums(&now), &spread).unwrap();
            prop_assert_eq!((back.difference, back.low, back.high), (-difference, -high, -low));
        }
    }
}
