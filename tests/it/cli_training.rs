//! What training keeps apart, and what evaluation says of it, on the command line.

use std::collections::BTreeMap;
use std::fs;

use semblance::catalog::{Library, LibraryPlace, Side};
use semblance::classifier::training_images;
use semblance::learning::side_of;
use semblance::micrograph::content_sha256;
use serde_json::json;

use crate::program::Program;

const CATEGORIES: [&str; 3] = ["Fibres", "Powder", "Tips"];
const TRAIN: &str = "train --json --images images --out m --min-images 1";

/// A program that stands beside a folder `images` of three categories.
fn with_images() -> Program {
    let program = Program::new();
    program.copy_categories(&CATEGORIES, "images");
    program
}

/// Sides of the model `m`, by the path of the image.
fn sides(program: &Program) -> BTreeMap<String, Side> {
    let by_content = training_images(&program.folder().join("m")).unwrap().unwrap();
    let mut sides = BTreeMap::new();
    for category in CATEGORIES {
        for entry in fs::read_dir(program.folder().join("images").join(category)).unwrap() {
            let path = entry.unwrap().path();
            if let Some(side) = by_content.get(&content_sha256(&fs::read(&path).unwrap())) {
                let name = path.file_name().unwrap().to_string_lossy().into_owned();
                sides.insert(format!("{category}/{name}"), *side);
            }
        }
    }
    sides
}

fn rename(program: &Program, from: &str, to: &str) {
    fs::rename(program.folder().join(from), program.folder().join(to)).unwrap();
}

/// A name with this ending that is on this side.
fn name_on(side: Side, ending: &str) -> String {
    (0..).map(|i| format!("image {i}{ending}")).find(|name| side_of(name) == side).unwrap()
}

#[test]
fn an_image_that_once_measured_never_trains() {
    let program = with_images();
    let tested = name_on(Side::Test, ".tif");
    rename(&program, "images/Tips/Tips_0000.tif", &format!("images/Tips/{tested}"));
    program.line(TRAIN).fine();
    assert_eq!(sides(&program)[&format!("Tips/{tested}")], Side::Test);
    // Under a name that would train, it still measures the model that replaces this one.
    let training = name_on(Side::Training, ".tif");
    rename(&program, &format!("images/Tips/{tested}"), &format!("images/Tips/{training}"));
    program.line(TRAIN).fine();
    assert_eq!(sides(&program)[&format!("Tips/{training}")], Side::Test);
}

#[test]
fn a_new_image_of_a_group_goes_where_the_group_was() {
    let program = with_images();
    let group = name_on(Side::Training, "");
    let rows = |rows: &[&str]| {
        let rows: String = rows.iter().map(|file| format!("{file},{group}\n")).collect();
        program.write("manifest.csv", format!("file,group\n{rows}"));
    };
    rows(&["Fibres/Fibres_0000.tif"]);
    program.line(&format!("{TRAIN} --manifest manifest.csv")).fine();
    let before = sides(&program);
    let new = name_on(Side::Test, ".tif");
    let program_sample = format!("images/Powder/{new}");
    program.copy_sample("Nanowires/Nanowires_0000.tif", &program_sample);
    rows(&["Fibres/Fibres_0000.tif", &format!("Powder/{new}")]);
    program.line(&format!("{TRAIN} --manifest manifest.csv")).fine();
    let after = sides(&program);
    assert!(before.iter().all(|(path, side)| after[path] == *side), "{before:?} {after:?}");
    assert_eq!(after[&format!("Powder/{new}")], before["Fibres/Fibres_0000.tif"]);
}

#[test]
fn an_image_that_was_away_for_a_training_still_never_trains() {
    let program = with_images();
    let tested = name_on(Side::Test, ".tif");
    rename(&program, "images/Tips/Tips_0000.tif", &format!("images/Tips/{tested}"));
    program.line(TRAIN).fine();
    rename(&program, &format!("images/Tips/{tested}"), "away.tif");
    program.line(TRAIN).fine();
    let training = name_on(Side::Training, ".tif");
    rename(&program, "away.tif", &format!("images/Tips/{training}"));
    program.line(TRAIN).fine();
    assert_eq!(sides(&program)[&format!("Tips/{training}")], Side::Test);
}

