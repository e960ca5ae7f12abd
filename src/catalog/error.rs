//! What can go wrong with a library, and what to do about it.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;
use thiserror::Error;

use super::ImageId;
use super::backup::newest_backup;
use crate::taxonomy::{CategoryId, NameError};

/// More than file systems keep beside a file's name without taking room.
const PROBE_BYTES: usize = 64 * 1024;

/// Why something could not be done with a library.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum CatalogError {
    /// A folder of images or of the library could not be used.
    #[error("Could not {operation} the folder ({}): {}", what_is_wrong(source), path.display())]
    Folder {
        /// What was tried: "read", "create", …
        operation: &'static str,
        /// The folder.
        path: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
    /// Nothing stands at the path of the folder that was opened.
    #[error(
        "The folder is not there any more (connect its drive or share, or open it where it is now): \
         {}",
        path.display()
    )]
    RootGone {
        /// Where it was.
        path: PathBuf,
    },
    /// Another folder stands at the path of the one that was opened.
    #[error(
        "Another folder is at this place now: the one that was opened was moved, or its drive was \
         disconnected. Nothing was changed (connect the drive, or open the folder again): {}",
        path.display()
    )]
    RootReplaced {
        /// Where it was.
        path: PathBuf,
    },
    /// Nothing is in the folder, although the library knows images in it.
    #[error(
        "The folder is empty, although its library knows {known} images: its drive may not be \
         connected. Nothing was changed (connect the drive, or open the folder where it is now): {}",
        path.display()
    )]
    EmptyRoot {
        /// Images that were there.
        known: usize,
        /// The folder.
        path: PathBuf,
    },
    /// The folder is read-only and there is no user data folder either.
    #[error(
        "No place to keep the library of a read-only folder (set {} to a writable folder): {}",
        super::DATA_DIRECTORY_VARIABLE,
        path.display()
    )]
    NoPlace {
        /// The folder with the images.
        path: PathBuf,
    },
    /// A change to a category would leave all as it is.
    #[error("{name} {why}: nothing was changed")]
    Unchanged {
        /// The category.
        name: String,
        /// What it is already.
        why: &'static str,
    },
    /// None of the images that a split is asked for has the category.
    #[error("None of these {images} images has the label {name}: nothing was split")]
    NothingToSplit {
        /// The category.
        name: String,
        /// Images asked for.
        images: u64,
    },
    /// The file called `library.db` is something else.
    #[error("Not a Semblance library (move the file away to start a new one): {}", path.display())]
    NotALibrary {
        /// The file.
        path: PathBuf,
    },
    /// The library was written by a newer version of the program.
    #[error(
        "This library has format {found}; this program knows formats up to {supported} \
         (update Semblance to open it): {}",
        path.display()
    )]
    NewerLibrary {
        /// The library's schema version.
        found: i64,
        /// The newest schema version this program knows.
        supported: i64,
        /// The library file.
        path: PathBuf,
    },
    /// SQLite found the file inconsistent, or a stored value makes no sense.
    #[error(
        "The library is damaged; could not {operation} ({}): {}",
        remedy(backup.as_deref()),
        path.display()
    )]
    Damaged {
        /// What was tried.
        operation: &'static str,
        /// The library file.
        path: PathBuf,
        /// The newest backup, where there is one.
        backup: Option<PathBuf>,
        /// The detail.
        source: Box<rusqlite::Error>,
    },
    /// Another program has the library open.
    #[error(
        "The library is open in another Semblance ({holder}); could not {operation} (it can be \
         looked at here, and changed once that one is closed)"
    )]
    Held {
        /// What was tried.
        operation: &'static str,
        /// Who has it open.
        holder: String,
    },
    /// The library lies where nothing can be written.
    #[error(
        "The library can only be read ({reason}); could not {operation} (make the folder writable, or \
         copy it with its images to where it is): {}",
        path.display()
    )]
    Unwritable {
        /// What was tried.
        operation: &'static str,
        /// What the operating system says.
        reason: String,
        /// The library file.
        path: PathBuf,
    },
    /// A library that can only be read could not be copied for reading.
    #[error(
        "Could not copy the library to read it (it lies where nothing can be written; make room in \
         the folder for temporary files, {}): {}",
        std::env::temp_dir().display(),
        path.display()
    )]
    PrivateCopy {
        /// The library file.
        path: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
    /// Another program holds the library for longer than we wait.
    #[error("Another program is using the library; could not {operation} (try again when it is done): {}", path.display())]
    Busy {
        /// What was tried.
        operation: &'static str,
        /// The library file.
        path: PathBuf,
    },
    /// No room for the change; nothing of it was kept.
    #[error("The disk is full; could not {operation} (make room and do it again): {}", path.display())]
    DiskFull {
        /// What was tried.
        operation: &'static str,
        /// The library file.
        path: PathBuf,
    },
    /// Any other failure of the database.
    #[error("Could not {operation} in the library {}", path.display())]
    Database {
        /// What was tried.
        operation: &'static str,
        /// The library file.
        path: PathBuf,
        /// What SQLite says.
        source: rusqlite::Error,
    },
    /// No image has this id.
    #[error("The library has no image number {}", .0.0)]
    UnknownImage(ImageId),
    /// No category has this id.
    #[error("The library has no category number {}", .0.0)]
    UnknownCategory(CategoryId),
    /// No category has this name.
    #[error("The library has no category {0:?} (`semblance categories list` lists them)")]
    UnknownCategoryName(String),
    /// No journal entry has this id.
    #[error("The journal has no entry {0}")]
    UnknownEntry(String),
    /// The name breaks a rule for category names.
    #[error("{name:?} cannot be a category's name")]
    CategoryName {
        /// The name that was asked for.
        name: String,
        /// The rule.
        source: NameError,
    },
    /// The name is taken; case does not tell categories apart.
    #[error("There is already a category {existing:?} (use it, or choose another name)")]
    CategoryExists {
        /// The name of the category there is.
        existing: String,
    },
    /// A category would become part of itself.
    #[error("{name:?} cannot become part of itself")]
    CategoryInItself {
        /// The category.
        name: String,
    },
    /// Subcategories have none themselves.
    #[error(
        "{name:?} cannot become a subcategory: subcategories have none themselves (merge or move its subcategories first)"
    )]
    CategoryHasSubcategories {
        /// The category.
        name: String,
    },
    /// The window uses this key for something else, or it is none.
    #[error("{key:?} cannot be a category's key (use one of {})", crate::taxonomy::CATEGORY_KEYS)]
    CategoryKey {
        /// The key that was asked for.
        key: char,
    },
    /// No query was saved under this name.
    #[error("There is no saved filter {name:?} ({})", there_are(.known))]
    UnknownSavedSearch {
        /// The name that was asked for.
        name: String,
        /// The names there are.
        known: Vec<String>,
    },
    /// A query cannot be saved under this name.
    #[error("{name:?} cannot be a saved filter's name (write 1 to 80 characters on one line)")]
    SavedSearchName {
        /// The name that was asked for.
        name: String,
    },
    /// Scores that cannot be kept: not one finite number for each of the model's categories.
    #[error("The scores of image number {} are not {categories} finite numbers", image.0)]
    UnusableScores {
        /// The image they are for.
        image: ImageId,
        /// How many categories the model has.
        categories: usize,
    },
}

