//! Training and measuring models on the command line, and models that are refused.
//!
//! That a group has one side for ever is tested where it is decided, in `learning::split`; here it
//! is that the program goes by the manifest's groups.

use std::collections::BTreeSet;
use std::fs;

use semblance::catalog::Side;
use semblance::learning::side_of;
use serde_json::{Value, json};

use crate::program::{Program, SAMPLE_PER_CATEGORY, keys};

const CATEGORIES: [&str; 3] = ["Fibres", "Powder", "Tips"];

/// A program that stands beside a folder `images` of three categories.
fn with_images() -> Program {
    let program = Program::new();
    program.copy_categories(&CATEGORIES, "images");
    program
}

/// The name of a group on this side.
fn group_on(side: Side, number: usize) -> String {
    let mut names = (0..).map(|i| format!("group {i}")).filter(|name| side_of(name) == side);
    names.nth(number).unwrap()
}

fn share(value: &Value) -> bool {
    value.as_f64().is_some_and(|share| (0.0..=1.0).contains(&share))
}

#[test]
fn train_reports_what_it_did_and_its_model_classifies() {
    let program = with_images();
    let report = program.line("train --json --images images --out m --min-images 1").fine().row();
    assert_eq!(
        keys(&report),
        BTreeSet::from([
            "images",
            "categories",
            "split",
            "accuracy",
            "cross_entropy",
            "l2",
            "temperature",
            "history",
            "plain_split",
            "left_out_images",
            "notes",
            "left_out_categories",
            "failed",
            "seconds",
            "model"
        ])
    );
    let images = CATEGORIES.len() * SAMPLE_PER_CATEGORY;
    assert_eq!(report["images"], images);
    assert_eq!(report["categories"], json!(CATEGORIES));
    let sides = BTreeSet::from(["train", "validation", "test"]);
    assert_eq!((keys(&report["split"]), keys(&report["accuracy"])), (sides.clone(), sides.clone()));
    let counts: Vec<u64> = sides.iter().map(|s| report["split"][s].as_u64().unwrap()).collect();
    assert_eq!(counts.iter().sum::<u64>(), images as u64);
    for side in sides {
        let has_images = report["split"][side] != 0;
        let accuracy = &report["accuracy"][side];
        assert!(
            if has_images { share(accuracy) } else { accuracy.is_null() },
            "{side}: {accuracy}"
        );
    }
    assert_eq!(keys(&report["cross_entropy"]), BTreeSet::from(["train", "validation"]));
    assert!(report["cross_entropy"]["train"].as_f64().unwrap() >= 0.0);
    assert_eq!((&report["failed"], &report["left_out_categories"]), (&json!([]), &json!({})));
    assert!(report["seconds"].as_f64().unwrap() > 0.0);
    assert_eq!(report["model"], "m");

    let written = ["MODEL.md", "head.safetensors", "images.csv", "model.json"];
    assert!(written.iter().all(|name| program.folder().join("m").join(name).is_file()));
    let row = program.line("classify --json --model m images/Tips/Tips_0000.tif").fine().row();
    assert_eq!((&row["model"], row["top"].as_array().unwrap().len()), (&json!("m"), 3));
}

#[test]
fn training_again_gives_the_same_head_with_and_without_cached_features() {
    let program = with_images();
    let train = |options: &str| {
        program.line(&format!("train --images images --out m --min-images 1 {options}")).fine();
        fs::read(program.folder().join("m/head.safetensors")).unwrap()
    };
    let first = train("--workers 1");
    assert!(train("--workers 2") == first, "with cached features");
    fs::remove_dir_all(program.folder().join(".cache")).unwrap();
    assert!(train("--workers 2") == first, "without");
}

