//! What was called what.

use serde::{Deserialize, Serialize};

use super::proportion::Proportion;
use super::scored_image::Ranked;
use crate::learning::Interval;

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
    /// Where the recall lies with 95 % confidence (Wilson); absent without images.
    pub recall_interval_95: Option<Interval>,
    /// Harmonic mean of precision and recall: 0 where none was called this, absent without images.
    pub f1: Option<f64>,
}

/// Images by true category (row) and best category (column).
pub(super) fn confusion(category_count: usize, ranked: &[Ranked<'_>]) -> Vec<Vec<usize>> {
    let mut confusion = vec![vec![0; category_count]; category_count];
    for image in ranked {
        confusion[image.image.truth][image.best] += 1;
    }
    confusion
}

pub(super) fn category_results(names: &[String], confusion: &[Vec<usize>]) -> Vec<CategoryResult> {
    let result = |(category, name): (usize, &String)| {
        let right = confusion[category][category];
        let images: usize = confusion[category].iter().sum();
        let called: usize = confusion.iter().map(|row| row[category]).sum();
        let recall = Proportion::new(right, images);
        CategoryResult {
            category: name.clone(),
            images,
            precision: Proportion::new(right, called).map(|precision| precision.accuracy),
            recall: recall.as_ref().map(|recall| recall.accuracy),
            recall_interval_95: recall.map(|recall| recall.interval_95),
            f1: (images > 0).then(|| 2.0 * right as f64 / (images + called) as f64),
        }
    };
    names.iter().enumerate().map(result).collect()
}

/// Mean F1 over the categories that have images.
pub(super) fn macro_f1(results: &[CategoryResult]) -> f64 {
    let f1s: Vec<f64> = results.iter().filter_map(|result| result.f1).collect();
    f1s.iter().sum::<f64>() / f1s.len().max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn results(confusion: &[Vec<usize>]) -> Vec<CategoryResult> {
        let names = ["Fibres", "Powder", "Tips"].map(str::to_owned);
        category_results(&names, confusion)
    }

    #[test]
    fn precision_recall_and_f1_agree_with_a_count_by_hand() {
        let results = results(&[vec![3, 1, 0], vec![2, 4, 0], vec![0, 0, 5]]);
        assert_eq!(results[0].precision, Some(0.6));
        assert_eq!(results[0].recall, Some(0.75));
        assert!((results[0].f1.unwrap() - 2.0 / 3.0).abs() < 1e-12);
        assert!(results[2].recall_interval_95.unwrap().low < 0.6);
    }

    #[test]
    fn a_category_that_nobody_was_given_counts_as_zero() {
        let results = results(&[vec![4, 0, 0], vec![0, 4, 0], vec![0, 2, 0]]);
        assert_eq!((results[2].precision, results[2].recall), (None, Some(0.0)));
        assert_eq!(results[2].f1, Some(0.0));
        assert!((macro_f1(&results) - (1.0 + 0.8 + 0.0) / 3.0).abs() < 1e-12);
    }

    #[test]
    fn a_category_without_images_is_not_in_the_mean() {
        let results = results(&[vec![1, 0, 0], vec![0, 1, 0], vec![0, 0, 0]]);
        assert_eq!((results[2].f1, results[2].recall_interval_95), (None, None));
        assert_eq!(macro_f1(&results), 1.0);
    }
}
