//! The engine that is compiled in and always works.

use std::io::Cursor;
use std::sync::Arc;

use tract_linalg::multithread::Executor;
use tract_onnx::prelude::*;
use tract_onnx::tract_core::runtime::RunOptions;

use super::Engine;
use crate::classifier::ModelError;

/// A network optimised by tract for one fixed input shape.
pub(in super::super) struct TractEngine {
    plan: Arc<TypedRunnableModel>,
    input_shape: [usize; 4],
}

impl TractEngine {
    /// Loads `onnx`, keeping only what leads to `output`. `threads` is per forward pass.
    pub(in super::super) fn new(
        onnx: &[u8],
        input_size_px: u32,
        output: &str,
        threads: usize,
    ) -> Result<Self, ModelError> {
        let size = input_size_px as usize;
        let input_shape = [1, 3, size, size];
        let executor = if threads > 1 {
            Executor::multithread_with_name(threads, "tract")
        } else {
            Executor::SingleThread
        };
        let options = RunOptions { executor: Some(executor), ..RunOptions::default() };
        let load = || {
            let mut network = tract_onnx::onnx()
                .model_for_read(&mut Cursor::new(onnx))?
                .with_input_fact(0, f32::fact(input_shape).into())?;
            network.select_outputs_by_name([output])?;
            network.into_optimized()?.into_runnable_with_options(&options)
        };
        let plan = load().map_err(|error| failed(&error))?;
        Ok(Self { plan, input_shape })
    }
}

impl Engine for TractEngine {
    fn name(&self) -> &'static str {
        "tract"
    }

    fn run(&self, input: Vec<f32>) -> Result<Vec<f32>, ModelError> {
        let forward = || -> TractResult<Vec<f32>> {
            let input = Tensor::from_shape(&self.input_shape, &input)?;
            let outputs = self.plan.run(tvec!(input.into()))?;
            Ok(outputs[0].to_plain_array_view::<f32>()?.iter().copied().collect())
        };
        forward().map_err(|error| failed(&error))
    }
}

fn failed(error: &TractError) -> ModelError {
    ModelError::Engine { engine: "tract", reason: format!("{error:#}") }
}
