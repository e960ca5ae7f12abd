//! ONNX files as graphs of named tensors: read, looked at, cut down and added to. What they compute
//! is the engine's business.

mod check;
mod compose;
mod external;
mod graph;
mod inputs;
mod last_convolution;
mod node;

pub(in super::super) use compose::{ClassifierParts, classifier_onnx};

use std::fs;
use std::io::{self, Cursor};
use std::path::Path;

use prost::Message as _;
use tract_onnx::pb::tensor_proto::DataType;
use tract_onnx::pb::tensor_shape_proto::dimension::Value as Dimension;
use tract_onnx::pb::type_proto::Value as Type;
use tract_onnx::pb::{GraphProto, ModelProto};
use tract_onnx::prelude::Framework as _;

/// A network as its ONNX file describes it, found to be whole.
#[derive(Debug, Clone)]
pub(in super::super) struct OnnxFile {
    pub(super) proto: ModelProto,
}

/// What a network takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct OnnxInput {
    /// The tensor's name.
    pub name: String,
    /// Its axes; `None` of those whose length is left open.
    pub axes: Vec<Option<u64>>,
}

/// Why a file is no network that can be used.
#[derive(Debug)]
pub(in super::super) enum OnnxFailure {
    /// The operating system refused to read it.
    Unreadable(io::Error),
    /// Its content will not do.
    Unusable(String),
}

impl From<String> for OnnxFailure {
    fn from(reason: String) -> Self {
        Self::Unusable(reason)
    }
}

impl OnnxFile {
    /// Reads a file that holds all of its weights.
    ///
    /// # Errors
    /// Gives the reason where it is no ONNX file, is not whole, or claims more than it holds.
    pub(in super::super) fn parse(bytes: &[u8]) -> Result<Self, String> {
        let proto = decode(bytes)?;
        check::check(&proto)?;
        Ok(Self { proto })
    }

    /// Reads a file, and those beside it in which it keeps its weights, and gives the bytes of a
    /// file that holds them all: the file's own, where it does.
    ///
    /// # Errors
    /// As of [`OnnxFile::parse`]; also where a file cannot be read.
    pub(in super::super) fn read(path: &Path) -> Result<(Self, Vec<u8>), OnnxFailure> {
        let bytes = fs::read(path).map_err(OnnxFailure::Unreadable)?;
        let mut proto = decode(&bytes)?;
        let folder = path.parent().unwrap_or(Path::new(""));
        let is_completed = external::take_in(&mut proto, folder)?;
        check::check(&proto)?;
        let bytes = if is_completed { proto.encode_to_vec() } else { bytes };
        Ok((Self { proto }, bytes))
    }

    /// What is left where only `tensor` is asked for, as the only output.
    ///
    /// # Errors
    /// Gives the reason where no node makes a tensor of this name.
    pub(in super::super) fn kept_to(mut self, tensor: &str) -> Result<Self, String> {
        let graph = self.proto.graph.get_or_insert_default();
        graph::keep_what_leads_to(graph, tensor)?;
        Ok(self)
    }

    /// What the network takes.
    ///
    /// # Errors
    /// Gives the reason where it takes other than one tensor of 32-bit floats.
    pub(in super::super) fn input(&self) -> Result<OnnxInput, String> {
        let mut inputs = self.graph().into_iter().flat_map(|graph| {
            let is_weight = |name: &str| graph.initializer.iter().any(|weight| weight.name == name);
            graph.input.iter().filter(move |input| !is_weight(&input.name))
        });
        let (Some(input), None) = (inputs.next(), inputs.next()) else {
            return Err("it must take one picture, and has another number of inputs".to_owned());
        };
        let Some(Type::TensorType(tensor)) =
            input.r#type.as_ref().and_then(|kind| kind.value.as_ref())
        else {
            return Err(format!("its input {:?} has no type", input.name));
        };
        if tensor.elem_type != DataType::Float as i32 {
            let kind = DataType::try_from(tensor.elem_type)
                .map_or("unknown", |data_type| data_type.as_str_name());
            return Err(format!(
                "its input {:?} takes values of type {kind}; convert the network to one that takes \
                 32-bit floats (FLOAT)",
                input.name
            ));
        }
        let axes = tensor.shape.iter().flat_map(|shape| &shape.dim).map(|axis| match axis.value {
            Some(Dimension::DimValue(length)) if length > 0 => u64::try_from(length).ok(),
            _ => None,
        });
        Ok(OnnxInput { name: input.name.clone(), axes: axes.collect() })
    }

    /// Names of the tensors it gives.
    pub(in super::super) fn outputs(&self) -> Vec<&str> {
        let outputs = self.graph().into_iter().flat_map(|graph| &graph.output);
        outputs.map(|output| output.name.as_str()).collect()
    }

    /// The tensors that nodes make, the last first, each with the kind of its node, such as
    /// `Softmax`.
    pub(in super::super) fn made_tensors(&self) -> Vec<(&str, &str)> {
        let nodes = self.graph().into_iter().flat_map(|graph| graph.node.iter().rev());
        nodes
            .filter(|node| node.op_type != "Constant")
            .flat_map(|node| {
                let names = node.output.iter().filter(|name| !name.is_empty());
                names.map(|name| (name.as_str(), node.op_type.as_str()))
            })
            .collect()
    }

    /// What the file says of itself under `key`.
    pub(in super::super) fn metadata(&self, key: &str) -> Option<&str> {
        let mut entries = self.proto.metadata_props.iter();
        entries.find(|entry| entry.key == key).map(|entry| entry.value.as_str())
    }

    /// The graph; a file without one is refused when it is read.
    fn graph(&self) -> Option<&GraphProto> {
        self.proto.graph.as_ref()
    }
}

fn decode(bytes: &[u8]) -> Result<ModelProto, String> {
    tract_onnx::onnx()
        .proto_model_for_read(&mut Cursor::new(bytes))
        .map_err(|_| "it is not an ONNX file, or was cut short".to_owned())
}
