//! What clients send, in whichever way their libraries write it: a walk over all that the contract has. A field that is added
//! joins by itself; an operation joins by its sample in `who_may`.

mod contract;

use std::{collections::BTreeSet, io::Write};

use flate2::{Compression, write::GzEncoder};
use incognito::accounts::model::{GrantScope, Role};
use serde_json::{Value, json};

use self::contract::{Contract, Places};
use crate::{
    app::{Answer, TestApp, each_engine_test, id},
    builders::{World, answers, visit_body},
    personas::Persona,
    who_may::{Sample, samples},
};

each_engine_test!(
    what_is_meant_is_the_same_however_it_is_written,
    bodies_come_as_they_are_or_in_gzip,
    what_is_wrong_is_said_in_words,
);

/// Sends a body of one operation in many ways.
struct Sender<'s> {
    app: &'s TestApp,
    who: Persona,
    sample: &'s Sample,
}

/// What an answer says, but for the ids of requests.
#[derive(Debug, PartialEq)]
struct Said(u16, String, Value);

impl Said {
    fn by(answer: &Answer) -> Self {
        let mut json = answer.json.clone();
        if let Some(members) = json.as_object_mut() {
            members.remove("request_id");
        }
        Self(answer.status, answer.etag().to_owned(), json)
    }
}

impl Sender<'_> {
    async fn send_as(&self, media_type: &str, body: impl Into<actix_web::web::Bytes>, any: bool) -> Answer {
        let call = self.app.call(self.sample.method.clone(), self.sample.address()).by(&self.who);
        let call = if any { call.if_match("*") } else { call };
        call.body(media_type, body).await
    }

    async fn send(&self, body: &Value) -> Answer {
        self.send_as("application/json", body.to_string(), false).await
    }

    /// Makes the thing as this body has it, and gives what is said when the body is sent once more; and whether the state has to
    /// be named each time.
    async fn settle(&self, body: &Value) -> (Answer, bool) {
        let any = async || self.send_as("application/json", body.to_string(), true).await;
        if self.send(body).await.status == 428 {
            any().await;
        }
        match self.send(body).await {
            answer if answer.status == 428 => (any().await, true),
            answer => (answer, false),
        }
    }

    /// Holds a body to say what another says, once things are as that one has them.
    async fn hold(&mut self, plain: &Value, otherwise: String, how: &str, wrong: &mut Vec<String>) {
        // What is limited by the minute is limited no more.
        self.app.advance(60);
        self.who = self.who.clone().renewed(self.app);
        let (wanted, any) = self.settle(plain).await;
        let found = self.send_as("application/json", otherwise, any).await;
        if Said::by(&found) != Said::by(&wanted) {
            let (method, route) = (&self.sample.method, self.sample.route);
            wrong.push(format!("{method} {route}, {how}: {found}, but plain {wanted}"));
        }
    }
}

/// Bodies with more in them than the samples have, where that is worth a look.
async fn fuller(app: &TestApp, sample: &Sample, body: &mut Value, world: &World) {
    let brand = &world.brands[0];
    let branches = [brand.regions[0].branches[0].id, brand.regions[1].branches[1].id];
    match sample.route {
        "/v1/exports" => {
            body.as_object_mut().unwrap().remove("filter");
        }
        "/v1/campaigns/{id}" => {
            let regions: Vec<_> = brand.regions.iter().map(|region| region.id).collect();
            body["terms"]["places"] = json!({"regions": regions, "branches": branches});
            body["terms"]["windows"]["weekdays"] = json!(["mon", "fri", "sun"]);
            body["terms"]["windows"]["blackout"] = json!(["2026-04-05", "2026-04-03"]);
        }
        "/v1/me/shopper" => body["relatives_branches"] = json!(branches),
        "/v1/checklists/{id}/draft" => {
            *body = serde_json::from_str(include_str!("checklists/everything.json")).unwrap();
        }
        "/v1/qualifications/{id}/attempts/{attempt_id}" => {
            let path = format!("/v1/qualifications/{}/test", sample.ids[0]);
            let test = app.get(&world.staff.shopper.clone().renewed(app), path).await.expect(200);
            *body = json!({"hash": test.json["hash"], "answers": answers()});
        }
        "/v1/visits/{id}" => {
            let files: Vec<_> = (0..2)
                .map(|n| {
                    json!({"id": id::<()>(), "question": "remarks", "media_type": "image/jpeg", "size": 10 + n,
                        "sha256": "0".repeat(64)})
                })
                .collect();
            let at = |minute: u8| {
                json!({"at": format!("2026-03-14T09:{minute}:00Z"), "latitude": 41.5, "longitude": 29,
                    "accuracy_m": 12, "mock": false})
            };
            body["manifest"] = json!(files);
            body["positions"] = json!([at(10), at(20)]);
            body["device"] = json!({"model": "M", "os": "O", "app_version": "1"});
            body["spent"] = json!([{"currency": "EUR", "amount": 500, "what": "purchase"}]);
            body["answers"]["greeted"]["comment"] = json!("They were.");
        }
        _ => {}
    }
}

