//! A folder of blobs: what `object_store` cannot say of one, which is to take a file in by moving it, and to be sure of
//! the folders above it.

use std::{
    collections::HashSet,
    fs::{self, File},
    io::{self, ErrorKind},
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

use crate::durable;

#[derive(Debug)]
pub(super) struct Folder {
    root: PathBuf,
    /// The folders inside whose names are surely on disk, all the way up: they are never removed. One that is merely
    /// there may have been made by another request just now, or by a server that was killed before it synced.
    sure: Mutex<HashSet<Box<str>>>,
}

impl Folder {
    pub(super) fn new(root: PathBuf) -> Self {
        Self { root, sure: Mutex::default() }
    }

    /// Makes sure of the folder that this blob belongs into.
    pub(super) fn make_room(&self, key: &str) -> io::Result<PathBuf> {
        let inside = key.rsplit_once('/').map_or("", |(inside, _)| inside);
        let folder = self.root.join(inside);
        if self.is_sure_of(inside) {
            return Ok(folder);
        }
        durable::make(&folder)?;
        let below_root = |folder: &&Path| folder.starts_with(&self.root);
        folder.ancestors().skip(1).take_while(below_root).try_for_each(durable::sync)?;
        self.sure().insert(inside.into());
        Ok(folder)
    }

    /// Whether the folder with this name inside is surely on disk.
    pub(super) fn is_sure_of(&self, inside: &str) -> bool {
        self.sure().contains(inside)
    }

    fn sure(&self) -> MutexGuard<'_, HashSet<Box<str>>> {
        self.sure.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Moves a synced file into its place. All of it is on disk when this returns.
    pub(super) fn take(&self, key: &str, file: &Path) -> io::Result<()> {
        let (folder, place) = (self.make_room(key)?, self.root.join(key));
        if fs::rename(file, &place).is_err() {
            // Another file system.
            copy(file, &place, &folder)?;
            fs::remove_file(file)?;
        }
        durable::sync(&folder)
    }

    /// Puts a synced file into its place as well as where it is. All of it is on disk when this returns.
    pub(super) fn adopt(&self, key: &str, file: &Path) -> io::Result<()> {
        let (folder, place) = (self.make_room(key)?, self.root.join(key));
        match fs::hard_link(file, &place) {
            // The same bytes came before, or come just now; in that case their name may not be on disk yet.
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            // Another file system, or one that gives a file one name only.
            Err(_) => copy(file, &place, &folder)?,
            Ok(()) => {}
        }
        durable::sync(&folder)
    }
}

/// Writes the bytes beside their place first, so that there are never only some of them in it.
fn copy(file: &Path, place: &Path, folder: &Path) -> io::Result<()> {
    // Two who bring the same bytes at once write to names of their own.
    let name = file.file_name().ok_or(ErrorKind::InvalidInput)?;
    let beside = folder.join(name);
    let copied = fs::copy(file, &beside).and_then(|_| File::open(&beside)?.sync_all());
    copied.and_then(|()| fs::rename(&beside, place)).inspect_err(|_| {
        // That error says why; there may be nothing to remove.
        let _ = fs::remove_file(&beside);
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_file_is_taken_in_twice_and_leaves_nothing_beside_it() {
        let root = tempfile::tempdir().unwrap();
        let (file, place) = (root.path().join("x.part"), root.path().join("ab/abcd"));
        fs::write(&file, b"bytes").unwrap();
        let folder = Folder::new(root.path().to_owned());
        folder.adopt("ab/abcd", &file).unwrap();
        assert!(folder.is_sure_of("ab") && !folder.is_sure_of("ac"));
        folder.adopt("ab/abcd", &file).unwrap();
        copy(&file, &place, place.parent().unwrap()).unwrap();
        assert_eq!(fs::read(&place).unwrap(), b"bytes");
        assert_eq!(fs::read_dir(place.parent().unwrap()).unwrap().count(), 1);
    }

    #[test]
    fn a_file_that_is_not_there_is_an_error() {
        let root = tempfile::tempdir().unwrap();
        let folder = Folder::new(root.path().to_owned());
        assert!(folder.adopt("ab/abcd", &root.path().join("none")).is_err());
        assert!(folder.take("ab/abcd", &root.path().join("none")).is_err());
        assert!(!root.path().join("ab/abcd").exists());
    }

    #[test]
    fn a_file_is_moved_even_where_its_like_is_already() {
        let root = tempfile::tempdir().unwrap();
        let (file, place) = (root.path().join("x.part"), root.path().join("ab/abcd"));
        let folder = Folder::new(root.path().to_owned());
        for _ in 0..2 {
            fs::write(&file, b"bytes").unwrap();
            folder.take("ab/abcd", &file).unwrap();
            assert_eq!((fs::read(&place).unwrap(), file.exists()), (b"bytes".to_vec(), false));
        }
        assert_eq!(fs::read_dir(place.parent().unwrap()).unwrap().count(), 1);
    }
}
