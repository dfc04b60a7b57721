//! Returns: what a reviewer asks anew, and what a shopper answers, exactly once.

use std::collections::BTreeMap;

use actix_web::http::Method;
use futures_util::future::join_all;
use incognito::{
    ids::{ReturnReasonId, VisitId},
    visits::{lapse::LapseReturns, store},
    work::Task,
};
use serde_json::{Value, json};

use super::{approve, by_lot::made_by, desk::look, reject, reopen};
use crate::{
    app::{Answer, TestApp, each_engine_test, id},
    builders::{World, visit_body},
    ledger::all_is_right,
    personas::Persona,
    uploads::File,
    visits::{facts, path},
};

each_engine_test!(
    what_was_asked_is_answered_once,
    only_what_was_asked_is_answered,
    what_is_asked_is_checked,
    what_comes_late_is_taken_until_something_is_decided,
    files_are_added_and_none_is_replaced,
    a_visit_is_returned_so_often_and_no_more,
    of_64_revisions_at_once_one_is_kept,
    a_return_is_taken_back,
    the_list_of_reasons_is_the_operators,
    the_time_to_decide_counts_from_when_a_visit_comes_back,
);

/// A reason on the operator's list.
pub async fn reason(app: &TestApp, world: &World) -> ReturnReasonId {
    let id = id();
    let texts =
        json!({"texts": {"en": "The answer and the comment contradict each other.", "fr": "Contradiction."}});
    let administrator = world.staff.administrator.clone().renewed(app);
    app.put(&administrator, format!("/v1/return-reasons/{id}"), texts).await.expect(201);
    id
}

pub async fn send_back(app: &TestApp, who: &Persona, visit: VisitId, body: Value) -> Answer {
    app.post(&who.clone().renewed(app), path(visit) + "/review/return", body).await
}

/// Asks these questions anew.
pub fn asking(questions: &[&str], reason: ReturnReasonId) -> Value {
    let ask = |question: &&str| json!({"question": question, "reason_id": reason});
    json!({"questions": questions.iter().map(ask).collect::<Vec<_>>()})
}

async fn revise(app: &TestApp, who: &Persona, visit: VisitId, number: i32, body: Value) -> Answer {
    let address = format!("{}/revisions/{number}?receipt=true", path(visit));
    app.put(&who.clone().renewed(app), address, body).await
}

/// What the phone is shown of the visit in its work.
async fn in_work(app: &TestApp, shopper: &Persona, visit: VisitId) -> Value {
    let work = app.get(&shopper.clone().renewed(app), "/v1/me/work").await.expect(200);
    let visits = work.json["visits"].as_array().unwrap().clone();
    visits.into_iter().find(|one| one["id"] == json!(visit)).unwrap()
}

async fn state(app: &TestApp, visit: VisitId) -> String {
    let found = app.db().read(move |conn| store::find(conn, visit)).await.unwrap();
    found.unwrap().head.state.to_string()
}

