//! Labels, categories and searching on the command line.

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

fn labels(program: &Program) -> Vec<Value> {
    let mut rows = program.line("labels export --json --library images").fine().rows();
    rows.sort_by_key(|row| row["path"].to_string());
    rows
}

fn said(program: &Program) -> Vec<String> {
    let said = |row: &Value| {
        let text = |key: &str| row[key].as_str().unwrap_or_default().to_owned();
        let second = row["second"].as_str().map_or_else(String::new, |name| format!(" + {name}"));
        let name = text("path").rsplit('/').next().unwrap_or_default().to_owned();
        format!("{name} {}{}{second}", text("category"), text("answer"))
    };
    labels(program).iter().map(said).collect()
}

fn found(program: &Program, query: &[&str]) -> Vec<String> {
    let arguments = ["search", "--library", "images", "--json"];
    let rows = program.run(arguments.iter().chain(query)).fine().rows();
    rows.iter().map(|row| row["path"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn labels_are_given_found_undone_and_made_again() {
    let program = with_library();
    let image = "images/Tips/Tips_0000.tif";
    program
        .line(&format!(
            "labels set --library images --by Ada --category Tips --second Powder {image}"
        ))
        .fine();
    program
        .line("labels set --library images --by Bob --none-of-these images/Powder/Powder_0001.tif")
        .fine();
    program
        .run(["labels", "set", "--library", "images", "--note", "charging at the edge", image])
        .fine();
    assert_eq!(said(&program), ["Powder_0001.tif none_of_these", "Tips_0000.tif Tips + Powder"]);
    assert_eq!(labels(&program)[1]["by"], "Ada");
    assert_eq!(labels(&program)[1]["note"], "charging at the edge");
    assert_eq!(labels(&program)[1]["source"], "person");

    for (query, count) in [
        (vec!["category:tips"], 1),
        (vec!["second:powder", "by:ada"], 1),
        (vec!["is:none-of-these"], 1),
        (vec!["is:unlabelled"], 4),
        (vec!["charg"], 1),
        (vec!["\"charging at\""], 1),
        (vec!["-is:labelled", "folder:Fibres"], 2),
        (vec!["labelled:2020"], 0),
        (vec!["has:note"], 1),
        (vec![], 6),
    ] {
        assert_eq!(found(&program, &query).len(), count, "{query:?}");
    }

    for (command, left) in [("undo", 2), ("undo", 1), ("undo", 0), ("redo", 1), ("redo", 2)] {
        program.line(&format!("labels {command} --library images")).fine();
        assert_eq!(labels(&program).len(), left, "{command}");
    }
    program.line("labels redo --library images").fine();
    assert_eq!(labels(&program)[1]["note"], "charging at the edge");
    let nothing = program.line("labels redo --library images");
    assert_eq!(nothing.code, Some(1), "{}", nothing.stderr);
    let history = program.line(&format!("labels history --json --library images {image}"));
    let sources: Vec<Value> =
        history.fine().rows().iter().map(|row| row["source"].clone()).collect();
    assert_eq!(sources, ["person", "undo", "redo"]);
}

#[test]
fn instruments_are_found_by_what_they_recorded() {
    let program = with_library();
    let inspected = program.line("inspect --json images/Tips/Tips_0000.tif").fine().row();
    let record = &inspected["instrument"];
    let kv = record["accelerating_voltage_kv"].as_f64().unwrap();
    let detector = record["detector"].as_str().unwrap();
    let both = [format!("kv:{kv}"), format!("detector:{detector}"), "folder:Tips".to_owned()];
    let query: Vec<&str> = both.iter().map(String::as_str).collect();
    assert!(found(&program, &query).contains(&"Tips/Tips_0000.tif".to_owned()));
    let none = [format!("kv:>{kv}"), format!("kv:<{kv}")].join(" ");
    assert_eq!(found(&program, &[&none]), [""; 0]);
    assert_eq!(found(&program, &["vendor:unknown"]), [""; 0]);
}

#[test]
fn a_mistake_in_a_query_is_pointed_at() {
    let program = with_library();
    let refused = program.run(["search", "--library", "images", "tips", "kvv:5"]);
    assert_eq!(refused.code, Some(1));
    for part in ["kvv", "kv", "\ntips kvv:5\n", "     ^^^"] {
        assert!(refused.stderr.contains(part), "{part:?} in {}", refused.stderr);
    }
}

#[test]
fn categories_change_and_the_labels_follow() {
    let program = with_library();
    for (category, image) in [("Tips", "Tips/Tips_0000"), ("Fibres", "Fibres/Fibres_0000")] {
        let line = format!("labels set --library images --category {category} images/{image}.tif");
        program.line(&line).fine();
    }
    program.line("categories rename Tips Needles --library images").fine();
    program.line("categories merge Fibres --into needles --library images").fine();
    assert_eq!(said(&program), ["Fibres_0000.tif Needles", "Tips_0000.tif Needles"]);
    program
        .line("categories split Needles --to Needles/long --images folder:Fibres --library images")
        .fine();
    let rows = program.line("categories list --json --library images").fine().rows();
    let row = |name: &str| rows.iter().find(|row| row["category"] == name).unwrap();
    assert_eq!(row("Needles")["images"], 2);
    let long = rows.iter().find(|row| row["subcategory"] == "long").unwrap();
    assert_eq!((&long["category"], &long["images"]), (&json!("Needles"), &json!(1)));
    assert_eq!(found(&program, &["subcategory:long"]), ["Fibres/Fibres_0000.tif"]);
    for words in ["Needles/long added", "Fibres merged into Needles", "Tips renamed Needles"] {
        let undone = program.line("labels undo --library images").fine().stdout;
        assert!(undone.contains(&format!("the categories ({words}) on ")), "{undone}");
    }
    assert_eq!(said(&program), ["Fibres_0000.tif Fibres", "Tips_0000.tif Tips"]);
    program.line("categories rename Nothing X --library images").refused(&["\"Nothing\"", "list"]);
    assert_eq!(program.line("library verify --json images").fine().row()["problems"], json!([]));
}

#[test]
fn labels_of_somebody_else_are_compared_taken_over_and_never_overwrite() {
    let program = with_library();
    for number in 0..2 {
        let line = format!(
            "labels set --library images --by Ada --category Tips images/Tips/Tips_000{number}.tif"
        );
        program.line(&line).fine();
    }
    program.write(
        "theirs.csv",
        "Image;Class;Annotator\n\
         Tips/Tips_0000.tif;Cantilever_Tips;Bob\n\
         Tips\\Tips_0001.tif;Powder;Bob\n\
         Powder_0000.tif;Powder;\n\
         nowhere.tif;Powder;Bob\n",
    );
    let refused = program.line("labels import theirs.csv --library images --json");
    assert_eq!(refused.code, Some(1), "{}", refused.stderr);
    let unknown = &refused.row()["unknown_names"];
    assert_eq!(*unknown, json!([{ "name": "Cantilever_Tips", "similar": "Tips" }]));
    assert_eq!(labels(&program).len(), 2);

    let compared = "labels agreement theirs.csv --library images";
    let refused = program.line(compared);
    assert_eq!(refused.code, Some(1), "{}", refused.stderr);
    assert!(refused.stdout.contains("no such category  Cantilever_Tips"), "{}", refused.stdout);
    for words in ["Nothing was compared", "--name", "--add-categories"] {
        assert!(refused.stderr.contains(words), "no {words:?} in {}", refused.stderr);
    }
    let others = program.line(&format!("{compared} --json --add-categories")).fine().row();
    assert_eq!(others["agreement"]["observed"], json!(0.0), "they call it otherwise");
    program.write("unlabelled.csv", "path,category\nPowder/Powder_0000.tif,Powder\n");
    let none = program.line("labels agreement unlabelled.csv --library images");
    assert_eq!(none.code, Some(1), "{}", none.stderr);
    assert!(none.stderr.contains("no image has a label both here and there"), "{}", none.stderr);

    let line = "labels agreement theirs.csv --library images --json --name Cantilever_Tips=Tips";
    let agreement = program.line(line).fine().row()["agreement"].clone();
    assert_eq!((&agreement["images"], &agreement["observed"]), (&json!(2), &json!(0.5)));

    // Agreement changes nothing, and neither does a dry run; an import remembers the name.
    for line in
        ["theirs.csv --library images", "theirs.csv --library images --add-categories --dry-run"]
    {
        program.line(&format!("labels import {line}"));
    }
    let listed = program.line("categories list --json --library images").fine();
    assert!(!listed.stdout.contains("Cantilever"), "{}", listed.stdout);
    let line =
        "labels import theirs.csv --library images --json --by Cid --name Cantilever_Tips=Tips";
    let ran = program.line(line);
    assert_eq!(ran.code, Some(2), "one image is not here: {}", ran.stderr);
    let report = ran.row();
    assert_eq!((&report["new"], &report["same"]), (&json!(1), &json!(1)));
    assert_eq!(report["conflicts"][0]["there"], "Powder");
    assert_eq!(report["not_here"], json!(["nowhere.tif"]));
    let before = ["Powder_0000.tif Powder", "Tips_0000.tif Tips", "Tips_0001.tif Tips"];
    assert_eq!(said(&program), before);
    assert_eq!(labels(&program)[0]["by"], "Cid", "the file does not say");
    assert_eq!(labels(&program)[0]["source"], "import");

    let replaced = program.line("labels import theirs.csv --library images --conflicts replace");
    assert_eq!(replaced.code, Some(2), "{}", replaced.stderr);
    assert_eq!(said(&program)[2], "Tips_0001.tif Powder");
    assert_eq!(labels(&program)[2]["by"], "Bob");
    program.line("labels undo --library images").fine();
    assert_eq!(said(&program), before);
}

#[test]
fn a_folder_of_categories_is_known_by_its_content_wherever_it_is() {
    let program = with_library();
    program.copy_sample("Tips/Tips_0000.tif", "training/Needles/renamed.tif");
    program.copy_sample("Powder/Powder_0001.tif", "training/Powder/coarse/x.tif");
    program.line("labels import training --library images --add-categories --by Ada").fine();
    assert_eq!(said(&program), ["Powder_0001.tif Powder", "Tips_0000.tif Needles"]);
    assert_eq!(labels(&program)[0]["subcategory"], "coarse");
    // What was written is read again.
    let table = program.line("labels export --library images").fine().stdout;
    program.write("mine.csv", &table);
    let again = program.line("labels import mine.csv --library images --json").fine().row();
    assert_eq!((&again["same"], &again["new"]), (&json!(2), &json!(0)));
}

#[test]
fn an_import_that_adds_categories_is_one_undo_and_keeps_notes_of_labelled_images() {
    let program = with_library();
    program.line("labels set --library images --category Tips images/Tips/Tips_0000.tif").fine();
    let sha256 = "00".repeat(32);
    program.write(
        "theirs.csv",
        format!(
            "path,category,subcategory,note,excluded,sha256\n\
             Tips/Tips_0000.tif,Tips,,blurred,yes,\n\
             Powder/Powder_0000.tif,Dust,fine,,,\n\
             Powder/Powder_0001.tif,Dust,,,,{sha256}\n"
        ),
    );
    let ran = program.line("labels import theirs.csv --library images --json --add-categories");
    let report = ran.row();
    assert_eq!(report["not_here"], json!(["Powder/Powder_0001.tif"]), "another picture: {report}");
    assert_eq!(
        (&report["new"], &report["notes"], &report["same"]),
        (&json!(1), &json!(1), &json!(1))
    );
    assert_eq!(report["new_categories"], json!(["Dust", "Dust / fine"]));
    assert_eq!(said(&program), ["Powder_0000.tif Dust", "Tips_0000.tif Tips"]);
    assert_eq!(labels(&program)[0]["subcategory"], "fine");
    assert_eq!(
        (&labels(&program)[1]["note"], &labels(&program)[1]["excluded"]),
        (&json!("blurred"), &json!(true))
    );
    program.line("labels undo --library images").fine();
    assert_eq!(said(&program), ["Tips_0000.tif Tips"]);
    let listed = program.line("categories list --library images").fine().stdout;
    assert!(!listed.contains("Dust"), "{listed}");
    assert_eq!(program.line("library verify --json images").fine().row()["problems"], json!([]));

    // Undated labels are never the newer ones.
    program.write("undated.csv", "path,category\nTips/Tips_0000.tif,Powder\n");
    let line = "labels import undated.csv --library images --conflicts newest --json";
    assert_eq!(program.line(line).fine().row()["replaced"], 0);
}

#[test]
fn two_libraries_of_the_same_images_are_merged_once_and_can_be_taken_apart() {
    let program = with_library();
    program.copy_categories(&["Tips", "Powder"], "other/sub");
    program.line("classify --model sample --library other --json").fine();
    let set = |library: &str, who: &str, category: &str, image: &str| {
        let line =
            format!("labels set --library {library} --by {who} --category {category} {image}");
        program.line(&line).fine();
    };
    set("images", "Ada", "Tips", "images/Tips/Tips_0000.tif");
    set("images", "Ada", "Tips", "images/Tips/Tips_0001.tif");
    set("other", "Bob", "Tips", "other/sub/Tips/Tips_0000.tif");
    set("other", "Bob", "Powder", "other/sub/Tips/Tips_0001.tif");
    program.line("categories add Dust --library other").fine();
    set("other", "Bob", "Dust", "other/sub/Powder/Powder_0000.tif");
    program.copy_sample("Fibres/Fibres_0001.tif", "other/only.tif");
    fs::remove_file(program.folder().join("images/Fibres/Fibres_0001.tif")).unwrap();

    let merged = program.line("library merge other --library images --json").fine().row();
    assert_eq!((&merged["taken"], &merged["same"]), (&json!(1), &json!(1)), "{merged}");
    assert_eq!(merged["conflicts"][0]["there"], "Powder");
    assert_eq!(merged["new_categories"], json!(["Dust"]));
    let after = ["Powder_0000.tif Dust", "Tips_0000.tif Tips", "Tips_0001.tif Tips"];
    assert_eq!(said(&program), after);
    let dust = &labels(&program)[0];
    assert_eq!((&dust["by"], &dust["source"]), (&json!("Bob"), &json!("merge")));
    let history = "labels history --json --library images images/Tips/Tips_0001.tif";
    let by: Vec<Value> =
        program.line(history).fine().rows().iter().map(|row| row["by"].clone()).collect();
    assert_eq!(by, ["Ada", "Bob"], "what was not taken over is remembered");

    let again = program.line("library merge other --library images --json").fine().row();
    assert_eq!((&again["taken"], &again["entries"]), (&json!(0), &json!(0)), "{again}");
    assert_eq!(program.line("library verify --json images").fine().row()["problems"], json!([]));
    program.line("labels undo --library images").fine();
    assert_eq!(said(&program), after[1..]);
    assert_eq!(program.line("library verify --json images").fine().row()["problems"], json!([]));
    // A note comes once; what was decided here since stands.
    program
        .run([
            "labels",
            "set",
            "--library",
            "other",
            "--note",
            "dusty",
            "other/sub/Tips/Tips_0000.tif",
        ])
        .fine();
    program.line("library merge other --library images").fine();
    assert_eq!(labels(&program)[1]["note"], "dusty");
    assert_eq!(said(&program), after, "a merge that was undone is made again");
    program
        .run(["labels", "set", "--library", "images", "--note", "", "images/Tips/Tips_0000.tif"])
        .fine();
    program.line("library merge other --library images --conflicts replace").fine();
    assert!(labels(&program)[1]["note"].is_null());
    program.line("library merge other --library images").fine();
    let replaced = ["Powder_0000.tif Dust", "Tips_0000.tif Tips", "Tips_0001.tif Powder"];
    assert_eq!(said(&program), replaced, "asked again with another answer");
    program.line("library merge images --library images").refused(&["one and the same"]);
}

#[test]
fn commands_that_decide_keep_a_backup_of_what_was_before_once_a_day() {
    let program = with_library();
    let backups = || fs::read_dir(program.folder().join("images/.semblance/backups"));
    program.line("search --library images").fine();
    assert!(backups().is_err(), "nothing was decided");
    for image in ["Tips_0000.tif", "Tips_0001.tif"] {
        let line = format!("labels set --library images --category Tips images/Tips/{image}");
        program.line(&line).fine();
    }
    assert_eq!(backups().unwrap().count(), 1, "of before the first");
}

#[test]
fn a_label_is_about_what_the_file_holds_when_it_is_given() {
    let program = with_library();
    let image = "images/Tips/Tips_0000.tif";
    program.line(&format!("labels set --library images --category Tips {image}")).fine();
    program.copy_sample("Powder/Powder_0000.tif", "other.tif");
    let mut other = fs::read(program.folder().join("other.tif")).unwrap();
    other.push(0);
    program.write(image, &other);
    program.line(&format!("labels set --library images --category Powder {image}")).fine();
    program.line("classify --model sample --library images").fine();
    assert_eq!(said(&program), ["Tips_0000.tif Powder"]);
    assert_eq!(found(&program, &["is:changed"]), [""; 0]);
}

#[test]
fn a_library_copied_with_its_images_goes_on_though_their_times_differ() {
    let program = with_library();
    program.line("labels set --library images --category Tips images/Tips/Tips_0000.tif").fine();
    for path in ["Tips/Tips_0000.tif", "Powder/Powder_0001.tif"] {
        let path = program.folder().join("images").join(path);
        let file = fs::File::options().write(true).open(path).unwrap();
        file.set_modified(std::time::UNIX_EPOCH + std::time::Duration::from_secs(9)).unwrap();
    }
    let file = "images/Tips/Tips_0000.tif images/Powder/Powder_0001.tif";
    program.line(&format!("classify --model sample {file}")).fine();
    assert_eq!(said(&program), ["Tips_0000.tif Tips"]);
    assert_eq!(found(&program, &["is:changed"]), [""; 0], "another time is no other content");
    program.copy_sample("Powder/Powder_0000.tif", "images/new.tif");
    program.line("classify --model sample images").fine();
    assert_eq!(found(&program, &["prediction:*"]).len(), 6, "the new one has the bytes of another");
}

#[test]
fn what_would_be_a_slip_is_refused_with_a_word() {
    let program = with_library();
    let image = "images/Tips/Tips_0000.tif";
    let set = "labels set --library images --category";
    program.line(&format!("{set} Tips --second Tips {image}")).refused(&["second", "first"]);
    program.line("categories retire Powder --library images").fine();
    program.line(&format!("{set} Powder {image}")).refused(&["Powder is retired", "restore"]);
    program.run(["search", "--library", "images", "is:labelled", "--count"]).refused(&["before"]);
    let split = ["categories", "split", "Tips", "--to", "X", "--images", "kv:77"];
    let ran = program.run(split.iter().chain(&["--library", "images"]));
    ran.refused(&["No image is found"]);
    program.line("categories rename Tips Needles --library images").fine();
    program.line(&format!("{set} Needles {image}")).fine();
    assert_eq!(found(&program, &["category:tips"]).len(), 1, "the former name");
    program
        .run([
            "labels",
            "set",
            "--library",
            "images",
            "--note",
            "odd",
            "images/Powder/Powder_0001.tif",
        ])
        .fine();
    let ran = program.line("labels export --library images").fine();
    assert!(ran.stdout.contains("odd"), "{}", ran.stdout);
    assert!(
        ran.stderr.contains("1 label written, and notes or flags of 1 image without one"),
        "{}",
        ran.stderr
    );
}
