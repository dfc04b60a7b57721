//! A PostgreSQL server of the tests' own: made when the first test asks for one, gone when this process is,
//! however it ends. It needs the server's programs (`initdb`, `postgres`) and nothing that already runs.
//!
//! `INCOGNITO_POSTGRES_BIN` names their folder where they are in an unusual place;
//! `INCOGNITO_REQUIRE_POSTGRES=1` makes their absence a failure instead of a skip.

#![allow(clippy::expect_used, clippy::panic)] // what fails here fails the test, and should say so

use std::env;
use std::fs;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::iter;
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection, RunQueryDsl};

/// A running server. It has no durability at all, and trusts whoever comes from this machine.
pub struct Cluster {
    port: u16,
    /// One connection for all CREATE and DROP, which also keeps copies of one template from meeting.
    admin: Mutex<PgConnection>,
    /// How many databases were made: it numbers them, for no other process sees this server.
    made: AtomicU32,
    /// The keeper reads this pipe and ends the server at its end. The kernel closes it with this process.
    _leash: ChildStdin,
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
        url(self.port, &name)
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

    /// Ends the server with SIGKILL; the keeper starts it again.
    pub fn kill(&self, data: &Path) {
        let pid = fs::read_to_string(data.join("postmaster.pid"))
            .expect("a running server has a file that says so");
        let pid = pid.lines().next().unwrap_or_default();
        assert!(Command::new("kill").args(["-KILL", pid]).status().is_ok_and(|status| status.success()));
    }

    /// The folder of the server's data.
    pub fn data(&self) -> PathBuf {
        #[derive(diesel::QueryableByName)]
        struct Row {
            #[diesel(sql_type = diesel::sql_types::Text)]
            data_directory: String,
        }
        let mut admin = self.admin.lock().unwrap_or_else(PoisonError::into_inner);
        let row: Row = diesel::sql_query("SHOW data_directory").get_result(&mut *admin).expect("it knows");
        row.data_directory.into()
    }

    fn admin(&self, sql: &str) {
        let mut admin = self.admin.lock().unwrap_or_else(PoisonError::into_inner);
        admin.batch_execute(sql).unwrap_or_else(|e| panic!("{sql}: {e}"));
    }

    fn start() -> Result<Self, String> {
        let bin = programs()?;
        let user = unprivileged()?;
        let mut tries = 3; // another process may take the free port before the server does
        let (port, leash) = loop {
            let port = free_port().map_err(|e| format!("there is no free port: {e}"))?;
            match keep(&bin, &user, port) {
                Ok(leash) => break (port, leash),
                Err(why) if tries > 1 && why.contains("Address already in use") => tries -= 1,
                Err(why) => {
                    return Err(format!("the server of {} does not start:\n{why}", bin.display()));
                }
            }
        };
        let admin = PgConnection::establish(&url(port, "postgres"))
            .map_err(|e| format!("the server does not answer: {e}"))?;
        Ok(Self { port, admin: Mutex::new(admin), made: AtomicU32::new(1), _leash: leash })
    }
}

fn url(port: u16, database: &str) -> String {
    format!("postgres://postgres@127.0.0.1:{port}/{database}")
}

fn name_of(url: &str) -> &str {
    url.rsplit('/').next().unwrap_or(url)
}

fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

/// Makes, starts and outlives the server, and starts it again when it was killed: a child that a signal to this process cannot take along, so that it can
/// still clean up. Arguments: the folder of the programs, the port, the folder for temporary files. It says `ready`
/// or, before it exits, why not.
const KEEPER: &str = r#"
umask 077
trap '' PIPE # when nobody listens any more, there is still the folder to remove
dir=$(mktemp -d "$3/incognito-postgres.XXXXXX" 2>&1) || { echo "$dir"; exit 1; }
trap 'rm -rf "$dir"' EXIT
make() { "$1/initdb" -D "$dir/data" -U postgres -A trust -E UTF8 --locale="$2" --no-sync >"$dir/log" 2>&1; }
make "$1" C.UTF-8 || make "$1" C || { cat "$dir/log"; exit 1; } # not every system has C.UTF-8

exec 3<&0 # what runs in the background is cut from stdin, but not from 3
serve() {
  "$1/postgres" -D "$dir/data" -h 127.0.0.1 -p "$2" -c unix_socket_directories= \
  -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c autovacuum=off -c max_wal_size=4GB \
  -c max_connections=300 -c shared_buffers=32MB -c log_min_messages=log >>"$dir/log" 2>&1 3<&- &
  echo $! >"$dir/server"
}
serve "$1" "$2"
server=$!
{
  cat <&3
  touch "$dir/over"
  while kill -QUIT "$(cat "$dir/server")"; do sleep 0.1; done # a server that young ignores the first
} >/dev/null 2>&1 &
until grep -q '^ready' "$dir/data/postmaster.pid" 2>/dev/null; do
  kill -0 $server 2>/dev/null || { kill $!; cat "$dir/log"; exit 1; }
  sleep 0.05
