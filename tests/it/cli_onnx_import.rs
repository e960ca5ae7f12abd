//! Networks that others made, taken over as backbones and models: they are written by the onnx
//! package, in `write_onnx.py`.

use std::fs;
use std::path::Path;

use semblance::catalog::{Library, LibraryPlace};
use semblance::ops::MODEL_SETTING;
use serde_json::Value;

use crate::onnx::{SCALING, assert_alike, own_scores, write_networks};
use crate::program::Program;

type TestResult = Result<(), Box<dyn std::error::Error>>;

const CATEGORIES: [&str; 3] = ["Fibres", "Powder", "Tips"];

/// A program that stands beside `networks`, `labels.txt` and a folder `images` of three categories;
/// `None` where the networks cannot be written.
fn with_networks() -> Result<Option<Program>, Box<dyn std::error::Error>> {
    let program = Program::new();
    if !write_networks(&program)? {
        return Ok(None);
    }
    program.copy_categories(&CATEGORIES, "images");
    program.write("labels.txt", "One\nTwo\nThree\n");
    Ok(Some(program))
}

#[test]
fn what_neither_graph_nor_person_tells_is_asked_for_with_what_there_is_to_choose_from() -> TestResult
{
    let Some(program) = with_networks()? else { return Ok(()) };
    let import = "models import-backbone --out b";
    program.line(&format!("{import} networks/logits.onnx")).refused(&[
        "--mean",
        "--std",
        "--features-tensor",
        "features_inside (8 of Flatten)",
        "scores (3 of Identity)",
        "logits.onnx",
    ]);
    let words = ["--input-size-px", "--features-tensor"];
    program.line(&format!("{import} {SCALING} networks/open_size.onnx")).refused(&words);
    let import = "models import --out b --labels labels.txt";
    let words = ["--output", "scores, features_inside"];
    program.line(&format!("{import} {SCALING} networks/two_outputs.onnx")).refused(&words);
    let words = ["--output-is", "do not add up to 1"];
    program.line(&format!("{import} {SCALING} networks/sigmoid.onnx")).refused(&words);
    assert_eq!(program.names(), ["images", "labels.txt", "networks"]);
    Ok(())
}

#[test]
fn a_tensor_within_the_graph_can_be_the_features() -> TestResult {
    let Some(program) = with_networks()? else { return Ok(()) };
    let import = format!("models import-backbone --json --out b {SCALING} networks/logits.onnx");
    for (tensor, count) in [("features_inside", 8), ("pooled", 8), ("scores", 3)] {
        let card = program.line(&format!("{import} --features-tensor {tensor}")).fine().row();
        assert_eq!(
            (&card["features_tensor"], &card["feature_count"]),
            (&tensor.into(), &count.into())
        );
        assert_eq!((&card["input_size_px"], &card["channels"]), (&32.into(), &3.into()));
        assert_eq!(card["name"], "b", "as its folder");
    }
    for (tensor, words) in [
        ("map", ["1 × 8 × 15 × 15", "features_inside"]),
        ("unheard-of", ["no node makes", "features_inside"]),
        ("kernel", ["no node makes", "features_inside"]),
    ] {
        program.line(&format!("{import} --features-tensor {tensor}")).refused(&words);
    }
    Ok(())
}

