//! Reports: when they go out, what they show and to whom, and how they are taken back.

mod pdf;
mod people;
mod photos;
mod recordings;
mod words;

pub use pdf::text as text_of_pdf;
pub use people::{employee, inform, named_later_in};
pub use recordings::heard_jobs;

use std::sync::Arc;

use actix_web::http::Method;
use incognito::{
    accounts::model::Role,
    ids::VisitId,
    reports::{
        finish::FinishVisits,
        release::{self, Means, ReleaseRegion, ReleaseReports},
        store,
    },
    visits::state::State,
    work::Task,
};
use serde_json::{Value, json};

use crate::{
    app::{TestApp, each_engine_test, id},
    builders::{World, content, visit_body},
    ledger::all_is_right,
    personas::Persona,
    reviews::approve,
    visits::path,
};

each_engine_test!(
    three_go_out_together_at_night,
    one_goes_out_when_it_has_waited,
    a_report_says_what_it_may_and_nothing_else,
    the_list_is_filtered_and_paged,
    a_visit_is_final_when_the_time_to_appeal_is_over,
    two_reviewers_withdraw,
    a_reviewer_sees_beforehand_what_goes_out,
);

/// What making reports takes.
pub fn means(app: &TestApp) -> Means {
    let house = app.house();
    Means { versions: Arc::clone(&house.versions), readers: Arc::clone(&house.readers) }
}

/// Lets all reports go out that wait, whatever the hour and however few they are.
pub async fn release_all(app: &TestApp) {
    let regions = app.db().read(|conn| store::regions_with(conn, State::Approved)).await.unwrap();
    for part in regions.into_keys() {
        let waiting = app.db().read(move |conn| store::visits_of(conn, part, State::Approved)).await.unwrap();
        let ids = waiting.into_iter().map(|one| one.id).collect();
        release::release(app.app(), &means(app), ids).await.unwrap();
    }
}

/// What the server does at this hour.
pub async fn an_hour_passes(app: &TestApp) {
    ReleaseReports {}.run(app.app(), &()).await.unwrap();
    // What that enqueued, for every region that there is.
    let regions = app.db().read(|conn| store::regions_with(conn, State::Approved)).await.unwrap();
    for ((brand_id, region_id), zone) in regions {
        if incognito::reports::night::is_now(app.now(), &zone) {
            ReleaseRegion { brand_id, region_id }.run(app.app(), &means(app)).await.unwrap();
        }
    }
    FinishVisits {}.run(app.app(), &()).await.unwrap();
}

/// From ten o'clock UTC to a quarter past three in Istanbul.
const TO_THE_NIGHT: i64 = 14 * 3_600 + 900;
const DAY: i64 = 86_400;

/// So many days pass, and what is left until a quarter past three in Istanbul.
pub fn to_the_night(app: &TestApp, days: i64) {
    app.advance(days * DAY + (900 - app.now().unix_seconds()).rem_euclid(DAY));
}

pub async fn list(app: &TestApp, who: &Persona, query: &str) -> Vec<Value> {
    let who = who.clone().renewed(app);
    let answer = app.get(&who, format!("/v1/reports{query}")).await.expect(200);
    answer.json["items"].as_array().unwrap().clone()
}

pub async fn report(app: &TestApp, who: &Persona, id: &Value) -> Value {
    let who = who.clone().renewed(app);
    app.get(&who, format!("/v1/reports/{}", id.as_str().unwrap())).await.expect(200).json
}

/// One more visit to the first branch, which waits for a reviewer.
pub async fn another(app: &TestApp, world: &World) -> VisitId {
    let brand = &world.brands[0];
    let to = world.staff.assignment(app, brand.regions[0].branches[0].id, brand.version).await;
    let visit = id();
    app.put(&world.staff.shopper, path(visit), visit_body(to, brand.version)).await.expect(201);
    visit
}

pub async fn manager(app: &TestApp, world: &World) -> Persona {
    Persona::with(app, &[(Role::Manager, world.brands[0].region_scope(0))]).await
}

