//! What stands before and behind the network in an exported classifier: the picture in eight
//! orientations, and the pixel size beside the features.

use tract_onnx::pb::GraphProto;
use tract_onnx::pb::tensor_proto::DataType;

use super::node::{floats, int, ints, longs, node};
use crate::classifier::PixelSizeInput;

/// Orientations of a picture.
const ORIENTATIONS: usize = 8;
/// Below every pixel size; a logarithm needs something above 0.
const LEAST_NM: f32 = 1e-30;
/// As [`PixelSizeInput::terms`] cuts off.
const MOST_DEVIATIONS: f32 = 3.0;

/// Makes `[8, 1, side, side]` of `picture`, `[1, 1, side, side]`: all its flips and quarter turns, in
/// any order, since only their mean is taken. Gives the tensor's name.
pub(super) fn add_orientations(graph: &mut GraphProto, picture: &str, side: usize) -> String {
    let backwards = "views/backwards";
    let places: Vec<i64> = (0..side as i64).rev().collect();
    graph.initializer.push(longs(backwards, &places));
    let transposed = "views/transposed".to_owned();
    graph.node.push(node("Transpose", &[picture], &transposed, vec![ints("perm", &[0, 1, 3, 2])]));
    let mut views = Vec::with_capacity(ORIENTATIONS);
    for (name, start) in [("as it is", picture.to_owned()), ("diagonal", transposed)] {
        let [rows, columns, both] =
            ["rows", "columns", "both"].map(|what| format!("views/{name}, {what} backwards"));
        let mut flip = |from: &str, to: &str, axis: i64| {
            graph.node.push(node("Gather", &[from, backwards], to, vec![int("axis", axis)]));
        };
        flip(&start, &rows, 2);
        flip(&start, &columns, 3);
        flip(&rows, &both, 3);
        views.extend([start, rows, columns, both]);
    }
    let all = "views/all".to_owned();
    let names: Vec<&str> = views.iter().map(String::as_str).collect();
    graph.node.push(node("Concat", &names, &all, vec![int("axis", 0)]));
    all
}

/// Makes `mean`, `[1, features]`, of `rows`, `[8, features]`.
pub(super) fn add_mean(graph: &mut GraphProto, rows: &str, mean: &str) {
    let shares = "views/shares";
    let share = 1.0 / ORIENTATIONS as f32;
    graph.initializer.push(floats(shares, &[1, ORIENTATIONS], &[share; ORIENTATIONS]));
    graph.node.push(node("MatMul", &[shares, rows], mean, vec![]));
}

/// Makes `with_size` of `features` and the terms of the pixel size `nm_per_px`, `[1, 1]`; 0 or less
/// where it is not known.
pub(super) fn add_pixel_size(
    graph: &mut GraphProto,
    input: PixelSizeInput,
    [nm_per_px, features, with_size]: [&str; 3],
) {
    let name = |what: &str| format!("pixel_size/{what}");
    let mut constant = |what: &str, value: f32| {
        let name = name(what);
        graph.initializer.push(floats(&name, &[1], &[value]));
        name
    };
    let [zero, one, least, per_decade, mean, deviation, lowest, highest] = [
        constant("zero", 0.0),
        constant("one", 1.0),
        constant("least", LEAST_NM),
        constant("per_decade", std::f32::consts::LOG10_E),
        constant("mean", input.mean as f32),
        constant("deviation", input.deviation as f32),
        constant("lowest", -MOST_DEVIATIONS),
        constant("highest", MOST_DEVIATIONS),
    ];
    let mut last = nm_per_px.to_owned();
    for (op_type, other, what) in [
        ("Max", Some(&least), "above_zero"),
        ("Log", None, "logarithm"),
        ("Mul", Some(&per_decade), "decades"),
        ("Sub", Some(&mean), "from_mean"),
        ("Div", Some(&deviation), "deviations"),
        ("Max", Some(&lowest), "not_below"),
        ("Min", Some(&highest), "distance"),
    ] {
        let made = name(what);
        let inputs: Vec<&str> =
            std::iter::once(last.as_str()).chain(other.map(String::as_str)).collect();
        graph.node.push(node(op_type, &inputs, &made, vec![]));
        last = made;
    }
    let [square, squared, terms, is_known, known, told] =
        ["square", "square_term", "terms", "is_known", "known", "told"].map(name);
    let to_float = vec![int("to", DataType::Float as i64)];
    graph.node.extend([
        node("Mul", &[&last, &last], &square, vec![]),
        node("Sub", &[&square, &one], &squared, vec![]),
        node("Concat", &[&last, &squared], &terms, vec![int("axis", 1)]),
        node("Greater", &[nm_per_px, &zero], &is_known, vec![]),
        node("Cast", &[&is_known], &known, to_float),
        node("Mul", &[&terms, &known], &told, vec![]),
        node("Concat", &[features, &told], with_size, vec![int("axis", 1)]),
    ]);
}
