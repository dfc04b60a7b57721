//! What rules find: by marks, by targets, by changes; beyond chance, and of enough visits.

use serde_json::{Value, json};

use super::{FEBRUARY, alerts, branches, look, rule, rule_body};
use crate::{
    app::{TestApp, each_engine_test, id},
    estate::{step, to},
    scores::{BEST, FAIR, GOOD, MARCH, POOR, Seen, Tree, ZERO, lend},
    targets::target_body,
};

each_engine_test!(
    what_is_to_be_beyond_chance_is_so_of_all_places_together,
    too_few_visits_raise_nothing,
    a_target_is_the_mark_where_the_rule_says_so,
    a_fall_is_against_the_months_before,
    regions_are_looked_at_each_by_itself,
    a_proportion_is_held_to_its_own_interval,
    an_alert_that_is_open_again_is_to_be_acknowledged_again,
    a_branch_that_retired_has_no_open_alert,
    a_branch_that_moved_is_looked_at_in_its_new_region,
    a_place_has_a_limit_of_rules,
);

async fn approved(app: &TestApp, tree: &Tree, branch: &str, (seen, times): (&Seen, usize), at: &str) {
    for _ in 0..times {
        tree.approved(app, branch, seen, at).await;
    }
}

async fn open(app: &TestApp, tree: &Tree, rule: impl std::fmt::Display) -> Vec<&'static str> {
    let found = alerts(app, &tree.world.staff.administrator, &format!("state=open&rule_id={rule}")).await;
    branches(tree, &found)
}

async fn what_is_to_be_beyond_chance_is_so_of_all_places_together(app: TestApp) {
    let tree = Tree::build(&app).await;
    approved(&app, &tree, "a", (&GOOD, 3), MARCH).await;
    approved(&app, &tree, "b", (&GOOD, 2), MARCH).await;
    approved(&app, &tree, "b", (&POOR, 1), MARCH).await;
    lend(&app, tree.brand, 1_500).await;
    let who = &tree.world.staff.administrator;
    // The mean of a is 8750 with an error of √(45·1500²/47/3) = 847 on 47 degrees of freedom: 750 from a mark are nothing, 1850 are 2.18 errors,
    // which chance makes in 3.4 of 100.
    let close = json!({"branch_id": tree.branches["a"], "below": null, "mark": 9_500});
    let whichever = rule(&app, who, &tree, close.clone()).await;
    let mut surely = close;
    surely["beyond_chance"] = json!(true);
    let surely = rule(&app, who, &tree, surely).await;
    let far = json!({"condition": "above", "mark": 6_900, "beyond_chance": true});
    let mut alone = far.clone();
    (alone["branch_id"], alone["below"]) = (json!(tree.branches["a"]), Value::Null);
    let alone = rule(&app, who, &tree, alone).await;
    let among = rule(&app, who, &tree, far).await;
    look(&app, &tree).await;
    assert_eq!(open(&app, &tree, whichever).await, ["a"]);
    assert_eq!(open(&app, &tree, surely).await, [""; 0], "its interval has the mark in it");
    assert_eq!(open(&app, &tree, alone).await, ["a"]);
    assert_eq!(open(&app, &tree, among).await, [""; 0], "of two places it has to be surer");
    approved(&app, &tree, "a", (&GOOD, 27), MARCH).await;
    look(&app, &tree).await;
    assert_eq!(open(&app, &tree, surely).await, ["a"]);
    assert_eq!(open(&app, &tree, among).await, ["a"]);
}

async fn too_few_visits_raise_nothing(app: TestApp) {
    let tree = Tree::build(&app).await;
    approved(&app, &tree, "a", (&POOR, 2), MARCH).await;
    let who = &tree.world.staff.administrator;
    let rule = rule(&app, who, &tree, json!({})).await;
    look(&app, &tree).await;
    assert_eq!(open(&app, &tree, rule).await, [""; 0], "two visits are fewer than the brand's three");
    let third = tree.approved(&app, "a", &POOR, MARCH).await;
    look(&app, &tree).await;
    assert_eq!(open(&app, &tree, rule).await, ["a"]);
    // One of them counts no more.
    let reopen = format!("/v1/visits/{third}/review/reopen");
    app.post(&tree.world.staff.reviewer, reopen, json!({"reason": "It was of another place."}))
        .await
        .expect(200);
    look(&app, &tree).await;
    assert_eq!(open(&app, &tree, rule).await, [""; 0]);
    assert_eq!(alerts(&app, who, "").await[0]["closed_because"], "insufficient");
}

