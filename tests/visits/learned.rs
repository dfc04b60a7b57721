//! What a shopper learns: of the own visits grades, reasons and what is owed; and of points and scores nothing, where the
//! campaign says so.

use data_encoding::BASE64URL_NOPAD as BASE64URL;
use incognito::ids::{AssignmentId, VisitId};
use serde_json::{Value, json};

use crate::{
    app::{Answer, TestApp, each_engine_test, id},
    board::{add_campaign, add_job, claim},
    builders::{BrandWorld, World, content, visit_body},
    personas::Persona,
    reviews::{
        approve, reject,
        returns::{asking, reason, send_back},
    },
    trust::watchful,
};

each_engine_test!(
    where_a_campaign_shows_no_scores_no_byte_tells_them,
    where_it_shows_them_they_are_there,
    grades_say_why_and_what_is_owed,
    no_answer_tells_which_question_is_a_control,
);

/// Numbers that nothing else has.
const CANARIES: [i64; 6] = [713, 619, 617, 4_321, 8_123, 711];

/// A checklist that is full of weights, points, bands and effects.
fn canaries() -> Value {
    let mut content = content();
    content["sections"][0]["weight"] = json!(711);
    let questions = content["sections"][0]["questions"].as_array_mut().unwrap();
    questions[0]["weight"] = json!(713);
    questions[0]["critical"] = json!({"effect": "cap", "score": 4_321});
    questions[0]["comment"] = json!({"when": "below", "share": 8_123});
    questions[1]["answer"]["options"][0]["points"] = json!(619);
    let story = json!({"key": "story", "text": {"en": "Tell it."}, "required": false, "bonus": true,
        "answer": {"kind": "text", "bands": [{"up_to": 10, "points": 0}, {"points": 617}]}});
    content["sections"][1]["questions"].as_array_mut().unwrap().push(story);
    content
}

/// Where an answer tells what answers earn: the members and numbers that do.
fn telling(value: &Value, score: i64, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                let is_telling = match name.as_str() {
                    "points" | "bands" | "critical" | "earned" | "possible" | "most_points" => true,
                    "score" => !value.is_null(),
                    "weight" => *value != json!(1),
                    "bonus" | "reversed" => *value != json!(false),
                    _ => false,
                };
                if is_telling {
                    found.push(format!("{name}: {value}"));
                }
                telling(value, score, found);
            }
        }
        Value::Array(all) => all.iter().for_each(|one| telling(one, score, found)),
        Value::Number(number) => {
            let number = number.as_i64().unwrap_or_default();
            if number == score || CANARIES.contains(&number) {
                found.push(number.to_string());
            }
        }
        _ => {}
    }
}

/// A visit for a campaign that shows scores or does not, and all that its shopper's phone gets of it.
struct Case {
    world: World,
    brand: BrandWorld,
    shopper: Persona,
    job: AssignmentId,
    visit: VisitId,
    arrival: Answer,
}

impl Case {
    async fn new(app: &TestApp, shows: bool) -> Self {
        let world = World::build(app).await;
        let mut brand = world.brands[0].clone();
        brand.version = world.staff.checklist(app, brand.id, canaries()).await.1;
        let campaign = add_campaign(app, &brand, json!({"show_scores": shows})).await;
        let job = add_job(app, campaign, brand.regions[0].branches[0].id, (0, 7 * 86_400)).await;
        let shopper = world.staff.shopper.clone();
        claim(app, &shopper, job).await.expect(200);
        let visit = id();
        let mut body = visit_body(job, brand.version);
        body["answers"]["waited"]["value"] = json!("long");
        let path = format!("/v1/visits/{visit}?receipt=true");
        let arrival = app.put(&shopper, path, body).await.expect(201);
        Self { world, brand, shopper, job, visit, arrival }
    }

