//! The examples in the contract: a script of requests that is sent to a server, and what the server answered.
//!
//! `examples/script.json` has a request for every operation, in an order that makes them work. The first of an operation
//! is its example, unless another one says `show`. `INCOGNITO_BLESS=1` writes what the contract shows,
//! `src/server/docs/examples.json`. What is random there (ids, digests, tokens that the server makes) is replaced by values
//! that are the same each time.

use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs,
    path::{Path, PathBuf},
};

use actix_web::http::Method;
use data_encoding::BASE64;
use incognito::{
    accounts::model::{GrantScope, Role},
    evidence::read::ReadEvidence,
    exports::write_export::WriteExport,
    months::Period,
    scores::measure_leniency::measure,
    server::docs,
    work::Task,
};
use regex::Regex;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::{
    alerts::look_at_rules,
    app::{Answer, Dice, Engine, TestApp, run},
    background::dead_task,
    digests::a_minute_passes,
    personas::Persona,
    reports::release_all,
    verify::fold,
};

/// The account of the first administrator.
const ROOT: &str = "fa6c1e38-5d27-4b90-8e4f-7a1d3c5b9e02";
/// Texts of one line that are shown of an answer that is no JSON.
const MOST_SHOWN: usize = 400;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Script {
    /// What `{name}` stands for in all texts of the steps.
    names: BTreeMap<String, String>,
    steps: Vec<Step>,
}

/// One request.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    /// The operation, by its id in the contract.
    op: String,
    /// The name of the caller's token; nobody without one.
    by: Option<String>,
    #[serde(default)]
    path: BTreeMap<String, String>,
    #[serde(default)]
    query: BTreeMap<String, String>,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    body: Option<Value>,
    /// A body that is no JSON, in base64.
    bytes: Option<String>,
    /// A body of text, such as CSV.
    text: Option<String>,
    /// The media type of either.
    media_type: Option<String>,
    /// What is to be answered.
    status: u16,
    /// Names for parts of the answer, by JSON pointer, or `etag`.
    #[serde(default)]
    keep: BTreeMap<String, String>,
    /// Whether this is the example, though it is not the first.
    #[serde(default)]
    show: bool,
    /// Whether only the plain members of the answer are shown.
    #[serde(default)]
    brief: bool,
    /// How many seconds pass before.
    #[serde(default)]
    wait: i64,
    /// Whether reports go out before, as they do at night.
    #[serde(default)]
    release: bool,
    /// Whether it is computed before how leniently shoppers score, as it is at night.
    #[serde(default)]
    measure: bool,
    /// Whether the rules of alerts are looked at before, as it is done when figures change.
    #[serde(default)]
    look: bool,
    /// Whether the digests that are due are issued before, as it is done each minute.
    #[serde(default)]
    issue: bool,
    /// A file that is read before, as the worker does it.
    read: Option<String>,
    /// An export that is written before, as the worker does it.
    write: Option<String>,
    /// The address with its query, where an earlier answer gave it.
    address: Option<String>,
}

/// What the contract shows of one operation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
struct Shown {
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    parameters: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<Value>,
    status: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    answer: Option<Value>,
}

#[test]
fn the_examples_are_what_a_server_answers() {
    run(Engine::Sqlite, |app| async move {
        let shown = Recording::of(&app).await;
        let path = folder().join("src/server/docs/examples.json");
        if env::var("INCOGNITO_BLESS").is_ok_and(|value| value == "1") {
            fs::write(&path, serde_json::to_string_pretty(&shown).unwrap() + "\n").unwrap();
        }
        let kept: BTreeMap<String, Value> = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        for (operation, example) in &shown {
            let example = serde_json::to_value(example).unwrap();
            let again = "run this with INCOGNITO_BLESS=1, and read the difference";
            assert_eq!(kept.get(operation), Some(&example), "{operation}: {again}");
        }
        assert_eq!(kept.len(), shown.len());
    });
}

