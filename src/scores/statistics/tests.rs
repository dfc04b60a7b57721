use std::cmp::Reverse;

use proptest::prelude::*;

use super::*;

const THREE: Minimum = Minimum::of_visits(3);

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

/// What a brand lends to a branch of whose pairs of visits so many thousandths are by one shopper, with a correlation of so many hundredths.
fn repeated(share: i64, correlation: i64) -> Spread {
    let repeats = Repeats { correlation, in_branch: [share; 3], in_brand: [1_000; 3] };
    Basis { variance: 640_000, repeats }.spread(Extent::Branch, 12)
}

#[test]
fn interval_matches_worked_examples() {
    let cases: [(&[i32], Spread, Option<Interval>); 8] = [
        (&[], Spread::of_deviation(800), None),
        (&[], Spread::UNKNOWN, None),
        // 800 · t(45) · 1, with t(45) = 2.0141034.
        (&[5_000], Spread::of_deviation(800), interval(3_388, 6_612)),
        // √(45·640000/47/3) = 451.94, t(47) = 2.0117405: 909.19.
        (&[10_000, 10_000, 10_000], Spread::of_deviation(800), interval(9_090, 10_000)),
        // 2.5 %, and a hair outwards: of one visit, and of two that are worth one, by the same shopper.
        (&[10_000], Spread::UNKNOWN, interval(249, 10_000)),
        (&[10_000, 10_000], Spread::UNKNOWN, interval(249, 10_000)),
        // 0.025^(1/5) = 0.47818 of ten, each shopper of whom made two.
        (&[10_000; 10], Spread::UNKNOWN, interval(4_781, 10_000)),
        (&[0; 10], Spread::UNKNOWN, interval(0, 5_219)),
    ];
    for (scores, spread, want) in cases {
        assert_eq!(sums(scores).interval(&spread), want, "{scores:?}");
    }
}

#[test]
fn visits_by_one_shopper_say_less() {
    let visits = sums(&[8_000, 8_500, 9_000, 9_500]);
    let width = |spread| visits.interval(&spread).map(|it| it.high - it.low).unwrap();
    assert!(
        width(repeated(0, 50)) == width(repeated(300, 0))
            && width(repeated(0, 50)) == width(Spread::of_deviation(800))
    );
    assert!(width(repeated(300, 50)) > width(repeated(300, 20)));
    assert!(width(repeated(300, 20)) > width(repeated(100, 20)));
    // All by one shopper who is always the same: four are worth less than one, since nothing says how they scatter.
    assert!(
        width(repeated(1_000, 100))
            > sums(&[8_750]).interval(&Spread::of_deviation(800)).map(|it| it.high - it.low).unwrap()
    );
    // No more than the shopper's other visits to the brand.
    let repeats = Repeats { correlation: 50, in_branch: [1_000; 3], in_brand: [5; 3] };
    let basis = Basis { variance: 640_000, repeats };
    assert_eq!(width(basis.spread(Extent::Branch, 12)), width(basis.spread(Extent::Several, 12)));
}

