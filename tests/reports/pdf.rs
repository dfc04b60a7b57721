//! Printed reports.

use std::{collections::HashMap, io::Read as _, iter::Peekable};

use actix_web::http::Method;
use flate2::read::ZlibDecoder;
use incognito::{
    accounts::model::Role,
    evidence::read::ReadEvidence,
    ids::{AppealId, VisitId},
    visits::state::State,
    work::Task,
};
use serde_json::{Value, json};

use super::{list, manager, release_all, report};
use crate::{
    app::{Answer, TestApp, each_engine_test, id},
    appeals::{DAY, appeal_body},
    builders::{World, visit_body},
    evidence::tagged_jpeg,
    personas::Persona,
    receipts::with_photos,
    reviews::approve,
    uploads::File,
    visits::path,
};

each_engine_test!(
    a_report_is_printed,
    a_printed_report_is_in_the_language_of_its_reader,
    what_was_withdrawn_says_so_on_paper
);

/// What can be read in a PDF: its texts, a line each, as each of its fonts would spell them, and what its other streams say.
pub fn text(pdf: &[u8]) -> String {
    let streams = streams(pdf);
    let texts: Vec<_> = streams.iter().map(|stream| String::from_utf8_lossy(stream)).collect();
    let fonts: Vec<_> =
        texts.iter().filter(|text| text.contains("beginbfchar")).map(|text| letters(text)).collect();
    let drawn: Vec<_> = streams.iter().flat_map(|page| codes(page)).collect();
    let spelled = |font: &HashMap<u16, String>| {
        let line =
            |codes: &Vec<u16>| codes.iter().map(|code| font.get(code).map_or("·", String::as_str)).collect();
        drawn.iter().map(line).collect::<Vec<String>>().join("\n")
    };
    let mut all: Vec<String> = fonts.iter().map(spelled).collect();
    all.extend(texts.iter().filter(|text| !text.contains("\nBT")).map(ToString::to_string));
    all.extend(properties(pdf));
    all.extend(streams.iter().flat_map(|stream| properties(stream)));
    all.join("\n").replace('\u{a0}', " ")
}

/// What is said in UTF-16: titles and other words about a document, in brackets or as hexadecimal digits.
fn properties(bytes: &[u8]) -> Vec<String> {
    let find = |bytes: &[u8], what: &[u8]| bytes.windows(what.len()).position(|part| part == what);
    let spelled = |bytes: &[u8]| {
        let units: Vec<u16> =
            bytes.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
        String::from_utf16_lossy(&units)
    };
    let (mut found, mut rest) = (Vec::new(), bytes);
    // With the mark of the order of bytes as they are, or as digits.
    let opened =
        |bytes: &[u8]| find(bytes, b"(\xfe\xff").into_iter().chain(find(bytes, b"(\\376\\377")).min();
    while let Some(at) = opened(rest) {
        found.push(spelled(&string(&mut rest[at + 1..].iter().copied().peekable())));
        rest = &rest[at + 3..];
    }
    let text = String::from_utf8_lossy(bytes);
    let hex = regex::Regex::new("<(?i:feff)((?:[0-9a-fA-F]{4})+)>").unwrap();
    let unit = |digits: &[u8]| u16::from_str_radix(std::str::from_utf8(digits).unwrap(), 16).unwrap();
    for words in hex.captures_iter(&text) {
        let units: Vec<u16> = words[1].as_bytes().chunks(4).map(unit).collect();
        found.push(String::from_utf16_lossy(&units));
    }
    found
}

/// The streams that are packed, unpacked.
fn streams(pdf: &[u8]) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    let mut rest = pdf;
    let find = |bytes: &[u8], what: &[u8]| bytes.windows(what.len()).position(|part| part == what);
    while let Some(at) = find(rest, b"stream\n") {
        rest = &rest[at + 7..];
        let mut bytes = Vec::new();
        if ZlibDecoder::new(rest).read_to_end(&mut bytes).is_ok() {
            found.push(bytes);
        }
        rest = &rest[find(rest, b"endstream").map_or(rest.len(), |end| end + 9)..];
    }
    found
}

