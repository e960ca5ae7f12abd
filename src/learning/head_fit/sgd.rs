//! The recipe `sgd`: small random batches, step by step, as the reference work trained (4,000 steps
//! of 10 images), with or without a hidden layer.

use ndarray::{Array1, Array2, Axis};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt as _, SeedableRng as _};

use super::{FitError, Labels, Standardised};
use crate::classifier::Head;

/// How the steps are made.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct SgdRecipe {
    /// Steps in all.
    pub steps: usize,
    /// Images a step, drawn with replacement.
    pub batch: usize,
    /// By how much of the gradient a step goes.
    pub learning_rate: f32,
    /// Rectified linear units between features and categories; 0 for none.
    pub hidden_units: usize,
    /// Which random numbers are drawn.
    pub seed: u64,
}

impl Default for SgdRecipe {
    /// The reference work's.
    fn default() -> Self {
        Self { steps: 4000, batch: 10, learning_rate: 0.01, hidden_units: 0, seed: 1 }
    }
}

/// Where the steps have led: what is needed to go on, and come to the same end as without a stop.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct SgdState {
    /// Steps made.
    pub step: usize,
    /// On standardised features: of each layer, first to last, the weights (`[outputs, inputs]`,
    /// row-major) and the bias.
    pub layers: Vec<(Vec<f32>, Vec<f32>)>,
}

/// How far the steps have come.
pub struct SgdStep<'a> {
    /// Steps made.
    pub number: usize,
    network: &'a Network,
    images: &'a Standardised,
}

impl SgdStep<'_> {
    /// The head as it is now.
    pub fn head(&self) -> Option<Head> {
        self.network.head(self.images)
    }

    /// What to keep in order to go on from here.
    pub fn state(&self) -> SgdState {
        self.network.state(self.number)
    }
}

