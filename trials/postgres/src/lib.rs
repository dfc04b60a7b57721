//! A PostgreSQL server of one's own: made when somebody wants it, gone when this process is, however it ends. It needs
//! the server's programs (`initdb`, `postgres`) and nothing that already runs.
//!
//! `INCOGNITO_POSTGRES_BIN` names their folder where they are in an unusual place. The data is in a folder of its own
//! among the system's temporary files, because the user that the server runs as must get there.

use std::{
    env, fs,
    io::{self, BufRead, BufReader, Read, Write},
    iter,
    net::{Ipv4Addr, TcpListener},
    path::{Path, PathBuf},
    process::{ChildStdin, ChildStdout, Command, Stdio},
    sync::{Mutex, PoisonError},
    time::Duration,
};

/// What was acknowledged so long ago is not lost even with [`Durability::Late`].
pub const LATE: Duration = Duration::from_secs(6);

/// What of its commits a server still has after [`Cluster::kill`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// All that it acknowledged, as it should be.
    Full,
    /// Not the last of them: it acknowledges before it writes. A defect, to be planted.
    Late,
    /// As for [`Late`](Self::Late), and nothing is synced: for tests, which are quicker so.
    None,
}

impl Durability {
    fn settings(self) -> &'static [&'static str] {
        match self {
            Self::Full => &["fsync=on", "synchronous_commit=on", "full_page_writes=on"],
            Self::Late => &[
                "synchronous_commit=off",
                // So that nobody else writes them down soon either.
                "wal_writer_delay=5s",
                "wal_writer_flush_after=1GB",
                "wal_buffers=64MB",
            ],
            Self::None => &["fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off"],
        }
    }
}

/// A running server, which trusts whoever comes from this machine.
#[derive(Debug)]
pub struct Cluster {
    port: u16,
    keeper: Mutex<Keeper>,
}

/// How a server gets its data.
#[derive(Clone, Copy, Debug)]
enum Origin {
    /// It is new.
    New,
    /// It is a copy of the server at this port, and replays what that one writes.
    CopyOf(u16),
}

