//! Traces reach a collector of OpenTelemetry: a small one that listens here.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    process::{Child, Command, Stdio},
    sync::mpsc::{Receiver, channel},
    time::Duration,
};

use incognito::accounts::model::Role;
use opentelemetry_proto::tonic::{
    collector::trace::v1::ExportTraceServiceRequest,
    common::v1::{AnyValue, any_value::Value},
    trace::v1::Span,
};
use prost::Message;

use crate::app::{Database, Engine, id};

/// What a collector was sent: to which address, and what.
type Sent = (String, Vec<u8>);

/// Takes whatever is sent, each request on a connection of its own.
fn collector() -> (SocketAddr, Receiver<Sent>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let (address, (say, sent)) = (listener.local_addr().unwrap(), channel());
    std::thread::spawn(move || {
        for connection in listener.incoming() {
            if say.send(take(connection.unwrap())).is_err() {
                return;
            }
        }
    });
    (address, sent)
}

fn take(connection: TcpStream) -> Sent {
    let mut reader = BufReader::new(connection);
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        if line.trim().is_empty() {
            break;
        }
        lines.push(line.trim().to_ascii_lowercase());
    }
    let length = lines.iter().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
    let mut body = vec![0; length.parse().unwrap()];
    reader.read_exact(&mut body).unwrap();
    reader.get_mut().write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").unwrap();
    (lines.swap_remove(0), body)
}

/// The shipped program, serving; killed at the end.
struct Served {
    process: Child,
    address: String,
}

impl Served {
    fn start(database: &Database, collector: SocketAddr) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_incognito"));
        command
            .args(["serve", "--listen", "127.0.0.1:0", "--log", "json", "--data"])
            .arg(database.data.path());
        command.env("INCOGNITO_DATABASE_URL", database_url(database));
        command.env("INCOGNITO_OTLP_ENDPOINT", format!("http://{collector}"));
        let mut process = command.stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(process.stderr.take().unwrap()).lines();
        let serving = lines.find(|line| line.as_ref().unwrap().contains("\"serving\"")).unwrap().unwrap();
        let serving: serde_json::Value = serde_json::from_str(&serving).unwrap();
        let address = serving["address"].as_str().unwrap().strip_prefix("http://").unwrap().to_owned();
        // Nobody reads the rest, but the pipe must not fill.
        std::thread::spawn(move || lines.for_each(drop));
        Self { process, address }
    }

    fn get(&self, path: &str, traceparent: &str) {
        let mut socket = TcpStream::connect(&self.address).unwrap();
        let head = format!(
            "GET {path} HTTP/1.1\r\nHost: here\r\nConnection: close\r\ntraceparent: {traceparent}\r\n\r\n"
        );
        socket.write_all(head.as_bytes()).unwrap();
        socket.read_to_end(&mut Vec::new()).unwrap();
    }

    /// Stops it as an operator does: what waits is sent first.
    fn stop(mut self) {
        let killed = Command::new("kill").arg(self.process.id().to_string()).status().unwrap();
        assert!(killed.success());
        assert!(self.process.wait().unwrap().success());
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.process.kill();
    }
}

fn database_url(database: &Database) -> String {
    match &database.url {
        incognito::db::DatabaseUrl::Sqlite(path) => format!("sqlite://{}", path.display()),
        incognito::db::DatabaseUrl::Postgres(url) => url.clone(),
    }
}

/// All spans that were sent to the address of traces.
fn spans(sent: &Receiver<Sent>) -> Vec<Span> {
    let mut spans = Vec::new();
    while let Ok((line, body)) = sent.recv_timeout(Duration::from_secs(1)) {
        assert_eq!(line, "post /v1/traces http/1.1");
        let request = ExportTraceServiceRequest::decode(&body[..]).unwrap();
        let scopes = request.resource_spans.into_iter().flat_map(|resource| resource.scope_spans);
        spans.extend(scopes.flat_map(|scope| scope.spans));
    }
    spans
}

/// An attribute as text; empty where it is missing.
fn attribute(span: &Span, name: &str) -> String {
    let found = span.attributes.iter().find(|one| one.key == name).and_then(|one| one.value.clone());
    match found {
        Some(AnyValue { value: Some(Value::StringValue(text)) }) => text,
        Some(AnyValue { value: Some(Value::IntValue(number)) }) => number.to_string(),
        _ => String::new(),
    }
}

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
const PARENT: &str = "b7ad6b7169203331";

fn a_trace_reaches_the_collector(engine: Engine) {
    let Some(database) = Database::migrated(engine) else { return };
    let (address, sent) = collector();
    let served = Served::start(&database, address);
    let secret = id::<Role>().to_string();
    served.get(&format!("/v1/brands/{secret}?token={secret}"), &format!("00-{TRACE}-{PARENT}-01"));
    served.get("/readyz", "nonsense");
    served.stop();
    let spans = spans(&sent);
    let named = |name: &str| {
        let found: Vec<_> = spans.iter().filter(|span| span.name == name).collect();
        assert_eq!(found.len(), 1, "{name}: {spans:#?}");
        found[0]
    };

    let brand = named("GET /v1/brands/{id}");
    let hex = |bytes: &[u8]| data_encoding::HEXLOWER.encode(bytes);
    assert_eq!((hex(&brand.trace_id), hex(&brand.parent_span_id)), (TRACE.to_owned(), PARENT.to_owned()));
    assert_eq!(brand.kind, 2, "a server's");
    for (name, value) in [
        ("http.request.method", "GET"),
        ("http.route", "/v1/brands/{id}"),
        ("http.response.status_code", "401"),
    ] {
        assert_eq!(attribute(brand, name), value, "{name}");
    }
    assert_eq!(attribute(brand, "request_id").len(), 36);
    assert!(!format!("{spans:?}").contains(&secret), "{spans:#?}");

    let ready = named("GET /readyz");
    assert!(ready.parent_span_id.is_empty(), "{ready:?}");
    let work = spans.iter().find(|span| span.name == "database" && span.parent_span_id == ready.span_id);
    assert_eq!(work.map(|work| &work.trace_id), Some(&ready.trace_id), "{spans:#?}");
}

#[test]
fn sqlite() {
    a_trace_reaches_the_collector(Engine::Sqlite);
}

#[test]
fn postgres() {
    a_trace_reaches_the_collector(Engine::Postgres);
}
