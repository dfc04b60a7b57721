//! Exports that the server writes beside the requests: whole, to their owner alone, and not for longer than its rights.

use std::{
    collections::BTreeSet,
    fs::{self, File},
    sync::{Arc, Mutex},
    time::Duration,
};

use actix_web::{http::Method, rt::time::sleep};
use diesel::prelude::*;
use futures_util::{FutureExt as _, future::BoxFuture};
use incognito::{
    accounts::{model::Role, policy::Scope},
    blobs::BlobName,
    db::schema::event,
    error::{Code, Error, Result},
    exports::{
        model::Asked,
        source::{Source, Sources, Writing, WrittenPiece},
        sweep::SweepExports,
        write_export::WriteExport,
    },
    ids::ExportId,
    work::{Task, kind::Kind, worker},
};
use serde_json::{Value, json};
use tokio::sync::Semaphore;

use super::{assert_same, text};
use crate::{
    app::{Answer, TestApp, each_engine_test, id},
    builders::World,
    personas::Persona,
};

each_engine_test!(
    what_is_asked_for_is_written_and_fetched,
    the_same_key_is_the_same_export,
    an_export_is_its_owner_s_alone,
    what_is_asked_for_wrongly_is_no_export,
    an_export_ends_with_the_rights_of_its_owner,
    a_signed_address_gives_one_file_away,
    a_failure_is_gone_on_from_and_no_byte_comes_twice,
    what_a_killed_server_wrote_is_gone_on_with,
    a_cancelled_export_leaves_nothing,
    a_file_goes_after_seven_days,
);

const DAY: i64 = 86_400;

fn wish(what: &str, format: &str, filter: &str) -> Value {
    match filter {
        "" => json!({"what": what, "format": format}),
        filter => json!({"what": what, "format": format, "filter": filter}),
    }
}

async fn ask(app: &TestApp, who: &Persona, body: Value) -> String {
    let asked = app.post(who, "/v1/exports", body).await.expect(202);
    assert_eq!(asked.header("location"), format!("/v1/exports/{}", asked.text("/id")));
    assert_eq!(asked.json["state"], "waiting", "{asked}");
    asked.header("location").to_owned()
}

/// The export, when it is not being written any more.
async fn ended(app: &TestApp, who: &Persona, address: &str) -> Answer {
    for _ in 0..600 {
        let now = app.get(who, address).await.expect(200);
        if !["waiting", "running"].contains(&now.text("/state").as_str()) {
            return now;
        }
        sleep(Duration::from_millis(50)).await;
    }
    panic!("{address} is never ready");
}

/// One that was asked for and is ready.
async fn ready(app: &TestApp, who: &Persona, body: Value) -> String {
    let address = ask(app, who, body).await;
    let background = app.start_background();
    let now = ended(app, who, &address).await;
    background.stop().await;
    assert_eq!(now.json["state"], "ready", "{now}");
    address
}

/// The names of the files that the store has of exports.
fn kept(app: &TestApp) -> BTreeSet<String> {
    let folder = fs::read_dir(app.data().join("blobs/exports"));
    let names = folder.into_iter().flatten().map(|one| one.unwrap().file_name().into_string().unwrap());
    names.collect()
}

/// Takes all grants of an account back.
async fn take_rights(app: &TestApp, administrator: &Persona, from: &Persona) {
    let account = format!("/v1/accounts/{}", from.account);
    let found = app.get(administrator, &account).await.expect(200);
    for grant in found.json["grants"].as_array().unwrap() {
        let grant = grant["id"].as_str().unwrap();
        app.delete(administrator, format!("{account}/grants/{grant}")).await.expect(204);
    }
}

