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
fn no_place_is_ranked_without_a_visit() {
    let ranking = rank(&[("none", Sums::default()), ("one", Sums::of(10))], 0);
    assert_eq!(ranking[0].rank, Some(Rank { best: 1, worst: 1 }));
    assert_eq!((ranking[1].key, ranking[1].rank), ("none", None));
    assert!(rank::<u8>(&[], 3).is_empty());
    assert!(Sums::default().insufficient(0) && !Sums::of(10).insufficient(0));
}

fn scores(most: usize) -> impl Strategy<Value = Vec<i32>> {
    let wide = prop::collection::vec(0..=10_000_i32, 0..most);
    let narrow = (0..=9_900_i32).prop_flat_map(move |low| prop::collection::vec(low..=low + 100, 0..most));
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
