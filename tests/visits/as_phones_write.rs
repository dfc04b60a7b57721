//! Visits as phones' libraries write them: what is meant is taken, whichever way it is written.

use diesel::prelude::*;
use incognito::{
    db::{
        schema::{visit, visit_content},
        types::{Json, Sha256},
    },
    ids::{AssignmentId, VersionId, VisitId},
    visits::{model::Submission, parts::Parts},
};
use serde_json::{Value, json};

use crate::{
    app::{Answer, TestApp, each_engine_test, id},
    builders::{World, visit_body},
    visits::path,
};

each_engine_test!(
    texts_numbers_and_nothing_are_taken_as_meant,
    several_choices_have_no_order,
    lists_in_another_order_are_the_same_visit,
    dates_and_times_are_taken_as_meant,
    files_are_known_by_other_names,
    no_clock_keeps_a_visit_out,
    reasons_have_lines,
    what_makes_no_sense_is_still_refused,
);

/// A checklist of the questions that the cases answer.
fn questions() -> Value {
    let option = |key: &str| json!({"key": key, "text": {"en": key}, "points": 1});
    let question = |key: &str, answer: Value| json!({"key": key, "text": {"en": key}, "required": false, "answer": answer});
    json!({"title": {"en": "Cases"}, "languages": ["en"], "sections": [{"key": "s", "title": {"en": "s"},
    "questions": [
        question("a", json!({"kind": "yes_no"})),
        question("scale_1_to_5", json!({"kind": "scale", "from": 1, "to": 5})),
        question("m", json!({"kind": "several_choices", "options": [option("x"), option("y"), option("z")]})),
        question("t", json!({"kind": "text"})),
        question("l", json!({"kind": "location"})),
        question("d", json!({"kind": "date_time", "ask": "date"})),
        question("h", json!({"kind": "date_time", "ask": "time"})),
        question("dh", json!({"kind": "date_time", "ask": "date_time"})),
    ]}]})
}

struct Phone<'a> {
    app: &'a TestApp,
    world: World,
    version: VersionId,
}

impl<'a> Phone<'a> {
    async fn new(app: &'a TestApp) -> Self {
        let world = World::build(app).await;
        let (_, version) = world.staff.checklist(app, world.brands[0].id, questions()).await;
        Self { app, world, version }
    }

    async fn assignment(&self) -> AssignmentId {
        let branch = &self.world.brands[0].regions[0].branches[0];
        self.world.staff.assignment(self.app, branch.id, self.version).await
    }

    /// Sends these bytes, with the ids in their places.
    async fn send(&self, visit: VisitId, assignment: AssignmentId, body: &str) -> Answer {
        let body = body.replace("<assignment>", &assignment.to_string());
        let body = body.replace("<version>", &self.version.to_string());
        let call = self.app.call(actix_web::http::Method::PUT, path(visit)).by(&self.world.staff.shopper);
        call.body("application/json", body).await
    }

    /// What is kept of a visit that is sent so.
    async fn kept(&self, body: &str) -> Value {
        let visit = id();
        self.send(visit, self.assignment().await, body).await.expect(201);
        let reviewer = &self.world.staff.reviewer;
        self.app.get(reviewer, path(visit)).await.expect(200).json["content"].clone()
    }

    /// A body with these members beside those that each visit has.
    fn body(&self, members: &str) -> String {
        format!(
            r#"{{"assignment_id":"<assignment>","checklist_version_id":"<version>",
                "started_at":"2026-03-14T10:00:00Z","ended_at":"2026-03-14T10:20:00Z",{members}}}"#
        )
    }
}

/// A case among the files.
macro_rules! case {
    ($name:literal) => {
        include_str!(concat!("../cases/visits/", $name, ".json"))
    };
}

