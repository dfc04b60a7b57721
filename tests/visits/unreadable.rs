//! Files that the server cannot read: a visit that names one is kept, its phone is told which, and another takes its place.

use actix_web::http::Method;
use data_encoding::BASE64;
use incognito::{
    evidence::read::ReadEvidence,
    ids::{AssignmentId, EvidenceId, VersionId, VisitId},
    trust::look::LookAtVisits,
    work::Task,
};
use serde_json::{Value, json};

use crate::{
    app::{Answer, TestApp, each_engine_test, id},
    builders::{World, visit_body},
    evidence::tagged_jpeg,
    ledger::all_is_right,
    personas::Persona,
    receipts::with_photos,
    reviews::approve,
    uploads::{File, tus},
    visits::path,
};

each_engine_test!(
    what_is_never_read_is_needed_in_another_form,
    what_turned_out_before_is_waited_for_in_another_form,
    what_turns_out_later_takes_the_receipt,
    what_takes_its_place_is_looked_at,
    what_no_question_needs_takes_nothing,
    the_work_tells_which_files_are_read,
);

const BROKEN: &[u8] = b"\xFF\xD8\xFF\xE0 this is no photo";

/// A shopper with a visit to make, whose checklist wants a photo or only takes one.
struct Case {
    world: World,
    version: VersionId,
    shopper: Persona,
    assignment: AssignmentId,
    visit: VisitId,
}

impl Case {
    async fn new(app: &TestApp, is_required: bool) -> Self {
        let world = World::build(app).await;
        let mut content = with_photos();
        let questions = content["sections"][1]["questions"].as_array_mut().unwrap();
        questions.last_mut().unwrap()["required"] = json!(is_required);
        let brand = &world.brands[0];
        let (_, version) = world.staff.checklist(app, brand.id, content).await;
        let shopper = world.staff.shopper.clone();
        let assignment = world.staff.assignment(app, brand.regions[0].branches[0].id, version).await;
        Self { world, version, shopper, assignment, visit: id() }
    }

    fn file(&self, kind: &'static str, bytes: &[u8]) -> File {
        File::for_visit(self.visit, kind, bytes.to_vec())
    }

    async fn send(&self, app: &TestApp, files: &[&File]) -> Answer {
        let mut body = visit_body(self.assignment, self.version);
        body["manifest"] = files.iter().map(|file| file.listed("photos")).collect();
        app.put(&self.shopper, path(self.visit) + "?receipt=true", body).await
    }

    async fn receipt(&self, app: &TestApp) -> Answer {
        app.get(&self.shopper, path(self.visit) + "/receipt").await
    }

    /// What the work says of the visit.
    async fn work(&self, app: &TestApp) -> Value {
        self.work_since(app, "").await.unwrap()
    }

    async fn work_since(&self, app: &TestApp, since: &str) -> Option<Value> {
        let work = app.get(&self.shopper, format!("/v1/me/work{since}")).await.expect(200);
        work.json["visits"].as_array().unwrap().iter().find(|one| one["id"] == json!(self.visit)).cloned()
    }
}

async fn read(app: &TestApp, file: EvidenceId) {
    ReadEvidence { evidence_id: file, shopper_id: None }.run(app.app(), &app.house().readers).await.unwrap();
}

fn ids(files: &Value) -> Vec<String> {
    files.as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect()
}

async fn what_is_never_read_is_needed_in_another_form(app: TestApp) {
    for kind in ["image/heif", "image/avif"] {
        let case = Case::new(&app, true).await;
        let heic = case.file(kind, b"never comes");
        let sent = case.send(&app, &[&heic]).await.expect(201);
        assert_eq!((&sent.json["state"], &sent.json["missing"]), (&json!("submitted"), &json!([heic.id])));
        let file = &sent.json["unreadable"][0];
        assert_eq!((&file["id"], &file["question"]), (&json!(heic.id), &json!("photos")), "{sent}");
        assert!(file["problem"].as_str().unwrap().contains("JPEG, PNG or WebP"), "{sent}");
        assert_eq!(sent.json["receipt"], Value::Null);
        let work = case.work(&app).await;
        assert_eq!(
            (&work["missing"], &work["unreadable"]),
            (&sent.json["missing"], &sent.json["unreadable"])
        );
        heic.create(&app, &case.shopper).await.expect_problem(415, "unreadable_file");
        // Not by another that the server cannot read, and nothing else may be another.
        let avif = case.file("image/avif", b"nor this one");
        case.send(&app, &[&avif]).await.expect_problem(409, "visit_differs");
        let (jpeg, second) = (case.file("image/jpeg", &tagged_jpeg()), case.file("image/jpeg", b"another"));
        case.send(&app, &[&jpeg, &second]).await.expect_problem(409, "visit_differs");
        let anew = case.send(&app, &[&jpeg]).await.expect(201);
        assert_eq!((&anew.json["missing"], &anew.json["unreadable"]), (&json!([jpeg.id]), &json!([])));
        case.send(&app, &[&heic]).await.expect_problem(409, "visit_differs");
        all_is_right(&app).await;
        jpeg.put(&app, &case.shopper).await.expect(201);
        assert!(case.send(&app, &[&jpeg]).await.expect(201).json["receipt"].is_string());
        case.receipt(&app).await.expect(200);
        approve(&app, &case.world.staff.reviewer, case.visit).await.expect(200);
        all_is_right(&app).await;
    }
}

