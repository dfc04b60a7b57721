//! Notices: what staff were informed of, never changed, only followed; and what that comes to in a branch.

use actix_web::{http::Method, web::Bytes};
use futures_util::future::join_all;
use incognito::{
    accounts::model::Role,
    ids::{BranchId, BrandId, DocumentId, NoticeId},
};
use serde_json::{Value, json};

use crate::{
    app::{Call, TestApp, each_engine_test, id},
    builders::World,
    personas::Persona,
    places::walk,
};

each_engine_test!(
    a_notice_is_entered_once_and_never_changes,
    what_contradicts_itself_or_is_not_there_is_named,
    one_notice_follows_another_and_each_is_followed_once,
    a_branch_shows_what_its_staff_were_informed_of,
    hr_informs_only_of_staff_in_reach,
    a_document_is_kept_as_it_is_and_never_changes,
    staff_are_named_only_where_they_know,
);

pub const PDF: &str = "%PDF-1.7\n%%EOF\n";

/// A notice for all of a brand, as it is sent.
pub fn notice_body(brand: BrandId) -> Value {
    json!({"brand_id": brand, "content": {
        "informed_on": "2026-03-02", "starts_on": "2026-03-10", "level": "branch", "affects_pay": false,
        "words": {"en": "Guests who are not known to you will visit.\nReports are about branches."},
        "purpose": {"en": "To serve better."},
    }})
}

/// A notice about one branch, entered by an administrator.
pub async fn add_notice(app: &TestApp, who: &Persona, brand: BrandId, branch: BranchId) -> NoticeId {
    let (notice, mut body) = (id(), notice_body(brand));
    let document = add_document(app, who, brand).await;
    body["content"]["places"] = json!({"branches": [branch]});
    body["content"]["documents"] = json!([{"language": "en", "document_id": document}]);
    app.put(who, path(notice), body).await.expect(201);
    notice
}

/// A document of a brand.
pub async fn add_document(app: &TestApp, who: &Persona, brand: BrandId) -> DocumentId {
    let document = id();
    put_document(app, who, (document, brand), PDF).await.expect(201);
    document
}

fn put_document<'a>(
    app: &'a TestApp,
    who: &Persona,
    (document, brand): (DocumentId, BrandId),
    bytes: impl Into<Bytes>,
) -> Call<'a> {
    let path = format!("/v1/notice-documents/{document}?brand_id={brand}");
    app.call(Method::PUT, path).by(who).body("application/pdf", bytes)
}

fn path(notice: NoticeId) -> String {
    format!("/v1/notices/{notice}")
}

async fn a_notice_is_entered_once_and_never_changes(app: TestApp) {
    let world = World::build(&app).await;
    let brand = world.brands[0].id;
    let hr = Persona::with(&app, &[(Role::Hr, world.brands[0].scope())]).await;
    let document = add_document(&app, &hr, brand).await;
    let (notice, mut body) = (id(), notice_body(brand));
    body["content"]["documents"] = json!([{"language": "en", "document_id": document}]);
    body["content"]["council_consulted_on"] = json!("2026-02-20");

    let made = app.put(&hr, path(notice), body.clone()).await.expect(201);
    assert_eq!((&made.json["content"], &made.json["created_by"]), (&body["content"], &json!(hr.account)));
    app.advance(60);
    let other_hr = Persona::with(&app, &[(Role::Hr, world.brands[0].scope())]).await;
    for who in [&hr, &other_hr] {
        assert_eq!(app.put(who, path(notice), body.clone()).await.expect(200).json, made.json);
    }
    for (member, value) in [
        ("level", json!("person")),
        ("affects_pay", json!(true)),
        ("starts_on", json!("2026-03-11")),
        ("words", json!({"en": "Nobody will visit."})),
        ("documents", json!([])),
    ] {
        let mut other = body.clone();
        other["content"][member] = value;
        app.put(&hr, path(notice), other).await.expect_problem(409, "conflict");
    }
    let read = app.get(&hr, path(notice)).await.expect(200);
    assert_eq!(read.json, made.json);
    app.get(&hr, path(notice)).header("if-none-match", read.etag()).await.expect(304);
    for method in [Method::POST, Method::PATCH, Method::DELETE] {
        app.call(method, path(notice)).by(&hr).await.expect_problem(405, "method_not_allowed");
    }

    // Of many at once with one id, one is entered.
    let notice = id();
    let sent = async |n: usize| {
        let mut body = notice_body(brand);
        body["content"]["affects_pay"] = json!(n % 2 == 1);
        app.put(&hr, path(notice), body).await.status
    };
    let answers = join_all((0..8).map(sent)).await;
    let count = |status| answers.iter().filter(|one| **one == status).count();
    assert_eq!((count(201), count(200), count(409)), (1, 3, 4), "{answers:?}");
}