#[test]
fn a_card_tells_what_the_graph_does_not_and_must_be_of_this_file() -> TestResult {
    let Some(program) = with_networks()? else { return Ok(()) };
    let import = "models import-backbone --json --out b networks/open_size.onnx --card card.json";
    program.write(
        "card.json",
        r#"{
            "name": "described", "license": {"spdx": "MIT"},
            "input": {"shape": ["N", 3, 48, 48], "layout": "NCHW"},
            "normalisation": {"mean": [1, 2, 3], "std": [4, 5, 6]},
            "resize_rule": "center crop (= 90% of the short side), bicubic",
            "outputs": {"features": {"name": "features_inside"}}
        }"#,
    );
    let card = program.line(import).fine().row();
    let expected = serde_json::json!({
        "name": "described", "licence": "MIT", "input_size_px": 48, "mean": [1.0, 2.0, 3.0],
        "std": [4.0, 5.0, 6.0], "crop_share": 0.9, "features_tensor": "features_inside",
    });
    for (key, value) in expected.as_object().unwrap() {
        assert_eq!(&card[key], value, "{key}");
    }
    let card = program.line(&format!("{import} --input-size-px 64 --name mine")).fine().row();
    assert_eq!((&card["input_size_px"], &card["name"]), (&64.into(), &"mine".into()));

    // What was written is a card, too.
    let again = "models import-backbone --json --out again b/backbone.onnx --card b/backbone.json";
    assert_eq!(program.line(again).fine().row(), card);
    let other = "models import-backbone --out c networks/logits.onnx --card b/backbone.json";
    program.line(other).refused(&["sha256", "logits.onnx"]);
    program.write("card.json", "words");
    program.line(import).refused(&["card", "card.json"]);
    program.line("models import-backbone x --out c --card no.json").refused(&["no.json"]);
    Ok(())
}

#[test]
fn scores_are_the_same_whether_the_network_ends_in_a_softmax_or_before_it() -> TestResult {
    let Some(program) = with_networks()? else { return Ok(()) };
    let scores = |network: &str, options: &str| {
        let import = format!("models import --labels labels.txt --out {network}");
        program.line(&format!("{import} {SCALING} {options} networks/{network}.onnx")).fine();
        own_scores(&program, network, Path::new("images"))
    };
    let logits = scores("logits", "");
    assert_alike(&logits, &scores("softmax", ""), "Softmax in the graph");
    assert_alike(&logits, &scores("shares", ""), "sums to 1 when run");
    assert_alike(&logits, &scores("two_outputs", "--output scores"), "one of two outputs");
    assert_alike(&logits, &scores("beside", ""), "weights in another file");
    scores("sigmoid", "--output-is probabilities");
    Ok(())
}

#[test]
fn an_imported_model_needs_nothing_but_its_folder() -> TestResult {
    let Some(program) = with_networks()? else { return Ok(()) };
    let import = format!("models import --labels labels.txt --out m {SCALING}");
    let info = program.line(&format!("{import} --json networks/beside.onnx")).fine().row();
    assert_eq!(info["manifest"]["categories"], serde_json::json!(["One", "Two", "Three"]));
    assert_eq!((&info["manifest"]["name"], &info["backbone"]["name"]), (&"m".into(), &"m".into()));
    let card = fs::read_to_string(program.folder().join("m/MODEL.md"))?;
    assert!(card.starts_with("# m\n"), "{card}");
    fs::remove_dir_all(program.folder().join("networks"))?;
    fs::rename(program.folder().join("m"), program.folder().join("elsewhere"))?;
    let image = "images/Tips/Tips_0000.tif";
    program.line(&format!("classify --model elsewhere {image}")).fine();
    program.line(&format!("export hdf5 --model elsewhere --out h {image}")).fine();
    program.line("evaluate --model elsewhere --images images").refused(&["Fibres"]);

    let network = program.folder().join("elsewhere/backbone.onnx");
    let mut bytes = fs::read(&network)?;
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(&network, bytes)?;
    let classify = format!("classify --model elsewhere {image}");
    program.line(&classify).refused(&["sha256", "backbone.onnx", "elsewhere"]);
    fs::remove_file(&network)?;
    program.line(&classify).refused(&["not complete", "backbone.onnx", "elsewhere"]);
    fs::remove_file(program.folder().join("elsewhere/backbone.json"))?;
    program.line(&classify).refused(&["another backbone"]);
    Ok(())
}

