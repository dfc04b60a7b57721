//! What the figures were measured on, and what a process has used. Linux tells most of it.

use std::{
    fmt,
    fs::{self, File},
    io::Write,
    path::Path,
    time::{Duration, Instant},
};

use serde::Serialize;

/// The machine, the system, and where the data was.
#[derive(Serialize)]
pub(crate) struct Machine {
    /// How many cores there are, for servers and load together.
    pub(crate) cores: usize,
    /// What they are.
    pub(crate) processor: String,
    /// The operating system.
    pub(crate) system: String,
    /// The file system of the data's folder.
    pub(crate) filesystem: String,
    /// How often a second 4 KiB can be appended there and synced.
    pub(crate) syncs: f64,
    /// The engine, with its version.
    pub(crate) database: String,
}

impl Machine {
    /// This one, with data in this folder and this database engine.
    pub(crate) fn this(folder: &Path, database: String) -> std::io::Result<Self> {
        Ok(Self {
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            processor: line_after("/proc/cpuinfo", "model name").unwrap_or_else(|| "unknown".to_owned()),
            system: system(),
            filesystem: filesystem(folder).unwrap_or_else(|| "unknown".to_owned()),
            syncs: syncs(folder)?,
            database,
        })
    }
}

impl fmt::Display for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { cores, processor, system, filesystem, syncs, database } = self;
        writeln!(f, "{cores} cores ({processor}), shared by the server and the load; {system}")?;
        write!(f, "{database}, on {filesystem}: {syncs:.0} appends of 4 KiB synced a second")
    }
}

fn system() -> String {
    let release = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let name = line_after("/etc/os-release", "PRETTY_NAME").unwrap_or_default();
    let parts = [std::env::consts::OS, release.trim(), std::env::consts::ARCH, name.trim_matches('"')];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

/// What stands behind the first `name:` or `name=` of a file.
fn line_after(path: &str, name: &str) -> Option<String> {
    let text = fs::read_to_string(path).ok()?;
    let line = text.lines().find(|line| line.starts_with(name))?;
    line.split_once([':', '=']).map(|(_, value)| value.trim().to_owned())
}

/// The type of the file system that is mounted nearest above.
fn filesystem(folder: &Path) -> Option<String> {
    let folder = folder.canonicalize().ok()?;
    let mounts = fs::read_to_string("/proc/self/mounts").ok()?;
    let fields = mounts.lines().map(|line| line.split(' ').collect::<Vec<_>>());
    let above = fields.filter(|mount| mount.get(1).is_some_and(|at| folder.starts_with(at)));
    above.max_by_key(|mount| mount.get(1).map_or(0, |at| at.len()))?.get(2).map(|&kind| kind.to_owned())
}

/// How often a second 4 KiB can be appended and synced.
fn syncs(folder: &Path) -> std::io::Result<f64> {
    const FOR: Duration = Duration::from_secs(1);
    let path = folder.join("syncs");
    let mut file = File::create(&path)?;
    let (start, mut count) = (Instant::now(), 0_u32);
    while start.elapsed() < FOR {
        file.write_all(&[0x5a; 4096])?;
        file.sync_data()?;
        count += 1;
    }
    let rate = f64::from(count) / start.elapsed().as_secs_f64();
    fs::remove_file(&path)?;
    Ok(rate)
}

/// What a process has used so far.
#[derive(Clone, Copy)]
pub(crate) struct Usage {
    /// Time of all cores, its own and the system's for it.
    pub(crate) cpu: Duration,
    /// The most memory that was resident at a time, in MiB.
    pub(crate) most_memory: f64,
    /// What is resident now, in MiB.
    pub(crate) memory: f64,
}

/// What this process has used; nothing where the system does not tell.
pub(crate) fn usage(process: u32) -> Option<Usage> {
    /// Linux counts for programs in hundredths of a second, whatever the kernel counts in.
    const TICK: Duration = Duration::from_millis(10);
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The name before may have spaces and brackets in it; user and system time are the 14th and 15th field.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = |at: usize| fields.get(at)?.parse::<u32>().ok();
    let memory = |name| {
        let value = line_after(&format!("/proc/{process}/status"), name)?;
        value.split_whitespace().next()?.parse::<f64>().ok().map(|kib| kib / 1024.0)
    };
    Some(Usage {
        cpu: TICK * (ticks(11)? + ticks(12)?),
        most_memory: memory("VmHWM")?,
        memory: memory("VmRSS")?,
    })
}
