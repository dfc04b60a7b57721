//! Qualifications: their tests, which tell nothing before they are scored, and the certificates that come of them.

use futures_util::future::join_all;
use incognito::{
    accounts::{
        self,
        model::{GrantScope, Role},
        policy::{Permission, Scope},
    },
    db::types::Json,
    error::Code,
    fieldwork::qualifications::{
        store::certificates,
        take_test::{ScoredAttempt, ScoredTest, take_test},
    },
    ids::{BrandId, CertificateId, QualificationId, VersionId},
};
use serde_json::{Value, json};

use crate::{
    app::{Answer, TestApp, each_engine_test, id},
    builders::{World, answers, content},
    personas::Persona,
    places::walk,
};

each_engine_test!(
    a_qualification_is_made_repeated_and_changed,
    what_is_wrong_with_a_qualification_has_its_place,
    a_test_is_shown_without_what_answers_earn,
    a_passed_test_qualifies_until_it_expires,
    a_try_is_made_once,
    tries_run_out_and_come_back,
    of_many_tries_at_once_no_more_count_than_are_left,
    what_a_rule_hides_is_no_answer,
    a_test_that_became_another_is_not_mistaken_for_it,
    a_certificate_is_given_changed_and_taken_back,
    what_is_wrong_with_a_certificate_has_its_place,
    a_version_for_visits_is_no_test,
    lists_are_complete_filtered_and_in_reach,
    a_part_of_a_brand_sees_the_certificates_of_its_own_shoppers,
    a_shopper_sees_what_there_is_to_have,
);

const DAY: i64 = 86_400;

/// A world in which the version of each brand is one that no visit is made under.
async fn world(app: &TestApp) -> World {
    let mut world = World::build(app).await;
    for at in 0..2 {
        let (_, test) = world.staff.checklist(app, world.brands[at].id, content()).await;
        world.brands[at].version = test;
    }
    world
}

/// A qualification whose test is this version, passed with 80 %.
pub fn qualification_body(brand: BrandId, version: VersionId) -> Value {
    json!({"brand_id": brand, "name": "Knows the menu", "checklist_version_id": version, "pass_mark": 8000,
        "most_attempts": 3})
}

pub fn certificate_body(of: QualificationId, shopper: &Persona) -> Value {
    json!({"qualification_id": of, "shopper_id": shopper.account})
}

/// Makes a qualification.
pub async fn add_qualification(app: &TestApp, who: &Persona, body: Value) -> QualificationId {
    let made = id();
    app.put(who, path(made), body).await.expect(201);
    made
}

fn path(qualification: QualificationId) -> String {
    format!("/v1/qualifications/{qualification}")
}

fn certificate(id: CertificateId) -> String {
    format!("/v1/certificates/{id}")
}

fn of(brand: BrandId) -> GrantScope {
    GrantScope { brand_id: Some(brand), ..GrantScope::default() }
}

/// Wrong answers to all that the test asks.
fn wrong_answers() -> Value {
    json!({"greeted": {"value": false}, "waited": {"value": "long"}, "clean": {"value": 1}})
}

/// The test that a shopper sees, as it is filled in.
async fn filled_in(app: &TestApp, who: &Persona, of: QualificationId, answers: Value) -> Value {
    let test = app.get(who, format!("{}/test", path(of))).await.expect(200);
    json!({"hash": test.text("/hash"), "answers": answers})
}

async fn attempt(app: &TestApp, who: &Persona, of: QualificationId, answers: Value) -> Answer {
    let body = filled_in(app, who, of, answers).await;
    app.put(who, format!("{}/attempts/{}", path(of), id::<()>()), body).await
}

/// What the job board is told.
async fn valid(app: &TestApp, who: &Persona) -> Vec<QualificationId> {
    let (shopper, now) = (who.account, app.now());
    let all = app.db().read(move |conn| certificates::valid(conn, shopper, now)).await.unwrap();
    let mut by: Vec<_> = all.into_iter().map(|one| one.by).collect();
    by.dedup();
    by
}

async fn a_qualification_is_made_repeated_and_changed(app: TestApp) {
    let world = world(&app).await;
    let (scheduler, brand) = (&world.staff.scheduler, &world.brands[0]);
    let made = id();
    let put = |body: &Value| app.put(scheduler, path(made), body.clone());
    let body = json!({"brand_id": brand.id, "name": "Barista"});
    put(&body).if_match("*").await.expect_problem(412, "precondition_failed");
    let first = put(&body).await.expect(201);
    let view = json!({"id": made, "brand_id": brand.id, "name": "Barista", "checklist_version_id": null,
        "pass_mark": null, "valid_days": null, "most_attempts": 3, "created_at": "2026-03-15T10:00:00Z"});
    assert_eq!(first.json, view);
    app.advance(60);
    let again = put(&body).await.expect(200);
    assert_eq!((&again.bytes, again.etag()), (&first.bytes, first.etag()));

    let (mut changed, mut wanted, mut tag) = (body, view, first.etag().to_owned());
    for members in [
        json!({"name": "Sommelier"}),
        json!({"checklist_version_id": brand.version, "pass_mark": 10000}),
        json!({"pass_mark": 1}),
        json!({"valid_days": 365}),
        json!({"most_attempts": 1}),
        json!({"checklist_version_id": null, "pass_mark": null}),
    ] {
        for (name, value) in members.as_object().unwrap() {
            changed[name] = value.clone();
            wanted[name] = value.clone();
        }
        put(&changed).await.expect_problem(428, "precondition_required");
        put(&changed).if_match("\"77\"").await.expect_problem(412, "precondition_failed");
        let now = put(&changed).if_match(&tag).await.expect(200);
        assert_eq!(now.json, wanted);
        let late = put(&changed).if_match(&tag).await.expect(200);
        assert_eq!((&late.bytes, late.etag()), (&now.bytes, now.etag()));
        let read = app.get(scheduler, path(made)).await.expect(200);
        assert_eq!((&read.bytes, read.etag()), (&now.bytes, now.etag()));
        assert_ne!(now.etag(), tag);
        now.etag().clone_into(&mut tag);
    }
    app.get(scheduler, path(made)).header("if-none-match", &tag).await.expect(304);
    changed["brand_id"] = json!(world.brands[1].id);
    put(&changed).if_match(&tag).await.expect_problem(409, "conflict");
    app.get(scheduler, path(id())).await.expect_problem(404, "not_found");
}

