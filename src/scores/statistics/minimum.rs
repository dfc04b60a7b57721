//! What a figure has to rest on before it counts for anything.

use super::{Interval, Spread, Sums};
use crate::places::model::Brand;

/// What a brand asks of a figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Minimum {
    /// At least so many visits; without a single one there are always too few.
    pub visits: i64,
    /// The greatest margin of error: half of the width of the 95 % interval, in basis points. None if any interval will do.
    pub margin: Option<i32>,
}

impl Minimum {
    /// What a brand asks.
    pub fn of(brand: &Brand) -> Self {
        Self { visits: brand.minimum_visits.into(), margin: brand.maximum_margin }
    }

    /// At least so many visits, however wide the interval.
    pub const fn of_visits(visits: i64) -> Self {
        Self { visits, margin: None }
    }

    /// Whether a figure of so many visits with this interval is insufficient.
    pub fn is_missed(self, visits: i64, interval: Option<Interval>) -> bool {
        let is_wide = |margin: i32| interval.is_none_or(|found| found.high - found.low > 2 * margin);
        visits < self.visits.max(1) || self.margin.is_some_and(is_wide)
    }
}

impl Sums {
    /// Whether the mean of these visits is insufficient.
    pub fn insufficient(&self, minimum: Minimum, spread: &Spread) -> bool {
        minimum.is_missed(self.n, self.interval(spread))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn both_the_visits_and_the_interval_have_to_be_enough() {
        let of = |low, high| Some(Interval { low, high });
        let asked = Minimum { visits: 3, margin: Some(500) };
        assert!(!asked.is_missed(3, of(8_000, 9_000)));
        assert!(asked.is_missed(3, of(8_000, 9_001)));
        assert!(asked.is_missed(2, of(8_000, 9_000)));
        assert!(!Minimum::of_visits(3).is_missed(3, of(0, 10_000)));
        assert!(Minimum::of_visits(0).is_missed(0, None));
    }

    #[test]
    fn what_is_lent_makes_the_same_visits_enough() {
        let three = Sums::of(9_000).plus(Sums::of(9_000)).plus(Sums::of(9_000));
        let asked = Minimum { visits: 3, margin: Some(1_500) };
        assert!(three.insufficient(asked, &Spread::UNKNOWN));
        assert!(!three.insufficient(asked, &Spread::of_deviation(800)));
    }
}
