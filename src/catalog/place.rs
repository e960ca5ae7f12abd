//! Where a library lives: beside its images, or in the user's data folder.

use std::ffi::{OsStr, OsString};
use std::fs::{self, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use directories::ProjectDirs;

use super::connection::connect;
use super::holder::is_free;
use super::{CatalogError, network_share};

/// Names the folder that replaces the user's data folder, for tests and managed installations.
pub const DATA_DIRECTORY_VARIABLE: &str = "SEMBLANCE_DATA_DIR";

const LOCAL_DIRECTORY: &str = ".semblance";
const DATABASE: &str = "library.db";

/// Where a library and its images are.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct LibraryPlace {
    /// The folder with the images.
    pub root: PathBuf,
    /// The folder with `library.db`.
    pub directory: PathBuf,
}

impl LibraryPlace {
    /// The place of the library of the images in `root`, which need not exist yet.
    ///
    /// A library that exists is preferred to a new one, so that labels made while the folder was
    /// read-only are found again when it no longer is. Otherwise it is `<root>/.semblance`
    /// (created here) where that can be written and is on this computer, and else the user's data
    /// folder.
    ///
    /// # Errors
    /// When `root` is not a readable folder, or there is no place for its library.
    pub fn for_folder(root: &Path) -> Result<Self, CatalogError> {
        Self::for_folder_in(root, data_directory().as_deref())
    }

    /// The library that `path` belongs to: of the nearest folder, from `path` upwards, that has
    /// one. A library's own `.semblance` folder and what is in it belong to it too.
    pub fn containing(path: &Path) -> Option<Self> {
        Self::containing_in(path, data_directory().as_deref())
    }

    /// Whether the library lies on another computer.
    pub fn is_on_network_share(&self) -> bool {
        network_share::is_on_one(&self.directory)
    }

    /// Whether no program has the library open to write it.
    pub fn is_free(&self) -> bool {
        is_free(&self.directory)
    }

    /// A library beside the images that cannot be written and is passed over for this one.
    pub fn passed_over(&self) -> Option<PathBuf> {
        let beside = Self::beside(&self.root);
        (beside.directory != self.directory && beside.exists()).then_some(beside.directory)
    }

    /// Why nothing can be written beside the library, if so: found out by trying, since permissions say
    /// nothing of a read-only mount.
    pub(super) fn try_writing(&self) -> io::Result<()> {
        try_writing(&self.directory)
    }

    /// The library file.
    pub(super) fn database(&self) -> PathBuf {
        self.directory.join(DATABASE)
    }

    pub(super) fn for_folder_in(root: &Path, data: Option<&Path>) -> Result<Self, CatalogError> {
        let folder_error =
            |source| CatalogError::Folder { operation: "open", path: root.to_owned(), source };
        let root = full_path(root).map_err(folder_error)?;
        fs::read_dir(&root).map_err(folder_error)?;

        let beside = Self::beside(&root);
        let elsewhere = data.map(|data| Self::elsewhere(&root, data));
        if beside.exists() {
            // Labels that were given while this one could not be written are not hidden either.
            let has_decisions = |place: &Self| place.exists() && has_decisions(&place.database());
            let elsewhere = elsewhere.filter(has_decisions);
            return Ok(match elsewhere {
                Some(elsewhere) if try_writing(&beside.directory).is_err() => elsewhere,
                _ => beside,
            });
        }
        match elsewhere {
            Some(elsewhere)
                if elsewhere.exists()
                    || is_marked_read_only(&root)
                    || network_share::is_on_one(&root) =>
            {
                Ok(elsewhere)
            }
            _ if is_writable(&beside.directory) => Ok(beside),
            Some(elsewhere) => Ok(elsewhere),
            None => Err(CatalogError::NoPlace { path: root }),
        }
    }

    pub(super) fn containing_in(path: &Path, data: Option<&Path>) -> Option<Self> {
        let path = full_path(path).ok()?;
        let has_library = |folder: &&Path| {
            let elsewhere = data.is_some_and(|data| Self::elsewhere(folder, data).exists());
            folder.file_name() != Some(LOCAL_DIRECTORY.as_ref())
                && (elsewhere || Self::beside(folder).exists())
        };
        let root = path.ancestors().find(has_library)?;
        Self::for_folder_in(root, data).ok()
    }

    fn beside(root: &Path) -> Self {
        Self { root: root.to_owned(), directory: root.join(LOCAL_DIRECTORY) }
    }

    fn elsewhere(root: &Path, data: &Path) -> Self {
        let name = root.file_name().unwrap_or(OsStr::new("root")).to_string_lossy();
        let hash = fnv1a(root.as_os_str().as_encoded_bytes());
        let directory = data.join("libraries").join(format!("{name}-{hash:016x}"));
        Self { root: root.to_owned(), directory }
    }

    fn exists(&self) -> bool {
        self.database().is_file()
    }
}

/// The folder for what belongs to no folder of images: the one that [`DATA_DIRECTORY_VARIABLE`]
/// names, or the user's, if the system has one.
pub fn data_directory() -> Option<PathBuf> {
    data_directory_or(std::env::var_os(DATA_DIRECTORY_VARIABLE))
}

pub(super) fn data_directory_or(asked_for: Option<OsString>) -> Option<PathBuf> {
    match asked_for {
        Some(directory) if !directory.is_empty() => Some(PathBuf::from(directory)),
        _ => ProjectDirs::from("org", "semblance", "semblance")
            .map(|directories| directories.data_dir().to_owned()),
    }
}

/// One spelling for each existing folder. On Windows, `canonicalize` gives `\\?\` paths that other
/// programs cannot use, so links are left unresolved there.
fn full_path(path: &Path) -> io::Result<PathBuf> {
    if cfg!(windows) { std::path::absolute(path) } else { path.canonicalize() }
}

/// Whether nobody is allowed to write into the folder. An administrator could all the same, but it
/// was not meant.
fn is_marked_read_only(folder: &Path) -> bool {
    fs::metadata(folder).is_ok_and(|metadata| metadata.permissions().readonly())
}

/// Whether the folder exists or can be created, and files can be made in it.
///
/// Tried rather than read from the permissions, which say nothing of a read-only mount.
fn is_writable(directory: &Path) -> bool {
    try_writing(directory).is_ok()
}

fn try_writing(directory: &Path) -> io::Result<()> {
    let probe = directory.join(format!("write-test-{}", ulid::Ulid::generate()));
    fs::create_dir_all(directory)?;
    OpenOptions::new().write(true).create_new(true).open(&probe)?;
    fs::remove_file(&probe)
}

/// Whether anything was ever decided in this library. One that cannot be opened may hold decisions.
fn has_decisions(database: &Path) -> bool {
    let ask = || {
        let connection = connect(database)?;
        connection.prepare("SELECT 1 FROM journal")?.exists([])
    };
    ask().unwrap_or(true)
}

/// FNV-1a, 64 bits: the same in every version of the program, unlike the standard library's hasher.
pub(super) fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}
