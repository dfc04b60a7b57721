//! Lines of the log carry the id of the request that they belong to, on whichever thread they are written.

use std::{
    io::{self, Write},
    sync::{Mutex, Once, PoisonError},
};

use incognito::{accounts::model::Role, db::Conn, error::Result};
use serde_json::{Value, json};
use tracing::Instrument;
use tracing_subscriber::{filter::Targets, fmt, layer::SubscriberExt};

use crate::{
    app::{TestApp, each_engine_test, id},
    personas::Persona,
};

each_engine_test!(a_line_carries_its_request, work_of_the_database_is_in_its_caller_s_span);

/// Where the lines of the tests here are written to.
const HERE: &str = "spans-of-tests";

static LINES: Mutex<Vec<u8>> = Mutex::new(Vec::new());

struct Lines;

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LINES.lock().unwrap_or_else(PoisonError::into_inner).write(bytes)
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Begins to listen in this process: to warnings of sign-in, and to what the tests here say.
fn listen() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let wanted = Targets::new()
            .with_target("request", tracing::Level::ERROR)
            .with_target("incognito::accounts", tracing::Level::WARN)
            .with_target(HERE, tracing::Level::INFO);
        let lines = fmt().json().flatten_event(true).with_current_span(false).with_writer(|| Lines);
        tracing::subscriber::set_global_default(lines.finish().with(wanted)).unwrap();
    });
}

/// The lines that say this.
fn lines_with(text: &str) -> Vec<Value> {
    let written = LINES.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let lines = String::from_utf8(written).unwrap();
    lines.lines().filter(|line| line.contains(text)).map(|line| serde_json::from_str(line).unwrap()).collect()
}

async fn a_line_carries_its_request(app: TestApp) {
    listen();
    let (who, password) = (Persona::administrator(&app).await, "correct horse battery staple");
    let email = format!("{}@example.org", id::<()>());
    let account = json!({"email": email, "name": "Ayşe", "language": "tr", "password": password});
    app.put(&who, format!("/v1/accounts/{}", id::<()>()), account).await.expect(201);
    let body = json!({"email": email, "password": password, "device": "phone"});
    let phone = app.post(&Persona::nobody(), "/v1/sessions", body).await.expect(201);
    let refresh =
        |token: String| app.post(&Persona::nobody(), "/v1/sessions/refresh", json!({"refresh_token": token}));
    let second = refresh(phone.text("/refresh_token")).await.expect(200);
    refresh(second.text("/refresh_token")).await.expect(200);
    app.advance(120);
    let stolen = refresh(phone.text("/refresh_token")).await.expect_problem(401, "refresh_refused");
    let lines = lines_with(stolen.header("x-request-id"));
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert_eq!(lines[0]["level"], "WARN", "{lines:?}");
    assert_eq!(lines[0]["spans"][0]["request_id"], stolen.header("x-request-id"), "{lines:?}");
}

async fn work_of_the_database_is_in_its_caller_s_span(app: TestApp) {
    listen();
    let request = id::<Role>().to_string();
    let say = |what: &'static str| {
        move |_: &mut Conn| -> Result<()> {
            tracing::info!(target: HERE, what, thread = ?std::thread::current().id());
            Ok(())
        }
    };
    let all = async {
        app.db().read(say("read")).await.unwrap();
        app.db().snapshot(say("snapshot")).await.unwrap();
        app.db().glance(say("glance")).await.unwrap();
        app.db().write(say("write")).await.unwrap();
    };
    all.instrument(tracing::info_span!(target: HERE, "request", request_id = request)).await;
    let lines = lines_with(&request);
    let here = format!("{:?}", std::thread::current().id());
    let kinds: Vec<_> = lines.iter().map(|line| line["what"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["read", "snapshot", "glance", "write"], "{lines:?}");
    for line in lines.iter().filter(|line| line["what"] != "glance") {
        assert_ne!(line["thread"], here, "{line}");
    }
    // The thread is no longer in the span.
    app.db().read(say("after")).await.unwrap();
    assert_eq!(lines_with(&request).len(), 4);
}
