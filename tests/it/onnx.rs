//! What tests of ONNX files have in common: networks that the onnx package wrote, and scores.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::program::Program;
use crate::python;

/// How the pixels of the networks in `write_onnx.py` are scaled.
pub const SCALING: &str = "--mean 127 --std 128";

/// How far two programs' scores may differ.
const TOLERANCE: f64 = 1e-4;

/// Scores by category, by image: where it is below the folder of images, without its ending.
pub type Scores = BTreeMap<String, BTreeMap<String, f64>>;

/// Writes the networks of `write_onnx.py` into the folder `networks`; not where Python has no onnx.
pub fn write_networks(program: &Program) -> Result<bool, Box<dyn std::error::Error>> {
    if !python::has("onnx")? {
        return Ok(false);
    }
    let folder = program.folder().join("networks");
    fs::create_dir(&folder)?;
    python::run("write_onnx.py", &folder)?;
    Ok(true)
}

/// What the program itself says of all images below a folder, in full precision.
pub fn own_scores(program: &Program, model: &str, images: &Path) -> Scores {
    let images_text = images.display().to_string();
    let ran = program.run(["classify", "--json", "--top", "0", "--model", model, &images_text]);
    let rows = ran.fine().rows();
    rows.iter().map(|row| (name_below(&row["path"], images), scores_in(&row["top"]))).collect()
}

fn name_below(path: &Value, folder: &Path) -> String {
    let path = Path::new(path.as_str().unwrap());
    path.strip_prefix(folder).unwrap().with_extension("").display().to_string()
}

fn scores_in(top: &Value) -> BTreeMap<String, f64> {
    let items = top.as_array().unwrap().iter();
    items
        .map(|item| {
            (item["category"].as_str().unwrap().to_owned(), item["score"].as_f64().unwrap())
        })
        .collect()
}

/// Fails unless both say the same of the same images.
pub fn assert_alike(left: &Scores, right: &Scores, what: &str) {
    assert!(!left.is_empty(), "{what}: no image");
    assert_eq!(left.keys().collect::<Vec<_>>(), right.keys().collect::<Vec<_>>(), "{what}");
    for (image, scores) in left {
        for (category, score) in scores {
            let other = right[image][category];
            let difference = (score - other).abs();
            assert!(difference < TOLERANCE, "{what}: {image}: {category}: {score}, {other}");
        }
        assert_eq!(scores.len(), right[image].len(), "{what}: {image}");
    }
}
