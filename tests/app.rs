//! A server of a test's own, on a database of its own, and a client that speaks to it.

use std::{
    fs,
    future::{Future, IntoFuture},
    marker::PhantomData,
    net::{Ipv4Addr, SocketAddr, TcpListener},
    path::Path,
    pin::Pin,
    sync::{Arc, OnceLock, mpsc},
    thread::JoinHandle,
    time::Duration,
};

use actix_web::{dev::ServerHandle, http::Method, rt::System, web::Bytes};
use incognito::{
    app::App,
    blobs::Blobs,
    clock::Clock,
    config::{BlobsUrl, Networks, Origins},
    db::{DatabaseUrl, Db, migrate, types::Id, types::Instant},
    server::{
        self, Serving,
        background::{self, Background},
        house::{Files, House},
    },
};
use reqwest::{
    Client, Request, Url,
    header::{HeaderMap, HeaderName, HeaderValue},
    redirect::Policy,
};
use serde_json::Value;
use tempfile::TempDir;

use crate::{
    personas::Persona,
    postgres::{Cluster, cluster},
};

/// Makes of each `async fn name(app: TestApp)` two tests, `name::sqlite` and `name::postgres`.
macro_rules! each_engine_test {
    ($($name:ident),+ $(,)?) => {$(
        mod $name {
            #[test]
            fn sqlite() {
                $crate::app::run($crate::app::Engine::Sqlite, super::$name);
            }
            #[test]
            fn postgres() {
                $crate::app::run($crate::app::Engine::Postgres, super::$name);
            }
        }
    )+};
}
pub(crate) use each_engine_test;

/// Where a test's database is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// Runs a test on this engine; does nothing where PostgreSQL is not installed (`cluster` says so).
pub fn run<F: Future<Output = ()>>(engine: Engine, test: fn(TestApp) -> F) {
    let Some(database) = Database::migrated(engine) else { return };
    System::new().block_on(async { test(TestApp::start(database).await).await });
}

/// The moment at which every test begins.
pub fn beginning() -> Instant {
    "2026-03-15T10:00:00Z".parse::<jiff::Timestamp>().unwrap().into()
}

/// A new id of whatever kind is wanted.
pub fn id<T>() -> Id<T> {
    Clock::System.new_id()
}

/// Numbers that look random and are the same every time (SplitMix64).
pub struct Dice(u64);

impl Dice {
    pub const fn seeded(seed: u64) -> Self {
        Self(seed)
    }

    /// One of `0..below`.
    pub fn roll(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % below
    }
}

/// The name of a bucket, and how to get there.
pub type Bucket = (String, Vec<(String, String)>);

/// A database that goes when this does.
pub struct Database {
    pub engine: Engine,
    pub url: DatabaseUrl,
    /// Where the server keeps what is not in the database; files, unless there is a bucket.
    pub data: TempDir,
    pub bucket: Option<Bucket>,
    /// Whether it is on the server that all tests share, and so must be dropped.
    shared: bool,
}

impl Database {
    /// One on a server that goes with it.
    pub fn at(url: &str) -> Self {
        Self::new(Engine::Postgres, url.parse().unwrap(), tempfile::tempdir().unwrap(), false)
    }

    fn new(engine: Engine, url: DatabaseUrl, data: TempDir, shared: bool) -> Self {
        Self { engine, url, data, bucket: None, shared }
    }

    fn files(&self) -> Files {
        let folder = BlobsUrl::Folder(self.data.path().join("blobs"));
        let mut files = Files::open(self.data.path(), &folder).unwrap();
        if let Some((name, settings)) = &self.bucket {
            files.blobs = Blobs::in_bucket(name, settings.clone()).unwrap();
        }
        files
    }

    /// One without tables; none where its engine is not installed.
    pub fn empty(engine: Engine) -> Option<Self> {
        match engine {
            Engine::Sqlite => Some(Self::file(None)),
            Engine::Postgres => cluster().map(|cluster| Self::on(cluster, None)),
        }
    }

    /// One with all tables, copied from one that was migrated once.
    pub fn migrated(engine: Engine) -> Option<Self> {
        static FILE: OnceLock<Vec<u8>> = OnceLock::new();
        static TEMPLATE: OnceLock<String> = OnceLock::new();
        match engine {
            Engine::Sqlite => {
                let file = FILE.get_or_init(|| {
                    let template = Self::file(None);
                    migrate::up(&template.url).unwrap();
                    fs::read(template.path().unwrap()).unwrap()
                });
                Some(Self::file(Some(file)))
            }
            Engine::Postgres => cluster().map(|cluster| {
                let template = TEMPLATE.get_or_init(|| {
                    let url = cluster.database(None);
                    migrate::up(&url.parse().unwrap()).unwrap();
                    url
                });
                Self::on(cluster, Some(template))
            }),
        }
    }

