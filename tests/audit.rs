//! The audit: what people decide and change leaves a row, and so does each answer that shows a desk who a shopper is.

use std::collections::BTreeSet;

use incognito::{
    accounts::{model::Role, policy::Permission},
    db::{Conn, schema::audit},
    server::{
        docs,
        routes::{self, Needs, Route},
    },
};
use serde_json::{Value, json};

use crate::{
    app::{Answer, TestApp, each_engine_test, id},
    background::dead_task,
    builders::World,
    personas::Persona,
    reviews::approve,
    who_may::samples,
};

each_engine_test!(
    each_look_leaves_a_row,
    decisions_grants_and_accounts_are_written_down,
    the_audit_is_filtered_and_paged,
    an_auditor_reads_no_content,
);

/// Shapes that show who a shopper is without a member of the name `shopper_id`.
const ALSO_SHOW: [&str; 4] = ["ShopperView", "ShopperRating", "AccountView", "DeskEntry"];

/// Whether a shape shows who a shopper is, by the names of its members.
fn shows_a_shopper(contract: &Value, shape: &Value, seen: &mut BTreeSet<String>) -> bool {
    match shape {
        Value::Object(members) => members.iter().any(|(name, value)| match (name.as_str(), value) {
            ("$ref", Value::String(to)) => {
                let shape = to.rsplit('/').next().unwrap().to_owned();
                ALSO_SHOW.contains(&shape.as_str())
                    || seen.insert(shape.clone())
                        && shows_a_shopper(contract, &contract["components"]["schemas"][&shape], seen)
            }
            ("properties", Value::Object(own)) => {
                own.keys().any(|member| ["shopper_id", "shopper_ids"].contains(&member.as_str()))
                    || own.values().any(|one| shows_a_shopper(contract, one, seen))
            }
            ("examples" | "example" | "description", _) => false,
            (_, value) => shows_a_shopper(contract, value, seen),
        }),
        Value::Array(all) => all.iter().any(|one| shows_a_shopper(contract, one, seen)),
        _ => false,
    }
}

/// The operations of desks whose answers show who a shopper is, and those that write it down.
fn operations(contract: &Value) -> (BTreeSet<String>, BTreeSet<String>) {
    let (mut show, mut audited) = (BTreeSet::new(), BTreeSet::new());
    for (path, item) in contract["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let name = format!("{} {path}", method.to_uppercase());
            let roles = operation["x-permission"]["roles"].as_array().cloned().unwrap_or_default();
            let is_of_desk = roles.iter().any(|role| role != "shopper");
            let answers = operation["responses"].as_object().into_iter().flatten();
            let good = answers.filter(|(status, _)| status.starts_with('2')).map(|(_, answer)| answer);
            let shown =
                good.into_iter().any(|answer| shows_a_shopper(contract, answer, &mut BTreeSet::new()));
            if is_of_desk && shown {
                show.insert(name.clone());
            }
            if operation["x-permission"]["audited"] == json!(true) {
                audited.insert(name);
            }
        }
    }
    (show, audited)
}

#[test]
fn what_shows_a_shopper_is_written_down() {
    let contract = serde_json::to_value(docs::document()).unwrap();
    let (show, mut audited) = operations(&contract);
    assert!(show.len() >= 15 && show.contains("GET /v1/visits/{id}"), "{show:?}");
    // What it says of looks names shoppers.
    assert!(audited.remove("GET /v1/audit"));
    assert_eq!(show, audited);
}

#[test]
fn what_is_not_written_down_would_be_seen() {
    let mut contract = serde_json::to_value(docs::document()).unwrap();
    contract["paths"]["/v1/visits/{id}"]["get"]["x-permission"]["audited"] = json!(false);
    let (show, audited) = operations(&contract);
    let missing: Vec<_> = show.difference(&audited).collect();
    assert_eq!(missing, ["GET /v1/visits/{id}"]);
}

/// How many looks this account has left.
async fn looks(app: &TestApp, by: &Persona) -> i64 {
    use diesel::prelude::*;
    let who = by.account;
    let count = move |conn: &mut Conn| {
        let rows = audit::table.filter(audit::account_id.eq(who));
        Ok(rows.filter(audit::kind.eq("shopper_shown")).count().get_result::<i64>(conn)?)
    };
    app.db().read(count).await.unwrap()
}

