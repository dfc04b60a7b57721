//! The photos of visits as one archive: the same as one by one, for desks that may see them, and without the shopper.

use std::{
    collections::BTreeMap,
    io::{Cursor, Read},
};

use actix_web::http::Method;
use incognito::{
    accounts::model::{GrantScope, Role},
    db::types::Sha256,
    evidence::read::ReadEvidence,
    work::Task,
};
use serde_json::{Value, json};
use zip::{CompressionMethod, ZipArchive};

use super::text;
use crate::{
    app::{Answer, TestApp, each_engine_test, id},
    builders::{World, visit_body},
    evidence::{jpeg_of, tagged_jpeg, visit_with_photo},
    personas::Persona,
    receipts::with_photos,
    uploads::File,
};

each_engine_test!(
    photos_are_taken_with_an_index,
    a_lost_photo_keeps_no_other_back,
    a_visit_has_no_photos_of_others,
    photos_are_for_desks_in_whose_reach_they_are,
);

const ADDRESS: &str = "/v1/visits/photos.zip";

/// The files of an archive by their names.
fn unpacked(answer: &Answer) -> BTreeMap<String, Vec<u8>> {
    assert_eq!(answer.header("content-type"), "application/zip");
    let mut archive = ZipArchive::new(Cursor::new(answer.bytes.clone())).unwrap();
    let count = archive.len();
    let file = |at| {
        let mut file = archive.by_index(at).unwrap();
        let is_index = file.name().unwrap() == "index.csv";
        let method = if is_index { CompressionMethod::Deflated } else { CompressionMethod::Stored };
        assert_eq!(file.compression(), method);
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).unwrap();
        (file.name().unwrap().into_owned(), bytes)
    };
    (0..count).map(file).collect()
}

/// The rows of the index by the names of their columns.
fn index(files: &BTreeMap<String, Vec<u8>>) -> Vec<BTreeMap<String, String>> {
    let bytes = files["index.csv"].strip_prefix("\u{feff}".as_bytes()).unwrap();
    csv::Reader::from_reader(bytes).deserialize().map(Result::unwrap).collect()
}

async fn read(app: &TestApp, file: &File) {
    let read = ReadEvidence { evidence_id: file.id, shopper_id: None };
    read.run(app.app(), &app.house().readers).await.unwrap();
}

async fn photos_are_taken_with_an_index(app: TestApp) {
    let world = World::build(&app).await;
    let (shopper, reviewer) = (&world.staff.shopper, &world.staff.reviewer);
    let (brand, branch) = (&world.brands[0], &world.brands[0].regions[1].branches[0]);
    let none = unpacked(&app.get(reviewer, ADDRESS).await.expect(200));
    assert_eq!(none.keys().collect::<Vec<_>>(), ["index.csv"]);
    assert_eq!(text(&none["index.csv"]), "\u{feff}visit_id,question,name,sha256,taken_at\r\n");

    let (visit, body, file) = visit_with_photo(&app, &world).await;
    app.put(shopper, format!("/v1/visits/{visit}"), body).await.expect(201);
    file.put(&app, shopper).await.expect(201);
    // It is here, and not read yet.
    assert_eq!(unpacked(&app.get(reviewer, ADDRESS).await.expect(200)).len(), 1);
    read(&app, &file).await;
    // Two of another visit, in another region, and a file that no photo is.
    let (_, version) = world.staff.checklist(&app, brand.id, with_photos()).await;
    let second = id();
    let files = [(); 3].map(|()| File::for_visit(second, "image/jpeg", tagged_jpeg()));
    let mut half = tagged_jpeg();
    half.truncate(half.len() * 2 / 3);
    let broken = File::for_visit(second, "image/jpeg", half);
    let mut body = visit_body(world.staff.assignment(&app, branch.id, version).await, version);
    let sent = [&files[0], &files[1], &broken];
    body["manifest"] = json!(sent.map(|file| file.listed("photos")));
    app.put(shopper, format!("/v1/visits/{second}"), body).await.expect(201);
    for file in [&files[0], &files[1], &files[2], &broken] {
        file.put(&app, shopper).await;
        read(&app, file).await;
    }

    let answer = app.get(reviewer, ADDRESS).await.expect(200);
    assert_eq!(answer.header("content-disposition"), "attachment; filename=\"photos.zip\"");
    let found = unpacked(&answer);
    let rows = index(&found);
    assert_eq!(found.len(), 1 + rows.len());
    // The third of the second visit's photos is in no manifest.
    let wanted = [(second, &files[0]), (second, &files[1]), (visit, &file)];
    assert_eq!(rows.len(), wanted.len(), "{rows:?}");
    for (visit, file) in wanted {
        let seen = app.get(reviewer, format!("/v1/evidence/{}", file.id)).await.expect(200);
        let copy = app.call(Method::GET, seen.text("/content/url")).await.expect(200).bytes;
        let name = format!("{visit}/photos-{}.jpg", file.id);
        assert!(found[&name] == copy, "{name}");
        let row = rows.iter().find(|row| row["name"] == name).unwrap();
        let wanted = [
            ("name", name),
            ("question", "photos".to_owned()),
            ("sha256", Sha256::of(&copy).to_string()),
            ("taken_at", "2026-03-14T11:20:01+02:00".to_owned()),
            ("visit_id", visit.to_string()),
        ];
        assert_eq!(*row, wanted.map(|(name, value)| (name.to_owned(), value)).into());
    }
    let who = shopper.account.to_string();
    assert!(!answer.bytes.windows(who.len()).any(|window| window == who.as_bytes()), "it names the shopper");

    // The same parameters as the list of visits, and an index for its reader.
    let region = format!("{ADDRESS}?region_id={}", brand.regions[1].id);
    let of_region = unpacked(&app.get(reviewer, &region).header("accept-language", "fr").await.expect(200));
    assert_eq!(of_region.len(), 3);
    assert!(text(&of_region["index.csv"]).starts_with("\u{feff}Identifiant de la visite;Question;"));
    app.get(reviewer, format!("{ADDRESS}?colour=red")).await.expect_invalid("colour");
    let auditor = Persona::everywhere(&app, Role::Auditor).await;
    let audit = app.get(&auditor, "/v1/audit?kind=exported").await.expect(200).json;
    let details = json!({"operation": "GET /v1/visits/photos.zip", "format": "zip", "filter": {"region_id": brand.regions[1].id}});
    let is_of_region = |row: &&Value| row["details"] == details;
    assert_eq!(audit["items"].as_array().unwrap().iter().filter(is_of_region).count(), 1, "{audit}");
}

