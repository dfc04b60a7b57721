//! Alerts: what rules look for, by whose figures, and what came of it.

mod found;
mod seen;

use std::time::Duration;

use actix_web::{http::Method, rt::time::sleep};
use incognito::{
    alerts::{evaluate_rule::EvaluateRule, rules},
    db::{Conn, schema::event},
    ids::{AlertRuleId, BrandId},
    scores::{
        model::Reader,
        show_daily::{ShowBrand, ShowFigures},
    },
    work::Task,
};
use serde_json::{Value, json};

use crate::{
    app::{TestApp, each_engine_test, id},
    ledger::all_is_right,
    personas::Persona,
    reports::release_all,
    scores::{BEST, GOOD, MARCH, POOR, Tree, ZERO, lend},
};

each_engine_test!(
    an_alert_is_raised_once_and_closed_when_it_is_over,
    what_is_so_in_a_later_month_is_another_alert,
    a_rule_that_is_changed_or_deleted_closes_its_alerts,
    what_is_wrong_with_a_rule_has_its_place,
    an_alert_is_acknowledged_once,
    alerts_are_listed_in_the_reader_s_language,
    a_decision_and_a_night_have_rules_looked_at,
);

pub const FEBRUARY: &str = "2026-02-14T09:00:00Z";

/// Whole visits of a month below 80 %, at each branch of the brand, with other members.
pub fn rule_body(tree: &Tree, more: Value) -> Value {
    let mut body = json!({"brand_id": tree.brand, "below": "branches", "condition": "below", "mark": 8_000,
        "period": "month"});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    body
}

pub async fn rule(app: &TestApp, who: &Persona, tree: &Tree, more: Value) -> AlertRuleId {
    let rule = id();
    app.put(who, format!("/v1/alert-rules/{rule}"), rule_body(tree, more)).await.expect(201);
    rule
}

/// Looks at all rules of the brand.
pub async fn look(app: &TestApp, tree: &Tree) {
    look_at_rules(app, tree.brand).await;
}

/// Looks at all rules of a brand, as the tasks do that are enqueued when its figures changed.
pub async fn look_at_rules(app: &TestApp, brand: BrandId) {
    let means = app.house().figures.clone().into_inner();
    let of_brand = move |conn: &mut Conn| rules::store::of_brand(conn, brand, Reader::ALL);
    for rule_id in app.db().read(of_brand).await.unwrap() {
        EvaluateRule { rule_id }.run(app.app(), &means).await.unwrap();
    }
}

pub async fn alerts(app: &TestApp, who: &Persona, query: &str) -> Vec<Value> {
    let found = app.get(who, format!("/v1/alerts?{query}")).await.expect(200);
    found.json["items"].as_array().unwrap().clone()
}

/// Which branches these alerts are of, by their codes, in order.
pub fn branches(tree: &Tree, alerts: &[Value]) -> Vec<&'static str> {
    let is_of = |alert: &Value| {
        let found = tree.branches.iter().find(|(_, branch)| alert["branch_id"] == json!(branch));
        found.map_or("none", |(code, _)| code)
    };
    let mut found: Vec<_> = alerts.iter().map(is_of).collect();
    found.sort_unstable();
    found
}

/// How many events of this kind there are of the brand.
pub async fn events(app: &TestApp, tree: &Tree, kind: &'static str) -> i64 {
    use diesel::prelude::*;
    let brand = tree.brand;
    let count = move |conn: &mut incognito::db::Conn| {
        let of = event::table.filter(event::kind.eq(kind)).filter(event::brand_id.eq(brand));
        Ok(of.count().get_result::<i64>(conn)?)
    };
    app.db().read(count).await.unwrap()
}