/// Each operation that the contract says to be audited, asked by a desk: one row for the request, and none for a refusal.
async fn each_look_leaves_a_row(app: TestApp) {
    let world = World::build(&app).await;
    let samples = samples(&app, &world).await;
    let mut asked = 0;
    // What the file of an export shows depends on what was asked for: tests/exports/beside.rs looks at that.
    let audited = |route: &Route| route.signature().is_audited && !route.path.starts_with("/v1/exports/");
    for route in routes::table().into_iter().filter(audited) {
        let Needs::May(permission) = route.needs() else { panic!("{} is everybody's", route.path) };
        let sample = samples.iter().find(|one| one.route == route.path && one.method == route.method);
        let sample = sample.unwrap();
        for &role in permission.roles().iter().filter(|role| **role != Role::Shopper) {
            let who = Persona::everywhere(&app, role).await;
            // The sample's account is not a shopper's.
            let ids = match route.path {
                "/v1/accounts/{id}" => vec![world.staff.shopper.account.to_string()],
                _ => sample.ids.clone(),
            };
            let answer = sample.send(&app, &who, &ids).await;
            // An assignment that nothing happened to shows no shopper by its history, and no appeal was decided about.
            let shows_nothing = [json!({"steps": []}), json!({"items": []})].contains(&answer.json);
            let is_shown = answer.status < 300 && !shows_nothing;
            let wanted = i64::from(is_shown);
            assert_eq!(
                looks(&app, &who).await,
                wanted,
                "{} {} by {role}: {answer}",
                route.method,
                route.path
            );
            asked += wanted;
        }
    }
    assert!(asked > 20, "{asked}");
    let visit = format!("/v1/visits/{}", world.brands[0].regions[0].branches[0].visit);
    let shopper = &world.staff.shopper;
    for path in [visit.clone(), format!("{visit}/history"), "/v1/visits".to_owned()] {
        app.get(shopper, path).await.expect(200);
    }
    assert_eq!(looks(&app, shopper).await, 0, "the own visits give no look");
    let reviewer = Persona::everywhere(&app, Role::Reviewer).await;
    app.call(actix_web::http::Method::HEAD, &visit).by(&reviewer).await.expect(200);
    app.get(&reviewer, format!("/v1/visits/{}", id::<()>())).await.expect(404);
    assert_eq!(looks(&app, &reviewer).await, 0, "nothing was shown");
    let lines = app.get(&reviewer, "/v1/visits").header("accept", "application/jsonl").await.expect(200);
    assert!(lines.bytes.len() > 100);
    let brand = Persona::with(&app, &[(Role::Reviewer, world.brands[0].scope())]).await;
    let elsewhere = app.get(&brand, format!("/v1/visits?brand_id={}", id::<()>()));
    elsewhere.header("accept", "application/jsonl").await.expect(200);
    assert_eq!(looks(&app, &reviewer).await, 1);
    let answer = app
        .get(
            &world.staff.administrator,
            format!("/v1/audit?kind=shopper_shown&account_id={}", reviewer.account),
        )
        .await;
    assert_eq!(
        answer.json["items"][0]["details"],
        json!({"operation": "GET /v1/visits", "whole_list": true})
    );
    app.get(&reviewer, &visit).await.expect(200);
    let wanted = json!({"operation": "GET /v1/visits/{id}", "shopper_ids": [shopper.account]});
    let path = format!("/v1/audit?account_id={}&kind=shopper_shown&limit=1", reviewer.account);
    let answer = app.get(&world.staff.administrator, format!("{path}&subject_id={}", &visit[11..])).await;
    assert_eq!(answer.json["items"][0]["details"], wanted, "{answer}");
}

/// The rows of this kind, the newest first, without their ids.
async fn rows(app: &TestApp, query: &str) -> Vec<Value> {
    let auditor = Persona::everywhere(app, Role::Auditor).await;
    let answer: Answer = app.get(&auditor, format!("/v1/audit?{query}")).await.expect(200);
    let mut items = answer.json["items"].as_array().unwrap().clone();
    for item in &mut items {
        item.as_object_mut().unwrap().remove("id");
    }
    items
}

