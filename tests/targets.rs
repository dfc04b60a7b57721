//! Targets: what scores are to be, whose target counts, and how figures stand to theirs.

use incognito::{
    accounts::model::{GrantScope, Role},
    ids::{BrandId, TargetId},
    scores::show_daily::ShowBrand,
    work::Task,
};
use serde_json::{Value, json};

use crate::{
    app::{TestApp, each_engine_test, id},
    ledger::all_is_right,
    personas::Persona,
    reports::release_all,
    scores::{BEST, GOOD, POOR, Tree, ZERO, compared::move_to, lend},
};

each_engine_test!(
    a_target_is_set_changed_and_deleted,
    what_is_wrong_with_a_target_has_its_place,
    two_targets_have_no_month_in_common,
    the_target_of_the_nearest_place_counts,
    a_step_of_a_trend_has_the_target_of_the_region_then,
    figures_say_how_they_stand_to_their_target,
    managers_see_targets_and_no_more_of_the_figures,
    targets_are_listed_by_place_and_month,
);

/// A target of 90 % for whole visits from 2026 on, with more members.
pub fn target_body(brand: BrandId, more: Value) -> Value {
    let mut body = json!({"brand_id": brand, "from": "2026-01", "score": 9_000});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    body
}

const IN_MARCH: &str = "from=2026-03&to=2026-03";

pub fn path(target: TargetId) -> String {
    format!("/v1/targets/{target}")
}

async fn set(app: &TestApp, tree: &Tree, more: Value) -> TargetId {
    let target = id();
    app.put(&tree.world.staff.designer, path(target), target_body(tree.brand, more)).await.expect(201);
    target
}

/// The target of a place for whole visits in March.
async fn of(app: &TestApp, who: &Persona, tree: &Tree, place: &str) -> Value {
    let address = format!("/v1/{}/score?{IN_MARCH}", tree.place(place));
    app.get(who, address).await.expect(200).json["target"].clone()
}

async fn a_target_is_set_changed_and_deleted(app: TestApp) {
    let tree = Tree::build(&app).await;
    let (designer, target) = (&tree.world.staff.designer, id());
    let body = target_body(tree.brand, json!({"region_id": tree.regions["city"], "to": "2026-06"}));
    let made = app.put(designer, path(target), body.clone()).await.expect(201);
    let wanted = json!({"id": target, "brand_id": tree.brand, "region_id": tree.regions["city"],
        "subject": {"kind": "overall"}, "from": "2026-01", "to": "2026-06", "score": 9_000,
        "created_at": "2026-03-15T10:00:00Z"});
    assert_eq!(made.json, wanted);
    app.put(designer, path(target), body.clone()).await.expect(200);
    let mut changed = body.clone();
    changed["score"] = json!(8_000);
    app.put(designer, path(target), changed.clone()).await.expect_problem(428, "precondition_required");
    let again = app.put(designer, path(target), changed).if_match(made.etag()).await.expect(200);
    assert_ne!(again.etag(), made.etag());
    let mut moved = body.clone();
    (moved["region_id"], moved["score"]) = (json!(tree.regions["country"]), json!(8_000));
    let refused = app.put(designer, path(target), moved).if_match(again.etag()).await;
    refused.expect_problem(409, "conflict");
    assert_eq!(app.get(designer, path(target)).await.expect(200).json["score"], 8_000);
    app.delete(designer, path(target)).await.expect_problem(428, "precondition_required");
    app.delete(designer, path(target)).if_match(made.etag()).await.expect_problem(412, "precondition_failed");
    app.delete(designer, path(target)).if_match(again.etag()).await.expect(204);
    app.get(designer, path(target)).await.expect_problem(404, "not_found");
    app.delete(designer, path(target)).if_match(again.etag()).await.expect_problem(404, "not_found");
    app.put(designer, path(target), body).await.expect_problem(409, "conflict");
    assert_eq!(of(&app, designer, &tree, "a").await, Value::Null, "what was deleted counts no more");
    let administrator = &tree.world.staff.administrator;
    let audit = app.get(administrator, format!("/v1/audit?subject_id={target}")).await.expect(200);
    let steps: Vec<_> = audit.json["items"].as_array().unwrap().iter().map(|row| &row["details"]).collect();
    assert_eq!(steps.len(), 3, "{steps:?}");
    let deleted = steps.iter().filter(|details| details["step"] == "deleted").count();
    assert_eq!(deleted, 1, "{steps:?}");
    all_is_right(&app).await;
}

