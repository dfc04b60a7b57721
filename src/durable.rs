//! Folders that outlast a power cut: a file that is synced is still gone with the name of a folder above it that is
//! not, and a name is on disk only once the folder that it stands in is synced.

use std::{
    fs,
    io::{self, ErrorKind},
    path::Path,
};

/// Makes a folder and what is missing above it. Its name, and that of each folder that was made for it, is on disk when
/// this returns, also if another process made them: it may have done so just now, or have been killed before it could sync.
///
/// # Errors
/// If one cannot be made or synced.
pub(crate) fn make(folder: &Path) -> io::Result<()> {
    let made = match fs::create_dir(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            make(folder.parent().ok_or(error)?)?;
            fs::create_dir(folder)
        }
        made => made,
    };
    let above = folder.parent().map_or(Ok(()), sync);
    match made {
        // Who may not even read the folder above has not made this one.
        Err(_) if folder.is_dir() => above.or_else(|error| match error.kind() {
            ErrorKind::PermissionDenied => Ok(()),
            _ => Err(error),
        }),
        Err(error) => Err(error),
        Ok(()) => above,
    }
}

/// Puts the names in a folder on disk.
///
/// # Errors
/// If the disk does not.
#[cfg(unix)]
pub fn sync(folder: &Path) -> io::Result<()> {
    // What is above `data` is where we are.
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    fs::File::open(folder)?.sync_all()
}

/// Elsewhere a folder cannot be opened, and the system looks after its names.
#[cfg(not(unix))]
pub fn sync(_: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn folders_are_made_as_deep_as_they_are_wanted_and_again() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("a/b/c");
        make(&folder).unwrap();
        make(&folder).unwrap();
        assert!(folder.is_dir());
        fs::write(root.path().join("file"), b"").unwrap();
        assert!(make(&root.path().join("file")).is_err());
        assert!(make(&root.path().join("file/folder")).is_err());
        sync(Path::new("")).unwrap();
    }
}