async fn what_is_wrong_with_a_qualification_has_its_place(app: TestApp) {
    let world = world(&app).await;
    let (staff, [own, other]) = (&world.staff, &world.brands);
    let with = |members: Value| {
        let mut content = content();
        let question = content["sections"][0]["questions"][0].as_object_mut().unwrap();
        question.extend(members.as_object().unwrap().clone());
        content
    };
    let photo = json!({"sections": [{"key": "s", "title": {"en": "S"}, "questions": [
        {"key": "q", "text": {"en": "?"}, "answer": {"kind": "yes_no"}},
        {"key": "p", "text": {"en": "?"}, "required": false, "answer": {"kind": "photo"}},
    ]}], "title": {"en": "T"}, "languages": ["en"]});
    let version = "/checklist_version_id";
    for (unfit, code) in [
        (photo, "needs_evidence"),
        (with(json!({"photo": {"when": "always"}})), "needs_evidence"),
        (with(json!({"comment": {"when": "below", "share": 10000}})), "gives_away"),
    ] {
        let (_, unfit) = staff.checklist(&app, own.id, unfit).await;
        let answer = app.put(&staff.scheduler, path(id()), qualification_body(own.id, unfit)).await;
        let answer = answer.expect_invalid(version);
        assert_eq!(answer.json["errors"][0]["code"], code, "{answer}");
    }
    for (members, pointer) in [
        (json!({"name": ""}), "/name"),
        (json!({"name": " "}), "/name"),
        (json!({"name": "a\u{0}"}), "/name"),
        (json!({"name": "é".repeat(201)}), "/name"),
        (json!({"pass_mark": 0}), "/pass_mark"),
        (json!({"pass_mark": 10001}), "/pass_mark"),
        (json!({"checklist_version_id": null}), version),
        (json!({"checklist_version_id": id::<()>()}), version),
        (json!({"checklist_version_id": other.version}), version),
        (json!({"checklist_version_id": own.checklist}), version),
        (json!({"valid_days": 0}), "/valid_days"),
        (json!({"valid_days": 3651}), "/valid_days"),
        (json!({"most_attempts": 0}), "/most_attempts"),
        (json!({"most_attempts": 101}), "/most_attempts"),
        (json!({"revision": 1}), "/revision"),
    ] {
        let mut body = qualification_body(own.id, own.version);
        body.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        app.put(&staff.scheduler, path(id()), body).await.expect_invalid(pointer);
    }
    let nowhere = json!({"brand_id": id::<()>(), "name": "Barista"});
    app.put(&staff.scheduler, path(id()), nowhere.clone()).await.expect_invalid("/brand_id");
    let of_brand = Persona::with(&app, &[(Role::Scheduler, of(own.id))]).await;
    app.put(&of_brand, path(id()), nowhere).await.expect_problem(404, "not_found");
    let longest = json!({"brand_id": own.id, "name": "é".repeat(200), "checklist_version_id": own.version,
        "pass_mark": 10000, "valid_days": 3650, "most_attempts": 100});
    app.put(&of_brand, path(id()), longest).await.expect(201);
}

