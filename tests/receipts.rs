//! Visits with evidence: complete when the last of it has arrived, whatever comes last, and what is signed then.

mod over_tls;

use std::{future::IntoFuture, path::Path, process::Command};

use actix_web::http::Method;
use aws_lc_rs::{
    rand::SystemRandom,
    signature::{ED25519, Ed25519KeyPair, UnparsedPublicKey},
};
use data_encoding::BASE64URL_NOPAD as BASE64URL;
use diesel::prelude::*;
use futures_util::future::{FutureExt, join_all};
use incognito::{
    accounts::model::Role,
    checklists::manifest::MediaType,
    db::{
        Conn, migrate,
        schema::{server_key, visit, visit_content, visit_step},
        types::{Json, Sha256},
    },
    evidence::{
        announce::announce,
        model::{Announcement, Incoming},
    },
    ids::{AccountId, EvidenceId, Key, VisitId},
    visits::{
        model::Submission,
        parts::{Parts, content_hash},
        receipt,
        take_file::take_file,
    },
};
use serde_json::{Value, json};

use crate::{
    app::{Answer, Dice, TestApp, beginning, each_engine_test, id},
    builders::{World, content, visit_body},
    personas::Persona,
    reviews::approve,
    uploads::File,
    visits::{facts, path},
};

each_engine_test!(
    without_evidence_a_visit_is_complete_at_once,
    a_visit_waits_for_the_files_that_it_names,
    files_may_come_before_their_visit,
    the_last_arrival_completes_a_visit_once,
    a_visit_that_would_wait_for_ever_is_refused,
    a_file_that_its_visit_contradicts_is_not_kept,
    what_is_uploaded_completes_a_visit,
    a_receipt_has_the_same_bytes_whatever_keys_come_later,
    what_is_signed_for_one_use_is_good_for_no_other,
    what_a_phone_tells_is_kept_and_never_a_reason_to_refuse,
    what_a_phone_tells_has_limits,
    a_receipt_outlasts_what_is_erased,
    receipts_of_the_first_visits_stay_good,
    older_visits_are_complete_unless_they_name_files,
    receipts_are_checked_without_the_server,
);

/// A checklist that also takes photos.
pub fn with_photos() -> Value {
    let mut content = content();
    let photos = json!({"key": "photos", "text": {"en": "Show it."}, "required": false,
        "answer": {"kind": "photo", "at_least": 1, "at_most": 20}});
    content["sections"][1]["questions"].as_array_mut().unwrap().push(photos);
    content
}

/// A visit that is to be sent, with its files.
struct Case {
    visit: VisitId,
    body: Value,
    files: Vec<Announcement>,
}

impl Case {
    /// Somewhere where photos are taken, with so many of them.
    async fn new(app: &TestApp, world: &World, version: incognito::ids::VersionId, files: usize) -> Self {
        let branch = &world.brands[0].regions[0].branches[0];
        let assignment = world.staff.assignment(app, branch.id, version).await;
        let visit = id();
        let shopper = world.staff.shopper.account;
        let files: Vec<_> = (0..files).map(|_| photo(visit, shopper)).collect();
        let mut body = visit_body(assignment, version);
        if !files.is_empty() {
            body["manifest"] = files.iter().map(listed).collect();
        }
        Self { visit, body, files }
    }

    async fn send(&self, app: &TestApp, world: &World) -> Answer {
        app.put(&world.staff.shopper, path(self.visit), self.body.clone()).await.expect(201)
    }

    fn missing(&self, numbers: &[usize]) -> Value {
        numbers.iter().map(|&number| json!(self.files[number].id)).collect()
    }
}

/// The bytes that stand for a file.
fn bytes(of: EvidenceId) -> Vec<u8> {
    format!("photo {of}").into_bytes()
}

fn photo(visit: VisitId, shopper: AccountId) -> Announcement {
    let id = id();
    let bytes = bytes(id);
    let (size, sha256) = (bytes.len() as i64, Sha256::of(&bytes));
    Announcement { id, visit, assignment: None, shopper, media_type: MediaType::Jpeg, size, sha256 }
}

/// As the manifest has it.
fn listed(file: &Announcement) -> Value {
    json!({"id": file.id, "question": "photos", "media_type": file.media_type, "size": file.size,
        "sha256": file.sha256})
}

/// Announces the file and, in another transaction, keeps it, as an upload does when its last byte is here.
async fn arrive(app: &TestApp, file: Announcement) {
    let now = app.now();
    app.db().write(move |conn| announce(conn, &file, now)).await.unwrap();
    keep(app, file).await;
}

async fn keep(app: &TestApp, file: Announcement) {
    let now = app.now();
    let (incoming, job) = (Incoming::New(file), id());
    app.db().write(move |conn| take_file(conn, &incoming, now, job)).await.unwrap();
}

async fn receipt_of(app: &TestApp, world: &World, visit: VisitId) -> Answer {
    app.get(&world.staff.shopper, format!("{}/receipt", path(visit))).await
}

