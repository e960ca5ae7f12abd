//! How good a head is, measured on images it never trained on.
//!
//! Every measure says how sure it is, as far as the images are independent of each other. Images
//! of one sample are not quite: where there are many of each, the truth may lie further away than
//! the intervals tell.

mod annotated_result;
mod binomial;
mod calibration_error;
mod category_pair_result;
mod category_result;
mod chance;
mod correctness;
mod coverage;
mod isotonic;
mod ladder;
mod promise;
mod proportion;
mod score_histogram;
mod scored_image;
mod subcategory_result;

use serde::{Deserialize, Serialize};

pub use annotated_result::AnnotatedResult;
pub use calibration_error::{CalibrationErrorByChance, ReliabilityBin};
pub use category_pair_result::{CategoryPairResult, RankCounts};
pub use category_result::CategoryResult;
pub use correctness::{CorrectnessBin, CorrectnessCurve, Crossover};
pub use coverage::{AccuracyAtCoverage, CoverageCurve, CoveragePoint};
pub use isotonic::IsotonicStep;
pub use promise::{MoreLabels, Threshold, threshold_for};
pub use proportion::{Difference, Proportion};
pub use score_histogram::{GroupHistogram, ScoreHistogram};
pub use scored_image::ScoredImage;
pub use subcategory_result::SubcategoryResult;

use super::agreement::Interval;
use super::calibration::mean_cross_entropy;
use calibration_error::{by_chance, expected_calibration_error, reliability};
use scored_image::Ranked;

/// The promises of accuracy that are looked into, and how sure each is to be.
const PROMISES: [f64; 3] = [0.9, 0.95, 0.99];
const CONFIDENCE: f64 = 0.95;

/// Measures of a set of scored images. Scores are those at `temperature`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Evaluation {
    /// Images measured.
    pub images: usize,
    /// What logits were divided by, on average; 1 leaves them as they are.
    pub temperature: f32,
    /// Share whose best category is right.
    pub accuracy: f64,
    /// Where that lies with 95 % confidence (Wilson).
    pub accuracy_interval_95: Interval,
    /// Share whose right category is among the two best.
    pub top2_accuracy: f64,
    /// Where that lies with 95 % confidence (Wilson).
    pub top2_accuracy_interval_95: Interval,
    /// Of the images whose best category is wrong, those whose second is right; absent where none
    /// is wrong.
    pub second_right_when_wrong: Option<Proportion>,
    /// Mean F1 over the categories that have images.
    pub macro_f1: f64,
    /// Expected calibration error over 15 score bins of equal width (Guo et al., 2017).
    pub ece: f64,
    /// The same at temperature 1.
    pub ece_uncalibrated: f64,
    /// What `ece` would be for perfect scores, with as many images.
    pub ece_by_chance: CalibrationErrorByChance,
    /// The bins of `ece` that have images, from low to high scores.
    pub reliability: Vec<ReliabilityBin>,
    /// The bins of `ece_uncalibrated`.
    pub reliability_uncalibrated: Vec<ReliabilityBin>,
    /// Mean cross-entropy in nats.
    pub cross_entropy: f64,
    /// Images by true category (row) and best category (column).
    pub confusion: Vec<Vec<usize>>,
    /// One a category, in the categories' order.
    pub per_category: Vec<CategoryResult>,
    /// One for each subcategory that has images.
    pub per_subcategory: Vec<SubcategoryResult>,
    /// One for each pair of categories that a person gave an image, most images first.
    pub category_pairs: Vec<CategoryPairResult>,
    /// Images with and without drawings or measurements burnt in.
    pub annotation: AnnotatedResult,
    /// The highest scores of right and wrong images.
    pub score_histogram: ScoreHistogram,
    /// The probability that the best category is right, given its score.
    pub right_by_score: CorrectnessCurve,
    /// The probability that one of the two best is right, given the score of the best.
    pub right_in_two_by_score: CorrectnessCurve,
    /// How many images are left above a threshold, and how many of them are right.
    pub coverage_curve: CoverageCurve,
    /// Scores from which on promises of accuracy can be kept: 90, 95 and 99 %. Each by itself holds
    /// with its confidence.
    pub thresholds: Vec<Threshold>,
}

