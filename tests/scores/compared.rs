//! Comparisons and distributions: a place beside itself before, its region, its brand and the best branches; and the visits behind a figure.

use incognito::{
    accounts::model::{GrantScope, Role},
    ids::{AssignmentId, VisitId},
    scores::show_daily::ShowBrand,
    work::Task,
};
use serde_json::{Value, json};

use super::{BEST, GOOD, MARCH, POOR, Seen, Tree, lend};
use crate::{
    app::{TestApp, each_engine_test, id},
    builders::{assignment_body, branch_body, visit_body},
    personas::Persona,
    reports::release_all,
    reviews::approve,
    visits::path,
};

each_engine_test!(
    each_branch_is_compared_with_itself,
    a_place_is_compared_with_those_above_it_and_with_the_best,
    managers_see_others_only_together,
    desks_are_told_of_the_visits_behind_a_figure,
);

const FEBRUARY: &str = "2026-02-14T09:00:00Z";
const JANUARY: &str = "2026-01-14T09:00:00Z";
const IN_MARCH: &str = "from=2026-03&to=2026-03";

async fn asked(app: &TestApp, who: &Persona, tree: &Tree, place: &str, rest: &str) -> Value {
    app.get(who, format!("/v1/{}/{rest}", tree.place(place))).await.expect(200).json
}

async fn each_branch_is_compared_with_itself(app: TestApp) {
    let mut tree = Tree::build(&app).await;
    // The poor branch is visited more often than before, the good one less often, and neither changes.
    for (branch, seen, at, times) in [
        ("a", &POOR, FEBRUARY, 1),
        ("a", &POOR, MARCH, 3),
        ("c", &BEST, FEBRUARY, 3),
        ("c", &BEST, MARCH, 1),
        ("b", &BEST, FEBRUARY, 1),
    ] {
        for _ in 0..times {
            tree.approved(&app, branch, seen, at).await;
        }
    }
    lend(&app, tree.brand, 600).await;
    let auditor = &tree.world.staff.administrator;
    for place in ["country", "brand"] {
        let found = asked(&app, auditor, &tree, place, &format!("comparison?{IN_MARCH}")).await;
        assert_eq!((&found["visits"], &found["score"]), (&json!(4), &json!(3_438)), "{found}");
        assert_eq!(found["change"]["difference"], 3_438 - 8_250, "{found}");
        // √(45·360000/49/1.5) · t(49) = 943.45.
        let paired = json!({"branches": 2, "visits": 4, "previous_visits": 4, "difference": 0, "low": -944, "high": 944,
            "insufficient": false});
        assert_eq!(found["change"]["paired"], paired);
        assert_eq!(found["year_change"], Value::Null, "nothing was seen then");
    }
    let branch = asked(&app, auditor, &tree, "a", &format!("comparison?{IN_MARCH}")).await;
    assert_eq!((&branch["change"]["difference"], &branch["change"]["paired"]), (&json!(0), &Value::Null));
    let city = asked(&app, auditor, &tree, "city", &format!("comparison?{IN_MARCH}")).await;
    assert_eq!(city["change"]["paired"]["insufficient"], true, "one visit before is too few: {city}");
    // Of the branches that lay in the city then, its desk is shown those that it may still see.
    app.advance(40 * 86_400);
    tree.world.staff.administrator = Persona::administrator(&app).await;
    move_to(&app, &tree, "abroad", "2026-04").await;
    let of_city =
        GrantScope { brand_id: Some(tree.brand), region_id: Some(tree.regions["city"]), branch_id: None };
    let desk = Persona::with(&app, &[(Role::Auditor, of_city)]).await;
    let city = asked(&app, &desk, &tree, "city", &format!("comparison?{IN_MARCH}")).await;
    assert_eq!((&city["visits"], &city["change"]["paired"]), (&json!(3), &Value::Null), "{city}");
}

