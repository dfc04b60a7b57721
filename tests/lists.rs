//! Lists as files: each list of the table can be had as a file, or stands among those that cannot, with a reason; and who took a file is written down.

use std::{collections::BTreeSet, io::Cursor};

use actix_web::http::Method;
use calamine::{Reader, Xlsx};
use incognito::{
    accounts::model::Role,
    http::sheet::Format,
    server::{
        docs,
        routes::{self, Needs},
    },
};
use serde_json::{Value, json};

use crate::{
    app::{Answer, TestApp, each_engine_test, id},
    builders::World,
    every_form,
    personas::Persona,
    scores::files::titled,
    who_may::samples,
};

each_engine_test!(each_list_is_a_file, files_are_written_down,);

/// The lists that are JSON alone, each with the reason.
const JSON_ONLY: [(&str, &str); 21] = [
    ("/v1/actions/{id}/comments", "a conversation, which is read beside its action"),
    ("/v1/api-keys", "some dozens at most; who made and revoked which is in the audit, which is a file"),
    ("/v1/appeals/{id}/messages", "a conversation, which is read beside its appeal"),
    ("/v1/branches/{id}/action-proposals", "one short page, which an action is made from"),
    ("/v1/branches/{id}/answers/quotes", "words of a page, which are read beside the figure of their answer"),
    ("/v1/brands/{id}/answers/quotes", "words of a page, which are read beside the figure of their answer"),
    ("/v1/chart-links", "some dozens at most; who made and revoked which is in the audit, which is a file"),
    ("/v1/checklists/{id}/versions", "the history of one checklist; its content has files of its own"),
    ("/v1/digests/{id}/issues", "each is a message of its own"),
    ("/v1/exports", "the files of one account, fifty at most"),
    ("/v1/me/inquiries", "for phones"),
    ("/v1/me/qualifications", "for phones"),
    ("/v1/me/visits", "for phones"),
    ("/v1/qualifications", "settings, some dozens at most"),
    ("/v1/regions/{id}/answers/quotes", "words of a page, which are read beside the figure of their answer"),
    ("/v1/reports/{id}/comments", "a conversation, which is read beside its report"),
    ("/v1/return-reasons", "settings, some dozens at most"),
    ("/v1/reviews/appeals/{id}/messages", "a conversation, which is read beside its appeal"),
    ("/v1/sessions", "the devices of one account"),
    ("/v1/standards/{id}/versions", "the history of one sentence"),
    ("/v1/visits/{id}/notes", "a conversation, which is read beside its visit"),
];

/// Whether an answer is a page of a list, by the name of its shape.
fn is_page(answer: &Value) -> bool {
    let shape = answer["content"]["application/json"]["schema"]["$ref"].as_str().unwrap_or_default();
    shape.rsplit('/').next().is_some_and(|name| name.starts_with("Page_"))
}

/// The lists of this contract: those that are files as well, and those that are JSON alone.
fn lists(contract: &Value) -> (BTreeSet<String>, BTreeSet<String>) {
    let paths = contract["paths"].as_object().unwrap().iter();
    let answers = paths.map(|(path, item)| (path, &item["get"]["responses"]["200"]));
    let lists = answers.filter(|(_, answer)| is_page(answer));
    // Whoever is answered with lines is answered with the other files as well.
    let (files, json): (Vec<_>, Vec<_>) =
        lists.partition(|(_, answer)| !answer["content"][Format::Lines.essence()].is_null());
    let named = |lists: Vec<(&String, &Value)>| lists.into_iter().map(|(path, _)| path.clone()).collect();
    (named(files), named(json))
}

#[test]
fn each_list_is_a_file_or_says_why_not() {
    let contract = serde_json::to_value(docs::document()).unwrap();
    let (files, json) = lists(&contract);
    let excepted: BTreeSet<_> = JSON_ONLY.iter().map(|(path, _)| (*path).to_owned()).collect();
    assert_eq!(json, excepted);
    assert!(JSON_ONLY.iter().all(|(_, why)| !why.is_empty()));
    assert!(files.len() >= 25, "{files:?}");
    assert!(files.contains("/v1/campaigns") && files.contains("/v1/audit"), "{files:?}");
}

async fn ask(app: &TestApp, who: &Persona, address: &str, format: Format) -> Answer {
    app.get(who, address).header("accept", format.essence()).await.expect(200)
}