async fn three_go_out_together_at_night(app: TestApp) {
    let world = World::build(&app).await;
    let (reviewer, region) = (&world.staff.reviewer, &world.brands[0].regions[0]);
    let manager = manager(&app, &world).await;
    for branch in &region.branches {
        approve(&app, reviewer, branch.visit).await.expect(200);
    }
    app.advance(TO_THE_NIGHT);
    an_hour_passes(&app).await;
    assert_eq!(list(&app, &manager, "").await, [] as [Value; 0], "two wait for a third");
    let reviewer = reviewer.clone().renewed(&app);
    let later = World { staff: renewed(&app, &world), brands: world.brands.clone() };
    let third = another(&app, &later).await;
    approve(&app, &reviewer, third).await.expect(200);
    app.advance(4 * 3_600);
    an_hour_passes(&app).await;
    assert_eq!(list(&app, &manager, "").await, [] as [Value; 0], "it is morning");
    app.advance(DAY - 4 * 3_600);
    an_hour_passes(&app).await;
    let out = list(&app, &manager, "").await;
    assert_eq!(out.len(), 3);
    assert!(
        out.iter().all(|one| one["released_on"] == "2026-03-17" && one["state"] == "released"),
        "{out:?}"
    );
    let reviewer = reviewer.renewed(&app);
    for visit in [region.branches[0].visit, region.branches[1].visit, third] {
        let seen = app.get(&reviewer, path(visit)).await.expect(200);
        assert_eq!(seen.text("/state"), "released");
        let ids: Vec<_> = out.iter().map(|one| one["id"].as_str().unwrap()).collect();
        assert!(!ids.contains(&visit.to_string().as_str()), "an id of its own");
    }
    all_is_right(&app).await;
}

fn renewed(app: &TestApp, world: &World) -> crate::builders::Staff {
    let of = |who: &Persona| who.clone().renewed(app);
    crate::builders::Staff {
        administrator: of(&world.staff.administrator),
        designer: of(&world.staff.designer),
        scheduler: of(&world.staff.scheduler),
        reviewer: of(&world.staff.reviewer),
        shopper: of(&world.staff.shopper),
    }
}

async fn one_goes_out_when_it_has_waited(app: TestApp) {
    let world = World::build(&app).await;
    let manager = manager(&app, &world).await;
    approve(&app, &world.staff.reviewer, world.brands[0].regions[0].branches[0].visit).await.expect(200);
    app.advance(TO_THE_NIGHT);
    for _ in 0..7 {
        an_hour_passes(&app).await;
        assert_eq!(list(&app, &manager, "").await.len(), 0);
        app.advance(DAY);
    }
    an_hour_passes(&app).await;
    assert_eq!(list(&app, &manager, "").await.len(), 1);
    all_is_right(&app).await;
}

/// Questions of every sort that a report leaves out or blunts.
fn telling() -> Value {
    let mut content = content();
    let more = json!({"key": "more", "title": {"en": "More", "fr": "Plus"}, "questions": [
        {"key": "arrived", "text": {"en": "When?", "fr": "Quand ?"}, "about_visit": true,
            "answer": {"kind": "date_time", "ask": "date_time"}},
        {"key": "best_before", "text": {"en": "Best before?", "fr": "Date limite ?"},
            "answer": {"kind": "date_time", "ask": "date_time"}},
        {"key": "paid", "text": {"en": "Paid?", "fr": "Payé ?"}, "answer": {"kind": "amount", "currency": "EUR"}},
        {"key": "queue", "text": {"en": "Queue?", "fr": "Attente ?"}, "answer": {"kind": "duration", "bands": [
            {"up_to": 120, "points": 10}, {"points": 0}]}},
        {"key": "place", "text": {"en": "Where?", "fr": "Où ?"}, "answer": {"kind": "location"}},
        {"key": "waiter", "text": {"en": "Who served?", "fr": "Qui ?"}, "names_staff": true, "answer": {"kind": "text"}},
        {"key": "said", "text": {"en": "What was said?", "fr": "Quoi ?"}, "answer": {"kind": "text"}},
    ]});
    content["sections"].as_array_mut().unwrap().push(more);
    content["languages"] = json!(["en", "fr"]);
    let mut add = |pointer: &str, text: &str| content.pointer_mut(pointer).unwrap()["fr"] = json!(text);
    for pointer in [
        "/title",
        "/sections/0/title",
        "/sections/1/title",
        "/sections/0/questions/0/text",
        "/sections/0/questions/1/text",
        "/sections/0/questions/1/answer/options/0/text",
        "/sections/0/questions/1/answer/options/1/text",
        "/sections/1/questions/0/text",
        "/sections/1/questions/1/text",
    ] {
        add(pointer, "en français");
    }
    content
}

