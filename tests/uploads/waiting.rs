//! Files that wait for their visits: few of them without an assignment, none for ever, and each shopper's for themselves.

use std::time::Duration;

use actix_web::{http::Method, rt};
use incognito::{
    evidence::{read::ReadEvidence, sweep::SweepUploads},
    ids::{AssignmentId, VisitId},
    work::Task,
};
use jpeg_encoder::{ColorType, Encoder};
use serde_json::json;

use super::{File, shopper, tus};
use crate::{
    app::{Answer, TestApp, each_engine_test, id},
    builders::{World, visit_body},
    ledger::all_is_right,
    personas::Persona,
    receipts::with_photos,
};

each_engine_test!(
    without_an_assignment_few_files_wait,
    an_assignment_is_the_shoppers_own_and_has_one_visit,
    a_thousand_files_a_day,
    what_waits_for_too_long_goes,
    what_its_visit_does_not_name_goes,
    a_blob_that_leaves_keeps_no_file,
    one_shoppers_files_hold_up_no_other_s,
    what_is_beyond_the_pixels_of_an_hour_waits,
);

const DAY: i64 = 86_400;

async fn assignment(app: &TestApp, world: &World) -> AssignmentId {
    let brand = &world.brands[0];
    world.staff.assignment(app, brand.regions[0].branches[0].id, brand.version).await
}

fn announce<'a>(app: &'a TestApp, who: &Persona, file: &File, size: u64) -> crate::app::Call<'a> {
    tus(app, Method::POST, "/v1/uploads", who)
        .header("upload-length", &size.to_string())
        .header("upload-metadata", &file.metadata())
}

async fn sweep(app: &TestApp) {
    SweepUploads {}.run(app.app(), &app.house().parts).await.unwrap();
}

async fn without_an_assignment_few_files_wait(app: TestApp) {
    let world = World::build(&app).await;
    let who = &world.staff.shopper;
    for _ in 0..10 {
        File::of(1, 10).put(&app, who).await.expect(201);
        announce(&app, who, &File::of(2, 10), 10).await.expect(201);
    }
    let refused = File::of(3, 10).put(&app, who).await.expect_problem(409, "files_waiting");
    assert_eq!(refused.json["detail"], "at most 20 files");
    announce(&app, who, &File::of(4, 10), 10).await.expect_problem(409, "files_waiting");
    // A file that names its assignment does not wait among them, nor one whose visit is here.
    let named = File { assignment: Some(assignment(&app, &world).await), ..File::of(5, 10) };
    named.put(&app, who).await.expect(201);
    let visit = world.brands[0].regions[0].branches[0].visit;
    File { visit, ..File::of(6, 10) }.put(&app, who).await.expect(201);
    // Another shopper's visit is none of this one's.
    let other = shopper(&app).await;
    for _ in 0..20 {
        File { visit, ..File::of(7, 10) }.put(&app, &other).await.expect(201);
    }
    File { visit, ..File::of(7, 10) }.put(&app, &other).await.expect_problem(409, "files_waiting");
    let third = shopper(&app).await;
    announce(&app, &third, &File::of(8, 10), (10 << 20) - (64 << 10)).await.expect(201);
    announce(&app, &third, &File::of(9, 10), (64 << 10) + 1).await.expect_problem(409, "files_waiting");
    announce(&app, &third, &File::of(9, 10), 1).await.expect(201);
    announce(&app, &third, &File::of(9, 10), 1).await.expect_problem(409, "files_waiting");
}

