//! Training the network's last convolution too, and measuring what that brings.

use std::sync::atomic::{AtomicBool, Ordering};

use ndarray::Array2;

use super::{TrainModelError, TrainModelOptions, TrainPlaces, TrainStage};
use crate::cache::rounded_as_cached;
use crate::catalog::Side;
use crate::classifier::{
    Backbone, GainRecord, LastConvolution, RetrainedBackbone, SecondStageRecord,
};
use crate::learning::{
    Activations, BeforeFeatures, CrossValidation, Examples, PairedComparison, TrainError,
    TrainOutcome, TrainProgress, cross_validate_second_stage, right_images, second_stage,
    train_as_chosen,
};
use crate::ops::features::{Featured, features_of};

/// Memory that what the convolution takes may need, in bytes: 34,000 images of EfficientNet-Lite0.
const MOST_BYTES: usize = 2 << 30;

/// What the first stage gave.
pub(super) struct First<'a> {
    pub featured: &'a Featured,
    pub examples: &'a Examples,
    pub outcome: &'a TrainOutcome,
    pub cross_validation: Option<&'a CrossValidation>,
}

/// What the second stage gave.
pub(super) struct Second {
    /// Nothing where no pass helped: then the first stage's outcome stands.
    pub made: Option<(RetrainedBackbone, TrainOutcome, Option<CrossValidation>)>,
    pub record: SecondStageRecord,
}

/// Refuses more images than what the convolution takes of them fits into memory.
pub(super) fn require_memory(images: usize, values: usize) -> Result<(), TrainModelError> {
    let most = MOST_BYTES / (values * size_of::<f32>()).max(1);
    if images > most {
        return Err(TrainModelError::TooLargeForSecondStage { images, most });
    }
    Ok(())
}

pub(super) fn run(
    first: &First<'_>,
    backbone: &Backbone,
    (before, convolution): &(Backbone, LastConvolution),
    places: &TrainPlaces<'_>,
    options: &TrainModelOptions,
    cancel: &AtomicBool,
    on_progress: &mut dyn FnMut(TrainStage),
) -> Result<Second, TrainModelError> {
    let First { featured, examples, outcome, cross_validation } = *first;
    let found = features_of(
        &featured.images,
        before,
        places.cache,
        &options.pipeline,
        cancel,
        &mut |done, total| on_progress(TrainStage::Features { done, total }),
    )?;
    if cancel.load(Ordering::Relaxed) {
        return Err(TrainError::Cancelled.into());
    }
    if found.contents != featured.contents {
        return Err(TrainModelError::ChangedMeanwhile);
    }
    let activations =
        Activations { rows: found.features.view(), channel_count: convolution.channel_count() };
    let before = BeforeFeatures { convolution, activations };
    let [training, validation] = [Side::Training, Side::Validation].map(|side| examples.on(side));
    let sides = [training.as_slice(), &validation];
    let is_balanced = options.training.is_balanced;
    let mut on_pass = |pass, of| {
        on_progress(TrainStage::SecondStage { pass, of });
        !cancel.load(Ordering::Relaxed)
    };
    let stage = second_stage(examples, before, sides, is_balanced, outcome.l2, &mut on_pass)?;
    let mut record = SecondStageRecord {
        passes: stage.passes,
        cross_entropy: stage.cross_entropy,
        test: None,
        cross_validation: None,
    };
    let mut adapted_folds = None;
    if let Some(plain) = cross_validation {
        let folds = plain.fold_accuracy.len();
        let mut watch = |fold| {
            on_progress(TrainStage::CrossValidating { fold: fold + 1 });
            !cancel.load(Ordering::Relaxed)
        };
        let with =
            cross_validate_second_stage(examples, before, folds, options.training, &mut watch)?;
        let groups = examples.groups.iter().map(String::as_str);
        let gain = PairedComparison::of(&plain.is_right, &with.is_right, groups);
        record.cross_validation = gain.as_ref().map(gain_record);
        adapted_folds = Some(with);
    }
    if stage.passes == 0 {
        return Ok(Second { made: None, record });
    }
    let all: Vec<usize> = (0..examples.image_count()).collect();
    let features = activations.features(&all, &stage.convolution).map_err(TrainError::from)?;
    let adapted = Examples { features: rounded(features), ..examples.clone() };
    let mut watch = |_: TrainProgress<'_>| !cancel.load(Ordering::Relaxed);
    let adapted_outcome =
        train_as_chosen(&adapted, options.training, Some(stage.choice), None, &mut watch)?;
    let test = examples.on(Side::Test);
    let right = [(examples, &outcome.head), (&adapted, &adapted_outcome.head)]
        .map(|(examples, head)| right_images(examples, &test, head));
    let groups = test.iter().map(|image| examples.groups[*image].as_str());
    record.test = PairedComparison::of(&right[0], &right[1], groups).as_ref().map(gain_record);
    let retrained = backbone.with_last_convolution(&stage.convolution)?;
    Ok(Second { made: Some((retrained, adapted_outcome, adapted_folds)), record })
}

/// As the cache gives them back once the new network has made them.
fn rounded(mut features: Array2<f32>) -> Array2<f32> {
    for mut row in features.rows_mut() {
        let values = rounded_as_cached(&row.to_vec());
        row.iter_mut().zip(values).for_each(|(value, rounded)| *value = rounded);
    }
    features
}

fn gain_record(gain: &PairedComparison) -> GainRecord {
    let interval = gain.difference.interval_95;
    GainRecord {
        images: gain.images,
        accuracy_before: gain.right_before as f64 / gain.images as f64,
        accuracy_after: gain.right_after as f64 / gain.images as f64,
        gain_interval_95: [interval.low, interval.high],
    }
}
