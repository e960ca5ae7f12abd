//! Saved filters, orders, and who decides, on the command line.

use serde_json::{Value, json};

use crate::program::Program;

/// A library of four classified images of two categories.
fn with_library() -> Program {
    let program = Program::new();
    program.copy_categories(&["Tips", "Fibres"], "images");
    program.line("classify --model sample --library images --json").fine();
    program
}

fn found(program: &Program, arguments: &[&str]) -> Vec<String> {
    let always = ["search", "--library", "images", "--json"];
    let rows = program.run(always.iter().chain(arguments)).fine().rows();
    rows.iter().map(|row| row["path"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn filters_are_saved_used_with_further_words_replaced_and_removed() {
    let program = with_library();
    let none = program.line("searches list --library images");
    assert_eq!((none.code, none.stdout.as_str()), (Some(1), ""));
    program.run(["searches", "save", "--library", "images", "Fibres only", "folder:Fibres"]).fine();
    program.line("searches save --library images Zero folder:Tips -name:*1.tif").fine();
    let listed = program.line("searches list --json --library images").fine().rows();
    assert_eq!(
        listed,
        [
            json!({ "name": "Fibres only", "query": "folder:Fibres", "problem": null }),
            json!({ "name": "Zero", "query": "folder:Tips -name:*1.tif", "problem": null }),
        ]
    );
    assert_eq!(found(&program, &["--saved", "zero"]), ["Tips/Tips_0000.tif"]);
    assert_eq!(
        found(&program, &["--saved", "fibres only", "name:*1.tif"]),
        ["Fibres/Fibres_0001.tif"]
    );
    let replaced = program.line("searches save --library images zero folder:Fibres").fine();
    assert!(replaced.stderr.contains("in place of: folder:Tips"), "{}", replaced.stderr);
    assert_eq!(found(&program, &["--saved", "Zero"]).len(), 2);
    let removed = program.line("searches remove --library images ZERO").fine();
    assert!(removed.stderr.contains("folder:Fibres"), "what it was: {}", removed.stderr);
    for command in ["search --saved Zero", "searches remove Zero"] {
        let refused = program.line(&format!("{command} --library images"));
        refused.refused(&["no saved filter \"Zero\"", "there are Fibres only"]);
    }
}

#[test]
fn what_is_no_query_is_not_saved_and_what_is_none_any_more_is_pointed_at() {
    let program = with_library();
    let refused = program.line("searches save --library images Red kv:5 colour:red");
    refused.refused(&["colour", "\nkv:5 colour:red\n     ^^^^^^"]);
    program.run(["searches", "save", "--library", "images", "All", " "]).refused(&["to find"]);
    // As a program that understands more may have left it.
    let library = semblance::catalog::LibraryPlace::for_folder(&program.folder().join("images"));
    let library = semblance::catalog::Library::open(&library.unwrap()).unwrap();
    let (name, text) = ("Red".to_owned(), "colour:red".to_owned());
    library.save_search(&semblance::catalog::SavedSearch { name, text }).unwrap();
    drop(library);
    let used = program.line("search --library images --saved red");
    used.refused(&["\"Red\"", "colour:red\n^^^^^^"]);
    let listed = program.line("searches list --json --library images");
    assert_eq!(listed.code, Some(2), "{}", listed.stderr);
    assert!(listed.row()["problem"].as_str().unwrap().contains("no field colour"));
}

#[test]
fn images_are_listed_in_the_order_they_were_taken() {
    let program = with_library();
    let mut taken: Vec<(String, String)> = program
        .line("inspect --json images")
        .fine()
        .rows()
        .iter()
        .map(|row| {
            let path = row["path"].as_str().unwrap().replace('\\', "/");
            let below = path.rsplit_once("images/").unwrap().1.to_owned();
            (row["instrument"]["acquired_at"].as_str().unwrap().to_owned(), below)
        })
        .collect();
    taken.sort();
    let mut expected: Vec<String> = taken.into_iter().map(|(_, path)| path).collect();
    assert_eq!(found(&program, &["--sort", "taken"]), expected);
    expected.reverse();
    assert_eq!(found(&program, &["--sort", "taken-last"]), expected);
    let scores = |sort: &str| -> Vec<f64> {
        let line = format!("search --library images --json --sort {sort}");
        let rows = program.line(&line).fine().rows();
        rows.iter().map(|row| row["score"].as_f64().unwrap()).collect()
    };
    assert!(scores("highest-score").is_sorted_by(|a, b| a >= b));
    assert!(scores("lowest-score").is_sorted());
    assert_eq!(scores("uncertain").len(), 4);
}

#[test]
fn on_a_shared_log_in_a_decision_needs_a_name() {
    let program = with_library();
    let set = |more: &[&str]| {
        let image = "images/Tips/Tips_0000.tif";
        let always = ["labels", "set", "--library", "images", "--category", "Tips", image];
        let mut command = program.command();
        command.env("SEMBLANCE_ASK_USER", "1").args(always).args(more).output().unwrap()
    };
    let refused = set(&[]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("--by NAME"));
    assert!(set(&["--by", "Ada"]).status.success());
    // The same once it was chosen in the window.
    program.write(".data/log-in.json", r#"{"is_shared":true,"people":[]}"#);
    program.line("labels undo --library images").refused(&["--by NAME"]);
    let labels = program.line("labels export --json --library images").fine().rows();
    let by: Vec<&Value> = labels.iter().map(|row| &row["by"]).collect();
    assert_eq!(by, ["Ada"]);
}