async fn texts_numbers_and_nothing_are_taken_as_meant(app: TestApp) {
    let phone = Phone::new(&app).await;
    let text = phone.kept(case!("visit-text-with-crlf")).await;
    assert_eq!(text["answers"]["a"]["comment"], "line 1\nline 2");
    let accuracy = phone.kept(case!("visit-accuracy-as-phones-give-it")).await;
    assert_eq!(accuracy["positions"][0]["accuracy_m"], 13);
    let whole = phone.kept(case!("visit-integer-written-3.0")).await;
    assert_eq!(whole["answers"]["scale_1_to_5"]["value"], 3);
    let nothing = phone.kept(case!("visit-null-for-what-is-not-there")).await;
    assert_eq!(["manifest", "positions", "spent", "device"].map(|name| &nothing[name]), [&Value::Null; 4]);
    let half = phone.kept(case!("visit-lone-surrogate")).await;
    assert_eq!(half["answers"]["a"]["comment"], "nice \u{fffd}");

    // Neighbours of each.
    let lines = phone.body(r#""answers":{"t":{"value":"a\rb\u000bc\u000cd\u2028e\u2029f\u0085g\r\n\r\nh"}}"#);
    assert_eq!(phone.kept(&lines).await["answers"]["t"]["value"], "a\nb\nc\nd\ne\nf\ng\n\nh");
    let at = r#""at":"2026-03-14T10:01:00Z","latitude":48.0,"longitude":2e0"#;
    for (sent, kept) in [("-1", Value::Null), ("-1.0", Value::Null), ("null", Value::Null), ("0.4", json!(0))]
    {
        let body = phone.body(&format!(
            r#""answers":{{"l":{{"value":{{"latitude":1,"longitude":2,"accuracy_m":{sent}}}}}}},
               "positions":[{{{at},"accuracy_m":{sent},"mock":null}}]"#
        ));
        let read = phone.kept(&body).await;
        let accuracy = [&read["positions"][0]["accuracy_m"], &read["answers"]["l"]["value"]["accuracy_m"]];
        assert_eq!(accuracy, [&kept; 2], "{sent}");
    }
    let far = phone
        .kept(&phone.body(&format!(r#""answers":{{}},"positions":[{{{at},"accuracy_m":2.5e7}}]"#)))
        .await;
    assert_eq!(far["positions"][0]["accuracy_m"], 1_000_000);
    let spent = r#""answers":{"scale_1_to_5":{"value":40e-1}},"spent":[{"currency":"EUR","amount":12.0,"what":"other"}]"#;
    let read = phone.kept(&phone.body(spent)).await;
    assert_eq!(
        (&read["answers"]["scale_1_to_5"]["value"], &read["spent"][0]["amount"]),
        (&json!(4), &json!(12))
    );
    let nothing = r#""answers":{"a":{"value":true,"not_applicable":null,"comment":null}}"#;
    assert_eq!(phone.kept(&phone.body(nothing)).await["answers"]["a"], json!({"value": true}));
    // Control characters that nobody sees, and a field that was not touched.
    let unseen = r#""answers":{"t":{"value":"a\u0000\u0007b\u001b\u007f\tc"},"a":{"value":true,"comment":"\u0001x\r\n"}}"#;
    let read = phone.kept(&phone.body(unseen)).await;
    assert_eq!(
        (&read["answers"]["t"]["value"], &read["answers"]["a"]["comment"]),
        (&json!("ab\tc"), &json!("x\n"))
    );
    let blank = phone.kept(&phone.body(r#""answers":{"t":{"value":" \n\u0007"}}"#)).await;
    assert_eq!(blank["answers"], json!({}));
    let untouched = phone
        .kept(&phone.body(r#""answers":{"t":{"value":null},"a":{},"m":{"value":null,"comment":null}}"#))
        .await;
    assert_eq!(untouched["answers"], json!({}));
    let device = phone.body(&format!(
        r#""answers":{{}},"device":{{"model":"M\u0000{}","os":"","app_version":"1\n2"}}"#,
        "é".repeat(120)
    ));
    let device = phone.kept(&device).await["device"].clone();
    assert_eq!(
        device,
        json!({"model": format!("M{}", "é".repeat(99)), "os": "unknown", "app_version": "12"})
    );
    let negative_zero = phone.body(&format!(
        r#""answers":{{"l":{{"value":{{"latitude":-0,"longitude":-0.0}}}}}},"positions":[{{{at}}}]"#
    ));
    phone.kept(&negative_zero).await;
    let halves = r#""answers":{"t":{"value":"\udc00 \ud83d\ude00 \\ud83d \ud83d"}}"#;
    assert_eq!(
        phone.kept(&phone.body(halves)).await["answers"]["t"]["value"],
        "\u{fffd} 😀 \\ud83d \u{fffd}"
    );
}

async fn several_choices_have_no_order(app: TestApp) {
    let phone = Phone::new(&app).await;
    let (visit, assignment) = (id(), phone.assignment().await);
    let cases: Vec<Value> = serde_json::from_str(case!("visit-several-choices-in-another-order")).unwrap();
    let bodies = cases.iter().map(|case| phone.body(&format!(r#""answers":{}"#, case["answers"])));
    let bodies: Vec<_> = bodies.collect();
    let first = phone.send(visit, assignment, &bodies[0]).await.expect(201);
    let second = phone.send(visit, assignment, &bodies[1]).await.expect(201);
    assert_eq!(first.bytes, second.bytes);
    let other = phone.body(r#""answers":{"m":{"value":["y","z"]}}"#);
    phone.send(visit, assignment, &other).await.expect_problem(409, "visit_differs");
    // Given twice is a mistake, in whichever order.
    let twice = phone.body(r#""answers":{"m":{"value":["y","x","y"]}}"#);
    phone.send(id(), phone.assignment().await, &twice).await.expect_invalid("/answers/m/value");

    // A visit that was kept in another order before is the same visit still.
    let old = move |conn: &mut incognito::db::Conn| {
        let row = visit_content::table.find(visit);
        let Json(mut kept): Json<Submission> = row.select(visit_content::content).first(conn)?;
        let mut json = serde_json::to_value(&kept).unwrap();
        json["answers"]["m"]["value"] = json!(["y", "x"]);
        kept = serde_json::from_value(json).unwrap();
        let hash = Sha256::of_json(&kept).unwrap();
        diesel::update(row)
            .set((visit_content::content.eq(Json(kept)), visit_content::parts.eq(None::<Json<Parts>>)))
            .execute(conn)?;
        diesel::update(visit::table.find(visit)).set(visit::content_hash.eq(hash)).execute(conn)?;
        Ok(hash)
    };
    let hash = app.db().write(old).await.unwrap();
    for body in &bodies {
        let again = phone.send(visit, assignment, body).await.expect(201);
        assert_eq!(again.json["content_hash"], hash.to_string());
    }
}

/// A phone that sends a visit again may have its files and positions from a store without an order.
async fn lists_in_another_order_are_the_same_visit(app: TestApp) {
    let phone = Phone::new(&app).await;
    let (visit, assignment) = (id(), phone.assignment().await);
    let files: Vec<_> = (0..3)
        .map(|number| {
            json!({"id": id::<()>(), "question": "a", "media_type": "image/jpeg", "size": 10 + number,
                "sha256": "0".repeat(64)})
        })
        .collect();
    let at =
        |minute: u8| json!({"at": format!("2026-03-14T10:{minute}:00Z"), "latitude": 1.5, "longitude": 2});
    let spent = |amount: u16, what: &str| json!({"currency": "EUR", "amount": amount, "what": what});
    let body = |files: &[Value], positions: &[Value], spent: &[Value]| {
        let [files, positions, spent] = [files, positions, spent].map(|list| json!(list).to_string());
        phone.body(&format!(
            r#""answers":{{"a":{{"value":true}}}},"manifest":{files},"positions":{positions},"spent":{spent}"#
        ))
    };
    let positions = [at(10), at(12), at(11)];
    let expenses = [spent(9, "travel"), spent(9, "other"), spent(3, "travel")];
    let first = phone.send(visit, assignment, &body(&files, &positions, &expenses)).await.expect(201);
    let turned = |list: &[Value]| list.iter().rev().cloned().collect::<Vec<_>>();
    let other = body(&turned(&files), &turned(&positions), &turned(&expenses));
    assert_eq!(phone.send(visit, assignment, &other).await.expect(201).bytes, first.bytes);
    let fewer = body(&files[..2], &positions, &expenses);
    phone.send(visit, assignment, &fewer).await.expect_problem(409, "visit_differs");
    let twice = [at(10), at(12), at(12)];
    phone
        .send(visit, assignment, &body(&files, &twice, &expenses))
        .await
        .expect_problem(409, "visit_differs");
}

/// As libraries write dates and times, in the digits of the phone's language too; what may mean another day is a mistake.
async fn dates_and_times_are_taken_as_meant(app: TestApp) {
    let phone = Phone::new(&app).await;
    let (visit, assignment) = (id(), phone.assignment().await);
    let body = |date: &str, time: &str, both: &str| {
        let answers = json!({"d": {"value": date}, "h": {"value": time}, "dh": {"value": both}});
        phone.body(&format!(r#""answers":{answers}"#))
    };
    let first =
        phone.send(visit, assignment, &body("2026-03-14", "09:05", "2026-03-14T09:05")).await.expect(201);
    for (date, time, both) in [
        ("2026-03-14T00:00:00.000", "09:05:59", "2026-03-14 09:05:00"),
        ("٢٠٢٦-٠٣-١٤", "०९:०५", "２０２６-０３-１４t０９:０５"),
    ] {
        let again = phone.send(visit, assignment, &body(date, time, both)).await.expect(201);
        assert_eq!(again.bytes, first.bytes, "{date}");
    }
    let kept = app.get(&phone.world.staff.reviewer, path(visit)).await.expect(200);
    assert_eq!(kept.json["content"]["answers"]["dh"]["value"], "2026-03-14T09:05");
    let (date, time, both) = ("2026-03-14T23:00:00Z", "9:05 AM", "2026-03-14T09:05+02:00");
    let wrong = phone.send(id(), assignment, &body(date, time, both)).await.expect_problem(422, "invalid");
    assert_eq!(wrong.json["errors"].as_array().unwrap().len(), 3, "{wrong}");
}

/// Other names of a kind of file, and capital letters in a digest.
async fn files_are_known_by_other_names(app: TestApp) {
    let phone = Phone::new(&app).await;
    let (visit, assignment) = (id(), phone.assignment().await);
    let body = |kind: &str, digest: &str| {
        let file = json!({"id": "5f0c4e3a-0000-4000-8000-0000000000aa", "question": "a", "media_type": kind,
            "size": 10, "sha256": digest});
        phone.body(&format!(r#""answers":{{"a":{{"value":true}}}},"manifest":[{file}]"#))
    };
    let digest = "00ab".repeat(16);
    let first = phone.send(visit, assignment, &body("image/jpeg", &digest)).await.expect(201);
    for kind in ["image/jpg", "IMAGE/JPEG", "image/pjpeg; q=1"] {
        let again = phone.send(visit, assignment, &body(kind, &digest.to_uppercase())).await.expect(201);
        assert_eq!(again.bytes, first.bytes, "{kind}");
    }
    let kept = app.get(&phone.world.staff.reviewer, path(visit)).await.expect(200);
    let file = &kept.json["content"]["manifest"][0];
    assert_eq!((&file["media_type"], &file["sha256"]), (&json!("image/jpeg"), &json!(digest)));
    phone.send(visit, assignment, &body("image/png", &digest)).await.expect_problem(409, "visit_differs");
    let unknown = phone.send(visit, assignment, &body("image/x-raw", &digest)).await;
    let unknown = unknown.expect_invalid("/manifest/0/media_type");
    assert!(unknown.text("/errors/0/message").starts_with("one of: image/jpeg, "), "{unknown}");
    phone
        .send(visit, assignment, &body("image/jpeg", &digest[1..]))
        .await
        .expect_invalid("/manifest/0/sha256");
    let heif = phone.send(visit, assignment, &body("image/heif", &digest)).await;
    heif.expect_problem(409, "visit_differs");
}

/// Whatever a phone's clock says, its visit is kept; what is no moment at all is a mistake.
async fn no_clock_keeps_a_visit_out(app: TestApp) {
    let phone = Phone::new(&app).await;
    for (sent, kept) in [
        ("1970-01-01T00:00:10+03:00", "1970-01-01T00:00:00Z"),
        ("0001-01-01T00:00:00Z", "1970-01-01T00:00:00Z"),
        ("2099-12-31T23:59:60z", "2099-12-31T23:59:59Z"),
        ("2026-03-14T15:30:00.123456789012+0530", "2026-03-14T10:00:00.123456Z"),
        ("2026-03-14t10:00:00.5-00:00", "2026-03-14T10:00:00.5Z"),
        ("2026-03-14T10:00:00", "2026-03-14T10:00:00Z"),
        ("2026-03-14T10:00:00.250", "2026-03-14T10:00:00.25Z"),
    ] {
        let body = format!(
            r#"{{"assignment_id":"<assignment>","checklist_version_id":"<version>","started_at":"{sent}",
                "ended_at":"{sent}","answers":{{}},
                "positions":[{{"at":"{sent}","latitude":1,"longitude":2}}]}}"#
        );
        let read = phone.kept(&body).await;
        let moments = [&read["started_at"], &read["ended_at"], &read["positions"][0]["at"]];
        assert_eq!(moments, [&json!(kept); 3], "{sent}");
    }
    let body = phone.body(r#""answers":{}"#).replace("2026-03-14T10:20:00Z", "2026-02-30T10:20:00Z");
    let assignment = phone.assignment().await;
    phone.send(id(), assignment, &body).await.expect_invalid("/ended_at");
    // What is taken of a clock is no mistake beside another one.
    let body =
        phone.body(r#""answers":{},"spent":[1]"#).replace("2026-03-14T10:00:00Z", "1969-12-31T22:00:00");
    let wrong = phone.send(id(), assignment, &body).await.expect_invalid("/spent/0");
    assert_eq!(wrong.json["errors"].as_array().unwrap().len(), 1, "{wrong}");
}

async fn reasons_have_lines(app: TestApp) {
    let world = World::build(&app).await;
    let (staff, branches) = (&world.staff, &world.brands[0].regions[0].branches);
    let reason = async |branch: usize, body: &str| {
        let visit = branches[branch].visit;
        let call = app.call(actix_web::http::Method::POST, format!("/v1/visits/{visit}/review/reject"));
        call.by(&staff.reviewer).body("application/json", body.to_owned()).await.expect(200);
        let work = app.get(&staff.shopper, "/v1/me/work").await.expect(200);
        let visits = work.json["visits"].as_array().unwrap().clone();
        visits.iter().find(|one| one["id"] == json!(visit)).unwrap()["reason"].clone()
    };
    let kept = reason(0, case!("review-reject-reason-with-line-break")).await;
    assert_eq!(kept, "The receipt is missing.\nPlease go again.");
    assert_eq!(reason(1, r#"{"reason":"a\r\nb\u2028c\td"}"#).await, "a\nb\nc\td");
    let cancel = format!("/v1/assignments/{}/cancel", branches[0].open_assignment);
    let call = app.call(actix_web::http::Method::POST, cancel).by(&staff.scheduler);
    call.body("application/json", r#"{"reason":"Closed.\nFor good."}"#).await.expect(200);
    for wrong in
        [r#"{"reason":" \n "}"#, r#"{"reason":"a\u0000b"}"#, r#"{"reason":"a\u001bb"}"#, r#"{"reason":null}"#]
    {
        let visit = world.brands[1].regions[0].branches[0].visit;
        let call = app.call(actix_web::http::Method::POST, format!("/v1/visits/{visit}/review/reject"));
        call.by(&staff.reviewer).body("application/json", wrong).await.expect_invalid("/reason");
    }
}

async fn what_makes_no_sense_is_still_refused(app: TestApp) {
    let phone = Phone::new(&app).await;
    let assignment = phone.assignment().await;
    for (members, pointer) in [
        (r#""answers":{"scale_1_to_5":{"value":3.5}}"#, "/answers/scale_1_to_5/value"),
        (r#""answers":{"scale_1_to_5":{"value":"3"}}"#, "/answers/scale_1_to_5/value"),
        (r#""answers":{"scale_1_to_5":{"value":1e400}}"#, "/answers/scale_1_to_5/value"),
        (r#""answers":{},"spent":[{"currency":"EUR","amount":"12","what":"other"}]"#, "/spent/0/amount"),
        (r#""answers":{"a":null}"#, "/answers/a"),
        (r#""answers":null"#, "/answers"),
        (r#""answers":{},"positions":[null]"#, "/positions/0"),
        (r#""answers":{},"extra":null"#, "/extra"),
    ] {
        phone.send(id(), assignment, &phone.body(members)).await.expect_invalid(pointer);
    }
    let mut body = visit_body(assignment, phone.version);
    body["answers"] = json!({"a": {"value": true}});
    phone.send(id(), assignment, &body.to_string()).await.expect(201);
}
