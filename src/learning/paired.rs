//! How much better one of two ways is, on the same images.

use std::collections::BTreeMap;

use rand::rngs::ChaCha8Rng;
use rand::{RngExt as _, SeedableRng as _};
use serde::Serialize;

use super::Interval;
use super::evaluation::Difference;

const RESAMPLES: usize = 1000;
/// Groups below which resampling them says nothing: then the interval is all there could be.
const LEAST_GROUPS: usize = 10;
/// The same gains give the same interval.
const SEED: u64 = 1;

/// How often each of two ways is right on the same images.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PairedComparison {
    /// Images.
    pub images: usize,
    /// Of these, those that the first way has right.
    pub right_before: usize,
    /// Those that the second has right.
    pub right_after: usize,
    /// Those that only the first has right: what would be lost.
    pub lost: usize,
    /// Those that only the second has right.
    pub won: usize,
    /// Share right after less share right before, with its interval by [`paired_difference`].
    pub difference: Difference,
}

impl PairedComparison {
    /// Of each image, whether the first and whether the second way is right, and its group. `None`
    /// without images.
    pub fn of<'a>(
        before: &[bool],
        after: &[bool],
        groups: impl IntoIterator<Item = &'a str>,
    ) -> Option<Self> {
        let pairs = || before.iter().copied().zip(after.iter().copied());
        let count = |is_one: fn((bool, bool)) -> bool| pairs().filter(|pair| is_one(*pair)).count();
        let gains: Vec<f64> =
            pairs().map(|(was, is)| f64::from(u8::from(is)) - f64::from(u8::from(was))).collect();
        Some(Self {
            images: gains.len(),
            right_before: count(|(was, _)| was),
            right_after: count(|(_, is)| is),
            lost: count(|(was, is)| was && !is),
            won: count(|(was, is)| is && !was),
            difference: paired_difference(&gains, groups)?,
        })
    }
}

/// The mean of `gains`, one an image, and its 95 % interval by resampling whole groups (the
/// percentiles of the cluster bootstrap): images of one group are right or wrong together.
///
/// The gain of an image that the one way has right and the other wrong is 1, the reverse −1; of one
/// that repetitions give different answers to, their mean. `groups` names each image's group; fewer
/// than ten tell nothing of the interval, which is then −1 to 1. `None` without images.
pub fn paired_difference<'a>(
    gains: &[f64],
    groups: impl IntoIterator<Item = &'a str>,
) -> Option<Difference> {
    let mut sums: BTreeMap<&str, (f64, usize)> = BTreeMap::new();
    for (gain, group) in gains.iter().zip(groups) {
        let (sum, count) = sums.entry(group).or_default();
        *sum += gain;
        *count += 1;
    }
    if sums.is_empty() {
        return None;
    }
    let value = gains.iter().sum::<f64>() / gains.len() as f64;
    if sums.len() < LEAST_GROUPS {
        return Some(Difference { value, interval_95: Interval { low: -1.0, high: 1.0 } });
    }
    let sums: Vec<(f64, usize)> = sums.into_values().collect();
    let mut random = ChaCha8Rng::seed_from_u64(SEED);
    let mut means: Vec<f64> = (0..RESAMPLES)
        .map(|_| {
            let (mut sum, mut count) = (0.0, 0);
            for _ in 0..sums.len() {
                let (of_group, images) = sums[random.random_range(0..sums.len())];
                sum += of_group;
                count += images;
            }
            sum / count as f64
        })
        .collect();
    means.sort_by(f64::total_cmp);
    Some(Difference {
        value,
        interval_95: Interval {
            low: means[RESAMPLES / 40],
            high: means[RESAMPLES - 1 - RESAMPLES / 40],
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of 400 images a tenth gains and a twentieth loses, evenly spread over the groups or not.
    fn gains() -> Vec<f64> {
        let gain = |image: usize| match image / 20 {
            0 | 1 => 1.0,
            2 => -1.0,
            _ => 0.0,
        };
        (0..400).map(gain).collect()
    }

    #[test]
    fn images_of_one_group_tell_less_than_as_many_groups() {
        let (alone, together): (Vec<String>, Vec<String>) =
            (0..400).map(|image| (format!("{image}"), format!("{}", image / 20))).unzip();
        let of = |groups: &[String]| {
            paired_difference(&gains(), groups.iter().map(String::as_str)).unwrap()
        };
        let (alone, together) = (of(&alone), of(&together));
        assert!((alone.value - 0.05).abs() < 1e-12 && alone.value == together.value);
        // The standard error of independent images is √((0.15 − 0.05²) / 400) = 0.0192.
        let width = alone.interval_95.high - alone.interval_95.low;
        assert!((width - 2.0 * 1.96 * 0.0192).abs() < 0.01, "{width}");
        assert!(alone.interval_95.low > 0.0 && together.interval_95.low < 0.0);
    }

    #[test]
    fn what_is_won_and_lost_adds_up_to_the_difference() {
        let (before, after) = ([true, true, false, false, false], [true, false, true, true, false]);
        let compared = PairedComparison::of(&before, &after, ["a", "b", "c", "d", "e"]).unwrap();
        assert_eq!((compared.images, compared.right_before, compared.right_after), (5, 2, 3));
        assert_eq!((compared.lost, compared.won), (1, 2));
        assert!((compared.difference.value - 0.2).abs() < 1e-12);
    }

    #[test]
    fn few_groups_prove_nothing() {
        let all_gain = paired_difference(&[1.0; 40], (0..40).map(|i| ["a", "b"][i % 2])).unwrap();
        assert_eq!((all_gain.value, all_gain.interval_95.low), (1.0, -1.0));
    }

    #[test]
    fn no_images_have_no_difference() {
        assert_eq!(paired_difference(&[], []), None);
        assert_eq!(PairedComparison::of(&[], &[], []), None);
    }
}
