//! The recordings of reports.

use actix_web::http::Method;
use incognito::{
    accounts::model::Role,
    evidence::{
        read::ReadEvidence,
        recordings::{self, Limits},
    },
    ids::{AssignmentId, VersionId, VisitId},
    work::Task,
};
use serde_json::{Value, json};

use super::{inform, list, manager, release_all, report};
use crate::{
    app::{TestApp, each_engine_test, id},
    appeals::DAY,
    board::{add_campaign, add_job, claim},
    builders::{World, visit_body},
    ledger::all_is_right,
    personas::Persona,
    receipts::with_photos,
    reviews::approve,
    uploads::File,
    visits::path,
};

each_engine_test!(
    a_recording_goes_out_as_it_was_cut,
    a_recording_needs_terms_and_a_notice_and_a_listener,
    what_cannot_be_cut_stays_here,
    who_withdraws_a_report_takes_its_recordings_back,
);

/// Samples a second.
const RATE: usize = 8_000;
/// Every sample of it.
const LOUD: u8 = 0x91;
/// What the phone called it.
const TITLE: &str = "kanarienvogel";

/// So many milliseconds of noise, a byte a sample, with a title.
fn noise(milliseconds: usize) -> Vec<u8> {
    let chunk = |name: &[u8], body: &[u8]| {
        let odd = &[0][..body.len() % 2];
        [name, &u32::try_from(body.len()).unwrap().to_le_bytes(), body, odd].concat()
    };
    let rate = u32::try_from(RATE).unwrap().to_le_bytes();
    let format = [&[1, 0, 1, 0][..], &rate, &rate, &[1, 0, 8, 0]].concat();
    let title = [b"INFO", &chunk(b"INAM", TITLE.as_bytes())[..]].concat();
    let data = vec![LOUD; milliseconds * RATE / 1_000];
    let chunks = [chunk(b"fmt ", &format), chunk(b"LIST", &title), chunk(b"data", &data)].concat();
    chunk(b"RIFF", &[&b"WAVE"[..], &chunks].concat())
}

/// A checklist that asks for a recording as well.
fn with_voice() -> Value {
    let mut content = with_photos();
    let voice =
        json!({"key": "voice", "text": {"en": "Say it."}, "required": false, "answer": {"kind": "audio"}});
    content["sections"][1]["questions"].as_array_mut().unwrap().push(voice);
    content
}

/// Jobs of a campaign whose reports show recordings, or do not, in the first branch, with the version that is filled in there; the
/// shopper has claimed them.
async fn jobs<const N: usize>(app: &TestApp, world: &World, shows: bool) -> (VersionId, [AssignmentId; N]) {
    let mut brand = world.brands[0].clone();
    (_, brand.version) = world.staff.checklist(app, brand.id, with_voice()).await;
    let campaign = add_campaign(app, &brand, json!({"reports": {"recordings": shows}})).await;
    let mut jobs = [id(); N];
    for job in &mut jobs {
        *job = add_job(app, campaign, brand.regions[0].branches[0].id, (0, 7 * 86_400)).await;
        claim(app, &world.staff.shopper, *job).await.expect(200);
    }
    (brand.version, jobs)
}

/// Such jobs, of which reports show recordings.
pub async fn heard_jobs<const N: usize>(app: &TestApp, world: &World) -> (VersionId, [AssignmentId; N]) {
    jobs(app, world, true).await
}

/// A job, with the version that is filled in for it.
type Job = (VersionId, [AssignmentId; 1]);

/// A visit of this job with a recording, which was read.
async fn visit_with(app: &TestApp, world: &World, job: Job, recording: Vec<u8>) -> (VisitId, File) {
    let (staff, visit, (version, [job])) = (&world.staff, id(), job);
    let kind = if recording.starts_with(b"OggS") { "audio/ogg" } else { "audio/wav" };
    let file = File::for_visit(visit, kind, recording);
    let mut body = visit_body(job, version);
    body["manifest"] = json!([file.listed("voice")]);
    app.put(&staff.shopper, path(visit), body).await.expect(201);
    file.put(app, &staff.shopper).await.expect(201);
    let read = ReadEvidence { evidence_id: file.id, shopper_id: None };
    read.run(app.app(), &app.house().readers).await.unwrap();
    (visit, file)
}

fn cut_path(visit: VisitId, file: &File) -> String {
    format!("{}/files/{}/cut", path(visit), file.id)
}

async fn previewed(app: &TestApp, world: &World, visit: VisitId) -> Value {
    let path = format!("{}/report-preview", path(visit));
    app.get(&world.staff.reviewer, path).await.expect(200).json["recordings"].clone()
}

