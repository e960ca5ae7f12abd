//! From which score on a promise of accuracy can be kept.
//!
//! "At least 99 % of the images from this score up are right" is a statement about images to come.
//! The lowest score that keeps it on the measured images would break it in about every second case,
//! because among many thresholds chance favours some. So thresholds are tested in a fixed order,
//! from the highest scores down, each at the full confidence, and the first that fails ends it:
//! then the chance of any wrong "passes" is that of the first wrong one alone (fixed-sequence
//! testing, as in Angelopoulos, Bates, Candès, Jordan & Lei, "Learn then Test", 2021).
//!
//! The order is fixed by numbers of images, not by what is right:
//! - The first test takes the best-scored fifth, but at least as many images as could pass if all
//!   were right ([`least_images`]). Fewer would let a single slip among the best end everything.
//! - Each next test takes a thousandth of the images more.
//!
//! Each test is exact: of images above a given score, the number of right ones is binomial.

use serde::{Deserialize, Serialize};

use super::binomial::{accuracy_low, least_images, upper_tail};
use super::ladder::{Rung, ladder};

/// One in so many of the images, from the best score down, takes part in the first test.
const FIRST_PART: usize = 5;
/// Numbers of images looked at, at most.
const MOST_STEPS: usize = 1000;
/// A share of right ones among fewer images estimates nothing.
const LEAST_FOR_ESTIMATE: usize = 10;

/// A promise of accuracy: at or above which score it can be given, and for how many images.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Threshold {
    /// The accuracy asked for: at least this share is right.
    pub promised_accuracy: f64,
    /// How sure that is: the chance that the promise is kept on further images like these.
    pub confidence: f64,
    /// The lowest score that can be accepted; absent where the promise cannot be given.
    pub score: Option<f64>,
    /// Share of images at or above the score.
    pub coverage: f64,
    /// Share of those that are right here.
    pub accuracy: Option<f64>,
    /// What that accuracy is at least, with the confidence (Clopper & Pearson, one-sided).
    pub accuracy_low: Option<f64>,
    /// How many more labelled images it would take; absent where the promise can be given, and
    /// where no number of images could ever show it (100 %).
    pub more_labels: Option<MoreLabels>,
}

/// Images to be labelled and held out of training, beyond those measured, until a promise can be
/// given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct MoreLabels {
    /// If every one of them scored among the highest and were right: fewer never do.
    pub at_least: usize,
    /// If their scores and errors are like those of the images measured; absent where even the
    /// highest-scored images are not right often enough, so that a better model is what is missing.
    pub estimate: Option<usize>,
}

impl MoreLabels {
    /// Images to be labelled in all, where this share of them is held out: `held_out` is one of the
    /// two numbers. `None` where nothing is held out.
    pub fn in_all(held_out: usize, held_out_share: f64) -> Option<usize> {
        (held_out_share > 0.0).then(|| (held_out as f64 / held_out_share.min(1.0)).ceil() as usize)
    }
}

/// The threshold that keeps `promise` with `confidence`, from the highest score of each image and
/// whether its category is right. Images of equal score stand or fall together.
pub fn threshold_for(scored: &[(f64, bool)], promise: f64, confidence: f64) -> Threshold {
    threshold_on(&ladder(scored), promise, confidence)
}

pub(super) fn threshold_on(rungs: &[Rung], promise: f64, confidence: f64) -> Threshold {
    let images = rungs.last().map_or(0, |rung| rung.images);
    let kept = lowest_passing(rungs, images, promise, confidence);
    Threshold {
        promised_accuracy: promise,
        confidence,
        score: kept.map(|rung| rung.score),
        coverage: kept.map_or(0.0, |rung| rung.images as f64 / images as f64),
        accuracy: kept.map(|rung| rung.right as f64 / rung.images as f64),
        accuracy_low: kept.map(|rung| accuracy_low(rung.right, rung.images, confidence)),
        more_labels: match kept {
            Some(_) => None,
            None => more_labels(rungs, images, promise, confidence),
        },
    }
}

/// Images in the first test, where `least` of them could pass.
fn first_test(images: usize, least: usize) -> usize {
    least.max(images.div_ceil(FIRST_PART))
}

