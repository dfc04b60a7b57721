//! What the branch's side gets tells nobody who a shopper was.

mod linking;
mod small_groups;

use std::{
    collections::BTreeSet,
    io::{Cursor, Read as _, Write as _},
};

use actix_web::http::Method;
use data_encoding::BASE64URL_NOPAD as BASE64URL;
use diesel::prelude::*;
use incognito::{
    accounts::model::Role,
    charts::Drawing,
    db::schema::account,
    evidence::read::ReadEvidence,
    ids::VisitId,
    pdf::{Document, Photo, Piece, Style, Text},
    scores::show_daily::ShowBrand,
    server::routes::{self, Needs, Route},
    work::Task,
};
use regex::bytes::RegexSet;
use serde_json::{Value, json};

use crate::{
    app::{Answer, TestApp, each_engine_test, id},
    builders::{World, visit_body},
    evidence::{tagged_jpeg, titled_wav},
    personas::Persona,
    reports::{employee, heard_jobs, inform, release_all, text_of_pdf},
    reviews::approve,
    uploads::File,
    visits::path,
    who_may::{Sample, samples},
};

each_engine_test!(no_branch_role_gets_a_byte_of_a_shopper);

/// What would give a shopper away, in every form that it could have: the names, and one expression for each.
struct Canaries(Vec<&'static str>, RegexSet);

impl Canaries {
    fn of(texts: &[(&'static str, &str)], ids: &[(&'static str, String)]) -> Self {
        let mut all: Vec<_> = texts.iter().map(|(name, text)| (*name, text.as_bytes().to_vec())).collect();
        for (name, text) in ids {
            let uuid: uuid::Uuid = text.parse().unwrap();
            all.push((name, text.clone().into_bytes()));
            all.push((name, uuid.simple().to_string().into_bytes()));
            all.push((name, uuid.as_bytes().to_vec()));
        }
        let exactly = |bytes: &Vec<u8>| bytes.iter().map(|byte| format!("\\x{byte:02x}")).collect::<String>();
        let exact = all.iter().map(|(_, bytes)| format!("(?-u){}", exactly(bytes)));
        let set = RegexSet::new(exact).unwrap();
        Self(all.into_iter().map(|(name, _)| name).collect(), set)
    }

    /// The canaries that are in an answer: in its body, in its headers, in what they hold in base64, in the texts and properties of a PDF, or in the
    /// parts of a workbook or of another archive.
    fn in_answer(&self, answer: &Answer) -> BTreeSet<&'static str> {
        let own = ["date", "x-request-id"];
        let headers = answer.headers.iter().filter(|(name, _)| !own.contains(&name.as_str()));
        let mut places: Vec<Vec<u8>> = headers.map(|(_, value)| value.as_bytes().to_vec()).collect();
        places.push(answer.bytes.to_vec());
        if answer.bytes.starts_with(b"%PDF-") {
            places.push(text_of_pdf(&answer.bytes).into_bytes());
        }
        if answer.bytes.starts_with(b"PK\x03\x04") {
            for (name, bytes) in parts_of_archive(&answer.bytes) {
                if bytes.starts_with(b"%PDF-") {
                    places.push(text_of_pdf(&bytes).into_bytes());
                }
                places.extend([name.into_bytes(), bytes]);
            }
        }
        let decoded: Vec<_> = places.iter().flat_map(|place| decoded(place)).collect();
        places.extend(decoded);
        let found = places.iter().flat_map(|place| self.1.matches(place)).map(|at| self.0[at]);
        found.collect()
    }
}

/// The names of the parts of an archive, and what is in each.
fn parts_of_archive(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let parts = archive.len();
    let part = |at| {
        let mut part = archive.by_index(at).unwrap();
        let mut bytes = Vec::new();
        part.read_to_end(&mut bytes).unwrap();
        (part.name().unwrap().into_owned(), bytes)
    };
    (0..parts).map(part).collect()
}

