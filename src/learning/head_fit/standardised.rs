//! Features brought to a common scale, and heads brought back from it.

use ndarray::{Array1, Array2, ArrayView2, Axis};

use super::FitError;
use crate::classifier::{Head, Layer};

/// A feature that varies by less carries nothing; dividing by 1 leaves it at 0.
const LEAST_DEVIATION: f32 = 1e-6;

/// Features of training images, less their mean and in units of their deviation, so that one
/// penalty is fair to all of them.
#[derive(Debug, Clone)]
pub struct Standardised {
    /// `[image_count, feature_count]`.
    pub(super) rows: Array2<f32>,
    mean: Array1<f32>,
    deviation: Array1<f32>,
}

impl Standardised {
    /// Standardises `features`, `[image_count, feature_count]`.
    ///
    /// # Errors
    /// Fails without images and with values that are not finite.
    pub fn new(features: ArrayView2<'_, f32>) -> Result<Self, FitError> {
        let mean = features.mean_axis(Axis(0)).ok_or(FitError::NoImages)?;
        if features.iter().any(|value| !value.is_finite()) {
            return Err(FitError::NotFinite);
        }
        let deviation = features
            .std_axis(Axis(0), 0.0)
            .mapv(|deviation| if deviation > LEAST_DEVIATION { deviation } else { 1.0 });
        Ok(Self { rows: (&features - &mean) / &deviation, mean, deviation })
    }

    /// Images.
    pub fn image_count(&self) -> usize {
        self.rows.nrows()
    }

    /// Values an image.
    pub fn feature_count(&self) -> usize {
        self.rows.ncols()
    }

    /// Of each feature.
    pub(super) fn mean(&self) -> &Array1<f32> {
        &self.mean
    }

    /// Of each feature; 1 of one that does not vary.
    pub(super) fn deviation(&self) -> &Array1<f32> {
        &self.deviation
    }

    /// A layer on standardised features as one on the features themselves. `weights` is
    /// `[output_count, feature_count]`; nothing where a value is not finite.
    pub(super) fn to_raw(&self, weights: &[f64], bias: &[f64]) -> Option<Layer> {
        let mut raw_weights = Vec::with_capacity(weights.len());
        let mut raw_bias = Vec::with_capacity(bias.len());
        for (row, bias) in weights.chunks_exact(self.feature_count()).zip(bias) {
            let mut offset = *bias;
            for ((scaled, mean), deviation) in row.iter().zip(&self.mean).zip(&self.deviation) {
                let weight = scaled / f64::from(*deviation);
                offset -= weight * f64::from(*mean);
                raw_weights.push(weight as f32);
            }
            raw_bias.push(offset as f32);
        }
        Layer::new(raw_weights, raw_bias, self.feature_count())
    }

    /// A linear head on the features themselves as parameters on standardised ones: the weights,
    /// category by category, and then the biases.
    pub(super) fn parameters_of(&self, head: &Head) -> Option<Vec<f64>> {
        let layer = head.output();
        if head.hidden().is_some() || layer.input_count() != self.feature_count() {
            return None;
        }
        let mut bias: Vec<f64> = layer.bias().iter().copied().map(f64::from).collect();
        let mut parameters = Vec::with_capacity(layer.weights().len() + bias.len());
        for (row, bias) in layer.weights().chunks_exact(self.feature_count()).zip(&mut bias) {
            for ((weight, mean), deviation) in row.iter().zip(&self.mean).zip(&self.deviation) {
                *bias += f64::from(*weight) * f64::from(*mean);
                parameters.push(f64::from(*weight) * f64::from(*deviation));
            }
        }
        parameters.extend(bias);
        Some(parameters)
    }
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn a_head_goes_to_the_common_scale_and_back() {
        let features = array![[1.0_f32, 100.0, 5.0], [3.0, 300.0, 5.0]];
        let rows = Standardised::new(features.view()).unwrap();
        assert_eq!(rows.rows, array![[-1.0, -1.0, 0.0], [1.0, 1.0, 0.0]]);
        let head = Head::new(vec![2.0, 0.5, 1.0, -1.0, 0.25, 0.0], vec![7.0, -3.0], 3).unwrap();
        let parameters = rows.parameters_of(&head).unwrap();
        let back = rows.to_raw(&parameters[..6], &parameters[6..]).unwrap();
        assert_eq!(&back, head.output());
    }

    #[test]
    fn no_images_and_nan_are_plain_errors() {
        let none = Array2::<f32>::zeros((0, 2));
        assert!(matches!(Standardised::new(none.view()), Err(FitError::NoImages)));
        let nan = Array2::from_elem((2, 2), f32::NAN);
        assert!(matches!(Standardised::new(nan.view()), Err(FitError::NotFinite)));
    }
}