async fn a_place_is_compared_with_those_above_it_and_with_the_best(app: TestApp) {
    let tree = Tree::build(&app).await;
    tree.march(&app).await;
    let auditor = &tree.world.staff.administrator;
    let of = async |place| asked(&app, auditor, &tree, place, &format!("comparison?{IN_MARCH}")).await;
    let a = of("a").await;
    let line = |of: &Value| {
        json!([of["kind"], of["place_id"], of["visits"], of["score"], of["ahead"]["difference"]])
    };
    assert_eq!(line(&a["region"]), json!(["region", tree.regions["city"], 5, 5_667, 3_361]));
    assert_eq!(line(&a["brand"]), json!(["brand", tree.brand, 14, 6_071, 2_957]));
    // Of a, e and f, which have three visits each, one is a quarter.
    assert_eq!(a["best_quarter"], json!({"branches": 1, "of_branches": 3, "visits": 3, "score": 9_028}));
    assert_eq!(a["change"], Value::Null);
    let city = of("city").await;
    assert_eq!(city["region"]["place_id"], json!(tree.regions["country"]));
    let country = of("country").await;
    assert_eq!((&country["region"], &country["brand"]["visits"]), (&Value::Null, &json!(14)));
    let brand = of("brand").await;
    assert_eq!((&brand["region"], &brand["brand"]), (&Value::Null, &Value::Null));
    let e = of("e").await;
    assert_eq!((&e["region"], &e["brand"]["ahead"]["difference"]), (&Value::Null, &json!(8_750 - 6_071)));
    assert_eq!(of("g").await["brand"]["ahead"], Value::Null, "nobody was at g");
    let path = format!("/v1/{}/comparison?from=2026-03&to=2026-02", tree.place("a"));
    app.get(auditor, path).await.expect_invalid("from");
    // It is compared with the region in which it lay.
    move_to(&app, &tree, "abroad", "2026-03").await;
    for (months, region) in [("from=2026-01&to=2026-02", "city"), (IN_MARCH, "abroad")] {
        let found = asked(&app, auditor, &tree, "a", &format!("comparison?{months}")).await;
        assert_eq!(found["region"]["place_id"], json!(tree.regions[region]), "{months}: {found}");
    }
}

/// Moves a from a month on.
pub async fn move_to(app: &TestApp, tree: &Tree, region: &str, from: &str) {
    let path = format!("/v1/{}/move", tree.place("a"));
    let body = json!({"region_id": tree.regions[region], "from": from, "reason": "It was sold."});
    app.post(&tree.world.staff.administrator, path, body).if_match("*").await.expect(200);
}

/// Two other branches would give each away to whom one of them tells its score.
async fn managers_see_others_only_together(app: TestApp) {
    let mut tree = Tree::build(&app).await;
    for code in ["x1", "x2"] {
        let branch = id();
        let body = branch_body(tree.brand, Some(tree.regions["city"]), code);
        app.put(&tree.world.staff.administrator, format!("/v1/branches/{branch}"), body).await.expect(201);
        tree.branches.insert(code, branch);
    }
    let visited = async |branch: &str, seen: &Seen| {
        for _ in 0..3 {
            tree.approved(&app, branch, seen, JANUARY).await;
        }
    };
    for branch in ["a", "e", "g"] {
        visited(branch, &GOOD).await;
    }
    for branch in ["x1", "x2", "c", "d", "f"] {
        visited(branch, &BEST).await;
    }
    let at_a =
        GrantScope { brand_id: Some(tree.brand), region_id: None, branch_id: Some(tree.branches["a"]) };
    let manager = Persona::with(&app, &[(Role::Manager, at_a)]).await;
    let auditor = Persona::with(&app, &[(Role::Auditor, GrantScope { branch_id: None, ..at_a })]).await;
    let of = async |who| asked(&app, who, &tree, "a", "comparison?from=2026-01&to=2026-01").await;
    let others = |found: &Value| {
        json!([found["region"]["visits"], found["best_quarter"]["branches"], found["brand"]["visits"]])
    };
    assert_eq!(others(&of(&manager).await), json!([0, null, 0]), "nothing is out");
    assert_eq!(others(&of(&auditor).await), json!([9, 2, 24]));
    // A desk of two regions could work out e and g, of which it sees none.
    let of_region = |name: &str| GrantScope { branch_id: None, region_id: Some(tree.regions[name]), ..at_a };
    let grants = ["country", "abroad"].map(|name| (Role::Auditor, of_region(name)));
    let regional = Persona::with(&app, &grants).await;
    assert_eq!(others(&of(&regional).await), json!([9, 2, null]));
    let abroad = Persona::with(&app, &grants[1..]).await;
    let d = asked(&app, &abroad, &tree, "d", "comparison?from=2026-01&to=2026-01").await;
    assert_eq!(
        (&d["region"]["visits"], &d["brand"]["visits"]),
        (&json!(6), &json!(24)),
        "it sees all of its region: {d}"
    );
    release_all(&app).await;
    ShowBrand { brand_id: tree.brand }.run(app.app(), &()).await.unwrap();
    let two = of(&manager).await;
    assert_eq!(others(&two), json!([null, null, 24]), "{two}");
    visited("b", &BEST).await;
    release_all(&app).await;
    ShowBrand { brand_id: tree.brand }.run(app.app(), &()).await.unwrap();
    let three = of(&manager).await;
    assert_eq!(others(&three), json!([12, 3, 27]), "{three}");
    assert_eq!(three["best_quarter"], json!({"branches": 3, "of_branches": 9, "visits": 9, "score": 10_000}));
    // Whose region is shown beside the brand could work out g.
    let at = |name: &str| (Role::Manager, GrantScope { branch_id: Some(tree.branches[name]), ..at_a });
    let but_g = Persona::with(&app, &["a", "c", "d", "e", "f"].map(at)).await;
    let found = of(&but_g).await;
    assert_eq!((&found["region"], &found["brand"]["visits"]), (&Value::Null, &json!(27)), "{found}");
}

