//! How fast a library of many images is: fills one with synthetic records and measures it.
//!
//! The records are synthetic and called so; their distribution follows real sessions: a few
//! microscopes and detectors, thousands of samples, most images classified, a third labelled.

mod measure;
mod records;

use std::fs;
use std::path::Path;

use crate::catalog::{
    CatalogError, ImageId, LabelDoubt, LabelSource, LabelValue, Library, LibraryPlace,
};
use crate::taxonomy::CategoryId;

pub use measure::{LibraryFigures, measure_library};

/// Images a transaction while filling.
const BATCH: usize = 2000;
/// Of so many images, two are nearly the same.
const CLUSTER_EVERY: usize = 50;
/// Of so many labels, one is likely wrong.
const DOUBT_EVERY: usize = 50;
/// The cosine distance from which on images are unlike those labelled.
const UNLIKE_FROM: f32 = 0.9;

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
    let (mut doubts, mut distances) = (Vec::new(), Vec::new());
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
        for (image, value) in labels.iter().step_by(DOUBT_EVERY) {
            doubts.extend(doubt(&library, *image, *value, &categories)?);
        }
        distances.extend(ids.iter().map(|id| (*id, (id.0 % 100) as f32 / 100.0)));
        let pairs = ids.chunks_exact(2).step_by(CLUSTER_EVERY / 2);
        near_duplicates.extend(pairs.map(<[_]>::to_vec));
        on_progress(start + ids.len());
    }
    library.save_near_duplicates(&near_duplicates)?;
    library.save_doubts(&doubts)?;
    library.save_novelty(&distances, UNLIKE_FROM)?;
    // As it is after weeks of work and a compaction.
    library.compact().map(|_| ())
}

/// A doubt about the label that the image has now.
fn doubt(
    library: &Library,
    image: ImageId,
    value: Option<LabelValue>,
    categories: &[CategoryId],
) -> Result<Option<LabelDoubt>, CatalogError> {
    let given = value.and_then(|value| value.category());
    let likelier = categories.iter().copied().find(|category| Some(*category) != given);
    let margin = (image.0 % 97 + 1) as f32 / 100.0;
    Ok(library.label(image)?.zip(likelier).map(|(label, likelier)| LabelDoubt {
        image,
        labelled_at: label.at,
        likelier,
        margin,
    }))
}
