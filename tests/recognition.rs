//! Recognition: what a brand switches on, and which branches are best, improved most, and have mastered which standards.

use incognito::{
    accounts::model::{GrantScope, Role},
    ids::BrandId,
    months::Month,
    scores::show_daily::ShowBrand,
    visits::state::State,
    work::Task,
};
use serde_json::{Value, json};

use crate::{
    actions::Case,
    app::{TestApp, each_engine_test},
    ledger::all_is_right,
    personas::Persona,
    reports::release_all,
    scores::{BEST, FAIR, GOOD, MARCH, POOR, Seen, Tree, ZERO, lend},
};

each_engine_test!(
    a_brand_switches_each_list_on,
    the_best_branch_is_one_or_several,
    who_improved_did_so_beyond_chance,
    standards_are_mastered_beyond_doubt,
    managers_are_shown_what_their_figures_say,
    each_sees_the_own_places,
    months_are_checked,
);

const JANUARY: &str = "2026-01-14T09:00:00Z";
const FEBRUARY: &str = "2026-02-14T09:00:00Z";
const IN_MARCH: &str = "from=2026-03&to=2026-03";

/// Changes what a brand has switched on.
async fn switch(app: &TestApp, who: &Persona, brand: BrandId, recognition: Value) {
    let path = format!("/v1/brands/{brand}");
    let was = app.get(who, &path).await.expect(200);
    let body = json!({"name": was.json["name"], "language": was.json["language"],
        "minimum_visits": was.json["minimum_visits"], "recognition": recognition});
    app.put(who, &path, body).if_match(was.etag()).await.expect(200);
}

fn all() -> Value {
    json!({"best_branch": true, "most_improved": true, "standard_mastered": true})
}

/// The tree, with all lists switched on.
async fn tree(app: &TestApp) -> Tree {
    let tree = Tree::build(app).await;
    switch(app, &tree.world.staff.administrator, tree.brand, all()).await;
    tree
}

async fn read(app: &TestApp, who: &Persona, tree: &Tree, place: &str, query: &str) -> Value {
    app.get(who, format!("/v1/{}/recognition?{query}", tree.place(place))).await.expect(200).json
}

fn codes(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|one| one["code"].as_str().unwrap()).collect()
}

async fn a_brand_switches_each_list_on(app: TestApp) {
    let tree = Tree::build(&app).await;
    let (who, brand) = (&tree.world.staff.administrator, tree.brand);
    let brand_is = async || app.get(who, format!("/v1/brands/{brand}")).await.expect(200).json;
    let off = json!({"best_branch": false, "most_improved": false, "standard_mastered": false});
    assert_eq!(brand_is().await["recognition"], off);
    let nothing = json!({"place_id": brand, "kind": "brand", "from": "2025-10", "to": "2025-12",
        "statistics": null, "best_branch": null, "most_improved": null, "standard_mastered": null});
    assert_eq!(read(&app, who, &tree, "brand", "").await, nothing);
    for list in ["best_branch", "most_improved", "standard_mastered"] {
        switch(&app, who, brand, json!({list: true})).await;
        let (mut switched, mut wanted) = (off.clone(), nothing.clone());
        switched[list] = json!(true);
        wanted[list] = json!([]);
        assert_eq!(brand_is().await["recognition"], switched);
        assert_eq!(read(&app, who, &tree, "brand", "").await, wanted, "{list}");
    }
    // What a body leaves out is off.
    switch(&app, who, brand, json!({})).await;
    assert_eq!(read(&app, who, &tree, "city", "").await["best_branch"], Value::Null);
    all_is_right(&app).await;
}