async fn what_contradicts_itself_or_is_not_there_is_named(app: TestApp) {
    let world = World::build(&app).await;
    let (brand, other) = (&world.brands[0], &world.brands[1]);
    let who = &world.staff.administrator;
    let document = add_document(&app, who, other.id).await;
    let branch = other.regions[0].branches[0].id;
    let mut wrong = notice_body(brand.id);
    wrong["follows_id"] = json!(id::<()>());
    wrong["content"]["informed_on"] = json!("2026-03-17");
    wrong["content"]["starts_on"] = json!("2026-03-16");
    wrong["content"]["council_consulted_on"] = json!("2026-03-18");
    wrong["content"]["places"] = json!({"regions": [other.regions[0].id], "branches": [branch]});
    wrong["content"]["documents"] = json!([{"language": "en", "document_id": document}]);
    let answer = app.put(who, path(id()), wrong).await.expect_problem(422, "invalid");
    let found: Vec<_> = answer.json["errors"].as_array().unwrap().iter().map(|one| &one["pointer"]).collect();
    let named = [
        "/informed_on",
        "/starts_on",
        "/council_consulted_on",
        "/places/regions/0",
        "/places/branches/0",
        "/documents/0/document_id",
        "/follows_id",
    ];
    let named = named.map(|pointer| match pointer {
        "/follows_id" => json!(pointer),
        pointer => json!(format!("/content{pointer}")),
    });
    assert_eq!(found, named.iter().collect::<Vec<_>>());
    for (member, value) in [
        ("level", json!("employee")),
        ("words", json!({})),
        ("words", json!({"en": " "})),
        ("purpose", json!({"english language": "To serve better."})),
        ("informed_on", json!("2026-3-2")),
        ("affects_pay", json!("no")),
    ] {
        let mut body = notice_body(brand.id);
        body["content"][member] = value;
        app.put(who, path(id()), body).await.expect_problem(422, "invalid");
    }
    app.put(who, path(id()), notice_body(id())).await.expect_invalid("/brand_id");
    assert_eq!(walk(&app, who, "/v1/notices", 50).await, [json!(null); 0], "nothing of it was kept");
}

async fn one_notice_follows_another_and_each_is_followed_once(app: TestApp) {
    let world = World::build(&app).await;
    let (brand, who) = (world.brands[0].id, &world.staff.administrator);
    let (first, second) = (id(), id());
    app.put(who, path(first), notice_body(brand)).await.expect(201);
    let newest = app.get(who, path(first)).await.expect(200);
    let mut body = notice_body(brand);
    body["follows_id"] = json!(first);
    body["content"]["starts_on"] = json!("2026-05-01");
    let made = app.put(who, path(second), body.clone()).await.expect(201);
    assert_eq!(made.json["follows_id"], json!(first));
    let followed = app.get(who, path(first)).header("if-none-match", newest.etag()).await.expect(200);
    assert_eq!(followed.json["followed_by_id"], json!(second));
    let taken = app.put(who, path(id()), body).await.expect_problem(409, "conflict");
    assert!(taken.text("/detail").contains("follows this one already"), "{taken}");

    let list = format!("/v1/notices?brand_id={brand}");
    let items = walk(&app, who, &list, 1).await;
    let mut wanted = [followed.json, made.json];
    wanted.sort_by_key(|one| one["id"].to_string());
    assert_eq!(items, wanted);
    // A notice of another brand can be followed by none of this one.
    let mut body = notice_body(world.brands[1].id);
    body["follows_id"] = json!(second);
    app.put(who, path(id()), body).await.expect_invalid("/follows_id");
}

