//! A whole classifier as one ONNX file: scaling, backbone, head, temperature and softmax.

use prost::Message as _;
use tract_onnx::pb::{GraphProto, ModelProto, StringStringEntryProto};

use super::graph::put_before_names;
use super::inputs::{add_mean, add_orientations, add_pixel_size};
use super::node::{floats, int, ints, longs, node, value};
use super::{OnnxFile, OnnxInput};
use crate::classifier::{
    BackboneCard, Head, LEAST_PROBABILITY, Layer, Layout, OrientationRule, PerChannel,
    PixelSizeInput, TensorValues,
};

/// Operators have broadcast like numpy's since version 7, `Max` since 8.
const OLDEST_OPSET: i64 = 8;
/// From this version on weights need not be listed as inputs as well.
const OLDEST_IR: i64 = 4;

/// Before the names of the network's own tensors.
const NETWORK: &str = "backbone/";
/// Before the keys of our facts about the file.
const OURS: &str = "semblance.";
const INPUT: &str = "pixels";
const PIXEL_SIZE: &str = "nm_per_px";
const NETWORK_FEATURES: &str = "network_features";
const FEATURES: &str = "features";
const LOGITS: &str = "logits";
const OUTPUT: &str = "final_result";

/// What becomes one file with the network.
pub(in super::super::super) struct ClassifierParts<'a> {
    pub card: &'a BackboneCard,
    pub head: &'a Head,
    /// How the pixel size is an input beside the features, where it is one.
    pub pixel_size_input: Option<PixelSizeInput>,
    /// Logits are divided by it before the softmax.
    pub temperature: f32,
    /// For people who look into the file.
    pub description: String,
    /// Of the input: what its values are.
    pub input_description: String,
    /// Facts for programs, by key; `semblance.` is put before it.
    pub metadata: Vec<(&'static str, String)>,
}

/// An ONNX file that takes `pixels`, `[1, 1, side, side]` of 0 to 255, and, where the pixel size is an
/// input, `nm_per_px`, `[1, 1]`; and gives `final_result`, `[1, categories]`. `network` is the
/// backbone's file.
///
/// # Errors
/// Gives the reason where the network cannot be used, or is of operators too old to add to.
pub(in super::super::super) fn classifier_onnx(
    network: &[u8],
    parts: &ClassifierParts<'_>,
) -> Result<Vec<u8>, String> {
    let file = OnnxFile::parse(network)?.kept_to(&parts.card.features_tensor)?;
    require_opset(&file.proto)?;
    let OnnxInput { name: network_input, .. } = file.input()?;
    let mut proto = file.proto;
    let mut graph = proto.graph.take().unwrap_or_default();
    put_before_names(&mut graph, NETWORK);

    let mut whole = GraphProto {
        name: "semblance_classifier".to_owned(),
        doc_string: parts.description.clone(),
        ..Default::default()
    };
    let side = parts.card.input_size_px as usize;
    let views = match parts.card.orientations {
        OrientationRule::Upright => INPUT.to_owned(),
        OrientationRule::MeanOfEight => add_orientations(&mut whole, INPUT, side),
    };
    add_scaling(&mut whole, parts.card, &views, &format!("{NETWORK}{network_input}"));
    whole.node.append(&mut graph.node);
    whole.initializer.append(&mut graph.initializer);
    let features = if parts.pixel_size_input.is_some() { NETWORK_FEATURES } else { FEATURES };
    add_features(&mut whole, parts.card, features);
    if let Some(input) = parts.pixel_size_input {
        add_pixel_size(&mut whole, input, [PIXEL_SIZE, NETWORK_FEATURES, FEATURES]);
    }
    add_head(&mut whole, parts.head);
    add_softmax(&mut whole, parts.temperature);
    whole.input = vec![value(INPUT, &[1, 1, side, side], &parts.input_description)];
    if parts.pixel_size_input.is_some() {
        let doc = "Size of a pixel of `pixels` in nanometres; 0 where it is not known";
        whole.input.push(value(PIXEL_SIZE, &[1, 1], doc));
    }
    let categories = parts.head.category_count();
    whole.output = vec![value(OUTPUT, &[1, categories], "One probability a category; sum 1")];

    // What the network's file said is true of the network alone: its input is scaled already.
    let of_network = proto.metadata_props.into_iter();
    proto.metadata_props = of_network
        .filter(|entry| !entry.key.starts_with(OURS))
        .map(|entry| (format!("backbone.{}", entry.key), entry.value))
        .chain(parts.metadata.iter().map(|(key, value)| (format!("{OURS}{key}"), value.clone())))
        .map(|(key, value)| StringStringEntryProto { key, value })
        .collect();
    proto.ir_version = proto.ir_version.max(OLDEST_IR);
    proto.producer_name = "semblance".to_owned();
    proto.producer_version = env!("CARGO_PKG_VERSION").to_owned();
    proto.doc_string.clone_from(&parts.description);
    proto.graph = Some(whole);
    Ok(proto.encode_to_vec())
}

