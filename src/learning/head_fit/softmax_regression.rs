//! Multinomial logistic regression with an L2 penalty, fitted by L-BFGS.
//!
//! Features are standardised with the training images' mean and deviation; the scaling is folded
//! into the weights afterwards, so that a head takes raw features. The loss is the mean
//! cross-entropy plus `l2 / 2 · ‖weights‖²`, the bias free, as in scikit-learn's
//! `LogisticRegression` with `C = 1 / (l2 · image_count)`.

use argmin::core::{CostFunction, Executor, Gradient};
use argmin::solver::linesearch::MoreThuenteLineSearch;
use argmin::solver::quasinewton::LBFGS;
use ndarray::{Array1, Array2, ArrayView2, Axis};

use crate::classifier::Head;

const HISTORY: usize = 10;
const MAX_ITERATIONS: u64 = 300;
/// Norm of the gradient at which the fit is good enough. The features are 32-bit floats: below
/// this, a thousand weights' rounding is all that is left of the gradient.
const GRADIENT_TOLERANCE: f64 = 1e-3;
/// Change of the loss, in nats, from one step to the next that is not worth another step.
const COST_TOLERANCE: f64 = 1e-7;

/// Why a head could not be fitted.
#[derive(Debug, thiserror::Error)]
pub enum FitError {
    /// There is nothing to learn from.
    #[error("There are no training images")]
    NoImages,
    /// A feature is infinite or no number.
    #[error("The features hold a value that is not finite")]
    NotFinite,
    /// The optimiser gave up.
    #[error("The optimiser failed: {0}")]
    Optimiser(String),
}

/// Fits a head to `features` (`[image_count, feature_count]`) and category indices below
/// `category_count`.
///
/// # Errors
/// Fails without images, with values that are not finite, or where the optimiser does.
pub fn fit(
    features: ArrayView2<'_, f32>,
    categories: &[usize],
    category_count: usize,
    l2: f64,
) -> Result<Head, FitError> {
    if features.nrows() == 0 {
        return Err(FitError::NoImages);
    }
    if features.iter().any(|value| !value.is_finite()) {
        return Err(FitError::NotFinite);
    }
    let scaling = Scaling::of(features);
    let problem = Problem { features: scaling.apply(features), categories, category_count, l2 };
    let parameters = minimise(&problem)?;
    scaling
        .fold_into_head(&parameters, category_count)
        .ok_or_else(|| FitError::Optimiser("the weights are not finite".to_owned()))
}

fn minimise(problem: &Problem<'_>) -> Result<Vec<f64>, FitError> {
    let failed = |error: argmin::core::Error| FitError::Optimiser(error.to_string());
    let start = vec![0.0_f64; problem.category_count * (problem.features.ncols() + 1)];
    let solver = LBFGS::new(MoreThuenteLineSearch::new(), HISTORY)
        .with_tolerance_grad(GRADIENT_TOLERANCE)
        .and_then(|solver| solver.with_tolerance_cost(COST_TOLERANCE))
        .map_err(failed)?;
    let mut result = Executor::new(problem, solver)
        .configure(|state| state.param(start).max_iters(MAX_ITERATIONS))
        .run()
        .map_err(failed)?;
    result
        .state
        .take_best_param()
        .ok_or_else(|| FitError::Optimiser("it found no solution".to_owned()))
}

/// Mean and deviation of every feature over the training images.
struct Scaling {
    mean: Array1<f32>,
    deviation: Array1<f32>,
}

impl Scaling {
    fn of(features: ArrayView2<'_, f32>) -> Self {
        let mean = features.mean_axis(Axis(0)).unwrap_or_else(|| Array1::zeros(features.ncols()));
        // A feature that never varies carries nothing; dividing by 1 leaves it at 0.
        let deviation = features.std_axis(Axis(0), 0.0).mapv(|sd| if sd > 1e-6 { sd } else { 1.0 });
        Self { mean, deviation }
    }

    fn apply(&self, features: ArrayView2<'_, f32>) -> Array2<f32> {
        (&features - &self.mean) / &self.deviation
    }

    fn fold_into_head(&self, parameters: &[f64], category_count: usize) -> Option<Head> {
        let feature_count = self.mean.len();
        let mut weights = Vec::with_capacity(category_count * feature_count);
        let mut bias = Vec::with_capacity(category_count);
        for row in parameters.chunks_exact(feature_count + 1) {
            let mut offset = row[feature_count];
            for (scaled, (mean, deviation)) in row.iter().zip(self.mean.iter().zip(&self.deviation))
            {
                let weight = scaled / f64::from(*deviation);
                offset -= weight * f64::from(*mean);
                weights.push(weight as f32);
            }
            bias.push(offset as f32);
        }
        Head::new(weights, bias, feature_count)
    }
}

/// The loss over all training images. Parameters: a row a category, its weights and then its bias.
struct Problem<'a> {
    features: Array2<f32>,
    categories: &'a [usize],
    category_count: usize,
    l2: f64,
}