async fn what_was_asked_is_answered_once(app: TestApp) {
    let world = World::build(&app).await;
    let (reviewer, shopper) = (&world.staff.reviewer, &world.staff.shopper);
    let (brand, branch) = (&world.brands[0], &world.brands[0].regions[0].branches[0]);
    let visit = branch.visit;
    let first = visit_body(branch.assignment, brand.version);
    let sent = app.put(shopper, path(visit) + "?receipt=true", first.clone()).await.expect(201);
    let reason = reason(&app, &world).await;
    app.advance(60);
    let mut ask = asking(&["greeted", "waited"], reason);
    ask["reason"] = json!("Two things are not clear.");
    ask["questions"][1]["words"] = json!("The receipt says otherwise.");
    let returned = send_back(&app, reviewer, visit, ask.clone()).await.expect(200);
    let wanted =
        json!({"visit_id": visit, "state": "returned", "revision": 1, "answer_by": "2026-03-18T10:01:00Z"});
    assert_eq!(returned.json, wanted);
    app.advance(5);
    assert_eq!(send_back(&app, reviewer, visit, ask).await.expect(200).json, wanted, "the same again");
    let waiting = in_work(&app, shopper, visit).await;
    let texts = json!({"en": "The answer and the comment contradict each other.", "fr": "Contradiction."});
    let asked = json!({"revision": 1, "answer_by": "2026-03-18T10:01:00Z", "questions": [
        {"question": "greeted", "reason_id": reason, "reason": texts, "words": null},
        {"question": "waited", "reason_id": reason, "reason": texts, "words": "The receipt says otherwise."},
    ]});
    assert_eq!((&waiting["state"], &waiting["returned"]), (&json!("returned"), &asked), "{waiting}");
    assert_eq!(waiting["reason"], "Two things are not clear.");
    // It is not in the queue, and nothing is decided about it.
    let queue = app.get(&reviewer.clone().renewed(&app), "/v1/reviews?limit=200").await.expect(200);
    assert!(!queue.to_string().contains(&visit.to_string()), "{queue}");
    approve(&app, &reviewer.clone().renewed(&app), visit).await.expect_problem(409, "wrong_state");

    app.advance(60);
    let answer =
        json!({"answers": {"greeted": {"value": false}, "waited": {"value": "short", "comment": "Timed."}}});
    let revised = revise(&app, shopper, visit, 1, answer.clone()).await.expect(201);
    let facts_of_it = ["state", "revision", "score"].map(|name| revised.json[name].clone());
    assert_eq!(facts_of_it, [json!("complete"), json!(1), json!(8_750)], "{revised}");
    assert_ne!(revised.json["content_hash"], sent.json["content_hash"]);
    app.advance(60);
    let again = revise(&app, shopper, visit, 1, answer.clone()).await.expect(201);
    assert_eq!(again.json, revised.json, "the same again");
    let receipt = app.get(&shopper.clone().renewed(&app), path(visit) + "/receipt").await.expect(200);
    assert_eq!(revised.text("/receipt").as_bytes(), receipt.bytes);
    let payload = crate::receipts::verified(&app, &revised.text("/receipt")).await;
    assert_eq!((&payload["revision"], &payload["completed_at"]), (&json!(1), &json!("2026-03-15T10:02:05Z")));
    assert_eq!(payload["content_hash"], revised.json["content_hash"]);
    let mut other = answer;
    other["answers"]["greeted"]["value"] = json!(true);
    let differs = revise(&app, shopper, visit, 1, other).await.expect_problem(409, "visit_differs");
    assert_eq!(differs.json["errors"][0]["pointer"], "/answers/greeted/value", "{differs}");
    // What came first is answered as it was: a copy of it may come late.
    let late = app
        .put(&shopper.clone().renewed(&app), path(visit) + "?receipt=true", first.clone())
        .await
        .expect(201);
    assert_eq!(facts(&late), facts(&sent));
    assert_eq!(late.json["receipt"], sent.json["receipt"], "the receipt of what came first stays");
    let mut never = first;
    never["answers"]["clean"]["value"] = json!(1);
    app.put(&shopper.clone().renewed(&app), path(visit), never).await.expect_problem(409, "visit_differs");

    let seen = app.get(&reviewer.clone().renewed(&app), path(visit)).await.expect(200);
    assert_eq!(seen.json["content"]["answers"]["greeted"], json!({"value": false}), "{seen}");
    assert_eq!(
        (&seen.json["revision"], &seen.json["revised_at"]),
        (&json!(1), &json!("2026-03-15T10:02:05Z"))
    );
    for who in [reviewer, shopper] {
        let revisions = app.get(&who.clone().renewed(&app), path(visit) + "/revisions").await.expect(200);
        let changes = json!([
            {"question": "greeted", "before": {"value": true}, "after": {"value": false}, "files": []},
            {"question": "waited", "before": {"value": "short"}, "after": {"value": "short", "comment": "Timed."},
                "files": []},
        ]);
        let item = json!({"revision": 1, "asked": asked, "asked_at": "2026-03-15T10:01:00Z",
            "answered_at": "2026-03-15T10:02:05Z", "changes": changes});
        assert_eq!(revisions.json, json!({"items": [item]}));
        let history = app.get(&who.clone().renewed(&app), path(visit) + "/history").await.expect(200);
        let what: Vec<_> = history.json["items"].as_array().unwrap().iter().map(|one| &one["what"]).collect();
        assert_eq!(what, ["arrived", "completed", "returned", "revised"], "{history}");
    }
    approve(&app, &reviewer.clone().renewed(&app), visit).await.expect(200);
    let score = format!("/v1/branches/{}/score?from=2026-03&to=2026-03", branch.id);
    let counted = app.get(&world.staff.administrator.clone().renewed(&app), score).await.expect(200);
    assert_eq!(counted.json["visits"], 1, "{counted}");
    all_is_right(&app).await;
}