/// Which letters the codes of a font stand for.
fn letters(map: &str) -> HashMap<u16, String> {
    let pair = regex::Regex::new("<([0-9a-fA-F]{4})>\\s*<([0-9a-fA-F]+)>").unwrap();
    let units = |hex: &str| -> Vec<u16> {
        hex.as_bytes()
            .chunks(4)
            .map(|unit| u16::from_str_radix(std::str::from_utf8(unit).unwrap(), 16).unwrap())
            .collect()
    };
    let map = map.split("endcodespacerange").nth(1).unwrap_or_default();
    pair.captures_iter(map)
        .map(|pair| (units(&pair[1])[0], String::from_utf16_lossy(&units(&pair[2]))))
        .collect()
}

/// The codes of each text of a page.
fn codes(page: &[u8]) -> Vec<Vec<u16>> {
    let parts = split(page, b"\nBT").into_iter().skip(1);
    let texts = parts.map(|part| split(part, b"]TJ").first().copied().unwrap_or_default());
    texts
        .map(|text| {
            strings(text).chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect()
        })
        .collect()
}

fn split<'b>(mut bytes: &'b [u8], at: &[u8]) -> Vec<&'b [u8]> {
    let mut parts = Vec::new();
    while let Some(place) = bytes.windows(at.len()).position(|part| part == at) {
        parts.push(&bytes[..place]);
        bytes = &bytes[place + at.len()..];
    }
    parts.push(bytes);
    parts
}

/// The bytes of the strings in brackets, one after the other: ISO 32000-2, 7.3.4.2.
fn strings(operands: &[u8]) -> Vec<u8> {
    let (mut found, mut rest) = (Vec::new(), operands.iter().copied().peekable());
    while let Some(byte) = rest.next() {
        if byte == b'(' {
            found.extend(string(&mut rest));
        }
    }
    found
}

/// The bytes of a string, from its bracket on.
fn string(rest: &mut Peekable<impl Iterator<Item = u8>>) -> Vec<u8> {
    let mut found = Vec::new();
    while let Some(byte) = rest.next() {
        match byte {
            b')' => break,
            b'\\' => match rest.next().unwrap_or_default() {
                b'n' => found.push(b'\n'),
                b'r' => found.push(b'\r'),
                b't' => found.push(b'\t'),
                b'b' => found.push(8),
                b'f' => found.push(12),
                digit @ b'0'..=b'7' => {
                    let mut value = u32::from(digit - b'0');
                    for _ in 0..2 {
                        let Some(next) = rest.next_if(|next| (b'0'..=b'7').contains(next)) else { break };
                        value = value * 8 + u32::from(next - b'0');
                    }
                    found.push((value & 0xff) as u8);
                }
                other => found.push(other),
            },
            other => found.push(other),
        }
    }
    found
}

fn address(report: &Value) -> String {
    format!("/v1/reports/{}.pdf", report.as_str().unwrap())
}

/// The text of an answer that is a PDF.
fn printed(answer: &Answer) -> String {
    assert_eq!(answer.header("content-type"), "application/pdf");
    assert!(answer.bytes.starts_with(b"%PDF-1."));
    text(&answer.bytes)
}

#[track_caller]
fn holds(text: &str, words: &[&str]) {
    for words in words {
        assert!(text.contains(words), "{words} is not in {}", text.chars().take(6_000).collect::<String>());
    }
}

/// A visit with photos, whose report is out.
async fn released(app: &TestApp, world: &World, content: Value) -> (VisitId, Value) {
    let (brand, staff) = (&world.brands[0], &world.staff);
    let (_, version) = staff.checklist(app, brand.id, content).await;
    let to = staff.assignment(app, brand.regions[0].branches[0].id, version).await;
    let visit: VisitId = id();
    let photos = [0; 4].map(|_| File::for_visit(visit, "image/jpeg", tagged_jpeg()));
    let mut body = visit_body(to, version);
    body["answers"]["greeted"] = json!({"value": false, "comment": "Nobody looked up 🙂. ".repeat(40)});
    body["answers"]["clean"] = json!({"value": 3});
    body["manifest"] = photos.iter().map(|photo| photo.listed("photos")).collect();
    app.put(&staff.shopper, path(visit), body).await.expect(201);
    for photo in &photos {
        photo.put(app, &staff.shopper).await.expect(201);
        let read = ReadEvidence { evidence_id: photo.id, shopper_id: None };
        read.run(app.app(), &app.house().readers).await.unwrap();
    }
    approve(app, &staff.reviewer, visit).await.expect(200);
    release_all(app).await;
    let report = app.db().read(move |conn| incognito::reports::store::of_visit(conn, visit)).await.unwrap();
    (visit, json!(report.unwrap().id))
}

