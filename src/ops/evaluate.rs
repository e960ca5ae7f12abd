//! Measuring a model on labelled images.

use std::sync::atomic::AtomicBool;

use serde::Serialize;

use super::labelled_set::{LabelledImage, LabelledSet};
use super::pipeline::PipelineOptions;
use super::train::{FailedFile, TrainModelError, features_of};
use crate::cache::Cache;
use crate::classifier::{Backbone, Model};
use crate::learning::{CategoryResult, Threshold, evaluate};

/// What evaluation gave; the keys of `semblance evaluate --json`.
#[derive(Debug, Clone, Serialize)]
pub struct EvaluateReport {
    /// Images measured.
    pub images: usize,
    /// The model's categories, in the order of `confusion`.
    pub categories: Vec<String>,
    /// Share whose best category is right.
    pub accuracy: f64,
    /// Share whose right category is among the two best.
    pub top2_accuracy: f64,
    /// Mean F1 over the categories that have images.
    pub macro_f1: f64,
    /// Expected calibration error.
    pub ece: f64,
    /// Images by true category (row) and best category (column).
    pub confusion: Vec<Vec<usize>>,
    /// One a category.
    pub per_category: Vec<CategoryResult>,
    /// Coverage for promises of accuracy.
    pub thresholds: Vec<Threshold>,
    /// The model's name.
    pub model: String,
    /// Images of categories that the model does not know: left out.
    pub unknown_category_images: usize,
    /// Files that could not be used, with the reason.
    pub failed: Vec<FailedFile>,
    /// What may flatter the figures.
    pub warnings: Vec<String>,
}

/// Measures `model` on `set`.
///
/// Whether an image was trained on is not known here; the report always says so.
///
/// # Errors
/// Fails where no image can be measured, or the backbone or the model fails.
pub fn evaluate_model(
    set: &LabelledSet,
    model: &Model,
    backbone: &Backbone,
    cache: &Cache,
    options: &PipelineOptions,
    cancel: &AtomicBool,
    on_progress: &mut dyn FnMut(usize, usize),
) -> Result<EvaluateReport, TrainModelError> {
    let names = model.categories();
    let index_of = |category: &str| names.iter().position(|name| name == category);
    let (known, unknown): (Vec<LabelledImage>, Vec<LabelledImage>) =
        set.images.iter().cloned().partition(|image| index_of(&image.category).is_some());
    if known.is_empty() && !unknown.is_empty() {
        let found = set.counts().into_keys().collect();
        return Err(TrainModelError::NoKnownCategory { model: model.name().to_owned(), found });
    }
    let featured = features_of(&known, backbone, cache, options, cancel, on_progress)?;
    featured.require_images()?;
    let scores: Vec<Vec<f32>> = featured
        .features
        .rows()
        .into_iter()
        .map(|features| model.scores(&features.to_vec()))
        .collect::<Result<_, _>>()?;
    let truth: Vec<usize> =
        featured.images.iter().filter_map(|image| index_of(&image.category)).collect();
    let measured = evaluate(names, &scores, &truth).ok_or(TrainModelError::NoImages)?;
    Ok(EvaluateReport {
        images: measured.images,
        categories: names.to_vec(),
        accuracy: measured.accuracy,
        top2_accuracy: measured.top2_accuracy,
        macro_f1: measured.macro_f1,
        ece: measured.ece,
        confusion: measured.confusion,
        per_category: measured.per_category,
        thresholds: measured.thresholds,
        model: model.name().to_owned(),
        unknown_category_images: unknown.len(),
        failed: featured.failed,
        warnings: warnings(model, measured.images),
    })
}

fn warnings(model: &Model, measured: usize) -> Vec<String> {
    let trained_on: usize = model.manifest().training.split.iter().sum();
    let mut warnings = vec![format!(
        "Images that took part in training flatter these figures; the model was trained with \
         {trained_on} images ({})",
        model.manifest().training.data
    )];
    if measured < 100 {
        warnings.push(format!("{measured} images are few: the figures are uncertain"));
    }
    warnings
}