#[test]
fn what_cannot_be_learned_or_measured_is_said() {
    let program = with_images();
    for number in 0..2 {
        let file = format!("Tips_{number:04}.tif");
        program.copy_sample(&format!("Tips/{file}"), &format!("images/Points/{file}"));
    }
    let tested = name_on(Side::Test, ".tif");
    program.copy_sample("Nanowires/Nanowires_0000.tif", &format!("images/Nanowires/{tested}"));
    let told = program.line(TRAIN).fine();
    for words in [
        "4 images of Points and Tips show the same",
        "Never predicted, since none of its images is on the training side: Nanowires",
        "Fewer than 100 images: Fibres (2), Nanowires (1)",
    ] {
        assert!(told.stderr.contains(words), "no {words:?} in {}", told.stderr);
    }
    let notes = told.row()["notes"].as_array().unwrap().len();
    assert!(notes >= 3, "{notes}");
    let measured = program.line("evaluate --json --model m --images images --all").fine().row();
    let lone = measured["per_category"].as_array().unwrap().iter();
    let lone = lone.filter(|row| row["category"] == "Nanowires").collect::<Vec<_>>();
    assert_eq!((lone.len(), &lone[0]["images"]), (1, &json!(1)), "{measured}");
    assert_eq!((&lone[0]["recall"], &lone[0]["precision"]), (&json!(0.0), &json!(null)));
}

#[test]
fn an_empty_test_side_is_said_with_what_helps() {
    let program = with_images();
    for (number, category) in CATEGORIES.iter().enumerate() {
        for image in 0..2 {
            let name = name_on(Side::Training, &format!(" {number} {image}.tif"));
            let from = format!("images/{category}/{category}_{image:04}.tif");
            rename(&program, &from, &format!("images/{category}/{name}"));
        }
    }
    let told = program.line(TRAIN).fine();
    for words in ["The test side has no images", "--cross-validate 5", "The validation side has no"]
    {
        assert!(told.stderr.contains(words), "no {words:?} in {}", told.stderr);
    }
    assert_eq!(told.row()["accuracy"]["test"], json!(null));
}

#[test]
fn evaluation_leaves_out_what_the_model_was_trained_on() {
    let program = with_images();
    let measured = format!("images/Tips/{}", name_on(Side::Test, ".tif"));
    rename(&program, "images/Tips/Tips_0000.tif", &measured);
    program.line(TRAIN).fine();
    let sides = sides(&program);
    let held_out = sides.values().filter(|side| **side == Side::Test).count();
    assert!((1..sides.len()).contains(&held_out), "{sides:?}");
    let report = program.line("evaluate --json --model m --images images").fine().row();
    assert_eq!(report["images"], held_out);
    assert_eq!(report["trained_on_images"], sides.len() - held_out);
    let all = program.line("evaluate --json --model m --images images --all").fine();
    assert_eq!(all.row()["images"], sides.len());
    assert!(all.stderr.contains("flatter"), "{}", all.stderr);
    for path in sides.iter().filter(|(_, side)| **side == Side::Test).map(|(path, _)| path) {
        fs::remove_file(program.folder().join("images").join(path)).unwrap();
    }
    let ran = program.line("evaluate --model m --images images");
    ran.refused(&["trained on every one", "--all"]);
}

#[test]
fn a_training_by_steps_is_watched_and_the_same_for_the_same_seed() {
    let program = with_images();
    let head = |options: &str| {
        let line = format!("{TRAIN} --recipe sgd --steps 60 --hidden-units 8 {options}");
        let report = program.line(&line).fine().row();
        assert_eq!(report["history"].as_array().unwrap().len(), 6, "every tenth step");
        assert_eq!(report["history"][5]["step"], 60);
        fs::read(program.folder().join("m/head.safetensors")).unwrap()
    };
    let first = head("--seed 1");
    assert!(head("--seed 1") == first);
    assert!(head("--seed 2") != first);
    assert!(!program.folder().join("m/unfinished.json").exists());
    let row = program.line("classify --json --model m images/Tips/Tips_0000.tif").fine().row();
    assert_eq!(row["top"].as_array().unwrap().len(), 3);
}