    /// All that a phone gets: the bundle, the arrival, the receipt, the history, the work, the lists.
    async fn all(&self, app: &TestApp) -> Vec<(String, Answer)> {
        let (version, visit) = (self.brand.version, self.visit);
        let mut all = vec![("the arrival".to_owned(), self.arrival.clone())];
        for path in [
            format!("/v1/checklist-versions/{version}"),
            format!("/v1/checklist-versions/{version}?language=en"),
            format!("/v1/visits/{visit}"),
            format!("/v1/visits/{visit}/history"),
            format!("/v1/visits/{visit}/receipt"),
            "/v1/visits".to_owned(),
            "/v1/me/work".to_owned(),
            "/v1/me/visits".to_owned(),
            "/v1/jobs".to_owned(),
        ] {
            all.push((path.clone(), app.get(&self.shopper, path).await.expect(200)));
        }
        let lines = app.get(&self.shopper, "/v1/visits").header("accept", "application/jsonl");
        all.push(("lines".to_owned(), lines.await.expect(200)));
        all
    }
}

/// What an answer says, also in the payload of a receipt and in each of its lines.
fn values(answer: &Answer) -> Vec<Value> {
    let text = String::from_utf8_lossy(&answer.bytes).into_owned();
    let mut all = vec![answer.json.clone()];
    all.extend(text.lines().filter_map(|line| serde_json::from_str(line).ok()));
    let payload = text.split('.').nth(1).and_then(|part| BASE64URL.decode(part.as_bytes()).ok());
    all.extend(payload.and_then(|bytes| serde_json::from_slice(&bytes).ok()));
    all
}

async fn where_a_campaign_shows_no_scores_no_byte_tells_them(app: TestApp) {
    let case = Case::new(&app, false).await;
    let reviewer = &case.world.staff.reviewer;
    approve(&app, reviewer, case.visit).await.expect(200);
    let seen = app.get(reviewer, format!("/v1/visits/{}", case.visit)).await.expect(200);
    let score = seen.json["score"].as_i64().unwrap();
    assert!(score > 100, "a desk sees it: {score}");
    for (what, answer) in case.all(&app).await {
        // The other visits of this shopper are of no campaign, and show their scores.
        for mut value in values(&answer) {
            if let Some(items) = value["items"].as_array_mut() {
                items.retain(|one| one["assignment_id"] == json!(case.job) || one["score"].is_null());
            }
            if value["assignment_id"].is_string() && value["assignment_id"] != json!(case.job) {
                continue;
            }
            let mut found = Vec::new();
            telling(&value, score, &mut found);
            assert!(found.is_empty(), "{what}: {found:?} in {answer}");
        }
    }
    let path = format!("/v1/visits/{}/score", case.visit);
    app.get(&case.shopper, path).await.expect_problem(403, "forbidden");
    // Whose other role is a desk's sees the version whole, and a phone that has the blind one asks again.
    let version = format!("/v1/checklist-versions/{}", case.brand.version);
    let blind = app.get(&case.shopper, &version).await.expect(200);
    let whole = app.get(reviewer, &version).await.expect(200);
    assert_ne!(blind.etag(), whole.etag());
    assert!(!blind.header("cache-control").contains("immutable"), "{:?}", blind.headers);
    assert_eq!(whole.json["content"]["sections"][0]["weight"], 711);
    assert_eq!(blind.json["content"]["sections"][0]["questions"][0]["comment"], json!({"when": "always"}));
}

/// The same walk finds them where they are shown: so it can fail.
async fn where_it_shows_them_they_are_there(app: TestApp) {
    let case = Case::new(&app, true).await;
    let score = case.arrival.json["score"].as_i64().unwrap();
    let mut found = Vec::new();
    for (_, answer) in case.all(&app).await {
        values(&answer).iter().for_each(|value| telling(value, score, &mut found));
    }
    for canary in CANARIES.iter().chain([&score]) {
        assert!(found.contains(&canary.to_string()), "{canary} in {found:?}");
    }
    app.get(&case.shopper, format!("/v1/visits/{}/score", case.visit)).await.expect(200);
}

