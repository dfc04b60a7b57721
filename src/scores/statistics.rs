//! What a handful of visits says about a place: the mean score, how sure it is, and the rank that follows.
//!
//! Scores are whole **basis points** (0..=10 000, so 8 750 is 87.50 %). A place keeps three exact integers, [`Sums`];
//! everything else here is computed from them. Scores stay integers throughout: a float appears only as the reach of
//! an interval, after the exact variance and before the outward rounding.

use std::cmp::{Ordering, Reverse};
use std::sync::LazyLock;

use serde::Serialize;
use statrs::distribution::{ContinuousCDF, StudentsT};
use utoipa::ToSchema;

/// The highest score, in basis points.
const FULL: i64 = 10_000;

/// The exact sums over the scores of some visits. Visits come and go by [`plus`](Self::plus) and
/// [`minus`](Self::minus), which undo each other to the last digit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// How many visits are counted.
    pub n: i64,
    /// The sum of their scores, in basis points.
    pub sum: i64,
    /// The sum of the squares of their scores, in basis points squared.
    pub sum_sq: i64,
}

impl Sums {
    /// One visit with this score, in basis points.
    pub fn of(score: i32) -> Self {
        let score = i64::from(score);
        Self { n: 1, sum: score, sum_sq: score * score }
    }

    /// The visits of both.
    pub fn plus(self, other: Self) -> Self {
        Self { n: self.n + other.n, sum: self.sum + other.sum, sum_sq: self.sum_sq + other.sum_sq }
    }

    /// These visits without the others.
    pub fn minus(self, other: Self) -> Self {
        Self { n: self.n - other.n, sum: self.sum - other.sum, sum_sq: self.sum_sq - other.sum_sq }
    }

    /// Whether there are too few visits to rank or to pay by; without a single one there always are.
    pub fn insufficient(&self, minimum: i64) -> bool {
        self.n < minimum.max(1)
    }

    /// The mean score in basis points, rounded half to even. No visits have no mean, which is not zero.
    pub fn mean(&self) -> Option<i32> {
        if self.n < 1 {
            return None;
        }
        let (whole, rest) = (self.sum.div_euclid(self.n), self.sum.rem_euclid(self.n));
        let up = match rest.cmp(&(self.n - rest)) {
            Ordering::Less => 0,
            Ordering::Equal => whole & 1,
            Ordering::Greater => 1,
        };
        Some(held(i128::from(whole + up)))
    }

    /// The 95 % interval of the mean: `mean ± t(0.975; n − 1) · s / √n`, rounded outwards to whole basis points and
    /// held within the scale. One visit tells nothing, so its interval is the whole scale; no visits have none.
    ///
    /// Source: NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.5.2 'Confidence Limits for the Mean',
    /// <https://www.itl.nist.gov/div898/handbook/eda/section3/eda352.htm>.
    pub fn interval(&self) -> Option<Interval> {
        match self.n {
            ..1 => None,
            1 => Some(Interval::WHOLE),
            _ => Some(self.around_mean()),
        }
    }

    /// Dividing the sums after rounding the reach up gives the same whole numbers as dividing before, because
    /// `⌊x / n⌋ = ⌊⌊x⌋ / n⌋`; so the ends are exact integers and always hold the mean between them.
    fn around_mean(&self) -> Interval {
        let (n, sum, reach) = (i128::from(self.n), i128::from(self.sum), self.reach());
        Interval { low: held((sum - reach).div_euclid(n)), high: held((sum + reach + n - 1).div_euclid(n)) }
    }

    /// How far the interval reaches to either side of the sum: `n · t · s / √n`, in basis points, rounded up.
    /// With `scatter = n·Σx² − (Σx)²`, exact, that is `t · √(scatter / (n − 1))`.
    fn reach(&self) -> i128 {
        let (n, sum, sum_sq) = (i128::from(self.n), i128::from(self.sum), i128::from(self.sum_sq));
        let (scatter, freedom) = ((n * sum_sq - sum * sum).max(0), self.n - 1);
        let reach = student_t(freedom) * (scatter as f64 / freedom as f64).sqrt();
        (reach.ceil() as i128).min(n * i128::from(FULL))
    }
}