async fn a_test_is_shown_without_what_answers_earn(app: TestApp) {
    let world = world(&app).await;
    let (staff, brand) = (&world.staff, &world.brands[0]);
    let of = add_qualification(&app, &staff.scheduler, qualification_body(brand.id, brand.version)).await;
    let shopper = Persona::with(&app, &[(Role::Shopper, brand.scope())]).await;
    let test = app.get(&shopper, format!("{}/test", path(of))).await.expect(200);
    let asked = |key: &str, text: &str, required: bool, not_applicable: bool, answer: Value| {
        json!({"key": key, "text": {"en": text}, "required": required, "not_applicable": not_applicable,
            "comment": "welcome", "answer": answer})
    };
    let options = json!([{"key": "short", "text": {"en": "Up to two minutes"}},
        {"key": "long", "text": {"en": "Longer"}}]);
    let text = json!({"kind": "text", "min_length": null, "max_length": 2000, "pattern": null});
    let shown = json!({
        "qualification_id": of,
        "name": "Knows the menu",
        "pass_mark": 8000,
        "hash": test.json["hash"],
        "content": {"title": {"en": "Service"}, "languages": ["en"], "sections": [
            {"key": "arrival", "title": {"en": "Arrival"}, "questions": [
                asked("greeted", "Were you greeted?", true, false, json!({"kind": "yes_no"})),
                asked("waited", "How long did you wait?", true, false, json!({"kind": "one_choice", "options": options})),
            ]},
            {"key": "table", "title": {"en": "At the table"}, "questions": [
                asked("clean", "How clean was it?", true, true, json!({"kind": "scale", "from": 1, "to": 5})),
                asked("remarks", "What else?", false, false, text),
            ]},
        ]},
    });
    assert_eq!(test.json, shown);
    let bytes = String::from_utf8(test.bytes.to_vec()).unwrap();
    let version =
        app.get(&staff.scheduler, format!("/v1/checklist-versions/{}", brand.version)).await.expect(200);
    for secret in [brand.version.to_string(), version.text("/hash")] {
        assert!(!bytes.contains(&secret), "whoever has it can read or guess what answers earn");
    }
    let unchanged = app.get(&shopper, format!("{}/test", path(of))).header("if-none-match", test.etag());
    unchanged.await.expect(304);

    let mine = app.get(&shopper, "/v1/me/qualifications").await.expect(200);
    let tried = attempt(&app, &shopper, of, answers()).await.expect(201);
    for answer in [mine, tried] {
        let bytes = String::from_utf8(answer.bytes.to_vec()).unwrap();
        assert!(!bytes.contains(&brand.version.to_string()), "{answer}");
    }
    let without = json!({"brand_id": brand.id, "name": "Barista"});
    let without = add_qualification(&app, &staff.scheduler, without).await;
    let elsewhere = Persona::with(&app, &[(Role::Shopper, world.brands[1].scope())]).await;
    for (who, of) in [(&shopper, without), (&shopper, id()), (&elsewhere, of)] {
        app.get(who, format!("{}/test", path(of))).await.expect_problem(404, "not_found");
        let body = json!({"hash": "0".repeat(64), "answers": {}});
        let attempt = app.put(who, format!("{}/attempts/{}", path(of), id::<()>()), body);
        attempt.await.expect_problem(404, "not_found");
    }
}

async fn a_passed_test_qualifies_until_it_expires(app: TestApp) {
    let world = world(&app).await;
    let (staff, brand) = (&world.staff, &world.brands[0]);
    let mut body = qualification_body(brand.id, brand.version);
    body["valid_days"] = json!(2);
    body["most_attempts"] = json!(100);
    let of = add_qualification(&app, &staff.scheduler, body).await;
    let shopper = staff.shopper.clone();

    let failed = attempt(&app, &shopper, of, wrong_answers()).await.expect(201);
    assert_eq!((&failed.json["score"], &failed.json["passed"]), (&json!(0), &json!(false)));
    assert_eq!((&failed.json["certificate_id"], valid(&app, &shopper).await), (&Value::Null, vec![]));
    // 2 of 2, 10 of 10 and 1 of 4 points: 13 of 16, which is 8125.
    let mut enough = answers();
    enough["clean"] = json!({"value": 2});
    let passed = attempt(&app, &shopper, of, enough.clone()).await.expect(201);
    assert_eq!((&passed.json["score"], &passed.json["passed"]), (&json!(8125), &json!(true)));
    assert_eq!((valid(&app, &shopper).await, passed.json["attempts_left"].as_i64()), (vec![of], Some(98)));
    enough["clean"] = json!({"value": 1});
    let almost = attempt(&app, &shopper, of, enough).await.expect(201);
    assert_eq!((&almost.json["score"], &almost.json["passed"]), (&json!(7500), &json!(false)));
    assert_eq!(valid(&app, &shopper).await, [of], "what was reached once holds");
    let another = Persona::everywhere(&app, Role::Shopper).await;
    assert_eq!(valid(&app, &another).await, []);

    let given = passed.text("/certificate_id").parse().unwrap();
    let read = app.get(&staff.scheduler, certificate(given)).await.expect(200);
    let view = json!({"id": given, "qualification_id": of, "shopper_id": shopper.account, "source": "test",
        "granted_by": null, "note": null, "valid_from": "2026-03-15T10:00:00Z",
        "expires_at": "2026-03-17T10:00:00Z", "revoked_at": null, "created_at": "2026-03-15T10:00:00Z"});
    assert_eq!(read.json, view);
    app.advance(2 * DAY - 1);
    assert_eq!(valid(&app, &shopper).await, [of]);
    app.advance(1);
    assert_eq!(valid(&app, &shopper).await, []);
    let renewed = attempt(&app, &shopper.clone().renewed(&app), of, answers()).await.expect(201);
    assert_eq!((&renewed.json["score"], valid(&app, &shopper).await), (&json!(10000), vec![of]));
}