impl CatalogError {
    /// The failure of `operation` on the library file at `path`, sorted by what the user can do.
    pub(super) fn database(operation: &'static str, path: &Path, source: rusqlite::Error) -> Self {
        let path = path.to_owned();
        if matches!(
            source,
            rusqlite::Error::FromSqlConversionFailure(..)
                | rusqlite::Error::InvalidColumnType(..)
                | rusqlite::Error::IntegralValueOutOfRange(..)
        ) {
            return Self::damaged(operation, path, source);
        }
        match source.sqlite_error_code() {
            Some(ErrorCode::NotADatabase) if backup_of(&path).is_none() => {
                Self::NotALibrary { path }
            }
            Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => {
                Self::damaged(operation, path, source)
            }
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
                Self::Busy { operation, path }
            }
            Some(ErrorCode::DiskFull) => Self::DiskFull { operation, path },
            Some(ErrorCode::SystemIoFailure | ErrorCode::CannotOpen) if has_no_room(&path) => {
                Self::DiskFull { operation, path }
            }
            _ => Self::Database { operation, path, source },
        }
    }

    /// The library file at `path` is damaged.
    pub(super) fn damaged(operation: &'static str, path: PathBuf, source: rusqlite::Error) -> Self {
        Self::Damaged { operation, backup: backup_of(&path), path, source: Box::new(source) }
    }
}

/// Whether nothing can be written beside the library for want of room.
///
/// SQLite says that a disk is full where a write fails for that reason, and no more than "I/O
/// error" where a file cannot be made longer or synced, or a person's share of the disk is used up.
fn has_no_room(database: &Path) -> bool {
    let Some(directory) = database.parent() else { return false };
    let probe = directory.join(format!("write-test-{}", ulid::Ulid::generate()));
    let written = File::create_new(&probe).and_then(|mut file| {
        file.write_all(&[0; PROBE_BYTES])?;
        file.sync_all()
    });
    let _ = fs::remove_file(&probe);
    written.is_err_and(|error| {
        matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
    })
}

fn backup_of(database: &Path) -> Option<PathBuf> {
    newest_backup(database.parent()?)
}

/// Why a folder cannot be used, and what to do about it.
fn what_is_wrong(reason: &io::Error) -> String {
    match reason.kind() {
        io::ErrorKind::NotFound => "it is not there: look whether it was moved or renamed, and \
            whether its drive is connected"
            .to_owned(),
        io::ErrorKind::NotADirectory => {
            "a file is there: choose the folder that the file is in".to_owned()
        }
        io::ErrorKind::PermissionDenied => {
            format!("{reason}: ask whoever owns it to let you use it")
        }
        _ => reason.to_string(),
    }
}

fn remedy(backup: Option<&Path>) -> String {
    match backup {
        Some(backup) => format!(
            "move it away, and copy the newest backup to its place and name: {}",
            backup.display()
        ),
        None => "there is no backup of it; move it away to begin a new one".to_owned(),
    }
}

fn there_are(names: &[String]) -> String {
    match names {
        [] => "none is saved yet".to_owned(),
        names => format!("there are {}", names.join(", ")),
    }
}

/// What stops a transaction: SQLite, or a rule of the catalogue.
///
/// Lets `?` be used on both inside a transaction; [`super::Library`] names operation and file.
pub(super) enum Failure {
    Sqlite(rusqlite::Error),
    Refused(CatalogError),
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

impl From<CatalogError> for Failure {
    fn from(error: CatalogError) -> Self {
        Self::Refused(error)
    }
}
