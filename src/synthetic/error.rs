//! What can go wrong while a sample library is written.

use std::path::PathBuf;

/// Why no sample library could be written, or not all of it.
#[derive(Debug, thiserror::Error)]
pub enum SampleError {
    /// The folder has content that might be overwritten or mixed with ours.
    #[error("The folder for the synthetic images is not empty; choose a new or an empty one: {}", path.display())]
    FolderNotEmpty {
        /// The folder asked for.
        path: PathBuf,
    },
    /// A folder could not be made or looked into.
    #[error("Could not prepare the folder {}", path.display())]
    PrepareFolder {
        /// The folder.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// A file could not be written.
    #[error("Could not write {}", path.display())]
    WriteFile {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// An image could not be put into TIFF form.
    #[error("Could not encode the TIFF {}", path.display())]
    EncodeTiff {
        /// The file that was to be written.
        path: PathBuf,
        /// What the encoder says.
        source: tiff::TiffError,
    },
    /// The table of all images could not be written.
    #[error("Could not write the table of images {}", path.display())]
    WriteManifest {
        /// The table.
        path: PathBuf,
        /// What the CSV writer says.
        source: csv::Error,
    },
    /// The caller asked to stop.
    #[error("Stopped after {done} of {total} synthetic images, without a manifest; what is written stays in {}", path.display())]
    Cancelled {
        /// Images written.
        done: usize,
        /// Images that were asked for.
        total: usize,
        /// The folder.
        path: PathBuf,
    },
}
