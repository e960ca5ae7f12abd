//! Where k-means begins.

use crate::similarity::FeatureRows;
use crate::similarity::cosine::dot;
use crate::similarity::random::Random;

/// `sample_count` of the images `0..image_count`, ascending, all being as likely; all of them where
/// there are no more. For reading the features of some thousands to fit [`Centres`] to.
///
/// [`Centres`]: super::Centres
pub fn sample(image_count: usize, sample_count: usize, seed: u64) -> Vec<usize> {
    let mut random = Random::new(seed);
    let mut wanted = sample_count.min(image_count);
    // Selection sampling (Knuth, "The Art of Computer Programming", volume 2, algorithm S).
    (0..image_count)
        .filter(|image| {
            let is_chosen = random.below(image_count - image) < wanted;
            wanted -= usize::from(is_chosen);
            is_chosen
        })
        .collect()
}

/// Which of `images` to begin from (k-means++, Arthur and Vassilvitskii, 2007): each with a
/// probability in proportion to its squared distance from the nearest chosen before, which for
/// directions is twice 1 − cosine. Fewer than `cluster_count` where the images have fewer
/// directions.
///
/// `images` have a direction; `scales` brings each to length 1.
pub(super) fn first_centres(
    rows: FeatureRows<'_>,
    images: &[usize],
    scales: &[f32],
    cluster_count: usize,
    random: &mut Random,
) -> Vec<usize> {
    if images.is_empty() || cluster_count == 0 {
        return Vec::new();
    }
    let mut chosen = vec![random.below(images.len())];
    let mut distances = vec![f64::INFINITY; images.len()];
    while let Some(newest) = chosen.last().copied()
        && chosen.len() < cluster_count
    {
        for (position, distance) in distances.iter_mut().enumerate() {
            let product = dot(rows.row(images[newest]), rows.row(images[position]));
            let from_newest = 1.0 - f64::from(product * scales[newest] * scales[position]);
            // What is left of equal directions after rounding is no distance.
            let from_newest = if from_newest < SAME_DIRECTION { 0.0 } else { from_newest };
            *distance = distance.min(from_newest);
        }
        match weighted(&distances, random) {
            Some(position) => chosen.push(position),
            None => break,
        }
    }
    chosen.into_iter().map(|position| images[position]).collect()
}

/// Rounding of a 32-bit scalar product of a few thousand values.
const SAME_DIRECTION: f64 = 1e-5;

/// An index with probability in proportion to its weight; none where all weights are 0.
fn weighted(weights: &[f64], random: &mut Random) -> Option<usize> {
    let mut left = random.unit() * weights.iter().sum::<f64>();
    let mut last = None;
    for (index, weight) in weights.iter().enumerate().filter(|(_, weight)| **weight > 0.0) {
        last = Some(index);
        if left < *weight {
            break;
        }
        left -= weight;
    }
    last
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_is_ascending_of_the_wanted_size_and_spread_over_all() {
        let chosen = sample(10_000, 1_000, 4);
        assert_eq!(chosen.len(), 1_000);
        assert!(chosen.is_sorted_by(|a, b| a < b));
        let in_first_half = chosen.iter().filter(|image| **image < 5_000).count();
        assert!((430..570).contains(&in_first_half), "{in_first_half}");
        assert_ne!(chosen, sample(10_000, 1_000, 5));
        assert_eq!(sample(3, 10, 0), [0, 1, 2]);
    }

    #[test]
    fn beginnings_are_never_twice_in_one_direction() {
        let values = [1.0, 0.0, 2.0, 0.0, 0.0, 3.0, 0.0, 1.0, 5.0, 0.0];
        let rows = FeatureRows::new(&values, 2).unwrap();
        let scales = [1.0, 0.5, 1.0 / 3.0, 1.0, 0.2];
        for seed in 0..20 {
            let random = &mut Random::new(seed);
            let chosen = first_centres(rows, &[0, 1, 2, 3, 4], &scales, 4, random);
            assert_eq!(chosen.len(), 2, "{seed}: {chosen:?}");
            assert_ne!(rows.row(chosen[0])[0] > 0.0, rows.row(chosen[1])[0] > 0.0);
        }
    }

    #[test]
    fn a_heavier_index_is_chosen_more_often_and_one_without_weight_never() {
        let mut random = Random::new(1);
        let mut counts = [0_usize; 4];
        for _ in 0..4_000 {
            counts[weighted(&[1.0, 0.0, 3.0, 0.0], &mut random).unwrap()] += 1;
        }
        assert!((900..1_100).contains(&counts[0]), "{counts:?}");
        assert_eq!((counts[1], counts[3]), (0, 0));
        assert_eq!(weighted(&[0.0; 3], &mut random), None);
    }
}
