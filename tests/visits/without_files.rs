//! Visits whose files do not come: no visit waits for them for ever.

use incognito::{
    accounts::model::Role,
    ids::{AssignmentId, VersionId, VisitId},
    seals::salted::Salt,
    visits::store::steps,
};
use serde_json::{Value, json};

use crate::{
    app::{Answer, TestApp, each_engine_test, id},
    board::{add_campaign, add_job, claim},
    builders::{BrandWorld, World, visit_body},
    ledger::all_is_right,
    personas::Persona,
    receipts::with_photos,
    reviews::{approve, reject, reopen},
    uploads::File,
    visits::path,
};

each_engine_test!(
    it_stands_in_the_queue_after_the_time_of_its_campaign,
    it_is_taken_without_or_rejected,
    it_is_sent_anew_with_other_files,
);

const HOUR: i64 = 3_600;

/// A shopper who sends a visit with two files, of which one comes.
struct Case {
    world: World,
    version: VersionId,
    shopper: Persona,
    assignment: AssignmentId,
    visit: VisitId,
    came: File,
    lost: File,
}

impl Case {
    async fn new(app: &TestApp) -> Self {
        let world = World::build(app).await;
        let shopper = Persona::everywhere(app, Role::Shopper).await;
        let (checklist, version) = world.staff.checklist(app, world.brands[0].id, with_photos()).await;
        let brand = BrandWorld { checklist, version, ..world.brands[0].clone() };
        let campaign = add_campaign(app, &brand, json!({"limits": {"evidence_hours": 5}})).await;
        let branch = brand.regions[0].branches[0].id;
        let assignment = add_job(app, campaign, branch, (0, 100 * HOUR)).await;
        claim(app, &shopper, assignment).await.expect(200);
        let visit = id();
        let file = |seed| File::for_visit(visit, "image/jpeg", File::of(seed, 500).bytes);
        let case = Self { world, version, shopper, assignment, visit, came: file(1), lost: file(2) };
        let sent = case.send(app, &case.lost).await.expect(201);
        assert_eq!(sent.json["missing"], json!([case.came.id, case.lost.id]));
        case.came.put(app, &case.shopper).await.expect(201);
        case
    }

    /// Sends it with this file in the place of the one that is lost.
    async fn send(&self, app: &TestApp, other: &File) -> Answer {
        let mut body = visit_body(self.assignment, self.version);
        body["manifest"] = json!([self.came.listed("photos"), other.listed("photos")]);
        app.put(&self.shopper.clone().renewed(app), path(self.visit) + "?receipt=true", body).await
    }

    fn reviewer(&self, app: &TestApp) -> Persona {
        self.world.staff.reviewer.clone().renewed(app)
    }

    async fn queued(&self, app: &TestApp) -> Option<Value> {
        let queue = app.get(&self.reviewer(app), "/v1/reviews?limit=200").await.expect(200);
        let items = queue.json["items"].as_array().unwrap();
        assert!(items.is_sorted_by_key(|one| one["received_at"].as_str().unwrap().to_owned()), "{queue}");
        items.iter().find(|one| one["visit_id"] == json!(self.visit)).cloned()
    }

    async fn decide(&self, app: &TestApp, who: &Persona, how: &str) -> Answer {
        app.post(who, format!("{}/{how}", path(self.visit)), json!({"reason": "It was lost."})).await
    }
}

async fn it_stands_in_the_queue_after_the_time_of_its_campaign(app: TestApp) {
    let case = Case::new(&app).await;
    assert_eq!(case.queued(&app).await, None);
    app.advance(5 * HOUR - 1);
    assert_eq!(case.queued(&app).await, None);
    app.advance(1);
    let queued = case.queued(&app).await.unwrap();
    assert_eq!((&queued["state"], &queued["missing"]), (&json!("submitted"), &json!([case.lost.id])));
    let mut pages = Vec::new();
    let mut next = "/v1/reviews?limit=3".to_owned();
    loop {
        let page = app.get(&case.reviewer(&app), &next).await.expect(200);
        pages.extend(page.json["items"].as_array().unwrap().iter().map(|one| one["visit_id"].clone()));
        let Some(cursor) = page.json["next_cursor"].as_str() else { break };
        next = format!("/v1/reviews?limit=3&cursor={cursor}");
    }
    let whole = app.get(&case.reviewer(&app), "/v1/reviews?limit=200").await.expect(200);
    let whole: Vec<_> =
        whole.json["items"].as_array().unwrap().iter().map(|one| one["visit_id"].clone()).collect();
    assert_eq!(pages, whole, "page by page");
    approve(&app, &case.reviewer(&app), case.visit).await.expect_problem(409, "wrong_state");
    case.lost.put(&app, &case.shopper.clone().renewed(&app)).await.expect(201);
    assert_eq!(case.queued(&app).await.unwrap()["state"], "complete", "what comes at last completes it");
}