async fn a_report_is_printed(app: TestApp) {
    let world = World::build(&app).await;
    let brand = &world.brands[0];
    let (visit, id_of_report) = released(&app, &world, with_photos()).await;
    let manager = manager(&app, &world).await;
    let one = report(&app, &manager, &id_of_report).await;
    let address = address(&id_of_report);
    let first = app.get(&manager, &address).await.expect(200);
    let text = printed(&first);
    let branch =
        app.get(&manager, format!("/v1/branches/{}", brand.regions[0].branches[0].id)).await.expect(200);
    let named = format!("Branch: {} ({})", branch.text("/name"), branch.text("/code"));
    holds(
        &text,
        &[
            "Service",
            &named,
            "Visited within: 9 March 2026 to 15 March 2026",
            "Released on: 15 March 2026",
            "Arrival",
            "83.33%",
            "Were you greeted?",
            "0 of 2 points",
            "Comment: Nobody looked up \u{fffd}. Nobody",
            "How long did you wait?",
            "Up to two minutes",
            "3 on a scale from 1 to 5",
            "Not answered",
            "See the photos",
            "Page 1 of ",
        ],
    );
    assert!(!text.contains("Appeals") && !text.contains("Corrected"));
    for canary in [visit.to_string(), world.staff.shopper.account.to_string(), "09:".into(), "Exif".into()] {
        assert!(!text.contains(&canary), "{canary}");
    }
    let photos = one["content"]["sections"][1]["questions"][2]["photos"].as_array().unwrap();
    assert_eq!(photos.len(), 4);
    let count = |what: &[u8]| first.bytes.windows(what.len()).filter(|part| *part == what).count();
    assert_eq!((count(b"/DCTDecode"), count(b"CreationDate")), (4, 0));
    // The same report is the same bytes.
    assert_eq!(
        first.header("content-disposition"),
        format!("inline; filename=\"report-{}.pdf\"", id_of_report.as_str().unwrap())
    );
    assert_eq!(first.header("content-language"), "en");
    assert!(first.header("vary").contains("accept-language"));
    app.advance(60);
    let again = app.get(&manager, &address).await.expect(200);
    assert!(again.bytes == first.bytes && again.etag() == first.etag());
    app.get(&manager, &address).header("if-none-match", first.etag()).await.expect(304);
    // What an appeal comes to is there from the next night on.
    let appeal: AppealId = id();
    let appeals = format!("/v1/reports/{}/appeals/{appeal}", id_of_report.as_str().unwrap());
    app.put(&manager, appeals, appeal_body(&["greeted", "clean"])).await.expect(201);
    let open = printed(&app.get(&manager, &address).header("if-none-match", first.etag()).await.expect(200));
    holds(&open, &["Appeals", "Open", "It was otherwise."]);
    let body = json!({"answers": {"greeted": {"value": true}}, "reason": "The camera shows it."});
    let reviewer = Persona::everywhere(&app, Role::Reviewer).await;
    app.post(&reviewer, format!("/v1/appeals/{appeal}/uphold"), body).await.expect(200);
    assert_eq!(printed(&app.get(&manager, &address).await.expect(200)), open, "it is not night yet");
    app.advance(DAY);
    let manager = manager.renewed(&app);
    let upheld = printed(&app.get(&manager, &address).await.expect(200));
    holds(
        &upheld,
        &[
            "2 of 2 points",
            "Corrected because of an appeal",
            "Upheld: answers were corrected",
            "This answer was corrected.",
            "This answer stays.",
            "Reason: The camera shows it.",
        ],
    );
    // Elsewhere there is no such report, and other addresses are as they were.
    let elsewhere = Persona::with(&app, &[(Role::Manager, brand.region_scope(1))]).await;
    app.get(&elsewhere, &address).await.expect_problem(404, "not_found");
    app.get(&manager, format!("/v1/reports/{}.pdf", id::<()>())).await.expect_problem(404, "not_found");
    app.get(&manager, "/v1/reports/.pdf").await.expect_problem(404, "not_found");
    app.get(&manager, address.replace(".pdf", ".doc")).await.expect_problem(404, "not_found");
}