async fn desks_are_told_of_the_visits_behind_a_figure(app: TestApp) {
    let tree = Tree::build(&app).await;
    tree.march(&app).await;
    let staff = &tree.world.staff;
    let of = async |place: &str, months: &str| {
        asked(&app, &staff.administrator, &tree, place, &format!("distribution?{months}")).await
    };
    let before = of("d", IN_MARCH).await;
    assert_eq!((&before["visits"], &before["shoppers"]), (&json!(1), &json!(1)));
    assert_eq!(before["insufficient"], true);
    // One more visit to d, by another shopper.
    let other = Persona::everywhere(&app, Role::Shopper).await;
    let (assignment, visit): (AssignmentId, VisitId) = (id(), id());
    let mut body = assignment_body(tree.branches["d"], tree.version, &other);
    body["opens_at"] = json!("2020-01-01T00:00:00Z");
    app.put(&staff.scheduler, format!("/v1/assignments/{assignment}"), body).await.expect(201);
    let mut body = visit_body(assignment, tree.version);
    (body["started_at"], body["ended_at"]) = (json!(MARCH), json!(MARCH));
    body["answers"] =
        json!({"greeted": {"value": true}, "waited": {"value": "short"}, "clean": {"value": 3}});
    app.put(&other, path(visit), body).await.expect(201);
    assert_eq!(of("d", IN_MARCH).await["visits"], 1, "it still waits");
    approve(&app, &staff.reviewer, visit).await.expect(200);

    let after = of("d", IN_MARCH).await;
    assert_eq!((&after["visits"], &after["shoppers"]), (&json!(2), &json!(2)));
    let abroad = of("abroad", IN_MARCH).await;
    assert_eq!((&abroad["visits"], &abroad["shoppers"]), (&json!(5), &json!(2)));
    let brand = of("brand", IN_MARCH).await;
    assert_eq!(
        (&brand["visits"], &brand["shoppers"], &brand["insufficient"]),
        (&json!(15), &json!(2), &json!(false))
    );
    let quantiles = json!({"least": 0, "tenth": 1_250, "quarter": 1_250, "median": 8_333, "three_quarters": 8_750,
        "nine_tenths": 10_000, "greatest": 10_000});
    assert_eq!(brand["quantiles"], quantiles);
    let bins: Vec<_> =
        brand["bins"].as_array().unwrap().iter().map(|bin| json!([bin["from"], bin["visits"]])).collect();
    let wanted = [1, 4, 0, 0, 0, 0, 0, 0, 8, 2]
        .into_iter()
        .enumerate()
        .map(|(bin, visits)| json!([1_000 * bin, visits]));
    assert_eq!(bins, wanted.collect::<Vec<_>>());
    for (place, months) in [("g", IN_MARCH), ("brand", "from=2026-02&to=2026-02")] {
        let none = of(place, months).await;
        let found =
            ["visits", "shoppers", "quantiles", "bins", "insufficient"].map(|name| none[name].clone());
        assert_eq!(found, [json!(0), json!(null), json!(null), json!(null), json!(true)]);
    }
    // Who manages all of the brand is told nothing of it, and a desk only of its own places.
    let brand = GrantScope { brand_id: Some(tree.brand), ..GrantScope::default() };
    let city = GrantScope { region_id: Some(tree.regions["city"]), ..brand };
    let at = |place: &str| format!("/v1/{}/distribution?{IN_MARCH}", tree.place(place));
    let manager = Persona::with(&app, &[(Role::Manager, brand), (Role::Hr, brand)]).await;
    app.get(&manager, at("a")).await.expect(403);
    let both = Persona::with(&app, &[(Role::Manager, brand), (Role::Auditor, city)]).await;
    app.get(&both, at("a")).await.expect(200);
    app.get(&both, at("c")).await.expect(404);
    app.get(&both, at("brand")).await.expect(404);
    let found = tree.approved(&app, "d", &GOOD, "2026-02-27T09:00:00Z").await;
    assert_eq!(of("d", "from=2026-02&to=2026-03").await["visits"], 3, "{found}");
}
