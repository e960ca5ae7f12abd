//! Choosing penalty and temperature on images that did not fit the weights.

use super::calibration::{fit_temperature, mean_cross_entropy};
use super::examples::{Examples, TrainingSet};
use super::recipe::{Recipe, TrainOptions, fit_head, logits_of};
use super::split::grouped_folds;
use super::training::TrainError;
use crate::classifier::Head;

/// L2 penalties tried, strongest first: where two do equally well, the stronger one is kept.
const L2_CANDIDATES: [f64; 9] = [3.0, 1.0, 0.3, 0.1, 0.03, 0.01, 0.003, 0.001, 0.0003];
/// Penalties in a row that do worse than the best before them, after which no weaker one is tried:
/// the cross-entropy over penalties has one valley.
const PATIENCE: usize = 2;
/// The penalty where there is nothing to choose it on.
const DEFAULT_L2: f64 = 0.1;

/// Folds within which penalty and temperature are chosen where there is no side for it.
const FOLDS: usize = 4;
/// Images above which one fold is held out instead of each in turn: enough to choose by.
const MANY_IMAGES: usize = 4000;

/// Validation images below which penalty and temperature would be chosen by chance.
pub(super) const LEAST_VALIDATION: usize = 50;

/// What was chosen on images that did not fit the weights.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Choice {
    /// The penalty; 0 for a recipe without one.
    pub l2: f64,
    /// By what logits are divided.
    pub temperature: f32,
}

/// Images that fit the weights, and images that then choose.
pub(super) type Part = (Vec<usize>, Vec<usize>);

/// Chooses on `validation` with heads fitted to `training`; where it is too small for that, by folds
/// of both.
pub(super) fn choose_for(
    examples: &Examples,
    training: &[usize],
    validation: &[usize],
    options: TrainOptions,
    on_candidate: &mut dyn FnMut(usize, usize) -> bool,
) -> Result<Choice, TrainError> {
    choose(examples, &parts_for(examples, training, validation), options, on_candidate)
}

/// Chooses by folds within `images`: each image is scored by heads that never saw its group.
pub(super) fn choose_by_folds(
    examples: &Examples,
    images: &[usize],
    options: TrainOptions,
    on_candidate: &mut dyn FnMut(usize, usize) -> bool,
) -> Result<Choice, TrainError> {
    choose(examples, &folds_of(examples, images), options, on_candidate)
}

/// `training` and `validation`; where the latter is too small to choose by, folds of both.
pub(super) fn parts_for(
    examples: &Examples,
    training: &[usize],
    validation: &[usize],
) -> Vec<Part> {
    if validation.len() < LEAST_VALIDATION {
        return folds_of(examples, &[training, validation].concat());
    }
    vec![(training.to_vec(), validation.to_vec())]
}

/// Parts of `images` in which no group is on both sides.
fn folds_of(examples: &Examples, images: &[usize]) -> Vec<Part> {
    let groups: Vec<String> = images.iter().map(|i| examples.groups[*i].clone()).collect();
    let distinct = groups.iter().collect::<std::collections::BTreeSet<_>>().len();
    let folds = FOLDS.min(distinct);
    let fold_of = grouped_folds(&groups, &examples.truth(images), folds);
    let held_out = if images.len() > MANY_IMAGES { 1 } else { folds };
    let part = |fold: usize| -> Part {
        let (inside, outside): (Vec<usize>, Vec<usize>) =
            (0..images.len()).partition(|i| fold_of[*i] == fold);
        let of = |places: Vec<usize>| places.into_iter().map(|i| images[i]).collect();
        (of(outside), of(inside))
    };
    let mut parts: Vec<Part> = (0..held_out).map(part).collect();
    // A fold may hold all groups of a category; what is left then teaches nothing.
    parts.retain(|(training, _)| examples.present(training) > 1);
    parts
}

/// The penalty with the lowest cross-entropy on images that did not fit the weights, at its own best
/// temperature; and that temperature.
fn choose(
    examples: &Examples,
    parts: &[Part],
    options: TrainOptions,
    on_candidate: &mut dyn FnMut(usize, usize) -> bool,
) -> Result<Choice, TrainError> {
    let truth: Vec<usize> =
        parts.iter().flat_map(|(_, held_out)| examples.truth(held_out)).collect();
    if truth.is_empty() {
        return Ok(Choice { l2: DEFAULT_L2, temperature: 1.0 });
    }
    let sets = parts
        .iter()
        .map(|(training, _)| TrainingSet::new(examples, training, options.is_balanced))
        .collect::<Result<Vec<_>, _>>()?;
    let candidates: &[f64] = match options.recipe {
        Recipe::Lbfgs => &L2_CANDIDATES,
        Recipe::Sgd(_) => &[0.0], // it has no penalty: only the temperature is to be found
    };
    let mut best: Option<(f64, Choice)> = None;
    let mut worse_in_a_row = 0;
    let mut heads: Vec<Option<Head>> = vec![None; parts.len()];
    for (number, l2) in candidates.iter().enumerate() {
        let mut goes_on = on_candidate(number + 1, candidates.len());
        let mut logits = Vec::with_capacity(truth.len());
        for ((set, (_, held_out)), head) in sets.iter().zip(parts).zip(&mut heads) {
            // Each fit begins where the one with the penalty before ended.
            let fitted = fit_head(set, options.recipe, *l2, head.as_ref(), None, &mut |_| {
                goes_on = goes_on && on_candidate(number + 1, candidates.len());
                goes_on
            })?;
            if !goes_on {
                return Err(TrainError::Cancelled);
            }
            logits.extend(logits_of(examples, held_out, &fitted));
            *head = Some(fitted);
        }
        let temperature = fit_temperature(&logits, &truth);
        let cross_entropy = mean_cross_entropy(&logits, &truth, f64::from(temperature));
        if best.is_none_or(|(lowest, _)| cross_entropy < lowest) {
            best = Some((cross_entropy, Choice { l2: *l2, temperature }));
            worse_in_a_row = 0;
        } else {
            worse_in_a_row += 1;
            if worse_in_a_row == PATIENCE {
                break;
            }
        }
    }
    Ok(best.map_or(Choice { l2: DEFAULT_L2, temperature: 1.0 }, |(_, choice)| choice))
}