/// An operation without an example fails here.
#[test]
fn every_operation_has_an_example_of_request_and_answer() {
    let contract = serde_json::to_value(docs::document()).unwrap();
    for (name, operation) in operations(&contract) {
        let body = operation["requestBody"]["content"].as_object();
        let json = body.and_then(|content| content.get("application/json"));
        assert!(json.is_none_or(|json| !json["example"].is_null()), "{name} shows no body");
        let needed = operation["parameters"].as_array().into_iter().flatten();
        for parameter in needed.filter(|one| one["required"] == true) {
            assert!(!parameter["example"].is_null(), "{name} shows no {}", parameter["name"]);
        }
        let answers = operation["responses"].as_object().unwrap();
        let good = answers.iter().filter(|(status, _)| status.as_str() < "300");
        let texts = good.flat_map(|(_, answer)| answer["content"].as_object().into_iter().flatten());
        let texts: Vec<_> = texts.filter(|(media_type, _)| is_text(media_type)).collect();
        let is_shown = texts.is_empty() || texts.iter().any(|(_, content)| !content["example"].is_null());
        assert!(is_shown, "{name} shows no answer");
    }
}

fn is_text(media_type: &str) -> bool {
    media_type.ends_with("json") || media_type.ends_with("jose") || media_type.ends_with("yaml")
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

/// Every operation by its id, with `method` and `path` added.
fn operations(contract: &Value) -> BTreeMap<String, Value> {
    let mut all = BTreeMap::new();
    for (path, item) in contract["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let mut operation = operation.clone();
            operation["method"] = json!(method);
            operation["path"] = json!(path);
            all.insert(operation["operationId"].as_str().unwrap().to_owned(), operation);
        }
    }
    all
}

/// The script under way.
struct Recording<'a> {
    app: &'a TestApp,
    operations: BTreeMap<String, Value>,
    names: BTreeMap<String, String>,
    settled: Settled,
    shown: BTreeMap<String, Shown>,
}

impl<'a> Recording<'a> {
    async fn of(app: &'a TestApp) -> BTreeMap<String, Shown> {
        let text = fs::read_to_string(folder().join("tests/examples/script.json")).unwrap();
        let Script { mut names, steps } = serde_json::from_str(&text).unwrap();
        let everywhere = [(Role::Administrator, GrantScope::default())];
        let first = Persona::known(app, ROOT.parse().unwrap(), &everywhere).await;
        names.insert("root".to_owned(), first.token.unwrap());
        for name in ["task_to_repeat", "task_to_drop"] {
            names.insert(name.to_owned(), dead_task(app).await.to_string());
            app.advance(60);
        }
        let operations = operations(&serde_json::to_value(docs::document()).unwrap());
        let mut this = Self { app, operations, names, settled: Settled::new(text), shown: BTreeMap::new() };
        let mut chosen = BTreeSet::new();
        for step in &steps {
            let shown = this.take(step).await;
            if step.show || !chosen.contains(&step.op) {
                this.shown.insert(step.op.clone(), shown);
            }
            chosen.insert(step.op.clone());
        }
        let missing: Vec<_> = this.operations.keys().filter(|name| !this.shown.contains_key(*name)).collect();
        assert!(missing.is_empty(), "no request for {missing:?}");
        this.shown
    }

