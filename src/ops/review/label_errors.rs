//! Labels of a library that are likely wrong.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};

use ndarray::Axis;

use super::super::likeness::BackboneFeatures;
use super::super::train::grouped_examples;
use super::cached_set::CachedSet;
use super::{ReviewError, unclassified_note};
use crate::cache::Cache;
use crate::catalog::{ImageId, LabelDoubt, Library};
use crate::classifier::Backbone;
use crate::learning::{
    Examples, TrainError, TrainOptions, cross_validate, grouped_folds, likely_label_errors,
};

/// Folds in which the images are scored by a head that never saw them.
const FOLDS: usize = 5;
/// Images that a category needs: with fewer, the mean of its scores is chance.
const LEAST_IMAGES: usize = 5;

/// What looking for label errors gave.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct LabelErrors {
    /// Labels that were judged.
    pub judged: usize,
    /// Labelled images that were not, since they were not classified.
    pub without_features: usize,
    /// Images of categories that cannot be judged: too few, or all of one session or nearly the same.
    pub not_judged: BTreeMap<String, usize>,
    /// Labels that are likely wrong, the greatest margin first.
    pub found: Vec<FoundLabelError>,
    /// What else was left out, in words.
    pub notes: Vec<String>,
}

impl LabelErrors {
    /// What was left out, in words.
    pub fn left_out(&self) -> Vec<String> {
        let mut told = self.notes.clone();
        told.extend(self.not_judged.iter().map(|(category, images)| {
            format!(
                "Not judged: {category} ({images}), too few, or all of one session or nearly the same"
            )
        }));
        told.extend(unclassified_note(self.without_features, "labelled image"));
        told
    }
}

/// A label that is likely wrong.
#[derive(Debug, Clone, PartialEq)]
pub struct FoundLabelError {
    /// The image.
    pub image: ImageId,
    /// The category that it was given.
    pub given: String,
    /// The category that it more likely shows.
    pub likelier: String,
    /// Score of the likelier category minus that of the given one: above 0, at most 1.
    pub margin: f32,
}

/// Looks for labels that are likely wrong, and keeps in the library which those are. What is judged are
/// the labels that would train a model, of images that were classified with `backbone`: each by a head
/// that saw neither the image nor what is of its session or shows nearly the same. `on_progress` hears
/// of the fold in work and of how many there are. Nothing where `cancel` was set.
///
/// # Errors
/// See [`ReviewError`].
pub fn find_label_errors(
    library: &Library,
    cache: &Cache,
    backbone: &Backbone,
    cancel: &AtomicBool,
    on_progress: &mut dyn FnMut(usize, usize),
) -> Result<Option<LabelErrors>, ReviewError> {
    let features = BackboneFeatures::of_backbone(cache, backbone);
    match find(library, &features, cancel, on_progress) {
        Err(ReviewError::Train(TrainError::Cancelled)) => Ok(None),
        found => found.map(Some),
    }
}

pub(super) fn find(
    library: &Library,
    features: &BackboneFeatures<'_>,
    cancel: &AtomicBool,
    on_progress: &mut dyn FnMut(usize, usize),
) -> Result<LabelErrors, ReviewError> {
    let found = CachedSet::of(library, features, cancel);
    if cancel.load(Ordering::Relaxed) {
        return Err(TrainError::Cancelled.into());
    }
    let CachedSet { featured, labels, without_features, notes } = found?;
    let examples = grouped_examples(&featured, features.cache, cancel)?;
    drop(featured); // the examples have all that is needed, features too
    let groups: BTreeSet<&String> = examples.groups.iter().collect();
    let folds = FOLDS.min(groups.len());
    let is_judged = judged_categories(&examples, folds);
    let judged_names = examples.names.iter().zip(&is_judged).filter(|(_, is_judged)| **is_judged);
    let judged_names: Vec<String> = judged_names.map(|(name, _)| name.clone()).collect();
    if judged_names.len() < 2 {
        let (least, judged) = (LEAST_IMAGES, judged_names);
        return Err(ReviewError::TooFewCategories { least, judged, without_features });
    }
    let measured = cross_validate(&examples, folds, TrainOptions::default(), &mut |fold| {
        on_progress(fold + 1, folds);
        !cancel.load(Ordering::Relaxed)
    })?;

    // A category that is not judged is not offered instead of another either: it has no images here.
    let images = 0..examples.image_count();
    let (judged, others): (Vec<usize>, Vec<usize>) =
        images.partition(|image| is_judged[examples.categories[*image]]);
    let given: Vec<usize> = judged.iter().map(|image| examples.categories[*image]).collect();
    let second: Vec<Option<usize>> =
        judged.iter().map(|image| examples.facts[*image].second).collect();
    let scores = measured.scores.select(Axis(0), &judged);
    let errors = likely_label_errors(scores.view(), &given, &second);

    let tree = library.category_tree()?;
    let (mut doubts, mut found) = (Vec::with_capacity(errors.len()), Vec::new());
    for error in errors {
        let (label, name) = (&labels[judged[error.image]], &examples.names[error.likelier]);
        let Some(likelier) = tree.find(name) else { continue }; // renamed meanwhile
        let (image, margin) = (label.image, error.margin);
        doubts.push(LabelDoubt { image, labelled_at: label.label.at, likelier, margin });
        found.push(FoundLabelError {
            image,
            given: examples.names[given[error.image]].clone(),
            likelier: name.clone(),
            margin,
        });
    }
    library.save_doubts(&doubts)?;
    let mut not_judged = BTreeMap::new();
    for image in others {
        let name = examples.names[examples.categories[image]].clone();
        *not_judged.entry(name).or_insert(0) += 1;
    }
    Ok(LabelErrors { judged: judged.len(), without_features, not_judged, found, notes })
}

/// Which categories can be judged: those with enough images, of which some train while others are
/// scored. What a head has never seen it calls something else.
fn judged_categories(examples: &Examples, folds: usize) -> Vec<bool> {
    let fold_of = grouped_folds(&examples.groups, &examples.categories, folds);
    let mut images = vec![0; examples.names.len()];
    let mut folds_of = vec![BTreeSet::new(); examples.names.len()];
    for (category, fold) in examples.categories.iter().zip(fold_of) {
        images[*category] += 1;
        folds_of[*category].insert(fold);
    }
    let is_judged =
        |(images, folds): (usize, BTreeSet<usize>)| images >= LEAST_IMAGES && folds.len() > 1;
    images.into_iter().zip(folds_of).map(is_judged).collect()
}
