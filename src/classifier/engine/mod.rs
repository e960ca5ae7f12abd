//! Inference engines: what runs a network.

mod onnx;
mod tract;

pub(super) use onnx::{ClassifierParts, OnnxFailure, OnnxFile, OnnxInput, classifier_onnx};
pub(super) use tract::{TractEngine, vector_length, vector_tensors};

use super::ModelError;

/// Values in the largest tensor that a network may hold or make: 1 GiB of 32-bit floats.
const MOST_VALUES: usize = 1 << 28;

/// Runs one network on one image at a time. Shared by all workers.
pub(super) trait Engine: Send + Sync {
    /// The name shown to users.
    fn name(&self) -> &'static str;

    /// One forward pass over an input of the shape that the engine was made for, row-major.
    ///
    /// # Errors
    /// Fails where the engine does.
    fn run(&self, input: Vec<f32>) -> Result<Vec<f32>, ModelError>;
}
