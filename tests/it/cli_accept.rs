//! Predictions that become labels by themselves, and what merged categories do to predictions, on the
//! command line.

use std::collections::BTreeMap;
use std::fs;

use serde_json::{Value, json};

use crate::program::Program;

/// A library of six classified images of three categories.
fn with_library() -> Program {
    let program = Program::new();
    program.copy_categories(&["Tips", "Fibres", "Powder"], "images");
    program.line("classify --model sample --library images --json").fine();
    program
}

/// The best category of each image and its score, by path.
fn tops(program: &Program) -> BTreeMap<String, (String, f64)> {
    let rows = program.line("search --library images --json").fine().rows();
    let top = |row: &Value| {
        let score = row["score"].as_f64().unwrap();
        let category = row["prediction"].as_str().unwrap().to_owned();
        (row["path"].as_str().unwrap().to_owned(), (category, score))
    };
    rows.iter().map(top).collect()
}

fn exported(program: &Program) -> Vec<Value> {
    program.line("labels export --json --library images").fine().rows()
}

fn accept(program: &Program, more: &str) -> Value {
    let line = format!("labels accept --library images --model sample --json --by Ada {more}");
    program.line(&line).fine().row()
}

#[test]
fn predictions_from_a_score_up_become_labels_and_can_be_taken_back() {
    let program = with_library();
    program
        .line("labels set --library images --by Bob --none-of-these images/Tips/Tips_0000.tif")
        .fine();
    let mut scores: Vec<f64> = tops(&program)
        .into_iter()
        .filter(|(path, _)| path != "Tips/Tips_0000.tif")
        .map(|(_, top)| top.1)
        .collect();
    scores.sort_by(f64::total_cmp);
    let from = format!("--score {}", scores[2]);
    let planned = accept(&program, &format!("{from} --dry-run"));
    assert_eq!((&planned["images"], &planned["accepted"]), (&json!(3), &json!(false)));
    assert_eq!(exported(&program).len(), 1, "a dry run labels nothing");

    let done = accept(&program, &from);
    assert_eq!((&done["images"], &done["accepted"]), (&json!(3), &json!(true)));
    let rows = exported(&program);
    let automatic: Vec<&Value> =
        rows.iter().filter(|row| row["source"] == "accepted_automatically").collect();
    assert_eq!(automatic.len(), 3);
    let tops = tops(&program);
    for row in &automatic {
        assert_eq!(row["by"], "Ada");
        assert_eq!(row["category"], tops[row["path"].as_str().unwrap()].0);
    }
    let bobs = rows.iter().find(|row| row["path"] == "Tips/Tips_0000.tif").unwrap();
    assert_eq!((&bobs["answer"], &bobs["by"]), (&json!("none_of_these"), &json!("Bob")));
    let found = program.line("search --library images --count source:accepted_automatically");
    assert_eq!(found.fine().stdout.trim(), "3");
    let image = format!("images/{}", automatic[0]["path"].as_str().unwrap());
    let history = program.line(&format!("labels history --library images {image}")).fine().stdout;
    assert!(history.contains("Ada") && history.contains("(accepted_automatically)"), "{history}");

    let told = program.line("labels accept --library images --model sample --by Ada --score 0");
    let told = told.fine();
    assert!(told.stderr.contains("`semblance labels undo` takes it back"), "{}", told.stderr);
    program.line("labels undo --library images --by Ada").fine();
    program.line("labels undo --library images --by Ada").fine();
    assert_eq!(exported(&program).len(), 1);
    assert_eq!(program.line("library verify --json images").fine().row()["problems"], json!([]));
}

#[test]
fn what_a_person_took_away_or_excluded_and_what_is_gone_is_left_alone() {
    let program = with_library();
    let image = |name: &str| format!("images/{name}.tif");
    let set = "labels set --library images --by Ada";
    program.line(&format!("{set} --category Tips {}", image("Tips/Tips_0000"))).fine();
    program.line(&format!("{set} --clear {}", image("Tips/Tips_0000"))).fine();
    program.line(&format!("{set} --excluded yes {}", image("Powder/Powder_0000"))).fine();
    fs::remove_file(program.folder().join(image("Fibres/Fibres_0000"))).unwrap();
    // Another picture, which nobody has classified.
    program.copy_sample("Powder/Powder_0001.tif", "x.tif");
    let mut other = fs::read(program.folder().join("x.tif")).unwrap();
    other.push(0);
    program.write(&image("Fibres/Fibres_0001"), &other);
    let done = accept(&program, "--score 0");
    assert_eq!((&done["taken_away"], &done["excluded"]), (&json!(1), &json!(1)), "{done}");
    let mut paths: Vec<Value> = exported(&program)
        .iter()
        .filter(|row| row["source"] == "accepted_automatically")
        .map(|row| row["path"].clone())
        .collect();
    paths.sort_by_key(Value::to_string);
    assert_eq!(paths, ["Powder/Powder_0001.tif", "Tips/Tips_0001.tif"]);
    let again = program.line("labels accept --library images --model sample --by Ada --score 0");
    again.refused_in_words(&["No image without a label", "took the label away", "excluded"]);
}