/// What a receipt says, checked by hand against the published keys.
pub async fn verified(app: &TestApp, jws: &str) -> Value {
    let parts: Vec<_> = jws.split('.').collect();
    let [header, payload, signature] = parts[..] else { panic!("{jws} is no compact JWS") };
    let read = |part: &str| BASE64URL.decode(part.as_bytes()).unwrap();
    let json = |part| serde_json::from_slice::<Value>(&read(part)).unwrap();
    let (header, claims) = (json(header), json(payload));
    assert_eq!((&header["alg"], &header["typ"]), (&json!("EdDSA"), &json!("visit-receipt+jwt")));
    let keys = app.get(&Persona::nobody(), "/.well-known/jwks.json").await.expect(200).json;
    let key = keys["keys"].as_array().unwrap().iter().find(|key| key["kid"] == header["kid"]).unwrap();
    let signed = jws.rsplit_once('.').unwrap().0;
    UnparsedPublicKey::new(&ED25519, read(key["x"].as_str().unwrap()))
        .verify(signed.as_bytes(), &read(signature))
        .unwrap();
    claims
}

/// What the deployment calls itself.
async fn issuer(app: &TestApp) -> String {
    let keys = app.get(&Persona::nobody(), "/.well-known/jwks.json").await.expect(200);
    let issuer = keys.text("/issuer").to_owned();
    assert!(issuer.starts_with("urn:uuid:"), "{issuer}");
    issuer
}

fn text(answer: &Answer) -> String {
    String::from_utf8(answer.bytes.to_vec()).unwrap()
}

async fn without_evidence_a_visit_is_complete_at_once(app: TestApp) {
    let world = World::build(&app).await;
    let case = Case::new(&app, &world, world.brands[0].version, 0).await;
    let kept = case.send(&app, &world).await;
    assert_eq!((&kept.json["state"], &kept.json["missing"]), (&json!("complete"), &json!([])));
    assert_eq!(kept.json.get("receipt"), None, "it was not asked for");
    let receipt = receipt_of(&app, &world, case.visit).await.expect(200);
    assert_eq!(receipt.header("content-type"), "application/jose");
    assert_eq!(
        verified(&app, &text(&receipt)).await,
        json!({"v": 2, "iss": issuer(&app).await, "visit_id": case.visit,
            "content_hash": kept.json["content_hash"], "manifest": [], "completed_at": "2026-03-15T10:00:00Z"})
    );
    app.advance(100);
    let asked = format!("{}?receipt=true", path(case.visit));
    let again = app.put(&world.staff.shopper, &asked, case.body.clone()).await.expect(201);
    assert_eq!(again.text("/receipt"), text(&receipt));
    approve(&app, &world.staff.reviewer, case.visit).await.expect(200);
    let read = app.get(&world.staff.reviewer, format!("{}/receipt", path(case.visit))).await.expect(200);
    assert_eq!(read.bytes, receipt.bytes);
    let unknown = format!("{}?receipts=true", path(case.visit));
    app.put(&world.staff.shopper, &unknown, case.body.clone()).await.expect_problem(422, "invalid");
    app.put(&world.staff.shopper, asked.replace("true", "1"), case.body.clone())
        .await
        .expect_invalid("receipt");
    receipt_of(&app, &world, id()).await.expect_problem(404, "not_found");
}

async fn a_visit_waits_for_the_files_that_it_names(app: TestApp) {
    let world = World::build(&app).await;
    let (_, version) = world.staff.checklist(&app, world.brands[0].id, with_photos()).await;
    let case = Case::new(&app, &world, version, 3).await;
    let reviewer = &world.staff.reviewer;
    let send = || case.send(&app, &world);
    let waits_for = async |numbers: &[usize]| {
        let sent = send().await;
        assert_eq!(
            (&sent.json["state"], &sent.json["missing"]),
            (&json!("submitted"), &case.missing(numbers))
        );
        assert_eq!(sent.json.get("receipt"), None);
        let refused = receipt_of(&app, &world, case.visit).await.expect_problem(409, "not_complete");
        assert_eq!(refused.json["missing"], case.missing(numbers));
        let read = app.get(reviewer, path(case.visit)).await.expect(200);
        assert_eq!((&read.json["state"], &read.json["completed_at"]), (&json!("submitted"), &json!(null)));
        let refused = approve(&app, reviewer, case.visit).await.expect_problem(409, "wrong_state");
        assert!(refused.text("/detail").contains("submitted"), "{refused}");
        sent
    };
    let in_queue = async || {
        let queue = app.get(reviewer, "/v1/reviews?limit=200").await.expect(200);
        queue.json["items"].as_array().unwrap().iter().any(|item| item["visit_id"] == json!(case.visit))
    };
    let first = waits_for(&[0, 1, 2]).await;
    app.advance(10);
    arrive(&app, case.files[1]).await;
    waits_for(&[0, 2]).await;
    // Files of others, of another visit, and one that has only been announced, do not count.
    let other = Persona::everywhere(&app, Role::Shopper).await.account;
    arrive(&app, photo(case.visit, world.staff.shopper.account)).await;
    arrive(&app, Announcement { shopper: other, ..photo(case.visit, other) }).await;
    arrive(&app, photo(id(), world.staff.shopper.account)).await;
    let now = app.now();
    let announced = case.files[0];
    app.db().write(move |conn| announce(conn, &announced, now)).await.unwrap();
    waits_for(&[0, 2]).await;
    app.advance(10);
    keep(&app, announced).await;
    waits_for(&[2]).await;
    assert!(!in_queue().await);
    app.advance(10);
    arrive(&app, case.files[2]).await;
    // Once more changes nothing.
    app.advance(10);
    keep(&app, case.files[2]).await;

    let last = send().await;
    assert_eq!((&last.json["state"], &last.json["missing"]), (&json!("complete"), &json!([])));
    assert_eq!(facts(&last), facts(&first));
    let receipt = receipt_of(&app, &world, case.visit).await.expect(200);
    let salted = |(place, file): (usize, &Announcement)| {
        let salt = &first.json["salts"][format!("/manifest/{place}/sha256")];
        let pair = format!("[{salt},\"{}\"]", file.sha256);
        json!({"id": file.id, "salted": Sha256::of(pair.as_bytes())})
    };
    let manifest: Value = case.files.iter().enumerate().map(salted).collect();
    assert_eq!(
        verified(&app, &text(&receipt)).await,
        json!({"v": 2, "iss": issuer(&app).await, "visit_id": case.visit,
            "content_hash": first.json["content_hash"], "manifest": manifest,
            "completed_at": "2026-03-15T10:00:30Z"})
    );
    assert!(in_queue().await);
    let seen = case.visit;
    let steps = app.db().read(move |conn| {
        Ok(visit_step::table.filter(visit_step::visit_id.eq(seen)).count().get_result::<i64>(conn)?)
    });
    assert_eq!(steps.await.unwrap(), 0, "steps are people's");
    approve(&app, reviewer, case.visit).await.expect(200);
    assert_eq!(receipt_of(&app, &world, case.visit).await.bytes, receipt.bytes);
}