async fn what_is_wrong_with_a_target_has_its_place(app: TestApp) {
    let tree = Tree::build(&app).await;
    let designer = &tree.world.staff.designer;
    let foreign = tree.world.brands[0].regions[0].id;
    for (more, pointer) in [
        (json!({"region_id": tree.regions["city"], "branch_id": tree.branches["a"]}), "/branch_id"),
        (json!({"region_id": foreign}), "/region_id"),
        (json!({"to": "2025-12"}), "/to"),
        (json!({"score": 10_001}), "/score"),
        (json!({"subject": {"kind": "standard", "key": "nobody_asks"}}), "/subject"),
        (json!({"subject": {"kind": "section", "key": "arrival"}}), "/subject/checklist_id"),
        (json!({"subject": {"kind": "overall", "key": "arrival"}}), "/subject/key"),
        (json!({"subject": {"kind": "side"}}), "/subject/side"),
        (json!({"subject": {"kind": "choice"}}), "/subject/kind"),
    ] {
        let body = target_body(tree.brand, more);
        app.put(designer, path(id()), body).await.expect_invalid(pointer);
    }
    let nowhere = target_body(tree.brand, json!({"branch_id": id::<()>()}));
    app.put(designer, path(id()), nowhere).await.expect_problem(404, "not_found");
    let listed = app.get(designer, format!("/v1/targets?brand_id={}", tree.brand)).await.expect(200);
    assert_eq!(listed.json["items"], json!([]), "nothing of it was kept");
}

async fn two_targets_have_no_month_in_common(app: TestApp) {
    let tree = Tree::build(&app).await;
    let designer = &tree.world.staff.designer;
    let first = set(&app, &tree, json!({"from": "2026-03"})).await;
    for months in [json!({"from": "2027-01"}), json!({"from": "2026-01", "to": "2026-03"}), json!({})] {
        let refused = app.put(designer, path(id()), target_body(tree.brand, months)).await;
        let refused = refused.expect_problem(409, "conflict");
        assert!(refused.text("/detail").contains(&first.to_string()), "{refused}");
    }
    set(&app, &tree, json!({"from": "2026-01", "to": "2026-02"})).await;
    // Of another place or another subject it is another target.
    set(&app, &tree, json!({"branch_id": tree.branches["a"]})).await;
    let section = json!({"kind": "section", "checklist_id": tree.checklist, "key": "arrival"});
    set(&app, &tree, json!({"subject": section})).await;
    // The first one may change, and what comes after its end is free.
    let etag = app.get(designer, path(first)).await.expect(200).etag().to_owned();
    let longer = target_body(tree.brand, json!({"from": "2026-02"}));
    app.put(designer, path(first), longer).if_match(&etag).await.expect_problem(409, "conflict");
    let shorter = target_body(tree.brand, json!({"from": "2026-03", "to": "2026-05"}));
    let ended = app.put(designer, path(first), shorter).if_match(&etag).await.expect(200);
    set(&app, &tree, json!({"from": "2026-06"})).await;
    app.delete(designer, path(first)).if_match(ended.etag()).await.expect(204);
    set(&app, &tree, json!({"from": "2026-04", "to": "2026-05"})).await;
    all_is_right(&app).await;
}

async fn the_target_of_the_nearest_place_counts(app: TestApp) {
    let tree = Tree::build(&app).await;
    let who = &tree.world.staff.administrator;
    let scores = async |wanted: [Option<(&str, i64)>; 5]| {
        for (place, wanted) in ["a", "city", "c", "d", "brand"].into_iter().zip(wanted) {
            let target = of(&app, who, &tree, place).await;
            let found = target["of"].as_str().map(|of| (of, target["score"].as_i64().unwrap()));
            assert_eq!(found, wanted, "{place}");
        }
        // A ranking resolves the targets of many branches at once, and comes to the same.
        let address = format!("/v1/{}/ranking?{IN_MARCH}", tree.place("brand"));
        let ranking = app.get(who, address).await.expect(200);
        for (code, wanted) in [("a", wanted[0]), ("c", wanted[2]), ("d", wanted[3])] {
            let rows = ranking.json["items"].as_array().unwrap();
            let row = rows.iter().find(|row| row["code"] == code).unwrap();
            let found = row["target"]["of"].as_str().map(|of| (of, row["target"]["score"].as_i64().unwrap()));
            assert_eq!(found, wanted, "{code}");
        }
    };
    scores([None; 5]).await;
    set(&app, &tree, json!({})).await;
    scores([Some(("brand", 9_000)); 5]).await;
    set(&app, &tree, json!({"region_id": tree.regions["country"], "score": 8_000})).await;
    let country = Some(("region", 8_000));
    scores([country, country, country, Some(("brand", 9_000)), Some(("brand", 9_000))]).await;
    set(&app, &tree, json!({"region_id": tree.regions["city"], "score": 7_000})).await;
    let city = Some(("region", 7_000));
    scores([city, city, country, Some(("brand", 9_000)), Some(("brand", 9_000))]).await;
    set(&app, &tree, json!({"branch_id": tree.branches["a"], "score": 6_000, "to": "2026-03"})).await;
    scores([Some(("branch", 6_000)), city, country, Some(("brand", 9_000)), Some(("brand", 9_000))]).await;
    // One that is for other months, or for another subject, makes no difference.
    set(&app, &tree, json!({"branch_id": tree.branches["c"], "from": "2026-04", "score": 1})).await;
    let section = json!({"kind": "section", "checklist_id": tree.checklist, "key": "arrival"});
    set(&app, &tree, json!({"branch_id": tree.branches["c"], "subject": section, "score": 2})).await;
    scores([Some(("branch", 6_000)), city, country, Some(("brand", 9_000)), Some(("brand", 9_000))]).await;
}

