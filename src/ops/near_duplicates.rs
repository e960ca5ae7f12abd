//! Which images of a library show nearly the same.

use std::sync::atomic::{AtomicBool, Ordering};

use super::classify::file_of;
use super::likeness::{BackboneFeatures, picture_hash};
use super::more_like::LikenessError;
use super::parallel::in_order;
use super::thumbnail::read_image;
use crate::cache::Cache;
use crate::catalog::{CatalogError, ImageContent, ImageId, Library};
use crate::classifier::Backbone;
use crate::similarity::{Likeness, near_duplicates};

/// What comparing pictures gave.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NearDuplicates {
    /// Images that were compared.
    pub compared: usize,
    /// Images that were not: nobody has read them yet, or they cannot be read.
    pub left_out: usize,
    /// Images that show nearly the same, by their number.
    pub clusters: Vec<Vec<ImageId>>,
}

/// Reads those of the images that nobody has read yet, so that all can be compared. Gives the reason for each
/// that cannot be read; `on_progress` hears of images done and to do.
///
/// # Errors
/// When the library cannot be read.
pub fn read_for_comparing(
    library: &Library,
    cache: &Cache,
    mut images: Vec<ImageId>,
    workers: usize,
    cancel: &AtomicBool,
    on_progress: &mut dyn FnMut(usize, usize),
) -> Result<Vec<String>, CatalogError> {
    let known: Vec<ImageId> = library
        .contents()?
        .iter()
        .filter(|content| picture_hash(cache, content).is_some())
        .map(|content| content.image)
        .collect();
    images.retain(|image| known.binary_search(image).is_err());
    let mut problems = Vec::new();
    let read = |index: usize| -> Result<(), String> {
        let file = file_of(library, images[index]).map_err(|error| error.to_string())?;
        read_image(library, cache, images[index], &file)
            .map(drop)
            .map_err(|error| format!("{error}: {}", file.path.display()))
    };
    in_order(images.len(), workers, cancel, &read, &mut |index, outcome| {
        problems.extend(outcome.err());
        on_progress(index + 1, images.len());
    });
    Ok(problems)
}

/// Compares all pictures that were read, and keeps in the library which show nearly the same: pairs
/// whose hashes are near, and whose features are alike where both were classified with `backbone`.
/// Nothing where `cancel` was set.
///
/// # Errors
/// When the library cannot be read or written.
pub fn find_near_duplicates(
    library: &Library,
    cache: &Cache,
    backbone: &Backbone,
    cancel: &AtomicBool,
) -> Result<Option<NearDuplicates>, LikenessError> {
    let features = BackboneFeatures::of_backbone(cache, backbone);
    let contents = library.contents()?;
    let shown = library.counts()?.images as usize;
    let (mut images, mut hashes): (Vec<&ImageContent>, Vec<_>) = Default::default();
    for content in &contents {
        if cancel.load(Ordering::Relaxed) {
            return Ok(None);
        }
        if let Some(hash) = picture_hash(cache, content) {
            images.push(content);
            hashes.push(hash);
        }
    }
    let features_of = |index: usize| features.borrowed(images[index]);
    let found = near_duplicates(&hashes, features_of, Likeness::confirmed(), cancel);
    let Some(clusters) = found else { return Ok(None) };
    let clusters: Vec<Vec<ImageId>> = clusters
        .into_iter()
        .map(|cluster| cluster.into_iter().map(|index| images[index].image).collect())
        .collect();
    library.save_near_duplicates(&clusters)?;
    let compared = images.len();
    Ok(Some(NearDuplicates { compared, left_out: shown.saturating_sub(compared), clusters }))
}
