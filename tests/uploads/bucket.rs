//! The same in a bucket of an S3-compatible server: moto's, which is installed from the Python package index.

use std::{
    env,
    io::{BufRead, BufReader},
    net::{Ipv4Addr, TcpListener},
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::Duration,
};

use actix_web::{http::Method, rt::System};

use super::{File, offset, over_a_bad_line, shopper, tus};
use crate::{
    app::{Database, Engine, TestApp, id},
    builders::World,
    exports::beside::goes_on,
};

/// A server that goes when this does.
struct Server {
    url: String,
    process: Option<Child>,
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(process) = &mut self.process {
            process.kill().unwrap();
            process.wait().unwrap();
        }
    }
}

impl Server {
    /// The one of `INCOGNITO_S3_TEST_URL`, or moto's; none where it is not installed.
    fn find() -> Option<Self> {
        if let Ok(url) = env::var("INCOGNITO_S3_TEST_URL") {
            return Some(Self { url, process: None });
        }
        let program = programs().into_iter().find(|program| program.is_file());
        let required = env::var("INCOGNITO_REQUIRE_S3").is_ok_and(|value| value == "1");
        assert!(program.is_some() || !required, "INCOGNITO_REQUIRE_S3=1, but moto_server is not installed");
        program.map(Self::start)
    }

    fn start(program: PathBuf) -> Self {
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
        let mut command = Command::new(program);
        command.args(["-H", "127.0.0.1", "-p", &port.to_string()]);
        let mut process = command.stdin(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let output = BufReader::new(process.stderr.take().unwrap());
        let mut output = output.lines().map_while(Result::ok);
        assert!(output.any(|line| line.contains("Running on")), "moto_server does not start");
        std::thread::spawn(move || output.for_each(drop)); // it may go on talking
        Self { url: format!("http://127.0.0.1:{port}"), process: Some(process) }
    }

    fn settings(&self) -> Vec<(String, String)> {
        let settings = [
            ("AWS_ENDPOINT", self.url.as_str()),
            ("AWS_ALLOW_HTTP", "true"),
            ("AWS_REGION", "us-east-1"),
            ("AWS_ACCESS_KEY_ID", "test"),
            ("AWS_SECRET_ACCESS_KEY", "test"),
            ("HOME", "is not for it"),
        ];
        settings.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec()
    }
}

/// Where it may be: as `.ci/run` installs it, or on the path.
fn programs() -> Vec<PathBuf> {
    let own = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target/s3-venv/bin/moto_server");
    let path = env::var_os("PATH").unwrap_or_default();
    [own].into_iter().chain(env::split_paths(&path).map(|folder| folder.join("moto_server"))).collect()
}

/// A server of ours whose blobs are in a new bucket.
async fn app(server: &Server, engine: Engine) -> Option<TestApp> {
    let mut database = Database::migrated(engine)?;
    let bucket = format!("it-{}", id::<()>());
    let client = reqwest::Client::builder().timeout(Duration::from_secs(20)).no_proxy().tls_certs_only([]);
    let client = client.build().unwrap();
    let made = client.put(format!("{}/{bucket}", server.url)).send().await.unwrap();
    assert_eq!(made.status(), 200);
    database.bucket = Some((bucket, server.settings()));
    Some(TestApp::start(database).await)
}

fn run(engine: Engine) {
    let Some(server) = Server::find() else { return };
    System::new().block_on(async {
        let Some(app) = app(&server, engine).await else { return };
        over_a_bad_line(&app, 3).await;
        in_several_parts(&app).await;
        once_or_twice(&app).await;
        goes_on(&app).await;
        without_a_store(app).await;
    });
}

#[test]
fn sqlite() {
    run(Engine::Sqlite);
}

#[test]
fn postgres() {
    run(Engine::Postgres);
}

/// A file that goes into the bucket in pieces, with exactly as much as one piece, and a byte more.
async fn in_several_parts(app: &TestApp) {
    let world = World::build(app).await;
    let (who, branch) = (world.staff.shopper.clone(), &world.brands[0].regions[0].branches[0]);
    for size in [5 << 20, (5 << 20) + 1, 11 << 20] {
        let file = File { assignment: Some(branch.open_assignment), ..File::of(40, size) };
        file.create(app, &who).await.expect(201);
        file.append(app, &who, 0, size / 2).await.expect(204);
        let done = file.append(app, &who, size / 2, size).await.expect(204);
        assert_eq!(offset(&done), size);
        file.expect_kept(app).await;
    }
}

async fn once_or_twice(app: &TestApp) {
    let (who, one) = (shopper(app).await, File::of(41, 200_000));
    let two = File { id: id(), ..one.clone() };
    one.put(app, &who).await.expect(201);
    one.put(app, &who).await.expect(200);
    two.create(app, &who).body("application/offset+octet-stream", two.bytes.clone()).await.expect(201);
    for file in [&one, &two] {
        file.expect_kept(app).await;
    }
    let blobs = &app.app().blobs;
    blobs.delete(one.digest()).await.unwrap();
    blobs.delete(one.digest()).await.unwrap();
    assert!(!blobs.exists(one.digest()).await.unwrap());
    assert!(blobs.get(one.digest()).await.is_err());
}

/// What cannot be stored is not acknowledged, and goes through once it can.
async fn without_a_store(app: TestApp) {
    let (who, file) = (shopper(&app).await, File::of(42, 300_000));
    file.create(&app, &who).await.expect(201);
    let mut database = app.stop();
    let bucket = database.bucket.take();
    database.bucket = bucket.clone().map(|(name, settings)| (format!("{name}-none"), settings));
    let app = TestApp::start(database).await;
    file.append(&app, &who, 0, 300_000).await.expect_problem(503, "unavailable");
    tus(&app, Method::HEAD, &file.path(), &who).await.expect(503);
    let mut database = app.stop();
    database.bucket = bucket;
    let app = TestApp::start(database).await;
    assert_eq!(file.offset(&app, &who).await, 300_000, "it was all here");
    file.expect_kept(&app).await;
}