async fn an_assignment_is_the_shoppers_own_and_has_one_visit(app: TestApp) {
    let world = World::build(&app).await;
    let (who, branch) = (&world.staff.shopper, &world.brands[0].regions[0].branches[0]);
    let of = |assignment| File { assignment: Some(assignment), ..File::of(1, 10) };
    of(id()).put(&app, who).await.expect_invalid("assignment_id");
    announce(&app, who, &of(id()), 10).await.expect_invalid("assignment_id");
    let other = shopper(&app).await;
    of(branch.open_assignment).put(&app, &other).await.expect_invalid("assignment_id");
    of(branch.assignment).put(&app, who).await.expect_problem(409, "assignment_taken");
    File { visit: branch.visit, ..of(branch.assignment) }.put(&app, who).await.expect(201);
    let kept = of(branch.open_assignment);
    kept.put(&app, who).await.expect(201);
    kept.put(&app, who).await.expect(200);
    let metadata = tus(&app, Method::HEAD, &kept.path(), who).await.expect(200);
    assert!(metadata.header("upload-metadata").contains(",assignment_id "), "{metadata}");
    let wrong = kept.metadata().replace("assignment_id ", "assignment_id eA==,x ");
    let call = tus(&app, Method::POST, "/v1/uploads", who).header("upload-length", "10");
    call.header("upload-metadata", &wrong).await.expect_invalid("Upload-Metadata");
    // The files of an assignment count together, however many visits they name.
    for _ in 1..200 {
        let file = File { visit: id(), ..of(branch.open_assignment) };
        announce(&app, who, &file, 1).await.expect(201);
    }
    let file = File { visit: id(), ..of(branch.open_assignment) };
    announce(&app, who, &file, 1).await.expect_problem(413, "visit_full");
}

async fn a_thousand_files_a_day(app: TestApp) {
    let world = World::build(&app).await;
    let who = &world.staff.shopper;
    for _ in 0..5 {
        let assignment = Some(assignment(&app, &world).await);
        let visit: VisitId = id();
        for _ in 0..200 {
            announce(&app, who, &File { visit, assignment, ..File::of(1, 10) }, 1).await.expect(201);
        }
    }
    let assignment = Some(assignment(&app, &world).await);
    let refused = announce(&app, who, &File { assignment, ..File::of(1, 10) }, 1).await;
    assert_eq!(refused.expect_problem(429, "daily_limit").header("retry-after"), "3600");
    app.advance(DAY);
    announce(&app, &who.clone().renewed(&app), &File { assignment, ..File::of(1, 10) }, 1).await.expect(201);
}

/// A photo of its own.
fn photo(number: u8, side: u16) -> Vec<u8> {
    let mut jpeg = Vec::new();
    let pixels = vec![number; usize::from(side) * usize::from(side) * 3];
    Encoder::new(&mut jpeg, 90).encode(&pixels, side, side, ColorType::Rgb).unwrap();
    jpeg
}

async fn exists(app: &TestApp, file: &File) -> bool {
    app.app().blobs.exists(file.digest()).await.unwrap()
}

