//! Scores: probabilities over a model's categories.

use serde::{Deserialize, Serialize};

/// One category with its score.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CategoryScore {
    /// The category's name.
    pub category: String,
    /// Its probability, 0 to 1.
    pub score: f32,
}

/// Categories with their scores, the highest first. Equal scores keep the categories' order.
pub fn ranked(categories: &[String], scores: &[f32]) -> Vec<CategoryScore> {
    let mut ranked: Vec<CategoryScore> = categories
        .iter()
        .zip(scores)
        .map(|(category, score)| CategoryScore { category: category.clone(), score: *score })
        .collect();
    ranked.sort_by(|a, b| b.score.total_cmp(&a.score));
    ranked
}

/// Probabilities out of logits divided by `temperature`; they sum to 1.
pub fn softmax(logits: &[f32], temperature: f32) -> Vec<f32> {
    let highest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let weights: Vec<f64> =
        logits.iter().map(|logit| f64::from((logit - highest) / temperature).exp()).collect();
    let sum: f64 = weights.iter().sum();
    weights.iter().map(|weight| (weight / sum) as f32).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_sum_to_one_even_for_huge_logits() {
        let scores = softmax(&[1000.0, 999.0, -1000.0], 1.0);
        assert!((scores.iter().sum::<f32>() - 1.0).abs() < 1e-6);
        assert!(scores[0] > scores[1] && scores[2] >= 0.0);
    }

    #[test]
    fn a_higher_temperature_makes_scores_more_alike() {
        let (cold, warm) = (softmax(&[2.0, 0.0], 0.5), softmax(&[2.0, 0.0], 4.0));
        assert!(cold[0] > warm[0] && warm[0] > 0.5);
    }

    #[test]
    fn ranking_is_descending_and_stable() {
        let names = ["a", "b", "c"].map(str::to_owned);
        let ranked = ranked(&names, &[0.2, 0.6, 0.2]);
        let order: Vec<_> = ranked.iter().map(|item| item.category.as_str()).collect();
        assert_eq!(order, ["b", "a", "c"]);
    }
}