async fn files_may_come_before_their_visit(app: TestApp) {
    let world = World::build(&app).await;
    let (_, version) = world.staff.checklist(&app, world.brands[0].id, with_photos()).await;
    let case = Case::new(&app, &world, version, 2).await;
    for file in &case.files {
        arrive(&app, *file).await;
    }
    app.advance(60);
    let sent = case.send(&app, &world).await;
    assert_eq!((&sent.json["state"], &sent.json["missing"]), (&json!("complete"), &json!([])));
    let receipt = receipt_of(&app, &world, case.visit).await.expect(200);
    assert_eq!(verified(&app, &text(&receipt)).await["completed_at"], "2026-03-15T10:01:00Z");
}

/// What is sent at once in one round.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Round {
    /// The visit and its last file.
    LastFileAndVisit,
    /// The last two files of a visit that is there.
    TwoLastFiles,
    /// All files, and the visit three times.
    Everything,
}

async fn the_last_arrival_completes_a_visit_once(app: TestApp) {
    let world = World::build(&app).await;
    let (_, version) = world.staff.checklist(&app, world.brands[0].id, with_photos()).await;
    let mut dice = Dice::seeded(11);
    for number in 0..75 {
        let round = [Round::LastFileAndVisit, Round::TwoLastFiles, Round::Everything][number % 3];
        let case = Case::new(&app, &world, version, 4).await;
        let now = app.now();
        for file in case.files.clone() {
            app.db().write(move |conn| announce(conn, &file, now)).await.unwrap();
        }
        let before = match round {
            Round::LastFileAndVisit => 3,
            Round::TwoLastFiles => 2,
            Round::Everything => 0,
        };
        for file in &case.files[..before] {
            keep(&app, *file).await;
        }
        if round == Round::TwoLastFiles {
            case.send(&app, &world).await;
        }
        let sends = [1, 0, 3][number % 3];
        let mut at_once: Vec<_> =
            case.files[before..].iter().map(|file| keep(&app, *file).boxed_local()).collect();
        for _ in 0..sends {
            let place = dice.roll(at_once.len() as u64 + 1) as usize;
            at_once.insert(place, case.send(&app, &world).map(drop).boxed_local());
        }
        join_all(at_once).await;
        let read = app.get(&world.staff.reviewer, path(case.visit)).await.expect(200);
        assert_eq!(read.json["state"], "complete", "round {number}: {read}");
        let first = receipt_of(&app, &world, case.visit).await.expect(200);
        // It is complete once and for all.
        app.advance(1);
        let again = case.send(&app, &world).await;
        assert_eq!(again.json["missing"], json!([]));
        assert_eq!(receipt_of(&app, &world, case.visit).await.bytes, first.bytes);
    }
}

/// All files and the visit at once, as a phone that has found its network again may send them.
/// A file that is here is never replaced, so a visit that names another one under its id would never be complete.
async fn a_visit_that_would_wait_for_ever_is_refused(app: TestApp) {
    let world = World::build(&app).await;
    let (_, version) = world.staff.checklist(&app, world.brands[0].id, with_photos()).await;
    let other = Persona::everywhere(&app, Role::Shopper).await.account;
    let differences: [fn(&mut Announcement, AccountId); 5] = [
        |file, _| file.size += 1,
        |file, _| file.sha256 = Sha256::of(b"another"),
        |file, _| file.media_type = MediaType::Png,
        |file, _| file.visit = id(),
        |file, other| file.shopper = other,
    ];
    for differ in differences {
        let case = Case::new(&app, &world, version, 3).await;
        let send = || app.put(&world.staff.shopper, path(case.visit), case.body.clone());
        arrive(&app, case.files[0]).await;
        let mut file = case.files[1];
        differ(&mut file, other);
        arrive(&app, file).await;
        let refused = send().await.expect_problem(409, "evidence_differs");
        assert_eq!(refused.json["errors"].as_array().map(Vec::len), Some(1), "{refused}");
        assert_eq!(refused.text("/errors/0/pointer"), "/manifest/1");
        app.get(&world.staff.shopper, path(case.visit)).await.expect_problem(404, "not_found");

        let mut body = case.body.clone();
        body["manifest"].as_array_mut().unwrap().remove(1);
        app.put(&world.staff.shopper, path(case.visit), body).await.expect(201);
    }
}