async fn what_is_asked_for_is_written_and_fetched(app: TestApp) {
    let world = World::build(&app).await;
    let (brand, who) = (&world.brands[0], &world.staff.administrator);
    let region = brand.regions[0].id;
    let places = format!("brand:{},region:{region}", brand.id);
    for (what, path, filter) in [
        ("visits", "visits/export", format!("region_id={region}")),
        ("reports", "reports", format!("region_id={region}")),
        ("scores", "scores", format!("places={places}")),
    ] {
        for format in ["csv", "jsonl", "parquet"] {
            let address = ready(&app, who, wish(what, format, &filter)).await;
            let file = app.get(who, format!("{address}/file")).await.expect(200);
            if (what, format) == ("scores", "jsonl") {
                let scores = app.get(who, format!("/v1/scores?{filter}")).await.expect(200).json;
                assert_eq!(json!(super::lines(&file.bytes)), scores["scores"]);
            } else {
                let wanted = app.get(who, format!("/v1/{path}.{format}?{filter}")).await.expect(200);
                assert_same(&file.bytes, &wanted.bytes, &format!("{what} {format}"));
                assert_eq!(file.header("content-type"), wanted.header("content-type"));
            }
            let now = app.get(who, &address).await.expect(200).json;
            assert_eq!(now["bytes"], file.bytes.len(), "{now}");
            assert_eq!(now["filter"], filter.as_str());
            if what == "visits" {
                assert_eq!((&now["done"], &now["of"]), (&json!(2), &json!(2)), "{now}");
            }
            // Lines of no reports are no bytes.
            if !file.bytes.is_empty() {
                let range = app.get(who, format!("{address}/file")).header("range", "bytes=3-9");
                assert_eq!(range.await.expect(206).bytes, file.bytes.slice(3..10));
            }
        }
    }
    let address = ready(&app, who, wish("visits", "xlsx", &format!("region_id={region}"))).await;
    let book = app.get(who, format!("{address}/file")).await.expect(200).bytes;
    let mut book: calamine::Xlsx<_> = calamine::open_workbook_from_rs(std::io::Cursor::new(book)).unwrap();
    let sheet = calamine::Reader::worksheet_range(&mut book, "Sheet1").unwrap();
    assert_eq!(sheet.height(), 1 + 2 * 4);
    // Nothing meets it, and in another language.
    let none = ready(&app, who, wish("visits", "jsonl", "month=1999-01")).await;
    assert_eq!(app.get(who, format!("{none}/file")).await.expect(200).bytes, "");
    let french = json!({"what": "visits", "format": "csv", "language": "fr-CH"});
    let french = ready(&app, who, french).await;
    let french = app.get(who, format!("{french}/file")).await.expect(200).bytes;
    let wanted = app.get(who, "/v1/visits/export.csv").header("accept-language", "fr-CH");
    assert_same(&french, &wanted.await.expect(200).bytes, "with titles");
    let named = json!({"what": "visits", "format": "csv", "language": "fr-CH", "header": "names"});
    let named = ready(&app, who, named).await;
    assert_eq!(app.get(who, &named).await.expect(200).json["header"], "names");
    let named = text(&app.get(who, format!("{named}/file")).await.expect(200).bytes);
    assert!(named.starts_with("\u{feff}id;brand_id;"), "{named}");
    let listed = app.get(who, "/v1/exports?limit=4").await.expect(200).json;
    assert_eq!(listed["items"].as_array().unwrap().len(), 4);
    assert!(listed["next_cursor"].is_string());

    let ready: Vec<Value> = app
        .db()
        .read(|conn| {
            let kind = event::kind.eq("export_ready");
            let found = event::table.filter(kind).select(event::payload);
            Ok(found.load::<incognito::db::types::Json<Value>>(conn)?.into_iter().map(|one| one.0).collect())
        })
        .await
        .unwrap();
    assert_eq!(ready.len(), 13, "{ready:?}");
    assert!(ready.iter().all(|one| one["for_account_id"] == who.account.to_string()), "{ready:?}");
    let auditor = Persona::everywhere(&app, Role::Auditor).await;
    let rows = app.get(&auditor, "/v1/audit?kind=exported&limit=200").await.expect(200).json;
    let rows = rows["items"].as_array().unwrap().clone();
    let id = none.rsplit('/').next().unwrap();
    let details = json!({"operation": "export visits", "format": "jsonl", "export_id": id, "filter": {"month": "1999-01"}});
    let begun: Vec<_> = rows.iter().filter(|row| row["details"] == details).collect();
    assert_eq!(begun.len(), 1, "{rows:?}");
    assert_eq!(begun[0]["account_id"], who.account.to_string());
    let shown = app.get(&auditor, "/v1/audit?kind=shopper_shown&limit=200").await.expect(200).json;
    let fetched = json!({"operation": "GET /v1/exports/{id}/file", "whole_list": true});
    let looks = shown["items"].as_array().unwrap().iter().filter(|row| row["details"] == fetched).count();
    assert_eq!(looks, 10, "each time that a file of visits was fetched: {shown}");
}