/// Where the true mean lies with 95 % confidence, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Interval {
    /// The lower end, in basis points, rounded down.
    #[schema(minimum = 0, maximum = 10000)]
    pub low: i32,
    /// The upper end, in basis points, rounded up.
    #[schema(minimum = 0, maximum = 10000)]
    pub high: i32,
}

impl Interval {
    /// The whole scale: nothing is known.
    pub const WHOLE: Self = Self { low: 0, high: FULL as i32 };
}

/// The ranks that a place may hold, 1 being the best. Places whose intervals overlap share some: they are tied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Rank {
    /// One more than the number of places that are surely better.
    #[schema(minimum = 1)]
    pub best: usize,
    /// The number of ranked places less those that are surely worse.
    #[schema(minimum = 1)]
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
    fn unranked(key: K, sums: Sums) -> Self {
        Self { key, sums, mean: sums.mean(), interval: sums.interval(), rank: None }
    }
}

/// Ranks the places that have at least `minimum` visits; the others follow them without a rank and count for nobody's.
/// In order of mean, then of visits, both falling, then as they came. Takes O(N log N).
pub fn rank<K: Clone>(places: &[(K, Sums)], minimum: i64) -> Vec<Ranked<K>> {
    let (mut ranking, rest): (Vec<_>, Vec<_>) = places
        .iter()
        .map(|(key, sums)| Ranked::unranked(key.clone(), *sums))
        .partition(|place| !place.sums.insufficient(minimum));
    let field = Field::of(ranking.iter().filter_map(|place| place.interval));
    for place in &mut ranking {
        place.rank = place.interval.map(|interval| field.rank(interval));
    }
    ranking.extend(rest);
    ranking.sort_by_key(|place| (place.rank.is_none(), Reverse(place.mean), Reverse(place.sums.n)));
    ranking
}

/// The ends of all ranked intervals, each sorted, so that counting those above or below one is a binary search.
struct Field {
    lows: Vec<i32>,
    highs: Vec<i32>,
}

impl Field {
    fn of(intervals: impl Iterator<Item = Interval>) -> Self {
        let (mut lows, mut highs): (Vec<_>, Vec<_>) = intervals.map(|it| (it.low, it.high)).unzip();
        lows.sort_unstable();
        highs.sort_unstable();
        Self { lows, highs }
    }

    fn rank(&self, mine: Interval) -> Rank {
        let all = self.lows.len();
        let above = all - self.lows.partition_point(|low| *low <= mine.high);
        let below = self.highs.partition_point(|high| *high < mine.low);
        Rank { best: above + 1, worst: all - below }
    }
}

/// Held within the scale, in basis points.
fn held(score: i128) -> i32 {
    score.clamp(0, i128::from(FULL)) as i32
}

/// Up to here quantiles are solved once and kept; beyond, the series agrees to nine decimals and takes nanoseconds.
/// (The solver takes a microsecond or more each, and with millions of degrees of freedom it is wrong or never ends.)
const SOLVED: i64 = 200;

static QUANTILES: LazyLock<Vec<f64>> = LazyLock::new(|| (1..=SOLVED).map(solved_quantile).collect());

/// The 0.975 quantile of Student's t, so that 95 % lie within it to both sides.
fn student_t(freedom: i64) -> f64 {
    let index = usize::try_from(freedom - 1).ok();
    let kept = index.and_then(|index| QUANTILES.get(index));
    kept.copied().unwrap_or_else(|| series_quantile(freedom))
}

fn solved_quantile(freedom: i64) -> f64 {
    StudentsT::new(0.0, 1.0, freedom as f64).map_or(f64::INFINITY, |t| t.inverse_cdf(0.975))
}