impl Problem<'_> {
    fn split(&self, parameters: &[f64]) -> (Array2<f32>, Array1<f32>) {
        let feature_count = self.features.ncols();
        let mut weights = Array2::zeros((self.category_count, feature_count));
        let mut bias = Array1::zeros(self.category_count);
        for (category, row) in parameters.chunks_exact(feature_count + 1).enumerate() {
            for (feature, value) in row[..feature_count].iter().enumerate() {
                weights[[category, feature]] = *value as f32;
            }
            bias[category] = row[feature_count] as f32;
        }
        (weights, bias)
    }

    /// Logits less the logarithm of their sum of exponentials: log-probabilities.
    fn log_probabilities(&self, parameters: &[f64]) -> Array2<f32> {
        let (weights, bias) = self.split(parameters);
        let mut logits = self.features.dot(&weights.t()) + &bias;
        for mut row in logits.rows_mut() {
            let highest = row.fold(f32::NEG_INFINITY, |a, b| a.max(*b));
            let sum: f64 = row.iter().map(|logit| f64::from(logit - highest).exp()).sum();
            let log_sum = highest + sum.ln() as f32;
            row -= log_sum;
        }
        logits
    }

    fn penalty(&self, parameters: &[f64]) -> f64 {
        let width = self.features.ncols() + 1;
        let squares: f64 = parameters
            .chunks_exact(width)
            .map(|row| row[..width - 1].iter().map(|w| w * w).sum::<f64>())
            .sum();
        self.l2 / 2.0 * squares
    }
}

impl CostFunction for &Problem<'_> {
    type Param = Vec<f64>;
    type Output = f64;

    fn cost(&self, parameters: &Vec<f64>) -> Result<f64, argmin::core::Error> {
        let log_probabilities = self.log_probabilities(parameters);
        let total: f64 = self
            .categories
            .iter()
            .enumerate()
            .map(|(image, category)| -f64::from(log_probabilities[[image, *category]]))
            .sum();
        Ok(total / self.categories.len() as f64 + self.penalty(parameters))
    }
}

impl Gradient for &Problem<'_> {
    type Param = Vec<f64>;
    type Gradient = Vec<f64>;

    fn gradient(&self, parameters: &Vec<f64>) -> Result<Vec<f64>, argmin::core::Error> {
        let image_count = self.categories.len() as f32;
        let mut residual = self.log_probabilities(parameters).mapv(f32::exp);
        for (image, category) in self.categories.iter().enumerate() {
            residual[[image, *category]] -= 1.0;
        }
        residual /= image_count;
        let weights = residual.t().dot(&self.features);
        let bias = residual.sum_axis(Axis(0));

        let feature_count = self.features.ncols();
        let mut gradient = Vec::with_capacity(parameters.len());
        for (category, row) in parameters.chunks_exact(feature_count + 1).enumerate() {
            for (feature, parameter) in row[..feature_count].iter().enumerate() {
                gradient.push(f64::from(weights[[category, feature]]) + self.l2 * parameter);
            }
            gradient.push(f64::from(bias[category]));
        }
        Ok(gradient)
    }
}

#[cfg(test)]
mod tests {
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

    fn argmax(values: &[f32]) -> usize {
        (0..values.len()).max_by(|a, b| values[*a].total_cmp(&values[*b])).unwrap()
    }

    #[test]
    fn clouds_apart_are_told_apart() {
        let (features, categories) = clouds();
        let head = fit(features.view(), &categories, 3, 1e-3).unwrap();
        for (image, category) in categories.iter().enumerate() {
            let logits = head.logits(features.row(image).as_slice().unwrap());
            assert_eq!(argmax(&logits), *category);
        }
    }

    #[test]
    fn the_gradient_is_the_slope_of_the_cost() {
        let (features, categories) = clouds();
        let problem = Problem { features, categories: &categories, category_count: 3, l2: 0.1 };
        let at: Vec<f64> = (0..9).map(|i| f64::from(i) * 0.05 - 0.2).collect();
        let gradient = (&problem).gradient(&at).unwrap();
        for i in 0..9 {
            let step = 1e-3;
            let (mut above, mut below) = (at.clone(), at.clone());
            above[i] += step;
            below[i] -= step;
            let slope = ((&problem).cost(&above).unwrap() - (&problem).cost(&below).unwrap())
                / (2.0 * step);
            assert!((slope - gradient[i]).abs() < 1e-3, "{i}: {slope} {}", gradient[i]);
        }
    }

    #[test]
    fn a_stronger_penalty_gives_smaller_weights() {
        let (features, categories) = clouds();
        let spread = |l2| {
            let head = fit(features.view(), &categories, 3, l2).unwrap();
            let logits = head.logits(&[6.0, 0.0]);
            logits[1] - logits[0]
        };
        assert!(spread(1e-3) > 2.0 * spread(1.0));
    }

    #[test]
    fn a_feature_that_never_varies_and_a_category_without_images_do_no_harm() {
        let (mut features, categories) = clouds();
        features.column_mut(1).fill(3.0);
        let head = fit(features.view(), &categories, 4, 1e-2).unwrap();
        assert!(head.logits(&[0.0, 3.0]).iter().all(|logit| logit.is_finite()));
    }

    #[test]
    fn no_images_and_nan_are_plain_errors() {
        let none = Array2::<f32>::zeros((0, 2));
        assert!(matches!(fit(none.view(), &[], 2, 0.1), Err(FitError::NoImages)));
        let nan = Array2::from_elem((2, 2), f32::NAN);
        assert!(matches!(fit(nan.view(), &[0, 1], 2, 0.1), Err(FitError::NotFinite)));
    }
}