async fn a_target_is_the_mark_where_the_rule_says_so(app: TestApp) {
    let tree = Tree::build(&app).await;
    for branch in ["a", "b", "d"] {
        approved(&app, &tree, branch, (&GOOD, 3), MARCH).await;
    }
    let (who, designer) = (&tree.world.staff.administrator, &tree.world.staff.designer);
    let set = async |more: Value| {
        let path = format!("/v1/targets/{}", id::<()>());
        app.put(designer, path, target_body(tree.brand, more)).await.expect(201);
    };
    set(json!({"region_id": tree.regions["city"], "score": 9_000})).await;
    set(json!({"branch_id": tree.branches["b"], "score": 8_000})).await;
    let rule = rule(&app, who, &tree, json!({"mark": null, "by_target": true})).await;
    look(&app, &tree).await;
    let found = alerts(&app, who, &format!("rule_id={rule}")).await;
    assert_eq!(branches(&tree, &found), ["a"], "b has a lower target, and d has none");
    assert_eq!((&found[0]["compared_to"], &found[0]["by_target"]), (&json!(9_000), &json!(true)));
    assert!(found[0]["reason"].as_str().unwrap().contains("below the target of 90.00%"), "{}", found[0]);
}

async fn a_fall_is_against_the_months_before(app: TestApp) {
    let tree = Tree::build(&app).await;
    for (branch, before, now) in
        [("a", (&BEST, 3), (&POOR, 3)), ("b", (&GOOD, 3), (&FAIR, 3)), ("c", (&BEST, 2), (&POOR, 3))]
    {
        approved(&app, &tree, branch, before, FEBRUARY).await;
        approved(&app, &tree, branch, now, MARCH).await;
    }
    lend(&app, tree.brand, 1_500).await;
    let who = &tree.world.staff.administrator;
    // From 8750 to 8333 are 417.
    let by_417 = rule(&app, who, &tree, json!({"condition": "fell", "mark": 417})).await;
    let by_418 = rule(&app, who, &tree, json!({"condition": "fell", "mark": 418})).await;
    let surely =
        rule(&app, who, &tree, json!({"condition": "fell", "mark": 417, "beyond_chance": true})).await;
    let rose = rule(&app, who, &tree, json!({"condition": "rose", "mark": 0})).await;
    let year =
        rule(&app, who, &tree, json!({"condition": "fell", "mark": 1, "against": "year_before"})).await;
    look(&app, &tree).await;
    assert_eq!(open(&app, &tree, by_417).await, ["a", "b"], "c had too few visits before");
    assert_eq!(open(&app, &tree, by_418).await, ["a"]);
    assert_eq!(open(&app, &tree, surely).await, ["a"]);
    assert_eq!(open(&app, &tree, rose).await, [""; 0]);
    assert_eq!(open(&app, &tree, year).await, [""; 0], "nothing was seen then");
    let found = alerts(&app, who, &format!("rule_id={surely}")).await;
    assert_eq!((&found[0]["score"], &found[0]["compared_to"]), (&json!(1_250), &json!(10_000)));
    let address = format!("/v1/branches/{}/score?from=2026-03&to=2026-03", tree.branches["a"]);
    let change = app.get(who, address).await.expect(200).json["change"].clone();
    assert_eq!(found[0]["interval"], json!({"low": change["low"], "high": change["high"]}));
}

async fn regions_are_looked_at_each_by_itself(app: TestApp) {
    let tree = Tree::build(&app).await;
    approved(&app, &tree, "a", (&POOR, 2), MARCH).await;
    approved(&app, &tree, "b", (&POOR, 2), MARCH).await;
    approved(&app, &tree, "c", (&BEST, 20), MARCH).await;
    approved(&app, &tree, "d", (&POOR, 3), MARCH).await;
    let who = &tree.world.staff.administrator;
    let of_brand = rule(&app, who, &tree, json!({"below": "regions"})).await;
    let of_country = json!({"below": "regions", "region_id": tree.regions["country"]});
    let of_country = rule(&app, who, &tree, of_country).await;
    let itself = rule(&app, who, &tree, json!({"below": null, "region_id": tree.regions["city"]})).await;
    look(&app, &tree).await;
    let regions = async |rule| {
        let found = alerts(&app, who, &format!("rule_id={rule}")).await;
        let is_of = |alert: &Value| {
            let found = tree.regions.iter().find(|(_, region)| alert["region_id"] == json!(region));
            found.map_or("none", |(name, _)| *name)
        };
        let mut found: Vec<_> = found.iter().map(is_of).collect();
        found.sort_unstable();
        found
    };
    assert_eq!(regions(of_brand).await, ["abroad", "city"], "the country is 85 % as a whole");
    assert_eq!(regions(of_country).await, ["city"]);
    assert_eq!(regions(itself).await, ["city"]);
}

