//! Training a model from labelled images.

mod checkpoint;
mod examples;
mod record;
mod report;
mod second_stage;
mod split;
mod ties;
mod warnings;

use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use super::features::{FailedFile, Featured, features_of};
use super::labelled_set::{LabelledSet, LabelledSetError};
use super::library_models::own_models;
use super::model_card::model_card;
use super::pipeline::PipelineOptions;
use crate::cache::Cache;
use crate::catalog::{CatalogError, Library, Side};
use crate::classifier::{
    Backbone, Model, ModelError, PixelSizeInput, save_training_images, training_images,
};
use crate::learning::{
    CrossValidation, Examples, HistoryPoint, Recipe, TrainError, TrainOptions, TrainProgress,
    cross_validate, train,
};

use checkpoint::Checkpoint;
use examples::examples_of;
pub(super) use examples::inputs_of;
pub use report::{LeakReport, TrainReport};
use second_stage::First;
use split::{Split, split};
use ties::Ties;
pub(super) use ties::near_duplicates as near_duplicate_ties;

/// How to train a model.
#[derive(Debug, Clone)]
pub struct TrainModelOptions {
    /// The model's name.
    pub name: String,
    /// One sentence on what it is for.
    pub description: String,
    /// Where the images came from, for the card.
    pub data: String,
    /// Categories with fewer images are left out.
    pub min_images: usize,
    /// How the head is fitted.
    pub training: TrainOptions,
    /// Whether the head is told the pixel size.
    pub takes_pixel_size: bool,
    /// Whether the network's last convolution is trained too.
    pub has_second_stage: bool,
    /// Folds of the grouped cross-validation, 0 for none.
    pub cross_validation_folds: usize,
    /// How to run the backbone.
    pub pipeline: PipelineOptions,
}

/// What training is doing, for those who wait.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum TrainStage {
    /// Features are computed, or found in the cache.
    Features {
        /// Images done.
        done: usize,
        /// Images in all.
        total: usize,
    },
    /// A penalty is tried, counted from 1.
    Choosing {
        /// Counted from 1.
        number: usize,
        /// How many there are at most.
        of: usize,
    },
    /// The head is fitted.
    Fitting {
        /// Steps made.
        step: usize,
        /// The newest measure.
        latest: Option<HistoryPoint>,
    },
    /// The network's last convolution is trained.
    SecondStage {
        /// Passes over the training images done, over all parts of it.
        pass: usize,
        /// How many there are at most.
        of: usize,
    },
    /// The procedure is measured by cross-validation.
    CrossValidating {
        /// The fold, counted from 1.
        fold: usize,
    },
}

/// Where models, features and records of a training go.
pub struct TrainPlaces<'a> {
    /// The model's folder.
    pub out: &'a Path,
    /// Features.
    pub cache: &'a Cache,
    /// Keeps on which side its images were; nothing for images of no library.
    pub library: Option<&'a Library>,
}

/// Why no model was trained.
#[derive(Debug, thiserror::Error)]
pub enum TrainModelError {
    /// The labelled images could not be listed.
    #[error(transparent)]
    LabelledSet(#[from] LabelledSetError),
    /// Training itself failed.
    #[error(transparent)]
    Train(#[from] TrainError),
    /// The backbone or the model failed.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// The library failed.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    /// There is no labelled image.
    #[error(
        "There is no labelled image: give a folder with one sub-folder per category, \
         or label images first"
    )]
    NoImages,
    /// There are labelled images, and none can be read.
    #[error("None of the labelled images can be read ({}); the first: {}: {}", 
        .count, .first.error, .first.path)]
    NoneReadable {
        /// Images that failed.
        count: usize,
        /// One of them.
        first: FailedFile,
    },
    /// There are labelled images, all of other categories than the model's.
    #[error("Model {model:?} knows none of the categories of these images: {}", .found.join(", "))]
    NoKnownCategory {
        /// The model.
        model: String,
        /// The categories of the images.
        found: Vec<String>,
    },
    /// All labelled images took part in training the model.
    #[error(
        "Model {model:?} was trained on every one of these images ({images}): they say nothing of how \
         good it is. Label others, or measure even so with --all"
    )]
    AllTrainedOn {
        /// The model.
        model: String,
        /// The images.
        images: usize,
    },
    /// The pixel size was to be an input, and no two images tell different ones.
    #[error(
        "The pixel size cannot be an input: of {0} images no two tell different ones in their headers"
    )]
    NoPixelSizes(usize),
    /// What the second stage works on does not fit into memory.
    #[error(
        "The second stage keeps what the network's last layer takes of every image in memory, which \
         is too much for {images} images; it can take {most}"
    )]
    TooLargeForSecondStage {
        /// Images asked for.
        images: usize,
        /// Images that would fit.
        most: usize,
    },
    /// A second look at the images found others.
    #[error("The images were changed while they were learned from; train again")]
    ChangedMeanwhile,
}

