//! How a head is trained, and how far it has come.

use ndarray::Axis;
use serde::{Deserialize, Serialize};

use super::examples::{Examples, TrainingSet};
use super::head_fit::{FitError, SgdRecipe, SgdState, fit, fit_by_steps};
use super::training::best;
use crate::classifier::Head;

/// How a head is trained.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub enum Recipe {
    /// Multinomial logistic regression by L-BFGS: the best linear head there is, in seconds.
    #[default]
    Lbfgs,
    /// The reference work's: steps over small random batches.
    Sgd(SgdRecipe),
}

impl Recipe {
    /// Whether accuracy is measured after this many steps: after each of a few large steps, every
    /// tenth of many small ones, as in the reference work.
    pub(super) fn is_measured_at(self, step: usize) -> bool {
        match self {
            Self::Lbfgs => true,
            Self::Sgd(recipe) => step.is_multiple_of(10) || step == recipe.steps,
        }
    }
}

/// What training is asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct TrainOptions {
    /// How the head is fitted.
    pub recipe: Recipe,
    /// Whether every category counts as much as every other, however many images it has.
    pub is_balanced: bool,
}

/// A moment of a training.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct HistoryPoint {
    /// Steps made.
    pub step: usize,
    /// Share of training images that were right, of a sample.
    pub training_accuracy: f64,
    /// Mean cross-entropy in nats of the same images.
    pub training_cross_entropy: f64,
    /// Share of validation images that were right; absent without any.
    pub validation_accuracy: Option<f64>,
    /// Mean cross-entropy in nats of the validation images.
    pub validation_cross_entropy: Option<f64>,
}

/// What is being done, for those who wait.
pub enum TrainProgress<'a> {
    /// A penalty is tried, the `number`th of at most `of`.
    Choosing {
        /// Counted from 1.
        number: usize,
        /// How many there are.
        of: usize,
    },
    /// The head is fitted.
    Fitting {
        /// Steps made.
        step: usize,
        /// The newest measure.
        latest: Option<&'a HistoryPoint>,
        /// What to keep in order to go on from here; only `sgd` has it.
        state: &'a dyn Fn() -> Option<SgdState>,
    },
}

/// Fits a head to `set`. `l2` matters to `lbfgs` alone, `state` to `sgd`. Ends early where `on_step`
/// says no.
pub(super) fn fit_head(
    set: &TrainingSet,
    recipe: Recipe,
    l2: f64,
    start: Option<&Head>,
    state: Option<&SgdState>,
    on_step: &mut dyn FnMut(AnyStep<'_>) -> bool,
) -> Result<Head, FitError> {
    match recipe {
        Recipe::Lbfgs => fit(&set.images, set.labels(), l2, start, &mut |step| {
            on_step(AnyStep { number: step.number, head: &|| step.head(), state: &|| None })
        }),
        Recipe::Sgd(recipe) => {
            fit_by_steps(&set.images, set.labels(), &recipe, state, &mut |step| {
                on_step(AnyStep {
                    number: step.number,
                    head: &|| step.head(),
                    state: &|| Some(step.state()),
                })
            })
        }
    }
}

/// A step of either recipe.
pub(super) struct AnyStep<'a> {
    pub(super) number: usize,
    pub(super) head: &'a dyn Fn() -> Option<Head>,
    pub(super) state: &'a dyn Fn() -> Option<SgdState>,
}

/// Of each of `images`, whether `head` has it right.
pub fn right_images(examples: &Examples, images: &[usize], head: &Head) -> Vec<bool> {
    let logits = logits_of(examples, images, head);
    let answers = logits.iter().map(|row| best(row));
    answers.zip(images).map(|(answer, image)| answer == examples.categories[*image]).collect()
}

/// Logits of `images`, a row an image.
pub(super) fn logits_of(examples: &Examples, images: &[usize], head: &Head) -> Vec<Vec<f32>> {
    let features = examples.features.select(Axis(0), images);
    let logits = head.logits_of_rows(features.view());
    logits.rows().into_iter().map(|row| row.to_vec()).collect()
}