async fn it_is_taken_without_or_rejected(app: TestApp) {
    let case = Case::new(&app).await;
    let reviewer = case.reviewer(&app);
    let take = "review/take-without";
    for (who, status) in [(&case.shopper, 403), (&case.world.staff.scheduler, 403)] {
        case.decide(&app, who, take).await.expect(status);
    }
    let blank = app.post(&reviewer, format!("{}/{take}", path(case.visit)), json!({})).await;
    blank.expect_invalid("/reason");
    app.advance(60);
    let taken = case.decide(&app, &reviewer, take).await.expect(200);
    assert_eq!(taken.json["state"], "complete");
    app.advance(60);
    assert_eq!(case.decide(&app, &reviewer, take).await.expect(200).bytes, taken.bytes, "the same again");
    let another = Persona::everywhere(&app, Role::Reviewer).await;
    case.decide(&app, &another, take).await.expect_problem(409, "wrong_state");
    // The receipt attests what came, and nothing else, also when the rest comes after all.
    let receipt = app.get(&case.shopper, path(case.visit) + "/receipt").await.expect(200);
    let attested = |jws: &str| -> Value {
        let payload = jws.split('.').nth(1).unwrap();
        let payload = data_encoding::BASE64URL_NOPAD.decode(payload.as_bytes()).unwrap();
        serde_json::from_slice(&payload).unwrap()
    };
    let text = String::from_utf8(receipt.bytes.to_vec()).unwrap();
    let sent = case.send(&app, &case.lost).await.expect(201);
    let salt: Salt = serde_json::from_value(sent.json["salts"]["/manifest/0/sha256"].clone()).unwrap();
    let salted = salt.digest(&case.came.digest()).unwrap();
    assert_eq!(attested(&text)["manifest"], json!([{"id": case.came.id, "salted": salted}]));
    all_is_right(&app).await;
    assert_eq!(sent.text("/receipt"), text);
    case.lost.put(&app, &case.shopper).await.expect(201);
    let again = app.get(&case.shopper, path(case.visit) + "/receipt").await.expect(200);
    assert_eq!(again.bytes, receipt.bytes);
    approve(&app, &reviewer, case.visit).await.expect(200);
    all_is_right(&app).await;

    let other = Case::new(&app).await;
    reject(&app, &other.reviewer(&app), other.visit).await.expect(200);
    assert_eq!(other.queued(&app).await, None);
    // What is reopened waits for its files as before, or is whole if they have come meanwhile.
    app.advance(1);
    reopen(&app, &other.reviewer(&app), other.visit).await.expect(200);
    let state = async || app.get(&other.reviewer(&app), path(other.visit)).await.expect(200).text("/state");
    assert_eq!(state().await, "submitted");
    all_is_right(&app).await;
    app.advance(1);
    reject(&app, &other.reviewer(&app), other.visit).await.expect(200);
    other.lost.put(&app, &other.shopper).await;
    app.advance(1);
    all_is_right(&app).await;
    let reopened = reopen(&app, &other.reviewer(&app), other.visit).await.expect(200);
    assert_eq!((reopened.text("/state"), state().await), ("complete".into(), "complete".into()));
    all_is_right(&app).await;
    app.advance(1);
    reject(&app, &other.reviewer(&app), other.visit).await.expect(200);
    all_is_right(&app).await;
    let work = app.get(&other.shopper, "/v1/me/work").await.expect(200);
    assert_eq!(work.json["visits"][0]["state"], "rejected", "{work}");
}

