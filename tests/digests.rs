//! Digests: when they are due, for whom, and what they say.

use diesel::prelude::*;
use incognito::{
    accounts::model::{GrantScope, Role},
    db::{Conn, schema::task, types::Json},
    digests::{issue::IssueDigest, issue_due::IssueDigests},
    ids::DigestId,
    scores::show_daily::ShowBrand,
    work::Task,
};
use serde_json::{Value, json};

use crate::{
    alerts::{FEBRUARY, events, look, rule},
    app::{TestApp, each_engine_test, id},
    ledger::all_is_right,
    personas::Persona,
    reports::release_all,
    scores::{BEST, MARCH, POOR, Tree, lend},
};

each_engine_test!(
    a_digest_is_set_changed_and_deleted,
    what_is_wrong_with_a_digest_has_its_place,
    each_moment_has_one_issue,
    of_moments_that_passed_the_last_one_has_an_issue,
    a_week_in_which_clocks_change_has_one_moment,
    an_issue_says_what_its_reader_is_shown,
    nobody_is_sent_what_they_may_not_see,
    digests_of_others_are_an_administrator_s_to_set,
);

const DAY: i64 = 86_400;

/// A digest of the brand for each Monday at seven in Paris: of the month, for the caller.
pub fn digest_body(tree: &Tree, more: Value) -> Value {
    let schedule = json!({"every": "week", "weekday": "monday", "hour": 7, "time_zone": "Europe/Paris"});
    let mut body = json!({"brand_id": tree.brand, "period": "month", "schedule": schedule});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    body
}

pub fn path(digest: DigestId) -> String {
    format!("/v1/digests/{digest}")
}

async fn set(app: &TestApp, who: &Persona, tree: &Tree, more: Value) -> DigestId {
    let digest = id();
    app.put(who, path(digest), digest_body(tree, more)).await.expect(201);
    digest
}

/// What the server does each minute: finds what is due, and writes its issues; all of it twice.
pub async fn a_minute_passes(app: &TestApp) {
    for _ in 0..2 {
        IssueDigests {}.run(app.app(), &()).await.unwrap();
    }
    let due = |conn: &mut Conn| {
        let of = task::table.filter(task::kind.eq("issue_digest"));
        let found: Vec<Json<Value>> = of.select(task::payload).load(conn)?;
        diesel::delete(of).execute(conn)?;
        Ok(found)
    };
    let due = app.db().write(due).await.unwrap();
    let means = app.house().figures.clone().into_inner();
    for _ in 0..2 {
        for task in &due {
            let task: IssueDigest = serde_json::from_value(task.0.clone()).unwrap();
            task.run(app.app(), &means).await.unwrap();
        }
    }
}

async fn issues(app: &TestApp, who: &Persona, digest: DigestId) -> Vec<Value> {
    let who = who.clone().renewed(app);
    let found = app.get(&who, format!("{}/issues", path(digest))).await.expect(200);
    found.json["items"].as_array().unwrap().clone()
}

fn dues(issues: &[Value]) -> Vec<&str> {
    issues.iter().map(|issue| issue["due_at"].as_str().unwrap()).collect()
}

