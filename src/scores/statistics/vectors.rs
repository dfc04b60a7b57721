//! The statistics as SciPy, statsmodels and a program in Python of our own have them: `tests/vectors/statistics.json`.

use serde_json::Value;

use super::*;

fn vectors(kind: &str) -> Vec<Value> {
    let all: Value = serde_json::from_str(include_str!("../../../tests/vectors/statistics.json")).unwrap();
    all[kind].as_array().unwrap().clone()
}

fn whole(of: &Value, name: &str) -> i64 {
    of[name].as_i64().unwrap()
}

fn wanted(of: &Value, name: &str) -> f64 {
    of["expect"][name].as_f64().unwrap()
}

fn scores(of: &Value) -> Sums {
    let scores = of.as_array().unwrap().iter().map(|score| Sums::of(score.as_i64().unwrap() as i32));
    scores.fold(Sums::default(), Sums::plus)
}

/// The numbers that are lent in a vector, the same in all windows.
fn spread(of: &Value) -> Spread {
    let Some(variance) = of["variance"].as_i64() else { return Spread::UNKNOWN };
    let (share, most) = (of["share"].as_i64(), whole(of, "most"));
    let in_branch = [share.unwrap_or_default(); 3];
    let repeats = Repeats { correlation: whole(of, "correlation"), in_branch, in_brand: [most; 3] };
    let of = if share.is_some() { Extent::Branch } else { Extent::Several };
    Basis { variance, repeats }.spread(of, 12)
}

#[test]
fn means_have_the_intervals_that_they_have_elsewhere() {
    for vector in vectors("means") {
        let Interval { low, high } = scores(&vector["scores"]).interval(&spread(&vector)).unwrap();
        let (least, most) = (wanted(&vector, "low").max(0.0), wanted(&vector, "high").min(10_000.0));
        assert_eq!((f64::from(low), f64::from(high)), (least.floor(), most.ceil()), "{vector}");
    }
}

#[test]
fn bounded_means_have_the_intervals_that_they_have_elsewhere() {
    for vector in vectors("bounded") {
        let outside = vector["outside"].as_f64().unwrap();
        let Interval { low, high } = bounded::interval(scores(&vector["scores"]), outside).unwrap();
        let (least, most) = (wanted(&vector, "low"), wanted(&vector, "high"));
        assert_eq!((f64::from(low), f64::from(high)), (least.floor(), most.ceil()), "{vector}");
    }
}

#[test]
fn changes_are_those_elsewhere() {
    for vector in vectors("changes") {
        let (now, before) = (scores(&vector["now"]), scores(&vector["before"]));
        let change = now.change_since(before, &spread(&vector)).unwrap();
        is_wanted(change, &vector);
    }
}

fn is_wanted(change: Change, vector: &Value) {
    let (least, most) = (wanted(vector, "low").max(-10_000.0), wanted(vector, "high").min(10_000.0));
    assert_eq!((f64::from(change.low), f64::from(change.high)), (least.floor(), most.ceil()), "{vector}");
    assert!((change.chance - wanted(vector, "chance")).abs() < 1e-9, "{vector}: {}", change.chance);
}

#[test]
fn paired_changes_are_those_elsewhere() {
    for vector in vectors("paired") {
        let side = |of: &Value| (scores(&of["before"]), scores(&of["now"]));
        let found =
            paired(vector["branches"].as_array().unwrap().iter().map(side), &spread(&vector)).unwrap();
        assert_eq!(found.branches as i64, whole(&vector["expect"], "branches"), "{vector}");
        assert_eq!(f64::from(found.change.difference), wanted(&vector, "difference").round(), "{vector}");
        is_wanted(found.change, &vector);
    }
}

#[test]
fn shares_have_the_intervals_that_they_have_elsewhere() {
    for vector in vectors("shares") {
        let of = Proportion { n: whole(&vector, "n"), hits: whole(&vector, "hits") };
        let (low, high) = of.sure_ends().unwrap();
        let near = |end: f64, name: &str| (end - wanted(&vector, name)).abs() < 1e-9;
        assert!(near(low, "low") && near(high, "high"), "{vector}: {low} {high}");
        let (low, high) = of.interval().unwrap();
        let ends = (10_000.0 * wanted(&vector, "wilson_low"), 10_000.0 * wanted(&vector, "wilson_high"));
        assert_eq!((low as f64, high as f64), (ends.0.floor(), ends.1.ceil()), "{vector}");
    }
}

#[test]
fn discoveries_are_those_elsewhere() {
    for vector in vectors("discoveries") {
        let p_values: Vec<f64> = serde_json::from_value(vector["p_values"].clone()).unwrap();
        let wanted: Vec<bool> = serde_json::from_value(vector["expect"]["discoveries"].clone()).unwrap();
        assert_eq!(discoveries(&p_values, 0.05), wanted, "{vector}");
    }
}

#[test]
fn shrunken_means_are_those_elsewhere() {
    for vector in vectors("shrunken") {
        let (places, spread): (Vec<_>, _) =
            (vector["places"].as_array().unwrap().iter().map(scores).collect(), spread(&vector));
        let shrunken = shrunken::Shrunken::of(&places, &spread);
        let wanted: Vec<f64> = serde_json::from_value(vector["expect"]["means"].clone()).unwrap();
        for (place, wanted) in places.iter().zip(wanted) {
            let mean = shrunken.mean(*place, &spread).unwrap();
            assert_eq!(mean, (1_000.0 * wanted).round() as i64, "{vector}");
        }
    }
}