#[test]
fn windows_are_those_of_the_months() {
    let repeats = Repeats { correlation: 50, in_branch: [300, 200, 100], in_brand: [30, 60, 90] };
    let basis = Basis { variance: 640_000, repeats };
    let same = |of, months: [i32; 2]| basis.spread(of, months[0]) == basis.spread(of, months[1]);
    assert!(same(Extent::Branch, [1, 3]) && same(Extent::Branch, [4, 11]) && same(Extent::Branch, [13, 23]));
    assert!(same(Extent::Branch, [24, 120]) && same(Extent::Several, [4, 12]));
    for months in [[3, 4], [11, 12], [12, 13], [23, 24]] {
        assert!(!same(Extent::Branch, months), "{months:?}");
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
    assert_eq!(
        (half.mean(), half.interval(&Spread::of_deviation(5_000))),
        (Some(5_000), interval(4_999, 5_001))
    );
}

#[test]
fn tied_places_share_ranks_and_small_ones_take_none() {
    let places = [
        ("low", sums(&[1_000, 1_010, 1_020])),
        ("two visits", sums(&[9_900, 9_900])),
        ("middle", sums(&[5_000, 5_010, 5_020])),
        ("none", Sums::default()),
        ("also middle", sums(&[5_005, 5_010, 5_015, 5_010])),
        ("high", sums(&[9_000, 9_010, 9_020])),
    ];
    let ranking = rank(&places, THREE, &Spread::of_deviation(200));
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
    // Where nothing is lent a handful of visits says nothing.
    let ranks = rank(&places, THREE, &Spread::UNKNOWN).into_iter().filter_map(|it| it.rank);
    assert!(ranks.eq([Rank { best: 1, worst: 4 }; 4]));
}

#[test]
fn many_visits_tell_places_apart_where_nothing_is_lent() {
    let places = [("low", sums(&[5_000; 100])), ("high", sums(&[9_500; 100]))];
    let ranks: Vec<_> = rank(&places, THREE, &Spread::UNKNOWN)
        .into_iter()
        .map(|it| (it.key, it.rank.unwrap().best))
        .collect();
    assert_eq!(ranks, [("high", 1), ("low", 2)]);
}

/// Intervals of 95 % each would part them, but among forty some are wrong.
#[test]
fn where_nothing_is_lent_more_places_are_harder_to_part() {
    let place = |at: usize| (at, sums(&[if at.is_multiple_of(2) { 9_000 } else { 5_000 }; 100]));
    let firsts = |places: usize| {
        let places: Vec<_> = (0..places).map(place).collect();
        rank(&places, THREE, &Spread::UNKNOWN).into_iter().filter(|it| it.rank.unwrap().best == 1).count()
    };
    assert_eq!((firsts(2), firsts(40)), (1, 40));
}

/// Three visits at 100 % are no better than forty times three at 99.5 %.
#[test]
fn no_place_is_ahead_by_chance_alone() {
    let places: Vec<_> = (0..41).map(|at| (at, sums(&[if at == 0 { 10_000 } else { 9_950 }; 3]))).collect();
    let ranks = rank(&places, THREE, &Spread::of_deviation(200)).into_iter().filter_map(|it| it.rank);
    assert!(ranks.eq([Rank { best: 1, worst: 41 }; 41]));
}

#[test]
fn of_the_same_mean_what_is_surer_comes_first_above_the_average_and_last_below() {
    let places = [
        ("few, above", sums(&[9_000; 3])),
        ("many, above", sums(&[9_000; 30])),
        ("many, below", sums(&[6_000; 30])),
        ("few, below", sums(&[6_000; 3])),
    ];
    let keys: Vec<_> =
        rank(&places, THREE, &Spread::of_deviation(800)).into_iter().map(|it| it.key).collect();
    assert_eq!(keys, ["many, above", "few, above", "few, below", "many, below"]);
}

#[test]
fn no_place_is_ranked_without_a_visit() {
    let ranking = rank(
        &[("none", Sums::default()), ("one", Sums::of(10))],
        Minimum::of_visits(0),
        &Spread::of_deviation(200),
    );
    assert_eq!(ranking[0].rank, Some(Rank { best: 1, worst: 1 }));
    assert_eq!((ranking[1].key, ranking[1].rank), ("none", None));
    for spread in [Spread::of_deviation(200), Spread::UNKNOWN] {
        assert!(rank::<u8>(&[], THREE, &spread).is_empty());
    }
}

fn scores(most: usize) -> impl Strategy<Value = Vec<i32>> {
    let wide = prop::collection::vec(0..=10_000_i32, 0..most);
    let narrow = (0..=9_900_i32).prop_flat_map(move |low| prop::collection::vec(low..=low + 100, 0..most));
    prop_oneof![wide, narrow]
}

fn any_spread() -> impl Strategy<Value = Spread> {
    let lent = (1..5_000_i64, 0..=100_i64, 0..=1_000_i64, 0..2_000_i64, prop::bool::ANY).prop_map(
        |(deviation, correlation, share, most, is_branch)| {
            let repeats = Repeats { correlation, in_branch: [share; 3], in_brand: [most; 3] };
            let of = if is_branch { Extent::Branch } else { Extent::Several };
            Basis { variance: deviation * deviation, repeats }.spread(of, 12)
        },
    );
    prop_oneof![lent, Just(Spread::UNKNOWN)]
}

/// Ranks by their definition: each place is compared with each other place, with the exact variances.
fn obvious_rank(field: &[Sums], mine: Sums, spread: &Spread, careful: f64) -> Rank {
    let fewest = field.iter().map(|sums| sums.n).min().unwrap();
    let critical = range::quantile(field.len(), FREEDOM + fewest - 1) / 2.0_f64.sqrt();
    let of = |sums: &Sums| {
        let variance = spread.variance_of_mean(sums.n, sums.scatter()).unwrap().0;
        (sums.sum as f64 / sums.n as f64, variance * careful)
    };
    let (mean, variance) = of(&mine);
    let surely = |better: &Sums, sign: f64| {
        let (other, others) = of(better);
        (other - mean) * sign > critical * (variance + others).sqrt()
    };
    let count = |sign: f64| field.iter().filter(|other| surely(other, sign)).count();
    Rank { best: 1 + count(1.0), worst: field.len() - count(-1.0) }
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
    fn interval_contains_the_mean_and_is_never_a_point(scores in scores(300), spread in any_spread()) {
        let sums = sums(&scores);
        prop_assert_eq!(sums.mean().is_some(), sums.interval(&spread).is_some());
        if let (Some(mean), Some(Interval { low, high })) = (sums.mean(), sums.interval(&spread)) {
            prop_assert!(0 <= low && low <= mean && mean <= high && high <= 10_000 && low < high);
        }
    }

    /// As long as the visits scatter no more than the brand's do.
    #[test]
    fn more_visits_alike_make_it_no_wider(
        scores in scores(50),
        share in 0..=1_000_i64,
        correlation in 0..=100_i64,
        is_known in prop::bool::ANY,
    ) {
        let repeats = Repeats { correlation, in_branch: [share; 3], in_brand: [1_000; 3] };
        let lent = Basis { variance: 50_000_000, repeats }.spread(Extent::Branch, 12);
        let spread = if is_known { lent } else { Spread::UNKNOWN };
        let once = sums(&scores);
        let twice = once.plus(once);
        prop_assert_eq!(once.mean(), twice.mean());
        if let (Some(once), Some(twice)) = (once.interval(&spread), twice.interval(&spread)) {
            prop_assert!(once.low <= twice.low && twice.high <= once.high, "{:?} {:?}", once, twice);
        }
    }

    #[test]
    fn ranks_are_those_of_the_definition(
        visits in prop::collection::vec(scores(12), 0..40),
        minimum in 1..5_i64,
        spread in any_spread(),
    ) {
        let places: Vec<_> = visits.iter().map(|scores| sums(scores)).enumerate().collect();
        let field: Vec<_> = places.iter().map(|(_, sums)| *sums).filter(|sums| sums.n >= minimum).collect();
        let ranking = rank(&places, Minimum::of_visits(minimum), &spread);
        prop_assert_eq!(ranking.len(), places.len());
        for place in &ranking {
            prop_assert_eq!(place.sums, places[place.key].1);
            prop_assert_eq!(place.rank.is_some(), place.sums.n >= minimum);
            if let Some(rank) = place.rank.filter(|_| spread.is_known()) {
                // Between the sets of the exact variances and of those that are 5 % greater.
                let least = obvious_rank(&field, place.sums, &spread, 1.0);
                let most = obvious_rank(&field, place.sums, &spread, 1.05);
                prop_assert!(most.best <= rank.best && rank.best <= least.best, "{:?} {:?} {:?}", most, rank, least);
                prop_assert!(least.worst <= rank.worst && rank.worst <= most.worst);
            }
        }
        prop_assert!(ranking.is_sorted_by_key(|it| (it.rank.is_none(), Reverse(it.mean))));
    }

    #[test]
    fn what_is_lent_does_not_depend_on_the_order(
        visits in prop::collection::vec((0..4_u8, 0..5_u8, 0..24_i32, 0..=10_000_i32), 0..40),
    ) {
        let lends = |visits: &[(u8, u8, i32, i32)], branches: &[u8]| {
            let (mut within, mut repeating) = (Within::default(), Repeating::default());
            for branch in branches {
                let of = visits.iter().filter(|visit| visit.0 == *branch);
                let seen: Vec<_> = of.map(|(_, shopper, age, score)| Seen { shopper: *shopper, age: *age, score: *score }).collect();
                repeating.branch(&seen);
                within = within.with(seen.iter().map(|it| Sums::of(it.score)).fold(Sums::default(), Sums::plus));
            }
            (within, repeating.repeated())
        };
        let reversed: Vec<_> = visits.iter().rev().copied().collect();
        prop_assert_eq!(lends(&visits, &[0, 1, 2, 3]), lends(&reversed, &[2, 3, 1, 0]));
    }
}