async fn an_alert_is_raised_once_and_closed_when_it_is_over(app: TestApp) {
    let tree = Tree::build(&app).await;
    for seen in [POOR, ZERO, POOR] {
        tree.approved(&app, "a", &seen, MARCH).await;
    }
    for seen in [BEST, BEST, GOOD] {
        tree.approved(&app, "b", &seen, MARCH).await;
    }
    let who = &tree.world.staff.administrator;
    let rule = rule(&app, who, &tree, json!({})).await;
    assert_eq!(alerts(&app, who, "").await, [Value::Null; 0]);
    look(&app, &tree).await;
    let found = alerts(&app, who, "state=open").await;
    assert_eq!(branches(&tree, &found), ["a"]);
    let first = &found[0];
    let figure = format!("/v1/branches/{}/score?from=2026-03&to=2026-03", tree.branches["a"]);
    for (member, wanted) in [
        ("rule_id", json!(rule)),
        ("reader", json!("desk")),
        ("visits", json!(3)),
        ("score", json!(833)),
        ("compared_to", json!(8_000)),
        ("from", json!("2026-03")),
        ("to", json!("2026-03")),
        ("subject", json!({"kind": "overall"})),
        ("raised_at", json!("2026-03-15T10:00:00Z")),
        ("closed_at", Value::Null),
        ("figure", json!(figure)),
    ] {
        assert_eq!(first[member], wanted, "{member}");
    }
    let now = app.get(who, figure).await.expect(200);
    assert_eq!((&now.json["score"], &now.json["interval"]), (&first["score"], &first["interval"]));
    // The same again, and later: one alert, one event.
    look(&app, &tree).await;
    app.advance(300);
    look(&app, &tree).await;
    assert_eq!(alerts(&app, who, "").await, found);
    assert_eq!(events(&app, &tree, "alert_raised").await, 1);
    for _ in 0..30 {
        tree.approved(&app, "a", &BEST, MARCH).await;
    }
    look(&app, &tree).await;
    let closed = alerts(&app, who, "state=closed").await;
    assert_eq!(closed.len(), 1);
    assert_eq!((&closed[0]["id"], &closed[0]["closed_because"]), (&first["id"], &json!("over")));
    assert_eq!(
        (&closed[0]["raised_at"], &closed[0]["closed_at"]),
        (&first["raised_at"], &json!("2026-03-15T10:05:00Z"))
    );
    assert_eq!(alerts(&app, who, "state=open").await, [Value::Null; 0]);
    assert_eq!(events(&app, &tree, "alert_closed").await, 1);
    // It is so again in the same month: the same alert is open again, and nobody hears of it twice.
    for _ in 0..40 {
        tree.approved(&app, "a", &ZERO, MARCH).await;
    }
    look(&app, &tree).await;
    look(&app, &tree).await;
    let again = alerts(&app, who, "").await;
    assert_eq!(again.len(), 1);
    assert_eq!(
        (&again[0]["id"], &again[0]["state"], &again[0]["visits"]),
        (&first["id"], &json!("open"), &json!(73))
    );
    assert_eq!(events(&app, &tree, "alert_raised").await, 1);
    assert_eq!(events(&app, &tree, "alert_reopened").await, 1);
    all_is_right(&app).await;
}

async fn what_is_so_in_a_later_month_is_another_alert(app: TestApp) {
    let tree = Tree::build(&app).await;
    let who = &tree.world.staff.administrator;
    rule(&app, who, &tree, json!({})).await;
    let of_month = async |month: &str| {
        let found = alerts(&app, who, &format!("month={month}")).await;
        assert!(found.len() < 2, "{found:?}");
        found.first().map(|alert| (alert["state"].clone(), alert["closed_because"].clone()))
    };
    for seen in [POOR, ZERO, POOR] {
        tree.approved(&app, "a", &seen, FEBRUARY).await;
    }
    // What is over is looked at as long as there is nothing later.
    look(&app, &tree).await;
    assert_eq!(of_month("2026-02").await, Some((json!("open"), Value::Null)));
    assert_eq!(of_month("2026-03").await, None);
    for _ in 0..3 {
        tree.approved(&app, "a", &POOR, MARCH).await;
    }
    look(&app, &tree).await;
    look(&app, &tree).await;
    assert_eq!(of_month("2026-02").await, Some((json!("closed"), json!("later_period"))));
    assert_eq!(of_month("2026-03").await, Some((json!("open"), Value::Null)));
    for _ in 0..30 {
        tree.approved(&app, "a", &BEST, MARCH).await;
    }
    look(&app, &tree).await;
    assert_eq!(of_month("2026-02").await, Some((json!("closed"), json!("later_period"))));
    assert_eq!(of_month("2026-03").await, Some((json!("closed"), json!("over"))));
    assert_eq!(events(&app, &tree, "alert_raised").await, 2);
    all_is_right(&app).await;
}

