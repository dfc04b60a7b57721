//! The disk under a server: what stands between the two (`shim.c`) is compiled here and told what to do. It keeps
//! what would outlast a power cut, lets calls fail, and lets the disk fill up. Linux only.

use std::{
    collections::HashMap,
    fs::{self, File, OpenOptions},
    io::{self, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use incognito::db::{DatabaseUrl, Db};

use crate::bench::{
    child::{Server, Settings},
    ground::Ground,
};

const SHIM: &str = include_str!("shim.c");
/// How many bytes the trial and the shim share.
const CONTROL: usize = 4096;
/// Where the name of what failed last stands in them.
const TEXT: u64 = 512;

/// `EIO` and `ENOSPC`: what a call fails with.
pub(super) const ERRORS: [(u64, &str); 2] = [(5, "EIO"), (28, "ENOSPC")];

/// A number that the trial and the shim share: its place is its number in `shim.c`.
#[derive(Clone, Copy, Debug)]
pub(super) enum Number {
    /// Which syncs are answered without being done: 1 those of the database, 2 of other files, 4 of folders.
    Lie = 0,
    /// Whether chance keeps some of what was not synced; otherwise nothing of it is.
    Keep = 1,
    /// What chance begins with, for a server that starts.
    Seed = 2,
    /// The call that fails, counted from here on; 0 for none.
    FailIn = 3,
    /// What it fails with.
    FailWith = 4,
    /// Whether what fails is said to have been done.
    Swallow = 5,
    /// Whether there is an end to the space.
    Limited = 6,
    /// How many bytes there is space for.
    Space = 7,
    /// How many calls there were.
    Calls = 8,
    /// How many of them failed.
    Fired = 9,
    /// How many calls found no space.
    Refused = 10,
    /// How many files were made past the shim.
    Missed = 11,
    /// How many calls wrote, synced a file, synced a folder, and opened.
    Writes = 16,
    Syncs = 17,
    FolderSyncs = 18,
    Opens = 19,
}

/// A folder that a server has everything in, its shadow, and what the two are steered by.
pub(super) struct Disk {
    folder: PathBuf,
    settings: Settings,
}

impl Disk {
    /// Makes an empty one on this ground.
    ///
    /// # Errors
    /// In one line: not on Linux, no C compiler, no SQLite.
    pub(super) fn new(ground: &Ground) -> Result<Self, String> {
        if !cfg!(target_os = "linux") {
            return Err("this trial cannot run here: it needs Linux, for LD_PRELOAD".to_owned());
        }
        let mut settings = ground.product();
        if matches!(settings.database, DatabaseUrl::Postgres(_)) {
            return Err("this trial cannot run with PostgreSQL: it breaks the disk under SQLite".to_owned());
        }
        let folder = ground.folder().canonicalize().map_err(failed("its folder"))?.join("broken");
        let (root, shadow, control) = (folder.join("disk"), folder.join("shadow"), folder.join("control"));
        fs::create_dir_all(root.join("data")).map_err(failed("its folder"))?;
        fs::write(&control, [0; CONTROL]).map_err(failed("its control"))?;
        let library = compile(&folder)?;
        // The database has a folder of its own, so that what SQLite syncs covers nothing else.
        settings.data = root.join("data");
        settings.database = DatabaseUrl::Sqlite(root.join("database").join("incognito.db"));
        let log = folder.join("log");
        settings.environment = [
            ("LD_PRELOAD", &library),
            ("PHONE_SIM_ROOT", &root),
            ("PHONE_SIM_SHADOW", &shadow),
            ("PHONE_SIM_CONTROL", &control),
            ("PHONE_SIM_LOG", &log),
        ]
        .map(|(name, value)| (name, value.display().to_string()))
        .into_iter()
        .chain([("INCOGNITO_LOG_LEVEL", "warn".to_owned())])
        .collect();
        Ok(Self { folder, settings })
    }

    /// Everything is taken away, for a new beginning.
    pub(super) fn clear(&self) -> Result<(), String> {
        fs::remove_dir_all(self.root()).map_err(failed("its folder"))?;
        fs::create_dir_all(self.settings.data.as_path()).map_err(failed("its folder"))
    }

    /// The files beside the database are taken away.
    pub(super) fn forget_files(&self) -> Result<(), String> {
        let data = self.settings.data.as_path();
        fs::remove_dir_all(data).and_then(|()| fs::create_dir(data)).map_err(failed("its folder"))
    }

    fn root(&self) -> PathBuf {
        self.folder.join("disk")
    }

    /// Where phones may keep what is theirs.
    pub(super) fn beside(&self) -> &Path {
        &self.folder
    }

    /// Where blobs are.
    pub(super) fn blobs(&self) -> PathBuf {
        self.settings.data.join("blobs")
    }

    /// Starts a server on an ordinary disk, to prepare it.
    pub(super) async fn start_plainly(&self) -> Result<Server, String> {
        Server::start(&Settings { environment: Vec::new(), ..self.settings.clone() }).await
    }

    /// Starts a server on this disk. What is there now counts as synced.
    pub(super) async fn start(&self) -> Result<Server, String> {
        let shadow = self.folder.join("shadow");
        if shadow.exists() {
            fs::remove_dir_all(&shadow).map_err(failed("its shadow"))?;
        }
        fs::create_dir(&shadow).map_err(failed("its shadow"))?;
        Server::start(&self.settings).await
    }

    /// Connects to the database, while no server runs on this disk: what is written so, the shim does not see.
    pub(super) fn open(&self) -> Result<Db, String> {
        Db::connect(&self.settings.database, 1)
    }

    /// Waits until what was connected to the database has gone: the last one takes the journal away.
    ///
    /// # Errors
    /// If it does not go.
    pub(super) async fn wait_until_closed(&self) -> Result<(), String> {
        let journal = self.root().join("database").join("incognito.db-wal");
        for _ in 0..1_000 {
            if !journal.exists() {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        Err("the trial's own connection to the database does not end".to_owned())
    }

    /// Power comes back: of all there was, what is in the shadow. The server is dead already.
    pub(super) fn cut(&self) -> Result<(), String> {
        let root = self.root();
        fs::remove_dir_all(&root)
            .and_then(|()| lay_out(&self.folder.join("shadow/0"), &root, &mut HashMap::new()))
            .map_err(failed("what is left"))
    }

    /// Tells a number.
    pub(super) fn set(&self, number: Number, value: u64) -> Result<(), String> {
        let control = OpenOptions::new().write(true).open(self.folder.join("control"));
        let place = SeekFrom::Start(8 * number as u64);
        let written = control.and_then(|mut control| {
            control.seek(place)?;
            control.write_all(&value.to_ne_bytes())
        });
        written.map_err(failed("its control"))
    }

    /// Hears one.
    pub(super) fn get(&self, number: Number) -> Result<u64, String> {
        let mut bytes = [0; 8];
        self.read(8 * number as u64, &mut bytes)?;
        Ok(u64::from_ne_bytes(bytes))
    }

    /// What failed last: "fsync incognito.db-wal".
    pub(super) fn failed_last(&self) -> Result<String, String> {
        let mut text = [0; 128];
        self.read(TEXT, &mut text)?;
        let text = text.split(|&byte| byte == 0).next().unwrap_or_default();
        Ok(String::from_utf8_lossy(text).into_owned())
    }

    fn read(&self, at: u64, bytes: &mut [u8]) -> Result<(), String> {
        let read = File::open(self.folder.join("control")).and_then(|mut control| {
            control.seek(SeekFrom::Start(at))?;
            control.read_exact(bytes)
        });
        read.map_err(failed("its control"))
    }

    /// A shim that saw nothing would let everything hold; so would one that something goes past.
    ///
    /// # Errors
    /// If it has not seen a server at work, or has missed something.
    pub(super) fn has_seen_it_all(&self) -> Result<(), String> {
        for number in [Number::Writes, Number::Syncs, Number::FolderSyncs, Number::Opens] {
            if self.get(number)? == 0 {
                return Err(format!("the shim saw nothing: 0 {number:?}"));
            }
        }
        match self.get(Number::Missed)? {
            0 => Ok(()),
            missed => Err(format!("{missed} files were made by calls that the shim does not know")),
        }
    }

    /// What servers said of panics.
    pub(super) fn panics(&self) -> Vec<String> {
        let log = fs::read(self.folder.join("log")).unwrap_or_default();
        let log = String::from_utf8_lossy(&log);
        log.lines().filter(|line| line.contains("panicked at")).map(str::to_owned).collect()
    }

    /// The last lines that servers logged.
    pub(super) fn last_words(&self) -> Vec<String> {
        let log = fs::read(self.folder.join("log")).unwrap_or_default();
        let log = String::from_utf8_lossy(&log);
        let lines: Vec<_> = log.lines().rev().take(3).map(str::to_owned).collect();
        lines.into_iter().rev().collect()
    }
}

fn compile(folder: &Path) -> Result<PathBuf, String> {
    let (source, library) = (folder.join("shim.c"), folder.join("shim.so"));
    fs::write(&source, SHIM).map_err(failed("its shim"))?;
    let mut compiler = Command::new("cc");
    compiler.args(["-std=gnu11", "-O1", "-shared", "-fPIC", "-pthread", "-o"]).arg(&library).arg(&source);
    let done = compiler.output().map_err(|error| format!("this trial needs a C compiler, cc: {error}"))?;
    match done.status.success() {
        true => Ok(library),
        false => Err(format!("cc cannot compile the shim: {}", String::from_utf8_lossy(&done.stderr))),
    }
}

/// Puts files where a folder of the shadow has their names. A file with several names gets all of them.
fn lay_out(names: &Path, folder: &Path, done: &mut HashMap<PathBuf, PathBuf>) -> io::Result<()> {
    fs::create_dir(folder)?;
    for entry in fs::read_dir(names)? {
        let (object, place) = (fs::canonicalize(entry_path(&entry)?)?, folder.join(entry?.file_name()));
        if object.is_dir() {
            lay_out(&object, &place, done)?;
        } else if let Some(first) = done.get(&object) {
            fs::hard_link(first, place)?;
        } else {
            fs::copy(&object, &place)?;
            done.insert(object, place);
        }
    }
    Ok(())
}

fn entry_path(entry: &io::Result<fs::DirEntry>) -> io::Result<PathBuf> {
    entry.as_ref().map(fs::DirEntry::path).map_err(|error| io::Error::other(error.to_string()))
}

fn failed(what: &'static str) -> impl Fn(io::Error) -> String {
    move |error| format!("the trial's disk: {what}: {error}")
}
