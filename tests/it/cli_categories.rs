//! Categories by the names that they have, had or nearly have, and the journal, on the command line.

use std::process::Stdio;

use serde_json::{Value, json};

use crate::program::Program;

/// A library of six images of three categories, the Tips labelled so.
fn with_library() -> Program {
    let program = Program::new();
    program.copy_categories(&["Tips", "Fibres", "Powder"], "images");
    program.line("classify --model sample --library images --json").fine();
    for image in ["Tips/Tips_0000", "Tips/Tips_0001"] {
        let line =
            format!("labels set --by Ada --library images --category Tips images/{image}.tif");
        program.line(&line).fine();
    }
    program
}

/// What a change to the categories says.
fn change(program: &Program, line: &str) -> String {
    program.line(&format!("categories {line} --library images")).fine().stderr
}

fn count(program: &Program, query: &str) -> String {
    let ran = program.run(["search", "--count", "--library", "images", query]);
    ran.fine().stdout.trim().to_owned()
}

#[test]
fn a_former_name_has_to_be_confirmed_where_something_is_changed() {
    let program = with_library();
    let merged = change(&program, "merge Tips --into Powder");
    assert!(merged.contains("Merged: 2 labels now count as Powder"), "{merged}");
    for line in [
        "retire Tips",
        "rename Tips Needles",
        "merge Tips --into Fibres",
        "merge Fibres --into Tips",
        "describe Tips --text x",
        "move Tips --into Fibres",
        "add Tips/bent",
        "split Tips --to Bent --images folder:Tips",
    ] {
        let refused = program.line(&format!("categories {line} --library images"));
        refused.refused(&["Tips means Powder by now", "--yes"]);
    }
    let set = "labels set --library images --category Tips images/Fibres/Fibres_0000.tif";
    program.line(set).refused(&["Tips means Powder by now", "--yes"]);
    let labelled = program.line(&format!("{set} --yes")).fine().stderr;
    assert!(labelled.contains("1 image labelled Powder"), "{labelled}");
    assert_eq!(count(&program, "category:tips"), "3");
    let again = program.line("categories merge Tips --into Powder --library images");
    again.refused(&["Tips is already merged into Powder"]);
    let retired = change(&program, "retire Tips --yes");
    assert!(retired.contains("Retired: Powder is no longer offered; 3 labels kept"), "{retired}");
    assert!(change(&program, "restore Powder").contains("Restored: Powder is offered again, key"));
    let keys = || program.line("categories list --json --library images").fine().stdout;
    let before = keys();
    let refused = program.line("categories restore Powder --library images");
    refused.refused(&["Powder is not retired: nothing was changed"]);
    assert_eq!(keys(), before);
}

#[test]
fn changes_say_what_they_did() {
    let program = with_library();
    let said = |line: &str, words: &[&str]| {
        let told = change(&program, line);
        words.iter().for_each(|word| assert!(told.contains(word), "no {word:?} in {told}"));
    };
    said("add Dust", &["Added Dust, key "]);
    said("rename Tips Needles", &["Renamed: Tips is now Needles (2 labels)"]);
    said(
        "split Needles --to Needles/bent --images name:*_0001.tif",
        &["Split: 1 label of Needles now Needles/bent", "2 images of the query left as they are"],
    );
    said("move Needles/bent --into Fibres", &["Moved: Needles/bent is now Fibres/bent (1 label)"]);
    assert_eq!(count(&program, "category:Needles/bent"), "1", "the old name finds it");
    let refused = program.line("categories retire Needles/bent --library images");
    refused.refused(&["Needles/bent means Fibres/bent by now"]);
    let rows = program.line("categories list --json --library images").fine().rows();
    let key = rows.iter().find(|row| row["category"] == "Powder").unwrap()["key"].clone();
    let line = format!("describe Needles --key {}", key.as_str().unwrap());
    said(&line, &["Changed: Needles", "Powder had this key, and has none now"]);
    let refused =
        program.line("categories split Needles --to X --images folder:Powder --library images");
    refused.refused(&["None of these 2 images has the label Needles"]);
}

