//! Training a head and measuring it.

use ndarray::{Array2, Axis};

use super::calibration::mean_cross_entropy;
use super::choosing::{choose_by_folds, choose_on};
use super::evaluation::{Evaluation, ScoredImage, evaluate};
use super::examples::{Examples, TrainingSet};
use super::head_fit::{FitError, SgdState};
use super::recipe::{HistoryPoint, TrainOptions, TrainProgress, fit_head, logits_of};
use crate::catalog::Side;
use crate::classifier::Head;

/// Seed of the resampling that gives intervals: the same images give the same interval.
pub(super) const SEED: u64 = 1;
/// Validation images below which penalty and temperature would be chosen by chance.
const LEAST_VALIDATION: usize = 50;
/// Images on which accuracy is measured while a head is fitted.
const SAMPLE: usize = 1000;

/// Why training failed.
#[derive(Debug, thiserror::Error)]
pub enum TrainError {
    /// Fewer than two categories have images to train on.
    #[error(
        "Training needs images of at least two categories on the training side and found {0}. \
         Label more images, or bring more groups"
    )]
    TooFewCategories(usize),
    /// More folds were asked for than there are groups.
    #[error("{folds} folds need at least as many groups; there are {groups}")]
    TooFewGroups {
        /// Folds asked for.
        folds: usize,
        /// Different groups.
        groups: usize,
    },
    /// The fit failed.
    #[error(transparent)]
    Fit(#[from] FitError),
    /// The user stopped it.
    #[error("Training was cancelled")]
    Cancelled,
}

/// A trained head with its honest measures.
#[derive(Debug, Clone)]
pub struct TrainOutcome {
    /// Fitted on the training side.
    pub head: Head,
    /// Fitted on the validation side.
    pub temperature: f32,
    /// The penalty that did best on the validation side; 0 for a recipe without one.
    pub l2: f64,
    /// Images on each side.
    pub split: [usize; 3],
    /// How accuracy and cross-entropy went while the head was fitted.
    pub history: Vec<HistoryPoint>,
    /// Measures on the training side.
    pub training: Option<Evaluation>,
    /// Measures on the validation side, which chose penalty and temperature: a little flattering.
    pub validation: Option<Evaluation>,
    /// Measures on the test side, which took part in nothing.
    pub test: Option<Evaluation>,
}

/// Trains on the training side, chooses penalty and temperature on the validation side, measures
/// on the test side. Where the validation side is too small for that, penalty and temperature are
/// chosen by folds over training and validation side together.
///
/// `state` is where an earlier training of the recipe `sgd` on the same images ended. `watch` says
/// whether to go on.
///
/// # Errors
/// See [`TrainError`].
pub fn train(
    examples: &Examples,
    options: TrainOptions,
    state: Option<&SgdState>,
    watch: &mut dyn FnMut(TrainProgress<'_>) -> bool,
) -> Result<TrainOutcome, TrainError> {
    let [training, validation, test] =
        [Side::Training, Side::Validation, Side::Test].map(|side| examples.on(side));
    require_categories(examples, &training)?;

    let mut on_candidate = |number, of| watch(TrainProgress::Choosing { number, of });
    let choice = if validation.len() < LEAST_VALIDATION {
        let both = [training.as_slice(), &validation].concat();
        choose_by_folds(examples, &both, options, &mut on_candidate)?
    } else {
        choose_on(examples, &training, &validation, options, &mut on_candidate)?
    };

    let set = TrainingSet::new(examples, &training, options.is_balanced)?;
    let mut history = Vec::new();
    let mut goes_on = true;
    let samples = [&training, &validation].map(|images| Sample::of(examples, images));
    let head = fit_head(&set, options.recipe, choice.l2, None, state, &mut |step| {
        if options.recipe.is_measured_at(step.number) {
            let head = (step.head)();
            history.extend(
                head.and_then(|head| history_point(&samples[0], &samples[1], &head, step.number)),
            );
        }
        goes_on = watch(TrainProgress::Fitting {
            step: step.number,
            latest: history.last(),
            state: step.state,
        });
        goes_on
    })?;
    if !goes_on {
        return Err(TrainError::Cancelled);
    }
    let measure = |side: &[usize]| {
        let images = scored(examples, side, logits_of(examples, side, &head));
        evaluate(&examples.names, &images, choice.temperature, SEED)
    };
    Ok(TrainOutcome {
        l2: choice.l2,
        temperature: choice.temperature,
        split: [training.len(), validation.len(), test.len()],
        history,
        training: measure(&training),
        validation: measure(&validation),
        test: measure(&test),
        head,
    })
}

/// Images on which a head is measured again and again.
struct Sample {
    features: Array2<f32>,
    truth: Vec<usize>,
}

impl Sample {
    /// At most [`SAMPLE`] of `images`, evenly spread over them.
    fn of(examples: &Examples, images: &[usize]) -> Self {
        let step = images.len().div_ceil(SAMPLE).max(1);
        let images: Vec<usize> = images.iter().copied().step_by(step).collect();
        let features = examples.features.select(Axis(0), &images);
        Self { features, truth: examples.truth(&images) }
    }

    /// Accuracy and mean cross-entropy; nothing without images.
    fn measure(&self, head: &Head) -> Option<(f64, f64)> {
        let logits = head.logits_of_rows(self.features.view());
        let logits: Vec<Vec<f32>> = logits.rows().into_iter().map(|row| row.to_vec()).collect();
        let right = logits.iter().zip(&self.truth).filter(|(row, truth)| best(row) == **truth);
        let accuracy = right.count() as f64 / self.truth.len() as f64;
        let cross_entropy = || mean_cross_entropy(&logits, &self.truth, 1.0);
        (!self.truth.is_empty()).then(|| (accuracy, cross_entropy()))
    }
}

fn history_point(
    training: &Sample,
    validation: &Sample,
    head: &Head,
    step: usize,
) -> Option<HistoryPoint> {
    let (training_accuracy, training_cross_entropy) = training.measure(head)?;
    let of_validation = validation.measure(head);
    Some(HistoryPoint {
        step,
        training_accuracy,
        training_cross_entropy,
        validation_accuracy: of_validation.map(|(accuracy, _)| accuracy),
        validation_cross_entropy: of_validation.map(|(_, cross_entropy)| cross_entropy),
    })
}

pub(super) fn best(logits: &[f32]) -> usize {
    (0..logits.len()).max_by(|a, b| logits[*a].total_cmp(&logits[*b])).unwrap_or(0)
}

/// Images with their logits, as evaluation takes them.
pub(super) fn scored(
    examples: &Examples,
    images: &[usize],
    logits: Vec<Vec<f32>>,
) -> Vec<ScoredImage> {
    let of = |(image, logits): (&usize, Vec<f32>)| {
        let facts = &examples.facts[*image];
        ScoredImage {
            logits,
            truth: examples.categories[*image],
            second: facts.second,
            subcategory: facts.subcategory.clone(),
            is_annotated: facts.is_annotated,
        }
    };
    images.iter().zip(logits).map(of).collect()
}

pub(super) fn require_categories(examples: &Examples, images: &[usize]) -> Result<(), TrainError> {
    match examples.present(images) {
        present if present < 2 => Err(TrainError::TooFewCategories(present)),
        _ => Ok(()),
    }
}