async fn a_report_says_what_it_may_and_nothing_else(app: TestApp) {
    let world = World::build(&app).await;
    let (brand, staff) = (&world.brands[0], &world.staff);
    people::named_later(&app, &world).await;
    let (_, version) = staff.checklist(&app, brand.id, telling()).await;
    let to = staff.assignment(&app, brand.regions[0].branches[0].id, version).await;
    let visit: VisitId = id();
    let mut body = visit_body(to, version);
    for (key, value) in [
        ("arrived", json!("2026-03-14T12:05")),
        ("best_before", json!("2026-05-04T23:59")),
        ("paid", json!(1234)),
        ("queue", json!(97)),
        ("place", json!({"latitude": 41.00123, "longitude": 28.97123, "accuracy_m": 5})),
        ("waiter", json!("Mehmet")),
        ("said", json!("Hello and welcome.")),
    ] {
        body["answers"][key] = json!({"value": value});
    }
    body["answers"]["clean"]["comment"] = json!("A spoon lay on the floor.");
    body["device"] = json!({"model": "Canary 9", "os": "Tweet 4", "app_version": "7.7"});
    app.put(&staff.shopper, path(visit), body).await.expect(201);
    approve(&app, &staff.reviewer, visit).await.expect(200);
    // So that the branch is visited often enough for its days to be shown.
    approve(&app, &staff.reviewer, brand.regions[0].branches[0].visit).await.expect(200);
    release_all(&app).await;
    let manager = manager(&app, &world).await;
    let mut found = None;
    for one in list(&app, &manager, "").await {
        let seen = report(&app, &manager, &one["id"]).await;
        if seen["content"]["sections"].as_array().unwrap().len() == 3 {
            found = Some((one, seen));
        }
    }
    let (listed, seen) = found.unwrap();
    assert_eq!((&listed["first_day"], &listed["last_day"]), (&json!("2026-03-14"), &json!("2026-03-14")));
    let more = &seen["content"]["sections"][2];
    let answers: Vec<_> = more["questions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["question"].clone(), one["answer"].clone()))
        .collect();
    let left_out = json!({"kind": "left_out"});
    assert_eq!(
        answers,
        [
            (json!("arrived"), left_out.clone()),
            (json!("best_before"), json!({"kind": "day", "day": "2026-05-04"})),
            (json!("paid"), left_out.clone()),
            (json!("queue"), json!({"kind": "duration", "up_to": 120, "above_all": false})),
            (json!("place"), left_out.clone()),
            (json!("waiter"), left_out),
            (json!("said"), json!({"kind": "text", "text": "Hello and welcome."})),
        ]
    );
    assert_eq!(more["questions"][3]["earned"], 10);
    assert_eq!(seen["content"]["sections"][1]["questions"][0]["comment"], "A spoon lay on the floor.");
    assert_eq!(seen["language"], "en");
    let text = seen.to_string();
    for canary in [
        "12:05",
        "23:59",
        "1234",
        "41.00",
        "Mehmet",
        "Canary",
        "09:",
        "T0",
        &visit.to_string(),
        &to.to_string(),
        &staff.shopper.account.to_string(),
    ] {
        assert!(!text.contains(canary), "{canary} in {text}");
    }
    let french = app.get(&manager, format!("/v1/reports/{}", listed["id"].as_str().unwrap()));
    let french = french.header("accept-language", "fr-CH, en;q=0.5").await.expect(200);
    assert_eq!(
        (french.header("content-language"), french.text("/content/sections/2/title")),
        ("fr", "Plus".to_owned())
    );
    // It is the same as long as nothing that is shown changes.
    let again = app.get(&manager, format!("/v1/reports/{}", listed["id"].as_str().unwrap()));
    again.header("accept-language", "fr").header("if-none-match", french.etag()).await.expect(304);
    all_is_right(&app).await;
}

async fn the_list_is_filtered_and_paged(app: TestApp) {
    let world = World::build(&app).await;
    let reviewer = &world.staff.reviewer;
    for branch in world.brands.iter().flat_map(|brand| &brand.regions).flat_map(|region| &region.branches) {
        approve(&app, reviewer, branch.visit).await.expect(200);
    }
    release_all(&app).await;
    let all = list(&app, &world.staff.administrator, "").await;
    assert_eq!(all.len(), 8);
    let ids =
        |items: &[Value]| items.iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
    let mut sorted = ids(&all);
    sorted.sort();
    assert_eq!(ids(&all), sorted, "within a day by random ids");
    let (mut seen, mut next) = (Vec::new(), "/v1/reports?limit=3".to_owned());
    while !next.is_empty() {
        let page = app.get(&world.staff.administrator, &next).await.expect(200);
        seen.extend(ids(page.json["items"].as_array().unwrap()));
        next = page.json["next_cursor"]
            .as_str()
            .map(|cursor| format!("/v1/reports?limit=3&cursor={cursor}"))
            .unwrap_or_default();
    }
    assert_eq!(seen, ids(&all));
    let brand = &world.brands[0];
    for (query, wanted) in [
        (format!("?brand_id={}", brand.id), 4),
        (format!("?region_id={}", brand.regions[1].id), 2),
        (format!("?branch_id={}", brand.regions[1].branches[0].id), 1),
        (format!("?campaign_id={}", id::<()>()), 0),
        ("?month=2026-03".to_owned(), 8),
        ("?month=2026-04".to_owned(), 0),
        ("?state=released".to_owned(), 8),
        ("?state=final".to_owned(), 0),
    ] {
        assert_eq!(list(&app, &world.staff.administrator, &query).await.len(), wanted, "{query}");
    }
    // Each branch was visited once, which is less than the minimum: the week is shown.
    assert!(
        all.iter().all(|one| one["first_day"] == "2026-03-09" && one["last_day"] == "2026-03-15"),
        "{all:?}"
    );
    app.get(&world.staff.administrator, "/v1/reports?state=approved").await.expect_invalid("state");
}

async fn a_visit_is_final_when_the_time_to_appeal_is_over(app: TestApp) {
    let world = World::build(&app).await;
    let visit = world.brands[0].regions[0].branches[0].visit;
    approve(&app, &world.staff.reviewer, visit).await.expect(200);
    let manager = manager(&app, &world).await;
    app.advance(TO_THE_NIGHT);
    release_all(&app).await;
    for _ in 0..14 {
        app.advance(DAY);
        an_hour_passes(&app).await;
        assert_eq!(list(&app, &manager, "").await[0]["state"], "released");
    }
    app.advance(DAY - 4 * 3_600);
    an_hour_passes(&app).await;
    assert_eq!(list(&app, &manager, "").await[0]["state"], "released", "until the night");
    app.advance(4 * 3_600);
    an_hour_passes(&app).await;
    assert_eq!(list(&app, &manager, "?state=final").await.len(), 1);
    all_is_right(&app).await;
}

async fn two_reviewers_withdraw(app: TestApp) {
    let world = World::build(&app).await;
    let (brand, one) = (&world.brands[0], &world.staff.reviewer);
    let visit = brand.regions[0].branches[0].visit;
    let other = Persona::everywhere(&app, Role::Reviewer).await;
    let step = async |who: &Persona, step: &str| {
        let path = format!("{}/review/{step}", path(visit));
        match step {
            "propose-withdrawal" => app.post(who, path, json!({"reason": "The shopper made it up."})).await,
            _ => app.call(Method::POST, path).by(who).await,
        }
    };
    step(one, "propose-withdrawal").await.expect_problem(409, "wrong_state");
    approve(&app, one, visit).await.expect(200);
    release_all(&app).await;
    let manager = manager(&app, &world).await;
    let listed = list(&app, &manager, "").await;
    step(&other, "withdraw").await.expect_problem(409, "wrong_state");
    let proposed = step(one, "propose-withdrawal").await.expect(200);
    assert_eq!(proposed.json["proposed_by"], json!(one.account));
    assert_eq!(step(one, "propose-withdrawal").await.expect(200).bytes, proposed.bytes, "the same again");
    step(&other, "propose-withdrawal").await.expect_problem(409, "wrong_state");
    step(one, "withdraw").await.expect_problem(403, "forbidden");
    step(&other, "keep-report").await.expect(200);
    step(&other, "keep-report").await.expect(200);
    step(&other, "withdraw").await.expect_problem(409, "wrong_state");
    // A late copy of the first proposal proposes nothing any more, if it has a key.
    let late = |key: &str| {
        let path = format!("{}/review/propose-withdrawal", path(visit));
        app.post(one, path, json!({"reason": "It was another day."})).header("idempotency-key", key)
    };
    let key = id::<()>().to_string();
    late(&key).await.expect(200);
    step(&other, "keep-report").await.expect(200);
    assert_eq!(late(&key).await.expect(200).json["proposed_by"], Value::Null);
    step(&other, "withdraw").await.expect_problem(409, "wrong_state");
    step(one, "propose-withdrawal").await.expect(200);
    let seen = report(&app, &manager, &listed[0]["id"]).await;
    assert_eq!((&seen["state"], &seen["withdrawn_because"]), (&json!("released"), &Value::Null));
    let desk = async || {
        let score =
            app.get(&world.staff.administrator, format!("/v1/brands/{}/score", brand.id)).await.expect(200);
        score.json["visits"].clone()
    };
    assert_eq!(desk().await, 1);
    assert_eq!(step(&other, "withdraw").await.expect(200).text("/state"), "withdrawn");
    step(&other, "withdraw").await.expect(200);
    assert_eq!(desk().await, 0);
    // The branch's side learns it with the next night, and until then nothing changes for it.
    assert_eq!(report(&app, &manager, &listed[0]["id"]).await, seen);
    assert_eq!(list(&app, &manager, "?state=released").await, listed);
    assert_eq!(list(&app, &manager, "?state=withdrawn").await, Vec::<Value>::new());
    app.advance(DAY);
    let (manager, one) = (manager.renewed(&app), one.clone().renewed(&app));
    assert_eq!(list(&app, &manager, "?state=released").await, Vec::<Value>::new());
    assert_eq!(list(&app, &manager, "?state=withdrawn").await.len(), 1);
    let seen = report(&app, &manager, &listed[0]["id"]).await;
    assert_eq!(
        (&seen["state"], &seen["withdrawn_because"], &seen["content"]),
        (&json!("withdrawn"), &json!("The shopper made it up."), &Value::Null)
    );
    assert_eq!(list(&app, &manager, "").await[0]["score"], Value::Null);
    approve(&app, &one, visit).await.expect_problem(409, "wrong_state");
    all_is_right(&app).await;
}

async fn a_reviewer_sees_beforehand_what_goes_out(app: TestApp) {
    let world = World::build(&app).await;
    let (brand, staff) = (&world.brands[0], &world.staff);
    let to = staff.assignment(&app, brand.regions[0].branches[0].id, brand.version).await;
    let visit: VisitId = id();
    let mut body = visit_body(to, brand.version);
    body["answers"]["clean"]["comment"] = json!("My husband waited until 14:05.");
    app.put(&staff.shopper, path(visit), body).await.expect(201);
    let preview = format!("{}/report-preview", path(visit));
    let seen = app.get(&staff.reviewer, &preview).await.expect(200).json;
    let kinds: Vec<_> = seen["remarks"].as_array().unwrap().iter().map(|one| one["kind"].clone()).collect();
    assert_eq!(kinds, [json!("first_person"), json!("companion"), json!("time_of_day")], "{seen}");
    // What a reviewer is about to say to the branch is looked through as well.
    let words = json!({"text": "The shopper's wife waited; receipt 12345 shows it."});
    let remarks = format!("{}/remarks", path(visit));
    let found = app.post(&staff.reviewer, &remarks, words.clone()).await.expect(200);
    let kinds: Vec<_> = found.json["remarks"].as_array().unwrap().iter().map(|one| &one["kind"]).collect();
    assert_eq!(kinds, [&json!("companion"), &json!("number")], "{}", found.json);
    app.post(&staff.shopper, &remarks, words).await.expect_problem(403, "forbidden");
    approve(&app, &staff.reviewer, visit).await.expect(200);
    approve(&app, &staff.reviewer, brand.regions[0].branches[0].visit).await.expect(200);
    let seen = app.get(&staff.reviewer, &preview).await.expect(200).json;
    release_all(&app).await;
    let manager = manager(&app, &world).await;
    let mut same = 0;
    for one in list(&app, &manager, "").await {
        let out = report(&app, &manager, &one["id"]).await;
        same += usize::from(out["content"] == seen["content"]);
    }
    assert_eq!(same, 1, "what was seen is what went out");
}