/// The expansion about the normal quantile, for many degrees of freedom.
///
/// Source: Abramowitz and Stegun, Handbook of Mathematical Functions, 26.7.5.
fn series_quantile(freedom: i64) -> f64 {
    const Z: f64 = 1.959_963_984_540_054;
    const Z2: f64 = Z * Z;
    const TERMS: [f64; 5] = [
        Z,
        Z * (Z2 + 1.0) / 4.0,
        Z * ((5.0 * Z2 + 16.0) * Z2 + 3.0) / 96.0,
        Z * (((3.0 * Z2 + 19.0) * Z2 + 17.0) * Z2 - 15.0) / 384.0,
        Z * ((((79.0 * Z2 + 776.0) * Z2 + 1482.0) * Z2 - 1920.0) * Z2 - 945.0) / 92_160.0,
    ];
    let freedom = freedom as f64;
    TERMS.iter().rev().fold(0.0, |sum, term| sum / freedom + term)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sums(scores: &[i32]) -> Sums {
        scores.iter().fold(Sums::default(), |sums, score| sums.plus(Sums::of(*score)))
    }

    fn interval(low: i32, high: i32) -> Option<Interval> {
        Some(Interval { low, high })
    }

    #[test]
    fn mean_is_rounded_half_to_even() {
        let cases: [(&[i32], Option<i32>); 8] = [
            (&[], None),
            (&[0], Some(0)),
            (&[10_000, 10_000], Some(10_000)),
            (&[2, 3], Some(2)),
            (&[3, 4], Some(4)),
            (&[1, 1, 2], Some(1)),
            (&[1, 2, 2], Some(2)),
            (&[9_999, 10_000], Some(10_000)),
        ];
        for (scores, mean) in cases {
            assert_eq!(sums(scores).mean(), mean, "{scores:?}");
        }
    }

    #[test]
    fn interval_matches_worked_examples() {
        let cases: [(&[i32], Option<Interval>); 8] = [
            (&[], None),
            (&[9_000], Some(Interval::WHOLE)),
            (&[0, 10_000], Some(Interval::WHOLE)),
            (&[7_000, 7_000, 7_000], interval(7_000, 7_000)),
            (&[5_000, 6_000, 7_000], interval(3_515, 8_485)),
            (&[8_000, 9_000, 10_000], interval(6_515, 10_000)),
            (&[0, 1_000, 2_000], interval(0, 3_485)),
            (&[2_000, 4_000, 4_000, 4_000, 5_000], interval(2_439, 5_161)),
        ];
        for (scores, want) in cases {
            assert_eq!(sums(scores).interval(), want, "{scores:?}");
        }
    }

    #[test]
    fn quantiles_match_printed_tables() {
        let table = [
            (1, 12.7062047),
            (2, 4.3026527),
            (5, 2.5705818),
            (10, 2.2281389),
            (30, 2.0422725),
            (120, 1.9799304),
            (1_000, 1.9623391),
            (1_000_000_000_000, 1.9599640),
        ];
        for (freedom, want) in table {
            assert!((student_t(freedom) - want).abs() < 1e-6, "{freedom}: {}", student_t(freedom));
        }
    }

    #[test]
    fn series_continues_the_solver_and_always_falls() {
        for freedom in SOLVED..2_000 {
            assert!((series_quantile(freedom) - solved_quantile(freedom)).abs() < 1e-9, "{freedom}");
        }
        for freedom in 1..2_000 {
            assert!(student_t(freedom) > student_t(freedom + 1), "{freedom}");
        }
    }

    #[test]
    fn huge_counts_do_not_overflow() {
        let n = 90_000_000_000;
        let half = Sums { n, sum: n / 2 * FULL, sum_sq: n / 2 * FULL * FULL };
        assert_eq!((half.mean(), half.interval()), (Some(5_000), interval(4_999, 5_001)));
    }

    #[test]
    fn overlapping_places_are_tied_and_small_ones_take_no_rank() {
        let places = [
            ("low", sums(&[1_000, 1_010, 1_020])),
            ("two visits", sums(&[9_900, 9_900])),
            ("middle", sums(&[5_000, 5_010, 5_020])),
            ("none", Sums::default()),
            ("also middle", sums(&[5_005, 5_010, 5_015, 5_010])),
            ("high", sums(&[9_000, 9_010, 9_020])),
        ];
        let ranking = rank(&places, 3);
        let lines: Vec<_> =
            ranking.iter().map(|it| (it.key, it.rank.map(|rank| (rank.best, rank.worst)))).collect();
        let want = [
            ("high", Some((1, 1))),
            ("also middle", Some((2, 3))),
            ("middle", Some((2, 3))),
            ("low", Some((4, 4))),
            ("two visits", None),
            ("none", None),
        ];
        assert_eq!(lines, want);
    }

    #[test]
    fn nobody_is_ranked_without_a_visit_whatever_the_minimum() {
        let ranking = rank(&[("none", Sums::default()), ("one", Sums::of(10))], 0);
        assert_eq!(ranking[0].rank, Some(Rank { best: 1, worst: 1 }));
        assert_eq!((ranking[1].key, ranking[1].rank), ("none", None));
        assert!(rank::<u8>(&[], 3).is_empty());
        assert!(Sums::default().insufficient(0) && !Sums::of(10).insufficient(0));
    }

    fn scores(most: usize) -> impl Strategy<Value = Vec<i32>> {
        let wide = prop::collection::vec(0..=10_000_i32, 0..most);
        let narrow =
            (0..=9_900_i32).prop_flat_map(move |low| prop::collection::vec(low..=low + 100, 0..most));
        prop_oneof![wide, narrow]
    }

    /// The same interval by the textbook: two passes over the scores themselves, in floats.
    fn textbook_interval(scores: &[i32]) -> (f64, f64) {
        let n = scores.len() as f64;
        let mean = scores.iter().map(|score| f64::from(*score)).sum::<f64>() / n;
        let squares = scores.iter().map(|score| (f64::from(*score) - mean).powi(2)).sum::<f64>();
        let reach = solved_quantile(scores.len() as i64 - 1) * (squares / (n - 1.0)).sqrt() / n.sqrt();
        ((mean - reach).max(0.0), (mean + reach).min(10_000.0))
    }

    /// Rank by its definition: compare everybody with everybody.
    fn obvious_rank(places: &[(usize, Sums)], mine: Sums, minimum: i64) -> Option<Rank> {
        let ranked: Vec<_> = places.iter().map(|(_, sums)| *sums).filter(|sums| sums.n >= minimum).collect();
        let own = mine.interval().filter(|_| mine.n >= minimum)?;
        let others = || ranked.iter().filter_map(Sums::interval);
        let above = others().filter(|other| other.low > own.high).count();
        let below = others().filter(|other| other.high < own.low).count();
        Some(Rank { best: 1 + above, worst: ranked.len() - below })
    }

    proptest! {
        #[test]
        fn plus_and_minus_undo_each_other(a in scores(20), b in scores(20)) {
            let (a, b) = (sums(&a), sums(&b));
            prop_assert_eq!(a.plus(b).minus(b), a);
            prop_assert_eq!(a.plus(b), b.plus(a));
            prop_assert_eq!(a.minus(a), Sums::default());
        }

        #[test]
        fn interval_contains_the_mean(scores in scores(300)) {
            let sums = sums(&scores);
            prop_assert_eq!(sums.mean().is_some(), sums.interval().is_some());
            if let (Some(mean), Some(Interval { low, high })) = (sums.mean(), sums.interval()) {
                prop_assert!(0 <= low && low <= mean && mean <= high && high <= 10_000);
            }
        }

        #[test]
        fn interval_is_the_textbooks_rounded_outwards(scores in scores(300).prop_filter("two", |it| it.len() > 1)) {
            let Interval { low, high } = sums(&scores).interval().unwrap();
            let (want_low, want_high) = textbook_interval(&scores);
            let outwards = -1e-6..1.0 + 1e-6;
            prop_assert!(outwards.contains(&(want_low - f64::from(low))), "{low} for {want_low}");
            prop_assert!(outwards.contains(&(f64::from(high) - want_high)), "{high} for {want_high}");
        }

        #[test]
        fn more_visits_alike_make_it_no_wider(scores in scores(50)) {
            let once = sums(&scores);
            let twice = once.plus(once);
            prop_assert_eq!(once.mean(), twice.mean());
            if let (Some(once), Some(twice)) = (once.interval(), twice.interval()) {
                prop_assert!(once.low <= twice.low && twice.high <= once.high);
            }
        }

        #[test]
        fn ranks_are_those_of_the_definition(
            visits in prop::collection::vec(scores(12), 0..40),
            minimum in 1..5_i64,
        ) {
            let places: Vec<_> = visits.iter().map(|scores| sums(scores)).enumerate().collect();
            let ranking = rank(&places, minimum);
            prop_assert_eq!(ranking.len(), places.len());
            for place in &ranking {
                prop_assert_eq!(place.sums, places[place.key].1);
                prop_assert_eq!(place.rank, obvious_rank(&places, place.sums, minimum));
            }
            let order = |it: &Ranked<usize>| (it.rank.is_none(), Reverse(it.mean), Reverse(it.sums.n), it.key);
            prop_assert!(ranking.is_sorted_by_key(order));
        }
    }
}
