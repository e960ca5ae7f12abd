//! Scoring a library anew with what is known of its images: after a retraining, in seconds.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering};

use ndarray::Array2;

use super::classify::LibraryWork;
use super::likeness::BackboneFeatures;
use super::meant_now::meant_now;
use crate::catalog::{CatalogError, ImageContent, ImageId, ModelInfo};
use crate::classifier::{CategoryScore, Model, ranked, softmax};

/// Images that are scored and saved together.
const BLOCK: usize = 4096;

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
    let features = BackboneFeatures::of_backbone(cache, backbone);
    let info = ModelInfo {
        name: model.name().to_owned(),
        sha256: model.sha256().to_owned(),
        categories: model.categories().to_vec(),
    };
    let tree = library.category_tree()?;
    let wanted: HashSet<ImageId> = images.iter().copied().collect();
    let mut contents = library.contents()?;
    contents.retain(|content| wanted.contains(&content.image));
    let mut scored: HashSet<ImageId> = HashSet::new();
    for block in contents.chunks(BLOCK) {
        if cancel.load(Ordering::Relaxed) {
            break;
        }
        let predictions = score_block(block, &features, model);
        library.save_predictions(&info, &predictions)?;
        for (image, scores) in &predictions {
            scored.insert(*image);
            on_scored(*image, meant_now(ranked(model.categories(), scores), &tree));
        }
    }
    Ok(images.into_iter().filter(|image| !scored.contains(image)).collect())
}

/// The scores of those whose features are in the cache.
pub(super) fn score_block(
    block: &[ImageContent],
    features: &BackboneFeatures<'_>,
    model: &Model,
) -> Vec<(ImageId, Vec<f32>)> {
    let (mut images, mut inputs) = (Vec::new(), Vec::new());
    for content in block {
        let Some(cached) = features.cached(content) else { continue };
        images.push(content.image);
        inputs.extend(cached.values);
        if let Some(input) = &model.manifest().pixel_size_input {
            inputs.extend(input.terms(cached.nm_per_px));
        }
    }
    let width = model.head().feature_count();
    // Features of another backbone have another key; a head that takes more has them.
    let Ok(inputs) = Array2::from_shape_vec((images.len(), width), inputs) else {
        return Vec::new();
    };
    let logits = model.head().logits_of_rows(inputs.view());
    let temperature = model.manifest().temperature;
    let scores = logits.rows().into_iter().map(|row| softmax(&row.to_vec(), temperature));
    images.into_iter().zip(scores).collect()
}