async fn a_try_is_made_once(app: TestApp) {
    let world = world(&app).await;
    let (staff, brand) = (&world.staff, &world.brands[0]);
    let [of, twin] = [
        add_qualification(&app, &staff.scheduler, qualification_body(brand.id, brand.version)).await,
        add_qualification(&app, &staff.scheduler, qualification_body(brand.id, brand.version)).await,
    ];
    let shopper = &staff.shopper;
    let made = id::<()>();
    let put = |who: &Persona, of: QualificationId, body: &Value| {
        app.put(who, format!("{}/attempts/{made}", path(of)), body.clone()).into_future()
    };
    let body = filled_in(&app, shopper, of, answers()).await;
    let at_once = join_all((0..16).map(|_| put(shopper, of, &body))).await;
    assert_eq!(at_once.iter().filter(|answer| answer.status == 201).count(), 1, "{at_once:?}");
    assert_eq!(at_once.iter().filter(|answer| answer.status == 200).count(), 15, "{at_once:?}");
    app.advance(60);
    let again = put(shopper, of, &body).await.expect(200);
    assert!(at_once.iter().all(|answer| answer.bytes == again.bytes));
    assert_eq!((&again.json["id"], &again.json["attempts_left"]), (&json!(made), &json!(2)));
    let list = format!("/v1/certificates?shopper_id={}", shopper.account);
    assert_eq!(walk(&app, &staff.scheduler, &list, 50).await.len(), 1, "one try, one certificate");

    let mut other = body.clone();
    other["answers"] = wrong_answers();
    put(shopper, of, &other).await.expect_problem(409, "conflict");
    put(shopper, twin, &body).await.expect_problem(409, "conflict");
    let thief = Persona::everywhere(&app, Role::Shopper).await;
    put(&thief, of, &body).await.expect_problem(404, "not_found");
    assert_eq!(put(shopper, of, &body).await.expect(200).bytes, again.bytes);
    let mut missing = body.clone();
    missing["answers"].as_object_mut().unwrap().remove("greeted");
    for (body, pointer) in [
        (missing, "/answers/greeted"),
        (json!({"hash": body["hash"], "answers": {"sung": {"value": true}}}), "/answers/sung"),
        (json!({"hash": "x", "answers": answers()}), "/hash"),
        (json!({"hash": body["hash"], "answers": answers(), "score": 10000}), "/score"),
    ] {
        attempt_at(&app, shopper, twin, body).await.expect_invalid(pointer);
    }
    let left = attempt(&app, shopper, twin, answers()).await.expect(201);
    assert_eq!(left.json["attempts_left"], 2, "what was not acceptable was no try");
}

async fn attempt_at(app: &TestApp, who: &Persona, of: QualificationId, body: Value) -> Answer {
    app.put(who, format!("{}/attempts/{}", path(of), id::<()>()), body).await
}

async fn tries_run_out_and_come_back(app: TestApp) {
    let world = world(&app).await;
    let (staff, brand) = (&world.staff, &world.brands[0]);
    let of = add_qualification(&app, &staff.scheduler, qualification_body(brand.id, brand.version)).await;
    let shopper = |app: &TestApp| staff.shopper.clone().renewed(app);
    for left in [2, 1, 0] {
        let failed = attempt(&app, &shopper(&app), of, wrong_answers()).await.expect(201);
        assert_eq!(failed.json["attempts_left"], left);
        let next = if left == 0 { json!("2026-04-14T10:00:00Z") } else { Value::Null };
        assert_eq!(failed.json["next_attempt_at"], next);
        app.advance(DAY);
    }
    let refused = attempt(&app, &shopper(&app), of, answers()).await.expect_problem(409, "no_attempts_left");
    assert!(refused.text("/detail").contains("2026-04-14T10:00:00Z"), "{refused}");
    assert_eq!(refused.header("retry-after"), (27 * DAY).to_string());
    assert_eq!(valid(&app, &staff.shopper).await, []);
    // The tries of others, and at other tests, are others.
    let another = Persona::everywhere(&app, Role::Shopper).await;
    attempt(&app, &another, of, answers()).await.expect(201);

    app.advance(27 * DAY - 1);
    attempt(&app, &shopper(&app), of, answers()).await.expect_problem(409, "no_attempts_left");
    app.advance(1);
    let passed = attempt(&app, &shopper(&app), of, answers()).await.expect(201);
    assert_eq!((&passed.json["passed"], &passed.json["attempts_left"]), (&json!(true), &json!(0)));
    assert_eq!(passed.json["next_attempt_at"], "2026-04-15T10:00:00Z");
    assert_eq!(valid(&app, &staff.shopper).await, [of]);
}

async fn of_many_tries_at_once_no_more_count_than_are_left(app: TestApp) {
    let world = world(&app).await;
    let (staff, brand) = (&world.staff, &world.brands[0]);
    let of = add_qualification(&app, &staff.scheduler, qualification_body(brand.id, brand.version)).await;
    let body = filled_in(&app, &staff.shopper, of, wrong_answers()).await;
    let all = join_all((0..8).map(|_| attempt_at(&app, &staff.shopper, of, body.clone()))).await;
    let count = |code: &str, status: u16| {
        all.iter().filter(|answer| (answer.code(), answer.status) == (code, status)).count()
    };
    assert_eq!((count("", 201), count("no_attempts_left", 409)), (3, 5), "{all:?}");
}

async fn what_a_rule_hides_is_no_answer(app: TestApp) {
    let world = world(&app).await;
    let (staff, brand) = (&world.staff, &world.brands[0]);
    let mut content = content();
    content["sections"][1]["questions"][1]["show_when"] = json!({"!": [{"var": "greeted"}]});
    let (_, version) = staff.checklist(&app, brand.id, content).await;
    let of = add_qualification(&app, &staff.scheduler, qualification_body(brand.id, version)).await;
    let body = filled_in(&app, &staff.shopper, of, answers()).await;
    let test = app.get(&staff.shopper, format!("{}/test", path(of))).await.expect(200);
    let rule = &test.json["content"]["sections"][1]["questions"][1]["show_when"];
    assert_eq!(*rule, json!({"!": [{"var": "greeted"}]}));
    let mut more = body.clone();
    // What is refused where it is shown.
    more["answers"]["remarks"] = json!({"value": "a".repeat(2_001)});
    let made = format!("{}/attempts/{}", path(of), id::<()>());
    let first = app.put(&staff.shopper, &made, more.clone()).await.expect(201);
    assert_eq!(first.json["score"], 10000);
    assert_eq!(app.put(&staff.shopper, &made, body).await.expect(200).bytes, first.bytes);
    more["answers"]["greeted"] = json!({"value": false});
    attempt_at(&app, &staff.shopper, of, more).await.expect_invalid("/answers/remarks/value");
}