async fn the_same_key_is_the_same_export(app: TestApp) {
    let who = Persona::administrator(&app).await;
    let key = id::<()>().to_string();
    let asked =
        |who: &Persona, body: Value| app.post(who, "/v1/exports", body).header("idempotency-key", &key);
    let first = asked(&who, wish("visits", "csv", "month=2026-03")).await.expect(202);
    assert_eq!(first.text("/id"), key);
    let again = asked(&who, wish("visits", "csv", "month=2026-03")).await.expect(202);
    assert_eq!(again.json, first.json);
    asked(&who, wish("visits", "csv", "month=2026-04")).await.expect_problem(409, "conflict");
    let other = Persona::administrator(&app).await;
    asked(&other, wish("visits", "csv", "month=2026-03")).await.expect_problem(409, "conflict");
    assert_eq!(app.get(&who, "/v1/exports").await.expect(200).json["items"].as_array().unwrap().len(), 1);
    // Three may wait.
    for _ in 0..2 {
        ask(&app, &who, wish("visits", "csv", "")).await;
    }
    app.post(&who, "/v1/exports", wish("visits", "csv", "")).await.expect_problem(409, "conflict");
    asked(&who, wish("visits", "csv", "month=2026-03")).await.expect(202);
    ask(&app, &other, wish("visits", "csv", "")).await;
    app.delete(&who, format!("/v1/exports/{key}")).await.expect(204);
    ask(&app, &who, wish("visits", "csv", "")).await;
}

async fn an_export_is_its_owner_s_alone(app: TestApp) {
    let (who, other) = (Persona::administrator(&app).await, Persona::administrator(&app).await);
    let address = ready(&app, &who, wish("visits", "csv", "")).await;
    for path in ["", "/file", "/link"] {
        app.get(&other, format!("{address}{path}")).await.expect_problem(404, "not_found");
    }
    app.delete(&other, &address).await.expect_problem(404, "not_found");
    assert_eq!(app.get(&other, "/v1/exports").await.expect(200).json["items"], json!([]));
    app.get(&who, format!("{address}/file")).await.expect(200);
}

async fn what_is_asked_for_wrongly_is_no_export(app: TestApp) {
    let who = Persona::administrator(&app).await;
    let wrong = app.post(&who, "/v1/exports", wish("visits", "csv", "month=x&colour=red")).await;
    let wrong = wrong.expect_invalid("/filter");
    assert_eq!(wrong.json["errors"].as_array().unwrap().len(), 2, "{wrong}");
    app.post(&who, "/v1/exports", wish("scores", "csv", "")).await.expect_invalid("/filter");
    app.post(&who, "/v1/exports", wish("visits", "pdf", "")).await.expect_invalid("/format");
    for (role, may) in [
        (Role::Manager, &["scores", "reports"][..]),
        (Role::Reviewer, &["visits", "reports"]),
        (Role::Auditor, &["scores", "reports"]),
        (Role::Shopper, &[]),
    ] {
        let who = Persona::everywhere(&app, role).await;
        for what in ["visits", "scores", "reports"] {
            let filter =
                if what == "scores" { format!("places=brand:{}", id::<()>()) } else { String::new() };
            let answer = app.post(&who, "/v1/exports", wish(what, "csv", &filter)).await;
            match may.contains(&what) {
                true => answer.expect(202),
                false => answer.expect_problem(403, "forbidden"),
            };
        }
    }
    // What waits has no file.
    let address = ask(&app, &who, wish("visits", "csv", "")).await;
    for path in ["file", "link"] {
        app.get(&who, format!("{address}/{path}")).await.expect_problem(409, "wrong_state");
    }
}

