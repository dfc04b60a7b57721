//! A folder of blobs: what `object_store` cannot say of one, which is to take a file in by moving it.

use std::{
    fs::{self, File},
    io::{self, ErrorKind},
    path::{Path, PathBuf},
};

#[derive(Debug)]
pub(super) struct Folder(PathBuf);

impl Folder {
    pub(super) fn new(root: PathBuf) -> Self {
        Self(root)
    }

    /// Moves a synced file into its place. All of it is on disk when this returns.
    pub(super) fn take(&self, key: &str, file: &Path) -> io::Result<()> {
        let place = self.0.join(key);
        let folder = place.parent().ok_or(ErrorKind::InvalidInput)?;
        let mut moved = fs::rename(file, &place);
        if moved.is_err() && !folder.is_dir() {
            make(folder)?;
            moved = fs::rename(file, &place);
        }
        if moved.is_err() {
            // Another file system.
            copy(file, &place, folder)?;
            fs::remove_file(file)?;
        }
        sync(folder)
    }

    /// Puts a synced file into its place as well as where it is. All of it is on disk when this returns.
    pub(super) fn adopt(&self, key: &str, file: &Path) -> io::Result<()> {
        let place = self.0.join(key);
        let folder = place.parent().ok_or(ErrorKind::InvalidInput)?;
        let mut linked = fs::hard_link(file, &place);
        if linked.is_err() && !folder.is_dir() {
            make(folder)?;
            linked = fs::hard_link(file, &place);
        }
        match linked {
            // The same bytes came before, or come just now; in that case their name may not be on disk yet.
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            // Another file system, or one that gives a file one name only.
            Err(_) => copy(file, &place, folder)?,
            Ok(()) => {}
        }
        sync(folder)
    }
}

/// Makes a folder that outlasts a power cut: each one above that got a new entry is synced, too.
fn make(folder: &Path) -> io::Result<()> {
    match fs::create_dir(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            make(folder.parent().ok_or(error)?)?;
            return make(folder);
        }
        // Another request may have made it just now, and not have synced it yet.
        Err(error) if error.kind() != ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    folder.parent().map_or(Ok(()), sync)
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

/// Puts the names in a folder on disk.
#[cfg(unix)]
pub(crate) fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Elsewhere a folder cannot be opened, and the system looks after its names.
#[cfg(not(unix))]
pub(crate) fn sync(_: &Path) -> io::Result<()> {
    Ok(())
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
