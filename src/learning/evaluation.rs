//! How good the scores are, measured on images with known categories.

use serde::{Deserialize, Serialize};

/// Measures of a set of scored images.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Evaluation {
    /// Images measured.
    pub images: usize,
    /// Share whose best category is right.
    pub accuracy: f64,
    /// Share whose right category is among the two best.
    pub top2_accuracy: f64,
    /// Mean F1 over the categories that have images.
    pub macro_f1: f64,
    /// Expected calibration error over 15 score bins of equal width (Guo et al., 2017).
    pub ece: f64,
    /// Mean cross-entropy in nats.
    pub cross_entropy: f64,
    /// Images by true category (row) and best category (column).
    pub confusion: Vec<Vec<usize>>,
    /// One a category, in the categories' order.
    pub per_category: Vec<CategoryResult>,
    /// Coverage for promises of accuracy.
    pub thresholds: Vec<Threshold>,
}

/// One category's results.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CategoryResult {
    /// The category's name.
    pub category: String,
    /// Images of the category.
    pub images: usize,
    /// Share of the images called this that are this; absent where none was called this.
    pub precision: Option<f64>,
    /// Share of the images that are this which are called this; absent without images.
    pub recall: Option<f64>,
    /// Harmonic mean of the two; absent without images.
    pub f1: Option<f64>,
}

/// The share of images whose best score is at least `score`, and how often they are right.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Threshold {
    /// The accuracy asked for.
    pub promised_accuracy: f64,
    /// The lowest score that keeps it on these images; absent where none does.
    pub score: Option<f64>,
    /// Share of images at or above the score.
    pub coverage: f64,
    /// Share of those that are right.
    pub accuracy: Option<f64>,
}

const ECE_BINS: usize = 15;
const PROMISES: [f64; 3] = [0.9, 0.95, 0.99];

/// Measures `scores` (a row an image, a probability a category) against the true categories.
/// `None` without images.
pub fn evaluate(names: &[String], scores: &[Vec<f32>], truth: &[usize]) -> Option<Evaluation> {
    if scores.is_empty() {
        return None;
    }
    let images = scores.len();
    let ranked: Vec<Vec<usize>> = scores.iter().map(|row| descending(row)).collect();
    let best: Vec<usize> = ranked.iter().map(|order| order[0]).collect();
    let best_score = |image: usize| f64::from(scores[image][best[image]]);
    let is_right: Vec<bool> = best.iter().zip(truth).map(|(best, truth)| best == truth).collect();
    let share = |count: usize| count as f64 / images as f64;

    let mut confusion = vec![vec![0; names.len()]; names.len()];
    for (truth, best) in truth.iter().zip(&best) {
        confusion[*truth][*best] += 1;
    }
    let per_category: Vec<CategoryResult> =
        (0..names.len()).map(|category| category_result(names, &confusion, category)).collect();
    let f1s: Vec<f64> = per_category.iter().filter_map(|result| result.f1).collect();
    let top2 = ranked
        .iter()
        .zip(truth)
        .filter(|(order, truth)| order[..2.min(order.len())].contains(truth));
    let cross_entropy: f64 = scores
        .iter()
        .zip(truth)
        .map(|(row, truth)| -f64::from(row[*truth]).max(f64::MIN_POSITIVE).ln())
        .sum();

    let by_score: Vec<(f64, bool)> = (0..images).map(|i| (best_score(i), is_right[i])).collect();
    Some(Evaluation {
        images,
        accuracy: share(is_right.iter().filter(|right| **right).count()),
        top2_accuracy: share(top2.count()),
        macro_f1: f1s.iter().sum::<f64>() / f1s.len().max(1) as f64,
        ece: expected_calibration_error(&by_score),
        cross_entropy: cross_entropy / images as f64,
        confusion,
        per_category,
        thresholds: PROMISES.iter().map(|promise| threshold(&by_score, *promise)).collect(),
    })
}

fn descending(scores: &[f32]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_by(|a, b| scores[*b].total_cmp(&scores[*a]));
    order
}

fn category_result(names: &[String], confusion: &[Vec<usize>], category: usize) -> CategoryResult {
    let right = confusion[category][category];
    let images: usize = confusion[category].iter().sum();
    let called: usize = confusion.iter().map(|row| row[category]).sum();
    let ratio = |of: usize| (of > 0).then(|| right as f64 / of as f64);
    CategoryResult {
        category: names[category].clone(),
        images,
        precision: ratio(called),
        recall: ratio(images),
        f1: (images > 0).then(|| 2.0 * right as f64 / (images + called) as f64),
    }
}

