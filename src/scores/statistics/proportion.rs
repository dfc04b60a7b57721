//! Proportions, with Wilson's interval: it is honest of a handful and never of width zero. Source: NIST/SEMATECH e-Handbook of
//! Statistical Methods, 7.2.4.1 'Confidence intervals'.

/// A full share, in basis points.
const FULL: i64 = 10_000;
/// The 97.5 % quantile of the normal distribution.
const Z: f64 = 1.959_963_984_540_054;

/// How many of some things have a property.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Proportion {
    /// How many there are.
    pub n: i64,
    /// How many of them have it.
    pub hits: i64,
}

impl Proportion {
    /// The same with one more.
    #[must_use]
    pub fn with(self, is_hit: bool) -> Self {
        self.plus(Self { n: 1, hits: i64::from(is_hit) })
    }

    /// Both together.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self { n: self.n + other.n, hits: self.hits + other.hits }
    }

    /// Whether there are too few to say anything.
    pub fn insufficient(self, minimum: i64) -> bool {
        self.n < minimum.max(1)
    }

    /// The share, in basis points, rounded half to even; none of nothing.
    pub fn share(self) -> Option<i64> {
        let (whole, rest) = ((self.hits * FULL).checked_div(self.n)?, (self.hits * FULL) % self.n);
        let is_up = rest * 2 > self.n || rest * 2 == self.n && whole % 2 == 1;
        Some(whole + i64::from(is_up))
    }

    /// Where the true share lies with 95 % confidence, in basis points, rounded outwards; none of nothing.
    pub fn interval(self) -> Option<(i64, i64)> {
        if self.n == 0 {
            return None;
        }
        let (n, share) = (self.n as f64, self.hits as f64 / self.n as f64);
        let (middle, scale) = (share + Z * Z / (2.0 * n), 1.0 + Z * Z / n);
        let reach = Z * (share * (1.0 - share) / n + Z * Z / (4.0 * n * n)).sqrt();
        let at = |end: f64| end / scale * FULL as f64;
        let (low, high) = (at(middle - reach).floor() as i64, at(middle + reach).ceil() as i64);
        Some((low.clamp(0, FULL), high.clamp(0, FULL)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn kept(hits: i64, n: i64) -> Proportion {
        Proportion { n, hits }
    }

    #[test]
    fn some_are_counted_one_by_one_or_together() {
        assert_eq!((kept(1, 2).with(true), kept(1, 2).with(false)), (kept(2, 3), kept(1, 3)));
        assert_eq!(kept(1, 2).plus(kept(3, 5)), kept(4, 7));
        let too_few = |n, minimum| kept(0, n).insufficient(minimum);
        assert_eq!([too_few(2, 3), too_few(3, 3), too_few(4, 3)], [true, false, false]);
        assert_eq!([too_few(0, 0), too_few(1, 0)], [true, false], "of none nothing is known");
    }

    #[test]
    fn shares_are_rounded_half_to_even() {
        let wanted =
            [(0, 0, None), (0, 4, Some(0)), (4, 4, Some(10_000)), (1, 3, Some(3_333)), (2, 3, Some(6_667))];
        for (of, visits, share) in wanted {
            assert_eq!(kept(of, visits).share(), share);
        }
        assert_eq!(kept(1, 32).share(), Some(312), "312.5");
        assert_eq!(kept(3, 32).share(), Some(938), "937.5");
    }

    /// The values of Wilson's interval for 0 of 10, 5 of 10 and 10 of 10 as R gives them (`prop.test(…, correct = FALSE)`).
    #[test]
    fn intervals_are_wilson_s() {
        assert_eq!(kept(0, 0).interval(), None);
        assert_eq!(kept(0, 10).interval(), Some((0, 2_776)));
        assert_eq!(kept(5, 10).interval(), Some((2_365, 7_635)));
        assert_eq!(kept(10, 10).interval(), Some((7_224, 10_000)));
        for visits in 1..60 {
            for of in 0..=visits {
                let one = kept(of, visits);
                let (low, high) = one.interval().unwrap_or_default();
                assert!(
                    low < high && one.share().is_some_and(|share| (low..=high).contains(&share)),
                    "{one:?}"
                );
            }
        }
    }
}
