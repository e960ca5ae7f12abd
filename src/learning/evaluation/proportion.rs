//! A share of images with how sure it is.

use serde::{Deserialize, Serialize};

use crate::learning::Interval;

/// The standard normal distribution has 95 % of its mass within this many standard deviations.
const Z_95: f64 = 1.959_963_984_540_054;

/// How many of some images are right.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Proportion {
    /// Images counted.
    pub images: usize,
    /// Those of them that are right.
    pub right: usize,
    /// Share of right ones.
    pub accuracy: f64,
    /// Where the share lies with 95 % confidence, as far as the images are independent of each
    /// other: Wilson's score interval (Journal of the American Statistical Association 22, 1927).
    pub interval_95: Interval,
}

impl Proportion {
    /// `None` without images.
    pub(super) fn new(right: usize, images: usize) -> Option<Self> {
        (images > 0).then(|| Self {
            images,
            right,
            accuracy: right as f64 / images as f64,
            interval_95: wilson(right as f64, images as f64),
        })
    }

    /// Of images of which it is known whether each is right.
    pub(super) fn of(is_right: impl Iterator<Item = bool>) -> Option<Self> {
        let (right, images) = is_right
            .fold((0, 0), |(right, images), is_right| (right + usize::from(is_right), images + 1));
        Self::new(right, images)
    }

    /// `self` minus `other` with its 95 % interval, by Newcombe's method 10 (Statistics in Medicine
    /// 17, 1998): the two Wilson intervals' reaches, added as errors are.
    pub(super) fn minus(&self, other: &Self) -> Difference {
        let value = self.accuracy - other.accuracy;
        let (own, others) = (self.interval_95, other.interval_95);
        Difference {
            value,
            interval_95: Interval {
                low: value - (self.accuracy - own.low).hypot(others.high - other.accuracy),
                high: value + (own.high - self.accuracy).hypot(other.accuracy - others.low),
            },
        }
    }
}

/// A difference of two shares.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Difference {
    /// The one minus the other.
    pub value: f64,
    /// Where it lies with 95 % confidence.
    pub interval_95: Interval,
}

/// Wilson's interval; `images` is above 0.
pub(super) fn wilson(right: f64, images: f64) -> Interval {
    let share = right / images;
    let z_squared = Z_95 * Z_95;
    let scale = 1.0 + z_squared / images;
    let centre = (share + z_squared / (2.0 * images)) / scale;
    let variance = share * (1.0 - share) / images + z_squared / (4.0 * images * images);
    let reach = Z_95 / scale * variance.sqrt();
    // The clamp takes away rounding only, so that the share is never outside of its interval.
    Interval { low: (centre - reach).clamp(0.0, share), high: (centre + reach).clamp(share, 1.0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As `scipy.stats.binomtest(8, 10).proportion_ci(method="wilson")` has it.
    #[test]
    fn wilson_interval_of_eight_in_ten_agrees_with_scipy() {
        let interval = Proportion::new(8, 10).unwrap().interval_95;
        assert!((interval.low - 0.490_162_471_536_641_8).abs() < 1e-9, "{}", interval.low);
        assert!((interval.high - 0.943_317_848_545_624_8).abs() < 1e-9, "{}", interval.high);
    }

    #[test]
    fn all_right_is_not_certainty_and_none_right_is_not_impossibility() {
        let (all, none) = (wilson(5.0, 5.0), wilson(0.0, 5.0));
        assert!(all.high == 1.0 && all.low < 0.6);
        assert!(none.low == 0.0 && none.high > 0.4);
    }

    /// Newcombe's own example (a) of method 10: 56/70 − 48/80.
    #[test]
    fn difference_agrees_with_newcombes_example() {
        let difference = Proportion::new(56, 70).unwrap().minus(&Proportion::new(48, 80).unwrap());
        assert!((difference.value - 0.2).abs() < 1e-12);
        assert!((difference.interval_95.low - 0.0524).abs() < 5e-5, "{difference:?}");
        assert!((difference.interval_95.high - 0.3339).abs() < 5e-5, "{difference:?}");
    }

    #[test]
    fn no_images_have_no_share() {
        assert_eq!(Proportion::of([].into_iter()), None);
    }
}