fn expected_calibration_error(by_score: &[(f64, bool)]) -> f64 {
    let mut bins = [(0_usize, 0.0_f64, 0_usize); ECE_BINS]; // images, sum of scores, right ones
    for (score, right) in by_score {
        let bin = ((score * ECE_BINS as f64) as usize).min(ECE_BINS - 1);
        bins[bin].0 += 1;
        bins[bin].1 += score;
        bins[bin].2 += usize::from(*right);
    }
    let gap: f64 = bins.iter().map(|(_, scores, right)| (scores - *right as f64).abs()).sum();
    gap / by_score.len() as f64
}

/// The lowest score at and above which the share of right answers is at least `promise`.
fn threshold(by_score: &[(f64, bool)], promise: f64) -> Threshold {
    let mut ordered = by_score.to_vec();
    ordered.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut right = 0;
    let mut kept = None;
    for (position, (score, is_right)) in ordered.iter().enumerate() {
        right += usize::from(*is_right);
        let count = position + 1;
        // Images of equal score stand or fall together.
        let is_last_of_score = ordered.get(count).is_none_or(|next| next.0 < *score);
        if is_last_of_score && right as f64 >= promise * count as f64 {
            kept = Some((*score, count, right));
        }
    }
    Threshold {
        promised_accuracy: promise,
        score: kept.map(|(score, _, _)| score),
        coverage: kept.map_or(0.0, |(_, count, _)| count as f64 / by_score.len() as f64),
        accuracy: kept.map(|(_, count, right)| right as f64 / count as f64),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> Vec<String> {
        ["Fibres", "Powder", "Tips"].map(str::to_owned).to_vec()
    }

    /// Four images: right, right, second best right, wrong altogether.
    fn four() -> (Vec<Vec<f32>>, Vec<usize>) {
        let scores = vec![
            vec![0.9, 0.1, 0.0],
            vec![0.2, 0.7, 0.1],
            vec![0.6, 0.4, 0.0],
            vec![0.5, 0.3, 0.2],
        ];
        (scores, vec![0, 1, 1, 2])
    }

    #[test]
    fn measures_agree_with_a_count_by_hand() {
        let (scores, truth) = four();
        let result = evaluate(&names(), &scores, &truth).unwrap();
        assert_eq!(result.accuracy, 0.5);
        assert_eq!(result.top2_accuracy, 0.75);
        assert_eq!(result.confusion, [[1, 0, 0], [1, 1, 0], [1, 0, 0]]);
        assert_eq!(result.per_category[0].precision, Some(1.0 / 3.0));
        assert_eq!(result.per_category[1].recall, Some(0.5));
        assert_eq!(result.per_category[2].precision, None);
        let f1 = [0.5, 2.0 / 3.0, 0.0];
        assert!((result.macro_f1 - f1.iter().sum::<f64>() / 3.0).abs() < 1e-12);
    }

    #[test]
    fn calibration_error_is_the_mean_gap_between_score_and_truth() {
        let (scores, truth) = four();
        let result = evaluate(&names(), &scores, &truth).unwrap();
        // Each image is alone in its bin: gaps 0.1, 0.3, 0.6, 0.5.
        assert!((result.ece - 0.375).abs() < 1e-6, "{}", result.ece);
    }

    #[test]
    fn a_promise_is_kept_by_the_lowest_score_that_keeps_it() {
        let (scores, truth) = four();
        let result = evaluate(&names(), &scores, &truth).unwrap();
        let promise = &result.thresholds[0];
        assert!((promise.score.unwrap() - 0.7).abs() < 1e-6);
        assert_eq!((promise.coverage, promise.accuracy), (0.5, Some(1.0)));
    }

    #[test]
    fn a_promise_that_cannot_be_kept_says_so() {
        let result = evaluate(&names(), &[vec![0.9, 0.1, 0.0]], &[2]).unwrap();
        assert_eq!(result.thresholds[0].score, None);
        assert_eq!(result.thresholds[0].coverage, 0.0);
    }

    #[test]
    fn a_category_without_images_does_not_count_in_macro_f1() {
        let result = evaluate(&names(), &[vec![0.9, 0.1, 0.0]], &[0]).unwrap();
        assert_eq!(result.macro_f1, 1.0);
        assert_eq!(result.per_category[2].f1, None);
    }

    #[test]
    fn without_images_there_is_nothing_to_measure() {
        assert_eq!(evaluate(&names(), &[], &[]), None);
    }
}
