//! Highest scores, apart for right and wrong images.

use serde::{Deserialize, Serialize};

use super::scored_image::Ranked;

/// Bins of equal width over 0 to 1.
const BINS: usize = 20;

/// How the highest scores are spread, in three groups of images. Every image is in one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ScoreHistogram {
    /// Width of a bin in score; the first begins at 0, and the last holds a score of 1 too.
    pub bin_width: f64,
    /// The best category is right.
    pub right: GroupHistogram,
    /// The best category is wrong and the second right.
    pub second_right: GroupHistogram,
    /// Both are wrong.
    pub both_wrong: GroupHistogram,
}

/// One group's scores.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GroupHistogram {
    /// Images in the group.
    pub images: usize,
    /// Images in each bin.
    pub counts: Vec<usize>,
    /// Share of the group in each bin: they sum to 1, or are all 0 where the group has no image.
    pub shares: Vec<f64>,
}

pub(super) fn score_histogram(ranked: &[Ranked<'_>]) -> ScoreHistogram {
    let group = |belongs: fn(&Ranked<'_>) -> bool| {
        let mut counts = vec![0; BINS];
        for image in ranked.iter().filter(|image| belongs(image)) {
            counts[((image.score * BINS as f64) as usize).min(BINS - 1)] += 1;
        }
        let images: usize = counts.iter().sum();
        let shares = counts.iter().map(|count| *count as f64 / images.max(1) as f64).collect();
        GroupHistogram { images, counts, shares }
    };
    ScoreHistogram {
        bin_width: 1.0 / BINS as f64,
        right: group(|image| image.is_right()),
        second_right: group(|image| !image.is_right() && image.is_second_right()),
        both_wrong: group(|image| !image.is_right_in_two()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::scored_image::tests::image;
    use super::*;

    #[test]
    fn every_image_is_in_one_group_and_one_bin() {
        let images = [
            image(&[0.97, 0.02, 0.01], 0),
            image(&[1.0, 0.0, 0.0], 0),
            image(&[0.52, 0.42, 0.06], 1),
            image(&[0.42, 0.32, 0.26], 2),
        ];
        let ranked: Vec<Ranked<'_>> = images.iter().map(|image| Ranked::new(image, 1.0)).collect();
        let histogram = score_histogram(&ranked);
        assert_eq!((histogram.right.images, histogram.right.counts[19]), (2, 2));
        assert_eq!((histogram.second_right.images, histogram.second_right.counts[10]), (1, 1));
        assert_eq!((histogram.both_wrong.images, histogram.both_wrong.counts[8]), (1, 1));
        assert_eq!(histogram.right.shares[19], 1.0);
    }

    #[test]
    fn an_empty_group_has_shares_of_zero() {
        let images = [image(&[0.9, 0.1], 0)];
        let ranked = [Ranked::new(&images[0], 1.0)];
        assert_eq!(score_histogram(&ranked).both_wrong.shares, [0.0; BINS]);
    }
}
