//! Checklists come and go: as JSON documents between brands, and as XLSForms that others wrote.

mod cases;
mod forms;

use actix_web::http::Method;
use incognito::{accounts::model::Role, checklists::exchange::xlsform::MEDIA_TYPE, ids::BrandId};
use serde_json::{Value, json};

use crate::{
    app::{Answer, Call, TestApp, each_engine_test, id},
    builders::content,
    personas::Persona,
    pictures::add_picture,
    standards::{add_brand, add_dimension, standard_body},
};

each_engine_test!(
    a_document_goes_to_another_brand_with_all_that_it_refers_to,
    a_form_comes_back_as_it_went,
    an_import_changes_only_the_draft_that_is_meant,
    what_is_no_checklist_is_refused,
    forms_that_others_wrote_are_imported_or_refused_with_the_place,
    a_form_that_no_draft_can_hold_is_refused,
    a_draft_that_cannot_be_read_can_be_replaced,
);

/// A checklist of a brand, and who designs it.
struct Desk<'a> {
    app: &'a TestApp,
    brand: BrandId,
    designer: Persona,
    path: String,
}

impl<'a> Desk<'a> {
    async fn set_up(app: &'a TestApp) -> Self {
        let (brand, designer) = add_brand(app, "en").await;
        let path = format!("/v1/checklists/{}", id::<()>());
        app.put(&designer, &path, json!({"brand_id": brand, "name": "Visit"})).await.expect(201);
        Self { app, brand, designer, path }
    }

    fn write(&self, draft: &Value) -> Call<'a> {
        self.app.put(&self.designer, format!("{}/draft", self.path), draft.clone())
    }

    async fn export(&self, format: &str) -> Answer {
        self.app.get(&self.designer, format!("{}/draft/export?format={format}", self.path)).await.expect(200)
    }

    fn import(&self, media_type: &str, body: impl Into<actix_web::web::Bytes>) -> Call<'a> {
        let path = format!("{}/draft/import", self.path);
        self.app.call(Method::POST, path).by(&self.designer).body(media_type, body)
    }

    fn bring(&self, document: &Value, query: &str) -> Call<'a> {
        self.app.post(&self.designer, format!("{}/draft/import{query}", self.path), document.clone())
    }
}

fn document(content: &Value) -> Value {
    json!({"format": "incognito-checklist/1", "name": "Visit", "content": content})
}

async fn a_document_goes_to_another_brand_with_all_that_it_refers_to(app: TestApp) {
    let (from, to) = (Desk::set_up(&app).await, Desk::set_up(&app).await);
    let dimension = add_dimension(&app, &from.designer, from.brand, "speed").await;
    let standard = standard_body(from.brand, "greeted", dimension, "Guests are greeted.");
    app.put(&from.designer, format!("/v1/standards/{}", id::<()>()), standard).await.expect(201);
    let picture = add_picture(&app, &from.designer, from.brand).await;
    let mut draft = content();
    let text = draft["sections"][0]["questions"][0]["text"].clone();
    draft["sections"][0]["questions"][0]["standard"] = json!("greeted");
    draft["sections"][0]["questions"][0]["pictures"] = json!([{"id": picture, "alt": text}]);
    let written = from.write(&draft).await.expect(201);
    let sent = from.export("json").await;
    assert!(sent.headers.get("content-disposition").unwrap().to_str().unwrap().ends_with("-draft.json\""));
    assert_eq!(sent.json["content"], written.json["content"]);
    assert_eq!(sent.text("/dimensions/0/key"), "speed");
    assert_eq!(
        (sent.text("/standards/0/key"), sent.text("/standards/0/dimension")),
        ("greeted".into(), "speed".into())
    );
    assert_eq!(sent.text("/pictures/0/id"), picture.to_string());

    let refused = to.bring(&sent.json, "").await.expect_problem(422, "invalid");
    let places: Vec<_> =
        refused.json["errors"].as_array().unwrap().iter().map(|e| e["pointer"].clone()).collect();
    assert_eq!(places, ["/dimensions/0/key", "/standards/0/key"]);
    let made = to.bring(&sent.json, "?add_standards=true").await.expect(201);
    let new = made.text("/content/sections/0/questions/0/pictures/0/id");
    assert_ne!(new, picture.to_string(), "a picture belongs to one brand");
    assert_eq!(made.json["notes"].as_array().unwrap().len(), 3, "{made}");
    let shown = app.get(&to.designer, format!("/v1/pictures/{new}")).await.expect(200);
    assert_eq!(shown.bytes, crate::pictures::WEBP);
    let again = to.bring(&sent.json, "").await.expect(200);
    assert_eq!((again.etag(), &again.json["content"]), (made.etag(), &made.json["content"]));
    let standards = app.get(&to.designer, format!("/v1/standards?brand_id={}", to.brand)).await.expect(200);
    assert_eq!(standards.json["items"].as_array().unwrap().len(), 1);
    // What came can be published, and goes on as it came.
    let version = json!({"id": id::<()>()});
    let publish =
        app.post(&to.designer, format!("{}/versions", to.path), version.clone()).if_match(made.etag());
    publish.await.expect(201);
    let version = format!("/v1/checklist-versions/{}/export", version["id"].as_str().unwrap());
    let published = app.get(&to.designer, version).await.expect(200);
    assert_eq!(published.json, to.export("json").await.json);
    from.bring(&sent.json, "").await.expect(200);
}