async fn the_best_branch_is_one_or_several(app: TestApp) {
    let tree = tree(&app).await;
    tree.march(&app).await;
    let who = &tree.world.staff.administrator;
    let unknown = read(&app, who, &tree, "brand", IN_MARCH).await;
    assert_eq!(codes(&unknown["best_branch"]), ["a", "e", "f"], "nobody knows how far visits scatter");
    lend(&app, tree.brand, 600).await;
    // 278 is no distance for three visits each, 7500 is one; b, c and d have too few visits.
    let brand = read(&app, who, &tree, "brand", IN_MARCH).await;
    assert_eq!(brand["statistics"], 1);
    let first = json!({"branch_id": tree.branches["a"], "code": "a", "name": brand["best_branch"][0]["name"],
        "rank": {"best": 1, "worst": 2}, "visits": 3, "score": 9_028, "interval": {"low": 8_314, "high": 9_741}});
    assert_eq!(codes(&brand["best_branch"]), ["a", "e"]);
    assert_eq!(brand["best_branch"][0], first);
    let best = async |place: &str| read(&app, who, &tree, place, IN_MARCH).await["best_branch"].clone();
    assert_eq!(codes(&best("city").await), ["a"]);
    let abroad = best("abroad").await;
    assert_eq!((codes(&abroad), &abroad[0]["rank"]), (vec!["f"], &json!({"best": 1, "worst": 1})));
    // With enough visits that are all the best, one branch of the brand is surely better than all others.
    for _ in 0..6 {
        tree.approved(&app, "g", &BEST, MARCH).await;
    }
    assert_eq!(codes(&best("brand").await), ["g", "a"], "972 is no distance");
    for _ in 0..3 {
        tree.approved(&app, "a", &ZERO, MARCH).await;
    }
    assert_eq!(codes(&best("brand").await), ["g"]);
    assert_eq!(best("brand").await[0]["rank"], json!({"best": 1, "worst": 1}));
}

async fn who_improved_did_so_beyond_chance(app: TestApp) {
    let tree = tree(&app).await;
    lend(&app, tree.brand, 800).await;
    let who = &tree.world.staff.administrator;
    let months: [(&str, &[Seen], &[Seen]); 6] = [
        ("a", &[POOR, POOR, POOR], &[BEST, BEST, GOOD]),
        ("b", &[ZERO, ZERO, POOR], &[BEST, BEST, BEST]),
        // Better, but surely less so than the first two.
        ("c", &[BEST, POOR, ZERO], &[BEST, GOOD, POOR]),
        // As this one.
        ("d", &[FAIR, FAIR, GOOD], &[BEST, BEST, BEST]),
        ("e", &[ZERO, POOR], &[BEST, BEST, BEST]),
        ("f", &[BEST, BEST, GOOD], &[POOR, POOR, POOR]),
    ];
    for (branch, before, now) in months {
        for (seen, at) in
            before.iter().map(|seen| (seen, FEBRUARY)).chain(now.iter().map(|seen| (seen, MARCH)))
        {
            tree.approved(&app, branch, seen, at).await;
        }
    }
    let improved = async |place: &str| read(&app, who, &tree, place, IN_MARCH).await["most_improved"].clone();
    let brand = improved("brand").await;
    // By `change` in tests/vectors/statistics.py.
    let wanted = [("b", 10_000, 417, 9_583, 8_302, 10_000), ("a", 9_583, 1_250, 8_333, 7_052, 9_614)].map(
        |(code, score, previous_score, difference, low, high)| {
            let name =
                brand.as_array().unwrap().iter().find(|one| one["code"] == code).unwrap()["name"].clone();
            json!({"branch_id": tree.branches[code], "code": code, "name": name, "visits": 3, "score": score,
            "previous_visits": 3, "previous_score": previous_score, "difference": difference, "low": low,
            "high": high})
        },
    );
    assert_eq!(brand, json!(wanted));
    assert_eq!(codes(&improved("abroad").await), ["d"]);
    assert_eq!(codes(&improved("country").await), ["b", "a"]);
    let earlier = read(&app, who, &tree, "brand", "from=2026-02&to=2026-02").await;
    assert_eq!(earlier["most_improved"], json!([]), "nobody was visited in January");
    let first = read(&app, who, &tree, "brand", "from=0000-01&to=0000-01").await;
    assert_eq!(first["most_improved"], json!([]), "no month is before it");
}