async fn only_what_was_asked_is_answered(app: TestApp) {
    let world = World::build(&app).await;
    let (reviewer, shopper) = (&world.staff.reviewer, &world.staff.shopper);
    let visit = world.brands[0].regions[0].branches[0].visit;
    let reason = reason(&app, &world).await;
    let greeted = json!({"answers": {"greeted": {"value": false}}});
    revise(&app, shopper, visit, 1, greeted.clone()).await.expect_problem(409, "wrong_state");
    send_back(&app, reviewer, visit, asking(&["greeted"], reason)).await.expect(200);
    let wrong = json!({"answers": {"clean": {"value": 1}, "remarks": {"value": "New."}, "nowhere": {"value": 1}},
        "manifest": [File::for_visit(visit, "image/jpeg", vec![1]).listed("clean")]});
    let refused = revise(&app, shopper, visit, 1, wrong).await.expect_problem(422, "invalid");
    let errors: BTreeMap<_, _> = refused.json["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["pointer"].as_str().unwrap(), one["code"].as_str().unwrap()))
        .collect();
    // A question that had no answer may get one.
    let wanted = [
        ("/answers/clean", "not_asked"),
        ("/answers/greeted", "required"),
        ("/answers/nowhere", "unknown_question"),
        ("/manifest/0/question", "not_asked"),
    ];
    for (pointer, code) in wanted {
        assert_eq!(errors.get(pointer), Some(&code), "{refused}");
    }
    assert!(!errors.contains_key("/answers/remarks"), "{refused}");
    let bad = json!({"answers": {"greeted": {"value": "perhaps"}}});
    revise(&app, shopper, visit, 1, bad).await.expect_invalid("/answers/greeted/value");
    revise(&app, shopper, visit, 2, greeted.clone()).await.expect_problem(409, "wrong_state");
    revise(&app, shopper, visit, 0, greeted.clone()).await.expect(404);
    let other = Persona::everywhere(&app, incognito::accounts::model::Role::Shopper).await;
    revise(&app, &other, visit, 1, greeted.clone()).await.expect(404);
    assert_eq!(state(&app, visit).await, "returned");
    revise(&app, shopper, visit, 1, greeted).await.expect(201);
    all_is_right(&app).await;
}

async fn what_is_asked_is_checked(app: TestApp) {
    let world = World::build(&app).await;
    let reviewer = &world.staff.reviewer;
    let visit = world.brands[0].regions[0].branches[0].visit;
    let (reason, retired) = (reason(&app, &world).await, id::<()>());
    let body = json!({"texts": {"en": "Old."}, "retired": true});
    app.put(&world.staff.administrator, format!("/v1/return-reasons/{retired}"), body).await.expect(201);
    send_back(&app, reviewer, visit, json!({"questions": []})).await.expect_invalid("/questions");
    let mut ask = asking(&["greeted", "nowhere", "greeted", "clean"], reason);
    ask["questions"][3]["reason_id"] = json!(retired);
    let refused = send_back(&app, reviewer, visit, ask).await.expect_problem(422, "invalid");
    let errors: BTreeMap<_, _> = refused.json["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["pointer"].as_str().unwrap(), one["code"].as_str().unwrap()))
        .collect();
    assert_eq!(
        errors,
        [
            ("/questions/1/question", "unknown"),
            ("/questions/2/question", "duplicate"),
            ("/questions/3/reason_id", "retired")
        ]
        .into(),
        "{refused}"
    );
    send_back(&app, reviewer, visit, asking(&["greeted"], id()))
        .await
        .expect_invalid("/questions/0/reason_id");
    assert_eq!(state(&app, visit).await, "complete");
}

async fn what_comes_late_is_taken_until_something_is_decided(app: TestApp) {
    let world = World::build(&app).await;
    let (reviewer, shopper) = (&world.staff.reviewer, &world.staff.shopper);
    let [visit, second] = world.brands[0].regions[0].branches.each_ref().map(|branch| branch.visit);
    let reason = reason(&app, &world).await;
    for visit in [visit, second] {
        send_back(&app, reviewer, visit, asking(&["greeted"], reason)).await.expect(200);
    }
    let lapse = async || LapseReturns::default().run(app.app(), &()).await.unwrap();
    app.advance(72 * 3_600 - 1);
    lapse().await;
    assert_eq!(state(&app, visit).await, "returned", "there is a second left");
    app.advance(1);
    lapse().await;
    lapse().await;
    assert_eq!((state(&app, visit).await, state(&app, second).await), ("complete".into(), "complete".into()));
    assert_eq!(in_work(&app, shopper, visit).await["returned"], Value::Null);
    reject(&app, &reviewer.clone().renewed(&app), second).await.expect(200);
    let answer = json!({"answers": {"greeted": {"value": false}}});
    let taken = revise(&app, shopper, visit, 1, answer.clone()).await.expect(201);
    assert_eq!((&taken.json["state"], &taken.json["score"]), (&json!("complete"), &json!(8_750)), "{taken}");
    let refused = revise(&app, shopper, second, 1, answer).await.expect_problem(409, "wrong_state");
    assert!(refused.text("/detail").contains("rejected"), "{refused}");
    let history = app.get(&shopper.clone().renewed(&app), path(visit) + "/history").await.expect(200);
    let what: Vec<_> = history.json["items"].as_array().unwrap().iter().map(|one| &one["what"]).collect();
    assert_eq!(what, ["arrived", "completed", "returned", "lapsed", "revised"], "{history}");
    all_is_right(&app).await;
}

async fn files_are_added_and_none_is_replaced(app: TestApp) {
    let world = World::build(&app).await;
    let (reviewer, shopper) = (&world.staff.reviewer, &world.staff.shopper);
    let (visit, body, photo) = crate::evidence::visit_with_photo(&app, &world).await;
    app.put(shopper, path(visit), body).await.expect(201);
    photo.put(&app, shopper).await.expect(201);
    let reason = reason(&app, &world).await;
    send_back(&app, reviewer, visit, asking(&["photos"], reason)).await.expect(200);
    let another = File::for_visit(visit, "image/jpeg", crate::evidence::tagged_jpeg());
    let mut replaced = photo.listed("photos");
    replaced["size"] = json!(7);
    revise(&app, shopper, visit, 1, json!({"manifest": [replaced]})).await.expect_invalid("/manifest/0");
    revise(&app, shopper, visit, 1, json!({})).await.expect_invalid("/answers/photos");
    let answer = json!({"manifest": [another.listed("photos")]});
    let early = revise(&app, shopper, visit, 1, answer.clone()).await.expect_problem(409, "not_complete");
    assert_eq!(early.json["missing"], json!([another.id]), "{early}");
    assert_eq!(state(&app, visit).await, "returned");
    another.put(&app, &shopper.clone().renewed(&app)).await.expect(201);
    let revised = revise(&app, shopper, visit, 1, answer.clone()).await.expect(201);
    assert_eq!(
        (&revised.json["state"], &revised.json["missing"]),
        (&json!("complete"), &json!([])),
        "{revised}"
    );
    let payload = crate::receipts::verified(&app, &revised.text("/receipt")).await;
    assert_eq!(payload["manifest"].as_array().unwrap().len(), 2, "{payload}");
    assert_eq!(revise(&app, shopper, visit, 1, answer).await.expect(201).json, revised.json);
    let revisions = app.get(&reviewer.clone().renewed(&app), path(visit) + "/revisions").await.expect(200);
    assert_eq!(revisions.json["items"][0]["changes"][0]["files"][0]["id"], json!(another.id), "{revisions}");
    all_is_right(&app).await;
}

async fn a_visit_is_returned_so_often_and_no_more(app: TestApp) {
    let world = World::build(&app).await;
    let (reviewer, shopper) = (&world.staff.reviewer, &world.staff.shopper);
    let visit = world.brands[0].regions[0].branches[0].visit;
    let reason = reason(&app, &world).await;
    for (number, good) in [(1, false), (2, true), (3, false)] {
        let returned = send_back(&app, reviewer, visit, asking(&["greeted"], reason)).await.expect(200);
        assert_eq!(returned.json["revision"], json!(number));
        app.advance(60);
        let answer = json!({"answers": {"greeted": {"value": good}}});
        revise(&app, shopper, visit, number, answer).await.expect(201);
    }
    let often = send_back(&app, reviewer, visit, asking(&["greeted"], reason))
        .await
        .expect_problem(409, "wrong_state");
    assert!(often.text("/detail").contains("3 times"), "{often}");
    // An earlier revision that comes once more is answered as it was.
    let again =
        revise(&app, shopper, visit, 2, json!({"answers": {"greeted": {"value": true}}})).await.expect(201);
    assert_eq!((&again.json["revision"], &again.json["score"]), (&json!(2), &json!(10_000)), "{again}");
    let revisions = app.get(&reviewer.clone().renewed(&app), path(visit) + "/revisions").await.expect(200);
    let values: Vec<_> = revisions.json["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            (one["changes"][0]["before"]["value"].clone(), one["changes"][0]["after"]["value"].clone())
        })
        .collect();
    assert_eq!(json!(values), json!([[true, false], [false, true], [true, false]]), "{revisions}");
    all_is_right(&app).await;
}

async fn of_64_revisions_at_once_one_is_kept(app: TestApp) {
    let world = World::build(&app).await;
    let (reviewer, shopper) = (&world.staff.reviewer, &world.staff.shopper);
    let visit = world.brands[0].regions[0].branches[0].visit;
    let reason = reason(&app, &world).await;
    send_back(&app, reviewer, visit, asking(&["clean"], reason)).await.expect(200);
    app.advance(1);
    let answers = join_all((0..64).map(|number| {
        revise(&app, shopper, visit, 1, json!({"answers": {"clean": {"value": number % 5 + 1}}}))
    }))
    .await;
    let kept = app.get(&reviewer.clone().renewed(&app), path(visit)).await.expect(200);
    let value = kept.json["content"]["answers"]["clean"]["value"].as_i64().unwrap();
    for (number, answer) in (0..64).zip(&answers) {
        let wanted = if number % 5 + 1 == value { (201, "") } else { (409, "visit_differs") };
        assert_eq!((answer.status, answer.code()), wanted, "{answer}");
    }
    let steps = app.db().read(move |conn| store::steps::latest(conn, visit)).await.unwrap();
    assert_eq!(steps.len(), 2);
    all_is_right(&app).await;
}

async fn a_return_is_taken_back(app: TestApp) {
    let world = World::build(&app).await;
    let (reviewer, shopper) = (&world.staff.reviewer, &world.staff.shopper);
    let visit = world.brands[0].regions[0].branches[0].visit;
    let reason = reason(&app, &world).await;
    send_back(&app, reviewer, visit, asking(&["greeted"], reason)).await.expect(200);
    let back = reopen(&app, reviewer, visit).await.expect(200);
    assert_eq!(back.json["state"], "complete");
    let answer = json!({"answers": {"greeted": {"value": false}}});
    revise(&app, shopper, visit, 1, answer).await.expect_problem(409, "wrong_state");
    approve(&app, reviewer, visit).await.expect(200);
    all_is_right(&app).await;
}

async fn the_list_of_reasons_is_the_operators(app: TestApp) {
    let world = World::build(&app).await;
    let reason = reason(&app, &world).await;
    let address = format!("/v1/return-reasons/{reason}");
    let of_brand =
        Persona::with(&app, &[(incognito::accounts::model::Role::Administrator, world.brands[0].scope())])
            .await;
    let other = json!({"texts": {"en": "Another."}});
    app.put(&of_brand, &address, other.clone()).if_match("*").await.expect_problem(403, "forbidden");
    let listed = app.get(&world.staff.reviewer, "/v1/return-reasons").await.expect(200);
    assert_eq!(listed.json["items"][0]["id"], json!(reason), "{listed}");
    let seen = app.get(&world.staff.reviewer, &address).await.expect(200);
    app.put(&world.staff.administrator, &address, other.clone()).await.expect(428);
    app.put(&world.staff.administrator, &address, other).if_match(seen.etag()).await.expect(200);
    let wrong = json!({"texts": {}});
    app.put(&world.staff.administrator, format!("/v1/return-reasons/{}", id::<()>()), wrong)
        .await
        .expect_invalid("/texts");
    app.call(Method::GET, &address).by(&world.staff.shopper).await.expect(403);
    all_is_right(&app).await;
}

/// A reviewer who gets a visit back has as long for it as for one that has just come.
async fn the_time_to_decide_counts_from_when_a_visit_comes_back(app: TestApp) {
    const HOURS: i64 = 6;
    let world = World::build(&app).await;
    let limits = [("/terms/limits/review_hours", json!(HOURS)), ("/terms/limits/return_hours", json!(24))];
    let (phone, visits) = made_by(&app, &world, 1, &limits).await;
    let visit = visits[0];
    let reviewer = &world.staff.reviewer;
    let due = async || {
        look(&app).await;
        let queue = app.get(&reviewer.clone().renewed(&app), "/v1/reviews?limit=200").await.expect(200);
        let items = queue.json["items"].as_array().unwrap().clone();
        items.into_iter().find(|one| one["visit_id"] == json!(visit)).unwrap()["review_due_at"].clone()
    };
    let in_time = || json!(app.now().plus_seconds(HOURS * 3_600));
    assert_eq!(due().await, in_time());
    let reason = reason(&app, &world).await;
    let wanted = json!({"answers": {"greeted": {"value": false}}});
    // It was revised.
    send_back(&app, reviewer, visit, asking(&["greeted"], reason)).await.expect(200);
    app.advance(5 * 3_600);
    revise(&app, &phone, visit, 1, wanted).await.expect(201);
    let of_revision = in_time();
    assert_eq!(due().await, of_revision);
    app.advance(60);
    assert_eq!(due().await, of_revision);
    // It was decided about, and that was taken back.
    approve(&app, &reviewer.clone().renewed(&app), visit).await.expect(200);
    app.advance(7 * 3_600);
    reopen(&app, &reviewer.clone().renewed(&app), visit).await.expect(200);
    assert_eq!(due().await, in_time());
    // Its shopper did not answer.
    send_back(&app, reviewer, visit, asking(&["greeted"], reason)).await.expect(200);
    app.advance(25 * 3_600);
    LapseReturns {}.run(app.app(), &()).await.unwrap();
    assert_eq!(due().await, in_time());
}