async fn a_branch_shows_what_its_staff_were_informed_of(app: TestApp) {
    let world = World::build(&app).await;
    let (brand, who) = (&world.brands[0], &world.staff.administrator);
    let (here, elsewhere) = (brand.regions[0].branches[0].id, brand.regions[1].branches[0].id);
    let ask = async |branch: BranchId, query: &str| {
        app.get(who, format!("/v1/branches/{branch}/notices{query}")).await.expect(200).json
    };
    assert_eq!(
        ask(here, "?on=2026-03-15").await,
        json!({"branch_id": here, "on": "2026-03-15", "affects_pay": false, "notice_ids": []})
    );
    let everywhere: NoticeId = id();
    app.put(who, path(everywhere), notice_body(brand.id)).await.expect(201);
    app.advance(1);
    let region: NoticeId = id();
    let mut body = notice_body(brand.id);
    body["content"]["places"] = json!({"regions": [brand.regions[0].id]});
    body["content"]["level"] = json!("person");
    body["content"]["affects_pay"] = json!(true);
    app.put(who, path(region), body).await.expect(201);
    let informed = ask(here, "").await;
    let day = &informed["on"];
    assert_eq!(
        informed,
        json!({"branch_id": here, "on": day, "level": "person", "affects_pay": true, "notice_ids": [everywhere, region]})
    );
    assert_eq!(day, &json!("2026-03-15"), "the day that it is there");
    let informed = ask(elsewhere, "?on=2026-03-10").await;
    assert_eq!((&informed["level"], &informed["notice_ids"]), (&json!("branch"), &json!([everywhere])));
    assert_eq!(ask(elsewhere, "?on=2026-03-09").await["notice_ids"], json!([]), "it had not started");
}

async fn hr_informs_only_of_staff_in_reach(app: TestApp) {
    let world = World::build(&app).await;
    let brand = &world.brands[0];
    let (region, other) = (&brand.regions[0], &brand.regions[1]);
    let hr = Persona::with(&app, &[(Role::Hr, brand.region_scope(0))]).await;
    let manager = Persona::with(&app, &[(Role::Manager, brand.branch_scope(0, 0))]).await;
    let send = async |who: &Persona, places: Value| {
        let mut body = notice_body(brand.id);
        body["content"]["places"] = places;
        app.put(who, path(id()), body).await
    };
    send(&hr, json!({})).await.expect_invalid("/content/places");
    send(&hr, json!({"regions": [other.id]})).await.expect_invalid("/content/places/regions/0");
    let branches = json!({"branches": [region.branches[0].id, other.branches[0].id, id::<()>()]});
    let refused = send(&hr, branches).await.expect_problem(422, "invalid");
    let errors = refused.json["errors"].as_array().unwrap();
    let found: Vec<_> = errors.iter().map(|one| one["pointer"].as_str().unwrap()).collect();
    assert_eq!(found, ["/content/places/branches/1", "/content/places/branches/2"]);
    assert_eq!(
        errors[0]["message"], errors[1]["message"],
        "what is not in reach and what is not there look the same"
    );
    let own =
        send(&hr, json!({"regions": [region.id], "branches": [region.branches[0].id]})).await.expect(201);
    app.put(&hr, path(id()), notice_body(world.brands[1].id)).await.expect_problem(404, "not_found");
    send(&manager, json!({"branches": [region.branches[0].id]})).await.expect_problem(403, "forbidden");
    // All who have to do with the brand may read it, and nobody else.
    let address = format!("/v1/notices/{}", own.text("/id"));
    app.get(&manager, &address).await.expect(200);
    let stranger = Persona::with(&app, &[(Role::Manager, world.brands[1].scope())]).await;
    app.get(&stranger, &address).await.expect_problem(404, "not_found");
    assert_eq!(walk(&app, &stranger, "/v1/notices", 50).await, [json!(null); 0]);
    app.get(&world.staff.shopper, &address).await.expect_problem(403, "forbidden");
}