async fn a_proportion_is_held_to_its_own_interval(app: TestApp) {
    let tree = Tree::build(&app).await;
    approved(&app, &tree, "a", (&BEST, 3), MARCH).await;
    let who = &tree.world.staff.administrator;
    let question = json!({"kind": "question", "checklist_id": tree.checklist, "key": "greeted"});
    let body =
        |mark: i64| json!({"subject": question, "condition": "above", "mark": mark, "beyond_chance": true});
    // Three of three: Wilson's interval begins at 3/(3+1.96²) = 43.85 %.
    let within = rule(&app, who, &tree, body(4_400)).await;
    let outside = rule(&app, who, &tree, body(4_300)).await;
    look(&app, &tree).await;
    assert_eq!(open(&app, &tree, within).await, [""; 0]);
    assert_eq!(open(&app, &tree, outside).await, ["a"]);
    let found = alerts(&app, who, &format!("rule_id={outside}")).await;
    assert_eq!(found[0]["interval"], json!({"low": 4_385, "high": 10_000}));
}

async fn an_alert_that_is_open_again_is_to_be_acknowledged_again(app: TestApp) {
    let tree = Tree::build(&app).await;
    let who = &tree.world.staff.administrator;
    approved(&app, &tree, "a", (&POOR, 3), MARCH).await;
    rule(&app, who, &tree, json!({})).await;
    look(&app, &tree).await;
    let alert = alerts(&app, who, "").await.remove(0);
    let path = format!("/v1/alerts/{}", alert["id"].as_str().unwrap());
    let seen = app.post(who, format!("{path}/acknowledge"), json!({})).await.expect(200);
    assert_eq!(seen.json["acknowledged_by"], json!(who.account));
    approved(&app, &tree, "a", (&BEST, 30), MARCH).await;
    look(&app, &tree).await;
    let closed = app.get(who, &path).await.expect(200);
    assert_eq!(
        (&closed.json["state"], &closed.json["acknowledged_by"]),
        (&json!("closed"), &json!(who.account))
    );
    approved(&app, &tree, "a", (&ZERO, 40), MARCH).await;
    look(&app, &tree).await;
    let again = app.get(who, &path).await.expect(200);
    assert_eq!((&again.json["state"], &again.json["acknowledged_at"]), (&json!("open"), &Value::Null));
    assert_eq!(alerts(&app, who, "acknowledged=false").await.len(), 1);
}

async fn a_branch_that_retired_has_no_open_alert(app: TestApp) {
    let tree = Tree::build(&app).await;
    let who = &tree.world.staff.administrator;
    for branch in ["a", "b"] {
        approved(&app, &tree, branch, (&POOR, 3), MARCH).await;
    }
    rule(&app, who, &tree, json!({})).await;
    look(&app, &tree).await;
    assert_eq!(alerts(&app, who, "state=open").await.len(), 2);
    let retired = json!({"from": "2026-03-15", "reason": "The lease ended."});
    step(&app, &tree, "a", "retire", retired).await.expect(200);
    look(&app, &tree).await;
    assert_eq!(branches(&tree, &alerts(&app, who, "state=open").await), ["b"]);
    let closed = alerts(&app, who, "state=closed").await;
    assert_eq!((closed.len(), &closed[0]["closed_because"]), (1, &json!("place_retired")));
    look(&app, &tree).await;
    assert_eq!(alerts(&app, who, "state=closed").await, closed);
}

async fn a_branch_that_moved_is_looked_at_in_its_new_region(app: TestApp) {
    let tree = Tree::build(&app).await;
    let who = &tree.world.staff.administrator;
    approved(&app, &tree, "a", (&POOR, 3), MARCH).await;
    let city = rule(&app, who, &tree, json!({"region_id": tree.regions["city"]})).await;
    look(&app, &tree).await;
    assert_eq!(open(&app, &tree, city).await, ["a"]);
    to(&app, &tree, "a", Some("abroad"), "2026-03").await.expect(200);
    look(&app, &tree).await;
    assert_eq!(open(&app, &tree, city).await, [""; 0]);
    let closed = alerts(&app, who, &format!("rule_id={city}&state=closed")).await;
    assert_eq!((closed.len(), &closed[0]["closed_because"]), (1, &json!("place_moved")));
}

async fn a_place_has_a_limit_of_rules(app: TestApp) {
    let tree = Tree::build(&app).await;
    let who = &tree.world.staff.administrator;
    for _ in 0..50 {
        rule(&app, who, &tree, json!({})).await;
    }
    let path = || format!("/v1/alert-rules/{}", id::<()>());
    let refused = app.put(who, path(), rule_body(&tree, json!({}))).await.expect_problem(409, "conflict");
    assert!(refused.json["detail"].as_str().unwrap().contains("50 rules"), "{refused}");
    // Those for the other reader, and those of another place, are counted by themselves.
    app.put(who, path(), rule_body(&tree, json!({"reader": "branch_side"}))).await.expect(201);
    let city = rule_body(&tree, json!({"region_id": tree.regions["city"]}));
    app.put(who, path(), city).await.expect(201);
}
