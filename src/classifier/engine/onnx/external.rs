//! Weights that an ONNX file keeps in other files beside it, as PyTorch's exporter does.

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::{Component, Path};

use tract_onnx::pb::tensor_proto::DataLocation;
use tract_onnx::pb::{GraphProto, ModelProto, TensorProto};

/// Reads what lies beside the file, in `folder`, into the network; whether there was any.
///
/// # Errors
/// Gives the reason where a file is missing or too short, or lies elsewhere.
pub(super) fn take_in(proto: &mut ModelProto, folder: &Path) -> Result<bool, String> {
    let Some(graph) = &mut proto.graph else { return Ok(false) };
    let mut is_changed = false;
    let mut open = vec![graph];
    while let Some(graph) = open.pop() {
        let GraphProto { initializer, node, .. } = graph;
        let attributes = node.iter_mut().flat_map(|node| &mut node.attribute);
        let mut tensors: Vec<&mut TensorProto> = initializer.iter_mut().collect();
        for attribute in attributes {
            tensors.extend(attribute.t.iter_mut().chain(&mut attribute.tensors));
            open.extend(attribute.g.iter_mut().chain(&mut attribute.graphs));
        }
        for tensor in tensors.into_iter().filter(|tensor| is_elsewhere(tensor)) {
            tensor.raw_data = read(tensor, folder)?;
            tensor.data_location = None;
            tensor.external_data.clear();
            is_changed = true;
        }
    }
    Ok(is_changed)
}

/// Whether a tensor's values are in another file.
pub(super) fn is_elsewhere(tensor: &TensorProto) -> bool {
    tensor.data_location == Some(DataLocation::External as i32)
}

fn read(tensor: &TensorProto, folder: &Path) -> Result<Vec<u8>, String> {
    let entry = |key: &str| {
        tensor.external_data.iter().find(|entry| entry.key == key).map(|entry| entry.value.as_str())
    };
    let name = &tensor.name;
    let location = entry("location").unwrap_or_default();
    let is_inside =
        Path::new(location).components().all(|part| matches!(part, Component::Normal(_)));
    if location.is_empty() || !is_inside {
        return Err(format!(
            "the weights {name:?} are said to be in {location:?}, which is not beside the file"
        ));
    }
    let failed = |reason: &dyn std::fmt::Display| {
        format!(
            "it keeps its weights in another file, {location}, which must lie beside it: {reason}"
        )
    };
    let mut file = File::open(folder.join(location)).map_err(|error| failed(&error))?;
    let held = file.metadata().map_err(|error| failed(&error))?.len();
    let number = |key: &str| entry(key).map(str::parse::<u64>).transpose();
    let (Ok(offset), Ok(length)) = (number("offset"), number("length")) else {
        return Err(failed(&"the place in it is not a number"));
    };
    let offset = offset.unwrap_or(0);
    let length = length.or(held.checked_sub(offset)).unwrap_or(0);
    // Checked before memory is taken.
    if offset.checked_add(length).is_none_or(|end| end > held) {
        return Err(failed(&"it was cut short"));
    }
    let mut values = Vec::new();
    file.seek(SeekFrom::Start(offset))
        .and_then(|_| file.take(length).read_to_end(&mut values))
        .map_err(|error| failed(&error))?;
    Ok(values)
}
