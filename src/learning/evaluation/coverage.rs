//! How many images can be left to the head, and how many of those are right.

use serde::{Deserialize, Serialize};

use super::chance::{Chance, Stream, percentile};
use super::ladder::Rung;
use super::proportion::wilson;
use crate::learning::Interval;

/// Points of the curve, however many images there are.
const MOST_POINTS: usize = 200;
/// Coverages at which the accuracy gets an interval: 5 %, 10 %, … 100 %.
const FIXED_COVERAGES: usize = 20;
/// Resampled sets of images.
const RESAMPLES: usize = 500;

/// Coverage against accuracy over all thresholds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CoverageCurve {
    /// From the highest threshold down; at most some 200, evenly spread over the coverage.
    pub points: Vec<CoveragePoint>,
    /// At coverages of 5 %, 10 %, … 100 %.
    pub at_coverage: Vec<AccuracyAtCoverage>,
}

/// What one threshold gives.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct CoveragePoint {
    /// The threshold.
    pub score: f64,
    /// Share of images at or above it.
    pub coverage: f64,
    /// Share of those that are right.
    pub accuracy: f64,
}

/// Accuracy of a share of the images, those of the highest scores.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct AccuracyAtCoverage {
    /// The share of images.
    pub coverage: f64,
    /// The lowest score among them.
    pub score: f64,
    /// Share of them that are right. Of images with equal scores that are not all among them, each
    /// counts in part.
    pub accuracy: f64,
    /// Where that lies with 95 % confidence: percentiles of a bootstrap over images, and at least
    /// Wilson's interval, because where all are right no resampling shows any doubt.
    pub interval_95: Interval,
}

pub(super) fn coverage_curve(rungs: &[Rung], seed: u64) -> CoverageCurve {
    let images = rungs.last().map_or(0, |rung| rung.images);
    CoverageCurve { points: points(rungs, images), at_coverage: at_coverages(rungs, images, seed) }
}

fn points(rungs: &[Rung], images: usize) -> Vec<CoveragePoint> {
    let step = images.div_ceil(MOST_POINTS);
    let mut wanted = 0;
    let mut points = Vec::new();
    for rung in rungs {
        if rung.images < wanted && rung.images < images {
            continue;
        }
        wanted = rung.images + step;
        points.push(CoveragePoint {
            score: rung.score,
            coverage: rung.images as f64 / images as f64,
            accuracy: rung.right as f64 / rung.images as f64,
        });
    }
    points
}

fn at_coverages(rungs: &[Rung], images: usize, seed: u64) -> Vec<AccuracyAtCoverage> {
    let mut resampled = resampled_accuracies(rungs, images, seed);
    accuracies(rungs.iter().copied(), images)
        .into_iter()
        .zip(&mut resampled)
        .enumerate()
        .map(|(place, (at, resampled))| {
            let coverage = coverage_at(place);
            let kept = (coverage * images as f64).max(1.0);
            let exact = wilson(at.accuracy * kept, kept);
            let interval_95 = Interval {
                low: percentile(resampled, 0.025).min(exact.low),
                high: percentile(resampled, 0.975).max(exact.high),
            };
            AccuracyAtCoverage { coverage, score: at.score, accuracy: at.accuracy, interval_95 }
        })
        .collect()
}

/// For each fixed coverage, the accuracies of sets drawn from the images with repetition.
fn resampled_accuracies(rungs: &[Rung], images: usize, seed: u64) -> Vec<Vec<f64>> {
    // For each image its rung, and whether it is right: the order within a rung is of no account.
    let mut drawn_from = Vec::with_capacity(images);
    let mut before = Rung { score: 0.0, images: 0, right: 0 };
    for (place, rung) in rungs.iter().enumerate() {
        let right = rung.right - before.right;
        drawn_from.extend((0..rung.images - before.images).map(|i| (place, i < right)));
        before = *rung;
    }
    let mut chance = Chance::new(seed, Stream::Coverage);
    let mut resampled = vec![Vec::new(); FIXED_COVERAGES];
    for _ in 0..RESAMPLES {
        let mut counts = vec![(0, 0); rungs.len()]; // images, right ones
        for _ in 0..images {
            let (place, is_right) = drawn_from[chance.below(images)];
            counts[place].0 += 1;
            counts[place].1 += usize::from(is_right);
        }
        let (mut images_so_far, mut right) = (0, 0);
        let drawn = rungs.iter().zip(counts).map(|(rung, count)| {
            images_so_far += count.0;
            right += count.1;
            Rung { score: rung.score, images: images_so_far, right }
        });
        for (values, at) in resampled.iter_mut().zip(accuracies(drawn, images)) {
            values.push(at.accuracy);
        }
    }
    resampled
}