async fn a_form_comes_back_as_it_went(app: TestApp) {
    let desk = Desk::set_up(&app).await;
    let library: Value = serde_json::from_str(include_str!("../library/checklists/shop.json")).unwrap();
    desk.write(&library["content"]).await.expect(201);
    let form = desk.export("xlsx").await;
    assert_eq!(form.headers.get("content-type").unwrap(), MEDIA_TYPE);
    let again = desk.import(MEDIA_TYPE, form.bytes.clone()).await.expect(200);
    let tag = app.get(&desk.designer, format!("{}/draft", desk.path)).await;
    assert_eq!((again.etag(), &again.json["content"]), (tag.etag(), &tag.json["content"]));
    let path = format!("{}/draft/export?format=xlsx", desk.path);
    app.get(&desk.designer, path).header("if-none-match", form.etag()).await.expect(304);
    let mut unsayable = content();
    unsayable["sections"][0]["questions"][0]["text"]["en"] = json!("Is it ${this}?");
    desk.write(&unsayable).if_match(tag.etag()).await.expect(200);
    let path = format!("{}/draft/export?format=xlsx", desk.path);
    app.get(&desk.designer, path).await.expect_problem(409, "wrong_state");
}

async fn an_import_changes_only_the_draft_that_is_meant(app: TestApp) {
    let desk = Desk::set_up(&app).await;
    let mut other = content();
    other["title"]["en"] = json!("Other");
    desk.bring(&document(&other), "").if_match("\"77\"").await.expect_problem(412, "precondition_failed");
    let made = desk.bring(&document(&content()), "").await.expect(201);
    desk.bring(&document(&content()), "").await.expect(200);
    desk.bring(&document(&other), "").await.expect_problem(428, "precondition_required");
    desk.bring(&document(&other), "").if_match("\"77\"").await.expect_problem(412, "precondition_failed");
    let changed = desk.bring(&document(&other), "").if_match(made.etag()).await.expect(200);
    let draft = app.get(&desk.designer, format!("{}/draft", desk.path)).await.expect(200);
    assert_eq!((draft.etag(), &draft.json["content"]), (changed.etag(), &changed.json["content"]));
    assert_eq!(draft.text("/content/title/en"), "Other");
    let stranger = Persona::everywhere(&app, Role::Auditor).await;
    app.post(&stranger, format!("{}/draft/import", desk.path), document(&other))
        .await
        .expect_problem(403, "forbidden");
}

async fn what_is_no_checklist_is_refused(app: TestApp) {
    let desk = Desk::set_up(&app).await;
    desk.import("text/csv", "a,b").await.expect_problem(415, "unsupported_media_type");
    desk.import("application/json", "{").await.expect_problem(400, "malformed_request");
    for (member, value) in
        [("format", json!("incognito-checklist/2")), ("name", json!("")), ("more", json!(1))]
    {
        let mut wrong = document(&content());
        wrong[member] = value;
        desk.bring(&wrong, "").await.expect_problem(422, "invalid");
    }
    desk.bring(&content(), "").await.expect_problem(422, "invalid");
    for bytes in [&b""[..], b"PK", b"PK\x05\x06", &[0; 1000], b"type,name,label"] {
        let refused = desk.import(MEDIA_TYPE, bytes.to_vec()).await.expect_problem(422, "invalid");
        assert_eq!(refused.text("/errors/0/code"), "unreadable");
    }
    desk.import(MEDIA_TYPE, vec![0; (4 << 20) + 1]).await.expect_problem(413, "body_too_large");
    // Four kilobytes a text, a hundred thousand times: small in the file, and more than any checklist unpacked.
    let mut bomb = rust_xlsxwriter::Workbook::new();
    let sheet = bomb.add_worksheet().set_name("survey").unwrap();
    let text = "x".repeat(20_000);
    for row in 0..3_000 {
        sheet.write_string(row, 0, &text).unwrap();
        sheet.write_string(row, 1, format!("{row}{text}")).unwrap();
    }
    let refused =
        desk.import(MEDIA_TYPE, bomb.save_to_buffer().unwrap()).await.expect_problem(422, "invalid");
    assert_eq!(refused.text("/errors/0/code"), "too_large");
    let schema = app.call(Method::GET, "/schemas/checklist.json").await.expect(200);
    assert_eq!(schema.text("/$schema"), "https://json-schema.org/draft/2020-12/schema");
    for needed in ["Content", "Question", "AnswerKind", "CarriedPicture", "Rule"] {
        assert!(schema.json["$defs"][needed].is_object(), "{needed}");
    }
    assert!(!String::from_utf8_lossy(&schema.bytes).contains("#/components"));
}