async fn a_test_that_became_another_is_not_mistaken_for_it(app: TestApp) {
    let world = world(&app).await;
    let (staff, brand) = (&world.staff, &world.brands[0]);
    let shopper = &staff.shopper;
    let of = add_qualification(&app, &staff.scheduler, qualification_body(brand.id, brand.version)).await;
    let old = filled_in(&app, shopper, of, answers()).await;
    let made = format!("{}/attempts/{}", path(of), id::<()>());
    let first = app.put(shopper, &made, old.clone()).await.expect(201);

    let mut other = content();
    other["sections"][0]["questions"][0]["answer"]["expect"] = json!("no");
    let (_, version) = staff.checklist(&app, brand.id, other).await;
    let change = |body: Value| app.put(&staff.scheduler, path(of), body).if_match("*");
    change(qualification_body(brand.id, version)).await.expect(200);
    attempt_at(&app, shopper, of, old.clone()).await.expect_problem(409, "conflict");
    // And so if it becomes another while a try is being scored.
    let (whose, at, version) = (shopper.account, app.now(), brand.version);
    let late = app.db().write(move |conn| {
        let grants = accounts::store::grants(conn, whose)?;
        let scope = Scope::of(Permission::DoFieldwork, whose, &grants).unwrap();
        let (answers, score) = (Json(serde_json::from_value(answers()).unwrap()), Some(10_000));
        let test = ScoredTest { version, answers, score };
        let scored = ScoredAttempt { id: id(), qualification: of, test, certificate: id() };
        take_test(conn, &scope, &scored, at)
    });
    assert_eq!(late.await.unwrap_err().code(), Code::Conflict);
    let again = app.put(shopper, &made, old.clone()).await.expect(200);
    assert_eq!(again.bytes, first.bytes, "what was scored stays scored");
    let now = attempt(&app, shopper, of, answers()).await.expect(201);
    assert_eq!(now.json["score"], 8750, "it is scored as the new one says");

    change(json!({"brand_id": brand.id, "name": "Knows the menu"})).await.expect(200);
    attempt_at(&app, shopper, of, old.clone()).await.expect_problem(404, "not_found");
    let again = app.put(shopper, &made, old).await.expect(200);
    let facts = ["score", "passed", "certificate_id", "taken_at"];
    assert!(facts.iter().all(|fact| again.json[fact] == first.json[fact]), "{again}");
    assert_eq!(valid(&app, shopper).await, [of]);
}

async fn a_certificate_is_given_changed_and_taken_back(app: TestApp) {
    let world = world(&app).await;
    let (staff, brand) = (&world.staff, &world.brands[0]);
    let without_test = json!({"brand_id": brand.id, "name": "Barista"});
    let of = add_qualification(&app, &staff.scheduler, without_test).await;
    let shopper = &staff.shopper;
    let given: CertificateId = id();
    let scheduler = |app: &TestApp| staff.scheduler.clone().renewed(app);
    let put = |body: &Value| app.put(&scheduler(&app), certificate(given), body.clone()).into_future();
    let change = async |body: &Value, tag: &str| {
        app.put(&scheduler(&app), certificate(given), body.clone()).if_match(tag).await
    };
    let mut body = certificate_body(of, shopper);
    let at_once = join_all((0..8).map(|_| put(&body))).await;
    assert_eq!(at_once.iter().filter(|answer| answer.status == 201).count(), 1, "{at_once:?}");
    assert_eq!(at_once.iter().filter(|answer| answer.status == 200).count(), 7, "{at_once:?}");
    let mut view = json!({"id": given, "qualification_id": of, "shopper_id": shopper.account,
        "source": "scheduler", "granted_by": staff.scheduler.account, "note": null,
        "valid_from": "2026-03-15T10:00:00Z", "expires_at": null, "revoked_at": null,
        "created_at": "2026-03-15T10:00:00Z"});
    assert_eq!(at_once[0].json, view);
    app.advance(60);
    let again = put(&body).await.expect(200);
    assert!(at_once.iter().all(|one| (one.bytes == again.bytes) && one.etag() == again.etag()));
    assert_eq!(valid(&app, shopper).await, [of]);

    let mut tag = again.etag().to_owned();
    for (members, now_valid) in [
        (json!({"note": "Seen at work."}), true),
        (json!({"valid_from": "2026-03-15T10:02:00Z"}), false),
        (json!({"valid_from": "2026-03-15T10:01:00Z"}), true),
        (json!({"expires_at": "2026-03-15T10:01:00.000001Z"}), true),
        (json!({"valid_from": "2026-03-14T10:00:00Z", "expires_at": "2026-03-15T10:01:00Z"}), false),
        (json!({"expires_at": "2027-03-15T10:00:00Z"}), true),
        (json!({"note": null, "expires_at": null}), true),
    ] {
        for (name, value) in members.as_object().unwrap() {
            body[name] = value.clone();
            view[name] = value.clone();
        }
        put(&body).await.expect_problem(428, "precondition_required");
        change(&body, "\"99\"").await.expect_problem(412, "precondition_failed");
        let now = change(&body, &tag).await.expect(200);
        assert_eq!((&now.json, valid(&app, shopper).await == [of]), (&view, now_valid), "{members}");
        assert_eq!(app.get(&scheduler(&app), certificate(given)).await.expect(200).etag(), now.etag());
        now.etag().clone_into(&mut tag);
    }
    body.as_object_mut().unwrap().remove("valid_from");
    assert_eq!(put(&body).await.expect(200).json, view, "what is not said stays as it was");

    body["revoked"] = json!(true);
    let back = change(&body, &tag).await.expect(200);
    view["revoked_at"] = json!("2026-03-15T10:01:00Z");
    assert_eq!((&back.json, valid(&app, shopper).await), (&view, vec![]));
    app.advance(60);
    assert_eq!(put(&body).await.expect(200).bytes, back.bytes, "taken back once");
    body["revoked"] = json!(false);
    change(&body, "*").await.expect_problem(409, "conflict");
    app.get(&scheduler(&app), certificate(given)).header("if-none-match", back.etag()).await.expect(304);

    // What came of a test can be taken back as well, and stays what it was.
    let tested = qualification_body(brand.id, brand.version);
    let tested = add_qualification(&app, &scheduler(&app), tested).await;
    let passed = attempt(&app, &shopper.clone().renewed(&app), tested, answers()).await.expect(201);
    assert_eq!(valid(&app, shopper).await, [tested]);
    let of_test = certificate(passed.text("/certificate_id").parse().unwrap());
    let mut body = certificate_body(tested, shopper);
    body["revoked"] = json!(true);
    let back = app.put(&scheduler(&app), of_test, body).if_match("*").await.expect(200);
    assert_eq!((back.text("/source"), &back.json["granted_by"]), ("test".to_owned(), &Value::Null));
    assert_eq!(valid(&app, shopper).await, []);
}