async fn it_is_sent_anew_with_other_files(app: TestApp) {
    let case = Case::new(&app).await;
    let stranger = Persona::everywhere(&app, Role::Shopper).await;
    let visit = case.visit;
    let file = |seed| File::for_visit(visit, "image/jpeg", File::of(seed, 700).bytes);
    // Its bytes have changed since it was hashed.
    let mut changed = case.lost.clone();
    changed.bytes = File::of(9, 800).bytes;
    changed.put(&app, &case.shopper).await.expect_problem(409, "evidence_differs");
    case.send(&app, &changed).await.expect_problem(409, "visit_differs");
    case.decide(&app, &stranger, "send-anew").await.expect_problem(404, "not_found");
    case.decide(&app, &case.world.staff.administrator, "send-anew").await.expect_problem(403, "forbidden");
    let asked = case.decide(&app, &case.shopper, "send-anew").await.expect(200);
    assert_eq!(asked.json["state"], "submitted");
    app.advance(1);
    assert_eq!(case.decide(&app, &case.shopper, "send-anew").await.expect(200).bytes, asked.bytes);
    assert_eq!(
        app.db().read(move |conn| steps::latest(conn, visit)).await.unwrap().len(),
        1,
        "the same again"
    );
    let work = app.get(&case.shopper, "/v1/me/work").await.expect(200);
    let listed = &work.json["visits"][0];
    assert_eq!((&listed["send_anew"], &listed["reason"]), (&json!(true), &json!("It was lost.")), "{work}");

    // It has been waited for long enough, and is given the time of a return.
    app.advance(5 * HOUR);
    assert_eq!(case.queued(&app).await, None);
    app.advance(67 * HOUR - 1);
    assert_eq!(case.queued(&app).await.unwrap()["state"], "submitted");
    let case = Case { shopper: case.shopper.clone().renewed(&app), ..case };

    all_is_right(&app).await;
    // With the same answers only.
    let mut body = visit_body(case.assignment, case.version);
    body["answers"]["greeted"]["value"] = json!(false);
    body["manifest"] = json!([case.came.listed("photos"), changed.listed("photos")]);
    app.put(&case.shopper, path(case.visit), body).await.expect_problem(409, "visit_differs");
    let anew = case.send(&app, &changed).await.expect(201);
    assert_eq!((&anew.json["state"], &anew.json["missing"]), (&json!("submitted"), &json!([changed.id])));
    assert_eq!(case.send(&app, &changed).await.expect(201).bytes, anew.bytes, "the same again");
    all_is_right(&app).await;
    case.send(&app, &case.lost).await.expect_problem(409, "visit_differs");
    changed.put(&app, &case.shopper).await.expect(201);
    let whole = case.send(&app, &changed).await.expect(201);
    assert_eq!(whole.json["state"], "complete");
    assert_eq!(whole.json["content_hash"], anew.json["content_hash"]);
    assert_eq!(whole.json["salts"], anew.json["salts"]);
    all_is_right(&app).await;
    case.decide(&app, &case.shopper, "send-anew").await.expect_problem(409, "wrong_state");

    // A reviewer and a scheduler may say so too, and a file that is here already completes it.
    for who in [Role::Reviewer, Role::Scheduler] {
        let case = Case::new(&app).await;
        let who = Persona::everywhere(&app, who).await;
        let other = File::for_visit(case.visit, "image/jpeg", file(4).bytes);
        case.decide(&app, &who, "send-anew").await.expect(200);
        case.send(&app, &other).await.expect(201);
        other.put(&app, &case.shopper).await.expect(201);
        approve(&app, &case.reviewer(&app), case.visit).await.expect(200);
    }
    // A late copy of what was asked asks for nothing any more, if it has a key.
    let case = Case::new(&app).await;
    let (key, body) = (id::<()>().to_string(), json!({"reason": "It was lost."}));
    let ask = || {
        let asked = app.post(&case.shopper, path(case.visit) + "/send-anew", body.clone());
        asked.header("idempotency-key", key.as_str())
    };
    ask().await.expect(200);
    case.send(&app, &File::for_visit(case.visit, "image/jpeg", file(7).bytes)).await.expect(201);
    let steps = async || {
        let history = app.get(&case.shopper, path(case.visit) + "/history").await.expect(200);
        history.json["items"].as_array().unwrap().len()
    };
    let before = steps().await;
    ask().await.expect(200);
    assert_eq!(steps().await, before);
    // Sent anew twice, both before anything of it is sealed.
    let case = Case::new(&app).await;
    for seed in [5, 6] {
        app.advance(1);
        case.decide(&app, &case.shopper, "send-anew").await.expect(200);
        app.advance(1);
        case.send(&app, &File::for_visit(case.visit, "image/jpeg", file(seed).bytes)).await.expect(201);
    }
    all_is_right(&app).await;
}