/// In each step of a trend the target is that of the region in which the branch lay.
async fn a_step_of_a_trend_has_the_target_of_the_region_then(app: TestApp) {
    let tree = Tree::build(&app).await;
    for (region, score) in [("city", 7_000), ("abroad", 5_000)] {
        set(&app, &tree, json!({"region_id": tree.regions[region], "score": score})).await;
    }
    move_to(&app, &tree, "abroad", "2026-03").await;
    let trend = format!("/v1/{}/trend?from=2025-12&to=2026-03", tree.place("a"));
    let trend = app.get(&tree.world.staff.administrator, trend).await.expect(200);
    let points = trend.json["points"].as_array().unwrap();
    let targets: Vec<_> = points.iter().map(|point| point["target"]["score"].clone()).collect();
    assert_eq!(targets, [Value::Null, json!(7_000), json!(7_000), json!(5_000)], "{points:?}");
}

async fn figures_say_how_they_stand_to_their_target(app: TestApp) {
    let tree = Tree::build(&app).await;
    tree.march(&app).await;
    lend(&app, tree.brand, 600).await;
    let who = &tree.world.staff.administrator;
    set(&app, &tree, json!({"to": "2026-02", "score": 1_000})).await;
    set(&app, &tree, json!({"from": "2026-03", "score": 9_000})).await;
    let target = async |place| of(&app, who, &tree, place).await;
    let wanted = |distance: Option<i64>, standing: Option<&str>| json!({"score": 9_000, "of": "brand", "distance": distance, "standing": standing});
    assert_eq!(target("a").await, wanted(Some(28), Some("around")), "9028, from 8314 to 9741");
    assert_eq!(target("f").await, wanted(Some(-7_750), Some("below")));
    assert_eq!(target("d").await, wanted(None, None), "one visit is too few");
    assert_eq!(target("g").await, wanted(None, None), "so is none");
    // What is met is met by the interval.
    set(&app, &tree, json!({"branch_id": tree.branches["a"], "score": 8_314})).await;
    let met = json!({"score": 8_314, "of": "branch", "distance": 714, "standing": "above"});
    assert_eq!(target("a").await, met);
    // Each step of a trend has the target of its last month, and a period that of its last one.
    let address = format!("/v1/{}/trend?from=2026-02&to=2026-03", tree.place("f"));
    let points = app.get(who, &address).await.expect(200).json["points"].clone();
    let of_points = |name| [&points[0]["target"][name], &points[1]["target"][name]];
    assert_eq!(of_points("score"), [&json!(1_000), &json!(9_000)]);
    assert_eq!(of_points("standing"), [&Value::Null, &json!("below")]);
    let address = format!("/v1/{}/score?from=2026-02&to=2026-03", tree.place("f"));
    assert_eq!(app.get(who, &address).await.expect(200).json["target"]["score"], 9_000);
    // Subjects have targets of their own, in each answer that has them.
    let section = json!({"kind": "section", "checklist_id": tree.checklist, "key": "table"});
    set(&app, &tree, json!({"subject": section, "score": 2_000})).await;
    let score = app.get(who, format!("/v1/{}/score?{IN_MARCH}", tree.place("e"))).await.expect(200);
    let sections = score.json["sections"].as_array().unwrap();
    let of_section =
        |name: &str| sections.iter().find(|one| one["section"] == name).unwrap()["target"].clone();
    assert_eq!((of_section("table")["score"].clone(), of_section("arrival")), (json!(2_000), Value::Null));
    assert_eq!(of_section("table")["distance"], 3_000);
    let found = async |rest: &str| {
        let answer = app.get(who, format!("/v1/{}/{rest}", tree.place("brand"))).await.expect(200);
        answer.json["items"].clone()
    };
    let sections = found(&format!("breakdown?{IN_MARCH}&by=section&sort=key")).await;
    assert_eq!(sections[0]["target"], Value::Null);
    assert_eq!(sections[1]["target"]["score"], 2_000);
    let map = found(&format!("heatmap?{IN_MARCH}&by=section")).await;
    assert_eq!(map[0]["cells"][1]["target"]["score"], 2_000, "{}", map[0]);
    all_is_right(&app).await;
}