/// Makes the recipe's steps over `images`, from `state` on where one is given and fits. Ends early
/// where `on_step` says no.
///
/// The batches of a step depend on the seed and the step's number alone. Images are drawn evenly and
/// count by their weight, which is brought to a mean of 1.
///
/// # Errors
/// Fails where the weights grow beyond all limits: the learning rate is too high.
pub fn fit_by_steps(
    images: &Standardised,
    labels: Labels<'_>,
    recipe: &SgdRecipe,
    state: Option<&SgdState>,
    on_step: &mut dyn FnMut(SgdStep<'_>) -> bool,
) -> Result<Head, FitError> {
    let shape = Shape {
        inputs: images.feature_count(),
        hidden: recipe.hidden_units,
        outputs: labels.category_count,
    };
    let going_on = state.and_then(|state| Some((state.step, Network::from_state(state, shape)?)));
    let (mut step, mut network) =
        going_on.unwrap_or_else(|| (0, Network::random(shape, recipe.seed)));
    let mean_weight =
        labels.image_weights.iter().sum::<f32>() / labels.image_weights.len().max(1) as f32;
    while step < recipe.steps {
        let mut random = ChaCha8Rng::seed_from_u64(recipe.seed);
        random.set_stream(step as u64 + 1); // stream 0 made the first weights
        let batch: Vec<usize> =
            (0..recipe.batch).map(|_| random.random_range(0..images.image_count())).collect();
        let batch_loss = network.step(images, labels, &batch, mean_weight, recipe.learning_rate);
        if !batch_loss.is_finite() {
            break; // the head below is not finite either
        }
        step += 1;
        if !on_step(SgdStep { number: step, network: &network, images }) {
            break;
        }
    }
    network.head(images).ok_or(FitError::Diverged("try a lower learning rate"))
}

#[derive(Clone, Copy)]
struct Shape {
    inputs: usize,
    hidden: usize,
    outputs: usize,
}

struct Dense {
    /// `[outputs, inputs]`.
    weights: Array2<f32>,
    bias: Array1<f32>,
}

struct Network {
    hidden: Option<Dense>,
    output: Dense,
}

impl Network {
    fn random(shape: Shape, seed: u64) -> Self {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let mut dense = |outputs: usize, inputs: usize| {
            // Small enough that no logit decides at first, and each unit begins differently.
            let reach = (1.0 / inputs as f32).sqrt() * 0.1;
            let weights =
                Array2::from_shape_fn((outputs, inputs), |_| random.random_range(-reach..reach));
            Dense { weights, bias: Array1::zeros(outputs) }
        };
        if shape.hidden == 0 {
            return Self { hidden: None, output: dense(shape.outputs, shape.inputs) };
        }
        let hidden = dense(shape.hidden, shape.inputs);
        Self { hidden: Some(hidden), output: dense(shape.outputs, shape.hidden) }
    }

    fn from_state(state: &SgdState, shape: Shape) -> Option<Self> {
        let dense = |(weights, bias): &(Vec<f32>, Vec<f32>), outputs, inputs| {
            let weights = Array2::from_shape_vec((outputs, inputs), weights.clone()).ok()?;
            (bias.len() == outputs).then(|| Dense { weights, bias: bias.clone().into() })
        };
        match (state.layers.as_slice(), shape.hidden) {
            ([output], 0) => {
                Some(Self { hidden: None, output: dense(output, shape.outputs, shape.inputs)? })
            }
            ([hidden, output], units) if units > 0 => Some(Self {
                hidden: Some(dense(hidden, units, shape.inputs)?),
                output: dense(output, shape.outputs, units)?,
            }),
            _ => None,
        }
    }

    fn state(&self, step: usize) -> SgdState {
        let layers = self.hidden.iter().chain([&self.output]);
        let flat = |dense: &Dense| (dense.weights.iter().copied().collect(), dense.bias.to_vec());
        SgdState { step, layers: layers.map(flat).collect() }
    }

    fn head(&self, images: &Standardised) -> Option<Head> {
        let as_f64 = |dense: &Dense| {
            let weights: Vec<f64> = dense.weights.iter().copied().map(f64::from).collect();
            (weights, dense.bias.iter().copied().map(f64::from).collect::<Vec<_>>())
        };
        let Some(hidden) = &self.hidden else {
            let (weights, bias) = as_f64(&self.output);
            return Some(Head::linear(images.to_raw(&weights, &bias)?));
        };
        let (weights, bias) = as_f64(hidden);
        Head::with_hidden(images.to_raw(&weights, &bias)?, self.output.layer()?)
    }

    /// One step down the gradient of the batch. Gives its mean cross-entropy before the step.
    fn step(
        &mut self,
        images: &Standardised,
        labels: Labels<'_>,
        batch: &[usize],
        mean_weight: f32,
        learning_rate: f32,
    ) -> f64 {
        let inputs = images.rows.select(Axis(0), batch);
        let activations = self.hidden.as_ref().map(|hidden| {
            let mut activations = hidden.apply(&inputs);
            activations.mapv_inplace(|value| value.max(0.0));
            activations
        });
        let mut residuals = self.output.apply(activations.as_ref().unwrap_or(&inputs));
        let mut loss = 0.0;
        for (row, image) in residuals.axis_iter_mut(Axis(0)).zip(batch) {
            let weight = labels.image_weights[*image] / mean_weight / batch.len() as f32;
            loss += super::softmax_loss::to_residuals(row, labels.categories[*image], weight)
                / batch.len() as f64;
        }
        // The hidden layer's share is told before the last layer changes.
        if let (Some(hidden), Some(activations)) = (&mut self.hidden, &activations) {
            let mut back = residuals.dot(&self.output.weights);
            back.zip_mut_with(activations, |share, activation| {
                if *activation <= 0.0 {
                    *share = 0.0;
                }
            });
            hidden.go_down(&back, &inputs, learning_rate);
        }
        self.output.go_down(&residuals, activations.as_ref().unwrap_or(&inputs), learning_rate);
        loss
    }
}

impl Dense {
    fn apply(&self, inputs: &Array2<f32>) -> Array2<f32> {
        inputs.dot(&self.weights.t()) + &self.bias
    }

    /// `slopes` are those of the outputs, `[batch, outputs]`.
    fn go_down(&mut self, slopes: &Array2<f32>, inputs: &Array2<f32>, learning_rate: f32) {
        ndarray::linalg::general_mat_mul(
            -learning_rate,
            &slopes.t(),
            inputs,
            1.0,
            &mut self.weights,
        );
        self.bias.scaled_add(-learning_rate, &slopes.sum_axis(Axis(0)));
    }

    fn layer(&self) -> Option<crate::classifier::Layer> {
        let weights = self.weights.iter().copied().collect();
        crate::classifier::Layer::new(weights, self.bias.to_vec(), self.weights.ncols())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Inside or outside a ring: no linear function of the two features tells them apart.
    fn ring() -> (Array2<f32>, Vec<usize>) {
        let place = |image: usize| {
            let angle = image as f32 * 2.399_963; // the golden angle: evenly around
            let radius = if image.is_multiple_of(2) { 0.4 } else { 1.6 };
            [radius * angle.cos(), radius * angle.sin()]
        };
        let features = Array2::from_shape_fn((200, 2), |(image, axis)| place(image)[axis]);
        (features, (0..200).map(|image| image % 2).collect())
    }

    fn accuracy(recipe: &SgdRecipe) -> f64 {
        let (features, categories) = ring();
        let head = fitted(recipe, None, &mut |_| true);
        let right = categories.iter().enumerate().filter(|(image, category)| {
            let logits = head.logits(features.row(*image).as_slice().unwrap());
            (logits[1] > logits[0]) == (**category == 1)
        });
        right.count() as f64 / categories.len() as f64
    }

    fn fitted(
        recipe: &SgdRecipe,
        state: Option<&SgdState>,
        on_step: &mut dyn FnMut(SgdStep<'_>) -> bool,
    ) -> Head {
        let (features, categories) = ring();
        let images = Standardised::new(features.view()).unwrap();
        let image_weights = vec![1.0; categories.len()];
        let labels =
            Labels { categories: &categories, image_weights: &image_weights, category_count: 2 };
        fit_by_steps(&images, labels, recipe, state, on_step).unwrap()
    }

    #[test]
    fn a_hidden_layer_learns_what_a_linear_head_cannot() {
        let recipe = SgdRecipe { learning_rate: 0.3, ..SgdRecipe::default() };
        assert!(accuracy(&recipe) < 0.7);
        assert!(accuracy(&SgdRecipe { hidden_units: 16, ..recipe }) > 0.97);
    }

    #[test]
    fn a_stopped_training_comes_to_the_same_end_as_one_that_went_through() {
        let recipe = SgdRecipe { steps: 60, hidden_units: 4, ..SgdRecipe::default() };
        let through = fitted(&recipe, None, &mut |_| true);
        let mut kept = None;
        fitted(&recipe, None, &mut |step| {
            kept = Some(step.state());
            step.number < 25
        });
        let state: SgdState = serde_json::from_str(&serde_json::to_string(&kept).unwrap()).unwrap();
        assert_eq!(state.step, 25);
        assert_eq!(fitted(&recipe, Some(&state), &mut |_| true), through);
    }

    #[test]
    fn another_seed_gives_another_head_and_the_same_seed_the_same() {
        let recipe = SgdRecipe { steps: 30, ..SgdRecipe::default() };
        let first = fitted(&recipe, None, &mut |_| true);
        assert_eq!(fitted(&recipe, None, &mut |_| true), first);
        assert_ne!(fitted(&SgdRecipe { seed: 2, ..recipe }, None, &mut |_| true), first);
    }

    #[test]
    fn a_learning_rate_beyond_reason_is_a_plain_error() {
        let (features, categories) = ring();
        let images = Standardised::new(features.view()).unwrap();
        let labels =
            Labels { categories: &categories, image_weights: &[1.0; 200], category_count: 2 };
        let recipe = SgdRecipe { learning_rate: 1e30, hidden_units: 8, ..SgdRecipe::default() };
        let error = fit_by_steps(&images, labels, &recipe, None, &mut |_| true).unwrap_err();
        assert!(matches!(error, FitError::Diverged(_)), "{error}");
    }
}
