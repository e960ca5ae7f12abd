//! Measuring the whole procedure: every image scored by a head that never saw its group.

use ndarray::{Array2, ArrayView1};

use super::choosing::{Choice, choose_by_folds};
use super::evaluation::{Evaluation, ScoredImage, evaluate_each};
use super::examples::{Examples, TrainingSet};
use super::recipe::{TrainOptions, fit_head, logits_of};
use super::split::grouped_folds;
use super::training::{SEED, TrainError, best, require_categories, scored};
use crate::classifier::softmax;

/// What cross-validation gave.
#[derive(Debug, Clone)]
pub struct CrossValidation {
    /// Measures over all images, each scored by a head that never saw its group.
    pub evaluation: Evaluation,
    /// Share of right answers in each fold.
    pub fold_accuracy: Vec<f64>,
    /// Of each image, in the order of the examples, whether the head was right that never saw its
    /// group.
    pub is_right: Vec<bool>,
    /// `[image_count, category_count]`: the calibrated scores of each image, by that same head.
    pub scores: Array2<f32>,
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
    cross_validate_each(examples, folds, options, None, watch)
}

/// Given the fold's number and the images outside of it, what all images are to this fold, and its
/// penalty and temperature.
pub(super) type OfFold<'a> =
    &'a mut dyn FnMut(usize, &[usize]) -> Result<(Examples, Choice), TrainError>;

/// Where `of_fold` is given, each fold works on what it gives.
pub(super) fn cross_validate_each(
    examples: &Examples,
    folds: usize,
    options: TrainOptions,
    mut of_fold: Option<OfFold<'_>>,
    watch: &mut dyn FnMut(usize) -> bool,
) -> Result<CrossValidation, TrainError> {
    let distinct = examples.groups.iter().collect::<std::collections::BTreeSet<_>>().len();
    if distinct < folds {
        return Err(TrainError::TooFewGroups { folds, groups: distinct });
    }
    let fold_of = grouped_folds(&examples.groups, &examples.categories, folds);
    let (mut scored_images, mut temperatures) = (Vec::<ScoredImage>::new(), Vec::new());
    let mut fold_accuracy = Vec::with_capacity(folds);
    let mut is_right = vec![false; examples.image_count()];
    let mut scores = Array2::zeros((examples.image_count(), examples.names.len()));
    for fold in 0..folds {
        let (held_out, rest): (Vec<usize>, Vec<usize>) =
            (0..fold_of.len()).partition(|image| fold_of[*image] == fold);
        require_categories(examples, &rest)?;
        let own = of_fold.as_mut().map(|of_fold| of_fold(fold, &rest)).transpose()?;
        let examples = own.as_ref().map_or(examples, |(examples, _)| examples);
        let mut goes_on = true;
        let choice = match &own {
            Some((_, choice)) => *choice,
            None => choose_by_folds(examples, &rest, options, &mut |_, _| {
                goes_on = goes_on && watch(fold);
                goes_on
            })?,
        };
        let set = TrainingSet::new(examples, &rest, options.is_balanced)?;
        let head = fit_head(&set, options.recipe, choice.l2, None, None, &mut |_| {
            goes_on = goes_on && watch(fold);
            goes_on
        })?;
        if !goes_on {
            return Err(TrainError::Cancelled);
        }
        let logits = logits_of(examples, &held_out, &head);
        for (image, row) in held_out.iter().zip(&logits) {
            is_right[*image] = best(row) == examples.categories[*image];
            scores.row_mut(*image).assign(&ArrayView1::from(&softmax(row, choice.temperature)));
        }
        let right = held_out.iter().filter(|image| is_right[**image]).count();
        fold_accuracy.push(right as f64 / held_out.len() as f64);
        temperatures.extend(vec![choice.temperature; held_out.len()]);
        scored_images.extend(scored(examples, &held_out, logits));
    }
    let evaluation = evaluate_each(&examples.names, &scored_images, &temperatures, SEED)
        .ok_or(super::FitError::NoImages)?;
    Ok(CrossValidation { evaluation, fold_accuracy, is_right, scores })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::micrograph::content_sha256;

    /// Groups of three images, each with a category of its own and one feature that is `telling`.
    fn examples(groups: usize, telling: bool) -> Examples {
        let images = groups * 3;
        let group = |image: usize| format!("sample {}", image / 3);
        // A coin tossed by the group's name.
        let category =
            |image: usize| usize::from(content_sha256(group(image).as_bytes()).as_bytes()[0] % 2);
        Examples {
            features: Array2::from_shape_fn((images, 2), |(image, feature)| match feature {
                0 if telling => category(image) as f32 * 2.0 + ((image * 31) % 13) as f32 / 13.0,
                0 => ((image * 7919) % 101) as f32,
                _ => (image / 3) as f32,
            }),
            categories: (0..images).map(category).collect(),
            sides: vec![None; images],
            groups: (0..images).map(group).collect(),
            facts: vec![super::super::ImageFacts::default(); images],
            names: vec!["Fibres".to_owned(), "Powder".to_owned()],
        }
    }

    fn measured(examples: &Examples) -> CrossValidation {
        cross_validate(examples, 5, TrainOptions::default(), &mut |_| true).unwrap()
    }

    #[test]
    fn every_image_is_scored_once() {
        let measured = measured(&examples(40, true));
        assert_eq!((measured.evaluation.images, measured.fold_accuracy.len()), (120, 5));
        assert!(measured.evaluation.accuracy > 0.95);
        let right = measured.is_right.iter().filter(|is_right| **is_right).count();
        assert_eq!(right as f64 / 120.0, measured.evaluation.accuracy);
    }

    #[test]
    fn the_scores_are_those_of_the_heads_that_were_right() {
        let examples = examples(40, true);
        let measured = measured(&examples);
        for (image, row) in measured.scores.rows().into_iter().enumerate() {
            let is_right = best(&row.to_vec()) == examples.categories[image];
            assert_eq!(is_right, measured.is_right[image]);
            assert!((row.sum() - 1.0).abs() < 1e-5, "{row}");
        }
    }

    #[test]
    fn labels_without_any_pattern_are_not_learned() {
        let accuracy = measured(&examples(80, false)).evaluation.accuracy;
        assert!((0.3..0.7).contains(&accuracy), "{accuracy}");
    }

    #[test]
    fn it_can_be_cancelled_and_needs_as_many_groups_as_folds() {
        let stopped =
            cross_validate(&examples(40, true), 5, TrainOptions::default(), &mut |_| false);
        assert!(matches!(stopped, Err(TrainError::Cancelled)));
        let few = cross_validate(&examples(3, true), 5, TrainOptions::default(), &mut |_| true);
        assert!(matches!(few, Err(TrainError::TooFewGroups { folds: 5, groups: 3 })));
    }
}