/// The JSON with every whole number written as `3.0`.
fn with_fractions(value: &Value) -> String {
    match value {
        Value::Number(number) if !number.is_f64() => format!("{number}.0"),
        Value::Array(items) => {
            format!("[{}]", items.iter().map(with_fractions).collect::<Vec<_>>().join(","))
        }
        Value::Object(members) => {
            let member =
                |(name, value): (&String, &Value)| format!("{}:{}", json!(name), with_fractions(value));
            format!("{{{}}}", members.iter().map(member).collect::<Vec<_>>().join(","))
        }
        other => other.to_string(),
    }
}

/// The body with this in that place.
fn with(body: &Value, pointer: &str, value: Value) -> Value {
    let mut body = body.clone();
    let (above, name) = pointer.rsplit_once('/').unwrap();
    let name = name.replace("~1", "/").replace("~0", "~");
    match body.pointer_mut(above).unwrap() {
        Value::Object(members) => drop(members.insert(name, value)),
        Value::Array(items) => items[name.parse::<usize>().unwrap()] = value,
        other => panic!("{pointer} leads into {other}"),
    }
    body
}

fn without(body: &Value, pointer: &str) -> Value {
    let mut body = body.clone();
    let (above, name) = pointer.rsplit_once('/').unwrap();
    body.pointer_mut(above).unwrap().as_object_mut().unwrap().remove(name);
    body
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Who may send it: the shopper where only shoppers may, and somebody with all other roles elsewhere.
async fn senders(app: &TestApp, world: &World) -> [Persona; 2] {
    let roles: Vec<_> = Role::ALL.iter().filter(|role| **role != Role::Shopper).collect();
    let roles: Vec<_> = roles.into_iter().map(|role| (*role, GrantScope::default())).collect();
    [world.staff.shopper.clone(), Persona::with(app, &roles).await]
}

fn is_for_shoppers(operation: &Value) -> bool {
    let roles = operation["x-permission"]["roles"].as_array();
    roles.is_some_and(|roles| roles.iter().all(|role| role == "shopper"))
        || operation["operationId"] == "declare"
}

/// The samples, with a visit that is to be sent in place of one that is here.
async fn unsent(app: &TestApp, world: &World) -> Vec<Sample> {
    let mut samples = samples(app, world).await;
    let brand = &world.brands[0];
    let assignment = world.staff.assignment(app, brand.regions[0].branches[0].id, brand.version).await;
    for sample in samples.iter_mut().filter(|one| one.route == "/v1/visits/{id}" && one.body.is_some()) {
        sample.ids = vec![id::<()>().to_string()];
        sample.body = Some(("application/json", visit_body(assignment, brand.version).to_string()));
    }
    samples
}

async fn what_is_meant_is_the_same_however_it_is_written(app: TestApp) {
    let world = World::build(&app).await;
    let samples = unsent(&app, &world).await;
    let contract = Contract::of_the_code();
    let [shopper, others] = senders(&app, &world).await;
    let (mut wrong, mut tried, mut operations) = (Vec::new(), BTreeSet::new(), 0);
    for (method, path, kinds) in contract.with_bodies() {
        if !kinds.contains("application/json") {
            continue;
        }
        operations += 1;
        let is_it = |sample: &&Sample| sample.method.as_str() == method && sample.route == path;
        let sample = samples.iter().find(is_it).unwrap_or_else(|| panic!("{method} {path} has no sample"));
        let (_, body) =
            sample.body.as_ref().unwrap_or_else(|| panic!("{method} {path} has no sample of a body"));
        let mut body: Value = serde_json::from_str(body).unwrap();
        fuller(&app, sample, &mut body, &world).await;
        let operation = contract.operation(&method, &path);
        let who = if is_for_shoppers(operation) { &shopper } else { &others };
        let mut sender = Sender { app: &app, who: who.clone().renewed(&app), sample };
        let (plain, _) = sender.settle(&body).await;
        let is_open = operation["security"].as_array().is_some_and(Vec::is_empty);
        if !(plain.status < 300 || plain.status == 409 || (is_open && plain.status == 401)) {
            wrong.push(format!("{method} {path} refuses its sample: {plain}"));
            continue;
        }
        println!("{method} {path}: {}", plain.status);

        sender.hold(&body, with_fractions(&body), "3.0", &mut wrong).await;
        sender.hold(&body, format!("\u{feff} {body}\r\n"), "marked as UTF-8", &mut wrong).await;
        let Places { optional, lines, unordered } = contract.places(&method, &path, &body);
        let absent = optional.iter().filter(|(_, is_there)| !is_there);
        let nulls = absent.fold(body.clone(), |body, (pointer, _)| with(&body, pointer, Value::Null));
        sender.hold(&body, nulls.to_string(), "null for what is left out", &mut wrong).await;
        for (pointer, _) in optional.iter().filter(|(_, is_there)| *is_there) {
            let null = with(&body, pointer, Value::Null).to_string();
            sender.hold(&without(&body, pointer), null, &format!("null at {pointer}"), &mut wrong).await;
        }
        let with_text = |text: &str| lines.iter().fold(body.clone(), |body, at| with(&body, at, json!(text)));
        if !lines.is_empty() {
            let line_feeds = with_text("one\ntwo\n\nthree");
            for breaks in ["one\r\ntwo\r\n\r\nthree", "one\rtwo\r\rthree", "one\u{b}two\u{c}\u{85}three"] {
                sender.hold(&line_feeds, with_text(breaks).to_string(), "line breaks", &mut wrong).await;
            }
        }
        for pointer in &unordered {
            let mut other = body.clone();
            let list = other.pointer_mut(pointer).unwrap().as_array_mut().unwrap();
            assert!(list.len() > 1, "{method} {path} has nothing to put in another order at {pointer}");
            list.reverse();
            sender.hold(&body, other.to_string(), &format!("another order at {pointer}"), &mut wrong).await;
        }
        tried.extend(lines.iter().chain(&unordered).map(|at| format!("{path} {at}")));
    }
    assert!(wrong.is_empty(), "{} are wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert!(operations > 25, "{operations}");
    for known in [
        "/v1/campaigns/{id} /terms/windows/weekdays",
        "/v1/campaigns/{id} /terms/places/branches",
        "/v1/me/shopper /relatives_branches",
        "/v1/visits/{id}/review/reject /reason",
    ] {
        assert!(tried.contains(known), "{known} is not among what was tried: {tried:#?}");
    }
}

/// What comes in another coding is read or refused; nothing is kept packed.
async fn bodies_come_as_they_are_or_in_gzip(app: TestApp) {
    let world = World::build(&app).await;
    let samples = samples(&app, &world).await;
    let contract = Contract::of_the_code();
    let [shopper, others] = senders(&app, &world).await;
    let mut read = BTreeSet::new();
    let bomb = gzip(&vec![b' '; 64 << 20]);
    assert!(bomb.len() < 100_000);
    for (method, path, kinds) in contract.with_bodies() {
        let is_it = |sample: &&Sample| sample.method.as_str() == method && sample.route == path;
        let sample = samples.iter().find(is_it).unwrap_or_else(|| panic!("{method} {path} has no sample"));
        let operation = contract.operation(&method, &path);
        let who =
            if path.starts_with("/v1/uploads") || is_for_shoppers(operation) { &shopper } else { &others };
        let (kind, body) = match &sample.body {
            Some((kind, body)) => ((*kind).to_owned(), body.clone()),
            None => (kinds.iter().next().unwrap().clone(), String::new()),
        };
        let send = async |coding: &str, bytes: Vec<u8>| {
            let call =
                app.call(sample.method.clone(), sample.address()).by(who).header("content-encoding", coding);
            let call = call.header("tus-resumable", "1.0.0").header("upload-offset", "0");
            call.if_match("*").body(&kind, bytes).await
        };
        for coding in ["br", "deflate", "zstd", "gzip, gzip", "nonsense"] {
            let answer = send(coding, body.clone().into()).await;
            let answer = answer.expect_problem(415, "unsupported_media_type");
            assert!(!answer.header("accept-encoding").is_empty(), "{answer}");
        }
        send("gzip", gzip(body.as_bytes())[..5].to_vec()).await;
        let packed = send("gzip", gzip(body.as_bytes())).await;
        if packed.status == 415 {
            assert_eq!(packed.header("accept-encoding"), "identity", "{packed}");
            continue;
        }
        let plain = send("identity", body.clone().into()).await;
        let again = send("gzip", gzip(body.as_bytes())).await;
        assert_eq!(Said::by(&again), Said::by(&plain), "{method} {path}");
        assert!(!["malformed_request", "body_too_large"].contains(&plain.code()), "{plain}");
        let broken = send("gzip", body.clone().into()).await.expect_problem(400, "malformed_request");
        assert!(broken.text("/detail").contains("gzip"), "{broken}");
        // A bomb is as large as it may be, and no larger.
        send("gzip", bomb.clone()).await.expect_problem(413, "body_too_large");
        read.insert(format!("{method} {path}"));
    }
    let files: Vec<_> = contract
        .with_bodies()
        .into_iter()
        .map(|(method, path, _)| format!("{method} {path}"))
        .filter(|one| !read.contains(one))
        .collect();
    assert_eq!(
        files,
        [
            "PUT /v1/appeals/{id}/files/{file_id}",
            "PUT /v1/notice-documents/{id}",
            "PUT /v1/pictures/{id}",
            "PATCH /v1/uploads/{id}",
            "PUT /v1/uploads/{id}"
        ]
    );
}

/// What parsers and decoders say, and what no person can use.
const RAW: [&str; 14] = [
    "invalid type",
    "invalid value",
    "missing field",
    "unknown field",
    "unknown variant",
    "expected",
    " at line ",
    "parsing",
    "did not match",
    "trailing",
    "EOF",
    "digit found",
    "UTF-8 sequence",
    "strict-mode",
];

/// Values of other kinds, of which each finds another parser.
fn nonsense() -> [Value; 12] {
    [
        json!({}),
        json!([]),
        json!([[1], {"a": "b"}]),
        json!(""),
        json!("5f0c4e3a-0000-4000-8000-00000000000x"),
        json!("2026-02-30T25:00:00Z"),
        json!("a\u{0}\u{7}b"),
        json!(-1.5),
        json!(1e300),
        json!(i64::MIN),
        json!(true),
        json!({"kind": "none", "in": [1, "x"], "unknown": null}),
    ]
}

/// Every value in a body, by its pointer.
fn pointers(value: &Value, at: &str, all: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (name, inner) in members {
                let at = format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"));
                pointers(inner, &at, all);
                all.push(at);
            }
        }
        Value::Array(items) => {
            for (number, inner) in items.iter().enumerate() {
                let at = format!("{at}/{number}");
                pointers(inner, &at, all);
                all.push(at);
            }
        }
        _ => {}
    }
}