    async fn take(&mut self, step: &Step) -> Shown {
        self.app.advance(step.wait);
        if step.release {
            release_all(self.app).await;
        }
        if step.measure {
            fold(self.app).await;
            let months = Period::new("2026-01".parse().unwrap(), "2026-03".parse().unwrap()).unwrap();
            measure(self.app.app(), self.named("{brand}").parse().unwrap(), months).await.unwrap();
        }
        if step.look {
            look_at_rules(self.app, self.named("{brand}").parse().unwrap()).await;
        }
        if step.issue {
            a_minute_passes(self.app).await;
        }
        if let Some(file) = &step.read {
            let evidence_id = self.named(file).parse().unwrap();
            let read = ReadEvidence { evidence_id, shopper_id: None };
            read.run(self.app.app(), &self.app.house().readers).await.unwrap();
        }
        if let Some(export) = &step.write {
            let write = WriteExport { export_id: self.named(export).parse().unwrap() };
            write.run(self.app.app(), &self.app.house().exports).await.unwrap();
        }
        let answer = self.send(step).await;
        let what = || format!("{}: {answer}", step.op);
        assert_eq!(answer.status, step.status, "{}", what());
        for (name, place) in &step.keep {
            let value = match place.as_str() {
                "etag" => answer.etag().to_owned(),
                place => answer
                    .json
                    .pointer(place)
                    .unwrap_or_else(|| panic!("{place}: {}", what()))
                    .as_str()
                    .unwrap()
                    .to_owned(),
            };
            self.names.insert(name.clone(), value);
        }
        let mut parameters: BTreeMap<String, String> = BTreeMap::new();
        let own = step.path.iter().chain(&step.query).chain(&step.headers);
        parameters.extend(own.map(|(name, value)| (name.clone(), self.named(value))));
        if let Some(address) = &step.address {
            let address = self.named(address);
            let (path, query) = address.split_once('?').unwrap_or((&address, ""));
            let id = path.split('/').nth(3).unwrap_or_default();
            let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
            parameters
                .extend(pairs.chain([("id", id)]).map(|(name, value)| (name.to_owned(), value.to_owned())));
        }
        let parameters = parameters.into_iter().map(|(name, value)| {
            let settled = self.settled.text(&name, &value);
            (name, settled)
        });
        let parameters = parameters.collect();
        let body = step.body.as_ref().map(|body| self.settled.value("", &self.with_names(body)));
        let json = match &answer.json {
            Value::Object(members) if step.brief => {
                let plain = members.iter().filter(|(_, value)| !value.is_object() && !value.is_array());
                Some(Value::Object(plain.map(|(name, value)| (name.clone(), value.clone())).collect()))
            }
            Value::Null => text_of(&answer).map(Value::String),
            json => Some(json.clone()),
        };
        let key = if answer.header("content-type").ends_with("jose") { "receipt" } else { "" };
        Shown {
            parameters,
            body,
            status: step.status,
            answer: json.map(|json| self.settled.value(key, &json)),
        }
    }

    async fn send(&self, step: &Step) -> Answer {
        let operation =
            self.operations.get(&step.op).unwrap_or_else(|| panic!("no operation is {}", step.op));
        let method: Method = operation["method"].as_str().unwrap().to_uppercase().parse().unwrap();
        let mut path = operation["path"].as_str().unwrap().to_owned();
        for (name, value) in &step.path {
            path = path.replace(&format!("{{{name}}}"), &self.named(value));
        }
        let query = step.query.iter().map(|(name, value)| format!("{name}={}", self.named(value)));
        let query = query.collect::<Vec<_>>().join("&");
        let address = match &step.address {
            Some(address) => self.named(address),
            None if query.is_empty() => path,
            None => format!("{path}?{query}"),
        };
        let mut call = self.app.call(method, address);
        if let Some(by) = &step.by {
            let token = self.names.get(by).unwrap_or_else(|| panic!("{} has not signed in", by));
            call = call.header("authorization", &format!("Bearer {token}"));
        }
        for (name, value) in &step.headers {
            call = call.header(name, &self.named(value));
        }
        let media_type = step.media_type.as_deref().unwrap_or("application/octet-stream");
        match (&step.body, &step.bytes, &step.text) {
            (Some(body), ..) => call.json(&self.with_names(body)).await,
            (_, Some(bytes), _) => call.body(media_type, BASE64.decode(bytes.as_bytes()).unwrap()).await,
            (.., Some(text)) => call.body(media_type, text.clone()).await,
            _ => call.await,
        }
    }

    /// A text with what its names stand for.
    fn named(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (name, value) in &self.names {
            text = text.replace(&format!("{{{name}}}"), value);
        }
        text
    }