fn require_opset(proto: &ModelProto) -> Result<(), String> {
    let mut opsets = proto.opset_import.iter();
    let ours = opsets.find(|opset| matches!(opset.domain.as_str(), "" | "ai.onnx"));
    let version = ours.map_or(1, |opset| opset.version);
    if version >= OLDEST_OPSET {
        return Ok(());
    }
    Err(format!(
        "its operators are of version {version}, and the head needs {OLDEST_OPSET} or newer; \
         convert it with onnx.version_converter and import it again"
    ))
}

/// `(pixel − mean) / std`, in the layout of the network. The subtraction spreads the one plane of
/// grey over the channels.
fn add_scaling(graph: &mut GraphProto, card: &BackboneCard, pixels: &str, network_input: &str) {
    let [mean, std, centred, scaled] =
        ["mean", "std", "centred", "scaled"].map(|name| format!("scaling/{name}"));
    let mut add_scale = |name: &str, values: &PerChannel| {
        // A card with another number of values is refused when it is read.
        let values = values.values(card.channels).unwrap_or_default();
        graph.initializer.push(floats(name, &[1, card.channels, 1, 1], &values));
    };
    add_scale(&mean, &card.mean);
    add_scale(&std, &card.std);
    graph.node.push(node("Sub", &[pixels, &mean], &centred, vec![]));
    match card.layout {
        Layout::Nchw => graph.node.push(node("Div", &[&centred, &std], network_input, vec![])),
        Layout::Nhwc => {
            let channels_last = vec![ints("perm", &[0, 2, 3, 1])];
            graph.node.push(node("Div", &[&centred, &std], &scaled, vec![]));
            graph.node.push(node("Transpose", &[&scaled], network_input, channels_last));
        }
    }
}

/// The tensor of the network as one row of `features`.
fn add_features(graph: &mut GraphProto, card: &BackboneCard, features: &str) {
    let tensor = format!("{NETWORK}{}", card.features_tensor);
    let shape = "head/row";
    let (pictures, row_features) = match card.orientations {
        OrientationRule::Upright => (1, features),
        OrientationRule::MeanOfEight => (8, "views/features"),
    };
    graph.initializer.push(longs(shape, &[pictures, card.feature_count as i64]));
    match card.tensor_values {
        TensorValues::AsTheyAre => {
            graph.node.push(node("Reshape", &[&tensor, shape], row_features, vec![]));
        }
        TensorValues::Probabilities => {
            let [row, least, raised] = ["head/probabilities", "head/least", "head/raised"];
            graph.initializer.push(floats(least, &[1], &[LEAST_PROBABILITY]));
            graph.node.extend([
                node("Reshape", &[&tensor, shape], row, vec![]),
                node("Max", &[row, least], raised, vec![]),
                node("Log", &[raised], row_features, vec![]),
            ]);
        }
    }
    if row_features != features {
        add_mean(graph, row_features, features);
    }
}

