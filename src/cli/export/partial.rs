//! A file that is not whole yet: what it has, and how to go on if it is cut off.
//!
//! The bytes are in `FILE.part`. How far it is stands in `FILE.part.json`, which is written when those bytes are on the disk; what comes after
//! them is cut off when it is gone on with. So no row comes twice and none is left out, at whichever moment the program ends.

use std::{
    ffi::OsString,
    fs::{self, File, OpenOptions, TryLockError},
    io::{ErrorKind, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    cli::Outcome,
    durable,
    exports::model::ExportKind,
    http::sheet::{Format, Heads},
    ids::AuditId,
    server::exports::{Reader, WantedExport},
};

/// What is written, and how far it is.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct PartialState {
    what: String,
    format: String,
    query: String,
    language: String,
    header: Heads,
    reader: Reader,
    /// What its row in the audit is of.
    pub(super) audit: AuditId,
    /// So many bytes are good.
    pub(super) bytes: u64,
    /// So many things are in them.
    pub(super) things: u64,
    /// The key of the last of these things.
    pub(super) after: Option<Value>,
}

impl PartialState {
    /// An export that begins.
    pub(super) fn new(
        what: ExportKind,
        (format, language, header): (Format, &str, Heads),
        wanted: &WantedExport,
        audit: AuditId,
    ) -> Self {
        Self {
            what: what.to_string(),
            format: format.suffix().to_owned(),
            query: wanted.query.clone(),
            language: language.to_owned(),
            header,
            reader: wanted.reader,
            audit,
            bytes: 0,
            things: 0,
            after: None,
        }
    }

    /// Whether it is the same export as another one.
    fn is_of(&self, other: &Self) -> bool {
        let what = |one: &Self| {
            let Self { what, format, query, language, header, .. } = one.clone();
            (what, format, query, language, header)
        };
        what(self) == what(other) && self.reader == other.reader
    }
}

/// A file that is being written.
pub(super) struct Partial {
    out: PathBuf,
    file: File,
    state: PartialState,
}

impl Partial {
    /// Opens it: where the same export was cut off, if that is wished for and there is such a one, or else at the beginning.
    pub(super) fn open(out: &Path, begun: PartialState, goes_on: bool) -> Outcome<Self> {
        let path = beside(out, ".part");
        let failed = failed(&path);
        let file = OpenOptions::new().create(true).truncate(false).read(true).write(true).open(&path);
        let mut file = file.map_err(&failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(format!("another export is writing {}", path.display()).into());
            }
            Err(TryLockError::Error(error)) => return Err(failed(error).into()),
        }
        let kept = if goes_on { kept(out)? } else { None };
        let state = match kept {
            Some(kept) if !kept.is_of(&begun) => {
                let other =
                    format!("{} is of another export: without --resume it begins anew", path.display());
                return Err(other.into());
            }
            Some(kept) if file.metadata().map_err(&failed)?.len() < kept.bytes => {
                return Err(
                    format!("{} has lost its end: without --resume it begins anew", path.display()).into()
                );
            }
            Some(kept) => kept,
            None => {
                remove(&beside(out, ".part.json"))?;
                begun
            }
        };
        file.set_len(state.bytes).map_err(&failed)?;
        file.seek(SeekFrom::End(0)).map_err(&failed)?;
        Ok(Self { out: out.to_owned(), file, state })
    }

    /// What it has.
    pub(super) const fn state(&self) -> &PartialState {
        &self.state
    }

    /// The file itself, for what is no row.
    pub(super) const fn file(&mut self) -> &mut File {
        &mut self.file
    }

    /// Adds the bytes of so many things, the last of which has this key if others follow.
    pub(super) fn add(&mut self, bytes: &[u8], things: u64, next: Option<Value>) -> Outcome {
        self.file.write_all(bytes).map_err(failed(&self.out))?;
        self.state.bytes += bytes.len() as u64;
        self.state.things += things;
        self.state.after = next;
        Ok(())
    }

    /// Makes sure that what it has outlasts a power cut, and can be gone on with.
    pub(super) fn keep(&mut self) -> Outcome {
        self.file.sync_data().map_err(failed(&self.out))?;
        let (path, new) = (beside(&self.out, ".part.json"), beside(&self.out, ".part.json.new"));
        let written = || {
            let mut file = File::create(&new)?;
            file.write_all(&serde_json::to_vec(&self.state)?)?;
            file.sync_all()?;
            fs::rename(&new, &path)?;
            durable::sync(path.parent().unwrap_or(Path::new("")))
        };
        Ok(written().map_err(failed(&path))?)
    }

    /// Gives it its name.
    pub(super) fn end(mut self) -> Outcome<PartialState> {
        let failed = failed(&self.out);
        self.file.sync_all().map_err(&failed)?;
        self.state.bytes = self.file.metadata().map_err(&failed)?.len();
        fs::rename(beside(&self.out, ".part"), &self.out).map_err(&failed)?;
        remove(&beside(&self.out, ".part.json"))?;
        durable::sync(self.out.parent().unwrap_or(Path::new(""))).map_err(&failed)?;
        Ok(self.state)
    }
}

/// How far the file was when it was cut off.
fn kept(out: &Path) -> Outcome<Option<PartialState>> {
    let path = beside(out, ".part.json");
    match fs::read(&path) {
        Ok(bytes) => Ok(Some(serde_json::from_slice(&bytes).map_err(|error| {
            format!("{} cannot be read ({error}): without --resume it begins anew", path.display())
        })?)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(failed(&path)(error).into()),
    }
}

fn remove(path: &Path) -> Outcome {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(failed(path)(error).into()),
        _ => Ok(()),
    }
}

/// The path with this behind it.
fn beside(path: &Path, end: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(end);
    name.into()
}

fn failed(path: &Path) -> impl Fn(std::io::Error) -> String {
    let path = path.display().to_string();
    move |error| format!("cannot write {path}: {error}")
}
