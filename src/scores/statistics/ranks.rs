//! Ranks: for each place the set of ranks that it may hold, so that all of these sets together are right with 95 % confidence.

use std::{cmp::Reverse, collections::BTreeMap};

use serde::Serialize;
use utoipa::ToSchema;

use super::{FREEDOM, Interval, Minimum, Spread, Sums, bounded, range, shrunken::Shrunken};
use crate::limits::Ordinal;

/// How much lies outside of all sets of ranks together.
const OUTSIDE: f64 = 0.05;
/// The variances of means are rounded up to powers of this, so that comparing all pairs takes no time that grows with their number.
const STEP: f64 = 1.05;

/// The ranks that a place may hold; 1 is the best. Places whose sets have a rank in common are tied: visits do not show which is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Rank {
    /// One more than the number of places that are surely better.
    #[schema(value_type = Ordinal)]
    pub best: usize,
    /// The number of ranked places less those that are surely worse.
    #[schema(value_type = Ordinal)]
    pub worst: usize,
}

/// One line of a ranking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ranked<K> {
    /// The place, as the caller names it.
    pub key: K,
    /// Its visits.
    pub sums: Sums,
    /// Its mean score in basis points; `None` without visits.
    pub mean: Option<i32>,
    /// The interval of that mean; `None` without visits.
    pub interval: Option<Interval>,
    /// Its rank; `None` where it has too few visits to take one.
    pub rank: Option<Rank>,
}

impl<K> Ranked<K> {
    /// The same line for the place under another name.
    pub fn map<L>(self, name: impl FnOnce(K) -> L) -> Ranked<L> {
        let Self { key, sums, mean, interval, rank } = self;
        Ranked { key: name(key), sums, mean, interval, rank }
    }
}

/// Ranks the places that have at least `minimum` visits; the others follow them without a rank, and do not count for the ranks of others.
/// In order of mean, then of the mean shrunken to that of all ranked places ([`Shrunken`]), then of visits, all falling, then as they came. Takes
/// O(N log N).
///
/// With 95 % confidence all sets hold the true ranks of their places at once. A place is surely better than another one where their
/// means lie further apart than `q/√2 · √(vᵢ + vⱼ)`, with the variances `v` of their means ([`Spread::variance_of_mean`], each rounded up by 5 % at
/// most) and `q` the 0.95 quantile of the studentized range of so many means. Where nothing is lent, a place is surely
/// better where the intervals for bounded scores do not overlap, each but for a probability of 5 % divided by the number of places.
///
/// Limits: like every procedure for all pairs it is careful where there are many places. Places visited by the same shoppers are taken as
/// independent.
///
/// Sources: M. Mogstad, J. P. Romano, A. M. Shaikh and D. Wilhelm, as in `csranks`, the package in R of two of them, for sets of ranks
/// from simultaneous intervals of all differences, <https://danielwilhelm.github.io/R-CS-ranks/>; they simulate the critical value.
/// In its place is that of Tukey and Kramer, which needs no chance, and of which A. J. Hayter (1984) proved that it is careful however
/// the variances differ, as A. Genz says, <http://www.math.wsu.edu/faculty/genz/papers/approx/node5.html>.
pub fn rank<K: Clone>(places: &[(K, Sums)], minimum: Minimum, spread: &Spread) -> Vec<Ranked<K>> {
    let (ranked, rest): (Vec<_>, Vec<_>) =
        places.iter().partition(|(_, sums)| !sums.insufficient(minimum, spread));
    let field: Vec<Sums> = ranked.iter().map(|(_, sums)| *sums).collect();
    let shrunken = Shrunken::of(&field, spread);
    let ranks = if spread.is_known() { by_differences(&field, spread) } else { by_intervals(&field) };
    let line = |(key, sums): &(K, Sums), rank| Ranked {
        key: key.clone(),
        sums: *sums,
        mean: sums.mean(),
        interval: sums.interval(spread),
        rank,
    };
    let mut ranking: Vec<_> =
        ranked.into_iter().zip(ranks).map(|(place, rank)| line(place, Some(rank))).collect();
    ranking.extend(rest.into_iter().map(|place| line(place, None)));
    ranking.sort_by_cached_key(|place| {
        let shrunken = shrunken.mean(place.sums, spread);
        (place.rank.is_none(), Reverse(place.mean), Reverse(shrunken), Reverse(place.sums.n))
    });
    ranking
}

/// By the differences of all pairs.
fn by_differences(field: &[Sums], spread: &Spread) -> Vec<Rank> {
    let fewest = field.iter().map(|sums| sums.n).min().unwrap_or(1);
    let critical = range::quantile(field.len(), FREEDOM + fewest - 1) / std::f64::consts::SQRT_2;
    // All means by the class of their variance, each class from the lowest up.
    let place = |sums: &Sums| {
        let (variance, _) = spread.variance_of_mean(sums.n, sums.scatter())?;
        Some((sums.sum as f64 / sums.n as f64, (variance.ln() / STEP.ln()).ceil() as i32))
    };
    let places: Vec<Option<(f64, i32)>> = field.iter().map(place).collect();
    let mut classes = BTreeMap::<i32, Vec<(f64, usize)>>::new();
    for (index, (mean, class)) in
        places.iter().enumerate().filter_map(|(index, place)| Some((index, (*place)?)))
    {
        classes.entry(class).or_default().push((mean, index));
    }
    classes.values_mut().for_each(|class| class.sort_by(|(one, _), (other, _)| one.total_cmp(other)));
    let mut ranks = vec![Rank { best: 1, worst: field.len() }; field.len()];
    let others: Vec<(i32, Vec<f64>)> = classes
        .iter()
        .map(|(class, means)| (*class, means.iter().map(|(mean, _)| *mean).collect()))
        .collect();
    for (class, mine) in &classes {
        for (other, means) in &others {
            let apart = critical * (STEP.powi(*class) + STEP.powi(*other)).sqrt();
            // Both counts only grow as the means do.
            let (mut below, mut not_above) = (0, 0);
            for (mean, index) in mine {
                below += means[below..].iter().take_while(|it| **it < mean - apart).count();
                not_above += means[not_above..].iter().take_while(|it| **it <= mean + apart).count();
                ranks[*index].worst -= below;
                ranks[*index].best += means.len() - not_above;
            }
        }
    }
    ranks
}

/// By intervals that hold for all places together.
fn by_intervals(field: &[Sums]) -> Vec<Rank> {
    let outside = OUTSIDE / field.len() as f64;
    let intervals: Vec<Interval> =
        field.iter().map(|sums| bounded::interval(*sums, outside).unwrap_or(Interval::WHOLE)).collect();
    let (mut lows, mut highs): (Vec<_>, Vec<_>) = intervals.iter().map(|it| (it.low, it.high)).unzip();
    lows.sort_unstable();
    highs.sort_unstable();
    let rank = |mine: &Interval| Rank {
        best: 1 + lows.len() - lows.partition_point(|low| *low <= mine.high),
        worst: highs.len() - highs.partition_point(|high| *high < mine.low),
    };
    intervals.iter().map(rank).collect()
}