async fn what_waits_for_too_long_goes(app: TestApp) {
    let world = World::build(&app).await;
    let who = &world.staff.shopper;
    let (_, version) = world.staff.checklist(&app, world.brands[0].id, with_photos()).await;
    let named = world.staff.assignment(&app, world.brands[0].regions[0].branches[0].id, version).await;
    let file = |number: u8| File::for_visit(id(), "image/jpeg", photo(number, 16));
    let (alone, twin, late) = (file(1), file(1), File { assignment: Some(named), ..file(2) });
    // The twin has the same bytes, and its visit is here and names it.
    let of_twin = world.staff.assignment(&app, world.brands[0].regions[0].branches[1].id, version).await;
    let mut body = visit_body(of_twin, version);
    body["manifest"] = json!([twin.listed("photos")]);
    app.put(who, format!("/v1/visits/{}", twin.visit), body).await.expect(201);
    let lone = file(3);
    for file in [&alone, &twin, &late, &lone] {
        file.put(&app, who).await.expect(201);
        let read = ReadEvidence { evidence_id: file.id, shopper_id: None };
        read.run(app.app(), &app.house().readers).await.unwrap();
    }
    all_is_right(&app).await;
    let seen = app.get(who, format!("/v1/evidence/{}", lone.id)).await.expect(200);
    let address = seen.text("/content/url");
    app.advance(7 * DAY - 1);
    sweep(&app).await;
    assert!(exists(&app, &lone).await, "its week is not over");
    app.advance(1);
    let who = &who.clone().renewed(&app);
    sweep(&app).await;
    let status = async |file: &File| app.get(who, format!("/v1/evidence/{}", file.id)).await.status;
    assert_eq!([status(&alone).await, status(&lone).await], [404, 404]);
    all_is_right(&app).await;
    assert_eq!([status(&twin).await, status(&late).await], [200, 200]);
    assert!(!exists(&app, &lone).await && exists(&app, &twin).await && exists(&app, &late).await);
    assert_ne!(app.call(Method::GET, address).await.status, 200, "nor its copy");
    let copy = app.get(who, format!("/v1/evidence/{}", twin.id)).await.text("/content/url");
    app.call(Method::GET, copy).await.expect(200);
    app.advance(23 * DAY);
    sweep(&app).await;
    let who = &who.clone().renewed(&app);
    app.get(who, format!("/v1/evidence/{}", late.id)).await.expect(404);
    assert!(!exists(&app, &late).await && exists(&app, &twin).await);
    // The visit is told of at last: it asks for its file, and is complete with it.
    app.advance(3_600);
    sweep(&app).await;
    let who = &who.clone().renewed(&app);
    let mut body = visit_body(named, version);
    body["manifest"] = json!([late.listed("photos")]);
    let sent = app.put(who, format!("/v1/visits/{}", late.visit), body).await.expect(201);
    assert_eq!(sent.json["missing"], json!([late.id]));
    late.put(&app, who).await.expect(201);
    let visit =
        app.get(&world.staff.reviewer.clone().renewed(&app), format!("/v1/visits/{}", late.visit)).await;
    assert_eq!(visit.expect(200).json["state"], "complete");
    assert!(exists(&app, &late).await);
}

async fn what_its_visit_does_not_name_goes(app: TestApp) {
    let world = World::build(&app).await;
    let who = &world.staff.shopper;
    let (_, version) = world.staff.checklist(&app, world.brands[0].id, with_photos()).await;
    let named = world.staff.assignment(&app, world.brands[0].regions[0].branches[0].id, version).await;
    let visit: VisitId = id();
    let file = |number: u8| File::for_visit(visit, "image/jpeg", photo(number, 16));
    let (before, now, never) = (file(1), file(2), file(3));
    let slow = File { assignment: Some(named), ..file(4) };
    for file in [&before, &never, &slow] {
        file.put(&app, who).await.expect(201);
    }
    let sent = async |files: &[&File]| {
        let mut body = visit_body(named, version);
        body["manifest"] = files.iter().map(|file| file.listed("photos")).collect();
        app.put(who, format!("/v1/visits/{visit}"), body).await
    };
    // It is sent anew with another file; what it named before stays beside it.
    sent(&[&before, &file(5)]).await.expect(201);
    let anew = app.post(who, format!("/v1/visits/{visit}/send-anew"), json!({"reason": "It is lost."}));
    anew.await.expect(200);
    sent(&[&now]).await.expect(201);
    now.put(&app, who).await.expect(201);
    let status = async |file: &File| {
        let who = who.clone().renewed(&app);
        app.get(&who, format!("/v1/evidence/{}", file.id)).await.status
    };
    let each =
        async || [status(&before).await, status(&now).await, status(&never).await, status(&slow).await];
    app.advance(7 * DAY - 1);
    sweep(&app).await;
    assert_eq!(each().await, [200; 4]);
    app.advance(1);
    sweep(&app).await;
    assert_eq!(each().await, [200, 200, 404, 200]);
    assert!(!exists(&app, &never).await && exists(&app, &now).await);
    app.advance(23 * DAY);
    sweep(&app).await;
    assert_eq!(each().await, [200, 200, 404, 404]);
    assert!(exists(&app, &before).await && exists(&app, &now).await);
}

