//! Whether an ONNX file is what it claims, before anything is computed or much memory taken.

use tract_onnx::pb::tensor_proto::DataType;
use tract_onnx::pb::{AttributeProto, GraphProto, ModelProto, NodeProto, TensorProto};

use super::external::is_elsewhere;
use crate::classifier::engine::MOST_VALUES;

/// Looks at the graph and at every constant in it.
///
/// # Errors
/// Gives the reason where something is missing or does not fit.
pub(super) fn check(proto: &ModelProto) -> Result<(), String> {
    match &proto.graph {
        Some(graph) if !graph.sparse_initializer.is_empty() => {
            Err("it has sparse weights, which cannot be read; save it with dense ones".to_owned())
        }
        Some(graph) if proto.ir_version > 0 && !graph.node.is_empty() => {
            constants_of(graph).into_iter().try_for_each(check_constant)?;
            graph.node.iter().try_for_each(|node| check_made_constant(graph, node))
        }
        _ => Err("it is not an ONNX file with a network in it".to_owned()),
    }
}

/// All constant tensors: initialisers and attributes, also in the branches and bodies of nodes.
fn constants_of(graph: &GraphProto) -> Vec<&TensorProto> {
    let mut found: Vec<&TensorProto> = graph.initializer.iter().collect();
    for attribute in graph.node.iter().flat_map(|node| &node.attribute) {
        found.extend(attribute.t.iter().chain(&attribute.tensors));
        found.extend(subgraphs(attribute).flat_map(constants_of));
    }
    found
}

/// Graphs within a node: the branches of `If`, the bodies of `Loop` and `Scan`.
pub(super) fn subgraphs(attribute: &AttributeProto) -> impl Iterator<Item = &GraphProto> {
    attribute.g.iter().chain(&attribute.graphs)
}

fn check_constant(tensor: &TensorProto) -> Result<(), String> {
    let name = &tensor.name;
    if is_elsewhere(tensor) {
        return Err(format!("its weights {name:?} are in another file; import the network again"));
    }
    let claimed = tensor
        .dims
        .iter()
        .try_fold(1_usize, |product, axis| product.checked_mul(usize::try_from(*axis).ok()?));
    let held = held_values(tensor);
    if claimed.is_some() && claimed == held {
        return Ok(());
    }
    let held = held.map_or_else(|| "no whole number of".to_owned(), |count| count.to_string());
    Err(format!(
        "it is damaged: its weights {name:?} claim the shape {:?} and hold {held} values",
        tensor.dims
    ))
}

/// Looks at a node that makes a constant out of nothing but a shape, which engines do while they
/// load the network.
fn check_made_constant(graph: &GraphProto, node: &NodeProto) -> Result<(), String> {
    let shape_input = match node.op_type.as_str() {
        "ConstantOfShape" => node.input.first(),
        "Expand" => node.input.get(1),
        _ => None,
    };
    let Some(shape) = shape_input.and_then(|name| constant_named(graph, name)) else {
        return Ok(());
    };
    let axes = longs_of(shape);
    let values = axes
        .iter()
        .try_fold(1_usize, |product, axis| product.checked_mul(usize::try_from(*axis).ok()?));
    if values.is_some_and(|values| values <= MOST_VALUES) {
        return Ok(());
    }
    let made = node.output.first().map_or("", String::as_str);
    Err(format!("its tensor {made:?} of the shape {axes:?} is too large"))
}

/// The constant of this name: an initialiser, or what a node holds.
fn constant_named<'a>(graph: &'a GraphProto, name: &str) -> Option<&'a TensorProto> {
    let weights = graph.initializer.iter().find(|weights| weights.name == name);
    let held = || {
        let mut nodes = graph.node.iter().filter(|node| node.op_type == "Constant");
        let node = nodes.find(|node| node.output.iter().any(|output| output == name))?;
        node.attribute.iter().find_map(|attribute| attribute.t.as_ref())
    };
    weights.or_else(held)
}

/// The values of a tensor of 64-bit whole numbers.
fn longs_of(tensor: &TensorProto) -> Vec<i64> {
    if tensor.raw_data.is_empty() {
        return tensor.int64_data.clone();
    }
    let (longs, _) = tensor.raw_data.as_chunks::<8>();
    longs.iter().map(|bytes| i64::from_le_bytes(*bytes)).collect()
}

/// How many values a tensor holds; `None` where its bytes are no whole number of them.
fn held_values(tensor: &TensorProto) -> Option<usize> {
    let bytes = tensor.raw_data.len();
    match value_size_bytes(tensor.data_type) {
        Some(size) if bytes > 0 => bytes.is_multiple_of(size).then(|| bytes / size),
        _ => Some(
            tensor.float_data.len()
                + tensor.double_data.len()
                + tensor.int32_data.len()
                + tensor.int64_data.len()
                + tensor.uint64_data.len()
                + tensor.string_data.len(),
        ),
    }
}

/// Bytes of one value in `raw_data`; `None` for what is stored in another way.
fn value_size_bytes(data_type: i32) -> Option<usize> {
    Some(match DataType::try_from(data_type).ok()? {
        DataType::Bool | DataType::Int8 | DataType::Uint8 => 1,
        DataType::Float16 | DataType::Bfloat16 | DataType::Int16 | DataType::Uint16 => 2,
        DataType::Float | DataType::Int32 | DataType::Uint32 => 4,
        DataType::Double | DataType::Int64 | DataType::Uint64 | DataType::Complex64 => 8,
        DataType::Complex128 => 16,
        _ => return None,
    })
}
