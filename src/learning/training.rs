//! Training a head and measuring it.

use ndarray::{Array2, Axis};

use super::calibration::{fit_temperature, mean_cross_entropy};
use super::choosing::{Choice, LEAST_VALIDATION, choose_for};
use super::evaluation::{Evaluation, ScoredImage, evaluate};
use super::examples::{Examples, TrainingSet};
use super::head_fit::{FitError, SgdState};
use super::recipe::{HistoryPoint, Recipe, TrainOptions, TrainProgress, fit_head, logits_of};
use crate::catalog::Side;
use crate::classifier::Head;

/// Seed of the resampling that gives intervals: the same images give the same interval.
pub(super) const SEED: u64 = 1;
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
    #[error(
        "{folds} folds need at least as many groups (samples, sessions, or images that are in none); \
         there are {groups}. Ask for fewer folds, or label more"
    )]
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
    train_as_chosen(examples, options, None, state, watch)
}

/// As [`train`], with penalty and temperature that were chosen already, where they were.
///
/// # Errors
/// See [`TrainError`].
pub fn train_as_chosen(
    examples: &Examples,
    options: TrainOptions,
    chosen: Option<Choice>,
    state: Option<&SgdState>,
    watch: &mut dyn FnMut(TrainProgress<'_>) -> bool,
) -> Result<TrainOutcome, TrainError> {
    let [training, validation, test] =
        [Side::Training, Side::Validation, Side::Test].map(|side| examples.on(side));
    require_categories(examples, &training)?;

    let set = TrainingSet::new(examples, &training, options.is_balanced)?;
    let samples = [&training, &validation].map(|images| Sample::of(examples, images));
    let choose = |watch: &mut dyn FnMut(TrainProgress<'_>) -> bool| {
        let on_candidate = &mut |number, of| watch(TrainProgress::Choosing { number, of });
        match chosen {
            Some(choice) => Ok(choice),
            None => choose_for(examples, &training, &validation, options, on_candidate),
        }
    };
    let (choice, (head, history)) = match options.recipe {
        Recipe::Lbfgs => {
            let choice = choose(watch)?;
            (choice, fit_watched(&set, &samples, options.recipe, choice.l2, state, watch)?)
        }
        // It has no penalty to choose: what takes long, and can be gone on with, comes first.
        Recipe::Sgd(_) => {
            let fitted = fit_watched(&set, &samples, options.recipe, 0.0, state, watch)?;
            let temperature = if validation.len() < LEAST_VALIDATION {
                choose(watch)?.temperature
            } else {
                let logits = logits_of(examples, &validation, &fitted.0);
                fit_temperature(&logits, &examples.truth(&validation))
            };
            (Choice { l2: 0.0, temperature }, fitted)
        }
    };
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

/// Fits a head and measures it on both samples as it goes.
fn fit_watched(
    set: &TrainingSet,
    [training, validation]: &[Sample; 2],
    recipe: Recipe,
    l2: f64,
    state: Option<&SgdState>,
    watch: &mut dyn FnMut(TrainProgress<'_>) -> bool,
) -> Result<(Head, Vec<HistoryPoint>), TrainError> {
    let mut history = Vec::new();
    let mut goes_on = true;
    let head = fit_head(set, recipe, l2, None, state, &mut |step| {
        if recipe.is_measured_at(step.number) {
            let head = (step.head)();
            let point =
                head.and_then(|head| history_point(training, validation, &head, step.number));
            history.extend(point);
        }
        goes_on = watch(TrainProgress::Fitting {
            step: step.number,
            latest: history.last(),
            state: step.state,
        });
        goes_on
    })?;
    if goes_on { Ok((head, history)) } else { Err(TrainError::Cancelled) }
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

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::super::{ImageFacts, SgdRecipe, side_of};
    use super::*;

    /// Two categories that one feature tells apart, in groups of three; the other feature is the
    /// group's own number, useless across groups.
    fn examples(groups: usize) -> Examples {
        let images = groups * 3;
        let category = |image: usize| (image / 3) % 2;
        let group = |image: usize| format!("sample {}", image / 3);
        Examples {
            features: Array2::from_shape_fn((images, 2), |(image, feature)| match feature {
                0 => category(image) as f32 * 2.0 + ((image * 31) % 13) as f32 / 13.0,
                _ => (image / 3) as f32,
            }),
            categories: (0..images).map(category).collect(),
            sides: (0..images).map(|image| Some(side_of(&group(image)))).collect(),
            groups: (0..images).map(group).collect(),
            facts: vec![ImageFacts::default(); images],
            names: vec!["Fibres".to_owned(), "Powder".to_owned()],
        }
    }

    fn sgd(steps: usize) -> TrainOptions {
        let recipe = Recipe::Sgd(SgdRecipe { steps, ..SgdRecipe::default() });
        TrainOptions { recipe, is_balanced: false }
    }

    #[test]
    fn a_separable_set_is_learned_by_both_recipes_and_measured_on_the_test_side() {
        for options in [TrainOptions::default(), sgd(2000)] {
            let outcome = train(&examples(60), options, None, &mut |_| true).unwrap();
            assert_eq!(outcome.split.iter().sum::<usize>(), 180);
            let test = outcome.test.unwrap();
            assert_eq!(test.images, outcome.split[2]);
            assert!(test.accuracy > 0.95, "{options:?}: {}", test.accuracy);
            assert!(!outcome.history.is_empty());
        }
    }

    #[test]
    fn images_without_a_side_take_part_in_nothing() {
        let mut some = examples(60);
        some.sides[..60].fill(None);
        let outcome = train(&some, TrainOptions::default(), None, &mut |_| true).unwrap();
        assert_eq!(outcome.split.iter().sum::<usize>(), 120);
    }

    #[test]
    fn one_category_alone_is_refused() {
        let mut one = examples(10);
        one.categories.fill(0);
        let error = train(&one, TrainOptions::default(), None, &mut |_| true).unwrap_err();
        assert!(matches!(error, TrainError::TooFewCategories(1)), "{error}");
    }

    #[test]
    fn a_training_that_was_stopped_goes_on_to_the_same_head() {
        let examples = examples(60);
        let through = train(&examples, sgd(300), None, &mut |_| true).unwrap();
        let kept = RefCell::new(None);
        let error = train(&examples, sgd(300), None, &mut |progress| match progress {
            TrainProgress::Fitting { step: 120, state, .. } => {
                *kept.borrow_mut() = state();
                false
            }
            TrainProgress::Choosing { .. } => panic!("nothing is chosen before the steps"),
            TrainProgress::Fitting { .. } => true,
        })
        .unwrap_err();
        assert!(matches!(error, TrainError::Cancelled), "{error}");
        let outcome = train(&examples, sgd(300), kept.borrow().as_ref(), &mut |_| true).unwrap();
        assert_eq!(outcome.head, through.head);
        assert_eq!(outcome.history[0].step, 130, "it began where it had been stopped");
    }
}