async fn a_blob_that_leaves_keeps_no_file(app: TestApp) {
    let who = shopper(&app).await;
    let file = File::of(1, 500);
    file.put(&app, &who).await.expect(201);
    app.advance(7 * DAY);
    sweep(&app).await;
    let who = who.renewed(&app);
    let again = File { id: id(), ..file.clone() };
    // A request may have found the blob before it was deleted: for an hour none is kept by it.
    let refused = again.put(&app, &who).await.expect_problem(503, "unavailable");
    assert_eq!(refused.header("retry-after"), "3600");
    app.advance(3_599);
    sweep(&app).await;
    let who = who.renewed(&app);
    again.put(&app, &who).await.expect_problem(503, "unavailable");
    app.advance(1);
    sweep(&app).await;
    let who = who.renewed(&app);
    again.put(&app, &who).await.expect(201);
    again.expect_kept(&app).await;
    sweep(&app).await;
    again.expect_kept(&app).await;
}

async fn reading(app: &TestApp, who: &Persona, file: &File) -> Answer {
    app.get(who, format!("/v1/evidence/{}", file.id)).await.expect(200)
}

async fn one_shoppers_files_hold_up_no_other_s(app: TestApp) {
    let world = World::build(&app).await;
    let (one, other) = (&world.staff.shopper, shopper(&app).await);
    let assignment = Some(assignment(&app, &world).await);
    let mut many = Vec::new();
    for number in 0..40 {
        let file = File { assignment, ..File::for_visit(id(), "image/jpeg", photo(number, 1_500)) };
        file.put(&app, one).await.expect(201);
        many.push(file);
    }
    // Of tasks that are due at one moment any may be the first.
    app.advance(1);
    let last = File::for_visit(id(), "image/jpeg", photo(99, 16));
    last.put(&app, &other).await.expect(201);
    let background = app.start_background();
    // Where nothing is optimised, all 40 take long: the deadline only says that this file is read at all.
    let start = std::time::Instant::now();
    while reading(&app, &other, &last).await.json["reading"] != "done" {
        assert!(start.elapsed() < Duration::from_secs(120), "it is not read at all");
        rt::time::sleep(Duration::from_millis(5)).await;
    }
    let mut before = 0;
    for file in &many {
        before += u32::from(reading(&app, one, file).await.json["reading"] == "done");
    }
    assert!(before < 20, "{before} of 40 files of another shopper were read before");
    background.stop().await;
}

async fn what_is_beyond_the_pixels_of_an_hour_waits(app: TestApp) {
    let world = World::build(&app).await;
    let who = &world.staff.shopper;
    let assignment = Some(assignment(&app, &world).await);
    let file = |number| File { assignment, ..File::for_visit(id(), "image/jpeg", photo(number, 16)) };
    let (first, second) = (file(1), file(2));
    for file in [&first, &second] {
        file.put(&app, who).await.expect(201);
    }
    let read = async |file: &File| {
        let read = ReadEvidence { evidence_id: file.id, shopper_id: Some(who.account) };
        read.run(app.app(), &app.house().readers).await.unwrap();
        reading(&app, who, file).await.json["reading"].clone()
    };
    assert_eq!(read(&first).await, "done");
    // As if it had been of 4,000 megapixels.
    let large = "UPDATE clean_copy SET width = 80000, height = 50000";
    app.db()
        .write(move |conn| Ok(diesel::RunQueryDsl::execute(diesel::sql_query(large), conn)?))
        .await
        .unwrap();
    assert_eq!(read(&second).await, "waiting");
    let due = async |app: &TestApp| {
        use diesel::prelude::*;
        use incognito::db::schema::task;
        let now = app.now();
        let later = task::table.filter(task::kind.eq("read_evidence")).filter(task::run_at.gt(now));
        app.db().read(move |conn| Ok(later.count().get_result::<i64>(conn)?)).await.unwrap()
    };
    assert_eq!(due(&app).await, 1, "it is tried again in a while");
    app.advance(3_600);
    let who = &who.clone().renewed(&app);
    let read = ReadEvidence { evidence_id: second.id, shopper_id: Some(who.account) };
    read.run(app.app(), &app.house().readers).await.unwrap();
    assert_eq!(reading(&app, who, &second).await.json["reading"], "done");
}