/// Measures `images`, whose logits and categories are indices into `names`. `seed` decides the
/// simulations behind intervals. `None` without images.
pub fn evaluate(
    names: &[String],
    images: &[ScoredImage],
    temperature: f32,
    seed: u64,
) -> Option<Evaluation> {
    evaluate_each(names, images, &vec![temperature; images.len()], seed)
}

/// The same, with a temperature for each image: that of the fold which left it out.
pub fn evaluate_each(
    names: &[String],
    images: &[ScoredImage],
    temperatures: &[f32],
    seed: u64,
) -> Option<Evaluation> {
    let ranked: Vec<Ranked<'_>> = images
        .iter()
        .zip(temperatures)
        .map(|(image, temperature)| Ranked::new(image, *temperature))
        .collect();
    let accuracy = Proportion::of(ranked.iter().map(Ranked::is_right))?;
    let top2 = Proportion::of(ranked.iter().map(Ranked::is_right_in_two))?;
    let wrong = ranked.iter().filter(|image| !image.is_right());

    let scored = pairs(&ranked, |image| (image.score, image.is_right()));
    let scores: Vec<f64> = ranked.iter().map(|image| image.score).collect();
    let uncalibrated = pairs(&ranked, |image| (image.uncalibrated_score, image.is_right()));
    let (reliability, reliability_uncalibrated) =
        (reliability(&scored), reliability(&uncalibrated));
    let in_two = pairs(&ranked, |image| (image.score, image.is_right_in_two()));

    let confusion = category_result::confusion(names.len(), &ranked);
    let per_category = category_result::category_results(names, &confusion);
    let rungs = ladder::ladder(&scored);
    Some(Evaluation {
        images: images.len(),
        temperature: temperatures.iter().sum::<f32>() / images.len() as f32,
        accuracy: accuracy.accuracy,
        accuracy_interval_95: accuracy.interval_95,
        top2_accuracy: top2.accuracy,
        top2_accuracy_interval_95: top2.interval_95,
        second_right_when_wrong: Proportion::of(wrong.map(Ranked::is_second_right)),
        macro_f1: category_result::macro_f1(&per_category),
        ece: expected_calibration_error(&reliability),
        ece_uncalibrated: expected_calibration_error(&reliability_uncalibrated),
        ece_by_chance: by_chance(&scores, seed),
        reliability,
        reliability_uncalibrated,
        cross_entropy: cross_entropy(images, temperatures),
        confusion,
        per_category,
        per_subcategory: subcategory_result::subcategory_results(names, &ranked),
        category_pairs: category_pair_result::category_pair_results(names, &ranked),
        annotation: annotated_result::annotated_result(&ranked),
        score_histogram: score_histogram::score_histogram(&ranked),
        right_by_score: correctness::correctness_curve(&scored),
        right_in_two_by_score: correctness::correctness_curve(&in_two),
        coverage_curve: coverage::coverage_curve(&rungs, seed),
        thresholds: PROMISES
            .iter()
            .map(|promise| promise::threshold_on(&rungs, *promise, CONFIDENCE))
            .collect(),
    })
}

fn pairs(ranked: &[Ranked<'_>], pair: impl Fn(&Ranked<'_>) -> (f64, bool)) -> Vec<(f64, bool)> {
    ranked.iter().map(pair).collect()
}

fn cross_entropy(images: &[ScoredImage], temperatures: &[f32]) -> f64 {
    let scaled = |(image, temperature): (&ScoredImage, &f32)| {
        image.logits.iter().map(|logit| logit / temperature).collect()
    };
    let logits: Vec<Vec<f32>> = images.iter().zip(temperatures).map(scaled).collect();
    let truth: Vec<usize> = images.iter().map(|image| image.truth).collect();
    mean_cross_entropy(&logits, &truth, 1.0)
}

