//! Measuring the whole procedure: every image scored by a head that never saw its group.

use super::choosing::choose_by_folds;
use super::evaluation::{Evaluation, ScoredImage, evaluate_each};
use super::examples::{Examples, TrainingSet};
use super::recipe::{TrainOptions, fit_head, logits_of};
use super::split::grouped_folds;
use super::training::{SEED, TrainError, best, require_categories, scored};

/// What cross-validation gave.
#[derive(Debug, Clone)]
pub struct CrossValidation {
    /// Measures over all images, each scored by a head that never saw its group.
    pub evaluation: Evaluation,
    /// Share of right answers in each fold.
    pub fold_accuracy: Vec<f64>,
}

/// Measures the whole procedure on all images, whatever their sides: penalty and temperature are
/// chosen without the fold that measures. `watch` hears of the fold and says whether to go on.
///
/// # Errors
/// See [`TrainError`].
pub fn cross_validate(
    examples: &Examples,
    folds: usize,
    options: TrainOptions,
    watch: &mut dyn FnMut(usize) -> bool,
) -> Result<CrossValidation, TrainError> {
    let distinct = examples.groups.iter().collect::<std::collections::BTreeSet<_>>().len();
    if distinct < folds {
        return Err(TrainError::TooFewGroups { folds, groups: distinct });
    }
    let fold_of = grouped_folds(&examples.groups, &examples.categories, folds);
    let (mut scored_images, mut temperatures) = (Vec::<ScoredImage>::new(), Vec::new());
    let mut fold_accuracy = Vec::with_capacity(folds);
    for fold in 0..folds {
        let (held_out, rest): (Vec<usize>, Vec<usize>) =
            (0..fold_of.len()).partition(|image| fold_of[*image] == fold);
        require_categories(examples, &rest)?;
        let mut goes_on = true;
        let choice = choose_by_folds(examples, &rest, options, &mut |_, _| {
            goes_on = goes_on && watch(fold);
            goes_on
        })?;
        let set = TrainingSet::new(examples, &rest, options.is_balanced)?;
        let head = fit_head(&set, options.recipe, choice.l2, None, None, &mut |_| {
            goes_on = goes_on && watch(fold);
            goes_on
        })?;
        if !goes_on {
            return Err(TrainError::Cancelled);
        }
        let logits = logits_of(examples, &held_out, &head);
        let right = logits.iter().zip(examples.truth(&held_out));
        let right = right.filter(|(row, truth)| best(row) == *truth).count();
        fold_accuracy.push(right as f64 / held_out.len() as f64);
        temperatures.extend(vec![choice.temperature; held_out.len()]);
        scored_images.extend(scored(examples, &held_out, logits));
    }
    let evaluation = evaluate_each(&examples.names, &scored_images, &temperatures, SEED)
        .ok_or(super::FitError::NoImages)?;
    Ok(CrossValidation { evaluation, fold_accuracy })
}