/// What the only report says to the question that is answered by a recording.
async fn heard(app: &TestApp, manager: &Persona) -> (Value, Vec<String>) {
    let listed = list(app, manager, "").await;
    assert_eq!(listed.len(), 1);
    let one = report(app, manager, &listed[0]["id"]).await;
    let sections = one["content"]["sections"].as_array().unwrap();
    let mut questions = sections.iter().flat_map(|section| section["questions"].as_array().unwrap());
    let question = questions.find(|question| question["question"] == "voice").unwrap();
    let files = question["recordings"].as_array().unwrap();
    assert_eq!(question["photos"], json!([]));
    (question["answer"].clone(), files.iter().map(|file| file.as_str().unwrap().to_owned()).collect())
}

async fn a_recording_goes_out_as_it_was_cut(app: TestApp) {
    let world = World::build(&app).await;
    let reviewer = &world.staff.reviewer;
    inform(&app, &world, "person").await;
    let job = heard_jobs(&app, &world).await;
    let (visit, file) = visit_with(&app, &world, job, noise(3_000)).await;
    let as_previewed = |cut: usize, left_out: Value| json!([{"evidence_id": file.id, "question": "voice", "cut": cut, "left_out": left_out}]);
    assert_eq!(previewed(&app, &world, visit).await, as_previewed(0, json!("not_listened_to")));
    let path = cut_path(visit, &file);
    let stretch = |from: u32, to: u32| json!({"from_ms": from, "to_ms": to});
    let stretches = |all: &[Value]| json!({"stretches": all});
    let put = |body: Value| app.put(reviewer, &path, body);
    put(stretches(&[stretch(0, 10), stretch(500, 500)])).await.expect_invalid("/stretches/1/to_ms");
    put(stretches(&[stretch(0, 3_600_001)])).await.expect_invalid("/stretches/0/to_ms");
    let of_none = cut_path(visit, &File::for_visit(visit, "audio/wav", Vec::new()));
    app.put(reviewer, of_none, stretches(&[])).await.expect_problem(404, "not_found");
    let blur = path.replace("/cut", "/blur");
    app.put(reviewer, blur, json!({"areas": []})).await.expect_problem(404, "not_found");
    app.put(&world.staff.shopper, &path, stretches(&[])).await.expect_problem(403, "forbidden");
    let wanted = stretches(&[stretch(500, 1_000), stretch(2_000, 2_250)]);
    put(stretches(&[])).await.expect(200);
    assert_eq!(put(wanted.clone()).await.expect(200).json, wanted);
    put(wanted.clone()).await.expect(200);
    assert_eq!(previewed(&app, &world, visit).await, as_previewed(2, Value::Null));
    approve(&app, reviewer, visit).await.expect(200);
    release_all(&app).await;
    put(wanted).await.expect_problem(409, "wrong_state");

    let manager = manager(&app, &world).await;
    let (answer, files) = heard(&app, &manager).await;
    assert_eq!((answer, files.len()), (json!({"kind": "recordings"}), 1));
    let address = format!("/v1/report-files/{}", files[0]);
    let copy = app.get(&manager, &address).await.expect(200);
    assert_eq!(
        (copy.header("content-type"), copy.header("content-disposition")),
        ("audio/wav", format!("inline; filename=\"{}.wav\"", files[0]).as_str())
    );
    assert!(copy.bytes.len().is_multiple_of(64 << 10), "{}", copy.bytes.len());
    assert!(!copy.bytes.windows(TITLE.len()).any(|bytes| bytes == TITLE.as_bytes()));
    let clean = recordings::read(&copy.bytes, &Limits::default()).unwrap();
    assert_eq!(clean.milliseconds, 3_000);
    for (at, sample) in clean.clean[44..].iter().enumerate() {
        let silent = [500..1_000, 2_000..2_250].iter().any(|part| part.contains(&(at * 1_000 / RATE)));
        assert_eq!(*sample, if silent { 0x80 } else { LOUD }, "{at}");
    }
    let part = app.call(Method::GET, &address).by(&manager).header("range", "bytes=10-29").await.expect(206);
    assert_eq!((&part.bytes[..], part.header("content-type")), (&copy.bytes[10..30], "audio/wav"));
    let elsewhere = world.brands[0].region_scope(1);
    let stranger = Persona::with(&app, &[(Role::Manager, elsewhere)]).await;
    app.get(&stranger, &address).await.expect_problem(404, "not_found");
    all_is_right(&app).await;
}

