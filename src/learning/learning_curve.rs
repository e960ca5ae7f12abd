//! Accuracy and training time against the number of images.

use serde::{Deserialize, Serialize};

/// What training with more and more images gave, each number several times.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct LearningCurve {
    /// From few images to many.
    pub points: Vec<CurvePoint>,
}

/// Training with one number of images, repeated with other images of the same categories.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CurvePoint {
    /// Images of each category, at most: a category that has fewer gives all of them.
    pub images_per_category: usize,
    /// Images trained on in all.
    pub images: usize,
    /// Share of right answers on images held out, one a repetition.
    pub accuracies: Vec<f64>,
    /// Wall-clock time of training in seconds, one a repetition.
    pub seconds: Vec<f64>,
}

impl CurvePoint {
    /// Mean and range of the accuracies; `None` where nothing was repeated even once.
    pub fn accuracy(&self) -> Option<Spread> {
        Spread::of(&self.accuracies)
    }

    /// Mean and range of the times in seconds; `None` where nothing was repeated even once.
    pub fn training_seconds(&self) -> Option<Spread> {
        Spread::of(&self.seconds)
    }
}

/// Mean and range of some values.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Spread {
    /// The arithmetic mean.
    pub mean: f64,
    /// The lowest value.
    pub min: f64,
    /// The highest value.
    pub max: f64,
}

impl Spread {
    /// `None` without values.
    pub fn of(values: &[f64]) -> Option<Self> {
        let min = values.iter().copied().reduce(f64::min)?;
        let max = values.iter().copied().reduce(f64::max)?;
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        // Rounding must not put the mean outside of the range.
        Some(Self { mean: mean.clamp(min, max), min, max })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repetitions_become_mean_and_range() {
        let point = CurvePoint {
            images_per_category: 50,
            images: 450,
            accuracies: vec![0.80, 0.84, 0.82],
            seconds: vec![],
        };
        let accuracy = point.accuracy().unwrap();
        assert!((accuracy.mean - 0.82).abs() < 1e-12);
        assert_eq!((accuracy.min, accuracy.max), (0.80, 0.84));
        assert_eq!(point.training_seconds(), None);
    }

    #[test]
    fn the_mean_of_equal_values_is_within_their_range() {
        let spread = Spread::of(&[0.1; 3]).unwrap();
        assert_eq!((spread.min, spread.mean, spread.max), (0.1, 0.1, 0.1));
    }
}