/// What words of base64 hold.
fn decoded(text: &[u8]) -> Vec<Vec<u8>> {
    let words = text.split(|byte| !(byte.is_ascii_alphanumeric() || [b'-', b'_'].contains(byte)));
    let long = words.filter(|word| (22..4_000).contains(&word.len()));
    // Cut to whole bytes, because a word may be followed by something else.
    long.filter_map(|word| BASE64URL.decode(&word[..word.len() / 4 * 4]).ok()).collect()
}

#[test]
fn what_would_give_a_shopper_away_is_seen() {
    let uuid = uuid::Uuid::from_u128(0x0123_4567_89ab_cdef_0123_4567_89ab_cdef);
    let canaries = Canaries::of(&[("name", "Kanarya")], &[("id", uuid.to_string())]);
    let answer = |text: String| {
        let bytes = actix_web::web::Bytes::from(text);
        Answer::made(200, bytes)
    };
    for (text, wanted) in [
        ("{\"by\": \"Kanarya\"}".to_owned(), vec!["name"]),
        (format!("x{uuid}y"), vec!["id"]),
        (uuid.simple().to_string(), vec!["id"]),
        (
            format!("\"{}\"", BASE64URL.encode(&[&[1, 2, 3], &uuid.as_bytes()[..], &[4, 5]].concat())),
            vec!["id"],
        ),
        ("nothing".to_owned(), vec![]),
    ] {
        assert_eq!(canaries.in_answer(&answer(text)).into_iter().collect::<Vec<_>>(), wanted);
    }
    // In a PDF, wherever it may stand, also where that is packed.
    let text = |text: &str| Piece::Text(Text::new(Style::Plain, text));
    let photo = |words: &str| Piece::Photos(vec![Photo::new(Vec::new().into(), words)]);
    let drawing = |about: &str| {
        let (title, description) = ("A".to_owned(), about.to_owned());
        let drawing = Drawing { size: (9.0, 9.0), language: "en", title, description, marks: Vec::new() };
        Piece::Drawing(Box::new(drawing))
    };
    for (title, piece) in [
        ("Kanarya", text("A")),
        ("A", text("Kanarya")),
        ("A", Piece::Text(Text::new(Style::Heading, "Kanarya"))),
        ("A", photo("Kanarya")),
        ("A", drawing("Kanarya")),
        ("Kanarya Ötücü", text("A")),
    ] {
        let document = Document { title: title.to_owned(), language: "en".to_owned(), pieces: vec![piece] };
        let pdf = incognito::pdf::write(&document, |_, _| String::new()).unwrap();
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        writer.start_file("a.pdf", zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(&pdf).unwrap();
        let archive = writer.finish().unwrap().into_inner();
        for bytes in [pdf, archive] {
            let answer = Answer::made(200, bytes.into());
            assert_eq!(canaries.in_answer(&answer).into_iter().collect::<Vec<_>>(), ["name"], "{document:?}");
        }
    }
}

/// In which forms an answer may come beside JSON.
const FORMS: [&str; 4] = [
    "text/csv",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/jsonl",
    "image/svg+xml",
];

/// Whether somebody of the branch's side may call it.
fn is_for_the_branch_s_side(route: &Route) -> bool {
    match route.needs() {
        Needs::Nobody | Needs::SignedIn => true,
        Needs::May(permission) => permission.roles().iter().any(|role| role.is_of_branch_side()),
    }
}

/// The ids in an answer, wherever they stand.
fn ids_in(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::String(text) => {
            let parsed = text.parse::<uuid::Uuid>();
            found.extend(parsed.ok().map(|uuid| uuid.to_string()));
        }
        Value::Array(items) => items.iter().for_each(|item| ids_in(item, found)),
        // The id of a request is of nothing that could be asked for.
        Value::Object(members) => {
            let things = members.iter().filter(|(name, _)| *name != "request_id");
            things.for_each(|(_, member)| ids_in(member, found));
        }
        _ => {}
    }
}