/// A voice names a person, so a notice that speaks of branches is not enough; and what nobody listened to may have the shopper's.
async fn a_recording_needs_terms_and_a_notice_and_a_listener(app: TestApp) {
    for (level, shows, is_cut, left_out) in [
        ("branch", true, true, None),
        ("person", false, true, None),
        ("person", true, false, Some("not_listened_to")),
    ] {
        let world = World::build(&app).await;
        inform(&app, &world, level).await;
        let job = jobs(&app, &world, shows).await;
        let (visit, file) = visit_with(&app, &world, job, noise(500)).await;
        if is_cut {
            let put = app.put(&world.staff.reviewer, cut_path(visit, &file), json!({"stretches": []}));
            put.await.expect(200);
        }
        let shown = previewed(&app, &world, visit).await;
        assert_eq!(shown.pointer("/0/left_out").and_then(Value::as_str), left_out, "{level}: {shown}");
        assert_eq!(shown.as_array().unwrap().len(), usize::from(left_out.is_some()));
        approve(&app, &world.staff.reviewer, visit).await.expect(200);
        release_all(&app).await;
        let manager = manager(&app, &world).await;
        assert_eq!(heard(&app, &manager).await, (json!({"kind": "left_out"}), vec![]), "{level}");
    }
}

/// An Ogg of Vorbis: its head, its comments and setup, and a packet.
fn vorbis() -> Vec<u8> {
    let sum = |page: &[u8]| {
        page.iter().fold(0_u32, |sum, byte| {
            (0..8).fold(sum ^ u32::from(*byte) << 24, |sum, _| {
                if sum >> 31 == 1 { sum << 1 ^ 0x04C1_1DB7 } else { sum << 1 }
            })
        })
    };
    let page = |flags: u8, granule: u64, number: u8, packets: &[&[u8]]| {
        let lengths: Vec<u8> = packets.iter().map(|packet| packet.len() as u8).collect();
        let mut page =
            [&b"OggS\0"[..], &[flags], &granule.to_le_bytes(), &[7, 0, 0, 0, number, 0, 0, 0]].concat();
        page.extend([0; 4]);
        page.extend([&[lengths.len() as u8][..], &lengths, &packets.concat()].concat());
        let sum = sum(&page);
        page[22..26].copy_from_slice(&sum.to_le_bytes());
        page
    };
    let head = [&b"\x01vorbis\0\0\0\0\x01"[..], &16_000_u32.to_le_bytes(), &[0; 12], &[0xB8, 1]].concat();
    let comments = b"\x03vorbis\0\0\0\0\0\0\0\0\x01";
    let setup = b"\x05vorbis-and-books";
    [page(2, 0, 0, &[&head]), page(0, 0, 1, &[comments, setup]), page(4, 16_000, 2, &[&[0x42; 90]])].concat()
}

async fn what_cannot_be_cut_stays_here(app: TestApp) {
    let world = World::build(&app).await;
    inform(&app, &world, "person").await;
    let job = heard_jobs(&app, &world).await;
    let (visit, file) = visit_with(&app, &world, job, vorbis()).await;
    let body = json!({"stretches": [{"from_ms": 0, "to_ms": 100}]});
    app.put(&world.staff.reviewer, cut_path(visit, &file), body).await.expect(200);
    let shown = previewed(&app, &world, visit).await;
    assert_eq!((&shown[0]["cut"], &shown[0]["left_out"]), (&json!(1), &json!("cannot_be_cut")));
    approve(&app, &world.staff.reviewer, visit).await.expect(200);
    release_all(&app).await;
    let manager = manager(&app, &world).await;
    assert_eq!(heard(&app, &manager).await, (json!({"kind": "left_out"}), vec![]));
    all_is_right(&app).await;
}

async fn who_withdraws_a_report_takes_its_recordings_back(app: TestApp) {
    let world = World::build(&app).await;
    inform(&app, &world, "person").await;
    let job = heard_jobs(&app, &world).await;
    let (visit, file) = visit_with(&app, &world, job, noise(500)).await;
    let reviewer = &world.staff.reviewer;
    app.put(reviewer, cut_path(visit, &file), json!({"stretches": []})).await.expect(200);
    approve(&app, reviewer, visit).await.expect(200);
    release_all(&app).await;
    let manager = manager(&app, &world).await;
    let address = format!("/v1/report-files/{}", heard(&app, &manager).await.1[0]);
    app.get(&manager, &address).await.expect(200);
    let step = |name: &str| format!("{}/review/{name}", path(visit));
    let reason = json!({"reason": "The shopper made it up."});
    app.post(reviewer, step("propose-withdrawal"), reason).await.expect(200);
    let other = Persona::everywhere(&app, Role::Reviewer).await;
    app.call(Method::POST, step("withdraw")).by(&other).await.expect(200);
    app.get(&manager, &address).await.expect(200);
    app.advance(DAY);
    let manager = manager.renewed(&app);
    app.get(&manager, &address).await.expect_problem(404, "not_found");
}