async fn an_export_ends_with_the_rights_of_its_owner(app: TestApp) {
    let world = World::build(&app).await;
    let administrator = &world.staff.administrator;
    let scope = |brand: usize| incognito::accounts::model::GrantScope {
        brand_id: Some(world.brands[brand].id),
        ..Default::default()
    };
    for (grants, why, code) in [
        (vec![(Role::Reviewer, scope(0))], "forbidden", 403),
        (vec![(Role::Reviewer, scope(0)), (Role::Administrator, scope(1))], "rights_changed", 409),
    ] {
        let who = Persona::with(&app, &grants).await;
        let address = ready(&app, &who, wish("visits", "jsonl", "")).await;
        let file = app.get(&who, format!("{address}/file")).await.expect(200);
        assert_eq!(super::lines(&file.bytes).len(), 4 * grants.len());
        let link = app.get(&who, format!("{address}/link")).await.expect(200).text("/url");
        app.call(Method::GET, &link).await.expect(200);
        let waiting = ask(&app, &who, wish("visits", "jsonl", "")).await;
        let account = format!("/v1/accounts/{}", who.account);
        let found = app.get(administrator, &account).await.expect(200);
        let grant = found.json["grants"][0]["id"].as_str().unwrap().to_owned();
        app.delete(administrator, format!("{account}/grants/{grant}")).await.expect(204);
        let background = app.start_background();
        let now = ended(&app, &who, &waiting).await;
        background.stop().await;
        assert_eq!(
            (&now.json["state"], &now.json["failed_because"]),
            (&json!("failed"), &json!(why)),
            "{now}"
        );
        app.get(&who, format!("{address}/file")).await.expect_problem(code, why);
        app.get(&who, format!("{address}/link")).await.expect_problem(code, why);
        app.call(Method::GET, &link).await.expect_problem(403, "address_expired");
    }
    // What is granted later adds nothing to what was asked for before.
    let who = Persona::with(&app, &[(Role::Reviewer, scope(0))]).await;
    let address = ask(&app, &who, wish("visits", "jsonl", "")).await;
    let grant = json!({"role": "reviewer", "scope": scope(1)});
    let grants = format!("/v1/accounts/{}/grants/{}", who.account, id::<()>());
    app.put(administrator, grants, grant).await.expect(201);
    let background = app.start_background();
    ended(&app, &who, &address).await;
    background.stop().await;
    let file = app.get(&who, format!("{address}/file")).await.expect(200);
    assert_eq!(super::lines(&file.bytes).len(), 4);
    take_rights(&app, administrator, &who).await;
    app.get(&who, format!("{address}/file")).await.expect_problem(403, "forbidden");
}

async fn a_signed_address_gives_one_file_away(app: TestApp) {
    let world = World::build(&app).await;
    let who = &world.staff.administrator;
    let (address, other) = (
        ready(&app, who, wish("visits", "csv", "")).await,
        ready(&app, who, wish("reports", "csv", "")).await,
    );
    let link = app.get(who, format!("{address}/link?hours=24")).await.expect(200);
    assert_eq!(link.text("/expires_at"), app.now().plus_seconds(DAY).to_string());
    let url = link.text("/url");
    let file = app.get(who, format!("{address}/file")).await.expect(200);
    let by_link = app.call(Method::GET, &url).await.expect(200);
    assert_eq!(by_link.bytes, file.bytes);
    let until = app.now().plus_seconds(DAY).unix_seconds();
    for altered in [
        url.replace(&address, &other),
        url.replace(&until.to_string(), &(until + 1).to_string()),
        url.replace("signature=", "signature=A"),
    ] {
        assert_ne!(altered, url);
        app.call(Method::GET, &altered).await.expect_problem(404, "not_found");
    }
    for hours in ["0", "25"] {
        app.get(who, format!("{address}/link?hours={hours}")).await.expect_invalid("hours");
    }
    // The signature is nowhere in the audit.
    let auditor = Persona::everywhere(&app, Role::Auditor).await;
    let rows = app.get(&auditor, "/v1/audit?limit=200").await.expect(200);
    let rows = text(&rows.bytes);
    assert!(rows.contains("GET /v1/exports/{id}/download"), "{rows}");
    let signature = url.split("signature=").nth(1).unwrap();
    assert!(!rows.contains(signature), "{rows}");
    let short = app.get(who, format!("{other}/link")).await.expect(200).text("/url");
    app.advance(3_600);
    app.call(Method::GET, &short).await.expect_problem(403, "address_expired");
    app.call(Method::GET, &url).await.expect(200);
    let who = &who.clone().renewed(&app);
    app.delete(who, &address).await.expect(204);
    app.call(Method::GET, &url).await.expect_problem(403, "address_expired");
}

/// Lines of a mebibyte each: the program's own, so that a file has many parts.
struct Lines {
    lines: u64,
    /// At this line it stops: once with a failure, or until it is let through.
    stops_at: Mutex<Option<u64>>,
    gate: Semaphore,
    fails: bool,
    read: Mutex<Vec<u64>>,
}

const LINE: usize = 1 << 20;

