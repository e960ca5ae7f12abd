//! The last convolution in a graph: found, and replaced by another.

use half::f16;
use ndarray::{Array1, Array2};
use prost::Message as _;
use tract_onnx::pb::tensor_proto::DataType;
use tract_onnx::pb::{GraphProto, NodeProto, TensorProto};

use super::OnnxFile;
use super::node::floats;
use crate::classifier::LastConvolution;

/// A convolution in a graph.
pub(in super::super::super) struct FoundConvolution {
    /// What it is.
    pub convolution: LastConvolution,
    /// The tensor that it takes.
    pub takes: String,
    /// Names of the tensors that are its weights and its bias.
    weights: String,
    bias: String,
}

impl OnnxFile {
    /// The convolution that makes the tensor `features`: of one pixel, cut off below 0 and perhaps
    /// above, and averaged over the picture.
    ///
    /// # Errors
    /// Gives the reason where the features are made in another way.
    pub(in super::super::super) fn last_convolution(
        &self,
        features: &str,
    ) -> Result<FoundConvolution, String> {
        let graph = self.graph().ok_or("it has no graph")?;
        let mut node = maker(graph, features)?;
        while matches!(node.op_type.as_str(), "Flatten" | "Reshape" | "Squeeze" | "Identity") {
            node = maker(graph, input(node, 0)?)?;
        }
        if node.op_type != "GlobalAveragePool" {
            return Err(unlike(node));
        }
        let cut_off = maker(graph, input(node, 0)?)?;
        let ceiling = match cut_off.op_type.as_str() {
            "Relu" => f32::INFINITY,
            "Clip" if bound(graph, cut_off, 1, "min")? == 0.0 => bound(graph, cut_off, 2, "max")?,
            _ => return Err(unlike(cut_off)),
        };
        if ceiling.is_nan() || ceiling <= 0.0 {
            return Err(unlike(cut_off));
        }
        let convolution = maker(graph, input(cut_off, 0)?)?;
        let has_one_group = convolution.attribute.iter().all(|it| it.name != "group" || it.i == 1);
        let keeps_size = convolution
            .attribute
            .iter()
            .filter(|it| matches!(it.name.as_str(), "strides" | "kernel_shape"))
            .all(|it| it.ints.iter().all(|length| *length == 1));
        let has_no_border = convolution
            .attribute
            .iter()
            .all(|it| it.name != "pads" || it.ints.iter().all(|length| *length == 0));
        if convolution.op_type != "Conv" || !has_one_group || !keeps_size || !has_no_border {
            return Err(unlike(convolution));
        }
        let [weights, bias] = [input(convolution, 1)?, input(convolution, 2)?];
        let (shape, values) = constant(graph, weights)?;
        let (_, of_bias) = constant(graph, bias)?;
        let &[outputs, inputs, 1, 1] = shape.as_slice() else { return Err(unlike(convolution)) };
        let matrix = Array2::from_shape_vec((outputs, inputs), values);
        let (Ok(matrix), true) = (matrix, of_bias.len() == outputs) else {
            return Err(unlike(convolution));
        };
        Ok(FoundConvolution {
            convolution: LastConvolution { weights: matrix, bias: Array1::from(of_bias), ceiling },
            takes: input(convolution, 0)?.to_owned(),
            weights: weights.to_owned(),
            bias: bias.to_owned(),
        })
    }

    /// The file with `convolution` in place of the one found in it.
    pub(in super::super::super) fn with_convolution(
        mut self,
        found: &FoundConvolution,
        convolution: &LastConvolution,
    ) -> Vec<u8> {
        let shape = [convolution.feature_count(), convolution.channel_count(), 1, 1];
        let weights: Vec<f32> = convolution.weights.iter().copied().collect();
        let bias = convolution.bias.to_vec();
        let graph = self.proto.graph.get_or_insert_default();
        let is_replaced = |name: &String| *name == found.weights || *name == found.bias;
        // They were constants, or made of such by a node each.
        graph.node.retain(|node| !node.output.iter().any(is_replaced));
        graph.initializer.retain(|tensor| !is_replaced(&tensor.name));
        graph.input.retain(|input| !is_replaced(&input.name)); // old files list weights there, too
        graph.initializer.push(floats(&found.weights, &shape, &weights));
        graph.initializer.push(floats(&found.bias, &shape[..1], &bias));
        self.proto.encode_to_vec()
    }
}

fn unlike(node: &NodeProto) -> String {
    format!(
        "its features do not come from a convolution of one pixel that is cut off and averaged \
         over the picture, but by way of {} {:?}",
        node.op_type, node.name
    )
}

fn maker<'a>(graph: &'a GraphProto, tensor: &str) -> Result<&'a NodeProto, String> {
    let mut nodes = graph.node.iter();
    nodes
        .find(|node| node.output.iter().any(|output| output == tensor))
        .ok_or_else(|| format!("no node of the network gives a tensor {tensor:?}"))
}

fn input(node: &NodeProto, number: usize) -> Result<&str, String> {
    node.input.get(number).map(String::as_str).ok_or_else(|| unlike(node))
}

/// A bound of a node `Clip`: an input since version 11 of the operators, an attribute before.
fn bound(graph: &GraphProto, node: &NodeProto, number: usize, name: &str) -> Result<f32, String> {
    if let Some(attribute) = node.attribute.iter().find(|attribute| attribute.name == name) {
        return Ok(attribute.f);
    }
    match constant(graph, input(node, number)?)?.1.as_slice() {
        [value] => Ok(*value),
        _ => Err(unlike(node)),
    }
}

/// The shape and the values of a constant of floats. Networks are often stored with 16-bit floats that
/// a node `Cast` makes 32-bit ones of.
fn constant(graph: &GraphProto, name: &str) -> Result<(Vec<usize>, Vec<f32>), String> {
    let found = graph.initializer.iter().find(|tensor| tensor.name == name);
    let Some(TensorProto { dims, data_type, float_data, int32_data, raw_data, .. }) = found else {
        return match maker(graph, name) {
            Ok(node) if node.op_type == "Cast" => constant(graph, input(node, 0)?),
            _ => Err(format!("{name:?} is computed, not a constant")),
        };
    };
    let values = match DataType::try_from(*data_type) {
        Ok(DataType::Float) if raw_data.is_empty() => float_data.clone(),
        Ok(DataType::Float) => {
            let (floats, _) = raw_data.as_chunks::<4>();
            floats.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect()
        }
        Ok(DataType::Float16) if raw_data.is_empty() => {
            let bits = int32_data.iter().map(|bits| f16::from_bits(*bits as u16));
            bits.map(f16::to_f32).collect()
        }
        Ok(DataType::Float16) => {
            let (halves, _) = raw_data.as_chunks::<2>();
            halves.iter().map(|bytes| f16::from_le_bytes(*bytes).to_f32()).collect()
        }
        _ => return Err(format!("{name:?} is not made of floats")),
    };
    let shape = dims.iter().map(|length| usize::try_from(*length).unwrap_or(0)).collect();
    Ok((shape, values))
}
