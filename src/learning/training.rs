//! Training a head, and measuring the procedure by grouped cross-validation.

use std::sync::atomic::{AtomicBool, Ordering};

use ndarray::{Array2, Axis};

use super::calibration::{fit_temperature, mean_cross_entropy};
use super::evaluation::{Evaluation, evaluate};
use super::softmax_regression::{FitError, fit};
use super::split::{Side, grouped_folds, side_of};
use crate::classifier::{Head, softmax};

/// L2 penalties tried, strongest first: where two do equally well, the stronger one is kept.
const L2_CANDIDATES: [f64; 7] = [3.0, 1.0, 0.3, 0.1, 0.03, 0.01, 0.003];

/// Labelled images as numbers.
#[derive(Debug, Clone)]
pub struct Examples {
    /// `[image_count, feature_count]`.
    pub features: Array2<f32>,
    /// For each image, an index into `names`.
    pub categories: Vec<usize>,
    /// For each image, what keeps it together with others in a split: a group, or its own name.
    pub groups: Vec<String>,
    /// Category names.
    pub names: Vec<String>,
}

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
    /// The penalty that did best on the validation side.
    pub l2: f64,
    /// Images on each side.
    pub split: [usize; 3],
    /// Measures on the training side.
    pub training: Option<Evaluation>,
    /// Measures on the validation side, which chose penalty and temperature: a little flattering.
    pub validation: Option<Evaluation>,
    /// Measures on the test side, which took part in nothing.
    pub test: Option<Evaluation>,
}

/// Trains on the training side, chooses penalty and temperature on the validation side, measures
/// on the test side. Where the validation side is too small for that, penalty and temperature are
/// chosen by cross-validation over training and validation side together.
///
/// # Errors
/// See [`TrainError`].
pub fn train(examples: &Examples, cancel: &AtomicBool) -> Result<TrainOutcome, TrainError> {
    let on = |side: Side| -> Vec<usize> {
        (0..examples.groups.len()).filter(|i| side_of(&examples.groups[*i]) == side).collect()
    };
    let (training, validation, test) = (on(Side::Training), on(Side::Validation), on(Side::Test));
    check_categories(examples, &training)?;

    let (l2, temperature) = if validation.len() < LEAST_VALIDATION {
        choose_by_folds(examples, &[training.as_slice(), &validation].concat(), cancel)?
    } else {
        choose_on(examples, &training, &validation, cancel)?
    };
    let head = fit_on(examples, &training, l2)?;
    let measure = |side: &[usize]| {
        let (logits, truth) = logits_of(examples, side, &head);
        measure(examples, &logits, &truth, temperature)
    };
    Ok(TrainOutcome {
        l2,
        temperature,
        split: [training.len(), validation.len(), test.len()],
        training: measure(&training),
        validation: measure(&validation),
        test: measure(&test),
        head,
    })
}

/// Measures the whole procedure: every image is scored by a head that never saw its group, with a
/// penalty and a temperature chosen without it. Also gives the accuracy in each fold.
///
/// # Errors
/// See [`TrainError`].
pub fn cross_validate(
    examples: &Examples,
    folds: usize,
    cancel: &AtomicBool,
) -> Result<(Evaluation, Vec<f64>), TrainError> {
    let fold_of = folds_over(examples, &(0..examples.groups.len()).collect::<Vec<_>>(), folds)?;
    let mut scores = vec![Vec::new(); fold_of.len()];
    let mut fold_accuracy = Vec::new();
    for fold in 0..folds {
        let (held_out, rest): (Vec<usize>, Vec<usize>) =
            (0..fold_of.len()).partition(|image| fold_of[*image] == fold);
        check_categories(examples, &rest)?;
        let (l2, temperature) = choose_by_folds(examples, &rest, cancel)?;
        let head = fit_on(examples, &rest, l2)?;
        let (logits, truth) = logits_of(examples, &held_out, &head);
        if let Some(result) = measure(examples, &logits, &truth, temperature) {
            fold_accuracy.push(result.accuracy);
        }
        for (image, row) in held_out.iter().zip(&logits) {
            scores[*image] = softmax(row, temperature);
        }
    }
    evaluate(&examples.names, &scores, &examples.categories)
        .map(|evaluation| (evaluation, fold_accuracy))
        .ok_or(TrainError::Fit(FitError::NoImages))
}

/// Validation images below which penalty and temperature would be chosen by chance.
const LEAST_VALIDATION: usize = 50;
/// Folds within which they are chosen then.
const INNER_FOLDS: usize = 4;
/// The penalty where there are too few groups to try any.
const DEFAULT_L2: f64 = 0.1;

fn choose_by_folds(
    examples: &Examples,
    images: &[usize],
    cancel: &AtomicBool,
) -> Result<(f64, f32), TrainError> {
    let folds = INNER_FOLDS.min(distinct_groups(examples, images));
    if folds < 2 {
        return Ok((DEFAULT_L2, 1.0));
    }
    let fold_of = folds_over(examples, images, folds)?;
    choose(cancel, |l2| {
        let (mut logits, mut truth) = (Vec::new(), Vec::new());
        for fold in 0..folds {
            let pick = |inside: bool| -> Vec<usize> {
                let in_fold = (0..images.len()).filter(|i| (fold_of[*i] == fold) == inside);
                in_fold.map(|i| images[i]).collect()
            };
            let head = fit_on(examples, &pick(false), l2)?;
            let (fold_logits, fold_truth) = logits_of(examples, &pick(true), &head);
            logits.extend(fold_logits);
            truth.extend(fold_truth);
        }
        Ok((logits, truth))
    })
}