/// Trains a model on `set`, measures it, and writes it into the folder `places.out`. A model that is
/// there already is replaced, and its split kept to.
///
/// # Errors
/// See [`TrainModelError`]. A training of many steps that is cancelled goes on from there when it is
/// begun again.
pub fn train_model(
    mut set: LabelledSet,
    places: &TrainPlaces<'_>,
    backbone: &Backbone,
    options: &TrainModelOptions,
    cancel: &AtomicBool,
    on_progress: &mut dyn FnMut(TrainStage),
) -> Result<TrainReport, TrainModelError> {
    let started = Instant::now();
    let out = places.out;
    if out.exists() && !out.is_dir() {
        // Said before the work, not after it.
        let source = io::Error::from(io::ErrorKind::NotADirectory);
        return Err(ModelError::Write { path: out.to_owned(), source }.into());
    }
    let earlier = earlier_sides(&set, places)?;
    // Refused before the work, too.
    let trunk = match options.has_second_stage {
        true => Some(backbone.before_last_convolution(1)?),
        false => None,
    };
    let left_out_categories = set.keep_categories_of(options.min_images);
    let featured = features_of(
        &set.images,
        backbone,
        places.cache,
        &options.pipeline,
        cancel,
        &mut |done, total| on_progress(TrainStage::Features { done, total }),
    )?;
    if cancel.load(Ordering::Relaxed) {
        return Err(TrainError::Cancelled.into());
    }
    featured.require_images()?;
    if let Some((trunk, _)) = &trunk {
        second_stage::require_memory(featured.images.len(), trunk.card().feature_count)?;
    }
    let ties = Ties::of(&featured, places.cache, cancel).ok_or(TrainError::Cancelled)?;
    let split = split(&featured, &ties, &earlier);
    let pixel_size_input = pixel_size_input(&featured, &split, options)?;
    let examples = examples_of(&featured, &split, pixel_size_input);

    let checkpoint =
        Checkpoint::of(&featured, &examples, &backbone.feature_key(), options.training, out);
    let outcome = {
        let state = checkpoint.load();
        let mut watch = |progress: TrainProgress<'_>| {
            on_stage(progress, &checkpoint, cancel, on_progress);
            !cancel.load(Ordering::Relaxed)
        };
        train(&examples, options.training, state.as_ref(), &mut watch)?
    };
    let cross_validation = match options.cross_validation_folds {
        0 => None,
        folds => Some(cross_validate(&examples, folds, options.training, &mut |fold| {
            on_progress(TrainStage::CrossValidating { fold: fold + 1 });
            !cancel.load(Ordering::Relaxed)
        })?),
    };
    let mut leaks =
        leak_report(&examples, &split, &ties, options, cross_validation.as_ref(), cancel)?;
    leaks.grouped_accuracy = match &cross_validation {
        Some(folds) => Some(folds.evaluation.accuracy),
        None => outcome.test.as_ref().map(|test| test.accuracy),
    };
    let second = match &trunk {
        Some(trunk) => {
            let first = First {
                featured: &featured,
                examples: &examples,
                outcome: &outcome,
                cross_validation: cross_validation.as_ref(),
            };
            Some(second_stage::run(&first, backbone, trunk, places, options, cancel, on_progress)?)
        }
        None => None,
    };
    let record = second.as_ref().map(|second| &second.record);
    let retrained = second.as_ref().and_then(|second| second.made.as_ref());
    let (outcome, cross_validation) = match retrained {
        Some((_, outcome, folds)) => (outcome, folds.as_ref()),
        None => (&outcome, cross_validation.as_ref()),
    };
    let card = retrained.map_or(backbone.card(), |(retrained, ..)| retrained.card());

    let made = record::Made {
        featured: &featured,
        split: &split,
        outcome,
        cross_validation,
        leaks: &leaks,
        names: &examples.names,
        pixel_size_input,
        second_stage: record,
    };
    let manifest = record::manifest(&made, card, places.library, options)?;
    let model = Model::new(manifest, outcome.head.clone())?;
    match retrained {
        Some((retrained, ..)) => retrained.save(out)?,
        None => backbone.copy_into(out)?,
    }
    let sides = sides_by_content(&featured, &split);
    // Before the head: whatever kills the program, no image that trained it is taken for unseen.
    save_training_images(out, &with_earlier_tests(&sides, &earlier))?;
    model.save(out, &model_card(model.manifest(), outcome.test.as_ref()))?;
    if let Some(library) = places.library.filter(|library| !library.is_read_only()) {
        library.record_split_sides(&sides.into_iter().collect::<Vec<_>>())?;
    }
    checkpoint.remove();
    let mut notes = set.notes;
    let is_measured = cross_validation.is_some();
    notes.extend(warnings::warnings(&featured, &split, &ties, is_measured));
    Ok(report::report(&made, notes, left_out_categories, out, started.elapsed()))
}