fn lowest_passing(rungs: &[Rung], images: usize, promise: f64, confidence: f64) -> Option<Rung> {
    let least = least_images(1.0, 0, promise, confidence)?;
    let mut kept = None;
    for rung in stepped(rungs, first_test(images, least), images.div_ceil(MOST_STEPS)) {
        if upper_tail(rung.right as f64, rung.images as f64, promise) > 1.0 - confidence {
            break;
        }
        kept = Some(*rung);
    }
    kept
}

/// The rungs from `first` images on, at least `step` images apart.
fn stepped(rungs: &[Rung], first: usize, step: usize) -> impl Iterator<Item = &Rung> {
    let mut wanted = first;
    rungs.iter().filter(move |rung| {
        let is_wanted = rung.images >= wanted;
        if is_wanted {
            wanted = rung.images + step;
        }
        is_wanted
    })
}

fn more_labels(rungs: &[Rung], images: usize, promise: f64, confidence: f64) -> Option<MoreLabels> {
    let least = least_images(1.0, 0, promise, confidence)?;
    let step = images.div_ceil(MOST_STEPS);
    // Each further one right and above a score: how many until the images from there up suffice?
    let missing_above = |rung: &Rung| {
        let needed = least_images(1.0, rung.images - rung.right, promise, confidence)?;
        Some(needed.saturating_sub(rung.images))
    };
    let at_least = stepped(rungs, 1, step).filter_map(missing_above).fold(least, usize::min);
    // Something is missing, or the promise would have been given.
    let at_least = at_least.max(1);

    let in_all = estimated_images(rungs, images, least, promise, confidence);
    let estimate = in_all.map(|in_all| in_all.saturating_sub(images).max(at_least));
    Some(MoreLabels { at_least, estimate })
}

/// How many images it takes in all, if the images above each score grow as all do. With that many, the
/// first test takes the best-scored fifth, or as many as could pass if all were right: so a higher
/// promise never takes fewer.
fn estimated_images(
    rungs: &[Rung],
    images: usize,
    least: usize,
    promise: f64,
    confidence: f64,
) -> Option<usize> {
    let fewest = images.div_ceil(FIRST_PART).max(LEAST_FOR_ESTIMATE);
    let fifth = rungs.iter().find(|rung| rung.images >= fewest)?;
    let is_right = |rung: &&Rung| rung.right == rung.images;
    let (needed, tested) = match rungs.iter().rfind(is_right) {
        Some(rung) if is_right(&fifth) => (least, rung),
        _ => {
            let accuracy = fifth.right as f64 / fifth.images as f64;
            (least_images(accuracy, 0, promise, confidence)?, fifth)
        }
    };
    Some((needed as f64 * images as f64 / tested.images as f64).ceil() as usize)
}

#[cfg(test)]
mod tests {
    use super::super::chance::{Chance, Stream};
    use super::*;

    /// Scores from 1 down, one an image; `wrong` gives the places of wrong ones.
    fn scored(images: usize, wrong: &[usize]) -> Vec<(f64, bool)> {
        (0..images).map(|i| (1.0 - i as f64 / images as f64, !wrong.contains(&i))).collect()
    }

    #[test]
    fn a_promise_reaches_as_far_down_as_it_can_be_shown() {
        let wrong: Vec<usize> = (300..500).collect();
        let kept = threshold_for(&scored(500, &wrong), 0.95, 0.95);
        // 8 errors in 308 still show 95 %; 9 in 309 do not.
        assert_eq!(kept.coverage, 308.0 / 500.0);
        assert!((kept.score.unwrap() - (1.0 - 307.0 / 500.0)).abs() < 1e-12);
        assert_eq!(kept.accuracy, Some(300.0 / 308.0));
        assert!(kept.accuracy_low.unwrap() >= 0.95);
        assert_eq!(kept.more_labels, None);
    }

    #[test]
    fn right_answers_alone_are_too_few_until_there_are_299() {
        let missing = threshold_for(&scored(298, &[]), 0.99, 0.95);
        assert_eq!((missing.score, missing.coverage), (None, 0.0));
        assert_eq!(missing.more_labels, Some(MoreLabels { at_least: 1, estimate: Some(1) }));
        let kept = threshold_for(&scored(299, &[]), 0.99, 0.95);
        assert_eq!((kept.coverage, kept.more_labels), (1.0, None));
    }

    #[test]
    fn what_is_missing_is_estimated_where_the_highest_scores_are_right() {
        let wrong: Vec<usize> = (50..100).collect();
        let more = threshold_for(&scored(100, &wrong), 0.99, 0.95).more_labels.unwrap();
        // 50 are right at the top: 249 more could do; half of all score so high: 598 in all.
        assert_eq!(more, MoreLabels { at_least: 249, estimate: Some(498) });
    }