async fn forms_that_others_wrote_are_imported_or_refused_with_the_place(app: TestApp) {
    let desk = Desk::set_up(&app).await;
    let mut wrong = Vec::new();
    for form in forms::all() {
        // Each into a checklist of its own.
        let path = format!("/v1/checklists/{}", id::<()>());
        app.put(&desk.designer, &path, json!({"brand_id": desk.brand, "name": form.name})).await.expect(201);
        let import = app.call(Method::POST, format!("{path}/draft/import")).by(&desk.designer);
        let answer = import.body(MEDIA_TYPE, form.workbook()).await;
        wrong.extend(form.differences(answer.status, &answer.json));
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// A form with this survey.
fn form(survey: &[Vec<String>]) -> Vec<u8> {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet().set_name("survey").unwrap();
    for (row, cells) in (0..).zip(survey) {
        for (column, cell) in (0..).zip(cells) {
            sheet.write_string(row, column, cell).unwrap();
        }
    }
    book.save_to_buffer().unwrap()
}

async fn a_form_that_no_draft_can_hold_is_refused(app: TestApp) {
    let desk = Desk::set_up(&app).await;
    let tongues = |count: u8| {
        let tags: Vec<_> = (0..count)
            .map(|at| format!("{}{}", char::from(b'a' + at / 26), char::from(b'a' + at % 26)))
            .collect();
        let head = ["type", "name"].map(str::to_owned).into_iter();
        let head = head.chain(tags.iter().map(|tag| format!("label::{tag}"))).collect();
        let row = ["text", "remarks"].map(str::to_owned).into_iter();
        form(&[head, row.chain(tags.iter().map(|tag| format!("In {tag}"))).collect()])
    };
    let refused = desk.import(MEDIA_TYPE, tongues(41)).await.expect_invalid("survey!AQ1");
    assert_eq!(refused.json["errors"][0]["code"], "too_many_languages", "{refused}");
    app.get(&desk.designer, format!("{}/draft", desk.path)).await.expect(404);
    desk.import(MEDIA_TYPE, tongues(40)).await.expect(201);
    app.get(&desk.designer, format!("{}/draft", desk.path)).await.expect(200);
}

async fn a_draft_that_cannot_be_read_can_be_replaced(app: TestApp) {
    let desk = Desk::set_up(&app).await;
    desk.write(&content()).await.expect(201);
    let spoil = "UPDATE checklist SET draft = '{\"title\": 1}'";
    let spoil = move |conn: &mut incognito::db::Conn| {
        Ok(diesel::RunQueryDsl::execute(diesel::sql_query(spoil), conn)?)
    };
    for replaced_by_import in [false, true] {
        app.db().write(spoil).await.unwrap();
        for part in ["", "/export", "/export?format=xlsx"] {
            let path = format!("{}/draft{part}", desk.path);
            app.get(&desk.designer, path).await.expect_problem(409, "wrong_state");
        }
        let check = app.call(Method::POST, format!("{}/draft/check", desk.path)).by(&desk.designer);
        check.await.expect_problem(409, "wrong_state");
        app.get(&desk.designer, &desk.path).await.expect(200);
        let written = match replaced_by_import {
            true => desk.bring(&document(&content()), "").await,
            false => desk.write(&content()).await,
        };
        written.expect(201);
        app.get(&desk.designer, format!("{}/draft", desk.path)).await.expect(200);
    }
}