#[test]
fn a_promise_is_measured_on_what_people_labelled_or_nothing_is_done() {
    let program = with_library();
    let ask = "labels accept --library images --model sample --by Ada";
    let refused = program.line(&format!("{ask} --promise 0.99"));
    refused.refused_in_words(&["Nothing is labelled", "Label at least 299 more images"]);
    // Accepted predictions show nothing: nobody had looked without having been told.
    accept(&program, "--score 0 --category Fibres");
    let refused = program.line(&format!("{ask} --promise 0.99 --json"));
    assert!(refused.stderr.contains("2 whose label is an accepted prediction"));
    assert_eq!(refused.code, Some(1), "{}", refused.stderr);
    let promise = &refused.row()["promise"];
    assert_eq!((&promise["measured_images"], &promise["prompted_images"]), (&json!(0), &json!(2)));
    program.line("labels undo --library images --by Ada").fine();

    let tops = tops(&program);
    for (path, (category, _)) in tops.iter().filter(|(path, _)| path.contains("_0000")) {
        let line =
            format!("labels set --library images --by Bob --category {category} images/{path}");
        program.line(&line).fine();
    }
    let measured: Vec<f64> =
        tops.iter().filter(|(path, _)| path.contains("_0000")).map(|(_, top)| top.1).collect();
    let lowest = measured.iter().copied().fold(1.0, f64::min);
    // Three right ones show 60 % with 78 % confidence.
    let done = accept(&program, "--promise 0.6 --confidence 0.75");
    assert_eq!(done["promise"]["measured_images"], 3, "{done}");
    assert!((done["least_score"].as_f64().unwrap() - lowest).abs() < 1e-6, "{done}");
    let reached = tops.values().filter(|(_, score)| *score >= lowest).count() - 3;
    assert_eq!(done["images"], reached, "{done}");
}

#[test]
fn labels_that_nobody_gave_are_not_imported_as_a_persons() {
    let program = with_library();
    accept(&program, "--score 0 --category Fibres Powder");
    let set = "labels set --library images --by Bob --category Tips images/Tips/Tips_0000.tif";
    program.line(set).fine();
    let table = program.line("labels export --library images").fine().stdout;
    program.write("ours.csv", &table);
    program.copy_categories(&["Tips", "Fibres", "Powder"], "other");
    program.line("classify --model sample --library other").fine();
    let report =
        program.line("labels import ours.csv --library other --json --by Cid").fine().row();
    assert_eq!((&report["new"], &report["automatic"]), (&json!(1), &json!(4)), "{report}");
    let rows = program.line("labels export --json --library other").fine().rows();
    assert_eq!(rows.len(), 1);
    assert_eq!((&rows[0]["by"], &rows[0]["source"]), (&json!("Bob"), &json!("import")));

    // A person's label takes the place of an automatic one, and says so.
    let theirs = "path,category,by,source\nFibres/Fibres_0000.tif,Fibres,Eve,person\n\
                  Powder/Powder_0000.tif,Powder,Eve,accepted_prediction\n";
    program.write("theirs.csv", theirs);
    let told = program.line("labels import theirs.csv --library images --by Cid").fine().stdout;
    assert!(told.contains("2 images new"), "{told}");
    let sources: BTreeMap<String, String> = exported(&program)
        .iter()
        .map(|row| (row["path"].to_string(), row["source"].as_str().unwrap().to_owned()))
        .collect();
    let source = |path: &str| sources[&format!("\"{path}\"")].as_str();
    assert_eq!(source("Fibres/Fibres_0000.tif"), "import");
    assert_eq!(source("Powder/Powder_0000.tif"), "accepted_prediction");
    assert_eq!(source("Fibres/Fibres_0001.tif"), "accepted_automatically");
}

#[test]
fn scores_of_merged_categories_are_added_up_everywhere() {
    let program = with_library();
    program.line("categories merge Fibres Powder --into Tips --library images").fine();
    let tops = tops(&program);
    let line =
        "classify --model sample --library images --top 0 --json images/Fibres/Fibres_0000.tif";
    let classified = program.line(line).fine().row();
    let scores = classified["top"].as_array().unwrap();
    let names: Vec<&str> = scores.iter().map(|row| row["category"].as_str().unwrap()).collect();
    assert!(!names.contains(&"Fibres") && !names.contains(&"Powder"), "{names:?}");
    assert_eq!(names[0], "Tips");
    let (category, stored) = &tops["Fibres/Fibres_0000.tif"];
    assert_eq!(category, "Tips");
    assert!((scores[0]["score"].as_f64().unwrap() - stored).abs() < 1e-6);
    let total: f64 = scores.iter().map(|row| row["score"].as_f64().unwrap()).sum();
    assert!((total - 1.0).abs() < 1e-5, "{total}");

    assert_eq!(
        accept(&program, &format!("--score {stored} --category Tips"))["categories"][0]["category"],
        "Tips"
    );
    program.line("labels undo --library images").fine();
    program.line("labels undo --library images").fine();
    let before = program.line(line).fine().row();
    assert_eq!(before["top"][0]["category"], "Fibres");
}

#[test]
fn what_makes_no_sense_is_refused_with_a_word() {
    let program = with_library();
    let ask = "labels accept --library images --model sample";
    program.line("categories add Tips/bent --library images").fine();
    program.line(&format!("{ask} --score 0.5 --category Tips/bent")).refused(&["subcategory"]);
    program
        .line(&format!("{ask} --score 0.5 --category Nothing"))
        .refused(&["\"Nothing\"", "list"]);
    for line in ["", "--score 2", "--promise 1", "--promise 99", "--score 0.5 --promise 0.9"] {
        assert_eq!(program.line(&format!("{ask} {line}")).code, Some(1), "{line}");
    }
    let other = "labels accept --library images --model starter --score 0";
    program.line(other).refused_in_words(&["starter: 6 images", "semblance classify"]);
}