async fn a_file_that_its_visit_contradicts_is_not_kept(app: TestApp) {
    let world = World::build(&app).await;
    let (staff, branch) = (&world.staff, &world.brands[0].regions[0].branches[0]);
    let (_, version) = staff.checklist(&app, world.brands[0].id, with_photos()).await;
    let (assignment, visit) = (staff.assignment(&app, branch.id, version).await, id());
    let right = File::for_visit(visit, "image/jpeg", vec![1; 500]);
    let mut wrong = File::for_visit(visit, "image/jpeg", vec![2; 400]);
    wrong.id = right.id;
    let mut body = visit_body(assignment, version);
    body["manifest"] = json!([right.listed("photos")]);
    let sent = app.put(&staff.shopper, path(visit), body).await.expect(201);
    assert_eq!(sent.text("/state"), "submitted");

    wrong.put(&app, &staff.shopper).await.expect_problem(409, "evidence_differs");
    wrong
        .create(&app, &staff.shopper)
        .body("application/offset+octet-stream", wrong.bytes.clone())
        .await
        .expect_problem(409, "evidence_differs");
    right.put(&app, &staff.shopper).await.expect(201);
    let seen = app.get(&staff.shopper, path(visit)).await.expect(200);
    assert_eq!(seen.text("/state"), "complete");
}

async fn what_is_uploaded_completes_a_visit(app: TestApp) {
    let world = World::build(&app).await;
    let (_, version) = world.staff.checklist(&app, world.brands[0].id, with_photos()).await;
    for round in 0..20 {
        let case = Case::new(&app, &world, version, 6).await;
        let upload = |file: &Announcement| {
            let digest = data_encoding::BASE64
                .encode(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &bytes(file.id)).as_ref());
            app.call(Method::PUT, format!("/v1/uploads/{}?visit_id={}", file.id, case.visit))
                .by(&world.staff.shopper)
                .header("content-digest", &format!("sha-256=:{digest}:"))
                .body("image/jpeg", bytes(file.id))
                .into_future()
                .map(|answer| drop(answer.expect(201)))
                .boxed_local()
        };
        let mut at_once: Vec<_> = case.files.iter().map(upload).collect();
        at_once.insert(round % 7, case.send(&app, &world).map(drop).boxed_local());
        join_all(at_once).await;
        let receipt = receipt_of(&app, &world, case.visit).await.expect(200);
        assert_eq!(verified(&app, &text(&receipt)).await["manifest"].as_array().unwrap().len(), 6);
    }
}

async fn a_receipt_has_the_same_bytes_whatever_keys_come_later(app: TestApp) {
    let world = World::build(&app).await;
    let old = &world.brands[0].regions[0].branches[0];
    let before = receipt_of(&app, &world, old.visit).await.expect(200);
    let pkcs8 = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).unwrap().as_ref().to_vec();
    let add = move |conn: &mut Conn| {
        let key = (
            server_key::id.eq(id::<Key>()),
            server_key::purpose.eq("receipts"),
            server_key::material.eq(pkcs8.clone()),
            server_key::under_secret.eq(false),
            server_key::created_at.eq(beginning().plus_seconds(60)),
        );
        Ok(diesel::insert_into(server_key::table).values(key).execute(conn)?)
    };
    app.db().write(add).await.unwrap();
    let app = TestApp::start(app.stop()).await;
    app.advance(120);
    let shopper = world.staff.shopper.clone().renewed(&app);
    let after = app.get(&shopper, format!("{}/receipt", path(old.visit))).await.expect(200);
    assert_eq!(after.bytes, before.bytes);
    verified(&app, &text(&after)).await;
    let new: VisitId = id();
    let body = visit_body(old.open_assignment, world.brands[0].version);
    app.put(&shopper, path(new), body).await.expect(201);
    let new = app.get(&shopper, format!("{}/receipt", path(new))).await.expect(200);
    verified(&app, &text(&new)).await;
    let header = |answer: &Answer| text(answer).split('.').next().unwrap().to_owned();
    assert_ne!(header(&new), header(&after), "the newer key signs what is newer");
}