/// Whatever is wrong is said in words for people, with its place, and all of it at once.
async fn what_is_wrong_is_said_in_words(app: TestApp) {
    let world = World::build(&app).await;
    let samples = samples(&app, &world).await;
    let contract = Contract::of_the_code();
    let [shopper, others] = senders(&app, &world).await;
    let (mut wrong, mut seen) = (Vec::new(), BTreeSet::new());
    for (method, path, kinds) in contract.with_bodies() {
        // What strangers send is counted, and an imported document is read as a draft is.
        if !kinds.contains("application/json") || path.contains("/sessions") || path.ends_with("/import") {
            continue;
        }
        let is_it = |sample: &&Sample| sample.method.as_str() == method && sample.route == path;
        let sample = samples.iter().find(is_it).unwrap();
        let operation = contract.operation(&method, &path);
        let who = if is_for_shoppers(operation) { shopper.clone() } else { others.clone() };
        let sender = Sender { app: &app, who: who.renewed(&app), sample };
        let mut body: Value = serde_json::from_str(&sample.body.as_ref().unwrap().1).unwrap();
        if path != "/v1/checklists/{id}/draft" {
            fuller(&app, sample, &mut body, &world).await;
        }
        let mut hold = |answer: &Answer, how: &str| {
            let errors = answer.json["errors"].as_array().cloned().unwrap_or_default();
            let texts = errors.iter().map(|error| error["message"].as_str().unwrap());
            for text in texts.chain(answer.json["detail"].as_str()) {
                seen.insert(text.to_owned());
                if RAW.iter().any(|raw| text.contains(raw)) || answer.status >= 500 {
                    wrong.push(format!("{method} {path}, {how}: {answer}"));
                }
            }
        };
        // All that is required and missing, at once.
        let nothing = sender.send(&json!({})).await;
        hold(&nothing, "{}");
        let required = contract.required(&method, &path);
        let errors = nothing.json["errors"].as_array().cloned().unwrap_or_default();
        let found: BTreeSet<_> =
            errors.iter().map(|error| error["pointer"].as_str().unwrap().to_owned()).collect();
        assert!(
            nothing.status < 300 || found.is_superset(&required),
            "{method} {path}: {required:?}, {nothing}"
        );
        for broken in ["{", "{\"a\": }", "nonsense", "\u{1}", "{\"a\": \"\\q\"}", "{} {}"] {
            hold(&sender.send_as("application/json", broken, false).await, broken);
        }
        let mut all = Vec::new();
        pointers(&body, "", &mut all);
        // One wrong value in each place; and then all places wrong, whose mistakes are all named.
        let mut turn = 0;
        for pointer in &all {
            for value in nonsense().into_iter().cycle().skip(turn).take(3) {
                let answer = sender.send(&with(&body, pointer, value.clone())).await;
                hold(&answer, &format!("{value} at {pointer}"));
            }
            turn += 5;
        }
    }
    assert!(wrong.is_empty(), "{} are wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert!(seen.len() > 50, "{seen:?}");
}
