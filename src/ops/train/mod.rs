//! Training a model from labelled images.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use ndarray::Array2;
use serde::Serialize;

use super::FileToRead;
use super::labelled_set::{LabelledImage, LabelledSet, LabelledSetError};
use super::model_card::model_card;
use super::pipeline::{self, Features, PipelineOptions};
use crate::cache::Cache;
use crate::classifier::{
    Backbone, CrossValidationRecord, Model, ModelError, ModelManifest, TrainingRecord,
};
use crate::learning::{Evaluation, Examples, TrainError, TrainOutcome, cross_validate, train};

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
    /// Folds of the grouped cross-validation, 0 for none.
    pub cross_validation_folds: usize,
    /// How to run the backbone.
    pub pipeline: PipelineOptions,
}

/// What training gave; the keys of `semblance train --json`.
#[derive(Debug, Clone, Serialize)]
pub struct TrainReport {
    /// Images used.
    pub images: usize,
    /// Category names.
    pub categories: Vec<String>,
    /// Images on each side.
    pub split: Sides<usize>,
    /// Share of right answers on each side that has images.
    pub accuracy: Sides<Option<f64>>,
    /// Mean cross-entropy in nats.
    pub cross_entropy: CrossEntropy,
    /// Measured over grouped folds, where it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cross_validation: Option<CrossValidationRecord>,
    /// Categories left out for having too few images, with their number.
    pub left_out_categories: BTreeMap<String, usize>,
    /// Files that could not be used, with the reason.
    pub failed: Vec<FailedFile>,
    /// Wall-clock time.
    pub seconds: f64,
    /// Where the model is.
    pub model: String,
}

/// One value a side of the split.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Sides<T> {
    /// Fits the weights.
    pub train: T,
    /// Chooses penalty and temperature.
    pub validation: T,
    /// Measures.
    pub test: T,
}

/// Mean cross-entropy in nats.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct CrossEntropy {
    /// On the training side.
    pub train: Option<f64>,
    /// On the validation side.
    pub validation: Option<f64>,
}

/// A file that could not be used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FailedFile {
    /// The file.
    pub path: String,
    /// Why.
    pub error: String,
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
}

/// Features of labelled images, and the files that gave none.
pub(super) struct Featured {
    /// The images that could be used, in order.
    pub images: Vec<LabelledImage>,
    /// `[image_count, feature_count]`.
    pub features: Array2<f32>,
    /// The others.
    pub failed: Vec<FailedFile>,
}

impl Featured {
    /// Fails, saying why, where there is no image to go on with.
    pub(super) fn require_images(&self) -> Result<(), TrainModelError> {
        match (self.images.is_empty(), self.failed.first()) {
            (false, _) => Ok(()),
            (true, None) => Err(TrainModelError::NoImages),
            (true, Some(first)) => Err(TrainModelError::NoneReadable {
                count: self.failed.len(),
                first: first.clone(),
            }),
        }
    }
}

/// The features of `images`, out of the cache where they are there. `on_progress` hears of images
/// done and to do.
pub(super) fn features_of(
    images: &[LabelledImage],
    backbone: &Backbone,
    cache: &Cache,
    options: &PipelineOptions,
    cancel: &AtomicBool,
    on_progress: &mut dyn FnMut(usize, usize),
) -> Result<Featured, ModelError> {
    let files: Vec<FileToRead> = images.iter().map(|image| image.file.clone()).collect();
    let (mut used, mut values, mut failed) = (Vec::new(), Vec::new(), Vec::new());
    pipeline::run(
        &files,
        backbone,
        Features::Cached(cache),
        options,
        cancel,
        &mut |index, outcome| {
            match outcome {
                Ok(file) => {
                    used.push(images[index].clone());
                    values.extend(file.features);
                }
                Err(failure) => {
                    let path = files[index].path.display().to_string();
                    failed.push(FailedFile { path, error: failure.reason });
                }
            }
            on_progress(index + 1, files.len());
        },
    );
    let features = Array2::from_shape_vec((used.len(), backbone.card().feature_count), values)
        .map_err(|error| ModelError::Engine {
            engine: backbone.engine_name(),
            reason: error.to_string(),
        })?;
    Ok(Featured { images: used, features, failed })
}