async fn a_rule_that_is_changed_or_deleted_closes_its_alerts(app: TestApp) {
    let tree = Tree::build(&app).await;
    for _ in 0..3 {
        tree.approved(&app, "a", &POOR, MARCH).await;
    }
    let who = &tree.world.staff.administrator;
    let path = format!("/v1/alert-rules/{}", id::<()>());
    let made = app.put(who, &path, rule_body(&tree, json!({}))).await.expect(201);
    assert_eq!(made.json["reader"], "desk");
    app.put(who, &path, rule_body(&tree, json!({}))).await.expect(200);
    look(&app, &tree).await;
    assert_eq!(alerts(&app, who, "state=open").await.len(), 1);
    let lower = rule_body(&tree, json!({"mark": 5_000}));
    app.put(who, &path, lower.clone()).await.expect_problem(428, "precondition_required");
    let changed = app.put(who, &path, lower).if_match(made.etag()).await.expect(200);
    let closed = alerts(&app, who, "").await;
    assert_eq!((closed.len(), &closed[0]["closed_because"]), (1, &json!("rule_changed")));
    // What is looked for now is found anew.
    look(&app, &tree).await;
    let open = alerts(&app, who, "state=open").await;
    assert_eq!((open.len(), &open[0]["compared_to"]), (1, &json!(5_000)));
    let moved = rule_body(&tree, json!({"region_id": tree.regions["city"]}));
    app.put(who, &path, moved).if_match(changed.etag()).await.expect_problem(409, "conflict");
    let shown = rule_body(&tree, json!({"reader": "branch_side"}));
    app.put(who, &path, shown).if_match(changed.etag()).await.expect_problem(409, "conflict");
    app.delete(who, &path).await.expect_problem(428, "precondition_required");
    app.delete(who, &path).if_match(made.etag()).await.expect_problem(412, "precondition_failed");
    app.delete(who, &path).if_match(changed.etag()).await.expect(204);
    app.get(who, &path).await.expect_problem(404, "not_found");
    app.put(who, &path, rule_body(&tree, json!({}))).await.expect_problem(409, "conflict");
    look(&app, &tree).await;
    assert_eq!(alerts(&app, who, "state=open").await, [Value::Null; 0]);
    let ends: Vec<_> =
        alerts(&app, who, "").await.iter().map(|alert| alert["closed_because"].clone()).collect();
    assert!(ends.contains(&json!("rule_deleted")) && ends.contains(&json!("rule_changed")), "{ends:?}");
    let audit = app.get(who, "/v1/audit?kind=alert_rule_changed").await.expect(200);
    assert_eq!(audit.json["items"].as_array().unwrap().len(), 3);
    all_is_right(&app).await;
}

async fn what_is_wrong_with_a_rule_has_its_place(app: TestApp) {
    let tree = Tree::build(&app).await;
    let designer = &tree.world.staff.designer;
    for (more, pointer) in [
        (json!({"region_id": tree.regions["city"], "branch_id": tree.branches["a"]}), "/branch_id"),
        (json!({"region_id": tree.world.brands[0].regions[0].id}), "/region_id"),
        (json!({"branch_id": tree.branches["a"]}), "/below"),
        (json!({"mark": null}), "/mark"),
        (json!({"mark": 10_001}), "/mark"),
        (json!({"by_target": true}), "/mark"),
        (json!({"condition": "fell", "mark": null, "by_target": true}), "/by_target"),
        (json!({"against": "year_before"}), "/against"),
        (json!({"condition": "strange"}), "/condition"),
        (json!({"period": "week"}), "/period"),
        (json!({"subject": {"kind": "standard", "key": "nobody_asks"}}), "/subject"),
        (json!({"subject": {"kind": "side"}}), "/subject/side"),
    ] {
        let path = format!("/v1/alert-rules/{}", id::<()>());
        app.put(designer, path, rule_body(&tree, more)).await.expect_invalid(pointer);
    }
    let nowhere = rule_body(&tree, json!({"branch_id": id::<()>(), "below": null}));
    app.put(designer, format!("/v1/alert-rules/{}", id::<()>()), nowhere)
        .await
        .expect_problem(404, "not_found");
    let listed = app.get(designer, format!("/v1/alert-rules?brand_id={}", tree.brand)).await.expect(200);
    assert_eq!(listed.json["items"], json!([]), "nothing of it was kept");
    let both = format!("/v1/alert-rules?region_id={}&branch_id={}", tree.regions["city"], tree.branches["a"]);
    app.get(designer, both).await.expect_invalid("branch_id");
}

