//! The folder of images as a place: is what stands at its path still the folder that was opened?
//!
//! A drive is unplugged, a share unmounted, a folder moved away and another one given its name: then
//! nothing may be read or written as though it were the first.

use std::fs::{self, Metadata};
use std::io;
use std::path::Path;

use super::{CatalogError, LibraryPlace, network_share};

/// What tells a folder from another one at the same path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RootIdentity {
    /// Device and inode, or the time at which it was made. On network shares both may change while
    /// nothing else does.
    folder: Option<FolderId>,
    is_on_share: bool,
}

#[cfg(unix)]
type FolderId = (u64, u64);
#[cfg(not(unix))]
type FolderId = std::time::SystemTime;

impl RootIdentity {
    /// Of the folder as it is now.
    pub(super) fn of(root: &Path) -> io::Result<Self> {
        let metadata = fs::metadata(root)?;
        let is_on_share = network_share::is_on_one(root);
        let folder = if is_on_share { None } else { folder_id(&metadata) };
        Ok(Self { folder, is_on_share })
    }

    /// Refuses to go on where the folder is gone, or another one stands at its path.
    pub(super) fn check(&self, place: &LibraryPlace) -> Result<(), CatalogError> {
        let path = || place.root.clone();
        match Self::of(&place.root) {
            Ok(now) if now == *self => Ok(()),
            Ok(_) => Err(CatalogError::RootReplaced { path: path() }),
            Err(source) if is_absent(&source) => Err(CatalogError::RootGone { path: path() }),
            Err(source) => Err(CatalogError::Folder { operation: "reach", path: path(), source }),
        }
    }
}

fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

#[cfg(unix)]
fn folder_id(metadata: &Metadata) -> Option<FolderId> {
    use std::os::unix::fs::MetadataExt as _;
    Some((metadata.dev(), metadata.ino()))
}

#[cfg(not(unix))]
fn folder_id(metadata: &Metadata) -> Option<FolderId> {
    metadata.created().ok() // where the file system keeps none, only its absence is noticed
}