async fn what_is_wrong_with_a_certificate_has_its_place(app: TestApp) {
    let world = world(&app).await;
    let (staff, [own, other]) = (&world.staff, &world.brands);
    let plain = |brand: BrandId| json!({"brand_id": brand, "name": "Barista"});
    let of = add_qualification(&app, &staff.scheduler, plain(own.id)).await;
    let second = add_qualification(&app, &staff.scheduler, plain(own.id)).await;
    let foreign = add_qualification(&app, &staff.scheduler, plain(other.id)).await;
    let scheduler = Persona::with(&app, &[(Role::Scheduler, own.scope())]).await;
    let elsewhere = Persona::with(&app, &[(Role::Shopper, other.scope())]).await;
    let gone = Persona::with(&app, &[(Role::Shopper, own.scope())]).await;
    let email = format!("{}@example.org", gone.account);
    let disabled = json!({"email": email, "name": "Somebody", "language": "en", "disabled": true});
    let account = format!("/v1/accounts/{}", gone.account);
    app.put(&staff.administrator, account, disabled).if_match("*").await.expect(200);
    for (members, pointer) in [
        (json!({"shopper_id": gone.account}), "/shopper_id"),
        (json!({"qualification_id": id::<()>()}), "/qualification_id"),
        (json!({"qualification_id": foreign}), "/qualification_id"),
        (json!({"shopper_id": id::<()>()}), "/shopper_id"),
        (json!({"shopper_id": staff.reviewer.account}), "/shopper_id"),
        (json!({"shopper_id": elsewhere.account}), "/shopper_id"),
        (json!({"note": ""}), "/note"),
        (json!({"note": "a\u{1b}b"}), "/note"),
        (json!({"note": "é".repeat(2001)}), "/note"),
        (json!({"valid_from": "soon"}), "/valid_from"),
        (json!({"expires_at": "2026-03-15T10:00:00Z"}), "/expires_at"),
        (json!({"valid_from": "2027-01-01T00:00:00Z", "expires_at": "2027-01-01T00:00:00Z"}), "/expires_at"),
        (json!({"revoked": 1}), "/revoked"),
        (json!({"source": "test"}), "/source"),
    ] {
        let mut body = certificate_body(of, &staff.shopper);
        body.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        app.put(&scheduler, certificate(id()), body).await.expect_invalid(pointer);
    }
    let given = id();
    let body = certificate_body(of, &staff.shopper);
    app.put(&scheduler, certificate(given), body.clone())
        .if_match("*")
        .await
        .expect_problem(412, "precondition_failed");
    app.put(&scheduler, certificate(given), body).await.expect(201);
    let another = Persona::everywhere(&app, Role::Shopper).await;
    for body in [certificate_body(second, &staff.shopper), certificate_body(of, &another)] {
        app.put(&scheduler, certificate(given), body).if_match("*").await.expect_problem(409, "conflict");
    }
    let of_theirs = id();
    let body = certificate_body(foreign, &another);
    app.put(&staff.scheduler, certificate(of_theirs), body).await.expect(201);
    let body = certificate_body(of, &another);
    app.put(&scheduler, certificate(of_theirs), body).if_match("*").await.expect_problem(404, "not_found");
    app.get(&scheduler, certificate(of_theirs)).await.expect_problem(404, "not_found");
    app.get(&scheduler, path(foreign)).await.expect_problem(404, "not_found");
    // A part of the brand is not enough to qualify people for all of it.
    let of_region = Persona::with(&app, &[(Role::Scheduler, own.region_scope(0))]).await;
    let body = certificate_body(of, &another);
    app.put(&of_region, certificate(id()), body).await.expect_invalid("/qualification_id");
    app.get(&of_region, certificate(given)).await.expect(200);
}

