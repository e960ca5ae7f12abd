//! Evaluations as a document.

use std::path::Path;
use std::{fs, io};

use super::counted::{counted, image_count};
use super::evaluate::EvaluateReport;
use super::train::TrainReport;
use crate::classifier::{ModelManifest, PlainSplitRecord};
use crate::export::{LeakComparison, MeasuredAccuracy, ModelFacts, ReportInput, evaluation_report};
use crate::learning::{Evaluation, LearningCurve, MergeAdvice};

/// The share of images that a split holds out for measuring.
const TEST_SHARE: f64 = 0.1;

/// Writes what `training` measured as one HTML file; says no where it measured nothing.
///
/// # Errors
/// When the file cannot be written.
pub fn write_training_report(
    training: &TrainReport,
    model: &ModelManifest,
    path: &Path,
) -> io::Result<bool> {
    let Some(evaluation) = &training.evaluation else { return Ok(false) };
    let folds = training.cross_validation.as_ref();
    let measured_on = match folds {
        Some(folds) => format!(
            "all {} images by {}-fold cross-validation, each scored by a head that never saw its \
             group",
            evaluation.images, folds.folds
        ),
        None => format!(
            "the test side, {} of which none took part in training",
            image_count(evaluation.images)
        ),
    };
    let mut input = input(evaluation.clone(), model, measured_on);
    input.warnings.clone_from(&training.notes);
    input.held_out_share = Some(if folds.is_some() { 1.0 } else { TEST_SHARE });
    input.fold_accuracies = folds.map(|folds| folds.fold_accuracy.clone()).unwrap_or_default();
    input.history.clone_from(&training.history);
    write(&input, path)?;
    Ok(true)
}

/// Writes what `evaluated` says as one HTML file, with what else was measured on the same images.
///
/// # Errors
/// When the file cannot be written.
pub fn write_evaluation_report(
    evaluated: &EvaluateReport,
    model: &ModelManifest,
    learning_curve: Option<LearningCurve>,
    merge_advice: Option<MergeAdvice>,
    path: &Path,
) -> io::Result<()> {
    let images = counted(evaluated.evaluation.images, "labelled image", "labelled images");
    let measured_on = match evaluated.trained_on_images {
        Some(_) if !evaluated.counts_trained_on => {
            format!("{images} of which none trained the model")
        }
        _ => format!("{images}, of which some may have trained the model"),
    };
    let mut input = input(evaluated.evaluation.clone(), model, measured_on);
    input.warnings.clone_from(&evaluated.warnings);
    input.learning_curve = learning_curve;
    input.merge_advice = merge_advice;
    write(&input, path)
}

fn input(evaluation: Evaluation, model: &ModelManifest, measured_on: String) -> ReportInput {
    let training = &model.training;
    ReportInput {
        title: format!("How good is {}?", model.name),
        measured_on,
        warnings: Vec::new(),
        model: ModelFacts {
            name: model.name.clone(),
            backbone: model.backbone.clone(),
            trained_at: model.created_at.clone(),
            program_version: model.program_version.clone(),
            data: training.data.clone(),
            recipe: training.recipe.clone(),
            l2: (training.l2 > 0.0).then_some(training.l2),
            images_per_category: training.images_per_category.clone().into_iter().collect(),
            split: training.split,
        },
        evaluation,
        held_out_share: None,
        fold_accuracies: Vec::new(),
        leak: training.plain_split.as_ref().map(|plain| leak(plain, model)),
        learning_curve: None,
        history: Vec::new(),
        merge_advice: None,
    }
}

fn leak(plain: &PlainSplitRecord, model: &ModelManifest) -> LeakComparison {
    let training = &model.training;
    let in_all = training.split.iter().sum::<usize>() + training.left_out_images;
    // What the two figures were measured on: all images by folds, or the test sides.
    let (grouped, images) = match &training.cross_validation {
        Some(folds) => (Some(folds.accuracy), in_all),
        None => (training.accuracy[2], training.split[2]),
    };
    let measured = |accuracy: f64| MeasuredAccuracy { accuracy, images };
    LeakComparison {
        leaked_near_duplicate_pairs: plain.leaked_near_duplicates,
        leaked_group_pairs: plain.leaked_groups,
        leaked_session_pairs: plain.leaked_sessions,
        // A second stage changes the model's figures, not these.
        accuracy_grouped: plain.grouped_accuracy.or(grouped).map(measured),
        accuracy_plain: plain
            .accuracy
            .map(|accuracy| MeasuredAccuracy { accuracy, images: plain.images }),
    }
}

fn write(input: &ReportInput, path: &Path) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, evaluation_report(input))
}