async fn a_digest_is_set_changed_and_deleted(app: TestApp) {
    let tree = Tree::build(&app).await;
    let (who, digest) = (&tree.world.staff.designer, id());
    let body = digest_body(&tree, json!({"region_id": tree.regions["city"]}));
    let made = app.put(who, path(digest), body.clone()).await.expect(201);
    // It is Sunday, and the clocks of Paris are an hour ahead.
    let wanted = json!({"id": digest, "brand_id": tree.brand, "region_id": tree.regions["city"],
        "account_id": who.account, "period": "month", "schedule": body["schedule"],
        "next_due_at": "2026-03-16T06:00:00Z", "created_at": "2026-03-15T10:00:00Z"});
    assert_eq!(made.json, wanted);
    app.put(who, path(digest), body.clone()).await.expect(200);
    let mut changed = body.clone();
    changed["schedule"] = json!({"every": "month", "day": 31, "hour": 0, "time_zone": "Asia/Tokyo"});
    app.put(who, path(digest), changed.clone()).await.expect_problem(428, "precondition_required");
    let again = app.put(who, path(digest), changed).if_match(made.etag()).await.expect(200);
    assert_eq!(again.json["next_due_at"], "2026-03-30T15:00:00Z");
    let mut moved = body.clone();
    moved["region_id"] = json!(tree.regions["country"]);
    app.put(who, path(digest), moved).if_match(again.etag()).await.expect_problem(409, "conflict");
    let listed = app.get(who, format!("/v1/digests?region_id={}", tree.regions["city"])).await.expect(200);
    assert_eq!(listed.json["items"], json!([again.json]));
    let both = format!("/v1/digests?region_id={}&branch_id={}", tree.regions["city"], tree.branches["a"]);
    app.get(who, both).await.expect_invalid("branch_id");
    app.delete(who, path(digest)).await.expect_problem(428, "precondition_required");
    app.delete(who, path(digest)).if_match(again.etag()).await.expect(204);
    app.get(who, path(digest)).await.expect_problem(404, "not_found");
    app.get(who, format!("{}/issues", path(digest))).await.expect_problem(404, "not_found");
    app.put(who, path(digest), body).await.expect_problem(409, "conflict");
    app.advance(30 * DAY);
    a_minute_passes(&app).await;
    assert_eq!(events(&app, &tree, "digest_issued").await, 0, "what was deleted is due no more");
    let administrator = &tree.world.staff.administrator.clone().renewed(&app);
    let audit = app.get(administrator, "/v1/audit?kind=digest_changed").await.expect(200);
    assert_eq!(audit.json["items"].as_array().unwrap().len(), 3);
    all_is_right(&app).await;
}

async fn what_is_wrong_with_a_digest_has_its_place(app: TestApp) {
    let tree = Tree::build(&app).await;
    let who = &tree.world.staff.administrator;
    let stranger = Persona::with(&app, &[(Role::Scheduler, GrantScope::default())]).await;
    let weekly = |more: Value| {
        let mut schedule =
            json!({"every": "week", "weekday": "monday", "hour": 7, "time_zone": "Europe/Paris"});
        schedule.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!({"schedule": schedule})
    };
    for (more, pointer) in [
        (json!({"region_id": tree.regions["city"], "branch_id": tree.branches["a"]}), "/branch_id"),
        (json!({"period": "week"}), "/period"),
        (json!({"account_id": stranger.account}), "/account_id"),
        (json!({"account_id": id::<()>()}), "/account_id"),
        (weekly(json!({"weekday": null})), "/schedule/weekday"),
        (weekly(json!({"day": 3})), "/schedule/day"),
        (weekly(json!({"every": "month", "weekday": null})), "/schedule/day"),
        (weekly(json!({"hour": 24})), "/schedule/hour"),
        (weekly(json!({"time_zone": "Paris"})), "/schedule/time_zone"),
        (weekly(json!({"every": "month", "weekday": null, "day": 32})), "/schedule/day"),
    ] {
        app.put(who, path(id()), digest_body(&tree, more)).await.expect_invalid(pointer);
    }
    let nowhere = digest_body(&tree, json!({"branch_id": id::<()>()}));
    app.put(who, path(id()), nowhere).await.expect_problem(404, "not_found");
    assert_eq!(app.get(who, "/v1/digests").await.expect(200).json["items"], json!([]));
}