    fn file(content: Option<&[u8]>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("incognito.db");
        if let Some(content) = content {
            fs::write(&path, content).unwrap();
        }
        Self::new(Engine::Sqlite, DatabaseUrl::Sqlite(path), folder, false)
    }

    fn on(cluster: &Cluster, template: Option<&str>) -> Self {
        let url = cluster.database(template).parse().unwrap();
        Self::new(Engine::Postgres, url, tempfile::tempdir().unwrap(), true)
    }

    fn path(&self) -> Option<&Path> {
        if let DatabaseUrl::Sqlite(path) = &self.url { Some(path) } else { None }
    }

    /// Where it is, for a process of its own.
    pub fn address(&self) -> String {
        match &self.url {
            DatabaseUrl::Sqlite(path) => format!("sqlite://{}", path.display()),
            DatabaseUrl::Postgres(url) => url.clone(),
        }
    }

    /// A handle of its own on it, beside the server's.
    pub fn connect(&self) -> Db {
        Db::connect(&self.url, 4).unwrap()
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if let (true, DatabaseUrl::Postgres(url), Some(cluster)) = (self.shared, &self.url, cluster()) {
            cluster.drop_database(url);
        }
    }
}

/// A running server. The clock stands still until it is advanced.
pub struct TestApp {
    house: House,
    address: SocketAddr,
    client: Client,
    server: ServerHandle,
    thread: Option<JoinHandle<()>>,
    database: Option<Database>,
}

impl TestApp {
    pub async fn start(database: Database) -> Self {
        Self::serving(database, |_| Self::plain()).await
    }

    /// How most tests serve.
    pub fn plain() -> Serving {
        Serving { workers: 2, requests: None, origins: Origins::default(), proxies: Networks::default() }
    }

    /// The same, served otherwise.
    pub async fn serving(database: Database, serving: impl FnOnce(&House) -> Serving) -> Self {
        let clock = Clock::fixed(beginning());
        let house = House::open(&database.url, 8, clock, database.files(), None).await.unwrap();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let (hand_over, handed) = mpsc::channel();
        let (served, serving) = (house.clone(), serving(&house));
        let thread = std::thread::spawn(move || {
            System::new().block_on(async {
                let server = server::serve(served, listener, serving).unwrap();
                hand_over.send(server.handle()).unwrap();
                server.await.unwrap();
            });
        });
        let server = handed.recv().unwrap();
        let client = Client::builder().timeout(Duration::from_secs(60)).redirect(Policy::none());
        let client = client.no_proxy().tls_certs_only([]).build().unwrap();
        Self { house, address, client, server, thread: Some(thread), database: Some(database) }
    }

    /// The ground of the server: its clock, its seals.
    pub fn app(&self) -> &App {
        &self.house.app
    }

    /// All that the server's rooms share.
    pub fn house(&self) -> &House {
        &self.house
    }

    /// The ground, for a worker of the test's own.
    pub fn shared(&self) -> Arc<App> {
        self.house.ground()
    }

    /// Starts the background work beside the server.
    pub fn start_background(&self) -> Background {
        background::start(&self.house)
    }

    pub fn db(&self) -> &Db {
        &self.house.app.db
    }

    pub fn now(&self) -> Instant {
        self.house.app.clock.now()
    }

    pub fn advance(&self, seconds: i64) {
        self.house.app.clock.advance(seconds);
    }

    pub fn engine(&self) -> Engine {
        self.database.as_ref().unwrap().engine
    }

    pub fn database(&self) -> &Database {
        self.database.as_ref().unwrap()
    }

    /// The folder of what is not in the database.
    pub fn data(&self) -> &Path {
        self.database.as_ref().unwrap().data.path()
    }

    /// For what only a bare socket can say.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Stops the server and leaves the database.
    pub fn stop(mut self) -> Database {
        self.database.take().unwrap()
    }

