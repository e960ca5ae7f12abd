//! Why an export failed.

use std::io;
use std::path::PathBuf;

/// Why a file could not be exported.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The operating system refused.
    #[error("Cannot {operation}: {source}: {}", .path.display())]
    Io {
        /// What was tried.
        operation: &'static str,
        /// The operating system's reason.
        source: io::Error,
        /// The file or folder.
        path: PathBuf,
    },
    /// The HDF5 library refused.
    #[error("Cannot write {object} into the HDF5 file: {reason}: {}", .path.display())]
    Hdf5 {
        /// What was being written: a path inside the file, or the file itself.
        object: String,
        /// The library's reason.
        reason: String,
        /// The file to be exported.
        path: PathBuf,
    },
    /// A file of no image would open with nothing to show.
    #[error("There is no image to write into the HDF5 file: {}", .path.display())]
    NoImage {
        /// The file to be exported.
        path: PathBuf,
    },
    /// An image failed earlier, so the file is not whole.
    #[error("The HDF5 file is given up, an image before this failed: {}", .path.display())]
    GivenUp {
        /// The file to be exported.
        path: PathBuf,
    },
}
