//! Servers under load: processes of their own, so that what they alone use can be told, and so that one can be killed.

use std::{
    fs::{self, File, OpenOptions},
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    time::{Duration, Instant},
};

use incognito::db::DatabaseUrl;

use super::{
    load::Connection,
    machine::{self, Usage},
};

/// A server that is not ready after so long never will be.
const DEADLINE: Duration = Duration::from_secs(30);

/// What a server is started with.
#[derive(Clone)]
pub(crate) struct Settings {
    /// The program: the shipped binary, or this one.
    pub(crate) program: PathBuf,
    /// The words after the program's name.
    pub(crate) command: &'static [&'static str],
    /// Its folder.
    pub(crate) data: PathBuf,
    /// Its database.
    pub(crate) database: DatabaseUrl,
    /// How many threads answer requests.
    pub(crate) workers: usize,
    /// How many database connections it has for each of reading and writing.
    pub(crate) connections: u32,
    /// What it logs.
    pub(crate) log: Log,
    /// What else stands in its environment.
    pub(crate) environment: Vec<(&'static str, String)>,
}

/// What a server logs, and where to.
#[derive(Clone)]
pub(crate) enum Log {
    /// Nothing. What it says of panics is shown.
    Off,
    /// As much as by itself, into this file.
    AsShipped(PathBuf),
}

/// A server; it ends when this is dropped.
pub(crate) struct Server {
    process: Child,
    /// Where it answers.
    pub(crate) address: SocketAddr,
    /// How long it took until it was ready.
    pub(crate) ready_after: Duration,
    /// What it had used by then.
    pub(crate) at_rest: Option<Usage>,
}

impl Server {
    /// Starts a server and waits until it is ready.
    ///
    /// # Errors
    /// In one line, why there is none.
    pub(crate) async fn start(settings: &Settings) -> Result<Self, String> {
        let (address, start) = (free_address()?, Instant::now());
        let process = command(settings, address)?.spawn();
        let process = process.map_err(|error| format!("cannot start a server: {error}"))?;
        let mut this = Self { process, address, ready_after: Duration::ZERO, at_rest: None };
        while !is_ready(address).await {
            if let Ok(Some(status)) = this.process.try_wait() {
                let why = format!("the server ended before it was ready: {status}");
                return Err(settings.log.explain(why));
            }
            if start.elapsed() > DEADLINE {
                let why = format!("the server is not ready after {} s", DEADLINE.as_secs());
                return Err(settings.log.explain(why));
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        this.ready_after = start.elapsed();
        this.at_rest = this.usage();
        Ok(this)
    }

    /// Ends it as a power cut would, as far as a process can be: with SIGKILL, wherever it is.
    pub(crate) fn kill(&mut self) {
        // One that has ended already needs no killing.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }

    /// Whether it has not ended by itself.
    pub(crate) fn is_running(&mut self) -> bool {
        matches!(self.process.try_wait(), Ok(None))
    }

    /// The id of its process.
    pub(crate) fn id(&self) -> u32 {
        self.process.id()
    }

    /// What it has used so far.
    pub(crate) fn usage(&self) -> Option<Usage> {
        machine::usage(self.id())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

impl Log {
    fn set(&self, command: &mut Command) -> Result<(), String> {
        match self {
            Self::Off => drop(command.env("INCOGNITO_LOG_LEVEL", "off")),
            Self::AsShipped(file) => {
                let file =
                    appended(file).map_err(|error| format!("cannot write {}: {error}", file.display()))?;
                command.env_remove("INCOGNITO_LOG").env_remove("INCOGNITO_LOG_LEVEL").stderr(file);
            }
        }
        Ok(())
    }

    /// Adds what the server said last, where that is in a file: it is gone with the run.
    fn explain(&self, why: String) -> String {
        let Self::AsShipped(file) = self else { return why };
        let log = fs::read_to_string(file).unwrap_or_default();
        log.lines().next_back().map_or(why.clone(), |last| format!("{why}; it said: {last}"))
    }
}

fn appended(file: &Path) -> std::io::Result<File> {
    OpenOptions::new().create(true).append(true).open(file)
}

/// Runs the program once with these words, on the data of a server that has ended; gives what it said.
///
/// # Errors
/// If it cannot be started.
pub(crate) fn run(settings: &Settings, words: &'static [&'static str]) -> Result<Output, String> {
    let settings = Settings { command: words, ..settings.clone() };
    let mut command = command(&settings, ([127, 0, 0, 1], 0).into())?;
    let ran = command.stdout(Stdio::piped()).stderr(Stdio::piped()).output();
    ran.map_err(|error| format!("cannot start {}: {error}", settings.program.display()))
}

/// The settings go through the environment: a database's URL may hold a password, which a command line would show.
fn command(settings: &Settings, address: SocketAddr) -> Result<Command, String> {
    let database = match &settings.database {
        DatabaseUrl::Sqlite(path) => format!("sqlite://{}", path.display()),
        DatabaseUrl::Postgres(url) => url.clone(),
    };
    let mut command = Command::new(&settings.program);
    command
        .args(settings.command)
        .env_remove("INCOGNITO_CONFIG")
        .env_remove("INCOGNITO_BLOBS_URL")
        .env("INCOGNITO_DATA", &settings.data)
        .env("INCOGNITO_DATABASE_URL", database)
        .env("INCOGNITO_LISTEN", address.to_string())
        .env("INCOGNITO_WORKERS", settings.workers.to_string())
        .env("INCOGNITO_CONNECTIONS", settings.connections.to_string())
        .stdin(Stdio::null())
        .stdout(Stdio::null());
    settings.log.set(&mut command)?;
    command.envs(settings.environment.iter().map(|(name, value)| (name, value)));
    Ok(command)
}

fn free_address() -> Result<SocketAddr, String> {
    TcpListener::bind(("127.0.0.1", 0))
        .and_then(|listener| listener.local_addr())
        .map_err(|error| format!("there is no free port: {error}"))
}

async fn is_ready(address: SocketAddr) -> bool {
    let Ok(mut connection) = Connection::open(address).await else { return false };
    let answer = connection.exchange(b"GET /readyz HTTP/1.1\r\nhost: bench\r\n\r\n").await;
    answer.is_ok_and(|answer| answer.is_good())
}