    pub fn get(&self, who: &Persona, path: impl AsRef<str>) -> Call<'_> {
        self.call(Method::GET, path).by(who)
    }

    pub fn put(&self, who: &Persona, path: impl AsRef<str>, body: Value) -> Call<'_> {
        self.call(Method::PUT, path).by(who).json(&body)
    }

    pub fn post(&self, who: &Persona, path: impl AsRef<str>, body: Value) -> Call<'_> {
        self.call(Method::POST, path).by(who).json(&body)
    }

    pub fn delete(&self, who: &Persona, path: impl AsRef<str>) -> Call<'_> {
        self.call(Method::DELETE, path).by(who)
    }

    /// A request by nobody, with nothing in it.
    pub fn call(&self, method: Method, path: impl AsRef<str>) -> Call<'_> {
        let url = format!("http://{}{}", self.address, path.as_ref());
        let method = method.as_str().parse().unwrap(); // the server's and the client's are two types
        let request = Request::new(method, Url::parse(&url).unwrap());
        Call { client: self.client.clone(), request, app: PhantomData }
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        drop(self.server.stop(false)); // the command is on its way when stop returns
        if self.thread.take().is_some_and(|thread| thread.join().is_err()) && !std::thread::panicking() {
            panic!("the server panicked");
        }
    }
}

/// A request that is sent when it is awaited.
pub struct Call<'a> {
    client: Client,
    request: Request,
    /// The server outlives what is said to it.
    app: PhantomData<&'a TestApp>,
}

impl<'a> Call<'a> {
    pub fn by(self, who: &Persona) -> Self {
        match &who.token {
            Some(token) => self.header("authorization", &format!("Bearer {token}")),
            None => self,
        }
    }

    pub fn header(mut self, name: &str, value: &str) -> Self {
        let name: HeaderName = name.parse().unwrap();
        self.request.headers_mut().insert(name, HeaderValue::from_str(value).unwrap());
        self
    }

    pub fn if_match(self, tag: &str) -> Self {
        self.header("if-match", tag)
    }

    pub fn json(self, body: &Value) -> Self {
        self.body("application/json", body.to_string())
    }

    pub fn body(mut self, media_type: &str, body: impl Into<Bytes>) -> Self {
        *self.request.body_mut() = Some(body.into().into());
        self.header("content-type", media_type)
    }

    async fn send(self) -> Answer {
        let request = format!("{} {}", self.request.method(), self.request.url());
        let answer = self.client.execute(self.request).await.unwrap_or_else(|e| panic!("{request}: {e:?}"));
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        let bytes = answer.bytes().await.unwrap_or_else(|e| panic!("{request}: {e:?}"));
        Answer {
            status,
            headers,
            json: serde_json::from_slice(&bytes).unwrap_or(Value::Null),
            bytes,
            request,
        }
    }
}

impl<'a> IntoFuture for Call<'a> {
    type Output = Answer;
    type IntoFuture = Pin<Box<dyn Future<Output = Answer> + 'a>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}

/// What the server said. `json` is null where the body is none.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub json: Value,
    pub bytes: Bytes,
    request: String,
}

impl Answer {
    /// One that no server gave.
    pub fn made(status: u16, bytes: Bytes) -> Self {
        let json = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Self { status, headers: HeaderMap::new(), json, bytes, request: String::new() }
    }

    /// Holds the answer to this status, and shows what else it is.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert!(self.status == status, "wanted {status}, but {self}");
        self
    }

    /// Holds the answer to be this problem of the catalogue.
    #[track_caller]
    pub fn expect_problem(self, status: u16, code: &str) -> Self {
        assert!(self.status == status && self.code() == code, "wanted {status} {code}, but {self}");
        assert_eq!(self.header("content-type"), "application/problem+json", "{self}");
        self
    }

    /// Holds the answer to say that what stands at this pointer is not acceptable.
    #[track_caller]
    pub fn expect_invalid(self, pointer: &str) -> Self {
        let this = self.expect_problem(422, "invalid");
        let errors = this.json["errors"].as_array().cloned().unwrap_or_default();
        assert!(errors.iter().any(|error| error["pointer"] == pointer), "wanted {pointer}, but {this}");
        this
    }

    /// The code of the problem, in whichever form; empty where it is none.
    pub fn code(&self) -> &str {
        let code = self.json.get("code").unwrap_or(&self.json["error"]["code"]);
        code.as_str().unwrap_or_default()
    }

    /// The header's value; empty where it is missing.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    pub fn etag(&self) -> &str {
        self.header("etag")
    }

    /// The text that stands at this pointer.
    #[track_caller]
    pub fn text(&self, pointer: &str) -> String {
        let text = self.json.pointer(pointer).and_then(Value::as_str);
        text.unwrap_or_else(|| panic!("no text at {pointer} in {self}")).to_owned()
    }
}

impl std::fmt::Display for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let body: String = String::from_utf8_lossy(&self.bytes).chars().take(1_000).collect();
        write!(f, "{} gave {} {body}", self.request, self.status)
    }
}
