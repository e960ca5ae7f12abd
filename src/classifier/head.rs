//! The head: the trained last layer, one linear function a category.

use safetensors::tensor::{Dtype, SafeTensors, TensorView, serialize};

/// A linear layer from features to one logit a category.
#[derive(Debug, Clone, PartialEq)]
pub struct Head {
    /// `[category_count, feature_count]`, row-major.
    weights: Vec<f32>,
    /// `[category_count]`.
    bias: Vec<f32>,
    feature_count: usize,
}

impl Head {
    /// A head, or `None` where the sizes do not fit or a value is not finite.
    pub fn new(weights: Vec<f32>, bias: Vec<f32>, feature_count: usize) -> Option<Self> {
        let fits = !bias.is_empty()
            && feature_count > 0
            && weights.len() == bias.len() * feature_count
            && weights.iter().chain(&bias).all(|value| value.is_finite());
        fits.then_some(Self { weights, bias, feature_count })
    }

    /// Number of categories.
    pub fn category_count(&self) -> usize {
        self.bias.len()
    }

    /// Number of features it takes.
    pub fn feature_count(&self) -> usize {
        self.feature_count
    }

    /// One logit a category.
    pub fn logits(&self, features: &[f32]) -> Vec<f32> {
        self.weights
            .chunks_exact(self.feature_count)
            .zip(&self.bias)
            .map(|(row, bias)| bias + row.iter().zip(features).map(|(w, x)| w * x).sum::<f32>())
            .collect()
    }

    /// The head as a safetensors file: `weights` and `bias`, 32-bit floats.
    pub(super) fn to_safetensors(&self) -> Result<Vec<u8>, String> {
        let view = |shape, values| {
            TensorView::new(Dtype::F32, shape, bytemuck::cast_slice(values))
                .map_err(|error| error.to_string())
        };
        let weights = view(vec![self.category_count(), self.feature_count], &self.weights)?;
        let bias = view(vec![self.category_count()], &self.bias)?;
        serialize([("weights", &weights), ("bias", &bias)], None).map_err(|error| error.to_string())
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
        let (shape, weights) = tensor("weights")?;
        let (_, bias) = tensor("bias")?;
        let feature_count = shape.get(1).copied().unwrap_or(0);
        Self::new(weights, bias, feature_count)
            .ok_or_else(|| "weights and bias do not fit together or are not finite".to_owned())
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
    fn logits_are_one_linear_function_a_category() {
        let head = Head::new(vec![1.0, 2.0, 3.0, 4.0], vec![10.0, 20.0], 2).unwrap();
        assert_eq!(head.logits(&[1.0, 1.0]), [13.0, 27.0]);
    }

    #[test]
    fn weights_that_do_not_fit_or_are_not_finite_are_refused() {
        assert!(Head::new(vec![1.0; 3], vec![0.0; 2], 2).is_none());
        assert!(Head::new(vec![f32::NAN; 4], vec![0.0; 2], 2).is_none());
        assert!(Head::from_safetensors(b"not a file").is_err());
    }
}
