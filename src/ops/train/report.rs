//! What training gave, for people and scripts.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use serde::Serialize;

use super::record::{Made, cross_validation_record};
use super::split::LeakedPairs;
use crate::classifier::{CrossValidationRecord, SecondStageRecord};
use crate::learning::{Evaluation, HistoryPoint};
use crate::ops::features::FailedFile;

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
    /// The L2 penalty that was chosen; 0 for a recipe without one.
    pub l2: f64,
    /// By what logits are divided.
    pub temperature: f32,
    /// How accuracy and cross-entropy went while the head was fitted.
    pub history: Vec<HistoryPoint>,
    /// Measured over grouped folds, where it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cross_validation: Option<CrossValidationRecord>,
    /// What training the network's last convolution too has brought, where it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub second_stage: Option<SecondStageRecord>,
    /// What a split by file name alone would have leaked.
    pub plain_split: LeakReport,
    /// Images that belong to two sides of the split, and so are on neither.
    pub left_out_images: Vec<String>,
    /// Categories left out for having too few images, with their number.
    pub left_out_categories: BTreeMap<String, usize>,
    /// Files that could not be used, with the reason.
    pub failed: Vec<FailedFile>,
    /// What else was left out, and what else there is to know.
    pub notes: Vec<String>,
    /// Wall-clock time.
    pub seconds: f64,
    /// Where the model is.
    pub model: String,
    /// The measures in full: of the cross-validation where there was one, else of the test side.
    #[serde(skip)]
    pub evaluation: Option<Evaluation>,
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

/// How a split by file name alone would have flattered.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct LeakReport {
    /// Pairs of which one would have measured what the other taught.
    #[serde(rename = "leaked_pairs")]
    pub pairs: LeakedPairs,
    /// Images that are on no side of the leak-free split, since they belong to two.
    #[serde(skip)]
    pub left_out_images: usize,
    /// What accuracy such a split would have claimed: by cross-validation where that was asked for,
    /// else on its test side; absent where both splits are the same, or there are too few images.
    #[serde(rename = "accuracy")]
    pub plain_accuracy: Option<f64>,
    /// What was measured in the same way without leaks: of a head alone, whatever else was trained.
    pub grouped_accuracy: Option<f64>,
    /// Images on which it would have been measured.
    #[serde(rename = "images")]
    pub plain_images: usize,
}

pub(super) fn report(
    made: &Made<'_>,
    notes: Vec<String>,
    left_out_categories: BTreeMap<String, usize>,
    out: &Path,
    took: Duration,
) -> TrainReport {
    let outcome = made.outcome;
    let accuracy = |side: &Option<Evaluation>| side.as_ref().map(|measured| measured.accuracy);
    let cross_entropy =
        |side: &Option<Evaluation>| side.as_ref().map(|measured| measured.cross_entropy);
    let [train, validation, test] = outcome.split;
    let images = made.featured.images.iter();
    let without_side = images.zip(&made.split.sides).filter(|(_, side)| side.is_none());
    TrainReport {
        images: made.featured.images.len(),
        categories: made.names.to_vec(),
        split: Sides { train, validation, test },
        accuracy: Sides {
            train: accuracy(&outcome.training),
            validation: accuracy(&outcome.validation),
            test: accuracy(&outcome.test),
        },
        cross_entropy: CrossEntropy {
            train: cross_entropy(&outcome.training),
            validation: cross_entropy(&outcome.validation),
        },
        l2: outcome.l2,
        temperature: outcome.temperature,
        history: outcome.history.clone(),
        cross_validation: made.cross_validation.map(cross_validation_record),
        second_stage: made.second_stage.cloned(),
        plain_split: *made.leaks,
        left_out_images: without_side
            .map(|(image, _)| image.file.path.display().to_string())
            .collect(),
        left_out_categories,
        failed: made.featured.failed.clone(),
        notes,
        seconds: took.as_secs_f64(),
        model: out.display().to_string(),
        evaluation: made
            .cross_validation
            .map(|folds| &folds.evaluation)
            .or(outcome.test.as_ref())
            .cloned(),
    }
}
