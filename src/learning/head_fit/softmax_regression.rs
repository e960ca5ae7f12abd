//! The recipe `lbfgs`: multinomial logistic regression with an L2 penalty.

use super::lbfgs::{Tolerance, minimise};
use super::softmax_loss::SoftmaxLoss;
use super::{FitError, Labels, Standardised};
use crate::classifier::{Head, Layer};

/// The features are 32-bit floats: below this gradient, and this gain in nats, rounding is most of
/// what is left.
const TOLERANCE: Tolerance = Tolerance { gradient: 2e-5, gain: 1e-7, steps: 500 };

/// How far a fit has come.
pub struct FitStep<'a> {
    /// Steps so far.
    pub number: usize,
    /// Cross-entropy in nats with the penalty, over the training images.
    pub loss: f64,
    parameters: &'a [f64],
    images: &'a Standardised,
}

impl FitStep<'_> {
    /// The head as it is now.
    pub fn head(&self) -> Option<Head> {
        head_of(self.images, self.parameters)
    }
}

/// Fits a linear head to `images`. It begins at `start` where that is one, which saves steps where a
/// similar fit is known, and ends early where `on_step` says no: what it has learned until then is
/// given.
///
/// The same images in the same order give the same head, on any number of threads.
///
/// # Errors
/// Fails where the weights grow beyond all limits, as without a penalty.
pub fn fit(
    images: &Standardised,
    labels: Labels<'_>,
    l2: f64,
    start: Option<&Head>,
    on_step: &mut dyn FnMut(FitStep<'_>) -> bool,
) -> Result<Head, FitError> {
    let total: f32 = labels.image_weights.iter().sum();
    let image_weights: Vec<f32> = labels.image_weights.iter().map(|w| w / total).collect();
    let loss = SoftmaxLoss {
        images,
        categories: labels.categories,
        image_weights: &image_weights,
        category_count: labels.category_count,
        l2,
    };
    let start = start
        .and_then(|head| images.parameters_of(head))
        .filter(|parameters| parameters.len() == loss.parameter_count())
        .unwrap_or_else(|| vec![0.0; loss.parameter_count()]);
    let found = minimise(
        start,
        TOLERANCE,
        &mut |parameters, gradient| loss.value_and_gradient(parameters, gradient),
        &mut |step| {
            on_step(FitStep { number: step.number, loss: step.value, parameters: step.at, images })
        },
    );
    head_of(images, &found.at).ok_or(FitError::Diverged("the weights are not finite"))
}

fn head_of(images: &Standardised, parameters: &[f64]) -> Option<Head> {
    let category_count = parameters.len() / (images.feature_count() + 1);
    let (weights, bias) = parameters.split_at(category_count * images.feature_count());
    let layer: Layer = images.to_raw(weights, bias)?;
    Some(Head::linear(layer))
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;

    use super::*;

    /// Three clouds in two dimensions.
    fn clouds() -> (Array2<f32>, Vec<usize>) {
        let centres = [[0.0_f32, 0.0], [6.0, 0.0], [0.0, 6.0]];
        let features = Array2::from_shape_fn((90, 2), |(image, axis)| {
            let jitter = ((image * 37 + axis * 11) % 17) as f32 / 17.0 - 0.5;
            centres[image % 3][axis] + jitter
        });
        (features, (0..90).map(|image| image % 3).collect())
    }

    fn fitted(features: &Array2<f32>, categories: &[usize], count: usize, l2: f64) -> Head {
        let images = Standardised::new(features.view()).unwrap();
        let image_weights = vec![1.0; categories.len()];
        let labels = Labels { categories, image_weights: &image_weights, category_count: count };
        fit(&images, labels, l2, None, &mut |_| true).unwrap()
    }

    fn argmax(values: &[f32]) -> usize {
        (0..values.len()).max_by(|a, b| values[*a].total_cmp(&values[*b])).unwrap()
    }

    #[test]
    fn clouds_apart_are_told_apart() {
        let (features, categories) = clouds();
        let head = fitted(&features, &categories, 3, 1e-3);
        for (image, category) in categories.iter().enumerate() {
            let logits = head.logits(features.row(image).as_slice().unwrap());
            assert_eq!(argmax(&logits), *category);
        }
    }

    #[test]
    fn a_stronger_penalty_gives_smaller_weights() {
        let (features, categories) = clouds();
        let spread = |l2| {
            let logits = fitted(&features, &categories, 3, l2).logits(&[6.0, 0.0]);
            logits[1] - logits[0]
        };
        assert!(spread(1e-3) > 2.0 * spread(1.0));
    }

    #[test]
    fn an_image_of_double_weight_counts_as_two() {
        let (features, categories) = clouds();
        let images = Standardised::new(features.view()).unwrap();
        let fit_with = |image_weights: &[f32]| {
            let labels = Labels { categories: &categories, image_weights, category_count: 3 };
            fit(&images, labels, 0.1, None, &mut |_| true).unwrap().logits(&[1.0, 2.0])
        };
        let (plain, tripled) = (fit_with(&[1.0; 90]), fit_with(&[3.0; 90]));
        let weights: Vec<f32> =
            categories.iter().map(|c| if *c == 1 { 2.0 } else { 1.0 }).collect();
        let favoured = fit_with(&weights);
        assert!((plain[1] - tripled[1]).abs() < 1e-3, "only beside others");
        assert!(favoured[1] > plain[1] + 0.1, "{favoured:?} {plain:?}");
    }

    #[test]
    fn a_stopped_fit_goes_on_from_where_it_was() {
        let (features, categories) = clouds();
        let images = Standardised::new(features.view()).unwrap();
        let image_weights = vec![1.0; 90];
        let labels =
            Labels { categories: &categories, image_weights: &image_weights, category_count: 3 };
        let mut losses = Vec::new();
        let stopped = fit(&images, labels, 0.01, None, &mut |step| {
            losses.push(step.loss);
            step.number < 4
        });
        let mut first = None;
        fit(&images, labels, 0.01, Some(&stopped.unwrap()), &mut |step| {
            first.get_or_insert(step.loss);
            true
        })
        .unwrap();
        assert_eq!(losses.len(), 4);
        assert!(first.unwrap() <= losses[3] + 1e-6);
    }

    #[test]
    fn a_feature_that_never_varies_and_a_category_without_images_do_no_harm() {
        let (mut features, categories) = clouds();
        features.column_mut(1).fill(3.0);
        let head = fitted(&features, &categories, 4, 1e-2);
        assert!(head.logits(&[0.0, 3.0]).iter().all(|logit| logit.is_finite()));
    }
}