/// A target is said of a figure that is not shown, and nothing of how that stands to it.
async fn managers_see_targets_and_no_more_of_the_figures(app: TestApp) {
    let tree = Tree::build(&app).await;
    for seen in [BEST, GOOD] {
        tree.approved(&app, "a", &seen, "2026-01-14T09:00:00Z").await;
    }
    for seen in [POOR, ZERO, POOR] {
        tree.approved(&app, "b", &seen, "2026-01-14T09:00:00Z").await;
    }
    set(&app, &tree, json!({})).await;
    release_all(&app).await;
    ShowBrand { brand_id: tree.brand }.run(app.app(), &()).await.unwrap();
    let scope = GrantScope {
        brand_id: Some(tree.brand),
        region_id: Some(tree.regions["city"]),
        ..GrantScope::default()
    };
    let manager = Persona::with(&app, &[(Role::Manager, scope)]).await;
    let target = async |place| {
        let address = format!("/v1/{}/score?from=2026-01&to=2026-01", tree.place(place));
        app.get(&manager, address).await.expect(200).json["target"].clone()
    };
    let hidden = json!({"score": 9_000, "of": "brand", "distance": null, "standing": null});
    assert_eq!(target("a").await, hidden, "two visits are not shown");
    assert_eq!(target("b").await["distance"], -8_167);
    assert_eq!(target("city").await["distance"], -8_167, "nor are they in what a region says");
    // The target itself is one of the brand, which the manager does not cover.
    let listed = app.get(&manager, "/v1/targets").await.expect(200);
    assert_eq!(listed.json["items"], json!([]));
    let own = set(&app, &tree, json!({"region_id": tree.regions["city"]})).await;
    let read = app.get(&manager, path(own)).await.expect(200);
    let body = target_body(tree.brand, json!({"region_id": tree.regions["city"], "score": 0}));
    let refused = app.put(&manager, path(own), body).if_match(read.etag()).await;
    refused.expect_problem(403, "forbidden");
}

async fn targets_are_listed_by_place_and_month(app: TestApp) {
    let tree = Tree::build(&app).await;
    let all = set(&app, &tree, json!({"to": "2026-02"})).await;
    let region = set(&app, &tree, json!({"region_id": tree.regions["city"]})).await;
    let branch = set(&app, &tree, json!({"branch_id": tree.branches["a"], "from": "2026-03"})).await;
    let listed = async |who: &Persona, query: String| {
        let found = app.get(who, format!("/v1/targets?{query}")).await.expect(200);
        let items = found.json["items"].as_array().unwrap().clone();
        let mut ids: Vec<String> = items.iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect();
        ids.sort();
        ids
    };
    let sorted = |ids: &[TargetId]| {
        let mut ids: Vec<_> = ids.iter().map(ToString::to_string).collect();
        ids.sort();
        ids
    };
    let auditor = Persona::with(
        &app,
        &[(Role::Auditor, GrantScope { brand_id: Some(tree.brand), ..GrantScope::default() })],
    )
    .await;
    assert_eq!(listed(&auditor, String::new()).await, sorted(&[all, region, branch]));
    assert_eq!(listed(&auditor, "month=2026-02".to_owned()).await, sorted(&[all, region]));
    assert_eq!(listed(&auditor, "month=2026-03".to_owned()).await, sorted(&[region, branch]));
    let of_branch = format!("branch_id={}", tree.branches["a"]);
    assert_eq!(listed(&auditor, of_branch).await, sorted(&[branch]));
    let of_region = format!("region_id={}", tree.regions["city"]);
    assert_eq!(listed(&auditor, of_region).await, sorted(&[region]));
    let both = format!("/v1/targets?branch_id={}&region_id={}", tree.branches["a"], tree.regions["city"]);
    app.get(&auditor, both).await.expect_invalid("branch_id");
    let first = app.get(&auditor, "/v1/targets?limit=2").await.expect(200);
    let cursor = first.text("/next_cursor");
    let rest = app.get(&auditor, format!("/v1/targets?limit=2&cursor={cursor}")).await.expect(200);
    assert_eq!(
        (first.json["items"].as_array().unwrap().len(), rest.json["items"].as_array().unwrap().len()),
        (2, 1)
    );
    for (scope, wanted) in [
        (GrantScope { branch_id: Some(tree.branches["a"]), ..GrantScope::default() }, vec![branch]),
        (
            GrantScope { region_id: Some(tree.regions["country"]), ..GrantScope::default() },
            vec![region, branch],
        ),
        (GrantScope { region_id: Some(tree.regions["abroad"]), ..GrantScope::default() }, vec![]),
    ] {
        let scope = GrantScope { brand_id: Some(tree.brand), ..scope };
        let manager = Persona::with(&app, &[(Role::Manager, scope)]).await;
        assert_eq!(listed(&manager, String::new()).await, sorted(&wanted));
    }
}