async fn a_document_is_kept_as_it_is_and_never_changes(app: TestApp) {
    let world = World::build(&app).await;
    let (brand, who) = (world.brands[0].id, &world.staff.administrator);
    let (document, pdf) = (id(), [PDF.as_bytes(), &[0xff, 0, 0x80]].concat());
    let made = put_document(&app, who, (document, brand), pdf.clone()).await.expect(201);
    app.advance(60);
    let again = put_document(&app, who, (document, brand), pdf.clone()).await.expect(200);
    assert_eq!((again.etag(), &again.json), (made.etag(), &made.json));
    put_document(&app, who, (document, brand), PDF).await.expect_problem(409, "conflict");
    let address = format!("/v1/notice-documents/{document}");
    let read = app.get(who, &address).await.expect(200);
    assert_eq!((&read.bytes[..], read.header("content-type")), (&pdf[..], "application/pdf"));
    assert_eq!(read.header("content-disposition"), format!("inline; filename=\"{document}.pdf\""));
    app.get(who, &address).header("if-none-match", read.etag()).await.expect(304);

    let send = |bytes: Vec<u8>| put_document(&app, who, (id(), brand), bytes);
    let refused = send(b"PK\x03\x04".to_vec()).await.expect_invalid("");
    assert!(refused.text("/errors/0/message").contains("save the document as PDF"), "{refused}");
    let largest = |more: usize| [PDF.as_bytes(), &vec![b' '; (4 << 20) - PDF.len() + more]].concat();
    send(largest(0)).await.expect(201);
    send(largest(1)).await.expect_problem(413, "body_too_large");
    let call = app.call(Method::PUT, format!("/v1/notice-documents/{}?brand_id={brand}", id::<()>())).by(who);
    call.body("application/msword", PDF).await.expect_problem(415, "unsupported_media_type");
    put_document(&app, who, (id(), id()), PDF).await.expect_invalid("brand_id");
}

/// A checklist that names staff is published where a notice says so, and nowhere else.
async fn staff_are_named_only_where_they_know(app: TestApp) {
    let world = World::build(&app).await;
    let (designer, administrator) = (&world.staff.designer, &world.staff.administrator);
    let (brand, checklist) = (&world.brands[0], format!("/v1/checklists/{}", id::<()>()));
    let named = json!({"brand_id": brand.id, "name": "Who serves"});
    app.put(designer, &checklist, named).await.expect(201);
    let mut content = crate::builders::content();
    content["sections"][1]["questions"][1]["names_staff"] = json!(true);
    let draft = app.put(designer, format!("{checklist}/draft"), content).await.expect(201);
    let publish = async || {
        let version = json!({"id": id::<()>()});
        app.post(designer, format!("{checklist}/versions"), version).if_match(draft.etag()).await
    };
    let refused = async || {
        let answer = publish().await.expect_problem(422, "invalid");
        let error = &answer.json["errors"][0];
        let at = (&error["pointer"], &error["code"]);
        assert_eq!(at, (&json!("/sections/1/questions/1/names_staff"), &json!("no_notice")), "{answer}");
    };
    let notice = async |of: BrandId, follows: Option<NoticeId>, level: &str, starts: &str| {
        let (notice, mut body) = (id(), notice_body(of));
        body["content"]["level"] = json!(level);
        body["content"]["starts_on"] = json!(starts);
        if let Some(follows) = follows {
            body["follows_id"] = json!(follows);
        }
        app.put(administrator, path(notice), body).await.expect(201);
        notice
    };
    refused().await;
    notice(brand.id, None, "branch", "2026-03-10").await;
    notice(world.brands[1].id, None, "person", "2026-03-10").await;
    refused().await;
    // Taken back before it is too late, and only from then on.
    let person = notice(brand.id, None, "person", "2026-03-12").await;
    notice(brand.id, Some(person), "branch", "2026-03-14").await;
    refused().await;
    notice(brand.id, None, "person", "2026-06-01").await;
    publish().await.expect(201);
}
