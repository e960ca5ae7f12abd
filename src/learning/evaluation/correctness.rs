//! The probability that the head is right, given its highest score.

use serde::{Deserialize, Serialize};

use super::isotonic::{IsotonicStep, isotonic};
use super::proportion::Proportion;

/// Bins begin at multiples of this score.
const BIN_WIDTH: f64 = 0.05;
/// Neighbouring bins are joined until they hold this many images: fewer show mostly chance.
const LEAST_IN_BIN: usize = 20;

/// The probability of being right against the highest score.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CorrectnessCurve {
    /// What was seen, by score. Bins are 0.05 wide, and wider where they would hold fewer than 20
    /// images.
    pub bins: Vec<CorrectnessBin>,
    /// What was seen, smoothed by isotonic regression.
    pub isotonic: Vec<IsotonicStep>,
    /// Where the smoothed probability reaches one half; absent where it is above throughout or
    /// below throughout.
    pub reaches_half: Option<Crossover>,
}

/// The images whose highest score is in a range.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CorrectnessBin {
    /// Lowest score of the range.
    pub low: f64,
    /// Its highest score, which belongs to the next bin.
    pub high: f64,
    /// Mean score of its images.
    pub mean_score: f64,
    /// How many of its images are right.
    pub right: Proportion,
}

/// Where a probability goes from below one half to one half or above.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Crossover {
    /// Half-way between the last score below and the first one above.
    pub score: f64,
    /// Images with lower scores: with few of them, the place is a guess.
    pub images_below: usize,
}

/// From the highest score of each image and whether it is right.
pub(super) fn correctness_curve(scored: &[(f64, bool)]) -> CorrectnessCurve {
    let isotonic = isotonic(scored);
    CorrectnessCurve { bins: bins(scored), reaches_half: reaches_half(&isotonic), isotonic }
}

fn reaches_half(steps: &[IsotonicStep]) -> Option<Crossover> {
    let above = steps.iter().position(|step| step.probability >= 0.5)?;
    let last_below = steps[..above].last()?;
    Some(Crossover {
        score: f64::midpoint(last_below.high, steps[above].low),
        images_below: steps[..above].iter().map(|step| step.images).sum(),
    })
}

/// Counts of one or more neighbouring bins.
#[derive(Clone, Copy, Default)]
struct Counts {
    images: usize,
    right: usize,
    score_sum: f64,
}

impl Counts {
    fn plus(self, other: Self) -> Self {
        Self {
            images: self.images + other.images,
            right: self.right + other.right,
            score_sum: self.score_sum + other.score_sum,
        }
    }
}

fn bins(scored: &[(f64, bool)]) -> Vec<CorrectnessBin> {
    let bin_count = (1.0 / BIN_WIDTH).round() as usize;
    let mut narrow = vec![Counts::default(); bin_count];
    for (score, is_right) in scored {
        let bin = &mut narrow[((score / BIN_WIDTH) as usize).min(bin_count - 1)];
        *bin = bin.plus(Counts { images: 1, right: usize::from(*is_right), score_sum: *score });
    }
    // From the top, where most images are; (first, end, counts) of each joined bin.
    let mut joined: Vec<(usize, usize, Counts)> = Vec::new();
    for (place, counts) in narrow.into_iter().enumerate().rev().filter(|(_, c)| c.images > 0) {
        match joined.last_mut() {
            Some(last) if last.2.images < LEAST_IN_BIN => {
                *last = (place, last.1, last.2.plus(counts));
            }
            _ => joined.push((place, place + 1, counts)),
        }
    }
    // The lowest may have remained too small.
    if joined.len() > 1
        && let Some(lowest) = joined.pop_if(|lowest| lowest.2.images < LEAST_IN_BIN)
        && let Some(next) = joined.last_mut()
    {
        *next = (lowest.0, next.1, next.2.plus(lowest.2));
    }
    let bin = |(first, end, counts): (usize, usize, Counts)| {
        Some(CorrectnessBin {
            low: first as f64 / bin_count as f64,
            high: end as f64 / bin_count as f64,
            mean_score: counts.score_sum / counts.images as f64,
            right: Proportion::new(counts.right, counts.images)?,
        })
    };
    joined.into_iter().rev().filter_map(bin).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn probability_crosses_one_half_between_the_wrong_and_the_right() {
        let curve = correctness_curve(&[(0.3, false), (0.4, false), (0.6, true), (0.7, true)]);
        let crossover = curve.reaches_half.unwrap();
        assert!((crossover.score - 0.5).abs() < 1e-12);
        assert_eq!(crossover.images_below, 2);
    }

    #[test]
    fn calibrated_scores_cross_at_one_half() {
        // At each score of 0.01 to 0.99, a hundred images, as many right as the score says.
        let scored: Vec<(f64, bool)> = (1..100)
            .flat_map(|score| (0..100).map(move |i| (f64::from(score) / 100.0, i < score)))
            .collect();
        let crossover = correctness_curve(&scored).reaches_half.unwrap();
        assert!((crossover.score - 0.5).abs() < 0.01, "{crossover:?}");
    }

    #[test]
    fn always_right_and_always_wrong_never_cross() {
        assert_eq!(correctness_curve(&[(0.3, true), (0.9, true)]).reaches_half, None);
        assert_eq!(correctness_curve(&[(0.3, false), (0.9, false)]).reaches_half, None);
        assert_eq!(correctness_curve(&[]).reaches_half, None);
    }

    #[test]
    fn small_bins_are_joined_and_none_is_lost() {
        let scored: Vec<(f64, bool)> =
            (0..100).map(|i| (f64::from(i) / 100.0, i > 50)).chain([(1.0, true)]).collect();
        let bins = correctness_curve(&scored).bins;
        assert_eq!(bins.iter().map(|bin| bin.right.images).sum::<usize>(), 101);
        assert!(bins.iter().all(|bin| bin.right.images >= 20));
        assert!(bins.windows(2).all(|pair| pair[0].high <= pair[1].low));
    }
}
