//! Do the scores mean what they say?

use serde::{Deserialize, Serialize};

use super::chance::{Chance, Stream, percentile};

/// Score bins of equal width (Guo et al., "On calibration of modern neural networks", 2017).
const BINS: usize = 15;
/// Simulated sets of outcomes.
const SIMULATIONS: usize = 500;

/// The images whose highest score lies in one bin.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReliabilityBin {
    /// Images in the bin.
    pub images: usize,
    /// Mean of their highest scores.
    pub mean_score: f64,
    /// Share of them that are right.
    pub accuracy: f64,
}

/// What the expected calibration error of perfectly calibrated scores would be.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct CalibrationErrorByChance {
    /// On average.
    pub mean: f64,
    /// In 95 of 100 cases it is not higher.
    pub percentile_95: f64,
}

fn bin_of(score: f64) -> usize {
    ((score * BINS as f64) as usize).min(BINS - 1)
}

/// The bins that have images, from low to high scores.
pub(super) fn reliability(scored: &[(f64, bool)]) -> Vec<ReliabilityBin> {
    let mut bins = [(0_usize, 0.0_f64, 0_usize); BINS]; // images, sum of scores, right ones
    for (score, is_right) in scored {
        let bin = &mut bins[bin_of(*score)];
        *bin = (bin.0 + 1, bin.1 + score, bin.2 + usize::from(*is_right));
    }
    bins.into_iter()
        .filter(|(images, ..)| *images > 0)
        .map(|(images, score_sum, right)| ReliabilityBin {
            images,
            mean_score: score_sum / images as f64,
            accuracy: right as f64 / images as f64,
        })
        .collect()
}

/// Mean gap between score and accuracy over the bins, by their images.
pub(super) fn expected_calibration_error(bins: &[ReliabilityBin]) -> f64 {
    let images: usize = bins.iter().map(|bin| bin.images).sum();
    let gaps = bins.iter().map(|bin| bin.images as f64 * (bin.mean_score - bin.accuracy).abs());
    gaps.sum::<f64>() / images.max(1) as f64
}

/// What these scores would show if each were right as often as it says: the error is never 0 with
/// a finite number of images, and the fewer there are, the higher. By simulation.
pub(super) fn by_chance(scores: &[f64], seed: u64) -> CalibrationErrorByChance {
    let mut by_bin: Vec<Vec<f64>> = vec![Vec::new(); BINS];
    for score in scores {
        by_bin[bin_of(*score)].push(*score);
    }
    let score_sums: Vec<f64> = by_bin.iter().map(|scores| scores.iter().sum()).collect();
    let mut chance = Chance::new(seed, Stream::CalibrationError);
    let mut simulated: Vec<f64> = (0..SIMULATIONS)
        .map(|_| {
            let gap = |(scores, score_sum): (&Vec<f64>, &f64)| {
                let right = scores.iter().filter(|score| chance.unit() < **score).count();
                (score_sum - right as f64).abs()
            };
            by_bin.iter().zip(&score_sums).map(gap).sum::<f64>() / scores.len().max(1) as f64
        })
        .collect();
    CalibrationErrorByChance {
        mean: simulated.iter().sum::<f64>() / SIMULATIONS as f64,
        percentile_95: percentile(&mut simulated, 0.95),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn error_is_the_mean_gap_between_score_and_accuracy() {
        // The first two share a bin: mean score 0.95, half of them right. The third: 0.4.
        let bins = reliability(&[(0.96, true), (0.94, false), (0.4, false)]);
        assert_eq!(bins.iter().map(|bin| bin.images).collect::<Vec<_>>(), [1, 2]);
        let wanted = (2.0 * 0.45 + 0.4) / 3.0;
        assert!((expected_calibration_error(&bins) - wanted).abs() < 1e-12);
    }

    #[test]
    fn a_score_of_one_is_in_the_last_bin() {
        assert_eq!(reliability(&[(1.0, true), (0.97, true)]).len(), 1);
    }

    #[test]
    fn chance_alone_shows_an_error_that_shrinks_with_the_root_of_the_images() {
        let few = by_chance(&[0.7; 100], 1);
        let many = by_chance(&[0.7; 10_000], 1);
        // Half-normal with deviation √(0.21 / 100): mean 0.0366, 95th percentile 0.0898.
        assert!((few.mean - 0.0366).abs() < 0.005, "{few:?}");
        assert!((few.percentile_95 - 0.0898).abs() < 0.015, "{few:?}");
        assert!((few.mean / many.mean - 10.0).abs() < 2.0, "{many:?}");
    }

    #[test]
    fn certain_scores_leave_nothing_to_chance() {
        assert_eq!(by_chance(&[1.0; 50], 3).percentile_95, 0.0);
    }
}