fn choose_on(
    examples: &Examples,
    training: &[usize],
    validation: &[usize],
    cancel: &AtomicBool,
) -> Result<(f64, f32), TrainError> {
    choose(cancel, |l2| Ok(logits_of(examples, validation, &fit_on(examples, training, l2)?)))
}

/// Logits, a row an image, and the images' true categories.
type ScoredImages = (Vec<Vec<f32>>, Vec<usize>);

/// The penalty with the lowest cross-entropy on images that did not fit the weights, each at its
/// own best temperature; and that temperature.
fn choose(
    cancel: &AtomicBool,
    held_out: impl Fn(f64) -> Result<ScoredImages, TrainError>,
) -> Result<(f64, f32), TrainError> {
    let mut best = None;
    for l2 in L2_CANDIDATES {
        if cancel.load(Ordering::Relaxed) {
            return Err(TrainError::Cancelled);
        }
        let (logits, truth) = held_out(l2)?;
        let temperature = fit_temperature(&logits, &truth);
        let cross_entropy = mean_cross_entropy(&logits, &truth, f64::from(temperature));
        if best.is_none_or(|(lowest, _, _)| cross_entropy < lowest) {
            best = Some((cross_entropy, l2, temperature));
        }
    }
    let (_, l2, temperature) = best.ok_or(TrainError::Fit(FitError::NoImages))?;
    Ok((l2, temperature))
}

fn folds_over(
    examples: &Examples,
    images: &[usize],
    folds: usize,
) -> Result<Vec<usize>, TrainError> {
    let groups: Vec<String> = images.iter().map(|i| examples.groups[*i].clone()).collect();
    let categories: Vec<usize> = images.iter().map(|i| examples.categories[*i]).collect();
    let distinct = distinct_groups(examples, images);
    if distinct < folds {
        return Err(TrainError::TooFewGroups { folds, groups: distinct });
    }
    Ok(grouped_folds(&groups, &categories, folds))
}

fn distinct_groups(examples: &Examples, images: &[usize]) -> usize {
    images.iter().map(|i| &examples.groups[*i]).collect::<std::collections::BTreeSet<_>>().len()
}

fn fit_on(examples: &Examples, images: &[usize], l2: f64) -> Result<Head, FitError> {
    let features = examples.features.select(Axis(0), images);
    let categories: Vec<usize> = images.iter().map(|i| examples.categories[*i]).collect();
    fit(features.view(), &categories, examples.names.len(), l2)
}

fn logits_of(examples: &Examples, images: &[usize], head: &Head) -> ScoredImages {
    let logits = images.iter().map(|i| head.logits(&examples.features.row(*i).to_vec())).collect();
    (logits, images.iter().map(|i| examples.categories[*i]).collect())
}

fn measure(
    examples: &Examples,
    logits: &[Vec<f32>],
    truth: &[usize],
    temperature: f32,
) -> Option<Evaluation> {
    let scores: Vec<Vec<f32>> = logits.iter().map(|row| softmax(row, temperature)).collect();
    evaluate(&examples.names, &scores, truth)
}

fn check_categories(examples: &Examples, images: &[usize]) -> Result<(), TrainError> {
    let present: std::collections::BTreeSet<usize> =
        images.iter().map(|i| examples.categories[*i]).collect();
    if present.len() < 2 {
        return Err(TrainError::TooFewCategories(present.len()));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two categories that one feature tells apart, in groups of three; the other feature is the
    /// group's own number, useless across groups.
    fn examples(groups: usize) -> Examples {
        let images = groups * 3;
        let category = |image: usize| (image / 3) % 2;
        Examples {
            features: Array2::from_shape_fn((images, 2), |(image, feature)| match feature {
                0 => category(image) as f32 * 2.0 + ((image * 31) % 13) as f32 / 13.0,
                _ => (image / 3) as f32,
            }),
            categories: (0..images).map(category).collect(),
            groups: (0..images).map(|image| format!("sample {}", image / 3)).collect(),
            names: vec!["Fibres".to_owned(), "Powder".to_owned()],
        }
    }

    #[test]
    fn a_separable_set_is_learned_and_measured_on_the_test_side() {
        let outcome = train(&examples(60), &AtomicBool::new(false)).unwrap();
        assert_eq!(outcome.split.iter().sum::<usize>(), 180);
        assert!(outcome.test.unwrap().accuracy > 0.95);
    }

    #[test]
    fn cross_validation_scores_every_image_once() {
        let (result, folds) = cross_validate(&examples(20), 5, &AtomicBool::new(false)).unwrap();
        assert_eq!((result.images, folds.len()), (60, 5));
        assert!(result.accuracy > 0.95);
    }

    #[test]
    fn labels_without_any_pattern_are_not_learned() {
        // The category is a coin toss by the group's name: an honest measure is about one half.
        let mut noise = examples(80);
        for image in 0..noise.categories.len() {
            let name = crate::micrograph::content_sha256(noise.groups[image].as_bytes());
            noise.categories[image] = usize::from(name.as_bytes()[0] % 2);
            noise.features[[image, 0]] = ((image * 7919) % 101) as f32;
        }
        let (result, _) = cross_validate(&noise, 5, &AtomicBool::new(false)).unwrap();
        assert!((0.3..0.7).contains(&result.accuracy), "{}", result.accuracy);
    }

    #[test]
    fn one_category_alone_is_refused() {
        let mut one = examples(10);
        one.categories.fill(0);
        let error = train(&one, &AtomicBool::new(false)).unwrap_err();
        assert!(matches!(error, TrainError::TooFewCategories(1)), "{error}");
    }

    #[test]
    fn a_cancelled_training_stops() {
        let error = train(&examples(20), &AtomicBool::new(true)).unwrap_err();
        assert!(matches!(error, TrainError::Cancelled));
    }
}