async fn what_is_signed_for_one_use_is_good_for_no_other(app: TestApp) {
    let world = World::build(&app).await;
    let visit = world.brands[0].regions[0].branches[0].visit;
    let jws = text(&receipt_of(&app, &world, visit).await.expect(200));
    let keys = app.get(&Persona::nobody(), "/.well-known/jwks.json").await.json;
    let keys = serde_json::from_value(keys).unwrap();
    assert_eq!(receipt::check(&format!("{jws}\n"), &keys).unwrap().receipt.visit_id, visit);

    let impostor = Persona { token: Some(jws.clone()), ..world.staff.shopper.clone() };
    app.get(&impostor, "/v1/me").await.expect_problem(401, "sign_in_needed");
    let token = world.staff.shopper.token.clone().unwrap();
    assert!(receipt::check(&token, &keys).unwrap_err().contains("no receipt"));

    let parts: Vec<_> = jws.split('.').collect();
    let mut payload: Value = serde_json::from_slice(&BASE64URL.decode(parts[1].as_bytes()).unwrap()).unwrap();
    payload["visit_id"] = json!(id::<()>());
    let forged = BASE64URL.encode(payload.to_string().as_bytes());
    let unsigned = BASE64URL.encode(br#"{"typ":"visit-receipt+jwt","alg":"none"}"#);
    let symmetric = BASE64URL.encode(
        json!({"typ": "visit-receipt+jwt", "alg": "HS256",
            "kid": receipt::check(&jws, &keys).unwrap().key})
        .to_string()
        .as_bytes(),
    );
    for wrong in [
        String::new(),
        "x".to_owned(),
        format!("{}.{}", parts[0], parts[1]),
        format!("{}.{forged}.{}", parts[0], parts[2]),
        format!("{unsigned}.{}.", parts[1]),
        format!("{symmetric}.{}.{}", parts[1], parts[2]),
    ] {
        assert!(receipt::check(&wrong, &keys).is_err(), "{wrong}");
    }
    let other = serde_json::from_value(json!({"keys": []})).unwrap();
    assert!(receipt::check(&jws, &other).unwrap_err().contains("none of the keys"));
    // Whichever letter of it is another.
    for at in (0..jws.len()).filter(|at| at % 3 == 0) {
        let mut altered = jws.clone().into_bytes();
        altered[at] = if altered[at] == b'A' { b'Q' } else { b'A' };
        let altered = String::from_utf8(altered).unwrap();
        assert!(receipt::check(&altered, &keys).is_err(), "{altered}");
    }
}

async fn what_a_phone_tells_is_kept_and_never_a_reason_to_refuse(app: TestApp) {
    let world = World::build(&app).await;
    let at = |at: &str, latitude: f64, longitude: f64| json!({"at": at, "latitude": latitude, "longitude": longitude});
    let mut mocked = at("2026-03-14T09:05:00Z", 41.008_2, 28.978_4);
    mocked["accuracy_m"] = json!(12);
    mocked["mock"] = json!(true);
    // On the other side of the earth, long before and long after.
    let far = [
        at("1970-01-01T00:00:00Z", -90.0, -180.0),
        at("2099-12-31T23:59:59.999999Z", 90.0, 180.0),
        at("2026-03-14T09:20:00Z", 0.0, 1e-7),
    ];
    let more = json!({
        "positions": [mocked, far[0], far[1], far[2]],
        "device": {"model": "Pixel 9", "os": "Android 16", "app_version": "1.4.2 (317)"},
        "spent": [{"currency": "EUR", "amount": 1250, "what": "purchase"},
            {"currency": "JPY", "amount": 400, "what": "travel"}, {"currency": "KWD", "amount": 1, "what": "other"}],
    });
    let mut case = Case::new(&app, &world, world.brands[0].version, 0).await;
    let bare = Case::new(&app, &world, world.brands[0].version, 0).await;
    case.body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let kept = case.send(&app, &world).await;
    let read = app.get(&world.staff.reviewer, path(case.visit)).await.expect(200);
    assert_eq!(read.json["content"], case.body);
    let content: Submission = serde_json::from_value(read.json["content"].clone()).unwrap();
    let parts =
        Parts { salts: serde_json::from_value(kept.json["salts"].clone()).unwrap(), ..Parts::default() };
    assert_eq!(parts.salts.keys().collect::<Vec<_>>(), ["/device", "/positions"]);
    assert_eq!(kept.text("/content_hash"), content_hash(&content, Some(&parts)).unwrap().to_string());
    assert_eq!((&read.json["salts"], &read.json["erased"]), (&kept.json["salts"], &json!({})));

    // The same said otherwise: a position is kept to a centimetre, and what is so anyway may be said.
    let mut again = case.body.clone();
    again["positions"][0]["latitude"] = json!(41.008_200_01);
    again["positions"][1]["mock"] = json!(false);
    again["positions"][1]["accuracy_m"] = json!(null);
    again["positions"][2]["at"] = json!("2099-12-31T23:59:59.999999+00:00");
    let same = app.put(&world.staff.shopper, path(case.visit), again.clone()).await.expect(201);
    assert_eq!(same.bytes, kept.bytes);
    again["positions"][2]["mock"] = json!(true);
    again["spent"][0]["amount"] = json!(1251);
    let differs = app.put(&world.staff.shopper, path(case.visit), again).await;
    let differs = differs.expect_problem(409, "visit_differs");
    let pointers: Vec<_> = differs.json["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| error["pointer"].as_str().unwrap())
        .collect();
    assert_eq!(pointers, ["/positions", "/spent"]);

    // Nothing told is the same as told to be nothing.
    let kept = bare.send(&app, &world).await;
    let mut empty = bare.body.clone();
    empty["positions"] = json!([]);
    empty["device"] = json!(null);
    empty["spent"] = json!([]);
    let same = app.put(&world.staff.shopper, path(bare.visit), empty).await.expect(201);
    assert_eq!(same.bytes, kept.bytes);
}

/// Changes a visit's row without the server.
async fn rewrite(
    app: &TestApp,
    of: VisitId,
    content: Submission,
    parts: Option<Parts>,
    hash: Option<Sha256>,
) {
    let change = move |conn: &mut Conn| {
        let parts = parts.clone().map(Json);
        diesel::update(visit_content::table.find(of))
            .set((visit_content::content.eq(Json(content.clone())), visit_content::parts.eq(parts)))
            .execute(conn)?;
        if let Some(hash) = hash {
            diesel::update(visit::table.find(of)).set(visit::content_hash.eq(hash)).execute(conn)?;
        }
        Ok(())
    };
    app.db().write(change).await.unwrap();
}

async fn a_receipt_outlasts_what_is_erased(app: TestApp) {
    let world = World::build(&app).await;
    let (_, version) = world.staff.checklist(&app, world.brands[0].id, with_photos()).await;
    let mut case = Case::new(&app, &world, version, 2).await;
    case.body["answers"]["remarks"] = json!({"value": "The tall one was rude.", "comment": "Really."});
    case.body["device"] = json!({"model": "Pixel 9", "os": "Android 16", "app_version": "1"});
    case.body["positions"] = json!([{"at": "2026-03-14T09:05:00Z", "latitude": 41.5, "longitude": 2e-7}]);
    for file in &case.files {
        arrive(&app, *file).await;
    }
    let sent = case.send(&app, &world).await;
    let receipt = receipt_of(&app, &world, case.visit).await.expect(200);
    let read = app.get(&world.staff.reviewer, path(case.visit)).await.expect(200);
    let mut content: Submission = serde_json::from_value(read.json["content"].clone()).unwrap();
    let mut parts =
        Parts { salts: serde_json::from_value(sent.json["salts"].clone()).unwrap(), ..Parts::default() };
    let gone =
        ["/answers/remarks/value", "/answers/remarks/comment", "/device", "/positions", "/manifest/1/sha256"];
    assert!(gone.iter().all(|pointer| parts.erase(&mut content, pointer).unwrap()));
    rewrite(&app, case.visit, content, Some(parts), None).await;

    let left = app.get(&world.staff.reviewer, path(case.visit)).await.expect(200);
    for word in ["rude", "Really", "Pixel", "41.5", &case.files[1].sha256.to_string()] {
        assert!(!left.json.to_string().contains(word), "{word}: {left}");
    }
    assert_eq!(left.json["erased"].as_object().unwrap().len(), gone.len());
    assert_eq!(receipt_of(&app, &world, case.visit).await.bytes, receipt.bytes);
    assert_eq!(left.text("/content_hash"), sent.text("/content_hash"));
    assert!(crate::verify::verified(&app).await.is_right());
    // The phone may still have it, and send it again.
    let again = case.send(&app, &world).await;
    assert_eq!(again.text("/content_hash"), sent.text("/content_hash"));
    assert_eq!(
        again.json["salts"].as_object().unwrap().len(),
        sent.json["salts"].as_object().unwrap().len() - gone.len()
    );
    let mut other = case.body.clone();
    other["answers"]["clean"] = json!({"value": 1});
    let differs = app.put(&world.staff.shopper, path(case.visit), other).await;
    assert!(differs.expect_problem(409, "visit_differs").json.to_string().contains("/answers/clean"));
}

/// Their digest was of the content as it was written, and their receipts had no version.
async fn receipts_of_the_first_visits_stay_good(app: TestApp) {
    let world = World::build(&app).await;
    let (_, version) = world.staff.checklist(&app, world.brands[0].id, with_photos()).await;
    let case = Case::new(&app, &world, version, 1).await;
    arrive(&app, case.files[0]).await;
    case.send(&app, &world).await;
    let content: Submission = serde_json::from_value(case.body.clone()).unwrap();
    let hash = Sha256::of_json(&content).unwrap();
    rewrite(&app, case.visit, content, None, Some(hash)).await;

    let jws = text(&receipt_of(&app, &world, case.visit).await.expect(200));
    assert_eq!(
        verified(&app, &jws).await,
        json!({"iss": "incognito", "visit_id": case.visit, "content_hash": hash,
            "manifest": [{"id": case.files[0].id, "sha256": case.files[0].sha256}],
            "completed_at": "2026-03-15T10:00:00Z"})
    );
    let again = case.send(&app, &world).await;
    assert_eq!((again.text("/content_hash"), &again.json["salts"]), (hash.to_string(), &json!({})));
    let read = app.get(&world.staff.reviewer, path(case.visit)).await.expect(200);
    assert_eq!(read.json["salts"], json!(null));
    assert!(crate::verify::verified(&app).await.is_right());

    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).unwrap();
    write("receipt.jws", jws.as_bytes());
    write("keys.json", &app.get(&Persona::nobody(), "/.well-known/jwks.json").await.expect(200).bytes);
    write("sent.json", case.body.to_string().as_bytes());
    write("a.jpg", &bytes(case.files[0].id));
    let all = ["receipt.jws", "--jwks", "keys.json", "--visit", "sent.json", "--evidence", "a.jpg"];
    let (right, output) = verify(folder.path(), &all);
    assert!(right && output.contains("a.jpg is ") && output.contains("sent.json is the visit"), "{output}");
}

async fn what_a_phone_tells_has_limits(app: TestApp) {
    let world = World::build(&app).await;
    let case = Case::new(&app, &world, world.brands[0].version, 0).await;
    let position = json!({"at": "2026-03-14T09:05:00Z", "latitude": 1, "longitude": 2});
    let device = json!({"model": "m", "os": "o", "app_version": "1"});
    let spent = json!({"currency": "EUR", "amount": 1, "what": "other"});
    let with = |of: &Value, name: &str, value: Value| {
        let mut altered = of.clone();
        altered[name] = value;
        altered
    };
    let many = |of: &Value, count| json!(vec![of.clone(); count]);
    let long = "x".repeat(2_001);
    let rows = [
        ("positions", many(&position, 101), "/positions"),
        ("positions", json!([[]]), "/positions/0"),
        ("positions", json!([with(&position, "latitude", json!(90.000_000_1))]), "/positions/0/latitude"),
        ("positions", json!([with(&position, "latitude", json!(-91))]), "/positions/0/latitude"),
        ("positions", json!([with(&position, "longitude", json!(180.1))]), "/positions/0/longitude"),
        ("positions", json!([with(&position, "longitude", json!("2"))]), "/positions/0/longitude"),
        ("positions", json!([with(&position, "accuracy_m", json!("12"))]), "/positions/0/accuracy_m"),
        ("positions", json!([with(&position, "at", json!("noon"))]), "/positions/0/at"),
        ("positions", json!([with(&position, "speed", json!(1))]), "/positions/0/speed"),
        ("device", with(&device, "os", json!(7)), "/device/os"),
        ("device", with(&device, "app_version", json!(long)), "/device/app_version"),
        ("device", with(&device, "serial", json!("1")), "/device/serial"),
        ("device", json!(["m", "o", "1"]), "/device"),
        ("spent", many(&spent, 21), "/spent"),
        ("spent", json!([with(&spent, "currency", json!("eur"))]), "/spent/0/currency"),
        ("spent", json!([with(&spent, "currency", json!("ZZZ"))]), "/spent/0/currency"),
        ("spent", json!([with(&spent, "amount", json!(0))]), "/spent/0/amount"),
        ("spent", json!([with(&spent, "amount", json!(1_000_000_000_001_i64))]), "/spent/0/amount"),
        ("spent", json!([with(&spent, "amount", json!(1.5))]), "/spent/0/amount"),
        ("spent", json!([with(&spent, "what", json!("bribe"))]), "/spent/0/what"),
    ];
    for (name, value, pointer) in rows {
        let body = with(&case.body, name, value);
        app.put(&world.staff.shopper, path(case.visit), body).await.expect_invalid(pointer);
    }
    let mut body = case.body.clone();
    body["positions"] = many(&position, 100);
    body["device"] = with(&device, "model", json!("é".repeat(100)));
    body["spent"] = many(&with(&spent, "amount", json!(1_000_000_000_000_i64)), 20);
    app.put(&world.staff.shopper, path(case.visit), body).await.expect(201);
}

/// Before there were receipts, visits were complete when they arrived, whatever files they named.
async fn older_visits_are_complete_unless_they_name_files(app: TestApp) {
    let mut world = World::build(&app).await;
    let (_, version) = world.staff.checklist(&app, world.brands[0].id, with_photos()).await;
    let mut naming = Case::new(&app, &world, version, 1).await;
    // What somebody writes is no list of files.
    naming.body["answers"]["remarks"] = json!({"value": r#""manifest":[] "manifest": ["#});
    naming.send(&app, &world).await;
    let mut writing = Case::new(&app, &world, version, 0).await;
    writing.body["answers"]["remarks"] = naming.body["answers"]["remarks"].clone();
    writing.send(&app, &world).await;
    let database = app.stop();
    let all: usize = std::fs::read_dir("migrations").unwrap().count();
    let later = std::fs::read_dir("migrations")
        .unwrap()
        .filter(|one| one.as_ref().unwrap().file_name().to_str().unwrap() >= "13_receipts");
    let later = later.count();
    assert!(later < all);
    assert_eq!(migrate::down(&database.url, later).unwrap().last().unwrap(), "13_receipts");
    migrate::up(&database.url).unwrap();
    let app = TestApp::start(database).await;
    // Tokens have a new key.
    world.staff.shopper = world.staff.shopper.clone().renewed(&app);
    let states = app.db().read(|conn| {
        Ok(visit::table
            .order(visit::id)
            .select((visit::id, visit::state, visit::received_at, visit::completed_at))
            .load::<(VisitId, String, _, Option<_>)>(conn)?)
    });
    let states: Vec<(_, _, incognito::db::types::Instant, _)> = states.await.unwrap();
    assert_eq!(states.len(), 8 + 2);
    for (visit, state, received_at, completed_at) in states {
        let wanted =
            if visit == naming.visit { ("submitted", None) } else { ("complete", Some(received_at)) };
        assert_eq!((state.as_str(), completed_at), wanted);
    }
    arrive(&app, naming.files[0]).await;
    receipt_of(&app, &world, naming.visit).await.expect(200);
}

/// `incognito receipt verify` in a folder: whether it ended with 0, and all that it said.
fn verify(folder: &Path, arguments: &[&str]) -> (bool, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_incognito"));
    // As if the system trusted this certificate alone, and knew no proxies.
    command.env("SSL_CERT_FILE", folder.join("trusted.pem")).env_remove("SSL_CERT_DIR").env("NO_PROXY", "*");
    command.current_dir(folder).args(["receipt", "verify"]);
    let done = command.args(arguments).output().unwrap();
    let output = [done.stdout, done.stderr].concat();
    assert!(matches!(done.status.code(), Some(0 | 1)), "{}", String::from_utf8_lossy(&output));
    (done.status.success(), String::from_utf8(output).unwrap())
}

async fn receipts_are_checked_without_the_server(app: TestApp) {
    let world = World::build(&app).await;
    let mut rules = with_photos();
    rules["sections"][1]["questions"][1]["show_when"] = json!({"!": {"var": "greeted"}});
    let (_, version) = world.staff.checklist(&app, world.brands[0].id, rules).await;
    let mut case = Case::new(&app, &world, version, 2).await;
    // It will be hidden.
    case.body["answers"]["remarks"] = json!({"value": "no greeting"});
    case.body["positions"] =
        json!([{"longitude": 28.978_400_01, "latitude": 41, "at": "2026-03-14T12:05:00+03:00"}]);
    for file in &case.files {
        arrive(&app, *file).await;
    }
    let answer = case.send(&app, &world).await;
    let shopper = &world.staff.shopper;
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| {
        let file = folder.path().join(name);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, bytes).unwrap();
    };
    write("receipt.jws", &receipt_of(&app, &world, case.visit).await.expect(200).bytes);
    write("keys.json", &app.get(&Persona::nobody(), "/.well-known/jwks.json").await.expect(200).bytes);
    write(
        "version.json",
        &app.get(shopper, format!("/v1/checklist-versions/{version}")).await.expect(200).bytes,
    );
    write("kept.json", &app.get(shopper, path(case.visit)).await.expect(200).bytes);
    write("answer.json", &answer.bytes);
    write("sent.json", serde_json::to_string_pretty(&case.body).unwrap().as_bytes());
    let mut altered = case.body.clone();
    altered["answers"]["clean"]["value"] = json!(4);
    write("altered.json", altered.to_string().as_bytes());
    write("photos/a.jpg", &bytes(case.files[1].id));
    write("photos/b.jpg", &bytes(case.files[0].id));
    write("other.jpg", b"another");
    let server = format!("http://{}/", app.address());

    let keys = ["receipt.jws", "--jwks", "keys.json"];
    let whole = ["--visit", "sent.json", "--answer", "answer.json", "--checklist", "version.json"];
    let photos = |files: &[&'static str]| [&whole[..], &["--evidence"], files].concat();
    let rows: Vec<(Vec<&str>, bool, &str)> = vec![
        (vec![], true, "the signature is good"),
        (vec!["--visit", "kept.json"], true, "kept.json is the visit"),
        (whole.to_vec(), true, "sent.json is the visit"),
        (vec!["--visit", "sent.json", "--checklist", "version.json"], false, "with --answer"),
        ([&["--visit", "altered.json"], &whole[2..]].concat(), false, "altered.json is not the visit"),
        (vec!["--visit", "keys.json"], false, "keys.json is no visit"),
        (vec!["--visit", "sent.json", "--checklist", "kept.json"], false, "not the version"),
        (vec!["--evidence", "photos"], false, "with salts only"),
        (vec!["--visit", "kept.json", "--evidence", "photos"], true, "a.jpg is "),
        (photos(&["photos/a.jpg", "photos/b.jpg"]), true, "b.jpg is "),
        (photos(&["photos/a.jpg"]), false, "is attested, and none of these"),
        (photos(&["photos", "other.jpg"]), false, "other.jpg is not attested"),
        (photos(&["photos", "."]), true, "sent.json is not attested"),
        (photos(&["nowhere"]), false, "cannot read nowhere"),
    ];
    for (more, right, words) in rows {
        let (ended, all) = verify(folder.path(), &[&keys[..], &more].concat());
        assert!(ended == right && all.contains(words), "{more:?} wanted {words}: {all}");
    }
    let (right, output) = verify(folder.path(), &["receipt.jws", "--server", &server]);
    assert!(right && output.contains(&case.visit.to_string()), "{output}");
    for file in &case.files {
        assert!(
            output.contains(&file.id.to_string()) && !output.contains(&file.sha256.to_string()),
            "{output}"
        );
    }
    let mut published = app.get(&Persona::nobody(), "/.well-known/jwks.json").await.json;
    published["issuer"] = json!("urn:uuid:00000000-0000-4000-8000-000000000000");
    write("other.json", published.to_string().as_bytes());
    let (right, output) = verify(folder.path(), &["receipt.jws", "--jwks", "other.json"]);
    assert!(!right && output.contains("these keys are of urn:uuid:00000000"), "{output}");
    write("other.json", br#"{"keys": []}"#);
    let (right, output) = verify(folder.path(), &["receipt.jws", "--jwks", "other.json"]);
    assert!(!right && output.contains("attests nothing"), "{output}");
    write("forged.jws", b"e30.e30.e30");
    let (right, output) = verify(folder.path(), &["forged.jws", "--jwks", "keys.json"]);
    assert!(!right && output.contains("attests nothing"), "{output}");
}
