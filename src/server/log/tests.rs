#![allow(clippy::unwrap_used)]
use std::{
    io::Write,
    sync::{Arc, Mutex},
};

use actix_web::{
    App as ActixApp,
    middleware::from_fn,
    test::{TestRequest, call_service, init_service},
    web,
};

use super::*;
use crate::server::trace::Tracing;

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

async fn fails() -> Result<actix_web::HttpResponse, Error> {
    Err(Error::internal("the disk said:\n\"no\""))
}

async fn warns() -> actix_web::HttpResponse {
    tracing::warn!("beware");
    actix_web::HttpResponse::Ok().finish()
}

async fn refuses() -> Result<actix_web::HttpResponse, Error> {
    Err(Error::new(Code::Conflict).because("a constraint"))
}

/// What is logged of one request to each of these addresses, in that form.
fn logged(json: bool) -> Vec<String> {
    let lines = Lines::default();
    let writer = {
        let lines = lines.clone();
        move || lines.clone()
    };
    let form = tracing_subscriber::fmt().with_ansi(false).without_time().with_writer(writer);
    let runtime = actix_web::rt::System::new();
    let requests = || {
        runtime.block_on(async {
            let service = init_service(
                ActixApp::new()
                    .wrap(Tracing::new())
                    .wrap(from_fn(one_line))
                    .route("/v1/things/{id}", web::get().to(actix_web::HttpResponse::Ok))
                    .route("/fails", web::get().to(fails))
                    .route("/refuses", web::get().to(refuses))
                    .route("/warns", web::get().to(warns)),
            )
            .await;
            for path in ["/v1/things/1?secret=1", "/fails", "/refuses", "/nowhere", "/warns"] {
                call_service(&service, TestRequest::get().uri(path).to_request()).await;
            }
        })
    };
    if json {
        let form = form.json().flatten_event(true).with_current_span(false);
        tracing::subscriber::with_default(form.finish(), requests);
    } else {
        tracing::subscriber::with_default(form.compact().finish(), requests);
    }
    let written = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    written.lines().map(str::to_owned).collect()
}

#[test]
fn a_request_has_one_line_for_people() {
    let lines = logged(false);
    assert_eq!(lines.len(), 6, "{lines:#?}");
    let says = |line: usize, level: &str, rest: &[&str]| {
        assert!(lines[line].trim_start().starts_with(level), "{}", lines[line]);
        for part in rest {
            assert!(lines[line].contains(part), "{part} is not in {}", lines[line]);
        }
    };
    says(0, "INFO", &["method=GET path=/v1/things/{id} status=200 us="]);
    says(1, "ERROR", &["path=/fails status=500", "code=internal", r#"cause="the disk said:\n\"no\"""#]);
    says(2, "INFO", &["path=/refuses status=409", "code=conflict"]);
    assert!(!lines[2].contains("cause"), "{}", lines[2]);
    says(3, "INFO", &["path=(none) status=404"]);
    assert!(!lines.concat().contains("secret"));
}

/// The one line stands for itself; others carry the request's id.
#[test]
fn other_lines_carry_the_id_of_their_request() {
    let lines = logged(false);
    let id = lines[5].split("id=").nth(1).unwrap().split(' ').next().unwrap();
    assert!(lines[4].contains("beware") && lines[4].contains(&format!("request_id={id}")), "{lines:#?}");
    assert!(!lines[5].contains("request_id="), "{lines:#?}");
    let lines: Vec<serde_json::Value> =
        logged(true).iter().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines[4]["spans"][0]["request_id"], lines[5]["id"], "{lines:#?}");
    assert_eq!(lines[5].get("spans"), None, "{lines:#?}");
}

#[test]
fn a_request_has_one_object_for_machines() {
    let lines: Vec<serde_json::Value> =
        logged(true).iter().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 6, "{lines:#?}");
    assert_eq!(
        (&lines[0]["target"], &lines[0]["path"], &lines[0]["status"]),
        (&"request".into(), &"/v1/things/{id}".into(), &200.into())
    );
    assert_eq!(
        (&lines[1]["level"], &lines[1]["code"], &lines[1]["cause"]),
        (&"ERROR".into(), &"internal".into(), &"the disk said:\n\"no\"".into())
    );
}
