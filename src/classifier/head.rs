//! The head: the trained last layer, or two, from features to one logit a category.

use ndarray::linalg::general_mat_mul;
use ndarray::{Array2, ArrayView1, ArrayView2, Axis};
use rayon::prelude::*;
use safetensors::tensor::{Dtype, SafeTensors, TensorView, serialize};

/// A fully connected layer: one linear function an output.
#[derive(Debug, Clone, PartialEq)]
pub struct Layer {
    /// `[output_count, input_count]`, row-major.
    weights: Vec<f32>,
    /// `[output_count]`.
    bias: Vec<f32>,
    input_count: usize,
}

impl Layer {
    /// A layer, or `None` where the sizes do not fit or a value is not finite.
    pub fn new(weights: Vec<f32>, bias: Vec<f32>, input_count: usize) -> Option<Self> {
        let fits = !bias.is_empty()
            && input_count > 0
            && weights.len() == bias.len() * input_count
            && weights.iter().chain(&bias).all(|value| value.is_finite());
        fits.then_some(Self { weights, bias, input_count })
    }

    /// `[output_count, input_count]`, row-major.
    pub fn weights(&self) -> &[f32] {
        &self.weights
    }

    /// `[output_count]`.
    pub fn bias(&self) -> &[f32] {
        &self.bias
    }

    /// Values it takes.
    pub fn input_count(&self) -> usize {
        self.input_count
    }

    /// Values it gives.
    pub fn output_count(&self) -> usize {
        self.bias.len()
    }

    fn apply(&self, inputs: &[f32]) -> Vec<f32> {
        self.weights
            .chunks_exact(self.input_count)
            .zip(&self.bias)
            .map(|(row, bias)| bias + row.iter().zip(inputs).map(|(w, x)| w * x).sum::<f32>())
            .collect()
    }

    fn apply_to_rows(&self, inputs: ArrayView2<'_, f32>) -> Array2<f32> {
        let mut outputs = Array2::zeros((inputs.nrows(), self.output_count()));
        let shape = (self.output_count(), self.input_count);
        // The sizes were checked when the layer was made.
        let Ok(weights) = ArrayView2::from_shape(shape, &self.weights) else { return outputs };
        let shares: Vec<_> = outputs
            .axis_chunks_iter_mut(Axis(0), SHARE)
            .zip(inputs.axis_chunks_iter(Axis(0), SHARE))
            .collect();
        shares.into_par_iter().for_each(|(mut outputs, inputs)| {
            general_mat_mul(1.0, &inputs, &weights.t(), 0.0, &mut outputs);
            outputs += &ArrayView1::from(&self.bias);
        });
        outputs
    }
}

/// Rows that one thread takes at a time.
const SHARE: usize = 1024;

/// From features to one logit a category: a linear layer, with or without a hidden layer of
/// rectified linear units before it.
#[derive(Debug, Clone, PartialEq)]
pub struct Head {
    hidden: Option<Layer>,
    output: Layer,
}

impl Head {
    /// A linear head, or `None` where the sizes do not fit or a value is not finite.
    pub fn new(weights: Vec<f32>, bias: Vec<f32>, feature_count: usize) -> Option<Self> {
        Layer::new(weights, bias, feature_count).map(Self::linear)
    }

    /// A head of one layer.
    pub fn linear(output: Layer) -> Self {
        Self { hidden: None, output }
    }

    /// A head that passes on `count` features as the logits of as many categories; at least 1.
    pub fn identity(count: usize) -> Self {
        let mut weights = vec![0.0; count * count];
        weights.iter_mut().step_by(count + 1).for_each(|weight| *weight = 1.0);
        Self::linear(Layer { weights, bias: vec![0.0; count], input_count: count })
    }

    /// A head with a hidden layer, or `None` where one does not give what the other takes.
    pub fn with_hidden(hidden: Layer, output: Layer) -> Option<Self> {
        (hidden.output_count() == output.input_count())
            .then_some(Self { hidden: Some(hidden), output })
    }

    /// The layer before the last, where there is one; its negative outputs count as 0.
    pub fn hidden(&self) -> Option<&Layer> {
        self.hidden.as_ref()
    }

    /// The last layer.
    pub fn output(&self) -> &Layer {
        &self.output
    }

    /// Number of categories.
    pub fn category_count(&self) -> usize {
        self.output.output_count()
    }

    /// Number of features it takes.
    pub fn feature_count(&self) -> usize {
        self.hidden.as_ref().unwrap_or(&self.output).input_count
    }

    /// One logit a category.
    pub fn logits(&self, features: &[f32]) -> Vec<f32> {
        let Some(hidden) = &self.hidden else { return self.output.apply(features) };
        let activations: Vec<f32> =
            hidden.apply(features).into_iter().map(|value| value.max(0.0)).collect();
        self.output.apply(&activations)
    }

    /// The logits of many images at once, `[image_count, category_count]`, out of their features,
    /// `[image_count, feature_count]`. Sums are rounded in another order than in
    /// [`Head::logits`]: the last digits may differ.
    pub fn logits_of_rows(&self, features: ArrayView2<'_, f32>) -> Array2<f32> {
        let Some(hidden) = &self.hidden else { return self.output.apply_to_rows(features) };
        let mut activations = hidden.apply_to_rows(features);
        activations.mapv_inplace(|value| value.max(0.0));
        self.output.apply_to_rows(activations.view())
    }

