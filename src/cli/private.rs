//! What is stored here is for the user who runs the program, and for no other user of the machine.

use crate::config::Config;

/// What this process makes from now on only its user may read: files are 0600, folders 0700.
#[cfg(unix)]
pub(super) fn keep_private() {
    use rustix::fs::Mode;
    rustix::process::umask(Mode::RWXG | Mode::RWXO);
}

/// Elsewhere the rights of a folder are inherited.
#[cfg(not(unix))]
pub(super) fn keep_private() {}

/// Warns of each stored thing that other users of the machine can read: it was made otherwise, or changed since.
#[cfg(unix)]
pub(super) fn warn_of_readers(config: &Config) {
    use crate::{config::BlobsUrl, db::DatabaseUrl};
    let mut stored = vec![config.data.clone(), config.data.join("uploads")];
    if let DatabaseUrl::Sqlite(database) = &config.database {
        let beside = |end: &str| std::path::PathBuf::from(format!("{}{end}", database.display()));
        stored.extend([database.clone(), beside("-wal"), beside("-shm")]);
    }
    if let BlobsUrl::Folder(blobs) = &config.blobs {
        stored.push(blobs.clone());
    }
    stored.extend(config.keys_secret_file.clone());
    for path in stored {
        if let Some(mode) = unix::open_to_others(&path) {
            let mode = format_args!("{mode:04o}");
            tracing::warn!(path = %path.display(), %mode, "other users of this machine can read what is stored here");
        }
    }
}

#[cfg(not(unix))]
pub(super) fn warn_of_readers(_: &Config) {}

#[cfg(unix)]
mod unix {
    use std::{fs, os::unix::fs::PermissionsExt, path::Path};

    /// Reading a file, or looking into a folder.
    const READ: u32 = 0o044;
    /// Going through a folder.
    const ENTER: u32 = 0o011;

    /// The rights of a path, if others may read it and come there.
    pub(super) fn open_to_others(path: &Path) -> Option<u32> {
        let path = fs::canonicalize(path).ok()?;
        let mode = |path: &Path| fs::metadata(path).ok().map(|about| about.permissions().mode() & 0o777);
        let is_reached =
            path.ancestors().skip(1).all(|above| mode(above).is_none_or(|mode| mode & ENTER != 0));
        mode(&path).filter(|mode| mode & READ != 0 && is_reached)
    }
}