async fn what_turned_out_before_is_waited_for_in_another_form(app: TestApp) {
    let case = Case::new(&app, true).await;
    let broken = case.file("image/jpeg", BROKEN);
    broken.put(&app, &case.shopper).await.expect(201);
    read(&app, broken.id).await;
    let sent = case.send(&app, &[&broken]).await.expect(201);
    assert_eq!((&sent.json["state"], &sent.json["missing"]), (&json!("submitted"), &json!([broken.id])));
    assert_eq!(ids(&sent.json["unreadable"]), [broken.id.to_string()]);
    assert_eq!(sent.json["receipt"], Value::Null);
    case.receipt(&app).await.expect_problem(409, "not_complete");
    assert_eq!(case.work(&app).await["unreadable"], sent.json["unreadable"]);
    all_is_right(&app).await;
    let jpeg = case.file("image/jpeg", &tagged_jpeg());
    jpeg.put(&app, &case.shopper).await.expect(201);
    read(&app, jpeg.id).await;
    let anew = case.send(&app, &[&jpeg]).await.expect(201);
    assert_eq!((&anew.json["state"], &anew.json["unreadable"]), (&json!("complete"), &json!([])));
    assert!(anew.json["receipt"].is_string());
    all_is_right(&app).await;
}

async fn what_turns_out_later_takes_the_receipt(app: TestApp) {
    let case = Case::new(&app, true).await;
    let (good, broken) = (case.file("image/jpeg", &tagged_jpeg()), case.file("image/jpeg", BROKEN));
    let sent = case.send(&app, &[&broken]).await.expect(201);
    assert_eq!(sent.json["unreadable"], json!([]));
    broken.put(&app, &case.shopper).await.expect(201);
    let before = case.receipt(&app).await.expect(200);
    app.advance(60);
    let since = format!("?since={}", app.now());
    app.advance(60);
    assert_eq!(case.work_since(&app, &since).await, None);
    read(&app, broken.id).await;
    let news = case.work_since(&app, &since).await.unwrap();
    assert_eq!(ids(&news["unreadable"]), [broken.id.to_string()], "{news}");
    let refused = case.receipt(&app).await.expect_problem(409, "not_complete");
    assert_eq!(refused.json["missing"], json!([broken.id]));
    let again = case.send(&app, &[&broken]).await.expect(201);
    assert_eq!((&again.json["state"], &again.json["receipt"]), (&json!("complete"), &Value::Null));
    assert_eq!(ids(&again.json["unreadable"]), [broken.id.to_string()]);
    assert_eq!(case.work(&app).await["unreadable"], again.json["unreadable"]);
    all_is_right(&app).await;
    // What takes its place has to be here first.
    let early = case.send(&app, &[&good]).await.expect_problem(409, "not_complete");
    assert_eq!(early.json["missing"], json!([good.id]));
    good.put(&app, &case.shopper).await.expect(201);
    app.advance(60);
    // A reviewer who works on the visit does not keep the file out.
    let claim = path(case.visit) + "/review/claim";
    app.call(Method::POST, claim).by(&case.world.staff.reviewer).await.expect(200);
    let anew = case.send(&app, &[&good]).await.expect(201);
    assert_eq!((&anew.json["state"], &anew.json["unreadable"]), (&json!("in_review"), &json!([])));
    let receipt = case.receipt(&app).await.expect(200);
    assert_eq!(anew.text("/receipt").as_bytes(), &receipt.bytes[..]);
    assert_ne!(receipt.bytes, before.bytes);
    assert_eq!(case.send(&app, &[&good]).await.expect(201).json["receipt"], anew.json["receipt"]);
    all_is_right(&app).await;
    approve(&app, &case.world.staff.reviewer, case.visit).await.expect(200);
    all_is_right(&app).await;
    case.send(&app, &[&broken]).await.expect_problem(409, "visit_differs");
}