    /// The head as a safetensors file of 32-bit floats: `weights` and `bias`, and, of a hidden
    /// layer, `hidden_weights` and `hidden_bias`.
    pub(super) fn to_safetensors(&self) -> Result<Vec<u8>, String> {
        let view = |shape, values| {
            TensorView::new(Dtype::F32, shape, bytemuck::cast_slice(values))
                .map_err(|error| error.to_string())
        };
        let mut tensors = Vec::new();
        let hidden = self.hidden.iter().map(|layer| ("hidden_", layer));
        for (prefix, layer) in hidden.chain([("", &self.output)]) {
            let shape = vec![layer.output_count(), layer.input_count];
            tensors.push((format!("{prefix}weights"), view(shape, &layer.weights)?));
            tensors.push((format!("{prefix}bias"), view(vec![layer.output_count()], &layer.bias)?));
        }
        serialize(tensors, None).map_err(|error| error.to_string())
    }

    /// Reads what [`Head::to_safetensors`] wrote.
    pub(super) fn from_safetensors(bytes: &[u8]) -> Result<Self, String> {
        let file = SafeTensors::deserialize(bytes).map_err(|error| error.to_string())?;
        let tensor = |name: &str| {
            let view = file.tensor(name).map_err(|error| error.to_string())?;
            if view.dtype() != Dtype::F32 {
                return Err(format!("{name} is {:?}, not F32", view.dtype()));
            }
            let (floats, _) = view.data().as_chunks::<4>();
            let values = floats.iter().map(|b| f32::from_le_bytes(*b)).collect::<Vec<f32>>();
            Ok((view.shape().to_vec(), values))
        };
        let layer = |prefix: &str| {
            let (shape, weights) = tensor(&format!("{prefix}weights"))?;
            let (_, bias) = tensor(&format!("{prefix}bias"))?;
            Layer::new(weights, bias, shape.get(1).copied().unwrap_or(0))
                .ok_or_else(|| "weights and bias do not fit together or are not finite".to_owned())
        };
        let output = layer("")?;
        if file.names().iter().all(|name| !name.starts_with("hidden_")) {
            return Ok(Self::linear(output));
        }
        Self::with_hidden(layer("hidden_")?, output)
            .ok_or_else(|| "the hidden layer does not give what the last layer takes".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_survives_its_file() {
        let head = Head::new(vec![1.0, -2.0, 0.5, 3.25], vec![0.1, 0.2], 2).unwrap();
        assert_eq!(Head::from_safetensors(&head.to_safetensors().unwrap()), Ok(head));
    }

    #[test]
    fn a_hidden_layer_survives_its_file_and_cuts_off_negative_values() {
        let hidden = Layer::new(vec![1.0, 0.0, -1.0, 0.0], vec![0.0, 0.5], 2).unwrap();
        let output = Layer::new(vec![2.0, 10.0], vec![1.0], 2).unwrap();
        let head = Head::with_hidden(hidden, output.clone()).unwrap();
        assert_eq!((head.feature_count(), head.category_count()), (2, 1));
        assert_eq!(head.logits(&[3.0, 7.0]), [7.0]); // 2 · 3 + 10 · max(0, 0.5 − 3) + 1
        assert_eq!(Head::from_safetensors(&head.to_safetensors().unwrap()), Ok(head));
        let narrow = Layer::new(vec![1.0, 1.0], vec![0.0], 2).unwrap();
        assert!(Head::with_hidden(narrow, output).is_none());
    }

    #[test]
    fn logits_are_one_linear_function_a_category() {
        let head = Head::new(vec![1.0, 2.0, 3.0, 4.0], vec![10.0, 20.0], 2).unwrap();
        assert_eq!(head.logits(&[1.0, 1.0]), [13.0, 27.0]);
    }

    #[test]
    fn many_rows_at_once_give_what_each_gives_alone() {
        let hidden = Layer::new(vec![1.0, 0.0, -1.0, 0.5], vec![0.0, 0.5], 2).unwrap();
        let head = Head::with_hidden(hidden, Layer::new(vec![2.0, 10.0], vec![1.0], 2).unwrap());
        let linear = Head::new(vec![1.0, 2.0, 3.0, 4.0], vec![10.0, 20.0], 2);
        let features = Array2::from_shape_fn((3000, 2), |(row, i)| ((row * 7 + i) % 13) as f32);
        for head in [head.unwrap(), linear.unwrap()] {
            let logits = head.logits_of_rows(features.view());
            for (row, image) in logits.rows().into_iter().zip(features.rows()) {
                assert_eq!(row.to_vec(), head.logits(&image.to_vec()));
            }
        }
    }

    #[test]
    fn the_identity_passes_features_on() {
        assert_eq!(Head::identity(3).logits(&[1.0, -2.0, 0.5]), [1.0, -2.0, 0.5]);
    }

    #[test]
    fn weights_that_do_not_fit_or_are_not_finite_are_refused() {
        assert!(Head::new(vec![1.0; 3], vec![0.0; 2], 2).is_none());
        assert!(Head::new(vec![f32::NAN; 4], vec![0.0; 2], 2).is_none());
        assert!(Head::from_safetensors(b"not a file").is_err());
    }
}
