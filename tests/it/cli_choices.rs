//! Page and data bar as people choose them on the command line.

use serde_json::{Value, json};

use crate::program::Program;

/// A program that stands in a folder with `images/a.tif` and `images/b.tif`, classified.
fn with_library() -> Program {
    let program = Program::new();
    std::fs::create_dir(program.folder().join("images")).unwrap();
    program.copy_sample("Tips/Tips_0000.tif", "images/a.tif");
    program.copy_sample("Tips/Tips_0001.tif", "images/b.tif");
    program.line("classify --model sample --library images --json").fine();
    program
}

/// The images that a further run has to classify.
fn left_to_classify(program: &Program) -> Vec<String> {
    let ran = program.line("classify --model sample --library images --json");
    let path = |row: &Value| row["path"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
    ran.rows().iter().map(path).collect()
}

#[test]
fn a_bar_for_one_run_is_what_inspect_tells() {
    let program = Program::new();
    program.copy_sample("Tips/Tips_0000.tif", "a.tif");
    let row = program.line("inspect --json --data-bar 3,40 a.tif").fine().row();
    assert_eq!(row["data_bar_px"], json!({"top": 3, "bottom": 40}));
    assert_eq!(row["data_bar_source"], "person");
    let refused = program.line("inspect --json --page 2 a.tif");
    assert_eq!(refused.code, Some(1));
    let error = refused.rows()[0]["error"].as_str().unwrap().to_owned();
    assert_eq!(error, "There is no page 2 in this file: it has one page; choose another, or auto");
}

#[test]
fn the_data_bar_changes_what_the_network_sees() {
    let program = Program::new();
    program.copy_sample("Tips/Tips_0000.tif", "a.tif");
    let top = |line: &str| program.line(line).fine().row()["top"].clone();
    let whole = top("classify --json --data-bar 0 a.tif");
    assert_ne!(whole, top("classify --json --data-bar 300 a.tif"));
    assert_eq!(whole, top("classify --json --data-bar 0,0 a.tif"));
}

#[test]
fn a_choice_for_an_image_is_kept_and_the_image_is_classified_again() {
    let program = with_library();
    assert_eq!(left_to_classify(&program), [""; 0]);
    let row = program.line("choose --json --data-bar 0,99 images/a.tif").fine().row();
    assert_eq!(row["data_bar_px"], json!({"top": 0, "bottom": 99}));
    assert_eq!(row["images_to_classify_again"], 1);
    assert_eq!(left_to_classify(&program), ["a.tif"]);
    let told = program.line("choose --json images/a.tif").fine().row();
    assert_eq!(told["data_bar_px"], json!({"top": 0, "bottom": 99}));
    let back = program.line("choose --json --data-bar auto images/a.tif").fine().row();
    assert_eq!(back["data_bar_px"], Value::Null);
}

#[test]
fn a_folders_choice_is_for_images_of_one_size() {
    let program = with_library();
    let size = program.line("inspect --json images/a.tif").fine().row();
    let size = format!("{}x{}", size["width_px"], size["height_px"]);
    let row =
        program.line(&format!("choose --json --data-bar 77 --size {size} images")).fine().row();
    let count = row["images_to_classify_again"].as_u64().unwrap();
    assert!((1..=2).contains(&count), "{row}");
    assert_eq!(left_to_classify(&program).len() as u64, count);
    let told = program.line("choose --json images").fine().row();
    assert_eq!(told["folder_data_bars"][0]["data_bar"], json!({"top": 0, "bottom": 77}));
    let none = program.line("choose --json --data-bar 77 --size 555x555 images").fine().row();
    assert_eq!(none["images_to_classify_again"], 0);
    let refused = program.line("choose --data-bar 77 images");
    assert_eq!(refused.code, Some(1));
    assert!(refused.stdout.contains("--size"), "{}", refused.stdout);
}

#[test]
fn choices_that_cannot_be_are_refused_and_change_nothing() {
    let program = with_library();
    for (choice, word) in [("--data-bar 5000", "leaves nothing"), ("--page 2", "no page 2")] {
        let refused = program.line(&format!("choose {choice} images/a.tif"));
        assert_eq!(refused.code, Some(1));
        assert!(refused.stdout.contains(word), "{}", refused.stdout);
        let refused = program.line(&format!("inspect {choice} images/a.tif"));
        assert!(refused.stdout.contains("or auto"), "{}", refused.stdout);
    }
    let refused = program.line("choose --data-bar 9 --size 10x9 images");
    assert!(refused.stdout.contains("leaves nothing"), "{}", refused.stdout);
    let refused = program.line("choose --data-bar -5 images/a.tif");
    assert!(refused.stderr.contains("such as 0,59"), "{}", refused.stderr);
    program.line("choose missing.tif").refused(&["no such file", "missing.tif"]);
    assert_eq!(left_to_classify(&program), [""; 0]);
}

#[test]
fn a_librarys_images_are_not_read_otherwise_for_one_run() {
    let program = with_library();
    let ran = program.line("classify --library images --data-bar 9 images/a.tif");
    ran.refused(&["semblance choose"]);
}