fn add_head(graph: &mut GraphProto, head: &Head) {
    let Some(hidden) = head.hidden() else {
        return add_layer(graph, head.output(), "head/", FEATURES, LOGITS);
    };
    let [sums, activations] = ["head/hidden/sums", "head/hidden/activations"];
    add_layer(graph, hidden, "head/hidden/", FEATURES, sums);
    graph.node.push(node("Relu", &[sums], activations, vec![]));
    add_layer(graph, head.output(), "head/", activations, LOGITS);
}

fn add_layer(graph: &mut GraphProto, layer: &Layer, prefix: &str, input: &str, output: &str) {
    let [weights, bias] = ["weights", "bias"].map(|name| format!("{prefix}{name}"));
    let shape = [layer.output_count(), layer.input_count()];
    graph.initializer.push(floats(&weights, &shape, layer.weights()));
    graph.initializer.push(floats(&bias, &shape[..1], layer.bias()));
    let transposed = vec![int("transB", 1)];
    graph.node.push(node("Gemm", &[input, &weights, &bias], output, transposed));
}

fn add_softmax(graph: &mut GraphProto, temperature: f32) {
    let [divisor, calibrated] = ["head/temperature", "head/calibrated"];
    graph.initializer.push(floats(divisor, &[1], &[temperature]));
    graph.node.push(node("Div", &[LOGITS, divisor], calibrated, vec![]));
    graph.node.push(node("Softmax", &[calibrated], OUTPUT, vec![int("axis", 1)]));
}

#[cfg(test)]
mod tests {
    use tract_onnx::prelude::*;

    use super::*;
    use crate::classifier::{Backbone, DEFAULT_BACKBONE, PIXEL_SIZE_TERMS, Prepared, softmax};

    #[test]
    fn pixel_size_and_eight_orientations_are_inside_the_exported_file() {
        let backbone = Backbone::find(DEFAULT_BACKBONE, 1).unwrap();
        let backbone = backbone.with_orientations(OrientationRule::MeanOfEight);
        let onnx = include_bytes!("../../../../models/efficientnet-lite0/backbone.onnx");
        let card = backbone.card();
        let picture = Prepared::from_fn(224, |row, column| (row * 3 + column * row % 97) as u8);
        let features = backbone.features(&picture).unwrap();
        let width = card.feature_count + PIXEL_SIZE_TERMS;
        let weight = |index: usize| ((index * 7919 % 1009) as f32 / 1009.0 - 0.5) * 0.2;
        let mut weights: Vec<f32> = (0..3 * width).map(weight).collect();
        weights[width - 2] = 0.7; // the scale decides among others
        weights[2 * width - 1] = -0.4;
        let head = Head::new(weights, vec![0.1, 0.0, -0.1], width).unwrap();
        let input = PixelSizeInput { mean: 1.5, deviation: 0.8 };
        let parts = ClassifierParts {
            card,
            head: &head,
            pixel_size_input: Some(input),
            temperature: 1.3,
            description: String::new(),
            input_description: String::new(),
            metadata: Vec::new(),
        };
        let file = OnnxFile::parse(&classifier_onnx(onnx, &parts).unwrap()).unwrap();
        let network = tract_onnx::onnx().model_for_proto_model(&file.proto).unwrap();
        let plan = network.into_optimized().unwrap().into_runnable().unwrap();
        let pixels: Vec<f32> = picture.pixels().iter().map(|pixel| f32::from(*pixel)).collect();
        for nm_per_px in [None, Some(0.5), Some(31.6), Some(1e9)] {
            let told = nm_per_px.unwrap_or(0.0) as f32;
            let inputs = tvec!(
                Tensor::from_shape(&[1, 1, 224, 224], &pixels).unwrap().into(),
                Tensor::from_shape(&[1, 1], &[told]).unwrap().into()
            );
            let outputs = plan.run(inputs).unwrap();
            let scores = outputs[0].to_plain_array_view::<f32>().unwrap();
            let own = [features.as_slice(), &input.terms(nm_per_px)].concat();
            let own = softmax(&head.logits(&own), 1.3);
            for (exported, own) in scores.iter().zip(own) {
                assert!((exported - own).abs() < 1e-4, "{nm_per_px:?}: {exported} is not {own}");
            }
        }
    }
}