/// Visits with all that a phone can say, whose reports went out, and people of the branch's side.
struct Scene {
    canaries: Canaries,
    people: Vec<Persona>,
    samples: Vec<Sample>,
}

impl Scene {
    async fn new(app: &TestApp) -> Self {
        let world = World::build(app).await;
        inform(app, &world, "person").await;
        let (staff, brand) = (&world.staff, &world.brands[0]);
        let (version, jobs) = heard_jobs::<3>(app, &world).await;
        let shopper = staff.shopper.account;
        let rename = move |conn: &mut incognito::db::Conn| {
            let names = (account::name.eq("Kanarya Ötücü"), account::email.eq("kanarya@shoppers.example"));
            Ok(diesel::update(account::table.find(shopper)).set(names).execute(conn)?)
        };
        app.db().write(rename).await.unwrap();
        let mut known =
            vec![("account", shopper.to_string()), ("session", staff.shopper.session.to_string())];
        for to in jobs {
            let visit: VisitId = id();
            let photo = File::for_visit(visit, "image/jpeg", tagged_jpeg());
            let recording = File::for_visit(visit, "audio/wav", titled_wav());
            let mut body = visit_body(to, version);
            (body["started_at"], body["ended_at"]) =
                (json!("2026-03-14T09:17:31Z"), json!("2026-03-14T09:58:43Z"));
            body["manifest"] = json!([photo.listed("photos"), recording.listed("voice")]);
            body["device"] = json!({"model": "Kanarienvogel 9", "os": "Tweet 4", "app_version": "7.7.7"});
            body["positions"] = json!([{"at": "2026-03-14T09:20:11Z", "latitude": 41.012_345, "longitude": 28.987_654, "accuracy_m": 7}]);
            body["spent"] = json!([{"currency": "EUR", "amount": 987_654_321, "what": "travel"}]);
            app.put(&staff.shopper, path(visit), body).await.expect(201);
            for file in [&photo, &recording] {
                file.put(app, &staff.shopper).await.expect(201);
                let read = ReadEvidence { evidence_id: file.id, shopper_id: None };
                read.run(app.app(), &app.house().readers).await.unwrap();
            }
            let cut = format!("{}/files/{}/cut", path(visit), recording.id);
            let silent = json!({"stretches": [{"from_ms": 100, "to_ms": 200}]});
            app.put(&staff.reviewer, cut, silent).await.expect(200);
            approve(app, &staff.reviewer, visit).await.expect(200);
            known.extend([
                ("visit", visit.to_string()),
                ("assignment", to.to_string()),
                ("evidence", photo.id.to_string()),
                ("recording", recording.id.to_string()),
            ]);
        }
        release_all(app).await;
        ShowBrand { brand_id: brand.id }.run(app.app(), &()).await.unwrap();
        let mut people = vec![employee(app, &world, "canary").await];
        for role in [Role::Manager, Role::Hr] {
            people.push(Persona::with(app, &[(role, brand.scope())]).await);
        }
        let canaries = Canaries::of(
            &[
                ("name", "Kanarya"),
                ("mail", "kanarya@"),
                ("device", "Kanarienvogel"),
                ("system", "Tweet 4"),
                ("program", "7.7.7"),
                ("begin", "09:17"),
                ("begin there", "12:17"),
                ("end", "09:58"),
                ("north", "41.0123"),
                ("east", "28.9876"),
                ("spent", "987654321"),
                ("spent in whole", "9876543.21"),
                ("tag", "Canary"),
                ("tags", "Exif"),
                ("title", "kanarienvogel"),
            ],
            &known,
        );
        let samples = samples(app, &world).await;
        Self { canaries, people, samples }
    }
}

