//! The data directory: readable only by its owner, used by one process at a time.

use crate::database::DatabaseError;
use std::{
    fs::{self, DirBuilder, File, OpenOptions, TryLockError},
    io,
    path::{Path, PathBuf},
};

/// A data directory that only this process may use while the value lives. The operating system releases the
/// lock when the process ends, for whatever reason.
#[derive(Debug)]
pub(super) struct DataDir {
    path: PathBuf,
    lock: File,
}

impl Drop for DataDir {
    fn drop(&mut self) {
        // Closing the file is not enough while a child process that is just starting has a copy of it.
        if let Err(error) = self.lock.unlock() {
            tracing::warn!(%error, "the data directory could not be unlocked");
        }
    }
}

impl DataDir {
    /// Creates the directory if it is missing and locks it.
    pub(super) fn lock(dir: &Path) -> Result<Self, DatabaseError> {
        let unusable = |path: &Path| {
            let path = path.to_owned();
            move |cause| DatabaseError::DataDir { path, cause }
        };
        create_private_dir(dir).map_err(unusable(dir))?;
        // Absolute, so that SQLite takes no directory name for one of its "file:" URLs.
        let path = dir.canonicalize().map_err(unusable(dir))?;
        let lock_path = path.join("lock");
        let lock = open_private_file(&lock_path).map_err(unusable(&lock_path))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { path, lock }),
            Err(TryLockError::WouldBlock) => Err(DatabaseError::InUse {
                dir: dir.to_owned(),
            }),
            Err(TryLockError::Error(cause)) => Err(unusable(&lock_path)(cause)),
        }
    }

    /// Creates a file in the directory, if it is missing, and makes it readable only by its owner. Returns its path.
    pub(super) fn private_file(&self, name: &str) -> Result<PathBuf, DatabaseError> {
        let path = self.path.join(name);
        match open_private_file(&path) {
            Ok(_) => Ok(path),
            Err(cause) => Err(DatabaseError::DataDir { path, cause }),
        }
    }

    /// Makes a file readable only by its owner, if it exists.
    pub(super) fn make_private(&self, name: &str) -> Result<(), DatabaseError> {
        let path = self.path.join(name);
        match owner_only(&path) {
            Err(cause) if cause.kind() != io::ErrorKind::NotFound => {
                Err(DatabaseError::DataDir { path, cause })
            }
            _ => Ok(()),
        }
    }
}

fn create_private_dir(dir: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir)
}

fn open_private_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path)?;
    owner_only(path)?;
    Ok(file)
}

fn owner_only(path: &Path) -> io::Result<()> {
    let mut permissions = fs::metadata(path)?.permissions();
    #[cfg(unix)]
    std::os::unix::fs::PermissionsExt::set_mode(&mut permissions, 0o600);
    #[cfg(not(unix))]
    let _ = &mut permissions;
    fs::set_permissions(path, permissions)
}
