//! The scale of an image as an input of the head.
//!
//! A network that sees every image at one size cannot tell a powder from one of its particles:
//! magnification is why the reference work's model erred most. The head can be told.

use serde::{Deserialize, Serialize};

/// Numbers that the scale becomes.
pub const PIXEL_SIZE_TERMS: usize = 2;

/// How the scale goes into a head: mean and deviation over the training images that tell it, of the
/// decimal logarithm of the pixel size in nanometres, as the network sees it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct PixelSizeInput {
    /// Mean.
    pub mean: f64,
    /// Deviation, above zero.
    pub deviation: f64,
}

impl PixelSizeInput {
    /// Out of the pixel sizes of training images. Nothing where fewer than two differ: there is no
    /// scale to learn from.
    pub fn of(nm_per_px: impl IntoIterator<Item = f64>) -> Option<Self> {
        let logs: Vec<f64> = nm_per_px.into_iter().filter_map(log).collect();
        let mean = logs.iter().sum::<f64>() / logs.len() as f64;
        let variance = logs.iter().map(|log| (log - mean).powi(2)).sum::<f64>() / logs.len() as f64;
        let deviation = variance.sqrt();
        (deviation > 1e-3).then_some(Self { mean, deviation })
    }

    /// Whether it is made of numbers that can be used.
    pub(super) fn is_usable(&self) -> bool {
        self.mean.is_finite() && self.deviation.is_finite() && self.deviation > 0.0
    }

    /// What is appended to the features: how far the scale is from the mean, in deviations, and the
    /// square of that less 1, so that a category may also lie between two scales.
    ///
    /// Where the scale is unknown both are 0, their mean: whether an image tells its scale is never
    /// an input, since it often gives the source away, and with it the category.
    pub fn terms(&self, nm_per_px: Option<f64>) -> [f32; PIXEL_SIZE_TERMS] {
        let Some(log) = nm_per_px.and_then(log) else { return [0.0; PIXEL_SIZE_TERMS] };
        let distance = ((log - self.mean) / self.deviation).clamp(-3.0, 3.0);
        [distance as f32, (distance * distance - 1.0) as f32]
    }
}

fn log(nm_per_px: f64) -> Option<f64> {
    (nm_per_px.is_finite() && nm_per_px > 0.0).then(|| nm_per_px.log10())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scale_is_told_in_deviations_from_the_mean() {
        let input = PixelSizeInput::of([1.0, 100.0]).unwrap();
        assert_eq!((input.mean, input.deviation), (1.0, 1.0));
        assert_eq!(input.terms(Some(10.0)), [0.0, -1.0]);
        assert_eq!(input.terms(Some(1000.0)), [2.0, 3.0]);
        assert_eq!(input.terms(Some(1e30)), [3.0, 8.0], "no image decides by its scale alone");
    }

    #[test]
    fn unknown_and_impossible_scales_are_the_mean() {
        let input = PixelSizeInput::of([1.0, 100.0, f64::NAN, 0.0]).unwrap();
        for unknown in [None, Some(0.0), Some(-1.0), Some(f64::NAN), Some(f64::INFINITY)] {
            assert_eq!(input.terms(unknown), [0.0, 0.0]);
        }
    }

    #[test]
    fn without_different_scales_there_is_nothing_to_learn() {
        assert_eq!(PixelSizeInput::of([]), None);
        assert_eq!(PixelSizeInput::of([5.0, 5.0]), None);
    }
}