#[test]
fn a_model_trained_on_another_backbone_carries_it() -> TestResult {
    let Some(program) = with_networks()? else { return Ok(()) };
    let import = "models import-backbone --out b --features-tensor features_inside";
    program.line(&format!("{import} {SCALING} networks/logits.onnx")).fine();
    program.line("train --images images --min-images 1 --backbone b --out m").fine();
    let before = own_scores(&program, "m", Path::new("images"));
    fs::remove_dir_all(program.folder().join("b"))?;
    assert_alike(&before, &own_scores(&program, "m", Path::new("images")), "without the backbone");
    program.line("evaluate --model m --images images").fine();
    let info = program.line("models info --json m").fine().row();
    assert_eq!(info["backbone"]["features_tensor"], "features_inside");

    // A model of a backbone inside the program is not taken for one of what lies beside it.
    program.line("train --images images --min-images 1 --out m").fine();
    let info = program.line("models info --json m").fine().row();
    assert_eq!(info["backbone"]["name"], "efficientnet-lite0");
    // A model's folder is a backbone as well, where it carries one.
    program.line("train --images images --min-images 1 --backbone m --out n").fine();
    program
        .line("train --images images --backbone unheard-of --out n")
        .refused(&["unheard-of", "efficientnet-lite2"]);
    Ok(())
}

#[test]
fn a_model_on_the_larger_built_in_backbone_needs_no_copy_of_it() {
    let program = Program::new();
    program.copy_categories(&CATEGORIES, "images");
    let train = "train --images images --min-images 1 --backbone efficientnet-lite2 --out m";
    program.line(train).fine();
    assert!(!program.folder().join("m/backbone.onnx").exists());
    let info = program.line("models info --json m").fine().row();
    assert_eq!(info["backbone"]["input_size_px"], 260);
    let row = program.line("classify --json --model m images/Tips/Tips_0000.tif").fine().row();
    assert_eq!(row["top"].as_array().unwrap().len(), CATEGORIES.len());
}

#[test]
fn a_librarys_images_are_compared_by_the_features_of_its_models_backbone() -> TestResult {
    let Some(program) = with_networks()? else { return Ok(()) };
    let import = "models import-backbone --out b --features-tensor features_inside";
    program.line(&format!("{import} {SCALING} networks/logits.onnx")).fine();
    program.line("train --images images --min-images 1 --backbone b --out m").fine();
    program.line("classify --library images --model m").fine();
    let similar = "similar --library images images/Tips/Tips_0000.tif";
    program.line(similar).refused(&["classif"]); // by the starter model, which nobody used
    let place = LibraryPlace::containing(&program.folder().join("images")).unwrap();
    let model = program.folder().join("m").display().to_string();
    Library::open(&place)?.set_setting(MODEL_SETTING, &model)?;
    assert!(program.line(similar).fine().stdout.contains("Tips_0001"));
    program.line("groups --library images").fine();
    program.line("duplicates --library images").fine();
    program.line("train --library images --min-images 1 --out n").refused(&["no labelled image"]);
    Ok(())
}

#[test]
fn a_network_that_cannot_be_used_is_refused_with_the_reason() -> TestResult {
    let Some(program) = with_networks()? else { return Ok(()) };
    for (network, words) in [
        ("no_picture", ["2 axes", "channels, rows, columns"]),
        ("oblong", ["32 × 64", "squares"]),
        ("eight_at_once", ["8 pictures", "save it for one"]),
        ("enormous", ["1000000", "4096"]),
        ("bytes", ["UINT8", "32-bit floats"]),
        ("not_a_number", ["NaN", "scores"]),
        ("always_the_same", ["same for every picture", "scores"]),
        ("unknown_operator", ["Frobnicate", "does not run"]),
        ("lost", ["lost.data", "beside it"]),
        ("cut", ["cut.data", "cut short"]),
        ("elsewhere", ["outside.data", "not beside"]),
        ("claims", ["damaged", "1000000000000"]),
        ("overflowing", ["damaged", "hold 216 values"]),
        ("made_of_nothing", ["500000", "too large"]),
        ("padded", ["padded", "too large"]),
    ] {
        let words: Vec<&str> = words.into_iter().chain([network]).collect();
        let file = format!("networks/{network}.onnx");
        let import = format!("models import-backbone --features-tensor scores --out b {SCALING}");
        program.line(&format!("{import} {file}")).refused(&words);
        let import = format!("models import --labels labels.txt --out b {SCALING}");
        program.line(&format!("{import} {file}")).refused(&words);
    }
    assert_eq!(program.names(), ["images", "labels.txt", "networks"]);
    Ok(())
}

