//! The floor of keeping a file: written, synced, given its name, and the name synced.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
};

use incognito::blobs::sync_folder;

/// One of the folders that share the files: a single one would be a queue.
fn folder(data: &Path, number: u8) -> PathBuf {
    data.join("floor-files").join(format!("{number:02x}"))
}

/// Makes the folders.
pub(super) fn make(data: &Path) -> io::Result<()> {
    (0..=u8::MAX).try_for_each(|number| fs::create_dir_all(folder(data, number)))
}

/// Keeps bytes under a name of their own.
pub(super) fn keep(data: &Path, name: uuid::Uuid, bytes: &[u8]) -> io::Result<()> {
    let [first, ..] = *name.as_bytes();
    let folder = folder(data, first);
    let (beside, place) = (folder.join(format!("{name}.part")), folder.join(name.to_string()));
    let mut file = File::create(&beside)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&beside, &place)?;
    sync_folder(&folder)
}