async fn grades_say_why_and_what_is_owed(app: TestApp) {
    let case = Case::new(&app, true).await;
    let (reviewer, shopper) = (&case.world.staff.reviewer, &case.shopper);
    let read = async || app.get(shopper, "/v1/me/visits").await.expect(200).json["items"].clone();
    assert_eq!(read().await, json!([]), "nothing is decided");
    approve(&app, reviewer, case.visit).await.expect(200);
    let one = read().await[0].clone();
    let grade = |grade: i32, reasons: Value| json!({"grade": grade, "reasons": reasons});
    let wanted = json!({
        "accuracy": grade(100, json!([])),
        "comments": grade(60, json!([{"why": "no_words", "count": 1}])),
        "punctuality": grade(100, json!([])),
    });
    assert_eq!((&one["id"], &one["grades"]), (&json!(case.visit), &wanted));
    assert_eq!(one["owed"], json!({"currency": "EUR", "fee": 1_500, "reimbursement_limit": 800}));
    assert_eq!((&one["paid"], &one["state"]), (&json!(true), &json!("approved")));
    // One that came late, said little, was spelled anew, and is rejected.
    let branch = &case.world.brands[0].regions[1].branches[1];
    let visit: VisitId = id();
    app.advance(18 * 86_400);
    let [reviewer, shopper] = [reviewer, shopper].map(|one| one.clone().renewed(&app));
    let mut body = visit_body(branch.open_assignment, case.world.brands[0].version);
    body["answers"]["remarks"] = json!({"value": "Clean tabels."});
    app.put(&shopper, format!("/v1/visits/{visit}"), body).await.expect(201);
    let spelled = json!({"text": "Clean tables."});
    app.put(&reviewer, format!("/v1/visits/{visit}/comments/remarks"), spelled).await.expect(201);
    reject(&app, &reviewer, visit).await.expect(200);
    let items = app.get(&shopper, "/v1/me/visits?limit=1").await.expect(200);
    let last = &items.json["items"][0];
    let wanted = json!({
        "accuracy": grade(0, json!([{"why": "rejected", "count": 1}])),
        "comments": grade(70, json!([{"why": "few_words", "count": 1}, {"why": "spelling", "count": 1}])),
        "punctuality": grade(40, json!([{"why": "hours_late", "count": 34}])),
    });
    assert_eq!(last["grades"], wanted, "{items}");
    assert_eq!((&last["reason"], &last["owed"]), (&json!("Of another place."), &Value::Null));
    let next = items.json["next_cursor"].as_str().unwrap();
    let rest = app.get(&shopper, format!("/v1/me/visits?limit=1&cursor={next}")).await.expect(200);
    assert_eq!(rest.json["items"][0]["id"], json!(case.visit));
}

/// An answer without what is another each time: ids, digests, salts, signatures, and how often a checklist was published.
fn masked(value: &Value) -> Value {
    const OTHER: [&str; 6] = ["salts", "receipt", "number", "content_hash", "request_id", "instance"];
    match value {
        Value::Object(members) => {
            let shown = members.iter().filter(|(name, _)| !OTHER.contains(&name.as_str()));
            shown.map(|(name, value)| (name.clone(), masked(value))).collect()
        }
        Value::Array(all) => all.iter().map(masked).collect(),
        Value::String(text) => {
            let is_id = |part: &&str| uuid::Uuid::parse_str(part).is_ok() || part.len() == 64;
            match text.split('/').any(|part| is_id(&part)) {
                true => json!("another"),
                false => value.clone(),
            }
        }
        _ => value.clone(),
    }
}

