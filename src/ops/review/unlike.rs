//! Images of a library that are unlike all that people have labelled.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};

use super::super::likeness::BackboneFeatures;
use super::super::train::near_duplicate_ties;
use super::cached_set::CachedSet;
use super::{ReviewError, unclassified_note};
use crate::cache::{Cache, CachedFeatures};
use crate::catalog::{ImageId, Library, ReviewQueue, View};
use crate::classifier::Backbone;
use crate::learning::tied_together;
use crate::query::Query;
use crate::similarity::{FeatureRows, KnownImages};

/// The share of labelled images that are no farther from the others than the threshold.
const USUAL: f64 = 0.95;
/// Labelled images it takes to tell what is usual: with fewer, one in twenty is none.
const LEAST_KNOWN: usize = 20;

/// What comparing with the labelled images gave.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Unlike {
    /// Labelled images that the others were compared with.
    pub known: usize,
    /// Images that were compared.
    pub compared: usize,
    /// Images that were not: they were not classified.
    pub without_features: usize,
    /// The cosine distance that 95 of 100 labelled images keep from the others.
    pub threshold: f32,
    /// Images beyond that which no person has labelled, and their distance; the most unlike first.
    pub found: Vec<(ImageId, f32)>,
    /// What was left out, in words.
    pub notes: Vec<String>,
}

impl Unlike {
    /// What was left out, in words.
    pub fn left_out(&self) -> Vec<String> {
        let unclassified = unclassified_note(self.without_features, "image");
        self.notes.iter().cloned().chain(unclassified).collect()
    }
}

/// Compares all images that were classified with `backbone` with those that would train a model, and
/// keeps in the library how unlike each is. `on_progress` hears of images done and to do. Nothing where
/// `cancel` was set.
///
/// # Errors
/// See [`ReviewError`].
pub fn find_unlike(
    library: &Library,
    cache: &Cache,
    backbone: &Backbone,
    cancel: &AtomicBool,
    on_progress: &mut dyn FnMut(usize, usize),
) -> Result<Option<Unlike>, ReviewError> {
    find(library, &BackboneFeatures::of_backbone(cache, backbone), cancel, on_progress)
}

pub(super) fn find(
    library: &Library,
    features: &BackboneFeatures<'_>,
    cancel: &AtomicBool,
    on_progress: &mut dyn FnMut(usize, usize),
) -> Result<Option<Unlike>, ReviewError> {
    let found = CachedSet::of(library, features, cancel);
    if cancel.load(Ordering::Relaxed) {
        return Ok(None);
    }
    let CachedSet { featured, labels, without_features, notes } = found?;
    let Some(ties) = near_duplicate_ties(&featured, features.cache, cancel) else {
        return Ok(None);
    };
    let scenes = tied_together(labels.len(), &ties);
    if scenes.len() < LEAST_KNOWN {
        let (least, found) = (LEAST_KNOWN, scenes.len());
        return Err(ReviewError::TooFewKnown { least, found, without_features });
    }
    let mut groups = vec![0; labels.len()];
    for (scene, images) in scenes.iter().enumerate() {
        images.iter().for_each(|image| groups[*image] = scene);
    }
    let values = featured.features.as_slice().unwrap_or_default(); // row after row, as it was read
    let known = KnownImages::new(FeatureRows::new(values, features.feature_count)?, &groups)?;
    drop(featured);
    let Some(threshold) = known.threshold(USUAL, cancel) else { return Ok(None) };

    let group_of: HashMap<ImageId, usize> =
        labels.iter().map(|label| label.image).zip(groups).collect();
    let Some(mut distances) = distances(library, &known, &group_of, features, cancel, on_progress)?
    else {
        return Ok(None);
    };
    distances.sort_unstable_by_key(|(image, _)| *image);
    library.save_novelty(&distances, threshold)?;
    let shown = library.counts()?.images as usize;
    let compared = distances.len();
    Ok(Some(Unlike {
        known: labels.len(),
        compared,
        without_features: shown.saturating_sub(compared),
        threshold,
        found: waiting(library, &distances)?,
        notes,
    }))
}

/// The distance of every image that has features; `None` where `cancel` was set.
fn distances(
    library: &Library,
    known: &KnownImages,
    group_of: &HashMap<ImageId, usize>,
    features: &BackboneFeatures<'_>,
    cancel: &AtomicBool,
    on_progress: &mut dyn FnMut(usize, usize),
) -> Result<Option<Vec<(ImageId, f32)>>, ReviewError> {
    let contents = library.contents()?;
    let total = contents.len();
    let mut all = Vec::with_capacity(total);
    let mut done = 0;
    features.in_blocks::<ReviewError>(&contents, total, cancel, &mut |block| {
        let (images, rows): (Vec<ImageId>, Vec<CachedFeatures>) = block.into_iter().unzip();
        let values: Vec<f32> = rows.into_iter().flat_map(|row| row.values).collect();
        let groups: Vec<Option<usize>> =
            images.iter().map(|image| group_of.get(image).copied()).collect();
        let rows = FeatureRows::new(&values, features.feature_count)?;
        let found = known.distances(rows, &groups, cancel)?.unwrap_or_default();
        let known = images.iter().zip(found);
        all.extend(known.filter_map(|(image, distance)| Some((*image, distance?))));
        done += images.len();
        on_progress(done.min(total), total);
        Ok(())
    })?;
    Ok((!cancel.load(Ordering::Relaxed)).then_some(all))
}

/// The images that wait in the queue, in its order, of those whose `distances` these are.
fn waiting(
    library: &Library,
    distances: &[(ImageId, f32)],
) -> Result<Vec<(ImageId, f32)>, ReviewError> {
    let queue = ReviewQueue::Unlike;
    let query = Query::parse(&queue.query(1.0)).unwrap_or_default();
    let images = library.image_ids(&View { query, sort: queue.sort(), ..View::default() })?;
    let distance = |image: ImageId| {
        let position = distances.binary_search_by_key(&image, |(image, _)| *image).ok()?;
        Some((image, distances[position].1))
    };
    Ok(images.into_iter().filter_map(distance).collect())
}
