//! The floor of keeping a file: written, synced, given its name, and the name synced.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
};

use crate::blobs::sync_folder;

/// As many folders share the files: one would be a queue.
const FOLDERS: u16 = 256;

/// The folders inside of this one that the floor's files are in.
pub(super) fn folders(data: &Path) -> impl Iterator<Item = PathBuf> {
    let root = data.join("floor-files");
    (0..FOLDERS).map(move |number| root.join(format!("{number:02x}")))
}

/// Makes the folders.
pub(super) fn make(data: &Path) -> io::Result<()> {
    folders(data).try_for_each(fs::create_dir_all)
}

/// Keeps bytes under a name of their own.
pub(super) fn keep(data: &Path, name: uuid::Uuid, bytes: &[u8]) -> io::Result<()> {
    let [first, ..] = *name.as_bytes();
    let folder = data.join("floor-files").join(format!("{first:02x}"));
    let (beside, place) = (folder.join(format!("{name}.part")), folder.join(name.to_string()));
    let mut file = File::create(&beside)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&beside, &place)?;
    sync_folder(&folder)
}