async fn an_alert_is_acknowledged_once(app: TestApp) {
    let tree = Tree::build(&app).await;
    for _ in 0..3 {
        tree.approved(&app, "a", &POOR, MARCH).await;
    }
    let (first, second) = (&tree.world.staff.administrator, &tree.world.staff.designer);
    rule(&app, first, &tree, json!({})).await;
    look(&app, &tree).await;
    let alert = alerts(&app, first, "acknowledged=false").await.remove(0);
    let path = format!("/v1/alerts/{}/acknowledge", alert["id"].as_str().unwrap());
    let call = |who| app.call(Method::POST, &path).by(who);
    let seen = call(first).await.expect(200).json;
    let address = path.trim_end_matches("/acknowledge");
    assert_eq!(app.get(second, address).await.expect(200).json, seen);
    assert_eq!(seen["acknowledged_by"], json!(first.account));
    assert_eq!((&seen["acknowledged_at"], &seen["state"]), (&json!("2026-03-15T10:00:00Z"), &json!("open")));
    app.advance(60);
    assert_eq!(call(first).await.expect(200).json, seen);
    assert_eq!(call(second).await.expect(200).json, seen, "the first one counts");
    assert_eq!(alerts(&app, first, "acknowledged=true").await, [seen]);
    assert_eq!(alerts(&app, first, "acknowledged=false").await, [Value::Null; 0]);
    let audit = app.get(first, "/v1/audit?kind=alert_acknowledged").await.expect(200);
    assert_eq!(audit.json["items"].as_array().unwrap().len(), 1);
    let unknown = format!("/v1/alerts/{}/acknowledge", id::<()>());
    app.call(Method::POST, unknown).by(first).await.expect_problem(404, "not_found");
    all_is_right(&app).await;
}

async fn alerts_are_listed_in_the_reader_s_language(app: TestApp) {
    let tree = Tree::build(&app).await;
    for branch in ["a", "b", "d"] {
        for _ in 0..3 {
            tree.approved(&app, branch, &POOR, MARCH).await;
        }
    }
    lend(&app, tree.brand, 1_500).await;
    let who = &tree.world.staff.administrator;
    let section = json!({"kind": "section", "checklist_id": tree.checklist, "key": "arrival"});
    let sections =
        rule(&app, who, &tree, json!({"subject": section, "region_id": tree.regions["abroad"]})).await;
    let whole = rule(&app, who, &tree, json!({"beyond_chance": true})).await;
    look(&app, &tree).await;
    let of_section = alerts(&app, who, &format!("rule_id={sections}")).await;
    assert_eq!(branches(&tree, &of_section), ["d"]);
    let figure = of_section[0]["figure"].as_str().unwrap();
    assert!(figure.contains("/breakdown?by=section&checklist_id="), "{figure}");
    let listed = app.get(who, figure).await.expect(200);
    let items = listed.json["items"].as_array().unwrap();
    let arrival = items.iter().find(|item| item["key"] == "arrival").unwrap();
    assert_eq!(arrival["score"], of_section[0]["score"], "{listed}");
    let address = format!("/v1/alerts?rule_id={whole}&branch_id={}", tree.branches["a"]);
    for (language, parts) in [
        (
            "en",
            [
                "whole visits: 12.50% in 2026-03, below the mark of 80.00%.",
                "With 3 visits",
                "more than chance",
            ],
        ),
        ("fr-CH", ["12,50 % pour 2026-03, sous le seuil de 80,00 %", "Avec 3 visites", "plus que le hasard"]),
        ("ru", ["12,50 % за 2026-03, ниже порога 80,00 %", "По 3 визитам", "больше, чем случайность"]),
        ("bg", ["12,50 % за 2026-03, под прага от 80,00 %", "При 3 посещения", "повече от случайност"]),
        (
            "tr",
            ["2026-03 için %12,50, %80,00 eşiğinin altında", "3 ziyarete göre", "rastlantıdan fazlasıdır"],
        ),
    ] {
        let answer = app.call(Method::GET, &address).by(who);
        let answer = answer.header("accept-language", language).await.expect(200);
        assert!(answer.header("vary").to_lowercase().contains("accept-language"));
        let reason = answer.json["items"][0]["reason"].as_str().unwrap();
        let reason = reason.replace(['\u{a0}', '\u{202f}'], " ");
        for part in parts {
            assert!(reason.contains(part), "{language}: {part}: {reason}");
        }
    }
    // Pages, in both orders, and what lies in a region.
    for sort in ["newest", "oldest"] {
        let (mut found, mut address) = (Vec::new(), Some(format!("/v1/alerts?limit=1&sort={sort}")));
        while let Some(next) = address {
            let page = app.get(who, next).await.expect(200);
            found.extend(page.json["items"].as_array().unwrap().clone());
            let cursor = page.json["next_cursor"].as_str();
            address = cursor.map(|cursor| format!("/v1/alerts?limit=1&sort={sort}&cursor={cursor}"));
        }
        assert_eq!(branches(&tree, &found), ["a", "b", "d", "d"], "{sort}");
    }
    for (region, wanted) in
        [("city", vec!["a", "b"]), ("country", vec!["a", "b"]), ("abroad", vec!["d", "d"])]
    {
        let found = alerts(&app, who, &format!("region_id={}", tree.regions[region])).await;
        assert_eq!(branches(&tree, &found), wanted, "{region}");
    }
    assert_eq!(alerts(&app, who, "month=2026-02").await, [Value::Null; 0]);
    assert_eq!(alerts(&app, who, "reader=branch_side").await, [Value::Null; 0]);
}

