//! Models handed on as ONNX files, run by ONNX Runtime.

use std::fs;

use serde_json::Value;

use crate::onnx::{SCALING, Scores, assert_alike, own_scores, write_networks};
use crate::program::{Program, SAMPLE_PER_CATEGORY};
use crate::python;

type TestResult = Result<(), Box<dyn std::error::Error>>;

const CATEGORIES: [&str; 3] = ["Fibres", "Powder", "Tips"];

fn has_runtime() -> Result<bool, Box<dyn std::error::Error>> {
    Ok(python::has("onnxruntime")? && python::has("onnx")? && python::has("imagecodecs")?)
}

/// What ONNX Runtime says of the images at `images`, and of the file itself.
fn in_runtime(
    program: &Program,
    model: &str,
    images: &str,
) -> Result<(Scores, Value), Box<dyn std::error::Error>> {
    let folder = program.folder().join("exported");
    fs::create_dir(&folder)?;
    program.line(&format!("export onnx --model {model} --out exported/model.onnx")).fine();
    program
        .line(&format!("export prepared --model {model} --out exported/prepared {images}"))
        .fine();
    let told: Value = serde_json::from_slice(&python::run("score_onnx.py", &folder)?)?;
    fs::remove_dir_all(folder)?;
    Ok((serde_json::from_value(told["scores"].clone())?, told))
}

#[test]
fn an_exported_model_scores_images_of_all_categories_the_same_in_onnx_runtime() -> TestResult {
    if !has_runtime()? {
        return Ok(());
    }
    let program = Program::new();
    program.copy_all_categories("images");
    let (scores, told) = in_runtime(&program, "sample", "images")?;
    assert_eq!(scores.len(), 10 * SAMPLE_PER_CATEGORY);
    assert_alike(&own_scores(&program, "sample", "images".as_ref()), &scores, "sample");

    let info = program.line("models info --json sample").fine().row();
    let categories = info["manifest"]["categories"].as_array().unwrap();
    assert_eq!(told["input"]["name"], "pixels");
    assert_eq!(told["input"]["shape"], serde_json::json!([1, 1, 224, 224]));
    assert_eq!(told["output"]["name"], "final_result");
    assert_eq!(told["output"]["shape"], serde_json::json!([1, categories.len()]));
    let said = |key: &str| told["metadata"][format!("semblance.{key}")].as_str().unwrap();
    assert_eq!(said("input_size_px"), "224");
    assert_eq!(serde_json::from_str::<Value>(said("categories"))?, info["manifest"]["categories"]);
    assert_eq!(said("program_version"), env!("CARGO_PKG_VERSION"));
    let temperature = said("temperature").parse::<f64>()?;
    let expected = info["manifest"]["temperature"].as_f64().unwrap();
    assert!((temperature - expected).abs() < 1e-6, "{temperature} is not {expected}");
    assert!(said("preparation_steps").contains("data bar cut off"));
    Ok(())
}

#[test]
fn models_on_backbones_of_every_kind_score_the_same_in_onnx_runtime() -> TestResult {
    let program = Program::new();
    if !(has_runtime()? && write_networks(&program)?) {
        return Ok(());
    }
    program.copy_categories(&CATEGORIES, "images");
    for (network, said) in [
        ("channels_last", "--mean 123.675,116.28,103.53 --std 58.395,57.12,57.375"),
        ("grey", "--mean 0 --std 255 --resize squash --data-bar kept"),
        ("open_size", "--mean 127 --std 128 --input-size-px 40 --crop-share 1"),
    ] {
        let import = "models import-backbone --out b --features-tensor features_inside";
        program.line(&format!("{import} {said} networks/{network}.onnx")).fine();
        program.line("train --images images --min-images 1 --backbone b --out m").fine();
        let (scores, _) = in_runtime(&program, "m", "images")?;
        assert_alike(&own_scores(&program, "m", "images".as_ref()), &scores, network);
    }
    Ok(())
}

