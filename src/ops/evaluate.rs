//! Measuring a model on labelled images.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;

use ndarray::Axis;
use serde::Serialize;

use super::counted::image_count;
use super::features::{FailedFile, Featured, features_of};
use super::labelled_set::{LabelledImage, LabelledSet};
use super::model_info::current_categories;
use super::pipeline::PipelineOptions;
use super::train::{TrainModelError, inputs_of};
use crate::cache::Cache;
use crate::catalog::{Library, Side};
use crate::classifier::{Backbone, Model};
use crate::learning::{Evaluation, ScoredImage, evaluate};
use crate::taxonomy::CurrentCategories;

/// Seed of the resampling behind intervals: the same images give the same interval.
const SEED: u64 = 1;

/// How to measure.
#[derive(Debug, Clone, Copy)]
pub struct EvaluateOptions<'a> {
    /// Where the images are from: measured is by what the model's categories mean there.
    pub library: Option<&'a Library>,
    /// Whether images count that the model was trained on.
    pub with_trained_on: bool,
    /// How to run the backbone.
    pub pipeline: PipelineOptions,
}

/// What evaluation gave; the keys of `semblance evaluate --json`.
#[derive(Debug, Clone, Serialize)]
pub struct EvaluateReport {
    /// The measures.
    #[serde(flatten)]
    pub evaluation: Evaluation,
    /// The model's categories, as they are called where it is measured, in the order of `confusion`.
    pub categories: Vec<String>,
    /// The model's name.
    pub model: String,
    /// Images that the model was trained on, or that chose its penalty and temperature: left out,
    /// unless they were asked for. Absent where the model does not tell.
    pub trained_on_images: Option<usize>,
    /// Whether these were measured on, too.
    pub counts_trained_on: bool,
    /// Images of categories that the model does not know: left out.
    pub unknown_category_images: usize,
    /// Files that could not be used, with the reason.
    pub failed: Vec<FailedFile>,
    /// What may flatter the figures, and what was left out.
    pub warnings: Vec<String>,
}

/// Measures `model` on `set`. The model's folder, where it has one, tells which images it was trained
/// on.
///
/// # Errors
/// Fails where no image can be measured, or the backbone or the model fails.
pub fn evaluate_model(
    set: &LabelledSet,
    model: &Model,
    backbone: &Backbone,
    cache: &Cache,
    options: &EvaluateOptions<'_>,
    cancel: &AtomicBool,
    on_progress: &mut dyn FnMut(usize, usize),
) -> Result<EvaluateReport, TrainModelError> {
    let current = current_categories(model, options.library)?;
    let names = current.names();
    let index_of = |category: &str| names.iter().position(|name| name == category);
    let (known, unknown): (Vec<LabelledImage>, Vec<LabelledImage>) =
        set.images.iter().cloned().partition(|image| index_of(&image.category).is_some());
    if known.is_empty() && !unknown.is_empty() {
        let found = set.counts().into_keys().collect();
        return Err(TrainModelError::NoKnownCategory { model: model.name().to_owned(), found });
    }
    let featured = features_of(&known, backbone, cache, &options.pipeline, cancel, on_progress)?;
    featured.require_images()?;

    let seen = model.training_images()?;
    let is_trained_on = |content: &String| {
        seen.as_ref().is_some_and(|sides| sides.get(content).is_some_and(|side| *side < Side::Test))
    };
    let trained_on = featured.contents.iter().filter(|content| is_trained_on(content)).count();
    let measured: Vec<usize> = (0..featured.images.len())
        .filter(|image| options.with_trained_on || !is_trained_on(&featured.contents[*image]))
        .collect();
    let scored = scored_images(&featured, &measured, model, &current, &index_of);
    let evaluation =
        evaluate(names, &scored, model.manifest().temperature, SEED).ok_or_else(|| {
            TrainModelError::AllTrainedOn { model: model.name().to_owned(), images: trained_on }
        })?;
    let seen_images = seen.as_ref().map(|_| trained_on);
    let mut warnings = set.notes.clone();
    warnings.extend(warnings_of(model, &seen, trained_on, options, evaluation.images));
    Ok(EvaluateReport {
        evaluation,
        categories: names.to_vec(),
        model: model.name().to_owned(),
        trained_on_images: seen_images,
        counts_trained_on: options.with_trained_on,
        unknown_category_images: unknown.len(),
        failed: featured.failed,
        warnings,
    })
}

fn scored_images(
    featured: &Featured,
    images: &[usize],
    model: &Model,
    current: &CurrentCategories,
    index_of: &dyn Fn(&str) -> Option<usize>,
) -> Vec<ScoredImage> {
    let inputs = inputs_of(featured, model.manifest().pixel_size_input);
    let logits = model.head().logits_of_rows(inputs.select(Axis(0), images).view());
    let scored = images.iter().zip(logits.rows()).filter_map(|(image, logits)| {
        let image = &featured.images[*image];
        Some(ScoredImage {
            logits: current.join_logits(&logits.to_vec(), model.manifest().temperature),
            truth: index_of(&image.category)?,
            second: image.second.as_deref().and_then(index_of),
            subcategory: image.subcategory.clone(),
            is_annotated: image.is_annotated,
        })
    });
    scored.collect()
}

fn warnings_of(
    model: &Model,
    seen: &Option<BTreeMap<String, Side>>,
    trained_on: usize,
    options: &EvaluateOptions<'_>,
    measured: usize,
) -> Vec<String> {
    let of_training = match (seen, trained_on, options.with_trained_on) {
        (None, _, _) => Some(format!(
            "Images that took part in training flatter these figures, and this model does not tell \
             which did; it was trained with {} ({})",
            image_count(model.manifest().training.split.iter().sum::<usize>()),
            model.manifest().training.data
        )),
        (Some(_), 0, _) => None,
        (Some(_), count, false) => {
            Some(format!("Left out {} that the model was trained on", image_count(count)))
        }
        (Some(_), count, true) => {
            Some(format!("{count} of the images trained the model: these figures flatter it"))
        }
    };
    let mut warnings: Vec<String> = of_training.into_iter().collect();
    if measured < 100 {
        warnings.push(format!(
            "{} to measure on, which is little: the figures are uncertain",
            image_count(measured)
        ));
    }
    warnings
}