/// The names of the columns, and how many rows there are below them.
fn of_csv(answer: &Answer) -> (Vec<String>, usize) {
    let bytes = answer.bytes.strip_prefix("\u{feff}".as_bytes()).expect("a mark of UTF-8");
    let mut reader = csv::Reader::from_reader(bytes);
    let names = reader.headers().unwrap().iter().map(str::to_owned).collect();
    (names, reader.records().map(Result::unwrap).count())
}

fn of_parquet(answer: &Answer) -> (Vec<String>, usize) {
    let (names, rows) = every_form::of_parquet(answer);
    (names, rows.len())
}

fn of_workbook(answer: &Answer) -> (Vec<String>, usize) {
    let mut book: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(answer.bytes.clone())).unwrap();
    let sheet = book.worksheet_range_at(0).unwrap().unwrap();
    let mut rows = sheet.rows();
    let names = rows.next().unwrap().iter().map(ToString::to_string).collect();
    (names, rows.count())
}

/// Somebody who reads this list everywhere.
async fn reader(app: &TestApp, needs: Needs) -> Persona {
    let Needs::May(permission) = needs else { panic!("a list of nobody's") };
    let roles = permission.roles();
    let role = if roles.contains(&Role::Administrator) { Role::Administrator } else { roles[0] };
    Persona::everywhere(app, role).await
}

async fn each_list_is_a_file(app: TestApp) {
    let world = World::build(&app).await;
    let samples = samples(&app, &world).await;
    let (files, _) = lists(&serde_json::to_value(docs::document()).unwrap());
    let (mut with_rows, mut emptied, mut gone_on) = (0, 0, 0);
    for route in routes::table() {
        if route.method != Method::GET || !files.contains(route.path) {
            continue;
        }
        let who = reader(&app, route.needs()).await;
        let sample = samples.iter().find(|one| one.route == route.path && one.method == route.method);
        let address = sample.unwrap().address();
        let page = ask(&app, &who, &address, Format::Json).await.json;
        let items = page["items"].as_array().unwrap().len();
        let csv = of_csv(&ask(&app, &who, &address, Format::Csv).await);
        assert!(csv.0.len() > 1 && csv.1 >= items, "{address}: {csv:?} of {items}");
        let book = of_workbook(&ask(&app, &who, &address, Format::Xlsx).await);
        // Reading the audit adds to it.
        let added = if route.path == "/v1/audit" { book.1 - csv.1 } else { 0 };
        assert_eq!((&book.0, book.1 - added), (&csv.0, csv.1), "{address}");
        let typed = of_parquet(&ask(&app, &who, &address, Format::Parquet).await);
        let added = if route.path == "/v1/audit" { typed.1 - csv.1 } else { 0 };
        assert_eq!((&typed.0, typed.1 - added), (&csv.0, csv.1), "{address}");
        // Of the answers to one checklist each question has a column, under its key.
        if route.path != "/v1/checklists/{id}/answers" {
            for language in ["en", "ru", "bg", "fr", "tr"] {
                let head = app.get(&who, &address).header("accept", Format::Xlsx.essence());
                let head = of_workbook(&head.header("accept-language", language).await.expect(200)).0;
                titled(&csv.0, &head, &format!("{address} in {language}"));
            }
        }
        let lines = lines_of(&ask(&app, &who, &address, Format::Lines).await);
        assert!(lines.len() >= items, "{address}: {} of {items}", lines.len());
        with_rows += usize::from(items > 0);
        // Reading the audit adds to it.
        if items > 1 && route.path != "/v1/audit" {
            goes_on(&app, &who, &address, &lines).await;
            gone_on += 1;
        }
        // What matches nothing is a file with names of columns.
        let sign = if address.contains('?') { '&' } else { '?' };
        let nothing = format!("{address}{sign}brand_id={}", id::<()>());
        let found = app.get(&who, &nothing).await;
        // Whoever works for all brands is listed in any.
        let is_empty = found.status == 200 && found.json["items"] == json!([]);
        if !address.contains("brand_id=") && is_empty {
            assert_eq!(
                of_csv(&ask(&app, &who, &nothing, Format::Csv).await),
                (csv.0.clone(), 0),
                "{nothing}"
            );
            let typed = of_parquet(&ask(&app, &who, &nothing, Format::Parquet).await);
            assert_eq!(typed, (csv.0.clone(), 0), "{nothing}");
            assert_eq!(of_workbook(&ask(&app, &who, &nothing, Format::Xlsx).await), (csv.0, 0), "{nothing}");
            emptied += 1;
        }
    }
    assert!(with_rows >= 15 && emptied >= 10, "{with_rows} with rows, {emptied} made empty");
    assert!(gone_on >= 10, "{gone_on} went on from a cursor");
}

