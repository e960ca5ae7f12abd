//! What a model's description says of its training.

use std::collections::{BTreeMap, BTreeSet};

use super::report::LeakReport;
use super::split::Split;
use super::{TrainModelError, TrainModelOptions};
use crate::catalog::Library;
use crate::classifier::{
    BackboneCard, CrossValidationRecord, ModelManifest, PixelSizeInput, PlainSplitRecord, Promise,
    SecondStageRecord, TrainingRecord,
};
use crate::learning::{CrossValidation, Evaluation, Recipe, TrainOutcome};
use crate::ops::features::Featured;

/// All that a training gave.
pub(super) struct Made<'a> {
    pub featured: &'a Featured,
    pub split: &'a Split,
    pub outcome: &'a TrainOutcome,
    pub cross_validation: Option<&'a CrossValidation>,
    pub leaks: &'a LeakReport,
    pub names: &'a [String],
    pub pixel_size_input: Option<PixelSizeInput>,
    pub second_stage: Option<&'a SecondStageRecord>,
}

pub(super) fn manifest(
    made: &Made<'_>,
    backbone: &BackboneCard,
    library: Option<&Library>,
    options: &TrainModelOptions,
) -> Result<ModelManifest, TrainModelError> {
    // The test side alone has seen nothing of the model; without it, the folds have.
    let measured = made.outcome.test.as_ref();
    let measured = made.cross_validation.map(|folds| &folds.evaluation).or(measured);
    let promises = measured.map_or(&[][..], |evaluation| &evaluation.thresholds);
    Ok(ModelManifest {
        format: 0, // filled in by Model::new
        name: options.name.clone(),
        description: options.description.clone(),
        feature_key: backbone.feature_key(),
        backbone: backbone.name.clone(),
        categories: made.names.to_vec(),
        category_uids: library
            .map(|library| uids(made.names, library))
            .transpose()?
            .unwrap_or_default(),
        temperature: made.outcome.temperature,
        pixel_size_input: made.pixel_size_input,
        head_sha256: String::new(), // filled in by Model::new
        promises: promises
            .iter()
            .map(|threshold| Promise {
                accuracy: threshold.promised_accuracy,
                confidence: threshold.confidence,
                score: threshold.score,
                coverage: threshold.coverage,
            })
            .collect(),
        training: training_record(made, options),
        created_at: jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        program_version: env!("CARGO_PKG_VERSION").to_owned(),
    })
}

/// What the library calls these categories, whatever their names become.
fn uids(names: &[String], library: &Library) -> Result<Vec<String>, TrainModelError> {
    let tree = library.category_tree()?;
    let uid = |name: &String| {
        let found = tree.find(name).and_then(|id| tree.get(id));
        found.map(|category| category.uid.clone()).unwrap_or_default()
    };
    Ok(names.iter().map(uid).collect())
}

fn training_record(made: &Made<'_>, options: &TrainModelOptions) -> TrainingRecord {
    let images = &made.featured.images;
    let (mut images_per_category, mut data_licences) = (BTreeMap::new(), BTreeMap::new());
    for image in images {
        *images_per_category.entry(image.category.clone()).or_insert(0) += 1;
        let licence = image.licence.clone().unwrap_or_else(|| "not stated".to_owned());
        *data_licences.entry(licence).or_insert(0) += 1;
    }
    let outcome = made.outcome;
    let accuracy = |side: &Option<Evaluation>| side.as_ref().map(|measured| measured.accuracy);
    let cross_entropy =
        |side: &Option<Evaluation>| side.as_ref().map(|measured| measured.cross_entropy);
    let groups: BTreeSet<&String> =
        images.iter().filter_map(|image| image.group.as_ref()).collect();
    TrainingRecord {
        data: options.data.clone(),
        data_licences,
        images_per_category,
        split: outcome.split,
        groups: groups.len(),
        ungrouped: images.iter().filter(|image| image.group.is_none()).count(),
        recipe: recipe(options),
        l2: outcome.l2,
        accuracy: [
            accuracy(&outcome.training),
            accuracy(&outcome.validation),
            accuracy(&outcome.test),
        ],
        cross_entropy: [cross_entropy(&outcome.training), cross_entropy(&outcome.validation)],
        cross_validation: made.cross_validation.map(cross_validation_record),
        plain_split: Some(PlainSplitRecord {
            leaked_near_duplicates: made.leaks.pairs.near_duplicates,
            leaked_groups: made.leaks.pairs.groups,
            leaked_sessions: made.leaks.pairs.sessions,
            accuracy: made.leaks.plain_accuracy,
            grouped_accuracy: made.leaks.grouped_accuracy,
            images: made.leaks.plain_images,
        }),
        second_stage: made.second_stage.cloned(),
        left_out_images: made.leaks.left_out_images,
    }
}

fn recipe(options: &TrainModelOptions) -> String {
    let recipe = match options.training.recipe {
        Recipe::Lbfgs => "lbfgs".to_owned(),
        Recipe::Sgd(sgd) => format!(
            "sgd, {} steps of {} images, learning rate {}, {} hidden units, seed {}",
            sgd.steps, sgd.batch, sgd.learning_rate, sgd.hidden_units, sgd.seed
        ),
    };
    if options.training.is_balanced { format!("{recipe}, categories balanced") } else { recipe }
}

pub(super) fn cross_validation_record(measured: &CrossValidation) -> CrossValidationRecord {
    let CrossValidation { evaluation, fold_accuracy, is_right: _, scores: _ } = measured;
    CrossValidationRecord {
        folds: fold_accuracy.len(),
        accuracy: evaluation.accuracy,
        top2_accuracy: evaluation.top2_accuracy,
        macro_f1: evaluation.macro_f1,
        fold_accuracy: fold_accuracy.clone(),
    }
}
