//! The sample library: synthetic micrographs, ready to open.

use std::path::Path;

use super::library_models::MODEL_SETTING;
use crate::catalog::{CatalogError, Library, LibraryPlace};
use crate::micrograph::READABLE_EXTENSIONS;
use crate::synthetic::{SampleError, SampleOptions, SampleRecord, write_sample};

/// The model that was trained on synthetic images.
const SAMPLE_MODEL: &str = "sample";

/// Why there is no sample library.
#[derive(Debug, thiserror::Error)]
pub enum SampleLibraryError {
    /// The images could not be made.
    #[error(transparent)]
    Sample(#[from] SampleError),
    /// The library could not be made.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
}

/// Makes synthetic micrographs in `out` and a library of them that uses the model trained on such
/// images. `on_progress` hears of images done and to do; false stops.
///
/// # Errors
/// Fails where the folder is in use or cannot be written, and when stopped.
pub fn create_sample_library(
    out: &Path,
    options: &SampleOptions,
    on_progress: &mut dyn FnMut(usize, usize) -> bool,
) -> Result<Vec<SampleRecord>, SampleLibraryError> {
    let records = write_sample(out, options, on_progress)?;
    let library = Library::open(&LibraryPlace::for_folder(out)?)?;
    library.set_setting(MODEL_SETTING, SAMPLE_MODEL)?;
    library.scan(&READABLE_EXTENSIONS, &mut |_| true)?;
    Ok(records)
}
