//! The photos of reports.

use incognito::{evidence::read::ReadEvidence, ids::VisitId, work::Task};
use serde_json::{Value, json};

use super::{list, manager, release_all, report};
use crate::{
    app::{TestApp, each_engine_test, id},
    builders::{World, visit_body},
    evidence::tagged_jpeg,
    ledger::all_is_right,
    personas::Persona,
    receipts::with_photos,
    reviews::approve,
    uploads::File,
    visits::path,
};

each_engine_test!(photos_go_out_as_copies_in_one_frame);

async fn photos_go_out_as_copies_in_one_frame(app: TestApp) {
    let world = World::build(&app).await;
    let (brand, staff) = (&world.brands[0], &world.staff);
    let (_, version) = staff.checklist(&app, brand.id, with_photos()).await;
    let to = staff.assignment(&app, brand.regions[0].branches[0].id, version).await;
    let visit: VisitId = id();
    let photo = File::for_visit(visit, "image/jpeg", tagged_jpeg());
    let mut body = visit_body(to, version);
    body["manifest"] = json!([photo.listed("photos")]);
    app.put(&staff.shopper, path(visit), body).await.expect(201);
    photo.put(&app, &staff.shopper).await.expect(201);
    let read = ReadEvidence { evidence_id: photo.id, shopper_id: None };
    read.run(app.app(), &app.house().readers).await.unwrap();
    let blur = format!("{}/files/{}/blur", path(visit), photo.id);
    let areas = json!({"areas": [{"left": 0, "top": 0, "width": 5_000, "height": 10_000}]});
    app.put(&staff.reviewer, &blur, areas.clone()).await.expect(200);
    app.put(&staff.reviewer, &blur, areas.clone()).await.expect(200);
    app.put(&staff.reviewer, format!("{}/files/{}/blur", path(visit), id::<()>()), areas.clone())
        .await
        .expect(404);
    approve(&app, &staff.reviewer, visit).await.expect(200);
    let preview = app.get(&staff.reviewer, format!("{}/report-preview", path(visit))).await.expect(200).json;
    assert_eq!(preview["photos"], json!([{"evidence_id": photo.id, "question": "photos", "blurred": 1}]));
    release_all(&app).await;
    app.put(&staff.reviewer, &blur, areas).await.expect_problem(409, "wrong_state");
    let manager = manager(&app, &world).await;
    let one = report(&app, &manager, &list(&app, &manager, "").await[0]["id"]).await;
    let questions = one["content"]["sections"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|section| section["questions"].as_array().unwrap());
    let of: Vec<&Value> = questions.filter(|question| question["question"] == "photos").collect();
    let file = of[0]["photos"][0].as_str().unwrap();
    let address = format!("/v1/report-files/{file}");
    let copy = app.get(&manager, &address).await.expect(200);
    assert_eq!(
        (copy.header("content-type"), copy.header("content-disposition")),
        ("image/jpeg", format!("inline; filename=\"{file}.jpg\"").as_str())
    );
    assert!(copy.bytes.len().is_multiple_of(64 << 10), "{}", copy.bytes.len());
    assert_eq!(copy.etag(), format!("\"{file}\""));
    for canary in ["Exif", "Canary", "GPS"] {
        assert!(!copy.bytes.windows(canary.len()).any(|bytes| bytes == canary.as_bytes()), "{canary}");
    }
    let stranger =
        Persona::with(&app, &[(incognito::accounts::model::Role::Manager, brand.region_scope(1))]).await;
    app.get(&stranger, &address).await.expect_problem(404, "not_found");
    all_is_right(&app).await;
}