#[test]
fn a_model_on_the_mean_of_eight_orientations_scores_the_same_in_onnx_runtime() -> TestResult {
    if !has_runtime()? {
        return Ok(());
    }
    let program = Program::new();
    program.copy_categories(&CATEGORIES, "images");
    program.line("train --images images --min-images 1 --orientations 8 --out m").fine();
    let (scores, _) = in_runtime(&program, "m", "images")?;
    assert_alike(&own_scores(&program, "m", "images".as_ref()), &scores, "eight orientations");
    Ok(())
}

#[test]
fn an_imported_classifier_is_exported_with_its_own_network() -> TestResult {
    let program = Program::new();
    if !(has_runtime()? && write_networks(&program)?) {
        return Ok(());
    }
    program.copy_categories(&CATEGORIES, "images");
    program.write("labels.txt", "One\nTwo\nThree\n");
    for network in ["logits", "softmax"] {
        let import = "models import --labels labels.txt --out m";
        program.line(&format!("{import} {SCALING} networks/{network}.onnx")).fine();
        let (scores, _) = in_runtime(&program, "m", "images")?;
        assert_alike(&own_scores(&program, "m", "images".as_ref()), &scores, network);
    }
    Ok(())
}

#[test]
fn an_exported_model_imports_again_and_scores_the_same() {
    let program = Program::new();
    program.copy_categories(&CATEGORIES, "images");
    let row = program.line("export onnx --json --model sample --out sample.onnx").fine().row();
    assert_eq!(
        (&row["onnx"], &row["labels"]),
        (&"sample.onnx".into(), &"output_labels.txt".into())
    );
    program.line("models import sample.onnx --labels output_labels.txt --out again").fine();
    let scores = |model: &str| own_scores(&program, model, "images".as_ref());
    assert_alike(&scores("sample"), &scores("again"), "again");

    // And once more, around a network that has our own names in it.
    program.line("export onnx --model again --out twice.onnx").fine();
    program.line("models import twice.onnx --labels output_labels.txt --out twice").fine();
    assert_alike(&scores("sample"), &scores("twice"), "twice");
}

#[test]
fn labels_are_one_category_a_line_in_the_order_of_the_scores() {
    let program = Program::new();
    program.line("export onnx --model starter --out starter.onnx").fine();
    let labels = fs::read_to_string(program.folder().join("output_labels.txt")).unwrap();
    let info = program.line("models info --json starter").fine().row();
    let categories = info["manifest"]["categories"].as_array().unwrap();
    assert!(labels.lines().eq(categories.iter().map(|category| category.as_str().unwrap())));
    assert!(labels.ends_with('\n'));
    assert_eq!(program.names(), ["output_labels.txt", "starter.onnx"]);
}

#[test]
fn what_cannot_be_exported_is_said() {
    let program = Program::new();
    program.line("export onnx --model unheard-of --out a.onnx").refused(&["unheard-of", "starter"]);
    let into = "export onnx --model sample --out";
    program.line(&format!("{into} nowhere/a.onnx")).refused(&["Cannot", "nowhere"]);
    fs::create_dir(program.folder().join("folder")).unwrap();
    program.line(&format!("{into} folder")).refused(&["Cannot", "folder"]);
    assert_eq!(program.names(), ["folder"]);
}

#[test]
fn prepared_pictures_are_the_squares_of_the_models_backbone() {
    let program = Program::new();
    program.copy_sample("Tips/Tips_0000.tif", "images/a.tif");
    program.write("images/bad.tif", "words");
    let ran = program.line("export prepared --json --model sample --out prepared images");
    assert_eq!(ran.code, Some(2), "{}", ran.stderr);
    let rows = ran.rows();
    assert_eq!(rows[0]["png"], "prepared/a.png");
    assert!(rows[1]["png"].is_null() && rows[1]["error"].is_string(), "{}", rows[1]);
    let picture = image::open(program.folder().join("prepared/a.png")).unwrap();
    assert_eq!(picture.color(), image::ColorType::L8);
    assert_eq!((picture.width(), picture.height()), (224, 224));
    program.line("export prepared --out prepared").refused(&["--library"]);
}
