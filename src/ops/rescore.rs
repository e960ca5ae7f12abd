//! Scoring a library anew with what is known of its images: after a retraining, in seconds.

use std::collections::HashSet;
use std::convert::Infallible;
use std::sync::atomic::{AtomicBool, Ordering};

use ndarray::Array2;

use super::classify::LibraryWork;
use super::likeness::BackboneFeatures;
use super::model_info::{current_categories, model_info};
use crate::cache::{Cache, CachedFeatures};
use crate::catalog::{CatalogError, ImageContent, ImageId};
use crate::classifier::{Backbone, CategoryScore, Model, ranked, softmax};

/// Predictions that are saved in one transaction, about a second's work: nobody who labels meanwhile
/// waits for longer.
const SAVED_AT_ONCE: usize = 200_000;
/// How many of more than these are.
const SAVED_TOGETHER: usize = 4096;

/// Scores those of `images` whose features are in the cache, without opening a file, and saves the
/// predictions; what is known of the files is taken as it is. `on_scored` hears of an image and its
/// scores, by what the model's categories mean in the library, once they are saved. Gives the images
/// that are left to be read.
///
/// # Errors
/// Fails where the library cannot be read or written; what was saved before stays.
pub fn rescore_library(
    images: Vec<ImageId>,
    work: &LibraryWork<'_>,
    cancel: &AtomicBool,
    on_scored: &mut dyn FnMut(ImageId, Vec<CategoryScore>),
) -> Result<Vec<ImageId>, CatalogError> {
    let LibraryWork { library, cache, backbone, model, .. } = *work;
    let wanted: HashSet<ImageId> = images.iter().copied().collect();
    let mut contents = library.contents()?;
    let library_images = contents.len();
    contents.retain(|content| wanted.contains(&content.image));
    let predictions = score_cached(&contents, library_images, cache, backbone, model, cancel);

    let current = current_categories(model, Some(library))?;
    let saved_together = match predictions.len() {
        // Without writing ahead, whoever reads waits for whoever writes much.
        count @ 0..=SAVED_AT_ONCE if !library.is_on_network_share() => count.max(1),
        _ => SAVED_TOGETHER,
    };
    let mut saved: HashSet<ImageId> = HashSet::new();
    for block in predictions.chunks(saved_together) {
        if cancel.load(Ordering::Relaxed) {
            break;
        }
        library.save_predictions(&model_info(model), block)?;
        for (image, scores) in block {
            saved.insert(*image);
            on_scored(*image, ranked(current.names(), &current.add_up(scores)));
        }
    }
    Ok(images.into_iter().filter(|image| !saved.contains(image)).collect())
}

/// The scores of those whose features are in the cache, sorted by image.
pub(super) fn score_cached(
    contents: &[ImageContent],
    library_images: usize,
    cache: &Cache,
    backbone: &Backbone,
    model: &Model,
    cancel: &AtomicBool,
) -> Vec<(ImageId, Vec<f32>)> {
    let features = BackboneFeatures::of_backbone(cache, backbone);
    let mut all = Vec::new();
    let Ok(()) = features.in_blocks::<Infallible>(contents, library_images, cancel, &mut |block| {
        all.extend(score_block(&block, model));
        Ok(())
    });
    all.sort_unstable_by_key(|(image, _)| *image);
    all
}

fn score_block(block: &[(ImageId, CachedFeatures)], model: &Model) -> Vec<(ImageId, Vec<f32>)> {
    let width = model.head().feature_count();
    let mut inputs = Vec::with_capacity(block.len() * width);
    for (_, features) in block {
        inputs.extend_from_slice(&features.values);
        if let Some(input) = &model.manifest().pixel_size_input {
            inputs.extend(input.terms(features.nm_per_px));
        }
    }
    // Features of another backbone have another key; a head that takes more has them.
    let Ok(inputs) = Array2::from_shape_vec((block.len(), width), inputs) else {
        return Vec::new();
    };
    let logits = model.head().logits_of_rows(inputs.view());
    let temperature = model.manifest().temperature;
    let scores = logits.rows().into_iter().map(|row| softmax(&row.to_vec(), temperature));
    block.iter().map(|(image, _)| *image).zip(scores).collect()
}