#[test]
fn a_misspelt_category_is_named_with_the_nearest_and_not_nothing_without_a_word() {
    let program = with_library();
    for query in ["category:Pwoder", "-prediction:Pwoder"] {
        program
            .run(["search", "--count", "--library", "images", query])
            .refused(&["No category is called Pwoder", "Did you mean Powder?"]);
    }
    let misspelt = program.line("categories retire Tps --library images");
    misspelt.refused(&["no category \"Tps\"", "Did you mean Tips?"]);
    let line = "categories split Tips --to X --images category:Tps --library images";
    program.line(line).refused(&["Did you mean Tips?"]);
    let saved = program.line("searches save --library images Mine category:Tps").fine();
    assert!(saved.stderr.contains("Note: No category is called Tps"), "{}", saved.stderr);
    let listed = program.line("searches list --json --library images");
    assert_eq!(listed.code, Some(2));
    assert_eq!(listed.row()["problem"], "No category is called Tps. Did you mean Tips?");
    program.line("search --library images --saved Mine").refused(&["Did you mean Tips?"]);
}

#[test]
fn predictions_stay_with_their_category_when_another_takes_over_its_name() {
    let program = with_library();
    let predicted = count(&program, "prediction:Tips");
    assert_ne!(predicted, "0");
    change(&program, "rename Tips Needles");
    change(&program, "rename Fibres Tips");
    assert_eq!(count(&program, "prediction:Needles"), predicted);
    program.copy_sample("Tips/Tips_0001.tif", "images/new/other.tif");
    change(&program, "add Fibres");
    program.line("classify --model sample --library images --json").fine();
    assert_eq!(count(&program, "prediction:Needles"), predicted);
    assert_eq!(count(&program, "prediction:Fibres"), "0");
    let listed = program.line("categories list --json --library images").fine().rows();
    let names: Vec<&Value> = listed.iter().map(|row| &row["category"]).collect();
    assert!(names.contains(&&json!("Needles")) && names.contains(&&json!("Tips")), "{names:?}");
}

#[test]
fn the_journal_is_listed_by_person_date_and_kind() {
    let program = with_library();
    change(&program, "merge Tips --into Powder --by Cid");
    program.line("labels undo --library images --by Bob").fine();
    let rows = |more: &str| {
        program.line(&format!("library log --library images --json {more}")).fine().rows()
    };
    let kinds = |more: &str| -> Vec<String> {
        rows(more).iter().map(|row| row["kind"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(kinds(""), ["undo", "category", "label", "label"]);
    assert_eq!(kinds("--by ada"), ["label", "label"]);
    assert_eq!(kinds("--kind undo --kind category"), ["undo", "category"]);
    assert_eq!(kinds("--since 2020-01-01 --limit 2"), ["undo", "category"]);
    let second = rows("--limit 2")[1]["entry"].as_str().unwrap().to_owned();
    assert_eq!(kinds(&format!("--before {second}")), ["label", "label"]);
    let none = program.line("library log --library images --until 2020-01-01");
    assert_eq!((none.code, none.stdout.as_str()), (Some(1), ""));
    let text = program.line("library log --library images").fine().stdout;
    assert!(text.contains("Tips merged into Powder"), "{text}");
    assert!(text.contains("Tips/Tips_0000.tif: Tips"), "{text}");
    program.line("library verify --library images").fine();
    let history = "labels history --library images images/Tips/Tips_0000.tif";
    let history = program.line(history).fine().stdout;
    let lines: Vec<&str> = history.lines().collect();
    assert!(lines[0].contains("Ada") && lines[0].ends_with("Tips (person)"), "{history}");
    assert!(lines[1].ends_with("Powder (Tips merged into Powder)"), "{history}");
    assert!(lines[2].ends_with("Tips (undo: Tips merged into Powder)"), "{history}");
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let program = with_library();
    program.line("searches save --library images All kv:>0").fine();
    for line in [
        "labels export --library images",
        "labels export --json --library images",
        "labels history --json --library images images/Tips/Tips_0000.tif",
        "library log --json --library images",
        "library info images",
        "library verify images",
        "search --json --library images",
        "searches list --library images",
        "categories list --library images",
        "inspect images/Tips/Tips_0000.tif",
        "inspect --json images",
        "review queues --library images",
        "models list",
        "classify --json --model sample images/Tips/Tips_0000.tif",
        "labels --help",
    ] {
        let mut command = program.command();
        command.args(line.split_whitespace()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{line}: {:?} {said}", output.status);
        assert!(!said.to_lowercase().contains("pipe"), "{line}: {said}");
    }
}