    #[test]
    fn a_model_wrong_at_its_highest_scores_needs_more_than_labels() {
        let wrong: Vec<usize> = (0..100).step_by(2).collect();
        let more = threshold_for(&scored(100, &wrong), 0.9, 0.95).more_labels.unwrap();
        assert_eq!(more.estimate, None);
        assert!(more.at_least > 0);
    }

    #[test]
    fn a_higher_promise_never_takes_fewer_images() {
        for run in 0..200 {
            let mut chance = Chance::new(run, Stream::Coverage);
            let images = 20 + (chance.unit() * 400.0) as usize;
            let skill = 0.7 + 0.3 * chance.unit();
            let scored: Vec<(f64, bool)> = (0..images)
                .map(|_| {
                    let score = 1.0 - chance.unit().powi(2);
                    (score, chance.unit() < skill * score.sqrt())
                })
                .collect();
            let (mut at_least, mut estimate) = (0, Some(0));
            for promise in [0.6, 0.7, 0.8, 0.85, 0.9, 0.93, 0.95, 0.97, 0.98, 0.99, 0.995] {
                let more = threshold_for(&scored, promise, 0.95).more_labels;
                let (least, about) = more.map_or((0, Some(0)), |it| (it.at_least, it.estimate));
                let far = |images: Option<usize>| images.unwrap_or(usize::MAX);
                assert!(least >= at_least, "{run} {promise}: {least} after {at_least}");
                assert!(far(about) >= far(estimate), "{run} {promise}: {about:?} {estimate:?}");
                (at_least, estimate) = (least, about);
            }
        }
    }

    #[test]
    fn images_of_equal_score_stand_or_fall_together() {
        let mut images = vec![(0.9, true); 100];
        images.extend(vec![(0.8, true); 50]);
        images.extend(vec![(0.8, false); 50]);
        let kept = threshold_for(&images, 0.95, 0.95);
        assert_eq!((kept.score, kept.coverage), (Some(0.9), 0.5));
        let flat = [vec![(0.9, true); 150], vec![(0.9, false); 50]].concat();
        assert_eq!(threshold_for(&flat, 0.95, 0.95).score, None);
    }

    #[test]
    fn the_whole_and_nothing_can_be_asked_for() {
        let certain = threshold_for(&scored(1000, &[]), 1.0, 0.95);
        assert_eq!((certain.score, certain.more_labels), (None, None));
        assert_eq!(threshold_for(&scored(10, &[]), 0.0, 0.95).coverage, 1.0);
        let none = threshold_for(&[], 0.99, 0.95);
        assert_eq!((none.score, none.coverage), (None, 0.0));
        assert_eq!(none.more_labels, Some(MoreLabels { at_least: 299, estimate: None }));
    }

    #[test]
    fn held_out_images_are_a_share_of_those_to_be_labelled() {
        assert_eq!(MoreLabels::in_all(30, 0.1), Some(300));
        assert_eq!(MoreLabels::in_all(30, 1.0), Some(30));
        assert_eq!(MoreLabels::in_all(30, 0.0), None);
    }

    /// Images that are right as often as their score says. Scores are `1 - x²` of even `x`: from
    /// score `s` up, `(2 + s) / 3` are right.
    #[test]
    fn promises_are_broken_no_more_often_than_agreed() {
        const RUNS: usize = 400;
        for (promise, images) in [(0.9, 600), (0.95, 1500)] {
            let (mut broken, mut given) = (0, 0);
            for run in 0..RUNS {
                let mut chance = Chance::new(run as u64, Stream::Coverage);
                let scored: Vec<(f64, bool)> = (0..images)
                    .map(|_| {
                        let score = 1.0 - chance.unit().powi(2);
                        (score, chance.unit() < score)
                    })
                    .collect();
                if let Some(score) = threshold_for(&scored, promise, 0.95).score {
                    given += 1;
                    broken += usize::from((2.0 + score) / 3.0 < promise);
                }
            }
            // 20 are agreed; their number has a deviation of 4.4.
            assert!(broken <= 20 + 13, "{broken} of {RUNS} broken");
            assert!(given > RUNS / 2, "{given} of {RUNS} given");
        }
    }
}
