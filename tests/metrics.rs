//! What Prometheus is given of a running server.

use std::{
    io::{Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
};

use actix_web::{http::Method, rt};
use incognito::{
    accounts::model::Role,
    db::types::Sha256,
    server::{
        Serving,
        metrics::{self, Metrics},
    },
};

use crate::{
    app::{Engine, TestApp, each_engine_test, id},
    background::dead_task,
    builders::World,
};

each_engine_test!(what_happens_is_counted, nobody_is_named, nothing_else_is_served);

/// The same server, with its metrics at an address of their own.
async fn measured(app: TestApp) -> (TestApp, SocketAddr) {
    let mut measuring = None;
    let serving = |house: &_| {
        let metrics = measuring.insert(Metrics::of(house));
        Serving { requests: Some(metrics.requests()), ..TestApp::plain() }
    };
    let app = TestApp::serving(app.stop(), serving).await;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = listener.local_addr().unwrap();
    rt::spawn(metrics::serve(measuring.unwrap(), listener).unwrap());
    (app, address)
}

/// What a bare socket is answered there: head and body.
async fn fetch(address: SocketAddr, path: &'static str) -> (String, String) {
    let ask = move || {
        let mut socket = TcpStream::connect(address).unwrap();
        write!(socket, "GET {path} HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        socket.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head.to_owned(), body.to_owned())
    };
    rt::task::spawn_blocking(ask).await.unwrap()
}

/// The metrics as they are now.
struct Scraped(String);

impl Scraped {
    async fn from(address: SocketAddr) -> Self {
        let (head, body) = fetch(address, "/metrics").await;
        assert!(head.starts_with("HTTP/1.1 200"), "{head}");
        assert!(head.contains("application/openmetrics-text; version=1.0.0"), "{head}");
        assert!(body.ends_with("# EOF\n"), "{body}");
        Self(body)
    }

    /// The value of the one row with this name and these labels, if it is there.
    fn find(&self, name: &str, labels: &[(&str, &str)]) -> Option<f64> {
        let row = |line: &&str| {
            let (series, _) = line.rsplit_once(' ').unwrap();
            let (found, of) = series.split_once('{').unwrap_or((series, ""));
            found == name && labels.iter().all(|(label, value)| of.contains(&format!("{label}=\"{value}\"")))
        };
        let rows: Vec<_> = self.0.lines().filter(|line| !line.starts_with('#')).filter(row).collect();
        assert!(rows.len() < 2, "{rows:#?}");
        rows.first().map(|line| line.rsplit_once(' ').unwrap().1.parse().unwrap())
    }

    #[track_caller]
    fn value(&self, name: &str, labels: &[(&str, &str)]) -> f64 {
        self.find(name, labels).unwrap_or_else(|| panic!("no {name} {labels:?} in {}", self.0))
    }
}

async fn what_happens_is_counted(app: TestApp) {
    let (app, address) = measured(app).await;
    World::build(&app).await;
    dead_task(&app).await;
    let (bytes, blobs) = (b"a picture".to_vec(), &app.app().blobs);
    let digest = Sha256::of(&bytes);
    blobs.put(digest, bytes).await.unwrap();
    blobs.read(digest, 100).await.unwrap();
    app.call(Method::GET, "/nowhere").await.expect(404);

    let now = Scraped::from(address).await;
    let put = [("method", "PUT"), ("route", "/v1/visits/{id}")];
    let made = [put[0], put[1], ("status", "201")];
    assert_eq!(now.value("incognito_http_requests_total", &made), 8.0);
    assert_eq!(now.value("incognito_http_request_duration_seconds_count", &put), 8.0);
    assert!(now.value("incognito_http_request_duration_seconds_sum", &put) > 0.0);
    let nowhere = [("method", "GET"), ("route", "(none)"), ("status", "404")];
    assert_eq!(now.value("incognito_http_requests_total", &nowhere), 1.0);

    // A glance waits for nothing.
    for (name, purpose, least) in [
        ("incognito_database_wait_seconds", "read", 1.0),
        ("incognito_database_wait_seconds", "write", 8.0),
        ("incognito_database_transaction_seconds", "read", 8.0),
        ("incognito_database_transaction_seconds", "write", 8.0),
    ] {
        let count = now.value(&format!("{name}_count"), &[("purpose", purpose)]);
        assert!(count >= least, "{name} {purpose} {count}");
        assert!(now.value(&format!("{name}_sum"), &[("purpose", purpose)]) > 0.0, "{name} {purpose}");
    }
    let groups = now.find("incognito_database_group_size_count", &[]);
    match app.engine() {
        Engine::Sqlite => {
            let pieces = now.value("incognito_database_group_size_sum", &[]);
            assert!(groups.is_some_and(|groups| groups > 8.0 && pieces >= groups), "{groups:?} {pieces}");
        }
        Engine::Postgres => assert_eq!(groups, None),
    }

    assert_eq!(now.value("incognito_tasks", &[("queue", "fail"), ("state", "dead")]), 1.0);
    assert_eq!(now.value("incognito_tasks", &[("queue", "read_evidence"), ("state", "dead")]), 0.0);
    assert_eq!(now.value("incognito_task_oldest_due_seconds", &[("queue", "fail")]), 0.0);
    for (name, wanted) in [
        ("incognito_blob_write_bytes_total", 9.0),
        ("incognito_blob_write_seconds_count", 1.0),
        ("incognito_blob_read_bytes_total", 9.0),
        ("incognito_blob_read_seconds_count", 1.0),
        ("incognito_uploads_in_progress", 0.0),
    ] {
        assert_eq!(now.value(name, &[]), wanted, "{name}");
    }
    let readme = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md"));
    let names = now.0.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next());
    let missing: Vec<_> = names.filter(|name| !readme.contains(&format!("`{name}"))).collect();
    assert_eq!(missing, [""; 0], "README has a row for each metric");
    if cfg!(target_os = "linux") {
        assert!(now.value("process_resident_memory_bytes", &[]) > 1e6);
    }
}

async fn nobody_is_named(app: TestApp) {
    let (app, address) = measured(app).await;
    let world = World::build(&app).await;
    let (brand, branch) = (&world.brands[0], &world.brands[0].regions[0].branches[0]);
    app.get(&world.staff.shopper, format!("/v1/visits/{}", branch.visit)).await.expect(200);
    let once = Scraped::from(address).await.0.lines().count();
    let unknown = format!("/v1/visits/{}", id::<Role>());
    for path in [unknown, format!("/v1/visits/{}", branch.visit), format!("/v1/nothing/{}", branch.visit)] {
        app.get(&world.staff.shopper, path).await;
    }
    app.call(Method::from_bytes(b"SECRET").unwrap(), "/livez").await;
    let text = Scraped::from(address).await.0;
    let [visit, brand, shopper] =
        [branch.visit.to_string(), brand.id.to_string(), world.staff.shopper.account.to_string()];
    for secret in [&visit, &brand, &shopper, "SECRET"] {
        assert!(!text.contains(secret), "{secret}: {text}");
    }
    // One row for the answers of 404, and those of the address that is none and of the method that is none.
    let more = text.lines().count() - once;
    assert!(more < 60, "{more} rows for four requests");
}

async fn nothing_else_is_served(app: TestApp) {
    let (app, address) = measured(app).await;
    for path in ["/", "/livez", "/v1/me"] {
        let (head, _) = fetch(address, path).await;
        assert!(head.starts_with("HTTP/1.1 404"), "{path}: {head}");
    }
    app.call(Method::GET, "/metrics").await.expect(404);
}