/// A shopper's visit under this checklist for a campaign that shows scores, and all that the shopper can get, from the job to the
/// decision.
async fn all_of_it(app: &TestApp, world: &World, content: Value, wrong: bool) -> Vec<(String, Answer)> {
    let mut brand = world.brands[0].clone();
    brand.version = world.staff.checklist(app, brand.id, content).await.1;
    let campaign = add_campaign(app, &brand, json!({"show_scores": true})).await;
    let job = add_job(app, campaign, brand.regions[0].branches[0].id, (0, 7 * 86_400)).await;
    let shopper = crate::board::shopper(app).await;
    claim(app, &shopper, job).await.expect(200);
    let (visit, version) = (id::<()>(), brand.version);
    let mut body = visit_body(job, version);
    body["answers"]["greeted"]["comment"] = json!("At once, by two people.");
    body["answers"]["door"] = json!({"value": if wrong { "blue" } else { "red" }});
    let mut all = Vec::new();
    let of_version = [
        format!("/v1/checklist-versions/{version}"),
        format!("/v1/checklist-versions/{version}?language=en"),
        "/v1/me/work".to_owned(),
        "/v1/jobs".to_owned(),
    ];
    for path in &of_version {
        all.push((path.replace(&version.to_string(), "V"), app.get(&shopper, path).await.expect(200)));
    }
    let arrival = app.put(&shopper, format!("/v1/visits/{visit}?receipt=true"), body).await.expect(201);
    all.push(("the arrival".to_owned(), arrival));
    crate::reviews::desk::look(app).await;
    let visit: VisitId = visit.to_string().parse().unwrap();
    let reason = reason(app, world).await;
    let of_visit = async |all: &mut Vec<(String, Answer)>| {
        for asked in ["", "/score", "/history", "/revisions", "/receipt", "/flags", "/notes", "/files"] {
            all.push((asked.to_owned(), app.get(&shopper, format!("/v1/visits/{visit}{asked}")).await));
        }
        for path in ["/v1/me/work", "/v1/me/visits", "/v1/visits", "/v1/me/rating"] {
            all.push((path.to_owned(), app.get(&shopper, path).await));
        }
    };
    of_visit(&mut all).await;
    send_back(app, &world.staff.reviewer, visit, asking(&["door"], reason)).await.expect(200);
    of_visit(&mut all).await;
    let revision = json!({"answers": {"door": {"value": "red"}}});
    let revised = app.put(&shopper, format!("/v1/visits/{visit}/revisions/1"), revision).await.expect(201);
    all.push(("the revision".to_owned(), revised));
    approve(app, &world.staff.reviewer, visit).await.expect(200);
    of_visit(&mut all).await;
    all
}

/// To its shopper a control question is one without weight, in each answer: they cannot be told apart.
async fn no_answer_tells_which_question_is_a_control(app: TestApp) {
    let world = World::build(&app).await;
    let control = watchful();
    let mut plain = control.clone();
    plain.as_object_mut().unwrap().remove("contradictions");
    let door = &mut plain["sections"][1]["questions"][2];
    assert_eq!(door["key"], "door");
    door.as_object_mut().unwrap().remove("control");
    door["weight"] = json!(0);
    for wrong in [false, true] {
        let one = all_of_it(&app, &world, control.clone(), wrong).await;
        let other = all_of_it(&app, &world, plain.clone(), wrong).await;
        for ((what, one), (_, other)) in one.iter().zip(&other) {
            assert_eq!((one.status, masked(&one.json)), (other.status, masked(&other.json)), "{what}");
            let text = String::from_utf8_lossy(&one.bytes);
            assert!(!text.contains("control") && !text.contains("carries_no_points"), "{what}: {text}");
        }
        let score = one.iter().find(|(what, _)| what == "/score").unwrap();
        assert_eq!(score.1.json["overall"]["score"], 10_000, "{}", score.1);
    }
    // By the hash of the whole content they could try out which one it is.
    let shopper = crate::board::shopper(&app).await;
    let published = world.staff.checklist(&app, world.brands[0].id, control).await.1;
    let address = format!("/v1/checklist-versions/{published}");
    let whole = app.get(&world.staff.reviewer, &address).await.expect(200);
    let shown = app.get(&shopper, &address).await.expect(200);
    assert_ne!(shown.json["hash"], whole.json["hash"]);
    assert!(!shown.etag().contains(&whole.text("/hash")), "{}", shown.etag());
}