/// Trains a model on `set`, measures it, and writes it into the folder `out`.
///
/// # Errors
/// See [`TrainModelError`].
pub fn train_model(
    mut set: LabelledSet,
    out: &Path,
    backbone: &Backbone,
    cache: &Cache,
    options: &TrainModelOptions,
    cancel: &AtomicBool,
    on_progress: &mut dyn FnMut(usize, usize),
) -> Result<TrainReport, TrainModelError> {
    let started = Instant::now();
    if out.exists() && !out.is_dir() {
        // Said before the work, not after it.
        let source = io::Error::from(io::ErrorKind::NotADirectory);
        return Err(ModelError::Write { path: out.to_owned(), source }.into());
    }
    let left_out_categories = set.keep_categories_of(options.min_images);
    let featured =
        features_of(&set.images, backbone, cache, &options.pipeline, cancel, on_progress)?;
    featured.require_images()?;
    let examples = examples_of(&featured);
    let outcome = train(&examples, cancel)?;
    let cross_validation = match options.cross_validation_folds {
        0 => None,
        folds => Some(cross_validation_record(&examples, folds, cancel)?),
    };

    let manifest = ModelManifest {
        format: 0, // filled in by Model::new
        name: options.name.clone(),
        description: options.description.clone(),
        feature_key: backbone.feature_key(),
        backbone: backbone.card().name.clone(),
        categories: examples.names.clone(),
        temperature: outcome.temperature,
        head_sha256: String::new(), // filled in by Model::new
        training: training_record(&featured, &outcome, cross_validation.clone(), options),
        created_at: jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        program_version: env!("CARGO_PKG_VERSION").to_owned(),
    };
    let model = Model::new(manifest, outcome.head.clone())?;
    model.save(out, &model_card(model.manifest(), outcome.test.as_ref()))?;

    let accuracy = |side: &Option<Evaluation>| side.as_ref().map(|measured| measured.accuracy);
    let cross_entropy =
        |side: &Option<Evaluation>| side.as_ref().map(|measured| measured.cross_entropy);
    let [in_training, in_validation, in_test] = outcome.split;
    Ok(TrainReport {
        images: featured.images.len(),
        categories: examples.names,
        split: Sides { train: in_training, validation: in_validation, test: in_test },
        accuracy: Sides {
            train: accuracy(&outcome.training),
            validation: accuracy(&outcome.validation),
            test: accuracy(&outcome.test),
        },
        cross_entropy: CrossEntropy {
            train: cross_entropy(&outcome.training),
            validation: cross_entropy(&outcome.validation),
        },
        cross_validation,
        left_out_categories,
        failed: featured.failed,
        seconds: started.elapsed().as_secs_f64(),
        model: out.display().to_string(),
    })
}

fn examples_of(featured: &Featured) -> Examples {
    let mut names: Vec<String> =
        featured.images.iter().map(|image| image.category.clone()).collect();
    names.sort();
    names.dedup();
    let index_of = |category: &String| names.binary_search(category).unwrap_or(0);
    Examples {
        features: featured.features.clone(),
        categories: featured.images.iter().map(|image| index_of(&image.category)).collect(),
        groups: featured.images.iter().map(|image| image.group.clone()).collect(),
        names,
    }
}

fn cross_validation_record(
    examples: &Examples,
    folds: usize,
    cancel: &AtomicBool,
) -> Result<CrossValidationRecord, TrainError> {
    let (measured, fold_accuracy) = cross_validate(examples, folds, cancel)?;
    Ok(CrossValidationRecord {
        folds,
        accuracy: measured.accuracy,
        top2_accuracy: measured.top2_accuracy,
        macro_f1: measured.macro_f1,
        fold_accuracy,
    })
}

fn training_record(
    featured: &Featured,
    outcome: &TrainOutcome,
    cross_validation: Option<CrossValidationRecord>,
    options: &TrainModelOptions,
) -> TrainingRecord {
    let mut images_per_category = BTreeMap::new();
    let mut data_licences = BTreeMap::new();
    for image in &featured.images {
        *images_per_category.entry(image.category.clone()).or_insert(0) += 1;
        let licence = image.licence.clone().unwrap_or_else(|| "not stated".to_owned());
        *data_licences.entry(licence).or_insert(0) += 1;
    }
    let accuracy = |side: &Option<Evaluation>| side.as_ref().map(|measured| measured.accuracy);
    let cross_entropy =
        |side: &Option<Evaluation>| side.as_ref().map(|measured| measured.cross_entropy);
    TrainingRecord {
        data: options.data.clone(),
        data_licences,
        images_per_category,
        split: outcome.split,
        groups: group_count(&featured.images),
        ungrouped: featured.images.iter().filter(|image| !image.is_grouped).count(),
        l2: outcome.l2,
        accuracy: [
            accuracy(&outcome.training),
            accuracy(&outcome.validation),
            accuracy(&outcome.test),
        ],
        cross_entropy: [cross_entropy(&outcome.training), cross_entropy(&outcome.validation)],
        cross_validation,
    }
}

/// Different groups that a manifest gives these images.
fn group_count(images: &[LabelledImage]) -> usize {
    let grouped = images.iter().filter(|image| image.is_grouped);
    grouped.map(|image| &image.group).collect::<BTreeSet<_>>().len()
}
