//! The interval of a proportion that is never wrong more often than it says: for money.

use statrs::function::gamma::ln_gamma;

use super::Proportion;

/// A full share, in basis points.
const FULL: f64 = 10_000.0;
/// What lies outside of an interval of 95 %, to each side.
const OUTSIDE: f64 = 0.025;
/// So many halvings are less than what a double can hold apart.
const HALVINGS: usize = 60;
/// A fraction that has not settled after so many steps is of more visits than there are.
const STEPS: i32 = 100_000;
/// A fraction has settled if a step changes it by no more.
const SETTLED: f64 = 1e-15;
/// The least that a step of a fraction is divided by.
const LEAST: f64 = 1e-300;

impl Proportion {
    /// Where the true share lies with at least 95 % confidence, in basis points, rounded outwards; none of nothing.
    ///
    /// This is Clopper and Pearson's interval: at each end, a share as far out or further is seen in 2.5 % of cases. It is never right in fewer
    /// than 95 % of cases, however few visits and hits there are, so its lower end is what a gate asks that money hangs on. Of
    /// up to 45 visits it lies below the lower end of [Wilson's](Self::interval), which is right in 95 % of cases on average.
    ///
    /// Sources: C. J. Clopper and E. S. Pearson, The use of confidence or fiducial limits illustrated in the case of the binomial,
    /// Biometrika 26 (1934), 404–413; by quantiles of the beta distribution, as `proportion_confint(…, method="beta")` of statsmodels has it,
    /// <https://www.statsmodels.org/stable/generated/statsmodels.stats.proportion.proportion_confint.html>.
    pub fn sure_interval(self) -> Option<(i64, i64)> {
        let (low, high) = self.sure_ends()?;
        // Outwards by more than the doubles can be wrong.
        let at = |end: f64| end * FULL;
        Some(((at(low) - 1e-6).floor().max(0.0) as i64, (at(high) + 1e-6).ceil().min(FULL) as i64))
    }

    /// The same, between 0 and 1.
    pub(super) fn sure_ends(self) -> Option<(f64, f64)> {
        let Self { n, hits } = self;
        (n > 0).then(|| (lowest(hits, n), 1.0 - lowest(n - hits, n)))
    }
}

/// The share of which so many hits or more are seen in 2.5 % of cases.
fn lowest(hits: i64, n: i64) -> f64 {
    if hits == 0 {
        return 0.0;
    }
    let (a, b) = (hits as f64, (n - hits) as f64 + 1.0);
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..HALVINGS {
        let middle = f64::midpoint(low, high);
        if beta_below(a, b, middle) < OUTSIDE {
            low = middle;
        } else {
            high = middle;
        }
    }
    f64::midpoint(low, high)
}

/// How much of the beta distribution with these parameters lies below.
///
/// Source: NIST Digital Library of Mathematical Functions, 8.17(v) (the continued fraction) and 8.17.4 (the other side),
/// <https://dlmf.nist.gov/8.17>.
fn beta_below(a: f64, b: f64, x: f64) -> f64 {
    if x <= 0.0 || x >= 1.0 {
        return if x <= 0.0 { 0.0 } else { 1.0 };
    }
    // On this side the fraction settles soon.
    if x > (a + 1.0) / (a + b + 2.0) {
        return 1.0 - beta_below(b, a, 1.0 - x);
    }
    let log = ln_gamma(a + b) - ln_gamma(a) - ln_gamma(b) + a * x.ln() + b * (1.0 - x).ln();
    log.exp() / a * fraction(a, b, x)
}

/// `1/(1 + d₁/(1 + d₂/(1 + …)))`, by Lentz's method.
fn fraction(a: f64, b: f64, x: f64) -> f64 {
    let away = |from: f64| if from.abs() < LEAST { LEAST } else { from };
    let (mut top, mut bottom) = (1.0, 1.0 / away(1.0 - (a + b) * x / (a + 1.0)));
    let mut all = bottom;
    for step in 1..STEPS {
        let m = f64::from(step);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        let before = all;
        for part in [even, odd] {
            bottom = 1.0 / away(1.0 + part * bottom);
            top = away(1.0 + part / top);
            all *= top * bottom;
        }
        if (all / before - 1.0).abs() <= SETTLED {
            break;
        }
    }
    all
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const fn of(hits: i64, n: i64) -> Proportion {
        Proportion { n, hits }
    }

    #[test]
    fn ends_of_all_or_nothing_are_closed() {
        assert_eq!(of(0, 0).sure_interval(), None);
        // 0.025^(1/n), and 1 less that.
        for n in [1, 3, 10, 30, 1_000, 1_000_000] {
            let end = 0.025_f64.powf(1.0 / n as f64);
            let ((low, top), (bottom, high)) = (of(n, n).sure_ends().unwrap(), of(0, n).sure_ends().unwrap());
            assert!((low - end).abs() < 1e-9 && (high - (1.0 - end)).abs() < 1e-9, "{n}: {low} {high}");
            assert_eq!((top, bottom), (1.0, 0.0));
        }
        assert_eq!(of(3, 3).sure_interval(), Some((2_924, 10_000)));
        assert_eq!(of(10, 10).sure_interval(), Some((6_915, 10_000)));
    }

    #[test]
    fn a_gate_that_money_hangs_on_asks_for_more_than_wilson() {
        for n in 1..46 {
            for hits in 0..=n {
                let (low, high) = of(hits, n).sure_interval().unwrap();
                let (wilson, _) = of(hits, n).interval().unwrap();
                assert!(low < high && (low < wilson || hits == 0), "{hits} of {n}: {low}, {wilson}");
                let (other, from) = of(n - hits, n).sure_interval().unwrap();
                assert_eq!((low, high), (10_000 - from, 10_000 - other), "{hits} of {n}");
            }
        }
    }
}