/// The lines of an answer of JSON lines.
fn lines_of(answer: &Answer) -> Vec<Value> {
    let lines = answer.bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    lines.map(|line| serde_json::from_slice(line).unwrap()).collect()
}

/// From the cursor behind its first item on, a list as JSON lines or as comma-separated values has all that follows.
async fn goes_on(app: &TestApp, who: &Persona, address: &str, lines: &[Value]) {
    let records = async |address: &str| -> Vec<csv::StringRecord> {
        let answer = ask(app, who, address, Format::Csv).await;
        csv::Reader::from_reader(&answer.bytes[..]).records().map(Result::unwrap).collect()
    };
    let sign = if address.contains('?') { '&' } else { '?' };
    let first = ask(app, who, &format!("{address}{sign}limit=1"), Format::Json).await;
    let rest = format!("{address}{sign}cursor={}", first.text("/next_cursor"));
    assert_eq!(lines_of(&ask(app, who, &rest, Format::Lines).await), lines[1..], "{rest}");
    let (whole, rest) = (records(address).await, records(&rest).await);
    // An item may have several rows.
    assert!(rest.len() + 1 >= lines.len() && rest.len() < whole.len() && whole.ends_with(&rest), "{address}");
}

async fn files_are_written_down(app: TestApp) {
    let world = World::build(&app).await;
    let own = &world.brands[0];
    let who = Persona::with(&app, &[(Role::Administrator, own.scope())]).await;
    let auditor = Persona::with(&app, &[(Role::Auditor, own.scope())]).await;
    let rows = async || {
        let path = format!("/v1/audit?kind=exported&account_id={}", who.account);
        app.get(&auditor, path).await.expect(200).json["items"].as_array().unwrap().clone()
    };
    // A page is no file, nor is an answer to HEAD, nor a refusal.
    app.get(&who, "/v1/branches").await.expect(200);
    app.call(Method::HEAD, "/v1/branches.csv").by(&who).await.expect(200);
    app.get(&who, "/v1/branches.csv?limit=1").await.expect_invalid("limit");
    app.get(&who, format!("/v1/brands/{}/ranking.csv", world.brands[1].id)).await.expect(404);
    assert_eq!(rows().await, Vec::<Value>::new());

    let shown = async |address: String, details: Value, subject: Value| {
        let before = rows().await;
        app.advance(1);
        app.get(&who, &address).await.expect(200);
        let after = rows().await;
        assert_eq!(after.len(), before.len() + 1, "{address}");
        let row = &after[0];
        assert_eq!((&row["details"], &row["subject_id"]), (&details, &subject), "{address}");
        assert_eq!((&row["brand_id"], &row["about"]), (&json!(own.id), &json!("list")), "{address}");
    };
    // A list, with what it was filtered by; words of the caller's own are not kept.
    let listed = format!("/v1/visits.csv?brand_id={}&state=complete&q=Galata", own.id);
    let filter = json!({"brand_id": own.id, "state": "complete", "q": null});
    shown(listed, json!({"operation": "GET /v1/visits", "format": "csv", "filter": filter}), Value::Null)
        .await;
    // Figures.
    let ranking = format!("/v1/brands/{}/ranking.xlsx?from=2026-03&to=2026-03", own.id);
    let details = json!({"operation": "GET /v1/brands/{id}/ranking", "format": "xlsx",
        "filter": {"from": "2026-03", "to": "2026-03"}});
    shown(ranking, details, json!(own.id)).await;
    let listed = format!("/v1/visits.parquet?brand_id={}", own.id);
    let details = json!({"operation": "GET /v1/visits", "format": "parquet", "filter": {"brand_id": own.id}});
    shown(listed, details, Value::Null).await;
    // Another brand's id is not written into that brand's audit.
    let elsewhere = format!("/v1/branches.jsonl?brand_id={}", world.brands[1].id);
    let filter = json!({"brand_id": world.brands[1].id});
    shown(
        elsewhere,
        json!({"operation": "GET /v1/branches", "format": "jsonl", "filter": filter}),
        Value::Null,
    )
    .await;
}