/// Every address that somebody of the branch's side may call, with all ids that come back from there: in no answer there is
/// anything of a shopper. A new route is crawled because it stands in the table.
async fn no_branch_role_gets_a_byte_of_a_shopper(app: TestApp) {
    let scene = Scene::new(&app).await;
    let (mut hits, mut answers, mut reports, mut photos, mut recordings) = (Vec::new(), 0, 0, 0, 0);
    let (mut files, mut pictures, mut pages, mut archives) = (0, 0, 0, 0);
    let table: Vec<_> = routes::table().into_iter().filter(is_for_the_branch_s_side).collect();
    for who in &scene.people {
        let mut ids = BTreeSet::new();
        let mut look = |route: &Route, answer: &Answer| {
            answers += 1;
            if answer.status == 200 {
                reports += usize::from(route.path == "/v1/reports/{id}");
                let is_sound = answer.header("content-type").starts_with("audio/");
                let is_file = route.path == "/v1/report-files/{id}";
                photos += usize::from(is_file && !is_sound);
                recordings += usize::from(is_file && is_sound);
                pages += usize::from(route.path.ends_with("/summary.pdf"));
                archives += usize::from(route.path.ends_with("/summaries.zip"));
            }
            hits.extend(
                scene.canaries.in_answer(answer).into_iter().map(|name| format!("{name} in {answer}")),
            );
        };
        for route in &table {
            let sample =
                scene.samples.iter().find(|one| one.route == route.path && one.method == route.method);
            let sample = sample.unwrap_or_else(|| panic!("{} {} has no sample", route.method, route.path));
            if route.method == Method::DELETE {
                continue;
            }
            let ways = ["", "limit=1", "limit=0", "cursor=AAAA", "colour=red"];
            // What is no part of the API is the same for everybody.
            for more in if route.path.starts_with("/v1/") { &ways[..] } else { &ways[..1] } {
                let address = sample.address();
                let mark = if address.contains('?') { "&" } else { "?" };
                let address = if more.is_empty() { address } else { format!("{address}{mark}{more}") };
                let call = app.call(route.method.clone(), address).by(who);
                let answer = match &sample.body {
                    Some((media_type, body)) => call.body(media_type, body.clone()).await,
                    None => call.await,
                };
                ids_in(&answer.json, &mut ids);
                look(route, &answer);
            }
            if route.method == Method::GET {
                for form in FORMS {
                    let answer = app.get(who, sample.address()).header("accept", form).await;
                    files +=
                        usize::from(answer.status == 200 && answer.header("content-type").starts_with(form));
                    pictures +=
                        usize::from(answer.status == 200 && answer.header("content-type") == "image/svg+xml");
                    look(route, &answer);
                }
            }
        }
        let with_an_id = |route: &&Route| route.method == Method::GET && route.path.matches('{').count() == 1;
        let mut asked = BTreeSet::new();
        for _ in 0..3 {
            let new: Vec<_> = ids.difference(&asked).cloned().collect();
            for one in new {
                for route in table.iter().filter(with_an_id).filter(|route| route.path.starts_with("/v1/")) {
                    let (before, rest) = route.path.split_once('{').unwrap();
                    let address = format!("{before}{one}{}", rest.split_once('}').unwrap().1);
                    let answer = app.get(who, address).await;
                    ids_in(&answer.json, &mut ids);
                    look(route, &answer);
                }
                asked.insert(one);
            }
        }
    }
    assert!(hits.is_empty(), "{} hits in {answers} answers:\n{}", hits.len(), hits.join("\n"));
    assert!(
        answers > 500 && reports >= 9 && photos >= 9 && recordings >= 9 && files >= 60,
        "{answers} answers, {reports} reports, {photos} photos, {recordings} recordings, {files} other files"
    );
    assert!(
        pictures >= 10 && pages >= 2 && archives >= 4,
        "{pictures} pictures, {pages} pages, {archives} archives"
    );
    println!(
        "0 canaries in {answers} answers, of which {reports} are reports, {photos} photos and {recordings} recordings"
    );
}