#[cfg(test)]
mod tests {
    use super::scored_image::tests::image;
    use super::*;

    fn names() -> Vec<String> {
        ["Fibres", "Powder", "Tips"].map(str::to_owned).to_vec()
    }

    /// Four images: right, right, second best right, wrong altogether.
    fn four() -> Vec<ScoredImage> {
        vec![
            image(&[0.9, 0.08, 0.02], 0),
            image(&[0.2, 0.7, 0.1], 1),
            image(&[0.6, 0.39, 0.01], 1),
            image(&[0.5, 0.3, 0.2], 2),
        ]
    }

    #[test]
    fn measures_agree_with_a_count_by_hand() {
        let result = evaluate(&names(), &four(), 1.0, 1).unwrap();
        assert_eq!((result.images, result.accuracy, result.top2_accuracy), (4, 0.5, 0.75));
        assert_eq!(result.confusion, [[1, 0, 0], [1, 1, 0], [1, 0, 0]]);
        let f1 = [0.5, 2.0 / 3.0, 0.0];
        assert!((result.macro_f1 - f1.iter().sum::<f64>() / 3.0).abs() < 1e-12);
        let second = result.second_right_when_wrong.unwrap();
        assert_eq!((second.right, second.images), (1, 2));
        // Each image is alone in its bin: gaps 0.1, 0.3, 0.6, 0.5.
        assert!((result.ece - 0.375).abs() < 1e-6, "{}", result.ece);
        assert_eq!(result.ece, result.ece_uncalibrated);
        let likelihood = 0.9_f64 * 0.7 * 0.39 * 0.2;
        assert!((result.cross_entropy + likelihood.ln() / 4.0).abs() < 1e-6);
        assert!(result.thresholds.iter().all(|threshold| threshold.score.is_none()));
    }

    #[test]
    fn temperature_changes_scores_and_leaves_what_is_right() {
        let (cold, warm) = (
            evaluate(&names(), &four(), 1.0, 1).unwrap(),
            evaluate(&names(), &four(), 3.0, 1).unwrap(),
        );
        assert_eq!(cold.confusion, warm.confusion);
        assert_eq!(cold.ece_uncalibrated, warm.ece_uncalibrated);
        assert_ne!(cold.ece, warm.ece);
    }

    #[test]
    fn the_same_seed_gives_the_same_measures() {
        let measure = |seed| evaluate(&names(), &four(), 1.0, seed).unwrap();
        assert_eq!(measure(5), measure(5));
    }

    #[test]
    fn measures_survive_json_and_hold_no_nan() {
        let result = evaluate(&names(), &four(), 1.5, 1).unwrap();
        let text = serde_json::to_string(&result).unwrap();
        let read: Evaluation = serde_json::from_str(&text).unwrap();
        // A NaN would have become null and have failed to be read as a number.
        assert_eq!((read.images, read.confusion), (result.images, result.confusion));
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        for key in ["accuracy", "top2_accuracy", "macro_f1", "ece", "cross_entropy", "thresholds"] {
            assert!(!value[key].is_null(), "{key}");
        }
    }

    #[test]
    fn one_image_and_one_category_can_be_measured() {
        let result = evaluate(&names(), &four()[..1], 1.0, 1).unwrap();
        assert_eq!((result.accuracy, result.second_right_when_wrong), (1.0, None));
        let only = [image(&[1.0], 0)];
        let result = evaluate(&names()[..1], &only, 1.0, 1).unwrap();
        assert_eq!((result.top2_accuracy, result.ece), (1.0, 0.0));
    }

    #[test]
    fn without_images_there_is_nothing_to_measure() {
        assert_eq!(evaluate(&names(), &[], 1.0, 1), None);
    }
}