impl Lines {
    fn new(lines: u64, stops_at: u64, fails: bool) -> Arc<Self> {
        let stops_at = Mutex::new(Some(stops_at));
        Arc::new(Self { lines, stops_at, gate: Semaphore::new(0), fails, read: Mutex::default() })
    }

    fn line(number: u64) -> Vec<u8> {
        let mut line = vec![b'a' + u8::try_from(number % 26).unwrap(); LINE];
        line[LINE - 1] = b'\n';
        line
    }

    fn all(&self) -> Vec<u8> {
        (0..self.lines).flat_map(Self::line).collect()
    }
}

struct Begun(Arc<Lines>);

struct OfLines(Arc<Lines>);

impl Source for OfLines {
    fn check(&self, _: &Asked) -> Result<()> {
        Ok(())
    }

    fn open(&self, _: &Asked) -> Result<Box<dyn Writing>> {
        Ok(Box::new(Begun(Arc::clone(&self.0))))
    }
}

impl Writing for Begun {
    fn count(&mut self, _: Scope) -> BoxFuture<'_, Result<Option<u64>>> {
        async { Ok(Some(self.0.lines)) }.boxed()
    }

    fn head(&self) -> Result<Vec<u8>> {
        Ok(Vec::new())
    }

    fn read(&mut self, _: Scope, after: Option<Value>) -> BoxFuture<'_, Result<WrittenPiece>> {
        async move {
            let number = after.map_or(0, |after| after.as_u64().unwrap() + 1);
            let stops = self.0.stops_at.lock().unwrap().take_if(|at| *at == number).is_some();
            if stops && self.0.fails {
                return Err(Error::new(Code::Unavailable));
            }
            if stops {
                self.0.gate.acquire().await.unwrap().forget();
            }
            self.0.read.lock().unwrap().push(number);
            let next = (number + 1 < self.0.lines).then(|| json!(number));
            Ok(WrittenPiece { bytes: Lines::line(number), things: 1, next })
        }
        .boxed()
    }

    fn end(self: Box<Self>, _: &mut File) -> Result<()> {
        Ok(())
    }
}

fn export_id(address: &str) -> ExportId {
    address.rsplit('/').next().unwrap().parse().unwrap()
}

async fn a_failure_is_gone_on_from_and_no_byte_comes_twice(app: TestApp) {
    goes_on(&app).await;
}

/// A file of ten parts is written in several turns, one of which fails, is fetched, and is deleted: in a folder or in a bucket.
pub async fn goes_on(app: &TestApp) {
    let who = Persona::administrator(app).await;
    let address = ask(app, &who, wish("visits", "jsonl", "")).await;
    let lines = Lines::new(40, 14, true);
    let sources = Sources(Arc::new(OfLines(Arc::clone(&lines))));
    let turn = || WriteExport { export_id: export_id(&address) }.run(app.app(), &sources);
    assert_eq!(turn().await.unwrap_err().code(), Code::Unavailable);
    let now = app.get(&who, &address).await.expect(200).json;
    let known = (&now["state"], &now["done"], &now["of"], &now["bytes"]);
    assert_eq!(known, (&json!("running"), &json!(12), &json!(40), &json!(12 * LINE)), "{now}");
    let mut turns = 0;
    while app.get(&who, &address).await.expect(200).json["state"] == "running" {
        turn().await.unwrap();
        turns += 1;
        assert!(turns < 5);
    }
    let places = (0..10).map(|number| BlobName::new("exports", export_id(&address).uuid(), number));
    for place in places.clone() {
        assert_eq!(app.app().blobs.get_at(&place, None).await.unwrap().size, 4 * LINE as u64);
    }
    let file = app.get(&who, format!("{address}/file")).await.expect(200).bytes;
    assert!(file == lines.all(), "{} bytes", file.len());
    let across = format!("bytes={}-{}", 4 * LINE - 2, 4 * LINE + 1);
    let part = app.get(&who, format!("{address}/file")).header("range", &across).await.expect(206).bytes;
    assert_eq!(part, "d\nee");
    let read: Vec<_> = (0..14).chain(12..40).collect();
    assert_eq!(*lines.read.lock().unwrap(), read, "it began where the last part ended");
    turn().await.unwrap();
    assert_eq!(lines.read.lock().unwrap().len(), read.len(), "what is ready is not written again");
    app.delete(&who, &address).await.expect(204);
    let background = app.start_background();
    for place in places {
        for _ in 0..600 {
            if app.app().blobs.get_at(&place, None).await.is_err() {
                break;
            }
            sleep(Duration::from_millis(50)).await;
        }
        let gone = app.app().blobs.get_at(&place, None).await;
        assert_eq!(gone.err().map(|error| error.code()), Some(Code::NotFound));
    }
    background.stop().await;
}

