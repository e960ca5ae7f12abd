//! A network run on two pictures, before anybody relies on it.

use crate::classifier::engine::{Engine as _, OnnxFile, TractEngine, vector_length};
use crate::classifier::{BackboneCard, ModelError, Prepared, TensorValues, network_input};

/// How far from 1 probabilities may add up, in 32-bit floats of a thousand classes.
const SUM_TOLERANCE: f32 = 1e-3;

/// What a network gives for two different pictures: lists of as many numbers, all finite.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Trial {
    outputs: [Vec<f32>; 2],
}

/// Two lists of numbers, or the shape of another tensor; nothing of one whose shape is not fixed.
type Outputs = Result<[Vec<f32>; 2], Option<Vec<usize>>>;

impl Trial {
    /// Runs the network as the card says, whose number of features may not be known yet.
    ///
    /// # Errors
    /// Gives the reason where the engine does not run it, or what it gives are no features.
    pub(super) fn run(file: &OnnxFile, card: &BackboneCard) -> Result<Self, String> {
        let outputs = Self::outputs(file, card).map_err(|error| match error {
            ModelError::Engine { engine, reason } => {
                format!("the engine {engine} does not run it: {reason}")
            }
            other => other.to_string(),
        })?;
        let tensor = &card.features_tensor;
        let outputs = outputs.map_err(|shape| match shape {
            Some(shape) => {
                let axes: Vec<String> = shape.iter().map(ToString::to_string).collect();
                format!(
                    "the tensor {tensor:?} has the shape {}, and one list of numbers is needed",
                    axes.join(" × ")
                )
            }
            None => format!("the shape of {tensor:?} depends on the picture"),
        })?;
        if outputs.iter().flatten().any(|value| !value.is_finite()) {
            return Err(format!(
                "{tensor:?} holds values that are no numbers (NaN or infinite), which wrong mean \
                 and std can cause"
            ));
        }
        if outputs[0] == outputs[1] {
            return Err(format!("{tensor:?} is the same for every picture"));
        }
        Ok(Self { outputs })
    }

    /// What the network gives for either picture; within, the shape of what is no list.
    fn outputs(file: &OnnxFile, card: &BackboneCard) -> Result<Outputs, ModelError> {
        let tensor = &card.features_tensor;
        let engine = TractEngine::new(file.clone(), card.input_shape(), tensor, 1)?;
        match engine.output_shape() {
            Some(shape) if vector_length(&shape).is_some() => {}
            shape => return Ok(Err(shape)),
        }
        let [ramp, noise] = pictures(card.input_size_px);
        Ok(Ok([engine.run(network_input(&ramp, card))?, engine.run(network_input(&noise, card))?]))
    }

    /// Numbers in the list.
    pub(super) fn length(&self) -> usize {
        self.outputs[0].len()
    }

    /// What the numbers look like; `None` where they could be probabilities and do not add up to 1.
    pub(super) fn values(&self) -> Option<TensorValues> {
        let all = |test: &dyn Fn(&Vec<f32>) -> bool| self.outputs.iter().all(test);
        if !all(&|values| values.iter().all(|value| (0.0..=1.0).contains(value))) {
            Some(TensorValues::AsTheyAre)
        } else if all(&|values| (values.iter().sum::<f32>() - 1.0).abs() <= SUM_TOLERANCE) {
            Some(TensorValues::Probabilities)
        } else {
            None
        }
    }
}

/// A ramp from black to white, and noise.
fn pictures(side_px: u32) -> [Prepared; 2] {
    let ramp = Prepared::from_fn(side_px, |_, column| (column * 255 / side_px) as u8);
    let mut state = 1_u32;
    let noise = Prepared::from_fn(side_px, |_, _| {
        // Numerical Recipes' generator: any that looks disordered will do.
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    });
    [ramp, noise]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(values: [f32; 2]) -> Option<TensorValues> {
        Trial { outputs: [values.to_vec(), vec![0.5, 0.5]] }.values()
    }

    #[test]
    fn probabilities_are_told_from_logits_by_their_sum() {
        assert_eq!(of([0.25, 0.75]), Some(TensorValues::Probabilities));
        assert_eq!(of([-3.0, 8.0]), Some(TensorValues::AsTheyAre));
        assert_eq!(of([0.9, 0.9]), None);
    }
}