#[test]
fn the_pixel_size_is_an_input_where_headers_tell_it() {
    let program = with_images();
    program.line(&format!("{TRAIN} --pixel-size")).fine();
    let model = fs::read_to_string(program.folder().join("m/model.json")).unwrap();
    let model: serde_json::Value = serde_json::from_str(&model).unwrap();
    assert!(model["pixel_size_input"]["deviation"].as_f64().unwrap() > 0.0, "{model}");
    let first = program.line("classify --json --model m images/Tips/Tips_0000.tif").fine().row();
    assert_eq!(first["error"], json!(null));
    program.line("evaluate --json --model m --images images --all").fine();
}

#[test]
fn labels_of_retired_categories_and_those_a_model_gave_are_left_out_and_said() {
    let program = with_images();
    program.line("classify --model sample --library images").fine();
    for category in CATEGORIES {
        let line = format!(
            "labels set --library images --category {category} images/{category}/{category}_0000.tif \
             images/{category}/{category}_0001.tif"
        );
        program.line(&line).fine();
    }
    program.line("categories retire --library images Tips").fine();
    let ran = program.line("train --json --library images --out m --min-images 1").fine();
    assert_eq!(ran.row()["categories"], json!(["Fibres", "Powder"]));
    assert!(ran.stderr.contains("Left out Tips, which is retired: 2 images"), "{}", ran.stderr);
    let place = LibraryPlace::for_folder(&program.folder().join("images")).unwrap();
    let sides = Library::open(&place).unwrap().split_sides().unwrap();
    assert_eq!(sides.len(), 4);
}

#[test]
fn a_report_is_one_file_that_needs_no_other() {
    let program = with_images();
    program.line(&format!("{TRAIN} --cross-validate 2 --report report/training.html")).fine();
    let html = fs::read_to_string(program.folder().join("report/training.html")).unwrap();
    assert!(html.contains("cross-validation") && html.contains("<svg"), "{html}");
    assert!(!html.contains("http://") && !html.contains("<script"), "{html}");
    let line = "evaluate --json --model sample --images images --report report/evaluation.html";
    program.line(line).fine();
    let html = fs::read_to_string(program.folder().join("report/evaluation.html")).unwrap();
    assert!(html.contains("Tips"), "{html}");
}

#[test]
fn advice_on_merging_names_every_pair_or_says_what_is_missing() {
    let program = with_images();
    let advice =
        program.line("categories advise --json --images images --min-images 1").fine().row();
    assert_eq!(advice["pairs"].as_array().unwrap().len(), 3, "{advice}");
    for pair in advice["pairs"].as_array().unwrap() {
        let interval = &pair["interval"];
        assert!(interval["low"].as_f64() <= pair["change"].as_f64(), "{pair}");
        assert!(pair["change"].as_f64() <= interval["high"].as_f64(), "{pair}");
    }
    program.write("manifest.csv", "file,group\nTips/Tips_0000.tif,a\n");
    let few = Program::new();
    few.copy_sample("Tips/Tips_0000.tif", "images/Tips/1.tif");
    few.copy_sample("Fibres/Fibres_0000.tif", "images/Fibres/1.tif");
    few.line("categories advise --images images --min-images 1").refused(&["5 folds", "groups"]);
}

#[test]
fn more_layers_are_trained_with_what_they_bring_and_the_model_carries_its_network() {
    let program = with_images();
    let report = program.line(&format!("{TRAIN} --more-layers")).fine().row();
    let stage = &report["second_stage"];
    let cross_entropy = stage["cross_entropy"].as_array().unwrap();
    assert_eq!(cross_entropy.len(), 13, "before the first pass, and after each of twelve");
    let passes = stage["passes"].as_u64().unwrap();
    let network = program.folder().join("m/backbone.onnx");
    assert_eq!(network.is_file(), passes > 0, "a network of its own where it was trained: {stage}");
    let card = fs::read_to_string(program.folder().join("m/MODEL.md")).unwrap();
    assert!(card.contains("more layers") || card.contains("last convolution"), "{card}");
    program.line("classify --json --model m images/Tips/Tips_0000.tif").fine();
    program.line("evaluate --model m --images images --all").fine();
    program.line("export onnx --model m --out exported").fine();
}

#[test]
fn more_layers_go_with_one_recipe_and_upright_pictures() {
    let program = with_images();
    let refused = |more: &str, words: &[&str]| {
        program.line(&format!("{TRAIN} --more-layers {more}")).refused(words);
    };
    refused("--recipe sgd", &["lbfgs"]);
    refused("--orientations 8", &["orientations"]);
}
