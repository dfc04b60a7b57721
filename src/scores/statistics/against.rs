//! How often chance alone would put a mean as far from a mark as it is.

use std::f64::consts::FRAC_1_SQRT_2;

use statrs::function::erf::erfc;

use super::{FULL, Proportion, Spread, Sums, Tail, bounded::divergence, two_sided};

impl Sums {
    /// How often chance alone would put the mean so far from this mark, in basis points, on this side: by Student's t with the variance
    /// and the degrees of freedom of the mean's interval ([`Sums::interval`]), so that each end of the interval of 95 % is the mark of which this is 2.5 %.
    /// Where nothing is lent, by the inequality of that other interval. One without visits.
    pub fn chance_against(&self, mark: i32, spread: &Spread, tail: Tail) -> f64 {
        if self.n < 1 {
            return 1.0;
        }
        let mean = self.sum as f64 / self.n as f64;
        let apart = mean - f64::from(mark);
        let to_either_side = match spread.variance_of_mean(self.n, self.scatter()) {
            Some((variance, freedom)) => two_sided(apart / variance.sqrt(), freedom),
            None => {
                let (mean, mark) = (mean / FULL as f64, f64::from(mark) / FULL as f64);
                (2.0 * (-Spread::worth(self.n) * divergence(mean, mark)).exp()).min(1.0)
            }
        };
        tail.chance(apart, to_either_side)
    }
}

impl Proportion {
    /// The same of a share: by the score test, of which Wilson's interval is the inversion.
    pub fn chance_against(self, mark: i32, tail: Tail) -> f64 {
        if self.n < 1 {
            return 1.0;
        }
        let (share, mark) = (self.hits as f64 / self.n as f64, f64::from(mark) / FULL as f64);
        let apart = share - mark;
        let error = (mark * (1.0 - mark) / self.n as f64).sqrt();
        // A mark at an end of the scale has no error: what is elsewhere is not by chance.
        let to_either_side = if error > 0.0 { erfc(apart.abs() / error * FRAC_1_SQRT_2) } else { 0.0 };
        tail.chance(apart, to_either_side)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sums(scores: &[i32]) -> Sums {
        scores.iter().fold(Sums::default(), |sums, score| sums.plus(Sums::of(*score)))
    }

    /// The smaller one of the two sides: what lies apart lies on one.
    fn smaller(chance: impl Fn(Tail) -> f64) -> f64 {
        let [lower, upper] = [Tail::Lower, Tail::Upper].map(chance);
        assert!(lower.max(upper) == 1.0, "{lower} {upper}");
        lower.min(upper)
    }

    /// An interval of 95 % leaves out what chance makes on one side less often than once in forty, and nothing else; its ends are rounded outwards.
    #[test]
    fn what_is_outside_of_the_interval_is_beyond_chance() {
        let spread = Spread::of_deviation(1_500);
        for scores in [&[9_000, 8_000, 7_500][..], &[4_000; 12], &[10_000, 9_900, 10_000, 9_000]] {
            for spread in [spread, Spread::UNKNOWN] {
                let sums = sums(scores);
                let Some(interval) = sums.interval(&spread) else { continue };
                for mark in (0..=10_000).step_by(50) {
                    let is_within = interval.low < mark && mark < interval.high;
                    let chance = smaller(|tail| sums.chance_against(mark, &spread, tail));
                    if is_within {
                        assert!(chance > 0.0249, "{scores:?} {mark}: {chance}");
                    } else if mark < interval.low - 1 || mark > interval.high + 1 {
                        assert!(chance < 0.0251, "{scores:?} {mark}: {chance}");
                    }
                }
            }
        }
        for (hits, n) in [(0, 3), (5, 10), (29, 30)] {
            let share = Proportion { n, hits };
            let Some((low, high)) = share.interval() else { continue };
            for mark in (0..=10_000_i32).step_by(50) {
                let is_within = i64::from(mark) > low && i64::from(mark) < high;
                let chance = smaller(|tail| share.chance_against(mark, tail));
                if is_within {
                    assert!(chance > 0.0249, "{share:?} {mark}: {chance}");
                } else if i64::from(mark) < low - 1 || i64::from(mark) > high + 1 {
                    assert!(chance < 0.0251, "{share:?} {mark}: {chance}");
                }
            }
        }
    }

    #[test]
    fn a_mean_is_evidence_for_the_side_of_the_mark_on_which_it_lies() {
        let (low, spread) = (sums(&[4_000; 12]), Spread::of_deviation(1_500));
        let against = |mark| [Tail::Lower, Tail::Upper].map(|tail| low.chance_against(mark, &spread, tail));
        assert!(against(8_000)[0] < 0.001 && against(8_000)[1] == 1.0);
        assert!(against(1_000)[0] == 1.0 && against(1_000)[1] < 0.001);
        assert_eq!(against(4_000), [1.0; 2], "it is the mark");
        let all = Proportion { n: 30, hits: 30 };
        let against = |mark| [Tail::Lower, Tail::Upper].map(|tail| all.chance_against(mark, tail));
        assert!(against(5_000)[0] == 1.0 && against(5_000)[1] < 0.001);
        assert_eq!((against(10_000), against(0)), ([1.0; 2], [1.0, 0.0]));
    }

    #[test]
    fn nothing_is_known_of_no_visits() {
        for tail in [Tail::Lower, Tail::Upper] {
            assert_eq!(Sums::default().chance_against(5_000, &Spread::UNKNOWN, tail), 1.0);
            assert_eq!(Proportion::default().chance_against(5_000, tail), 1.0);
        }
    }
}