async fn a_lost_photo_keeps_no_other_back(app: TestApp) {
    let world = World::build(&app).await;
    let (shopper, brand) = (&world.staff.shopper, &world.brands[0]);
    let (_, version) = world.staff.checklist(&app, brand.id, with_photos()).await;
    let visit = id();
    let [lost, kept] = [(48, 32), (64, 32)].map(|sides| File::for_visit(visit, "image/jpeg", jpeg_of(sides)));
    let assignment = world.staff.assignment(&app, brand.regions[0].branches[0].id, version).await;
    let mut body = visit_body(assignment, version);
    body["manifest"] = json!([&lost, &kept].map(|file| file.listed("photos")));
    app.put(shopper, format!("/v1/visits/{visit}"), body).await.expect(201);
    for file in [&lost, &kept] {
        file.put(&app, shopper).await.expect(201);
        read(&app, file).await;
    }
    let whole = unpacked(&app.get(&world.staff.reviewer, ADDRESS).await.expect(200));
    let names = [&lost, &kept].map(|file| format!("{visit}/photos-{}.jpg", file.id));
    let copies = names.clone().map(|name| Sha256::of(&whole[&name]));
    app.app().blobs.delete(copies[0]).await.unwrap();
    let found = unpacked(&app.get(&world.staff.reviewer, ADDRESS).await.expect(200));
    let rows = index(&found);
    for ((name, copy), is_there) in names.iter().zip(copies).zip([false, true]) {
        assert_eq!(found.contains_key(name), is_there);
        let row = rows.iter().find(|row| row["sha256"] == copy.to_string()).unwrap();
        assert_eq!(row["name"].is_empty(), !is_there, "{row:?}");
    }
}

async fn a_visit_has_no_photos_of_others(app: TestApp) {
    let world = World::build(&app).await;
    let (shopper, brand) = (&world.staff.shopper, &world.brands[0]);
    let other = Persona::everywhere(&app, Role::Shopper).await;
    let (visit, body, file) = visit_with_photo(&app, &world).await;
    let (_, version) = world.staff.checklist(&app, brand.id, with_photos()).await;
    let second = id();
    let [own, of_other] = [(); 2].map(|()| File::for_visit(second, "image/jpeg", tagged_jpeg()));
    // It names its own photo, one of the other visit, and one that another shopper sends under its id: neither of these is here yet.
    let assignment = world.staff.assignment(&app, brand.regions[0].branches[0].id, version).await;
    let mut naming = visit_body(assignment, version);
    naming["manifest"] = json!([&own, &file, &of_other].map(|file| file.listed("photos")));
    app.put(shopper, format!("/v1/visits/{second}"), naming).await.expect(201);
    app.put(shopper, format!("/v1/visits/{visit}"), body).await.expect(201);
    for (file, who) in [(&file, shopper), (&own, shopper), (&of_other, &other)] {
        file.put(&app, who).await.expect(201);
        read(&app, file).await;
        let sent = app.get(who, format!("/v1/evidence/{}", file.id)).await.expect(200);
        assert_eq!(sent.json["reading"], "done", "{sent}");
    }
    let found = unpacked(&app.get(&world.staff.reviewer, ADDRESS).await.expect(200));
    let name = |visit, file: &File| format!("{visit}/photos-{}.jpg", file.id);
    let mut wanted = ["index.csv".to_owned(), name(visit, &file), name(second, &own)];
    wanted.sort();
    assert!(found.keys().eq(&wanted), "{:?}", found.keys());
}

async fn photos_are_for_desks_in_whose_reach_they_are(app: TestApp) {
    let world = World::build(&app).await;
    let (shopper, brand) = (&world.staff.shopper, &world.brands[0]);
    let (visit, body, file) = visit_with_photo(&app, &world).await;
    app.put(shopper, format!("/v1/visits/{visit}"), body).await.expect(201);
    file.put(&app, shopper).await.expect(201);
    read(&app, &file).await;
    let scope = |region: usize| GrantScope {
        brand_id: Some(brand.id),
        region_id: Some(brand.regions[region].id),
        branch_id: None,
    };
    for (region, files) in [(0, 2), (1, 1)] {
        let reviewer = Persona::with(&app, &[(Role::Reviewer, scope(region))]).await;
        assert_eq!(unpacked(&app.get(&reviewer, ADDRESS).await.expect(200)).len(), files);
    }
    for role in [Role::Manager, Role::Hr, Role::Employee, Role::Shopper, Role::Auditor, Role::Scheduler] {
        let who = Persona::everywhere(&app, role).await;
        app.get(&who, ADDRESS).await.expect_problem(403, "forbidden");
    }
}
