//! The interval of a place's mean.

use super::{FULL, Interval, Spread, Sums, bounded, held, student_t};

/// How much lies outside of an interval of 95 %.
const OUTSIDE: f64 = 0.05;

impl Sums {
    /// The 95 % interval of the mean, rounded outwards to whole basis points and held within the scale; none without visits.
    ///
    /// The interval is `mean ± t(0.975; d₀+n−1) · √v` with the variance `v` of [`Spread::variance_of_mean`], which borrows from the brand's other
    /// places and takes shoppers who come again into account. Where nothing is lent it is the interval that holds for all scores within
    /// the scale ([`bounded`]). Neither interval is of width zero, however alike the visits are.
    ///
    /// Limits: `v` is that of an average branch of the brand, so a branch that scatters more than the others has too narrow an
    /// interval as long as it has few visits; docs/statistics.md says how often intervals hold what they promise.
    ///
    /// Source: NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.5.2 'Confidence Limits for the Mean',
    /// <https://www.itl.nist.gov/div898/handbook/eda/section3/eda352.htm>.
    pub fn interval(&self, spread: &Spread) -> Option<Interval> {
        match spread.variance_of_mean(self.n, self.scatter()) {
            Some((variance, freedom)) => Some(self.around_mean(student_t(freedom) * variance.sqrt())),
            None => bounded::interval(*self, OUTSIDE),
        }
    }

    /// What lies so far around the mean, in basis points.
    ///
    /// Dividing the sums after rounding the reach up gives the same whole numbers as dividing before, because
    /// `⌊x / n⌋ = ⌊⌊x⌋ / n⌋`; so the ends are exact integers and always hold the mean between them.
    fn around_mean(&self, reach: f64) -> Interval {
        let (n, sum) = (i128::from(self.n), i128::from(self.sum));
        let reach = ((self.n as f64 * reach).ceil() as i128).min(n * i128::from(FULL));
        Interval { low: held((sum - reach).div_euclid(n)), high: held((sum + reach + n - 1).div_euclid(n)) }
    }
}
