//! How fast a library of many images is: fills one with synthetic records and measures it.
//!
//! The records are synthetic and called so; their distribution follows real sessions: a few
//! microscopes and detectors, thousands of samples, most images classified, a third labelled.

mod measure;
mod records;

use std::fs;
use std::path::Path;

use crate::catalog::{CatalogError, LabelSource, LabelValue, Library, LibraryPlace};

pub use measure::{LibraryFigures, measure_library};

/// Images a transaction while filling.
const BATCH: usize = 2000;
/// Of so many images, two are nearly the same.
const CLUSTER_EVERY: usize = 50;

/// Makes a library of `image_count` synthetic records in `folder`, and hands on how many there are
/// from time to time.
///
/// # Errors
/// When the folder cannot be made, or the library could not be written.
pub fn fill_library(
    folder: &Path,
    image_count: usize,
    on_progress: &mut dyn FnMut(usize),
) -> Result<(), CatalogError> {
    let failed = |source| CatalogError::Folder { operation: "create", path: folder.into(), source };
    fs::create_dir_all(folder).map_err(failed)?;
    let library = Library::open(&LibraryPlace::for_folder(folder)?)?;
    let categories = library.ensure_categories(&records::category_names())?;
    let mut near_duplicates = Vec::new();
    for start in (0..image_count).step_by(BATCH) {
        let numbers = start..(start + BATCH).min(image_count);
        let images: Vec<_> = numbers.clone().map(records::image).collect();
        let ids = library.fill(&images, &records::model())?;
        let labels: Vec<_> = ids
            .iter()
            .zip(numbers)
            .filter_map(|(id, number)| {
                let (first, second) = records::label(number)?;
                let second_category = second.map(|second| categories[second]);
                Some((
                    *id,
                    Some(LabelValue { second_category, ..LabelValue::of(categories[first]) }),
                ))
            })
            .collect();
        library.set_labels(&labels, records::person(start / BATCH), LabelSource::Person)?;
        let pairs = ids.chunks_exact(2).step_by(CLUSTER_EVERY / 2);
        near_duplicates.extend(pairs.map(<[_]>::to_vec));
        on_progress(start + ids.len());
    }
    library.save_near_duplicates(&near_duplicates)?;
    // As it is after weeks of work and a compaction.
    library.compact().map(|_| ())
}