async fn decisions_grants_and_accounts_are_written_down(app: TestApp) {
    let world = World::build(&app).await;
    let (staff, own) = (&world.staff, &world.brands[0]);
    let visit = own.regions[0].branches[0].visit;
    approve(&app, &staff.reviewer, visit).await.expect(200);
    approve(&app, &staff.reviewer, visit).await.expect(200);
    let at = "2026-03-15T10:00:00Z";
    let decided = json!({"at": at, "kind": "visit_step", "about": "visit", "subject_id": visit, "brand_id": own.id,
        "account_id": staff.reviewer.account, "api_key_id": null, "api_key_name": null,
        "details": {"step": "approve", "from": "complete", "to": "approved", "number": 1}});
    assert_eq!(rows(&app, "kind=visit_step").await, [decided], "the same again is the same step");

    let (account, grant) = (id::<()>(), id::<()>());
    let path = format!("/v1/accounts/{account}");
    let administrator = &staff.administrator;
    let is = |disabled: bool| json!({"email": "secret@example.org", "name": "Secret Name", "language": "en", "disabled": disabled});
    let made = app.put(administrator, &path, is(false)).await.expect(201);
    let scope = json!({"brand_id": own.id, "branch_id": own.regions[0].branches[0].id});
    let granted = json!({"role": "manager", "scope": scope});
    app.put(administrator, format!("{path}/grants/{grant}"), granted.clone()).await.expect(201);
    app.put(administrator, format!("{path}/grants/{grant}"), granted).await.expect(200);
    app.delete(administrator, format!("{path}/grants/{grant}")).await.expect(204);
    let now = app.get(administrator, &path).await.expect(200);
    assert_ne!(now.etag(), made.etag());
    app.put(administrator, &path, is(true)).if_match(now.etag()).await.expect(200);
    let of = rows(&app, &format!("subject_id={account}")).await;
    let kinds: BTreeSet<_> = of.iter().map(|row| row["kind"].as_str().unwrap().to_owned()).collect();
    let wanted = ["account_changed", "account_made", "grant_given", "grant_taken_back"];
    assert_eq!(kinds, wanted.map(str::to_owned).into(), "{of:?}");
    assert_eq!(of.len(), 4);
    assert!(of.iter().all(|row| row["account_id"] == json!(administrator.account)));
    let changed = of.iter().find(|row| row["kind"] == "account_changed").unwrap();
    let wanted = json!({"disabled": true, "new_password": false, "sessions_ended": true});
    assert_eq!(changed["details"], wanted);
    let given = of.iter().find(|row| row["kind"] == "grant_given").unwrap();
    assert_eq!(given["brand_id"], json!(own.id));
    let wanted = json!({"grant_id": grant, "role": "manager", "branch_id": own.regions[0].branches[0].id});
    assert_eq!(given["details"], wanted);

    let (repeated, dropped) = (dead_task(&app).await, dead_task(&app).await);
    let work = "/v1/background-work";
    app.post(administrator, format!("{work}/{repeated}/repeat"), json!({})).await.expect(204);
    app.delete(administrator, format!("{work}/{dropped}")).await.expect(204);
    app.delete(administrator, format!("{work}/{dropped}")).await.expect(404);
    for (kind, task) in [("task_repeated", repeated), ("task_dropped", dropped)] {
        let rows = rows(&app, &format!("kind={kind}")).await;
        assert_eq!((rows.len(), &rows[0]["subject_id"]), (1, &json!(task)));
    }
    let all = rows(&app, "limit=200").await;
    let text = json!(all).to_string();
    for name in ["Secret", "secret@", "Somebody", "example.org", "North"] {
        assert!(!text.contains(name), "{name} in the audit");
    }
}