async fn each_moment_has_one_issue(app: TestApp) {
    let tree = Tree::build(&app).await;
    let who = &tree.world.staff.administrator;
    let digest = set(&app, who, &tree, json!({})).await;
    a_minute_passes(&app).await;
    assert_eq!(issues(&app, who, digest).await, [Value::Null; 0], "it is not due yet");
    // Until Monday at a second to seven.
    app.advance(20 * 3_600 - 1);
    a_minute_passes(&app).await;
    assert_eq!(issues(&app, who, digest).await, [Value::Null; 0]);
    app.advance(1);
    a_minute_passes(&app).await;
    app.advance(60);
    a_minute_passes(&app).await;
    let found = issues(&app, who, digest).await;
    assert_eq!(dues(&found), ["2026-03-16T06:00:00Z"]);
    assert_eq!(found[0]["issued_at"], "2026-03-16T06:00:00Z");
    assert_eq!(events(&app, &tree, "digest_issued").await, 1);
    let who = &who.clone().renewed(&app);
    assert_eq!(app.get(who, path(digest)).await.expect(200).json["next_due_at"], "2026-03-23T06:00:00Z");
    app.advance(7 * DAY);
    a_minute_passes(&app).await;
    assert_eq!(dues(&issues(&app, who, digest).await), ["2026-03-23T06:00:00Z", "2026-03-16T06:00:00Z"]);
    assert_eq!(events(&app, &tree, "digest_issued").await, 2);
    all_is_right(&app).await;
}

async fn of_moments_that_passed_the_last_one_has_an_issue(app: TestApp) {
    let tree = Tree::build(&app).await;
    let who = &tree.world.staff.administrator;
    let digest = set(&app, who, &tree, json!({})).await;
    // Five Mondays pass while no server runs.
    app.advance(31 * DAY);
    a_minute_passes(&app).await;
    let found = issues(&app, who, digest).await;
    assert_eq!(dues(&found), ["2026-04-13T05:00:00Z"]);
    assert_eq!(events(&app, &tree, "digest_issued").await, 1);
    app.advance(60);
    a_minute_passes(&app).await;
    assert_eq!(issues(&app, who, digest).await, found);
    // A change of the schedule makes nothing due of the past.
    let who = &who.clone().renewed(&app);
    let etag = app.get(who, path(digest)).await.expect(200).etag().to_owned();
    let sundays = json!({"every": "week", "weekday": "sunday", "hour": 7, "time_zone": "Europe/Paris"});
    let changed = digest_body(&tree, json!({"schedule": sundays}));
    app.put(who, path(digest), changed).if_match(&etag).await.expect(200);
    a_minute_passes(&app).await;
    assert_eq!(issues(&app, who, digest).await, found);
}

async fn a_week_in_which_clocks_change_has_one_moment(app: TestApp) {
    let tree = Tree::build(&app).await;
    let who = &tree.world.staff.administrator;
    // On 29 March the clocks of Paris go from two to three: so it is three o'clock then, which is one in UTC.
    let sundays = json!({"every": "week", "weekday": "sunday", "hour": 2, "time_zone": "Europe/Paris"});
    let digest = set(&app, who, &tree, json!({"schedule": sundays})).await;
    for _ in 0..6 * 24 * 4 {
        app.advance(3_600);
        IssueDigests {}.run(app.app(), &()).await.unwrap();
        let waits = |conn: &mut Conn| {
            Ok(task::table.filter(task::kind.eq("issue_digest")).count().get_result::<i64>(conn)?)
        };
        if app.db().read(waits).await.unwrap() > 0 {
            a_minute_passes(&app).await;
        }
    }
    let found = issues(&app, who, digest).await;
    assert_eq!(dues(&found), ["2026-04-05T00:00:00Z", "2026-03-29T01:00:00Z", "2026-03-22T01:00:00Z"]);
}