    fn with_names(&self, value: &Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.named(text)),
            Value::Array(items) => items.iter().map(|item| self.with_names(item)).collect(),
            Value::Object(members) => {
                let members = members.iter().map(|(name, value)| (self.named(name), self.with_names(value)));
                Value::Object(members.collect())
            }
            plain => plain.clone(),
        }
    }
}

/// The beginning of an answer that is a text.
fn text_of(answer: &Answer) -> Option<String> {
    let media_type = answer.header("content-type");
    if !is_text(media_type) {
        return None;
    }
    let text = std::str::from_utf8(&answer.bytes).ok()?;
    Some(text.lines().next()?.chars().take(MOST_SHOWN).collect())
}

/// Values that are the same each time in place of those that the server made up.
struct Settled {
    /// The script: what stands there is known.
    script: String,
    dice: Dice,
    by_value: BTreeMap<String, String>,
    ids: Regex,
    digests: Regex,
}

impl Settled {
    fn new(script: String) -> Self {
        let ids = Regex::new("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}").unwrap();
        let digests = Regex::new("[0-9a-f]{64}").unwrap();
        let script = script + ROOT;
        Self { script, dice: Dice::seeded(2_026), by_value: BTreeMap::new(), ids, digests }
    }

    fn value(&mut self, key: &str, value: &Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.text(key, text)),
            Value::Array(items) => items.iter().map(|item| self.value(key, item)).collect(),
            Value::Object(members) => {
                let below = |name: &str| if key == "salts" { "salts".to_owned() } else { name.to_owned() };
                let mut settled = Map::new();
                for (name, value) in members {
                    let below = below(name);
                    settled.insert(self.text("", name), self.value(&below, value));
                }
                Value::Object(settled)
            }
            plain => plain.clone(),
        }
    }

    fn text(&mut self, key: &str, text: &str) -> String {
        match key {
            "access_token" | "receipt" => {
                return format!("eyJhbGciOiJFZERTQSJ9.{}.{}", self.letters(text, 24), self.letters(text, 32));
            }
            "refresh_token" | "device_token" | "salts" | "signature" | "x" | "next_cursor" | "kid" => {
                return self.letters(text, 22);
            }
            "secret" => {
                return format!(
                    "incognito_key_{}",
                    self.letters(text, 59).to_lowercase().replace(['0', '1', '8', '9'], "2")
                );
            }
            "until" => return "1773572400".to_owned(),
            _ => {}
        }
        let mut settled = text.to_owned();
        let found = self.ids.find_iter(text).chain(self.digests.find_iter(text)).map(|one| one.as_str());
        let found: Vec<_> = found.filter(|one| !self.script.contains(one)).collect();
        for one in found {
            settled = settled.replace(one, &self.hexadecimal(one));
        }
        match settled.split_once("signature=") {
            Some((before, signature)) => {
                let before =
                    Regex::new("until=[0-9]+").unwrap().replace(before, "until=1773572400").into_owned();
                format!("{before}signature={}", self.letters(signature, 22))
            }
            None => settled,
        }
    }

    /// Other digits, with the marks between them and what says that an id is random.
    fn hexadecimal(&mut self, from: &str) -> String {
        if let Some(known) = self.by_value.get(from) {
            return known.clone();
        }
        let is_id = from.contains('-');
        let made: String = from
            .char_indices()
            .map(|(at, digit)| match (is_id, at, digit) {
                (_, _, '-') => '-',
                (true, 14, _) => '4',
                (true, 19, _) => '8',
                _ => char::from_digit(self.dice.roll(16) as u32, 16).unwrap(),
            })
            .collect();
        self.by_value.insert(from.to_owned(), made.clone());
        made
    }

    fn letters(&mut self, from: &str, count: usize) -> String {
        const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
        let name = format!("{count} {from}");
        if let Some(known) = self.by_value.get(&name) {
            return known.clone();
        }
        let mut letter = || char::from(LETTERS[self.dice.roll(LETTERS.len() as u64) as usize]);
        let made: String = (0..count).map(|_| letter()).collect();
        self.by_value.insert(name, made.clone());
        made
    }
}