/// So many tasks of these kinds wait or run.
async fn tasks(app: &TestApp, kinds: &'static [&'static str]) -> i64 {
    use diesel::prelude::*;
    use incognito::db::schema::{event_tail, task};
    let count = move |conn: &mut incognito::db::Conn| {
        let of = task::table.filter(task::kind.eq_any(kinds.to_vec()));
        let tasks: i64 = of.count().get_result(conn)?;
        Ok(tasks + event_tail::table.count().get_result::<i64>(conn)?)
    };
    app.db().read(count).await.unwrap()
}

/// Waits until so many are left.
async fn until(app: &TestApp, kinds: &'static [&'static str], left: i64) {
    for _ in 0..1_000 {
        if tasks(app, kinds).await == left {
            return;
        }
        sleep(Duration::from_millis(10)).await;
    }
    panic!("{kinds:?}: {}", tasks(app, kinds).await);
}

/// Asks until so many alerts are open.
async fn wait_for(app: &TestApp, who: &Persona, wanted: usize) {
    for _ in 0..1_000 {
        if alerts(app, who, "state=open").await.len() == wanted {
            return;
        }
        sleep(Duration::from_millis(10)).await;
    }
    panic!("{:?}", alerts(app, who, "").await);
}

async fn a_decision_and_a_night_have_rules_looked_at(app: TestApp) {
    let tree = Tree::build(&app).await;
    for _ in 0..3 {
        tree.approved(&app, "a", &POOR, MARCH).await;
        tree.approved(&app, "b", &POOR, FEBRUARY).await;
    }
    let who = &tree.world.staff.administrator;
    // What a server does at its start is done first: its figures would have rules looked at.
    ShowFigures {}.run(app.app(), &()).await.unwrap();
    let background = app.start_background();
    until(&app, &["show_brand", "evaluate_alerts", "look_again_at_alerts"], 0).await;
    // A rule is looked at as soon as it is made.
    rule(&app, who, &tree, json!({"region_id": tree.regions["city"]})).await;
    wait_for(&app, who, 2).await;
    rule(&app, who, &tree, json!({"reader": "branch_side"})).await;
    until(&app, &["evaluate_alerts"], 0).await;
    // A decision is followed by one look, after a pause.
    for _ in 0..30 {
        tree.approved(&app, "a", &BEST, MARCH).await;
    }
    until(&app, &["look_again_at_alerts"], 0).await;
    until(&app, &["evaluate_alerts"], 1).await;
    assert_eq!(
        alerts(&app, who, "state=open").await.len(),
        2,
        "many decisions are one look, and that is later"
    );
    app.advance(61);
    wait_for(&app, who, 1).await;
    // At night the figures that the branch's side is shown are made, and its rules are looked at.
    release_all(&app).await;
    ShowBrand { brand_id: tree.brand }.run(app.app(), &()).await.unwrap();
    for _ in 0..1_000 {
        if alerts(&app, who, "reader=branch_side").await.len() == 1 {
            break;
        }
        sleep(Duration::from_millis(10)).await;
    }
    background.stop().await;
    let shown = alerts(&app, who, "reader=branch_side").await;
    assert_eq!(branches(&tree, &shown), ["b"]);
    assert_eq!(shown[0]["from"], "2026-02");
}
