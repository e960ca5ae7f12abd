//! The engine that is compiled in and always works.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use tract_linalg::multithread::Executor;
use tract_onnx::prelude::*;
use tract_onnx::tract_core::internal::bail;
use tract_onnx::tract_core::runtime::RunOptions;

use super::{Engine, MOST_VALUES, OnnxFile};
use crate::classifier::ModelError;

const NAME: &str = "tract";

/// A network optimised by tract for one fixed input shape.
pub(in super::super) struct TractEngine {
    plan: Arc<TypedRunnableModel>,
    input_shape: [usize; 4],
}

/// A tensor that is one list of numbers, whatever the number of its axes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct VectorTensor {
    /// Its name.
    pub name: String,
    /// How many numbers.
    pub length: usize,
    /// The kind of the node that makes it, such as `GlobalAveragePool`.
    pub made_by: String,
}

impl TractEngine {
    /// Loads a network, keeping only what leads to `tensor`. `threads` is per forward pass.
    pub(in super::super) fn new(
        file: OnnxFile,
        input_shape: [usize; 4],
        tensor: &str,
        threads: usize,
    ) -> Result<Self, ModelError> {
        let network =
            file.kept_to(tensor).map_err(|reason| ModelError::Engine { engine: NAME, reason })?;
        let executor = if threads > 1 {
            Executor::multithread_with_name(threads, "tract")
        } else {
            Executor::SingleThread
        };
        let options = RunOptions { executor: Some(executor), ..RunOptions::default() };
        let plan = guarded(|| {
            let network = onnx()
                .model_for_proto_model(&network.proto)?
                .with_input_fact(0, f32::fact(input_shape).into())?
                .into_typed()?;
            require_modest_tensors(&network)?;
            network.into_optimized()?.into_runnable_with_options(&options)
        })?;
        Ok(Self { plan, input_shape })
    }

    /// The shape of what it gives; `None` where that depends on the picture.
    pub(in super::super) fn output_shape(&self) -> Option<Vec<usize>> {
        let fact = self.plan.model().output_fact(0).ok()?;
        fact.shape.as_concrete().map(<[usize]>::to_vec)
    }
}

impl Engine for TractEngine {
    fn name(&self) -> &'static str {
        NAME
    }

    fn run(&self, input: Vec<f32>) -> Result<Vec<f32>, ModelError> {
        guarded(|| {
            let input = Tensor::from_shape(&self.input_shape, &input)?;
            let outputs = self.plan.run(tvec!(input.into()))?;
            Ok(outputs[0].to_plain_array_view::<f32>()?.iter().copied().collect())
        })
    }
}

/// The tensors of a network that could hold features for an input of this shape, the last first.
/// Empty where the engine cannot tell the shapes.
pub(in super::super) fn vector_tensors(
    file: &OnnxFile,
    input_shape: [usize; 4],
) -> Vec<VectorTensor> {
    let shapes = guarded(|| {
        let parsed = onnx().with_ignore_value_info(true).parse(&file.proto, None)?;
        let mut network = parsed.model.with_input_fact(0, f32::fact(input_shape).into())?;
        // What follows an operator that it does not know stays without a shape.
        let _ = network.analyse(true);
        Ok((network, parsed.outlets_by_name))
    });
    let Ok((network, outlets)) = shapes else { return Vec::new() };
    let length_of = |name: &str| {
        let shape = &network.outlet_fact(*outlets.get(name)?).ok()?.shape;
        let shape = shape.as_concrete_finite().ok()??;
        vector_length(&shape).filter(|length| *length > 1)
    };
    let tensors = file.made_tensors().into_iter();
    tensors
        .filter_map(|(name, made_by)| {
            let length = length_of(name)?;
            Some(VectorTensor { name: name.to_owned(), length, made_by: made_by.to_owned() })
        })
        .collect()
}

/// How many numbers a tensor of this shape holds, where it is one list of them.
pub(in super::super) fn vector_length(shape: &[usize]) -> Option<usize> {
    let long_axes = shape.iter().filter(|length| **length != 1).count();
    (long_axes <= 1).then(|| shape.iter().product())
}

/// Refuses a network that would take more memory than a computer has: taking it would end the
/// program.
fn require_modest_tensors(network: &TypedModel) -> TractResult<()> {
    for node in network.nodes() {
        for output in &node.outputs {
            let shape = output.fact.shape.as_concrete().unwrap_or_default();
            let values = shape.iter().try_fold(1_usize, |product, axis| product.checked_mul(*axis));
            if values.is_none_or(|values| values > MOST_VALUES) {
                bail!("the tensor {:?} of the shape {shape:?} is too large", node.name);
            }
        }
    }
    Ok(())
}

/// What `work` gives. tract is made for networks that make sense; in others it may panic.
fn guarded<T>(work: impl FnOnce() -> TractResult<T>) -> Result<T, ModelError> {
    let failed = |reason| ModelError::Engine { engine: NAME, reason };
    catch_unwind(AssertUnwindSafe(work))
        .map_err(|_| failed("it came to grief over this network".to_owned()))?
        .map_err(|error| failed(format!("{error:#}")))
}
