//! Isotonic regression: the probability that an image is right, never falling with its score.

use serde::{Deserialize, Serialize};

use super::ladder::ladder;

/// A range of scores over which the fitted probability is one and the same.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct IsotonicStep {
    /// The lowest score.
    pub low: f64,
    /// The highest score.
    pub high: f64,
    /// Images with such scores.
    pub images: usize,
    /// Share of them that are right.
    pub probability: f64,
}

/// The non-decreasing step function nearest to what was seen, by pooling neighbours that violate
/// the order (Ayer et al., Annals of Mathematical Statistics 26, 1955). No width is chosen, so it
/// is at home with ten images as with many. From low scores to high.
pub(super) fn isotonic(scored: &[(f64, bool)]) -> Vec<IsotonicStep> {
    struct Pool {
        low: f64,
        high: f64,
        images: usize,
        right: usize,
    }
    let rungs = ladder(scored);
    let mut pools: Vec<Pool> = Vec::new();
    for (place, rung) in rungs.iter().enumerate().rev() {
        let above = place.checked_sub(1).map(|place| rungs[place]);
        let mut pool = Pool {
            low: rung.score,
            high: rung.score,
            images: rung.images - above.map_or(0, |above| above.images),
            right: rung.right - above.map_or(0, |above| above.right),
        };
        // Shares are compared as products: exact, and equal ones are pooled too.
        while let Some(below) =
            pools.pop_if(|below| below.right * pool.images >= pool.right * below.images)
        {
            pool.low = below.low;
            pool.images += below.images;
            pool.right += below.right;
        }
        pools.push(pool);
    }
    let step = |pool: Pool| IsotonicStep {
        low: pool.low,
        high: pool.high,
        images: pool.images,
        probability: pool.right as f64 / pool.images as f64,
    };
    pools.into_iter().map(step).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_out_of_order_are_pooled() {
        let steps = isotonic(&[(0.2, false), (0.4, true), (0.5, false), (0.6, true), (0.8, true)]);
        let seen: Vec<_> =
            steps.iter().map(|step| (step.low, step.high, step.probability)).collect();
        assert_eq!(seen, [(0.2, 0.2, 0.0), (0.4, 0.5, 0.5), (0.6, 0.8, 1.0)]);
    }

    #[test]
    fn falling_probabilities_become_one_mean() {
        let steps = isotonic(&[(0.1, true), (0.2, true), (0.3, false), (0.4, false)]);
        assert_eq!(steps.len(), 1);
        assert_eq!((steps[0].images, steps[0].probability), (4, 0.5));
    }

    #[test]
    fn without_images_there_is_no_step() {
        assert!(isotonic(&[]).is_empty());
    }
}