#[test]
fn sets_of_ranks_are_those_elsewhere() {
    for vector in vectors("ranks") {
        let places: Vec<_> = vector["places"].as_array().unwrap().iter().map(scores).enumerate().collect();
        let mut ranking = rank(&places, Minimum::of_visits(1), &spread(&vector));
        ranking.sort_by_key(|line| line.key);
        let ranks: Vec<_> =
            ranking.iter().filter_map(|line| line.rank).map(|it| [it.best, it.worst]).collect();
        let wanted: Vec<[usize; 2]> = serde_json::from_value(vector["expect"]["ranks"].clone()).unwrap();
        assert_eq!(ranks, wanted, "{}", vector["name"]);
    }
}

#[test]
fn a_brand_lends_what_it_lends_elsewhere() {
    for vector in vectors("lent") {
        let visits: Vec<(i64, String, i32, i32)> = serde_json::from_value(vector["visits"].clone()).unwrap();
        let names: Vec<String> = visits.iter().map(|visit| visit.1.clone()).collect();
        let (mut within, mut repeating) = (Within::default(), Repeating::default());
        for branch in 0..12 {
            let of = visits.iter().zip(&names).filter(|((to, ..), _)| *to == branch);
            let seen: Vec<_> = of
                .map(|((_, _, age, score), name)| Seen { shopper: name, age: *age, score: *score })
                .collect();
            repeating.branch(&seen);
            within =
                within.with(seen.iter().map(|visit| Sums::of(visit.score)).fold(Sums::default(), Sums::plus));
        }
        let (repeats, expect) = (repeating.repeated().repeats(), &vector["expect"]);
        let least = whole(&vector, "least");
        let three = |name: &str| serde_json::from_value::<[i64; 3]>(expect[name].clone()).unwrap();
        let correlation = whole(expect, "correlation");
        let wanted = Repeats { correlation, in_branch: three("in_branch"), in_brand: three("in_brand") };
        assert_eq!(repeats, wanted, "{}", vector["name"]);
        let variance = expect["lent"].as_bool().unwrap().then(|| whole(expect, "variance"));
        assert_eq!(within.basis(repeats, least).map(|basis| basis.variance), variance, "{}", vector["name"]);
    }
}

#[test]
fn shoppers_are_as_lenient_as_they_are_elsewhere() {
    for vector in vectors("leniency") {
        let visits: Vec<(String, String, String, i32)> =
            serde_json::from_value(vector["visits"].clone()).unwrap();
        let made = visits.iter().map(|(shopper, branch, checklist, score)| leniency::Made {
            shopper: shopper.as_str(),
            branch: branch.as_str(),
            checklist: checklist.as_str(),
            sums: Sums::of(*score),
        });
        let found = leniency::measure(&made.collect::<Vec<_>>(), whole(&vector, "least"));
        let near = |one: f64, other: &Value| (one - other.as_f64().unwrap()).abs() < 1e-4;
        let (name, expect) = (&vector["name"], &vector["expect"]);
        assert!(near(found.within, &expect["within"]), "{name}: {}", found.within);
        assert!(near(found.between, &expect["between"]), "{name}: {}", found.between);
        assert_eq!(found.shoppers.len(), expect["effects"].as_array().unwrap().len(), "{name}");
        for (at, one) in found.shoppers.iter().enumerate() {
            let shared = serde_json::json!([one.shared_visits, one.shared_branches, one.group]);
            assert_eq!(shared, expect["shared"][at], "{name}: {one:?}");
            let missing = one.effect.err().map_or("", leniency::Missing::as_str);
            assert_eq!(missing, expect["missing"][at], "{name}: {one:?}");
            let Ok(effect) = one.effect else { continue };
            assert!(near(effect.effect, &expect["effects"][at]), "{name}: {one:?}");
            assert!(near(effect.error, &expect["errors"][at]), "{name}: {one:?}");
            assert!(near(effect.effect - effect.reach, &expect["ends"][at][0]), "{name}: {one:?}");
            assert!(near(effect.effect + effect.reach, &expect["ends"][at][1]), "{name}: {one:?}");
        }
    }
}

#[test]
fn student_s_t_is_scipy_s() {
    for vector in vectors("student") {
        let (freedom, t) = (whole(&vector, "freedom"), vector["t"].as_f64().unwrap());
        assert!(
            (student_t(freedom) - wanted(&vector, "quantile")).abs() < 1e-9,
            "{vector}: {}",
            student_t(freedom)
        );
        assert!(
            (two_sided(t, freedom) - wanted(&vector, "chance")).abs() < 1e-9,
            "{vector}: {}",
            two_sided(t, freedom)
        );
    }
}

#[test]
fn the_studentized_range_is_scipy_s() {
    for vector in vectors("ranges") {
        let quantile = range::quantile(whole(&vector, "means") as usize, whole(&vector, "freedom"));
        assert!((quantile - wanted(&vector, "quantile")).abs() < 1e-4, "{vector}: {quantile}");
    }
}
