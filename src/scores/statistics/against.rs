//! How often chance alone would put a mean as far from a mark as it is.

use std::f64::consts::FRAC_1_SQRT_2;

use statrs::function::erf::erfc;

use super::{FULL, Proportion, Spread, Sums, bounded::divergence, two_sided};

impl Sums {
    /// How often chance alone would put the mean so far from this mark, in basis points, to either side: by Student's t with the variance
    /// and the degrees of freedom of the mean's interval ([`Sums::interval`]), so that the interval of 95 % leaves out the marks of which this is below 5 %.
    /// Where nothing is lent, by the inequality of that other interval. One without visits.
    pub fn chance_against(&self, mark: i32, spread: &Spread) -> f64 {
        if self.n < 1 {
            return 1.0;
        }
        let mean = self.sum as f64 / self.n as f64;
        match spread.variance_of_mean(self.n, self.scatter()) {
            Some((variance, freedom)) => two_sided((mean - f64::from(mark)) / variance.sqrt(), freedom),
            None => {
                let (mean, mark) = (mean / FULL as f64, f64::from(mark) / FULL as f64);
                (2.0 * (-Spread::worth(self.n) * divergence(mean, mark)).exp()).min(1.0)
            }
        }
    }
}

impl Proportion {
    /// The same of a share: by the score test, of which Wilson's interval is the inversion.
    pub fn chance_against(self, mark: i32) -> f64 {
        if self.n < 1 {
            return 1.0;
        }
        let (share, mark) = (self.hits as f64 / self.n as f64, f64::from(mark) / FULL as f64);
        let apart = (share - mark).abs();
        let error = (mark * (1.0 - mark) / self.n as f64).sqrt();
        match apart > 0.0 {
            // A mark at an end of the scale has no error: what is elsewhere is not by chance.
            true if error > 0.0 => erfc(apart / error * FRAC_1_SQRT_2),
            true => 0.0,
            false => 1.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sums(scores: &[i32]) -> Sums {
        scores.iter().fold(Sums::default(), |sums, score| sums.plus(Sums::of(*score)))
    }

    /// An interval of 95 % leaves out what chance makes less often than once in twenty, and nothing else; its ends are rounded outwards.
    #[test]
    fn what_is_outside_of_the_interval_is_beyond_chance() {
        let spread = Spread::of_deviation(1_500);
        for scores in [&[9_000, 8_000, 7_500][..], &[4_000; 12], &[10_000, 9_900, 10_000, 9_000]] {
            for spread in [spread, Spread::UNKNOWN] {
                let sums = sums(scores);
                let Some(interval) = sums.interval(&spread) else { continue };
                for mark in (0..=10_000).step_by(50) {
                    let (is_within, chance) =
                        (interval.low < mark && mark < interval.high, sums.chance_against(mark, &spread));
                    if is_within {
                        assert!(chance > 0.0499, "{scores:?} {mark}: {chance}");
                    } else if mark < interval.low - 1 || mark > interval.high + 1 {
                        assert!(chance < 0.0501, "{scores:?} {mark}: {chance}");
                    }
                }
            }
        }
        for (hits, n) in [(0, 3), (5, 10), (29, 30)] {
            let share = Proportion { n, hits };
            let Some((low, high)) = share.interval() else { continue };
            for mark in (0..=10_000_i32).step_by(50) {
                let (within, chance) =
                    (i64::from(mark) > low && i64::from(mark) < high, share.chance_against(mark));
                if within {
                    assert!(chance > 0.0499, "{share:?} {mark}: {chance}");
                } else if i64::from(mark) < low - 1 || i64::from(mark) > high + 1 {
                    assert!(chance < 0.0501, "{share:?} {mark}: {chance}");
                }
            }
        }
    }

    #[test]
    fn nothing_is_known_of_no_visits() {
        assert_eq!(Sums::default().chance_against(5_000, &Spread::UNKNOWN), 1.0);
        assert_eq!(Proportion::default().chance_against(5_000), 1.0);
    }
}