#[test]
fn groups_of_the_manifest_stay_on_one_side_and_new_images_move_no_others() {
    let program = with_images();
    let split = |rows: &[(&str, String)]| {
        let rows = rows.iter().map(|(file, group)| format!("{file},{group}\n"));
        program.write("manifest.csv", format!("file,group\n{}", rows.collect::<String>()));
        let command = "train --json --images images --manifest manifest.csv --out m --min-images 1";
        let report = program.line(command).fine().row();
        ["train", "validation", "test"].map(|side| report["split"][side].as_u64().unwrap())
    };
    // Each group holds images of several categories: only its name can keep it together.
    let mut rows = vec![
        ("Fibres/Fibres_0000.tif", group_on(Side::Training, 0)),
        ("Powder/Powder_0000.tif", group_on(Side::Training, 0)),
        ("Tips/Tips_0000.tif", group_on(Side::Training, 1)),
        ("Fibres/Fibres_0001.tif", group_on(Side::Validation, 0)),
        ("Powder/Powder_0001.tif", group_on(Side::Validation, 0)),
        ("Tips/Tips_0001.tif", group_on(Side::Test, 0)),
    ];
    assert_eq!(split(&rows), [3, 2, 1]);
    program.copy_sample("Tips/Tips_0001.tif", "images/Powder/new.tif");
    rows.push(("Powder/new.tif", group_on(Side::Test, 0)));
    assert_eq!(split(&rows), [3, 2, 2]);
}

#[test]
fn training_on_too_little_says_what_is_missing() {
    let program = Program::new();
    let train = |options: &str| program.line(&format!("train --images images {options} --out m"));
    train("").refused(&["Cannot read the folder", "images"]);
    fs::create_dir(program.folder().join("images")).unwrap();
    train("").refused(&["no labelled image", "sub-folder"]);
    program.copy_categories(&["Tips"], "images");
    train("").refused(&["at least two categories", "1"]);
    program.copy_sample("Fibres/Fibres_0000.tif", "images/Fibres/only.tif");
    train("").refused(&["Left out Fibres: 1 image,", "--min-images 2", "at least two categories"]);
    train("--manifest none.csv").refused(&["manifest", "none.csv"]);
    program.line("train --out m").refused(&["--images", "--library"]);
    assert_eq!(program.names(), ["images"]);
}

#[test]
fn training_on_unreadable_images_names_one() {
    let program = Program::new();
    for file in ["images/A/1.tif", "images/A/2.tif", "images/B/3.tif", "images/B/4.tif"] {
        program.write(file, "words");
    }
    program.line("train --images images --out m").refused(&["4", "1.tif", "text file"]);
}

#[test]
fn an_unreadable_image_among_others_is_named_and_left_out() {
    let program = with_images();
    program.write("images/Tips/bad.tif", "words");
    let ran = program.line("train --json --images images --out m --min-images 1");
    assert_eq!(ran.code, Some(2), "{}", ran.stderr);
    assert!(ran.stderr.contains("bad.tif"), "{}", ran.stderr);
    let report = ran.row();
    assert_eq!(report["images"], CATEGORIES.len() * SAMPLE_PER_CATEGORY);
    assert_eq!(keys(&report["failed"][0]), BTreeSet::from(["path", "error"]));
}

#[test]
fn that_a_model_cannot_be_written_is_said_before_images_are_read() {
    let program = Program::new();
    for file in ["images/A/1.tif", "images/A/2.tif", "images/B/3.tif", "images/B/4.tif"] {
        program.write(file, "reading this would be told");
    }
    program.write("m", "in the way");
    program.line("train --images images --out m").refused(&["Cannot write the model", "m"]);
    assert_eq!(fs::read(program.folder().join("m")).unwrap(), b"in the way");
}