/// Until so many parts are written and it waits within the next one.
async fn until_held(app: &TestApp, who: &Persona, address: &str, (lines, done): (&Lines, u64)) {
    for _ in 0..600 {
        let is_held = lines.stops_at.lock().unwrap().is_none();
        if is_held && app.get(who, address).await.expect(200).json["done"] == done {
            return;
        }
        sleep(Duration::from_millis(50)).await;
    }
    panic!("{address} does not come so far");
}

async fn what_a_killed_server_wrote_is_gone_on_with(app: TestApp) {
    let who = Persona::administrator(&app).await;
    let address = ask(&app, &who, wish("visits", "jsonl", "")).await;
    let lines = Lines::new(10, 9, false);
    let kinds = [Kind::of::<WriteExport>(Arc::new(Sources(Arc::new(OfLines(Arc::clone(&lines))))))];
    let first = worker::start(&app.shared(), &kinds);
    until_held(&app, &who, &address, (&lines, 8)).await;
    // It is cut off in the middle of a part, and its lease ends.
    drop(first);
    app.advance(61);
    let second = worker::start(&app.shared(), &kinds);
    let now = ended(&app, &who, &address).await;
    second.stop().await;
    assert_eq!((&now.json["state"], &now.json["done"]), (&json!("ready"), &json!(10)), "{now}");
    let file = app.get(&who, format!("{address}/file")).await.expect(200).bytes;
    assert!(file == lines.all(), "{} bytes", file.len());
}

async fn a_cancelled_export_leaves_nothing(app: TestApp) {
    let who = Persona::administrator(&app).await;
    let address = ask(&app, &who, wish("visits", "jsonl", "")).await;
    let lines = Lines::new(20, 10, false);
    let kinds = [
        Kind::of::<WriteExport>(Arc::new(Sources(Arc::new(OfLines(Arc::clone(&lines)))))),
        Kind::of::<incognito::exports::remove_parts::RemoveParts>(Arc::default()),
    ];
    let worker = worker::start(&app.shared(), &kinds);
    until_held(&app, &who, &address, (&lines, 8)).await;
    assert_eq!(kept(&app).len(), 2);
    app.delete(&who, &address).await.expect(204);
    app.delete(&who, &address).await.expect(404);
    app.get(&who, &address).await.expect(404);
    lines.gate.add_permits(1);
    for _ in 0..600 {
        if kept(&app).is_empty() {
            break;
        }
        sleep(Duration::from_millis(50)).await;
    }
    worker.stop().await;
    assert_eq!(kept(&app), BTreeSet::new());
    assert!(lines.read.lock().unwrap().len() < 20, "it is not written to its end");
}

async fn a_file_goes_after_seven_days(app: TestApp) {
    let who = Persona::administrator(&app).await;
    let address = ready(&app, &who, wish("visits", "csv", "")).await;
    assert_eq!(kept(&app).len(), 1);
    app.advance(7 * DAY - 1);
    let who = who.renewed(&app);
    SweepExports {}.run(app.app(), &()).await.unwrap();
    app.get(&who, format!("{address}/file")).await.expect(200);
    app.advance(1);
    // Also before it is taken away.
    let now = app.get(&who, &address).await.expect(200).json;
    assert_eq!(now["state"], "expired", "{now}");
    app.get(&who, format!("{address}/file")).await.expect_problem(409, "wrong_state");
    SweepExports {}.run(app.app(), &()).await.unwrap();
    let background = app.start_background();
    for _ in 0..600 {
        if kept(&app).is_empty() {
            break;
        }
        sleep(Duration::from_millis(50)).await;
    }
    background.stop().await;
    assert_eq!(kept(&app), BTreeSet::new());
    assert_eq!(app.get(&who, &address).await.expect(200).json["state"], "expired");
    app.advance(30 * DAY);
    let who = who.renewed(&app);
    SweepExports {}.run(app.app(), &()).await.unwrap();
    app.get(&who, &address).await.expect(404);
}
