//! A figure as it is given: a mean with what it rests on.

use super::{
    shown::Shown,
    statistics::{Interval, Minimum, Spread},
    targets::model::{Aim, TargetStanding},
};

/// A mean with what it rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Measured {
    /// How many visits it is of; how many there are, where there is no figure.
    pub visits: i64,
    /// Their mean score in basis points; none without visits.
    pub score: Option<i32>,
    /// Where the true mean lies with 95 % confidence; none without visits.
    pub interval: Option<Interval>,
    /// The number of the brand's statistics by which the interval was computed, if by any.
    pub statistics: Option<i64>,
    /// Whether it is of fewer visits than the brand wants, or its interval is wider.
    pub insufficient: bool,
}

impl Measured {
    /// The figure of these visits.
    pub fn new(shown: Shown, minimum: Minimum, spread: &Spread, number: Option<i64>) -> Self {
        Self::with(shown, minimum, shown.sums.interval(spread), number)
    }

    /// The same of a subject: where each visit scored all or nothing, with the interval of a proportion.
    pub fn of_subject(shown: Shown, minimum: Minimum, spread: &Spread, number: Option<i64>) -> Self {
        let Some(share) = shown.sums.share() else { return Self::new(shown, minimum, spread, number) };
        let end = |end: i64| i32::try_from(end).unwrap_or_default();
        let interval = share.interval().map(|(low, high)| Interval { low: end(low), high: end(high) });
        Self::with(shown, minimum, interval, None)
    }

    fn with(shown: Shown, minimum: Minimum, interval: Option<Interval>, statistics: Option<i64>) -> Self {
        Self {
            visits: shown.visits(),
            score: shown.sums.mean(),
            interval,
            statistics,
            insufficient: minimum.is_missed(shown.sums.n, interval),
        }
    }

    /// How far it is from a target in basis points, and where its interval lies, seen from there; none where the figure is insufficient.
    pub fn against(&self, aim: Aim) -> (Option<i32>, Option<TargetStanding>) {
        let judged = Some(self).filter(|figure| !figure.insufficient);
        let distance = judged.and_then(|figure| figure.score).map(|score| score - aim.score);
        (distance, judged.and_then(|figure| figure.interval).map(|interval| aim.standing(interval)))
    }
}