#[test]
fn evaluate_reports_what_it_measured() {
    let program = with_images();
    program.copy_sample("Tips/Tips_0000.tif", "images/Unheard of/1.tif");
    let report = program.line("evaluate --json --model sample --images images").fine().row();
    let promised = [
        "images",
        "categories",
        "accuracy",
        "top2_accuracy",
        "macro_f1",
        "ece",
        "confusion",
        "per_category",
        "thresholds",
        "model",
        "trained_on_images",
        "unknown_category_images",
        "failed",
        "warnings",
    ];
    assert!(keys(&report).is_superset(&BTreeSet::from(promised)), "{:?}", keys(&report));
    let images = (CATEGORIES.len() * SAMPLE_PER_CATEGORY) as u64;
    assert_eq!(
        (&report["images"], &report["unknown_category_images"]),
        (&json!(images), &json!(1))
    );
    for key in ["accuracy", "top2_accuracy", "macro_f1", "ece"] {
        assert!(share(&report[key]), "{key}: {}", report[key]);
    }
    assert!(report["accuracy"].as_f64() <= report["top2_accuracy"].as_f64());
    // Made by the generator that the model was trained on: chance would be a tenth.
    assert!(report["accuracy"].as_f64().unwrap() > 0.5, "{}", report["accuracy"]);

    let categories = report["categories"].as_array().unwrap();
    let confusion: Vec<Vec<u64>> = serde_json::from_value(report["confusion"].clone()).unwrap();
    assert_eq!(confusion.len(), categories.len());
    assert!(confusion.iter().all(|row| row.len() == categories.len()));
    assert_eq!(confusion.iter().flatten().sum::<u64>(), images);
    let right: u64 = (0..confusion.len()).map(|i| confusion[i][i]).sum();
    let accuracy = report["accuracy"].as_f64().unwrap();
    assert!((accuracy - right as f64 / images as f64).abs() < 1e-9, "{accuracy}");
    let per_category = report["per_category"].as_array().unwrap();
    for (result, row) in per_category.iter().zip(&confusion) {
        assert_eq!(result["images"], row.iter().sum::<u64>(), "{result}");
    }
    for threshold in report["thresholds"].as_array().unwrap() {
        assert!(share(&threshold["coverage"]), "{threshold}");
        let kept = threshold["accuracy"].as_f64();
        assert!(kept.is_none_or(|kept| kept >= threshold["promised_accuracy"].as_f64().unwrap()));
    }
}

#[test]
fn a_model_that_knows_none_of_the_categories_is_not_measured() {
    let program = Program::new();
    program.copy_sample("Tips/Tips_0000.tif", "images/Snowflakes/1.tif");
    let ran = program.line("evaluate --model sample --images images");
    ran.refused(&["sample", "Snowflakes"]);
}

#[test]
fn a_model_that_is_not_whole_or_not_the_one_described_is_refused_by_name() {
    let program = with_images();
    program.line("train --images images --out whole --min-images 1").fine();
    let whole = |file: &str| fs::read(program.folder().join("whole").join(file)).unwrap();
    let (manifest, head) = (whole("model.json"), whole("head.safetensors"));
    let refused = |model: &str, words: &[&str]| {
        let words: Vec<&str> = words.iter().copied().chain([model]).collect();
        let image = "images/Tips/Tips_0000.tif";
        for command in ["classify --json", "export hdf5 --json --out h"] {
            program.line(&format!("{command} --model {model} {image}")).refused(&words);
        }
        program.line(&format!("evaluate --json --model {model} --images images")).refused(&words);
    };

    program.write("headless/model.json", &manifest);
    refused("headless", &["head.safetensors"]);

    let mut changed = head.clone();
    *changed.last_mut().unwrap() ^= 1;
    program.write("changed/model.json", &manifest);
    program.write("changed/head.safetensors", changed);
    refused("changed", &["sha256", "head.safetensors"]);

    program.write("garbled/model.json", "{");
    program.write("garbled/head.safetensors", &head);
    refused("garbled", &["model.json"]);

    let mut other: Value = serde_json::from_slice(&manifest).unwrap();
    other["feature_key"] = "another network's".into();
    other["name"] = "stranger".into();
    program.write("stranger/model.json", other.to_string());
    program.write("stranger/head.safetensors", &head);
    refused("stranger", &["another backbone"]);

    refused("images", &["model.json"]);
    refused("unheard-of", &["starter", "sample"]);
    assert!(!program.folder().join("h").exists());
}

#[test]
fn a_folder_that_is_called_like_a_built_in_model_does_not_hide_it() {
    let program = Program::new();
    program.copy_categories(&["Tips"], "sample");
    program.line("classify --model sample --library sample").fine();
    program.line("classify --model ./sample --library sample").refused(&["not complete"]);
}