/// A shopper who made a visit knows all that its version asks, and may read what answers earn.
async fn a_version_for_visits_is_no_test(app: TestApp) {
    let world = World::build(&app).await;
    let (staff, brand) = (&world.staff, &world.brands[0]);
    let put = |version| app.put(&staff.scheduler, path(id()), qualification_body(brand.id, version));
    // There are visits, and there is a campaign.
    let (_, planned) = staff.checklist(&app, brand.id, content()).await;
    let campaign = crate::campaigns::campaign_body(brand.id, planned);
    crate::campaigns::add_campaign(&app, &staff.scheduler, campaign).await;
    for version in [brand.version, planned] {
        let refused = put(version).await.expect_invalid("/checklist_version_id");
        assert_eq!(refused.json["errors"][0]["code"], "for_visits", "{refused}");
    }
    let (_, test) = staff.checklist(&app, brand.id, content()).await;
    let of = add_qualification(&app, &staff.scheduler, qualification_body(brand.id, test)).await;
    let other = qualification_body(brand.id, brand.version);
    let changed = app.put(&staff.scheduler, path(of), other).if_match("*").await;
    changed.expect_invalid("/checklist_version_id");
    // What is a test already stays one.
    make_for_visits(&app, brand.regions[0].branches[0].open_assignment, test).await;
    let mut named = qualification_body(brand.id, test);
    named["name"] = json!("Knows the new menu");
    app.put(&staff.scheduler, path(of), named).if_match("*").await.expect(200);
}

/// Gives an assignment a test's version, as older versions of this program allowed.
async fn make_for_visits(app: &TestApp, assignment: incognito::ids::AssignmentId, test: VersionId) {
    use diesel::prelude::*;
    use incognito::db::schema::assignment::dsl;
    let make = move |conn: &mut incognito::db::Conn| {
        let one = diesel::update(dsl::assignment.find(assignment));
        Ok(one.set(dsl::version_id.eq(test)).execute(conn)?)
    };
    assert_eq!(app.db().write(make).await.unwrap(), 1);
}

async fn a_part_of_a_brand_sees_the_certificates_of_its_own_shoppers(app: TestApp) {
    let world = World::build(&app).await;
    let (staff, [own, other]) = (&world.staff, &world.brands);
    let shopper = async |scope| Persona::with(&app, &[(Role::Shopper, scope)]).await;
    let (here, there) = (shopper(own.branch_scope(0, 0)).await, shopper(own.region_scope(1)).await);
    let (whole, foreign) = (shopper(own.scope()).await, shopper(other.scope()).await);
    let mut certificates = Vec::new();
    for (shopper, brand) in [(&here, own), (&there, own), (&whole, own), (&whole, other), (&foreign, other)] {
        let body = json!({"brand_id": brand.id, "name": "Barista"});
        let of = add_qualification(&app, &staff.scheduler, body).await;
        let made: CertificateId = id();
        // The grant may have ended since.
        store_certificate(&app, &staff.scheduler, made, of, shopper).await;
        certificates.push(made);
    }
    let both = [own.branch_scope(0, 1), own.region_scope(1)];
    for (scopes, seen) in [
        (vec![GrantScope::default()], vec![0, 1, 2, 3, 4]),
        (vec![own.scope()], vec![0, 1, 2]),
        (vec![own.region_scope(0)], vec![0, 2]),
        (vec![own.branch_scope(0, 0)], vec![0, 2]),
        (vec![own.branch_scope(0, 1)], vec![2]),
        (both.to_vec(), vec![1, 2]),
        // The shopper works where the caller reaches, but of another brand nothing is for the caller.
        (vec![own.branch_scope(1, 0), other.scope()], vec![1, 2, 3, 4]),
        (vec![other.branch_scope(0, 0)], vec![4]),
    ] {
        for role in [Role::Scheduler, Role::Auditor, Role::Reviewer, Role::Administrator] {
            let grants: Vec<_> = scopes.iter().map(|scope| (role, *scope)).collect();
            let who = Persona::with(&app, &grants).await;
            let mut listed: Vec<CertificateId> = walk(&app, &who, "/v1/certificates", 2)
                .await
                .iter()
                .map(|one| one["id"].as_str().unwrap().parse().unwrap())
                .collect();
            listed.sort();
            let mut wanted: Vec<_> = seen.iter().map(|at| certificates[*at]).collect();
            wanted.sort();
            assert_eq!(listed, wanted, "{role} {scopes:?}");
            for one in &certificates {
                let status = if wanted.contains(one) { 200 } else { 404 };
                app.get(&who, certificate(*one)).await.expect(status);
            }
        }
    }
}

/// Gives a shopper a certificate, also in a brand that the shopper has no grant for now.
async fn store_certificate(
    app: &TestApp,
    scheduler: &Persona,
    made: CertificateId,
    of: QualificationId,
    shopper: &Persona,
) {
    let answer = app.put(scheduler, certificate(made), certificate_body(of, shopper)).await;
    if answer.status == 201 {
        return;
    }
    // The shopper has no grant for this brand: the certificate is another shopper's first.
    use diesel::prelude::*;
    use incognito::db::schema::certificate::dsl;
    let whose = shopper.account;
    let other = Persona::everywhere(app, Role::Shopper).await;
    app.put(scheduler, certificate(made), certificate_body(of, &other)).await.expect(201);
    let give = move |conn: &mut incognito::db::Conn| {
        Ok(diesel::update(dsl::certificate.find(made)).set(dsl::shopper_id.eq(whose)).execute(conn)?)
    };
    assert_eq!(app.db().write(give).await.unwrap(), 1);
}

