//! Who sees which alerts: by the scope, and by whose figures they were found.

use incognito::{
    accounts::model::{GrantScope, Role},
    scores::show_daily::ShowBrand,
    work::Task,
};
use serde_json::{Value, json};

use super::{FEBRUARY, alerts, branches, look, rule, rule_body};
use crate::{
    app::{TestApp, each_engine_test, id},
    ledger::all_is_right,
    personas::Persona,
    reports::release_all,
    scores::{BEST, POOR, Tree},
};

each_engine_test!(
    the_branch_s_side_is_alerted_by_what_it_is_shown,
    nobody_is_alerted_to_places_of_others,
    what_desks_are_alerted_to_stays_with_them,
);

async fn manager(app: &TestApp, tree: &Tree, place: &str) -> Persona {
    let scope = GrantScope {
        brand_id: Some(tree.brand),
        region_id: tree.regions.get(place).copied(),
        branch_id: tree.branches.get(place).copied(),
    };
    Persona::with(app, &[(Role::Manager, scope)]).await
}

async fn a_night(app: &TestApp, tree: &Tree) {
    release_all(app).await;
    ShowBrand { brand_id: tree.brand }.run(app.app(), &()).await.unwrap();
    look(app, tree).await;
}

async fn the_branch_s_side_is_alerted_by_what_it_is_shown(app: TestApp) {
    let tree = Tree::build(&app).await;
    for _ in 0..3 {
        tree.approved(&app, "a", &POOR, FEBRUARY).await;
    }
    let (desk, manager) = (&tree.world.staff.administrator, &manager(&app, &tree, "city").await);
    let of_desk = rule(&app, desk, &tree, json!({})).await;
    let of_manager = rule(&app, manager, &tree, json!({"region_id": tree.regions["city"]})).await;
    let made = app.get(manager, format!("/v1/alert-rules/{of_manager}")).await.expect(200);
    assert_eq!(made.json["reader"], "branch_side");
    look(&app, &tree).await;
    let found =
        async |who, rule| branches(&tree, &alerts(&app, who, &format!("state=open&rule_id={rule}")).await);
    assert_eq!(found(desk, of_desk).await, ["a"], "they are approved");
    assert_eq!(found(desk, of_manager).await, [""; 0], "no report went out");
    a_night(&app, &tree).await;
    assert_eq!(found(manager, of_manager).await, ["a"]);
    assert_eq!(found(desk, of_manager).await, ["a"], "desks see what the branch's side is alerted to");
    assert_eq!(found(manager, of_desk).await, [""; 0]);
    // What desks decide by day changes nothing for the branch's side before its night.
    for _ in 0..30 {
        tree.approved(&app, "a", &BEST, FEBRUARY).await;
    }
    look(&app, &tree).await;
    assert_eq!(found(desk, of_desk).await, [""; 0]);
    assert_eq!(found(manager, of_manager).await, ["a"]);
    let shown = alerts(&app, manager, "").await;
    assert_eq!((&shown[0]["visits"], &shown[0]["score"]), (&json!(3), &json!(1_250)));
    a_night(&app, &tree).await;
    assert_eq!(found(manager, of_manager).await, [""; 0]);
    all_is_right(&app).await;
}