#[test]
fn what_is_no_whole_onnx_file_is_refused() {
    let program = Program::new();
    let whole = fs::read("models/efficientnet-lite0/backbone.onnx").unwrap();
    let import = format!("models import-backbone --out b {SCALING}");
    for (name, bytes) in [
        ("words.onnx", b"These are words, and no network".as_slice()),
        ("empty.onnx", b"".as_slice()),
        ("cut.onnx", &whole[..whole.len() / 2]),
        ("end.onnx", &whole[whole.len() / 2..]),
        ("zeros.onnx", &[0; 1000]),
    ] {
        program.write(name, bytes);
        program.line(&format!("{import} {name}")).refused(&["ONNX", name]);
    }
    program.line(&format!("{import} none.onnx")).refused(&["Cannot read", "none.onnx"]);
    assert!(!program.folder().join("b").exists());
}

#[test]
fn a_list_of_labels_that_does_not_fit_is_refused() -> TestResult {
    let Some(program) = with_networks()? else { return Ok(()) };
    let import = format!("models import --labels l.txt --out m {SCALING} networks/logits.onnx");
    for (labels, words) in [
        ("One\nTwo\n", ["2 categories", "3 scores"]),
        ("One\nTwo\nThree\nFour\n", ["4 categories", "3 scores"]),
        ("One\nTwo\nOne\n", ["line 1", "line 3"]),
        ("One\n\nThree\n", ["line 2", "empty"]),
        ("\r\n", ["empty", "one category a line"]),
    ] {
        program.write("l.txt", labels);
        let words: Vec<&str> = words.into_iter().chain(["l.txt"]).collect();
        program.line(&import).refused(&words);
    }
    fs::remove_file(program.folder().join("l.txt"))?;
    program.line(&import).refused(&["Cannot read", "l.txt"]);
    assert!(!program.folder().join("m").exists());
    // As Windows' editors write it.
    program.write("l.txt", "\u{feff}One\r\nTwo\r\nThree\r\n\r\n");
    let row = program.line(&format!("{import} --json")).fine().row();
    assert_eq!(row["manifest"]["categories"], serde_json::json!(["One", "Two", "Three"]));
    Ok(())
}

#[test]
fn models_and_backbones_are_listed_with_those_in_folders() -> TestResult {
    let Some(program) = with_networks()? else { return Ok(()) };
    let made = "models import --labels labels.txt --out mine/m";
    program.line(&format!("{made} {SCALING} networks/logits.onnx")).fine();
    let made = "models import-backbone --features-tensor pooled --out mine/b";
    program.line(&format!("{made} {SCALING} networks/logits.onnx")).fine();
    let names = |options: &str| -> Vec<String> {
        let rows = program.line(&format!("models list --json {options}")).fine().rows();
        let name = |row: &Value| format!("{} {}", row["kind"], row["name"]).replace('"', "");
        rows.iter().map(name).collect()
    };
    let built_in = [
        "model starter",
        "model sample",
        "backbone efficientnet-lite0",
        "backbone efficientnet-lite2",
    ];
    assert_eq!(names(""), built_in);
    assert_eq!(names("mine")[4..], ["backbone mine/b", "model mine/m"]);
    assert_eq!(names("mine/m")[4..], ["model mine/m"]);
    program.write("mine/m/model.json", "{");
    let ran = program.line("models list --json mine");
    assert_eq!(ran.code, Some(2), "{}", ran.stderr);
    assert!(ran.rows()[5]["error"].is_string());
    Ok(())
}
