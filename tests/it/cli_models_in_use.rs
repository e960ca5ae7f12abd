//! A library's own models: trained, compared with the one in use, taken into use or not.

use std::fs;

use semblance::catalog::Side;
use semblance::learning::side_of;
use serde_json::{Value, json};

use crate::program::Program;

const TRAIN: &str = "train --json --library images --min-images 1";

/// A library of six images of three categories, classified by the model `sample`, which is in use.
/// Two are labelled as what they are not, so that a model trained on the labels sees them
/// differently; one of these measures.
fn with_labels() -> Program {
    let program = Program::new();
    program.copy_categories(&["Fibres", "Powder", "Tips"], "images");
    let tested = (0..).map(|number| format!("{number}.tif"));
    let tested = tested.into_iter().find(|name| side_of(name) == Side::Test).unwrap();
    let folder = program.folder().join("images/Tips");
    fs::rename(folder.join("Tips_0000.tif"), folder.join(tested)).unwrap();
    program.line("classify --library images --model sample").fine();
    program.line("models use --library images sample").fine();
    for (category, folder) in [("Fibres", "Fibres"), ("Tips", "Powder"), ("Powder", "Tips")] {
        let images = program.folder().join("images").join(folder);
        for image in fs::read_dir(images).unwrap() {
            let name = image.unwrap().file_name().into_string().unwrap();
            let set = format!("labels set --library images --by Ada --category {category}");
            program.line(&format!("{set} images/{folder}/{name}")).fine();
        }
    }
    program
}

fn in_use(program: &Program) -> Vec<Value> {
    let rows = program.line("models list --json --library images").fine().rows();
    rows.into_iter().filter(|row| row["is_in_use"] == json!(true)).collect()
}

#[test]
fn a_retrained_model_is_compared_image_by_image_and_used_when_somebody_says_so() {
    let program = with_labels();
    let trained = program.line(&format!("{TRAIN} --name swapped")).fine();
    assert!(trained.stderr.contains("models compare"), "{}", trained.stderr);
    assert_eq!(in_use(&program)[0]["name"], "sample", "training alone changes nothing");

    let ran = program.line("models compare --json --library images swapped").fine();
    let compared = ran.row();
    assert_eq!((&compared["images"], &compared["not_compared"]), (&json!(6), &json!(0)));
    let flips = compared["flips"].as_array().unwrap();
    let tips: Vec<&Value> =
        flips.iter().filter(|flip| flip["path"].as_str().unwrap().starts_with("Tips")).collect();
    assert!(!tips.is_empty(), "{compared}");
    for flip in tips {
        assert_eq!(
            (&flip["before"]["category"], &flip["label"]),
            (&json!("Tips"), &json!("Powder"))
        );
    }
    let measured = &compared["measured"];
    assert!(measured["images"].as_u64().unwrap() >= 1, "{compared}");
    let count = |key: &str| measured[key].as_i64().unwrap();
    assert_eq!(count("right_after") - count("right_before"), count("won") - count("lost"));
    assert!(ran.stderr.contains("trained neither"), "{}", ran.stderr);
    assert!(ran.stderr.contains("\"sample\" does not tell"), "{}", ran.stderr);
    let lines = program.line("models compare --library images swapped").fine();
    assert_eq!(lines.stdout.lines().count(), flips.len());

    let used = program.line("models use --library images swapped").fine();
    assert!(used.stderr.contains("6 images scored anew"), "{}", used.stderr);
    assert!(used.stderr.contains("models use \"sample\""), "{}", used.stderr);
    assert_eq!(in_use(&program)[0]["name"], "swapped");
    for flip in flips {
        let path = format!("images/{}", flip["path"].as_str().unwrap());
        let row = program.line(&format!("classify --json --library images {path}")).fine().row();
        assert_eq!(row["top"][0]["category"], flip["after"]["category"]);
    }
    program.line("models use --library images sample").fine();
    assert_eq!(in_use(&program)[0]["name"], "sample", "the earlier one is still there");
}

#[test]
fn a_librarys_models_are_never_replaced_and_only_those_out_of_use_removed() {
    let program = with_labels();
    let first = program.line(TRAIN).fine().row()["model"].clone();
    let second = program.line(TRAIN).fine().row()["model"].clone();
    assert_ne!(first, second);
    program.line(&format!("{TRAIN} --name mine")).fine();
    program.line(&format!("{TRAIN} --name mine")).refused(&["\"mine\" already", "another name"]);
    program.line(&format!("{TRAIN} --name ../mine")).refused(&["\"../mine\" cannot"]);
    program.line("models use --library images mine").fine();
    program.line("models remove --library images mine").refused(&["in use"]);
    program.line("models use --library images sample").fine();
    program.line("models remove --library images mine").fine();
    program.line("models use --library images mine").refused(&["no model \"mine\""]);
    program
        .line("models remove --library images sample")
        .refused(&["no model \"sample\" of its own"]);
    program.line("models compare --library images sample").refused(&["are the same"]);
}

#[test]
fn a_models_folder_is_used_from_wherever_one_stands_and_goes_with_the_library() {
    let program = with_labels();
    program.line("train --library images --min-images 1 --out elsewhere").fine();
    program.line("models use --library images elsewhere").fine();
    let absolute = fs::canonicalize(program.folder().join("elsewhere")).unwrap();
    assert_eq!(in_use(&program).len(), 0, "it is no model of the library's own");
    let told = program.line("models use --library images sample").fine().stderr;
    assert!(told.contains(absolute.to_str().unwrap()), "{told}");

    program.line(&format!("{TRAIN} --name mine")).fine();
    program.line("models use --library images images/.semblance/models/mine").fine();
    fs::rename(program.folder().join("images"), program.folder().join("moved")).unwrap();
    let row = program.line("classify --json --library moved moved/Fibres").fine().rows().remove(0);
    assert_eq!(row["model"], "mine");
}