async fn lists_are_complete_filtered_and_in_reach(app: TestApp) {
    let world = world(&app).await;
    let (staff, [own, other]) = (&world.staff, &world.brands);
    let another = Persona::everywhere(&app, Role::Shopper).await;
    let mut of = Vec::new();
    for brand in [own.id, own.id, own.id, other.id] {
        let body = json!({"brand_id": brand, "name": "Barista"});
        of.push(add_qualification(&app, &staff.scheduler, body).await);
    }
    for (shopper, of) in
        [(&staff.shopper, of[0]), (&staff.shopper, of[1]), (&another, of[0]), (&another, of[3])]
    {
        app.put(&staff.scheduler, certificate(id()), certificate_body(of, shopper)).await.expect(201);
    }
    let here = Persona::with(&app, &[(Role::Auditor, own.branch_scope(0, 0))]).await;
    let everybody = Persona::everywhere(&app, Role::Reviewer).await;
    let [mine, theirs] = [own.id, other.id].map(|brand| format!("qualifications?brand_id={brand}"));
    for (who, list, wanted) in [
        (&everybody, "qualifications".to_owned(), 4),
        (&everybody, mine.clone(), 3),
        (&everybody, theirs.clone(), 1),
        (&here, "qualifications".to_owned(), 3),
        (&here, mine, 3),
        (&here, theirs, 0),
        (&everybody, "certificates".to_owned(), 4),
        (&everybody, format!("certificates?shopper_id={}", another.account), 2),
        (&everybody, format!("certificates?qualification_id={}", of[0]), 2),
        (&everybody, format!("certificates?qualification_id={}&shopper_id={}", of[0], another.account), 1),
        (&everybody, format!("certificates?qualification_id={}", of[2]), 0),
        (&here, "certificates".to_owned(), 3),
        (&here, format!("certificates?shopper_id={}", another.account), 1),
        (&here, format!("certificates?qualification_id={}", of[3]), 0),
    ] {
        let whole = walk(&app, who, &format!("/v1/{list}"), 200).await;
        assert_eq!(whole.len(), wanted, "{list}");
        assert_eq!(walk(&app, who, &format!("/v1/{list}"), 2).await, whole, "{list}");
        assert!(whole.is_sorted_by(|a, b| a["id"].as_str() < b["id"].as_str()), "nothing twice: {whole:?}");
    }
    for query in ["qualifications?limit=0", "certificates?limit=201", "certificates?brand_id=x"] {
        app.get(&everybody, format!("/v1/{query}")).await.expect_problem(422, "invalid");
    }
}

async fn a_shopper_sees_what_there_is_to_have(app: TestApp) {
    let world = world(&app).await;
    let (staff, [own, other]) = (&world.staff, &world.brands);
    let shopper = Persona::with(&app, &[(Role::Shopper, own.branch_scope(0, 0))]).await;
    let mut tested = qualification_body(own.id, own.version);
    tested["valid_days"] = json!(30);
    let tested = add_qualification(&app, &staff.scheduler, tested).await;
    let bare = json!({"brand_id": own.id, "name": "Barista"});
    let bare = add_qualification(&app, &staff.scheduler, bare).await;
    let foreign = qualification_body(other.id, other.version);
    let foreign = add_qualification(&app, &staff.scheduler, foreign).await;

    let list = async |who: &Persona| {
        let all = walk(&app, who, "/v1/me/qualifications", 200).await;
        assert_eq!(walk(&app, who, "/v1/me/qualifications", 1).await, all);
        all
    };
    let find = |all: &[Value], of: QualificationId| {
        all.iter().find(|one| one["id"] == json!(of)).cloned().unwrap_or_default()
    };
    assert_eq!(list(&staff.shopper).await.len(), 3);
    let before = list(&shopper).await;
    assert_eq!((before.len(), find(&before, foreign)), (2, Value::Null));
    let mut wanted = json!({"id": tested, "brand_id": own.id, "name": "Knows the menu", "certificate": null,
        "test": {"href": format!("{}/test", path(tested)), "pass_mark": 8000, "attempts_left": 3,
            "next_attempt_at": null}});
    assert_eq!(find(&before, tested), wanted);
    let nothing =
        json!({"id": bare, "brand_id": own.id, "name": "Barista", "certificate": null, "test": null});
    assert_eq!(find(&before, bare), nothing);

    for left in [2, 1, 0] {
        let passed = attempt(&app, &shopper, tested, answers()).await.expect(201);
        wanted["test"]["attempts_left"] = json!(left);
        if left == 1 {
            let certificate = certificate(passed.text("/certificate_id").parse().unwrap());
            let mut body = certificate_body(tested, &shopper);
            body["expires_at"] = json!("2028-01-01T00:00:00Z");
            app.put(&staff.scheduler, certificate, body).if_match("*").await.expect(200);
            wanted["certificate"] = json!({"id": passed.json["certificate_id"], "source": "test",
                "valid_from": "2026-03-15T10:00:00Z", "expires_at": "2028-01-01T00:00:00Z"});
        }
    }
    wanted["test"]["next_attempt_at"] = json!("2026-04-14T10:00:00Z");
    assert_eq!(find(&list(&shopper).await, tested), wanted, "of three certificates the longest");
    assert_eq!(find(&list(&staff.shopper).await, tested)["certificate"], Value::Null);

    let given = id();
    let body = certificate_body(tested, &shopper);
    app.put(&staff.scheduler, certificate(given), body.clone()).await.expect(201);
    let mine = find(&list(&shopper).await, tested);
    assert_eq!(
        (&mine["certificate"]["id"], &mine["certificate"]["expires_at"]),
        (&json!(given), &Value::Null)
    );
    let mut revoked = body;
    revoked["revoked"] = json!(true);
    app.put(&staff.scheduler, certificate(given), revoked).if_match("*").await.expect(200);
    assert_eq!(find(&list(&shopper).await, tested), wanted);
}