async fn an_issue_says_what_its_reader_is_shown(app: TestApp) {
    let tree = Tree::build(&app).await;
    for _ in 0..6 {
        tree.approved(&app, "a", &BEST, "2026-01-14T09:00:00Z").await;
        tree.approved(&app, "a", &POOR, FEBRUARY).await;
        tree.approved(&app, "d", &BEST, FEBRUARY).await;
    }
    for _ in 0..3 {
        tree.approved(&app, "a", &BEST, MARCH).await;
    }
    lend(&app, tree.brand, 1_500).await;
    let desk = &tree.world.staff.administrator;
    let manager = &Persona::with(&app, &[(Role::Manager, scope(&tree, None))]).await;
    rule(&app, desk, &tree, json!({})).await;
    let shown = rule(&app, desk, &tree, json!({"reader": "branch_side"})).await;
    release_all(&app).await;
    ShowBrand { brand_id: tree.brand }.run(app.app(), &()).await.unwrap();
    lend(&app, tree.brand, 1_500).await;
    look(&app, &tree).await;
    let of_desk = set(&app, desk, &tree, json!({})).await;
    let of_manager = set(&app, manager, &tree, json!({})).await;
    app.advance(DAY);
    a_minute_passes(&app).await;
    // Desks have the present month: one branch rose.
    let written = issues(&app, desk, of_desk).await.remove(0);
    let content = &written["content"];
    assert_eq!((&written["reader"], &content["from"]), (&json!("desk"), &json!("2026-03")));
    assert_eq!((&content["score"]["visits"], &content["score"]["score"]), (&json!(3), &json!(10_000)));
    assert_eq!(content["change"]["previous_visits"], 12);
    assert_eq!((&content["worse"], &content["better"][0]["code"]), (&json!([]), &json!("a")));
    assert_eq!(content["better"][0]["change"]["previous_score"], 1_250);
    assert_eq!(content["alerts"], json!([]), "the branch is well by now");
    // Managers have the last month that is over: it fell, and they are alerted to that.
    let written = issues(&app, manager, of_manager).await.remove(0);
    let content = &written["content"];
    assert_eq!((&written["reader"], &content["from"]), (&json!("branch_side"), &json!("2026-02")));
    assert_eq!((&content["score"]["visits"], &content["score"]["score"]), (&json!(12), &json!(5_625)));
    assert_eq!(content["worse"][0]["branch_id"], json!(tree.branches["a"]));
    assert_eq!(content["worse"][0]["change"]["difference"], 1_250 - 10_000);
    assert_eq!(content["better"], json!([]));
    let manager = &manager.clone().renewed(&app);
    let alerts = crate::alerts::alerts(&app, manager, "").await;
    assert_eq!((alerts.len(), &alerts[0]["rule_id"]), (1, &json!(shown)));
    assert_eq!(content["alerts"][0]["id"], alerts[0]["id"]);
    assert_eq!(
        (content["alerts"].as_array().unwrap().len(), &content["has_more_alerts"]),
        (1, &json!(false))
    );
    let address = format!("/v1/brands/{}/score?from=2026-02&to=2026-02", tree.brand);
    let score = app.get(manager, address).await.expect(200).json;
    for member in ["visits", "score", "interval", "insufficient"] {
        assert_eq!(content["score"][member], score[member], "{member}");
    }
    // Nobody reads those of others.
    app.get(manager, format!("{}/issues", path(of_desk))).await.expect_problem(404, "not_found");
    assert_eq!(issues(&app, desk, of_manager).await, [Value::Null; 0]);
    all_is_right(&app).await;
}

fn scope(tree: &Tree, region: Option<&str>) -> GrantScope {
    let region_id = region.map(|region| tree.regions[region]);
    GrantScope { brand_id: Some(tree.brand), region_id, ..GrantScope::default() }
}

/// Takes back all grants of somebody.
async fn take_back(app: &TestApp, who: &Persona) {
    let account = who.account;
    let grants = move |conn: &mut Conn| incognito::accounts::store::grants(conn, account);
    let administrator = Persona::administrator(app).await;
    for grant in app.db().read(grants).await.unwrap() {
        let path = format!("/v1/accounts/{account}/grants/{}", grant.id);
        app.delete(&administrator, path).await.expect(204);
    }
}

