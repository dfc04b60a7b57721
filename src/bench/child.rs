//! Servers under load: processes of this same program, so that what they alone use can be told, and so that one can
//! be killed.

use std::{
    net::{SocketAddr, TcpListener},
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use super::{
    load::Connection,
    machine::{self, Usage},
};
use crate::db::DatabaseUrl;

/// A server that is not ready after so long never will be.
const DEADLINE: Duration = Duration::from_secs(30);

/// What a server is started with.
#[derive(Clone)]
pub(crate) struct Settings {
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
    /// What else stands in its environment.
    pub(crate) environment: Vec<(&'static str, String)>,
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
                return Err(format!("the server ended before it was ready: {status}"));
            }
            if start.elapsed() > DEADLINE {
                return Err(format!("the server is not ready after {} s", DEADLINE.as_secs()));
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

/// The settings go through the environment: a database's URL may hold a password, which a command line would show.
fn command(settings: &Settings, address: SocketAddr) -> Result<Command, String> {
    let program = std::env::current_exe().map_err(|error| format!("cannot find this program: {error}"))?;
    let database = match &settings.database {
        DatabaseUrl::Sqlite(path) => format!("sqlite://{}", path.display()),
        DatabaseUrl::Postgres(url) => url.clone(),
    };
    let mut command = Command::new(program);
    command
        .args(settings.command)
        .env_remove("INCOGNITO_CONFIG")
        .env_remove("INCOGNITO_BLOBS_URL")
        .env("INCOGNITO_DATA", &settings.data)
        .env("INCOGNITO_DATABASE_URL", database)
        .env("INCOGNITO_LISTEN", address.to_string())
        .env("INCOGNITO_WORKERS", settings.workers.to_string())
        .env("INCOGNITO_CONNECTIONS", settings.connections.to_string())
        .env("INCOGNITO_LOG_LEVEL", "off")
        .envs(settings.environment.iter().map(|(name, value)| (name, value)))
        .stdin(Stdio::null())
        .stdout(Stdio::null());
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