/// The pipes to and from the keeper.
#[derive(Debug)]
struct Keeper {
    /// It reads this, does to the server what each line says, and ends it at the pipe's end. The kernel closes it with
    /// this process.
    leash: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Cluster {
    /// Makes a server and starts it.
    ///
    /// # Errors
    /// Why there is none, for a person.
    pub fn start(durability: Durability) -> Result<Self, String> {
        Self::of(Origin::New, durability)
    }

    /// Makes a streaming replica of this server and starts it.
    ///
    /// # Errors
    /// Why there is none, for a person.
    pub fn standby(&self, durability: Durability) -> Result<Self, String> {
        Self::of(Origin::CopyOf(self.port), durability)
    }

    fn of(origin: Origin, durability: Durability) -> Result<Self, String> {
        let bin = programs()?;
        let user = unprivileged()?;
        let mut tries = 3; // another process may take the free port before the server does
        loop {
            let port = free_port().map_err(|error| format!("there is no free port: {error}"))?;
            match keep(&bin, &user, port, origin, durability) {
                Ok(keeper) => return Ok(Self { port, keeper: Mutex::new(keeper) }),
                Err(why) if tries > 1 && why.contains("Address already in use") => tries -= 1,
                Err(why) => return Err(format!("the server of {} does not start:\n{why}", bin.display())),
            }
        }
    }

    /// The URL of a database of this name; `postgres` is there, and empty.
    pub fn url(&self, database: &str) -> String {
        format!("postgres://postgres@127.0.0.1:{}/{database}", self.port)
    }

    /// Ends all processes of the server at once, with SIGKILL; the keeper starts it again within a second.
    ///
    /// # Errors
    /// If the keeper is gone.
    pub fn kill(&self) -> io::Result<()> {
        self.order("kill\n")
    }

    /// Ends it in the same way, until [`resume`](Self::resume).
    ///
    /// # Errors
    /// If the keeper is gone.
    pub fn halt(&self) -> io::Result<()> {
        self.order("halt\n")
    }

    /// Has the keeper start it again.
    ///
    /// # Errors
    /// If the keeper is gone.
    pub fn resume(&self) -> io::Result<()> {
        self.order("resume\n")
    }

    fn order(&self, order: &str) -> io::Result<()> {
        let mut keeper = self.keeper.lock().unwrap_or_else(PoisonError::into_inner);
        keeper.leash.write_all(order.as_bytes())?;
        let mut word = String::new();
        keeper.output.read_line(&mut word)?;
        if word == "done\n" { Ok(()) } else { Err(io::ErrorKind::BrokenPipe.into()) }
    }
}

fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

/// Makes, starts and outlives the server, kills it when it is told to, and starts it again when it was killed: a child
/// that a signal to this process cannot take along, so that it can still clean up. Arguments: the folder of the
/// programs, the port, the folder for temporary files, the port of the server to copy or 0, the server's own settings. It
/// says `ready` or, before it exits, why not.
const KEEPER: &str = r#"
umask 077
trap '' PIPE # when nobody listens any more, there is still the folder to remove
dir=$(mktemp -d "$3/incognito-postgres.XXXXXX" 2>&1) || { echo "$dir"; exit 1; }
trap 'rm -rf "$dir"' EXIT
make() { "$1/initdb" -D "$dir/data" -U postgres -A trust -E UTF8 --locale="$2" --no-sync >"$dir/log" 2>&1; }
copy() { "$1/pg_basebackup" -h 127.0.0.1 -p "$2" -U postgres -D "$dir/data" -R -X stream -c fast --no-sync >"$dir/log" 2>&1; }
if [ "$4" = 0 ]; then
  make "$1" C.UTF-8 || make "$1" C || { cat "$dir/log"; exit 1; } # not every system has C.UTF-8
else
  copy "$1" "$4" || { cat "$dir/log"; exit 1; }
fi

exec 3<&0 4>&1 # what runs in the background is cut from stdin, but not from 3
bin=$1 port=$2
shift 4
serve() {
  "$bin/postgres" -D "$dir/data" -h 127.0.0.1 -p "$port" -c unix_socket_directories= -c max_wal_size=4GB \
  -c max_connections=300 -c shared_buffers=32MB -c log_min_messages=log "$@" >>"$dir/log" 2>&1 3<&- 4>&- &
  echo $! >"$dir/server"
}
# The first process is stopped before the others are looked for, so that it makes no more of them meanwhile. Where
# there is no /proc, they end when they see that the first has.
strike() {
  first=$(cat "$dir/server")
  kill -STOP "$first"
  all=$first
  for stat in /proc/[0-9]*/stat; do
    read -r pid _ _ parent _ <"$stat" && [ "$parent" = "$first" ] && all="$all $pid"
  done
  kill -KILL $all
}
serve "$@"
server=$!
{
  while read -r order <&3; do
    case $order in
      kill) strike ;;
      halt) touch "$dir/halted"; strike ;;
      resume) rm -f "$dir/halted" ;;
    esac
    echo done >&4
  done
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
  [ -e "$dir/halted" ] && continue
  serve "$@"
  wait $!
done
"#;

/// Starts the keeper and waits for its word. The server runs for as long as what this returns is open.
fn keep(
    bin: &Path,
    user: &[String],
    port: u16,
    origin: Origin,
    durability: Durability,
) -> Result<Keeper, String> {
    let mut command = prefixed(user, &["sh", "-c", KEEPER, "keeper"]);
    command.arg(bin).arg(port.to_string()).arg(env::temp_dir());
    command.arg(match origin {
        Origin::New => "0".to_owned(),
        Origin::CopyOf(port) => port.to_string(),
    });
    command.args(durability.settings().iter().flat_map(|setting| ["-c", setting]));
    command.env("LC_ALL", "C").current_dir("/");
    #[cfg(unix)] // Ctrl-C is for this process alone
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut keeper = command.spawn().map_err(|error| error.to_string())?;
    let pipes = keeper.stdin.take().zip(keeper.stdout.take());
    let (leash, output) = pipes.ok_or("the keeper has no pipes")?;

    let (mut output, mut word) = (BufReader::new(output), String::new());
    output.read_line(&mut word).map_err(|error| error.to_string())?;
    if word == "ready\n" {
        return Ok(Keeper { leash, output });
    }
    output.read_to_string(&mut word).map_err(|error| error.to_string())?;
    keeper.wait().map_err(|error| error.to_string())?;
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
    let mut all = Command::new(words.next().unwrap_or("sh"));
    all.args(words);
    all
}

fn output(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