async fn nobody_is_sent_what_they_may_not_see(app: TestApp) {
    let tree = Tree::build(&app).await;
    let stays = Persona::with(&app, &[(Role::Manager, scope(&tree, Some("city")))]).await;
    let goes = Persona::with(&app, &[(Role::Manager, scope(&tree, Some("city")))]).await;
    let of_city = json!({"region_id": tree.regions["city"]});
    let (first, second) =
        (set(&app, &stays, &tree, of_city.clone()).await, set(&app, &goes, &tree, of_city.clone()).await);
    app.put(&stays, path(id()), digest_body(&tree, json!({"region_id": tree.regions["abroad"]})))
        .await
        .expect_problem(404, "not_found");
    take_back(&app, &goes).await;
    app.advance(DAY);
    a_minute_passes(&app).await;
    assert_eq!(issues(&app, &stays, first).await.len(), 1);
    assert_eq!(events(&app, &tree, "digest_issued").await, 1, "of the other one nobody hears");
    app.get(&goes.clone().renewed(&app), path(second)).await.expect_problem(403, "forbidden");
    // Also later: what had no issue then has none afterwards.
    let account = goes.account;
    let (at, now) = (scope(&tree, Some("city")), app.now());
    let give = move |conn: &mut Conn| {
        let grant = incognito::accounts::model::Grant { id: id(), role: Role::Manager, scope: at };
        incognito::accounts::grants::give(conn, None, account, &grant, now)
    };
    app.db().write(give).await.unwrap();
    a_minute_passes(&app).await;
    assert_eq!(issues(&app, &goes, second).await, [Value::Null; 0]);
    app.advance(7 * DAY);
    a_minute_passes(&app).await;
    assert_eq!(dues(&issues(&app, &goes, second).await), ["2026-03-23T06:00:00Z"]);
    // What was written by a desk's figures is not read by the branch's side afterwards.
    let designer = Persona::with(&app, &[(Role::Designer, scope(&tree, None))]).await;
    let third = set(&app, &designer, &tree, of_city).await;
    app.advance(7 * DAY);
    a_minute_passes(&app).await;
    assert_eq!(issues(&app, &designer, third).await.len(), 1);
    take_back(&app, &designer).await;
    let (account, at, now) = (designer.account, scope(&tree, Some("city")), app.now());
    let give = move |conn: &mut Conn| {
        let grant = incognito::accounts::model::Grant { id: id(), role: Role::Manager, scope: at };
        incognito::accounts::grants::give(conn, None, account, &grant, now)
    };
    app.db().write(give).await.unwrap();
    assert_eq!(issues(&app, &designer, third).await, [Value::Null; 0]);
    all_is_right(&app).await;
}

async fn digests_of_others_are_an_administrator_s_to_set(app: TestApp) {
    let tree = Tree::build(&app).await;
    let manager = Persona::with(&app, &[(Role::Manager, scope(&tree, Some("city")))]).await;
    let other = Persona::with(&app, &[(Role::Manager, scope(&tree, Some("city")))]).await;
    let (administrator, designer) = (&tree.world.staff.administrator, &tree.world.staff.designer);
    let body = digest_body(&tree, json!({"region_id": tree.regions["city"], "account_id": manager.account}));
    for who in [designer, &other] {
        app.put(who, path(id()), body.clone()).await.expect_problem(404, "not_found");
    }
    let abroad =
        digest_body(&tree, json!({"region_id": tree.regions["abroad"], "account_id": manager.account}));
    app.put(administrator, path(id()), abroad).await.expect_invalid("/account_id");
    let digest = id();
    let made = app.put(administrator, path(digest), body).await.expect(201);
    app.delete(&other, path(digest)).if_match(made.etag()).await.expect_problem(404, "not_found");
    app.get(&other, path(digest)).await.expect_problem(404, "not_found");
    assert_eq!(app.get(&other, "/v1/digests").await.expect(200).json["items"], json!([]));
    app.advance(DAY);
    a_minute_passes(&app).await;
    assert_eq!(issues(&app, &manager, digest).await.len(), 1);
    assert_eq!(issues(&app, administrator, digest).await, [Value::Null; 0]);
    let manager = &manager.renewed(&app);
    app.delete(manager, path(digest)).if_match(made.etag()).await.expect(204);
}