done
echo ready
wait $server
until [ -e "$dir/over" ]; do # it was killed
  sleep 0.2
  serve "$1" "$2"
  wait $!
done
"#;

/// Starts the keeper and waits for its word. The server runs for as long as what this returns is open.
fn keep(bin: &Path, user: &[String], port: u16) -> Result<ChildStdin, String> {
    let port = port.to_string();
    let mut command = prefixed(user, &["sh", "-c", KEEPER, "keeper"]);
    command.arg(bin).arg(port).arg(env::temp_dir());
    command.env("LC_ALL", "C").current_dir("/").process_group(0); // Ctrl-C is for the tests alone
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut keeper = command.spawn().map_err(|e| e.to_string())?;
    let leash = keeper.stdin.take().expect("stdin is piped");
    let mut said = BufReader::new(keeper.stdout.take().expect("stdout is piped"));

    let mut word = String::new();
    said.read_line(&mut word).map_err(|e| e.to_string())?;
    if word == "ready\n" {
        return Ok(leash);
    }
    said.read_to_string(&mut word).map_err(|e| e.to_string())?;
    keeper.wait().map_err(|e| e.to_string())?;
    Err(word)
}

/// The folder of `initdb` and `postgres`; Debian and others keep it out of PATH.
fn programs() -> Result<PathBuf, String> {
    let complete = |bin: &PathBuf| bin.join("initdb").is_file() && bin.join("postgres").is_file();
    if let Some(bin) = env::var_os("INCOGNITO_POSTGRES_BIN").map(PathBuf::from) {
        let missing = format!("INCOGNITO_POSTGRES_BIN={} has no initdb and postgres", bin.display());
        return Some(bin).filter(complete).ok_or(missing);
    }
    let path = env::var_os("PATH").unwrap_or_default();
    let on_path = env::split_paths(&path)
        .filter_map(|dir| Some(dir.join("postgres").canonicalize().ok()?.parent()?.to_owned()));
    on_path
        .chain(newest("/usr/lib/postgresql", ""))
        .chain(newest("/usr", "pgsql-"))
        .chain(iter::once(PathBuf::from("/usr/local/pgsql/bin")))
        .chain(newest("/opt/homebrew/opt", "postgresql"))
        .chain(newest("/usr/local/opt", "postgresql"))
        .find(complete)
        .ok_or_else(|| {
            "the server's programs are not installed (Debian: apt-get install postgresql)".to_owned()
        })
}

/// The `bin` folders of the versions installed side by side in `parent`, newest first.
fn newest(parent: &str, prefix: &str) -> impl Iterator<Item = PathBuf> {
    let entries = fs::read_dir(parent).into_iter().flatten().flatten();
    let mut versions: Vec<(u32, PathBuf)> = entries
        .filter_map(|entry| {
            let name = entry.file_name();
            let version = name.to_str()?.strip_prefix(prefix)?.trim_start_matches('@');
            Some((version.parse().unwrap_or(0), entry.path().join("bin")))
        })
        .collect();
    versions.sort_by(|a, b| b.cmp(a));
    versions.into_iter().map(|(_, bin)| bin)
}

/// What to put before a command so that it does not run as root, for which `initdb` refuses to work. Nothing for
/// anyone else. The first way that works here is taken: some systems have a program by that name that can do less.
fn unprivileged() -> Result<Vec<String>, String> {
    let id = |args: &[&str]| output(Command::new("id").args(args));
    if id(&["-u"]).is_none_or(|uid| uid != "0") {
        return Ok(Vec::new());
    }
    let known = |user: &&str| id(&["-u", *user]).is_some();
    let user = ["postgres", "nobody"].into_iter().find(known).unwrap_or("nobody");
    let uid = format!("--reuid={}", id(&["-u", user]).unwrap_or_default());
    let gid = format!("--regid={}", id(&["-g", user]).unwrap_or_default());
    let ways: [&[&str]; 3] = [
        &["setpriv", &uid, &gid, "--clear-groups"],
        &["runuser", "-u", user, "--"],
        &["su", "-s", "/bin/sh", "-c", r#"exec "$0" "$@""#, "--", user],
    ];
    let ways = ways.map(|way| way.iter().map(|&word| word.to_owned()).collect::<Vec<_>>());
    let works = |way: &Vec<String>| output(&mut prefixed(way, &["id", "-u"])).is_some_and(|uid| uid != "0");
    ways.into_iter()
        .find(works)
        .ok_or_else(|| format!("root cannot run the server, and cannot become {user} here"))
}

fn prefixed(prefix: &[String], command: &[&str]) -> Command {
    let mut words = prefix.iter().map(String::as_str).chain(command.iter().copied());
    let mut all = Command::new(words.next().expect("a command has a word"));
    all.args(words);
    all
}

fn output(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
