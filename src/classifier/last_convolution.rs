//! The last convolution of a network, which makes its features, apart from the network.

use ndarray::linalg::general_mat_mul;
use ndarray::{Array1, Array2, ArrayView2, Axis};

/// A convolution of one pixel, cut off, and averaged over the picture.
#[derive(Debug, Clone, PartialEq)]
pub struct LastConvolution {
    /// `[feature_count, channel_count]`.
    pub weights: Array2<f32>,
    /// `[feature_count]`.
    pub bias: Array1<f32>,
    /// Above it, values are cut off, as they are below 0; infinite where only below 0.
    pub ceiling: f32,
}

impl LastConvolution {
    /// Features that it makes.
    pub fn feature_count(&self) -> usize {
        self.weights.nrows()
    }

    /// Channels that it takes.
    pub fn channel_count(&self) -> usize {
        self.weights.ncols()
    }

    /// Before they are cut off: `[feature_count, position_count]`, out of `[channel_count,
    /// position_count]`.
    pub fn sums(&self, activations: ArrayView2<'_, f32>) -> Array2<f32> {
        let mut sums = Array2::zeros((self.feature_count(), activations.ncols()));
        for (mut row, bias) in sums.axis_iter_mut(Axis(0)).zip(&self.bias) {
            row.fill(*bias);
        }
        general_mat_mul(1.0, &self.weights, &activations, 1.0, &mut sums);
        sums
    }

    /// The features of one image out of what it takes, `[channel_count, position_count]`.
    pub fn features(&self, activations: ArrayView2<'_, f32>) -> Vec<f32> {
        let positions = activations.ncols().max(1) as f32;
        let sums = self.sums(activations);
        let mean = |row: ndarray::ArrayView1<'_, f32>| {
            row.iter().map(|sum| sum.clamp(0.0, self.ceiling)).sum::<f32>() / positions
        };
        sums.rows().into_iter().map(mean).collect()
    }
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn features_are_means_of_what_was_cut_off_at_both_ends() {
        let convolution = LastConvolution {
            weights: array![[1.0, 0.0], [0.0, -1.0], [2.0, 2.0]],
            bias: array![0.5, 0.0, 0.0],
            ceiling: 6.0,
        };
        // Two channels at three positions.
        let activations = array![[1.0, 2.0, -3.0], [1.0, -2.0, 3.0]];
        let features = convolution.features(activations.view());
        assert_eq!(features, [4.0 / 3.0, 2.0 / 3.0, 4.0 / 3.0]);
        assert_eq!((convolution.feature_count(), convolution.channel_count()), (3, 2));
    }
}