async fn standards_are_mastered_beyond_doubt(app: TestApp) {
    let case = Case::new(&app).await;
    let (brand, who) = (case.world.brands[0].id, &case.world.staff.administrator);
    switch(&app, who, brand, all()).await;
    let path = format!("/v1/brands/{brand}/recognition");
    let mastered = async |path: &str| app.get(who, path).await.expect(200).json["standard_mastered"].clone();
    let month = |year: i32, month: i32| Month::new(year, month).unwrap();
    for _ in 0..15 {
        case.visit(&app, true, State::Released, month(2026, 2)).await;
    }
    // Not out, and too long ago.
    case.visit(&app, true, State::Approved, month(2026, 2)).await;
    case.visit(&app, true, State::Final, month(2025, 3)).await;
    assert_eq!(mastered(&path).await, json!([]), "15 of 15 visits leave a doubt");
    case.visit(&app, true, State::Final, month(2025, 4)).await;
    let list = mastered(&path).await;
    let compliance = json!({"visits": 16, "kept": 16, "share": 10_000, "low": 8_063, "high": 10_000,
        "insufficient": false});
    let wanted = json!([{"branch_id": case.branch, "code": list[0]["code"], "name": list[0]["name"],
        "standards": [{"standard_id": case.standard, "key": "greeted", "text": {"en": "Guests are greeted."},
            "compliance": compliance}]}]);
    assert_eq!(list, wanted);
    let [own, other] =
        [0, 1].map(|at| format!("/v1/regions/{}/recognition", case.world.brands[0].regions[at].id));
    assert_eq!(mastered(&own).await, list);
    assert_eq!(mastered(&other).await, json!([]));
    case.visit(&app, false, State::Released, month(2026, 3)).await;
    assert_eq!(mastered(&path).await, json!([]), "16 of 17 visits leave a doubt");
}

async fn managers_are_shown_what_their_figures_say(app: TestApp) {
    let tree = tree(&app).await;
    for (branch, seen) in [("a", [BEST, BEST, GOOD]), ("b", [POOR, POOR, ZERO])] {
        for seen in seen {
            tree.approved(&app, branch, &seen, JANUARY).await;
        }
        tree.approved(&app, branch, &BEST, MARCH).await;
    }
    let scope = GrantScope { brand_id: Some(tree.brand), ..GrantScope::default() };
    let january = "from=2026-01&to=2026-01";
    let desk = &tree.world.staff.administrator;
    lend(&app, tree.brand, 600).await;
    assert_eq!(codes(&read(&app, desk, &tree, "brand", january).await["best_branch"]), ["a"]);
    let (manager, hr) = (
        Persona::with(&app, &[(Role::Manager, scope)]).await,
        Persona::with(&app, &[(Role::Hr, scope)]).await,
    );
    for who in [&manager, &hr] {
        let before = read(&app, who, &tree, "brand", january).await;
        assert_eq!(before["best_branch"], json!([]), "no report is out");
    }
    release_all(&app).await;
    ShowBrand { brand_id: tree.brand }.run(app.app(), &()).await.unwrap();
    for who in [&manager, &hr] {
        // In the night so few visits lent nothing any more.
        lend(&app, tree.brand, 600).await;
        let shown = read(&app, who, &tree, "brand", january).await;
        assert_eq!(codes(&shown["best_branch"]), ["a"]);
        assert_eq!(shown["best_branch"][0]["visits"], 3);
        let present = read(&app, who, &tree, "brand", IN_MARCH).await;
        assert_eq!(present["best_branch"], json!([]), "the month is not over");
    }
}

async fn each_sees_the_own_places(app: TestApp) {
    let tree = tree(&app).await;
    let scope = GrantScope {
        brand_id: Some(tree.brand),
        region_id: Some(tree.regions["city"]),
        ..GrantScope::default()
    };
    let manager = Persona::with(&app, &[(Role::Manager, scope)]).await;
    for (place, status) in [("city", 200), ("country", 404), ("abroad", 404), ("brand", 404)] {
        app.get(&manager, format!("/v1/{}/recognition", tree.place(place))).await.expect(status);
    }
    let path = format!("/v1/{}/recognition", tree.place("brand"));
    app.get(&tree.world.staff.shopper, &path).await.expect_problem(403, "forbidden");
}

async fn months_are_checked(app: TestApp) {
    let tree = tree(&app).await;
    let who = &tree.world.staff.administrator;
    for (query, from, to) in [
        ("", "2025-10", "2025-12"),
        ("to=2026-03", "2026-01", "2026-03"),
        ("from=2025-12", "2025-12", "2025-12"),
        ("from=2016-04&to=2026-03", "2016-04", "2026-03"),
        ("to=0000-02", "0000-02", "0000-02"),
    ] {
        let answer = read(&app, who, &tree, "city", query).await;
        assert_eq!((&answer["from"], &answer["to"]), (&json!(from), &json!(to)), "{query}");
    }
    for (query, name) in [
        ("from=2016-03&to=2026-03", "from"),
        ("from=2026-01", "from"),
        ("from=2026-02&to=2026-01", "from"),
        ("to=2026-13", "to"),
        ("month=2026-03", "month"),
    ] {
        let path = format!("/v1/{}/recognition?{query}", tree.place("city"));
        app.get(who, path).await.expect_invalid(name);
    }
}
