//! The loss of multinomial logistic regression and its gradient, in one pass over the images.

use ndarray::linalg::general_mat_mul;
use ndarray::{Array1, Array2, ArrayView2, ArrayViewMut1, Axis, Slice};
use rayon::prelude::*;

use super::Standardised;

/// Images that one thread takes at a time. What they add is summed in the order of the images, so
/// that the result does not depend on the number of threads.
const SHARE: usize = 2048;
/// Images that are read for the logits and still in the processor's cache for the gradient.
const BLOCK: usize = 128;

/// Mean cross-entropy in nats, each image by its weight, plus `l2 / 2 · ‖weights‖²`, the bias free:
/// scikit-learn's `LogisticRegression` with `C = 1 / (l2 · image_count)`.
///
/// Parameters are the weights, `[category_count, feature_count]`, and then the biases.
pub(super) struct SoftmaxLoss<'a> {
    pub images: &'a Standardised,
    /// A category index an image.
    pub categories: &'a [usize],
    /// A weight an image; their sum is 1.
    pub image_weights: &'a [f32],
    pub category_count: usize,
    pub l2: f64,
}

struct Sum {
    loss: f64,
    weights: Array2<f32>,
    bias: Array1<f32>,
}

impl SoftmaxLoss<'_> {
    pub(super) fn parameter_count(&self) -> usize {
        self.category_count * (self.images.feature_count() + 1)
    }

    /// The loss at `parameters`; `gradient` becomes its slope there.
    pub(super) fn value_and_gradient(&self, parameters: &[f64], gradient: &mut [f64]) -> f64 {
        let weight_count = self.category_count * self.images.feature_count();
        let (weights, bias) = parameters.split_at(weight_count);
        let as_f32 = |values: &[f64]| values.iter().map(|value| *value as f32).collect::<Vec<_>>();
        let shape = (self.category_count, self.images.feature_count());
        let weights_f32 =
            Array2::from_shape_vec(shape, as_f32(weights)).unwrap_or_else(|_| Array2::zeros(shape)); // the shape is that of the slice
        let bias_f32 = Array1::from_vec(as_f32(bias));

        let starts: Vec<usize> = (0..self.images.image_count()).step_by(SHARE).collect();
        let sums: Vec<Sum> = starts
            .into_par_iter()
            .map(|start| self.sum_from(start, &weights_f32.view(), &bias_f32))
            .collect();

        let squares: f64 = weights.iter().map(|weight| weight * weight).sum();
        let mut value = self.l2 / 2.0 * squares;
        let (weight_slopes, bias_slopes) = gradient.split_at_mut(weight_count);
        weight_slopes.iter_mut().zip(weights).for_each(|(slope, weight)| *slope = self.l2 * weight);
        bias_slopes.fill(0.0);
        for sum in sums {
            value += sum.loss;
            weight_slopes
                .iter_mut()
                .zip(&sum.weights)
                .for_each(|(slope, of)| *slope += f64::from(*of));
            bias_slopes.iter_mut().zip(&sum.bias).for_each(|(slope, of)| *slope += f64::from(*of));
        }
        value
    }

    /// What the images from `start` on add, up to [`SHARE`] of them.
    fn sum_from(&self, start: usize, weights: &ArrayView2<'_, f32>, bias: &Array1<f32>) -> Sum {
        let end = (start + SHARE).min(self.images.image_count());
        let mut sum = Sum {
            loss: 0.0,
            weights: Array2::zeros(weights.raw_dim()),
            bias: Array1::zeros(bias.len()),
        };
        for first in (start..end).step_by(BLOCK) {
            let last = (first + BLOCK).min(end);
            let block = self.images.rows.slice_axis(Axis(0), Slice::from(first..last));
            let mut residuals = Array2::zeros((last - first, self.category_count));
            general_mat_mul(1.0, &block, &weights.t(), 0.0, &mut residuals);
            residuals += bias;
            for (row, image) in residuals.axis_iter_mut(Axis(0)).zip(first..last) {
                let weight = self.image_weights[image];
                sum.loss += f64::from(weight) * to_residuals(row, self.categories[image], weight);
            }
            sum.bias += &residuals.sum_axis(Axis(0));
            general_mat_mul(1.0, &residuals.t(), &block, 1.0, &mut sum.weights);
        }
        sum
    }
}

/// Turns logits into probabilities less the truth, times `weight`: the gradient in the logits.
/// Gives the cross-entropy in nats.
pub(super) fn to_residuals(mut row: ArrayViewMut1<'_, f32>, category: usize, weight: f32) -> f64 {
    let highest = row.fold(f32::NEG_INFINITY, |a, b| a.max(*b));
    let of_truth = row[category] - highest;
    row.mapv_inplace(|logit| (logit - highest).exp());
    let sum: f32 = row.sum();
    row.mapv_inplace(|share| share / sum * weight);
    row[category] -= weight;
    f64::from(sum).ln() - f64::from(of_truth)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gradient_is_the_slope_of_the_value() {
        let count = 50;
        let features = Array2::from_shape_fn((count, 3), |(image, feature)| {
            ((image * 37 + feature * 11) % 17) as f32
        });
        let images = Standardised::new(features.view()).unwrap();
        let categories: Vec<usize> = (0..count).map(|image| image % 4).collect();
        let image_weights: Vec<f32> = (0..count).map(|i| (i + 1) as f32 / 1275.0).collect();
        let loss = SoftmaxLoss {
            images: &images,
            categories: &categories,
            image_weights: &image_weights,
            category_count: 4,
            l2: 0.1,
        };
        let at: Vec<f64> = (0..loss.parameter_count()).map(|i| i as f64 * 0.05 - 0.4).collect();
        let (mut gradient, mut unused) = (vec![0.0; at.len()], vec![0.0; at.len()]);
        loss.value_and_gradient(&at, &mut gradient);
        for i in 0..at.len() {
            let step = 1e-2;
            let (mut above, mut below) = (at.clone(), at.clone());
            above[i] += step;
            below[i] -= step;
            let rise = loss.value_and_gradient(&above, &mut unused)
                - loss.value_and_gradient(&below, &mut unused);
            assert!((rise / (2.0 * step) - gradient[i]).abs() < 1e-4, "{i}: {rise}");
        }
    }

    #[test]
    fn huge_logits_give_a_finite_loss() {
        let images = Standardised::new(ndarray::array![[1.0_f32], [-1.0]].view()).unwrap();
        let loss = SoftmaxLoss {
            images: &images,
            categories: &[0, 1],
            image_weights: &[0.5, 0.5],
            category_count: 2,
            l2: 0.0,
        };
        let mut gradient = vec![0.0; 4];
        let value = loss.value_and_gradient(&[-1e4, 1e4, 0.0, 0.0], &mut gradient);
        assert!((value - 2e4).abs() < 1.0, "{value}");
        assert!(gradient.iter().all(|slope| slope.is_finite()));
    }
}