/// The labelled images as numbers, what belongs together in one group, for measures that make their
/// own splits.
pub(super) fn grouped_examples(
    featured: &Featured,
    cache: &Cache,
    cancel: &AtomicBool,
) -> Result<Examples, TrainError> {
    let ties = Ties::of(featured, cache, cancel).ok_or(TrainError::Cancelled)?;
    Ok(examples_of(featured, &split(featured, &ties, &BTreeMap::new()), None))
}

/// Where contents were before: what the library and its models say, and the model that is replaced.
fn earlier_sides(
    set: &LabelledSet,
    places: &TrainPlaces<'_>,
) -> Result<BTreeMap<String, Side>, ModelError> {
    let mut earlier = training_images(places.out)?.unwrap_or_default();
    let mut add = |content: &String, side: Side| {
        let known = earlier.entry(content.clone()).or_insert(side);
        *known = (*known).max(side); // what has measured never trains
    };
    // A library that another program writes does not remember what is trained meanwhile.
    for folder in places.library.map(own_models).unwrap_or_default().values() {
        let of_model = training_images(folder)?.unwrap_or_default();
        of_model.iter().for_each(|(content, side)| add(content, *side));
    }
    set.earlier_sides.iter().for_each(|(content, side)| add(content, *side));
    Ok(earlier)
}

fn sides_by_content(featured: &Featured, split: &Split) -> BTreeMap<String, Side> {
    let sides = featured.contents.iter().cloned().zip(&split.sides);
    sides.filter_map(|(content, side)| Some((content, (*side)?))).collect()
}

/// What has measured an earlier model is remembered also while it is not in the set.
fn with_earlier_tests(
    sides: &BTreeMap<String, Side>,
    earlier: &BTreeMap<String, Side>,
) -> BTreeMap<String, Side> {
    let mut all: BTreeMap<String, Side> = earlier.clone();
    all.retain(|_, side| *side == Side::Test);
    all.extend(sides.iter().map(|(content, side)| (content.clone(), *side)));
    all
}

fn pixel_size_input(
    featured: &Featured,
    split: &Split,
    options: &TrainModelOptions,
) -> Result<Option<PixelSizeInput>, TrainModelError> {
    if !options.takes_pixel_size {
        return Ok(None);
    }
    let trains = |side: &&Option<Side>| **side == Some(Side::Training);
    let training = split.sides.iter().zip(&featured.nm_per_px).filter(|(side, _)| trains(side));
    PixelSizeInput::of(training.filter_map(|(_, size)| *size))
        .map(Some)
        .ok_or(TrainModelError::NoPixelSizes(featured.images.len()))
}

fn on_stage(
    progress: TrainProgress<'_>,
    checkpoint: &Checkpoint,
    cancel: &AtomicBool,
    on_progress: &mut dyn FnMut(TrainStage),
) {
    match progress {
        TrainProgress::Choosing { number, of } => on_progress(TrainStage::Choosing { number, of }),
        TrainProgress::Fitting { step, latest, state } => {
            on_progress(TrainStage::Fitting { step, latest: latest.copied() });
            checkpoint.keep(step, cancel.load(Ordering::Relaxed), state);
        }
    }
}

/// What a split by file name alone would have leaked, and how it would have flattered: by
/// cross-validation where that was asked for, else on its test side.
fn leak_report(
    examples: &Examples,
    split: &Split,
    ties: &Ties,
    options: &TrainModelOptions,
    grouped: Option<&CrossValidation>,
    cancel: &AtomicBool,
) -> Result<LeakReport, TrainModelError> {
    let mut plain = examples.clone();
    let mut report = LeakReport {
        pairs: split.leaked_by_plain(ties),
        left_out_images: split.sides.iter().filter(|side| side.is_none()).count(),
        plain_accuracy: None,
        grouped_accuracy: None,
        plain_images: 0,
    };
    // The steps of `sgd` take long, and the answer is about the split: the same for both recipes.
    let training = TrainOptions { recipe: Recipe::Lbfgs, ..options.training };
    if let Some(grouped) = grouped {
        plain.groups = (0..examples.image_count()).map(|image| format!("image {image}")).collect();
        let folds = grouped.fold_accuracy.len();
        let measured =
            cross_validate(&plain, folds, training, &mut |_| !cancel.load(Ordering::Relaxed))?;
        report.plain_accuracy = Some(measured.evaluation.accuracy);
        report.plain_images = measured.evaluation.images;
    } else if ties.all().is_empty() {
        return Ok(report); // both splits are the same
    } else {
        plain.sides.clone_from(&split.plain_sides);
        let watch = &mut |_: TrainProgress<'_>| !cancel.load(Ordering::Relaxed);
        match train(&plain, training, None, watch) {
            Ok(outcome) => {
                report.plain_accuracy = outcome.test.as_ref().map(|test| test.accuracy);
                report.plain_images = outcome.test.map_or(0, |test| test.images);
            }
            Err(TrainError::Cancelled) => return Err(TrainError::Cancelled.into()),
            Err(_) => {} // too few on a side: there is nothing to compare with
        }
    }
    Ok(report)
}
