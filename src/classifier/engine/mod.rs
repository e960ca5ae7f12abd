//! Inference engines: what runs a network.

mod tract;

pub(super) use tract::TractEngine;

use super::ModelError;

/// Runs one network on one image at a time. Shared by all workers.
pub(super) trait Engine: Send + Sync {
    /// The name shown to users.
    fn name(&self) -> &'static str;

    /// One forward pass over an input of `[1, 3, size, size]`, row-major.
    ///
    /// # Errors
    /// Fails where the engine does.
    fn run(&self, input: Vec<f32>) -> Result<Vec<f32>, ModelError>;
}