async fn nobody_is_alerted_to_places_of_others(app: TestApp) {
    let tree = Tree::build(&app).await;
    for branch in ["a", "b"] {
        for _ in 0..3 {
            tree.approved(&app, branch, &POOR, FEBRUARY).await;
        }
    }
    let city = &manager(&app, &tree, "city").await;
    let rule = rule(&app, city, &tree, json!({"region_id": tree.regions["city"]})).await;
    a_night(&app, &tree).await;
    let found = alerts(&app, city, "").await;
    assert_eq!(branches(&tree, &found), ["a", "b"]);
    let of_a = found.iter().find(|alert| alert["branch_id"] == json!(tree.branches["a"])).unwrap();
    let acknowledge = format!("/v1/alerts/{}/acknowledge", of_a["id"].as_str().unwrap());
    let path = format!("/v1/alert-rules/{rule}");
    for (place, wanted, sees_rule) in [
        ("brand", vec!["a", "b"], true),
        ("country", vec!["a", "b"], true),
        ("a", vec!["a"], false),
        ("abroad", vec![], false),
        ("d", vec![], false),
    ] {
        let who = &manager(&app, &tree, place).await;
        assert_eq!(branches(&tree, &alerts(&app, who, "").await), wanted, "{place}");
        let listed =
            app.get(who, "/v1/alert-rules").await.expect(200).json["items"].as_array().unwrap().len();
        assert_eq!(listed, usize::from(sees_rule), "{place}");
        let got = app.get(who, &path).await;
        assert_eq!(got.status, if sees_rule { 200 } else { 404 }, "{place}");
        let alone = app.get(who, acknowledge.trim_end_matches("/acknowledge")).await;
        assert_eq!(alone.status, if wanted.contains(&"a") { 200 } else { 404 }, "{place}");
        let seen = app.call(actix_web::http::Method::POST, &acknowledge).by(who).await;
        assert_eq!(seen.status, if wanted.contains(&"a") { 200 } else { 404 }, "{place}");
        if !sees_rule {
            app.delete(who, &path).await.expect_problem(404, "not_found");
            let body = rule_body(&tree, json!({"region_id": tree.regions["city"]}));
            app.put(who, format!("/v1/alert-rules/{}", id::<()>()), body)
                .await
                .expect_problem(404, "not_found");
        }
    }
    let other = Persona::with(&app, &[(Role::Manager, tree.world.brands[0].scope())]).await;
    assert_eq!(alerts(&app, &other, "").await, [Value::Null; 0]);
}

async fn what_desks_are_alerted_to_stays_with_them(app: TestApp) {
    let tree = Tree::build(&app).await;
    for _ in 0..3 {
        tree.approved(&app, "a", &POOR, FEBRUARY).await;
    }
    let desk = &tree.world.staff.designer;
    let of_desk = rule(&app, desk, &tree, json!({})).await;
    // A desk may set a rule for the branch's side, and not the other way round.
    let for_all = rule(&app, desk, &tree, json!({"reader": "branch_side"})).await;
    a_night(&app, &tree).await;
    assert_eq!(alerts(&app, desk, "").await.len(), 2);
    let manager = &manager(&app, &tree, "brand").await;
    let seen = alerts(&app, manager, "").await;
    assert_eq!(seen.iter().map(|alert| &alert["rule_id"]).collect::<Vec<_>>(), [&json!(for_all)]);
    app.get(manager, format!("/v1/alert-rules/{of_desk}")).await.expect_problem(404, "not_found");
    app.get(manager, format!("/v1/alert-rules/{for_all}")).await.expect(200);
    let found = alerts(&app, desk, "reader=desk").await;
    let acknowledge = format!("/v1/alerts/{}/acknowledge", found[0]["id"].as_str().unwrap());
    let hidden = app.call(actix_web::http::Method::POST, acknowledge).by(manager).await;
    hidden.expect_problem(404, "not_found");
    let body = rule_body(&tree, json!({"reader": "desk"}));
    app.put(manager, format!("/v1/alert-rules/{}", id::<()>()), body).await.expect_invalid("/reader");
    // Who sits at a desk for one branch and manages the brand is alerted to that branch as a desk.
    let scope = |branch_id| GrantScope { brand_id: Some(tree.brand), branch_id, ..GrantScope::default() };
    let both = [(Role::Designer, scope(Some(tree.branches["a"]))), (Role::Manager, scope(None))];
    let both = Persona::with(&app, &both).await;
    assert_eq!(alerts(&app, &both, "").await.len(), 2);
    app.get(&both, format!("/v1/alert-rules/{of_desk}")).await.expect_problem(404, "not_found");
}