async fn the_audit_is_filtered_and_paged(app: TestApp) {
    let world = World::build(&app).await;
    let (staff, [own, other]) = (&world.staff, &world.brands);
    let visits = [own.regions[0].branches[0].visit, other.regions[0].branches[0].visit];
    approve(&app, &staff.reviewer, visits[0]).await.expect(200);
    app.advance(60);
    approve(&app, &staff.reviewer, visits[1]).await.expect(200);
    let subjects = async |who: &Persona, query: &str| {
        let answer = app.get(who, format!("/v1/audit?kind=visit_step&{query}")).await.expect(200);
        let items = answer.json["items"].as_array().unwrap();
        items.iter().map(|row| row["subject_id"].clone()).collect::<Vec<_>>()
    };
    let [first, last] = visits.map(|visit| json!(visit));
    let auditor = Persona::everywhere(&app, Role::Auditor).await;
    for (query, wanted) in [
        (String::new(), vec![&last, &first]),
        (format!("brand_id={}", own.id), vec![&first]),
        (format!("account_id={}", staff.reviewer.account), vec![&last, &first]),
        (format!("account_id={}", staff.shopper.account), vec![]),
        (format!("subject_id={}", visits[1]), vec![&last]),
        ("from=2026-03-15T10:01:00Z".to_owned(), vec![&last]),
        ("to=2026-03-15T10:01:00Z".to_owned(), vec![&first]),
    ] {
        assert_eq!(subjects(&auditor, &query).await.iter().collect::<Vec<_>>(), wanted, "{query}");
    }
    // A brand's auditor sees the brand's, and one of a part of it nothing.
    for (scope, wanted) in [
        (own.scope(), vec![&first]),
        (other.scope(), vec![&last]),
        (own.region_scope(0), vec![]),
        (own.branch_scope(0, 0), vec![]),
    ] {
        let who = Persona::with(&app, &[(Role::Auditor, scope)]).await;
        assert_eq!(subjects(&who, "").await.iter().collect::<Vec<_>>(), wanted);
        let others = app.get(&who, "/v1/audit?limit=200").await.expect(200);
        let foreign = others.json["items"].as_array().unwrap().iter();
        assert!(foreign.map(|row| &row["brand_id"]).all(|brand| *brand == json!(scope.brand_id)));
    }
    for role in [Role::Shopper, Role::Manager, Role::Hr, Role::Scheduler, Role::Designer, Role::Reviewer] {
        let who = Persona::everywhere(&app, role).await;
        app.get(&who, "/v1/audit").await.expect_problem(403, "forbidden");
    }
    // Page by page all rows come once, the newest first.
    let (mut path, mut seen) = ("/v1/audit?limit=7&to=2026-03-15T10:01:00Z".to_owned(), Vec::new());
    loop {
        let page = app.get(&auditor, &path).await.expect(200);
        seen.extend(page.json["items"].as_array().unwrap().clone());
        let Some(cursor) = page.json["next_cursor"].as_str() else { break };
        path = format!("/v1/audit?limit=7&to=2026-03-15T10:01:00Z&cursor={cursor}");
    }
    let ids: BTreeSet<_> = seen.iter().map(|row| row["id"].to_string()).collect();
    assert_eq!(ids.len(), seen.len());
    // The staff's grants, the scheduler's looks at what was given, and one decision.
    assert_eq!(seen.len(), 5 + 16 + 1);
}

async fn an_auditor_reads_no_content(app: TestApp) {
    let world = World::build(&app).await;
    let visit = format!("/v1/visits/{}", world.brands[0].regions[0].branches[0].visit);
    let auditor = Persona::everywhere(&app, Role::Auditor).await;
    for part in ["", "/score", "/receipt", "/flags"] {
        app.get(&auditor, format!("{visit}{part}")).await.expect_problem(403, "forbidden");
    }
    app.get(&auditor, format!("{visit}/history")).await.expect(200);
    let accounts = app.get(&auditor, "/v1/accounts").await.expect(200);
    assert!(accounts.json["items"].as_array().unwrap().len() > 5);
    app.get(&auditor, format!("/v1/accounts/{}", auditor.account)).await.expect(200);
    let change = json!({"email": "a@example.org", "name": "A", "language": "en"});
    let path = format!("/v1/accounts/{}", auditor.account);
    app.put(&auditor, path, change).await.expect_problem(403, "forbidden");
    assert!(!Permission::ManageAccounts.roles().contains(&Role::Auditor));
}