async fn a_printed_report_is_in_the_language_of_its_reader(app: TestApp) {
    let world = World::build(&app).await;
    super::people::named_later(&app, &world).await;
    let mut content = super::telling();
    content["languages"] = json!(["en", "fr"]);
    let brand = &world.brands[0];
    let (_, version) = world.staff.checklist(&app, brand.id, content).await;
    let to = world.staff.assignment(&app, brand.regions[0].branches[0].id, version).await;
    let visit: VisitId = id();
    let mut body = visit_body(to, version);
    body["answers"]["queue"] = json!({"value": 97});
    for key in ["arrived", "best_before"] {
        body["answers"][key] = json!({"value": "2026-03-14T12:05"});
    }
    for (key, value) in [
        ("paid", json!(1234)),
        ("place", json!({"latitude": 41.00123, "longitude": 28.97123, "accuracy_m": 5})),
        ("waiter", json!("Mehmet")),
        ("said", json!("Hoş geldiniz! Добро пожаловать!")),
    ] {
        body["answers"][key] = json!({"value": value});
    }
    app.put(&world.staff.shopper, path(visit), body).await.expect(201);
    approve(&app, &world.staff.reviewer, visit).await.expect(200);
    release_all(&app).await;
    let manager = manager(&app, &world).await;
    let listed = list(&app, &manager, "").await;
    let address = address(&listed[0]["id"]);
    let french = app.get(&manager, &address).header("accept-language", "fr-CH, en;q=0.5").await.expect(200);
    assert_eq!(french.header("content-language"), "fr");
    let text = printed(&french);
    holds(
        &text,
        &[
            "Visité dans la période: du 9 mars 2026 au 15 mars 2026",
            "Quand ?",
            "Attente ?",
            "2:00 min au plus",
            "100,00 %",
            "Non montré dans les rapports",
            "Hoş geldiniz! Добро пожаловать!",
        ],
    );
    assert!(!text.contains("Mehmet") && !text.contains("12,34") && !text.contains("12:05"));
    let english = app.get(&manager, &address).await.expect(200);
    assert!(english.header("content-language") == "en" && english.etag() != french.etag());
}

async fn what_was_withdrawn_says_so_on_paper(app: TestApp) {
    let world = World::build(&app).await;
    let (visit, report) = released(&app, &world, with_photos()).await;
    let manager = manager(&app, &world).await;
    let before = app.get(&manager, address(&report)).await.expect(200);
    let other = Persona::everywhere(&app, Role::Reviewer).await;
    let reason = json!({"reason": "The visit was made up."});
    let review = |step: &str| format!("{}/review/{step}", path(visit));
    app.post(&world.staff.reviewer, review("propose-withdrawal"), reason).await.expect(200);
    let withdrawn = app.call(Method::POST, review("withdraw")).by(&other).await.expect(200);
    assert_eq!(withdrawn.text("/state"), State::Withdrawn.to_string());
    app.get(&manager, address(&report)).header("if-none-match", before.etag()).await.expect(304);
    app.advance(DAY);
    let manager = manager.renewed(&app);
    let after = app.get(&manager, address(&report)).header("if-none-match", before.etag()).await.expect(200);
    let text = printed(&after);
    holds(
        &text,
        &[
            "Report withdrawn",
            "This report was withdrawn. Its visit counts nowhere.",
            "Reason: The visit was made up.",
        ],
    );
    assert!(!text.contains("greeted") && after.bytes.len() < before.bytes.len() / 4);
}