/// Files that take the place of others are looked at as the first ones were, and what is found is shown with what was found before.
async fn what_takes_its_place_is_looked_at(app: TestApp) {
    let case = Case::new(&app, true).await;
    // The photo came before, with another visit.
    let (other, photo) = (Case { visit: id(), ..Case::new(&app, true).await }, tagged_jpeg());
    let earlier = other.file("image/jpeg", &photo);
    earlier.put(&app, &other.shopper).await.expect(201);
    other.send(&app, &[&earlier]).await.expect(201);
    app.advance(60);
    let broken = case.file("image/jpeg", BROKEN);
    broken.put(&app, &case.shopper).await.expect(201);
    case.send(&app, &[&broken]).await.expect(201);
    for file in [earlier.id, broken.id] {
        read(&app, file).await;
    }
    let look = async || LookAtVisits {}.run(app.app(), &app.house().versions).await.unwrap();
    let flags = async || {
        let path = path(case.visit) + "/flags";
        app.get(&case.world.staff.reviewer, path).await.expect(200).json
    };
    let kinds = |flags: &Value| -> Vec<String> {
        let files = flags.as_array().unwrap().iter().filter(|flag| flag["weight"] == "high");
        files.map(|flag| flag["evidence"]["kind"].as_str().unwrap().to_owned()).collect()
    };
    look().await;
    let first = flags().await;
    assert_eq!(kinds(&first["flags"]), ["unreadable_file"]);
    let again = case.file("image/jpeg", &photo);
    again.put(&app, &case.shopper).await.expect(201);
    read(&app, again.id).await;
    case.send(&app, &[&again]).await.expect(201);
    look().await;
    let second = flags().await;
    assert_eq!(kinds(&second["flags"]), ["photo_taken_elsewhere", "photo_seen_before"]);
    assert_eq!((&second["revision"], &second["earlier"][0]["revision"]), (&json!(0), &json!(0)));
    assert_eq!(second["earlier"][0]["flags"], first["flags"]);
    all_is_right(&app).await;
}

async fn what_no_question_needs_takes_nothing(app: TestApp) {
    let case = Case::new(&app, false).await;
    let broken = case.file("image/jpeg", BROKEN);
    broken.put(&app, &case.shopper).await.expect(201);
    read(&app, broken.id).await;
    let sent = case.send(&app, &[&broken]).await.expect(201);
    assert_eq!(sent.json["state"], "complete");
    assert!(sent.json["receipt"].is_string(), "{sent}");
    assert_eq!(ids(&sent.json["unreadable"]), [broken.id.to_string()]);
    case.receipt(&app).await.expect(200);
    // It may be left out all the same.
    assert_eq!(case.send(&app, &[]).await.expect(201).json["unreadable"], json!([]));
    all_is_right(&app).await;
}

async fn the_work_tells_which_files_are_read(app: TestApp) {
    let case = Case::new(&app, true).await;
    let work = app.get(&case.shopper, "/v1/me/work").await.expect(200);
    let files = &work.json["files"];
    let kinds = files["kinds"].as_array().unwrap();
    for (kind, is_read) in
        [("image/jpeg", true), ("image/heic", false), ("audio/webm", true), ("audio/amr", false)]
    {
        let row = kinds.iter().find(|row| row["media_type"] == kind).unwrap();
        assert_eq!(row["read"], is_read, "{row}");
    }
    // What the table says is what happens.
    for row in kinds {
        let kind: &'static str = row["media_type"].as_str().unwrap().to_owned().leak();
        let file = case.file(kind, kind.as_bytes());
        let created = file.create(&app, &case.shopper).await;
        assert_eq!(created.status, if row["read"] == true { 201 } else { 415 }, "{kind}");
    }
    assert_eq!(files["photos"]["max_pixels"], 220_000_000);
    let with_size = async |width: u32, height: u32| {
        let file = case.file("image/jpeg", &tagged_jpeg());
        let side = |side: u32| BASE64.encode(side.to_string().as_bytes());
        let metadata = format!("{},width {},height {}", file.metadata(), side(width), side(height));
        let length = file.bytes.len().to_string();
        let call = tus(&app, Method::POST, "/v1/uploads", &case.shopper).header("upload-length", &length);
        call.header("upload-metadata", &metadata).await
    };
    with_size(16_320, 12_240).await.expect(201);
    let refused = with_size(20_000, 10).await.expect_problem(415, "unreadable_file");
    assert!(refused.text("/detail").contains("20000 × 10"), "{refused}");
}
