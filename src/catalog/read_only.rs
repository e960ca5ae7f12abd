//! A library on a disk that cannot be written, such as a read-only mount or a full disk, is read all
//! the same, with every decision that was saved in it.
//!
//! SQLite reads nothing where it cannot write beside the file: what was written ahead, or a change that
//! was cut short, must be brought in first. That happens in a private copy.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::CatalogError;
use super::connection::open_writer;

/// Why nothing can be written, where there is no room.
pub(super) const DISK_FULL: &str = "the disk is full";

/// Why nothing can be written, in words.
pub(super) fn why_unwritable(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => DISK_FULL.to_owned(),
        io::ErrorKind::ReadOnlyFilesystem => "the disk is read-only".to_owned(),
        _ => error.to_string(),
    }
}

/// What SQLite keeps beside a database: what was written ahead, and what would take a change back.
const BESIDE: [&str; 2] = ["-wal", "-journal"];
/// A library that is written meanwhile, from another computer, is copied once more.
const ATTEMPTS: usize = 3;

/// A copy of a library's database, gone with this value.
#[derive(Debug)]
pub(super) struct PrivateCopy {
    folder: TempDir,
}

impl PrivateCopy {
    /// Copies the database and what belongs to it, and brings the copy up to date.
    ///
    /// # Errors
    /// When there is no room for the copy, or the file cannot be read, or is no library.
    pub(super) fn of(database: &Path) -> Result<Self, CatalogError> {
        let failed = |source| CatalogError::PrivateCopy { path: database.to_owned(), source };
        let folder = tempfile::Builder::new().prefix("semblance-").tempdir().map_err(failed)?;
        let copy = Self { folder };
        for attempt in 1.. {
            let before = stamps(database);
            copy_all(database, &copy.database()).map_err(failed)?;
            if stamps(database) == before || attempt == ATTEMPTS {
                break;
            }
        }
        open_writer(&copy.database(), false)?;
        Ok(copy)
    }

    pub(super) fn database(&self) -> PathBuf {
        self.folder.path().join("library.db")
    }
}

fn copy_all(from: &Path, to: &Path) -> io::Result<()> {
    fs::copy(from, to)?;
    make_writable(to)?;
    for ending in BESIDE {
        match fs::copy(with_ending(from, ending), with_ending(to, ending)) {
            Ok(_) => make_writable(&with_ending(to, ending))?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// A copy has the permissions of what it was copied from, which are the reason for it.
#[expect(clippy::permissions_set_readonly_false, reason = "in a folder of our own")]
fn make_writable(path: &Path) -> io::Result<()> {
    let mut permissions = fs::metadata(path)?.permissions();
    permissions.set_readonly(false);
    fs::set_permissions(path, permissions)
}

fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(ending);
    name.into()
}

/// Sizes and times of the files, to see whether they are written meanwhile.
fn stamps(database: &Path) -> Vec<Option<(u64, std::time::SystemTime)>> {
    let files = ["", "-wal", "-journal"].map(|ending| with_ending(database, ending));
    let stamp = |path: PathBuf| {
        let metadata = fs::metadata(path).ok()?;
        Some((metadata.len(), metadata.modified().ok()?))
    };
    files.into_iter().map(stamp).collect()
}