struct Accuracy {
    score: f64,
    accuracy: f64,
}

fn coverage_at(place: usize) -> f64 {
    (place + 1) as f64 / FIXED_COVERAGES as f64
}

/// Accuracy at each fixed coverage. A rung of which only a part is needed counts in that part.
fn accuracies(rungs: impl Iterator<Item = Rung>, images: usize) -> Vec<Accuracy> {
    let mut found = Vec::with_capacity(FIXED_COVERAGES);
    let mut above = Rung { score: 0.0, images: 0, right: 0 };
    for rung in rungs {
        let in_rung = rung.images - above.images;
        while found.len() < FIXED_COVERAGES {
            // In whole numbers, so that rounding never loses the last image.
            let wanted_parts = (found.len() + 1) * images;
            if wanted_parts > rung.images * FIXED_COVERAGES {
                break;
            }
            let wanted = wanted_parts as f64 / FIXED_COVERAGES as f64;
            let part = (wanted - above.images as f64) / in_rung as f64;
            let right = above.right as f64 + part * (rung.right - above.right) as f64;
            // Parts of images are rounded: all of them right must not be more than all.
            let accuracy = (right / wanted).min(1.0);
            found.push(Accuracy { score: rung.score, accuracy });
        }
        above = rung;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::ladder::ladder;
    use super::*;

    fn falling(images: usize) -> Vec<(f64, bool)> {
        (0..images).map(|i| (1.0 - i as f64 / images as f64, i < images / 2)).collect()
    }

    #[test]
    fn curve_begins_at_the_highest_score_and_ends_with_all_images() {
        let curve = coverage_curve(&ladder(&falling(10)), 1);
        assert_eq!(curve.points.len(), 10);
        assert_eq!(curve.points[0], CoveragePoint { score: 1.0, coverage: 0.1, accuracy: 1.0 });
        assert_eq!((curve.points[9].coverage, curve.points[9].accuracy), (1.0, 0.5));
    }

    #[test]
    fn a_hundred_thousand_images_are_thinned_to_two_hundred_points() {
        let curve = coverage_curve(&ladder(&falling(100_000)), 1);
        assert!((190..=201).contains(&curve.points.len()), "{}", curve.points.len());
        assert_eq!(curve.points.last().unwrap().coverage, 1.0);
    }

    #[test]
    fn fixed_coverages_have_accuracy_within_its_interval() {
        let curve = coverage_curve(&ladder(&falling(200)), 1);
        assert_eq!(curve.at_coverage.len(), 20);
        let (half, all) = (curve.at_coverage[9], curve.at_coverage[19]);
        assert_eq!((half.coverage, half.accuracy, all.accuracy), (0.5, 1.0, 0.5));
        assert!(half.interval_95.low < 0.97 && half.interval_95.high == 1.0, "{half:?}");
        assert!((all.interval_95.low - 0.43).abs() < 0.02, "{all:?}");
    }

    #[test]
    fn all_right_is_never_more_than_all_whatever_the_number_of_images() {
        for images in 1..=130 {
            let right: Vec<(f64, bool)> =
                (0..images).map(|i| (f64::from(i / 3) / f64::from(images), true)).collect();
            let curve = coverage_curve(&ladder(&right), 1);
            assert!(curve.at_coverage.iter().all(|at| at.accuracy <= 1.0), "{images}: {curve:?}");
        }
    }

    #[test]
    fn equal_scores_count_in_part() {
        let curve = coverage_curve(&ladder(&[(0.9, true), (0.9, false)]), 1);
        assert_eq!(curve.points.len(), 1);
        assert!(curve.at_coverage.iter().all(|at| at.accuracy == 0.5), "{curve:?}");
    }
}
