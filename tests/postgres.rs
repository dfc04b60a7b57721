//! A PostgreSQL server of the tests' own: made when the first test asks for one, gone when this process is,
//! however it ends.
//!
//! `INCOGNITO_REQUIRE_POSTGRES=1` makes the absence of the server's programs a failure instead of a skip.

use std::{
    env,
    io::{self, Write},
    sync::{
        Mutex, OnceLock, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
};

use diesel::{Connection, PgConnection, connection::SimpleConnection};
use own_postgres::Durability;

/// A running server. It has no durability at all, and trusts whoever comes from this machine.
pub struct Cluster {
    server: own_postgres::Cluster,
    /// One connection for all CREATE and DROP, which also keeps copies of one template from meeting.
    admin: Mutex<PgConnection>,
    /// How many databases were made: it numbers them, for no other process sees this server.
    made: AtomicU32,
}

/// The server that all tests of this process share, or nothing where PostgreSQL is not installed.
pub fn cluster() -> Option<&'static Cluster> {
    static CLUSTER: OnceLock<Result<Cluster, String>> = OnceLock::new();
    let started = CLUSTER.get_or_init(|| {
        let started = Cluster::start();
        if let Err(why) = &started {
            // Not eprintln!, which a passing test swallows: a skip must be seen.
            writeln!(io::stderr(), "no tests on PostgreSQL: {why}").ok();
        }
        started
    });
    match started {
        Ok(cluster) => Some(cluster),
        Err(why) if env::var("INCOGNITO_REQUIRE_POSTGRES").is_ok_and(|value| value == "1") => {
            panic!("INCOGNITO_REQUIRE_POSTGRES=1, but {why}")
        }
        Err(_) => None,
    }
}

impl Cluster {
    /// Makes a database with a name of its own, as a copy of `template` (the URL of an earlier one) or empty,
    /// and returns its URL. Nobody may be connected to the template meanwhile.
    pub fn database(&self, template: Option<&str>) -> String {
        let name = format!("it_{}", self.made.fetch_add(1, Ordering::Relaxed));
        let template = template.map_or("template1", name_of);
        self.admin(&format!("CREATE DATABASE {name} TEMPLATE {template}"));
        self.server.url(&name)
    }

    /// Drops what [`Cluster::database`] made, whoever is still connected.
    pub fn drop_database(&self, url: &str) {
        self.admin(&format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", name_of(url)));
    }

    /// A server that nobody else uses, or nothing where PostgreSQL is not installed.
    pub fn of_its_own() -> Option<Self> {
        cluster()?;
        Some(Self::start().unwrap_or_else(|why| panic!("{why}")))
    }

    /// The URL of a new, empty database here, in which what was committed survives [`Cluster::kill`].
    pub fn durable_database(&self) -> String {
        format!("{}?options=-csynchronous_commit%3Don", self.database(None))
    }

    /// Ends the server with SIGKILL; it is started again.
    pub fn kill(&self) {
        self.server.kill().expect("its keeper is there");
    }

    /// A streaming replica of this server.
    pub fn standby(&self) -> Self {
        let server = self.server.standby(Durability::None).unwrap_or_else(|why| panic!("{why}"));
        Self::admitted(server).unwrap_or_else(|why| panic!("{why}"))
    }

    /// The URL here of the database that has this URL elsewhere.
    pub fn url_of(&self, url: &str) -> String {
        self.server.url(name_of(url))
    }

    /// Ends the server with SIGKILL, until [`Cluster::resume`].
    pub fn halt(&self) {
        self.server.halt().expect("its keeper is there");
    }

    /// Starts it again.
    pub fn resume(&self) {
        self.server.resume().expect("its keeper is there");
    }

    /// Has the server do this, on a connection of its own.
    pub fn run(&self, sql: &str) {
        let mut admin = PgConnection::establish(&self.server.url("postgres")).unwrap();
        admin.batch_execute(sql).unwrap_or_else(|e| panic!("{sql}: {e}"));
    }

    fn admin(&self, sql: &str) {
        let mut admin = self.admin.lock().unwrap_or_else(PoisonError::into_inner);
        admin.batch_execute(sql).unwrap_or_else(|e| panic!("{sql}: {e}"));
    }

    fn start() -> Result<Self, String> {
        Self::admitted(own_postgres::Cluster::start(Durability::None)?)
    }

    fn admitted(server: own_postgres::Cluster) -> Result<Self, String> {
        let admin = PgConnection::establish(&server.url("postgres"))
            .map_err(|e| format!("the server does not answer: {e}"))?;
        Ok(Self { server, admin: Mutex::new(admin), made: AtomicU32::new(1) })
    }
}

fn name_of(url: &str) -> &str {
    url.rsplit('/').next().unwrap_or(url)
}
