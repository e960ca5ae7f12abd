//! Labels from other computers and people: their paths, their names, their spelling.

use serde_json::{Value, json};

use crate::program::Program;

/// A library in `lib` with two images called the same.
fn with_library() -> Program {
    let program = Program::new();
    for (sample, path) in [
        ("Tips/Tips_0000.tif", "set_1/image_1.tif"),
        ("Tips/Tips_0001.tif", "set_1/image_2.tif"),
        ("Powder/Powder_0000.tif", "set_2/image_1.tif"),
        ("Powder/Powder_0001.tif", "set_2/Only_Here.TIF"),
        ("Fibres/Fibres_0000.tif", "U\u{308}bung/Gro\u{308}\u{df}e_01.tif"),
    ] {
        program.copy_sample(sample, &format!("lib/{path}"));
    }
    program.line("classify --model sample --library lib --json").fine();
    program
}

fn labels(program: &Program) -> Vec<String> {
    let rows = program.line("labels export --json --library lib").fine().rows();
    let said = |row: &Value| {
        let text = |key: &str| row[key].as_str().unwrap_or_default().to_owned();
        format!("{} {}", text("path"), text("category"))
    };
    let mut said: Vec<String> = rows.iter().map(said).collect();
    said.sort();
    said
}

/// Imports a table, gives the report and the exit code.
fn imported(program: &Program, table: &str, arguments: &[&str]) -> (Value, Option<i32>) {
    program.write("theirs.csv", table);
    let fixed = ["labels", "import", "theirs.csv", "--library", "lib", "--by", "Ada", "--json"];
    let ran = program.run(fixed.iter().chain(arguments));
    (ran.row(), ran.code)
}

#[test]
fn paths_of_another_computer_mean_the_image_with_the_longest_end_of_them() {
    let both = ["set_1/image_1.tif Tips", "set_2/image_1.tif Powder"];
    for (first, second) in [
        ("D:\\SEM\\lib\\set_1\\image_1.tif", "D:\\SEM\\lib\\set_2\\image_1.tif"),
        ("\\\\nas\\sem\\set_1\\image_1.tif", "\\\\nas\\sem\\set_2\\image_1.tif"),
        ("/mnt/nas/lib/set_1/image_1.tif", "/mnt/nas/lib/set_2/image_1.tif"),
        (".\\set_1\\image_1.tif", "..\\lib\\set_2\\image_1.tif"),
        ("SET_1/Image_1.TIF", "lib/Set_2/IMAGE_1.tif"),
        ("file:///D:/SEM/set_1/image_1.tif", "/data/local-files/?d=lib/set%5F2/image_1.tif"),
        ("set_1/image_1", "set_2/image_1"),
    ] {
        let program = with_library();
        let table = format!("path,category\n{first},Tips\n{second},Powder\n");
        let (report, code) = imported(&program, &table, &["--add-categories"]);
        assert_eq!(
            (labels(&program), code),
            (both.map(str::to_owned).to_vec(), Some(0)),
            "{report}"
        );
    }
}

#[test]
fn what_could_be_two_is_undecided_and_what_is_not_here_is_named() {
    let program = with_library();
    let table = "path,category\n\
        image_1.tif,Tips\n\
        Only_Here.TIF,Powder\n\
        D:\\old\\image_2.tif,Tips\n\
        set_2/image_2.tif,Powder\n\
        nowhere.tif,Dust\n";
    let (report, code) = imported(&program, table, &["--add-categories"]);
    assert_eq!(code, Some(2));
    assert_eq!(labels(&program), ["set_1/image_2.tif Tips", "set_2/Only_Here.TIF Powder"]);
    let places = json!(["set_1/image_1.tif", "set_2/image_1.tif"]);
    assert_eq!(report["undecided"], json!([{ "path": "image_1.tif", "candidates": places }]));
    assert_eq!(report["by_name"][0]["here"], "set_1/image_2.tif");
    assert_eq!(report["not_here"], json!(["set_2/image_2.tif", "nowhere.tif"]));
    // A category of which no image is here is not added.
    let listed = program.line("categories list --library lib").fine().stdout;
    assert!(!listed.contains("Dust"), "{listed}");
}

#[test]
fn two_paths_in_other_folders_do_not_both_mean_one_image() {
    let program = with_library();
    let table = "path,category\nold/a/Only_Here.TIF,Tips\nold/b/Only_Here.TIF,Powder\n";
    let (report, code) = imported(&program, table, &["--add-categories"]);
    assert_eq!((labels(&program), code), (vec![], Some(1)), "{report}");
    assert_eq!(report["undecided"].as_array().unwrap().len(), 2);
    let table = "path,category\nold/a/Only_Here.TIF,Tips\nset_2/Only_Here.TIF,Powder\n";
    let (report, _) = imported(&program, table, &["--add-categories"]);
    assert_eq!(labels(&program), ["set_2/Only_Here.TIF Powder"], "{report}");
}

#[test]
fn a_folder_whose_name_only_ends_like_one_here_is_another_folder() {
    let program = with_library();
    let table = "path,category\nnew_set_1/image_1.tif,Tips\n_set_2/image_1.tif,Powder\n";
    let (report, code) = imported(&program, table, &["--add-categories"]);
    assert_eq!((labels(&program), code), (vec![], Some(1)), "{report}");
    assert_eq!(report["undecided"].as_array().unwrap().len(), 2);
}

#[test]
fn the_path_of_a_missing_file_does_not_mean_another_file_of_that_name() {
    let program = with_library();
    std::fs::remove_file(program.folder().join("lib/set_2/Only_Here.TIF")).unwrap();
    program.copy_sample("Fibres/Fibres_0001.tif", "lib/set_1/Only_Here.TIF");
    program.line("classify --model sample --library lib --json").fine();
    let table = "path,category\nset_2/Only_Here.TIF,Powder\n";
    let (report, code) = imported(&program, table, &["--add-categories"]);
    assert_eq!((labels(&program), code), (vec![], Some(1)), "{report}");
    assert_eq!(report["not_here"], json!(["set_2/Only_Here.TIF"]));
}

#[test]
fn accents_written_apart_are_the_same_in_paths_categories_and_searches() {
    let program = with_library();
    let table = "path,category\nÜbung/Größe_01.tif,Körner\nset_1/image_1.tif,Ko\u{308}rner\n";
    let (report, code) = imported(&program, table, &["--add-categories"]);
    assert_eq!((&report["new_categories"], code), (&json!(["Körner"]), Some(0)), "{report}");
    for query in ["name:Größe*", "folder:Übung", "folder:ü\u{301}bung", "größe", "category:KÖRNER"]
    {
        let found = program.run(["search", "--library", "lib", "--count", query]).fine().stdout;
        let count = match query {
            "category:KÖRNER" => "2",
            "folder:ü\u{301}bung" => "0",
            _ => "1",
        };
        assert_eq!(found.trim(), count, "{query}");
    }
}

#[test]
fn spellings_of_one_new_category_in_a_file_are_one() {
    for (first, second) in [("Grains", "grains"), ("Grain size", "grain_size")] {
        let program = with_library();
        let table =
            format!("path,category\nset_1/image_1.tif,{first}\nset_1/image_2.tif,{second}\n");
        imported(&program, &table, &["--add-categories"]);
        let wanted =
            ["set_1/image_1.tif", "set_1/image_2.tif"].map(|path| format!("{path} {first}"));
        assert_eq!(labels(&program), wanted);
    }
}

#[test]
fn a_name_that_no_category_can_have_costs_no_other_row() {
    let program = with_library();
    let table = "path,category,subcategory\nset_1/image_1.tif,Si/SiO2,\n\
                 set_1/image_2.tif,  spaced  ,\nset_2/image_1.tif,Dust,a/b\n";
    let (report, code) = imported(&program, table, &["--add-categories"]);
    assert_eq!(code, Some(2));
    assert_eq!(labels(&program), ["set_1/image_2.tif spaced", "set_2/image_1.tif Dust"]);
    assert_eq!(report["refused_names"][0]["name"], "Si/SiO2");
    assert_eq!(report["refused_names"][0]["rule"], "A category name cannot contain '/'");
    assert_eq!(report["refused_names"][1]["name"], "a/b");
    let (report, code) =
        imported(&program, table, &["--name", "Si/SiO2=Oxide", "--add-categories"]);
    assert_eq!((code, &report["new"]), (Some(2), &json!(1)), "{report}");
    assert!(labels(&program).contains(&"set_1/image_1.tif Oxide".to_owned()));
    // On a terminal the rule is told as well.
    let ran = program.line("labels import theirs.csv --library lib --by Ada --add-categories");
    assert!(
        ran.stderr.contains("a/b") && ran.stderr.contains("cannot contain '/'"),
        "{}",
        ran.stderr
    );
}

#[test]
fn what_a_person_says_a_name_means_counts_also_where_a_category_has_it() {
    let program = with_library();
    program.line("labels set --library lib --category Tips lib/set_1/image_1.tif").fine();
    program.line("categories add Needles --library lib").fine();
    let table = "path,category\nset_1/image_1.tif,needles\nset_1/image_2.tif,Needles\n";
    program.write("theirs.csv", table);
    let agreement = "labels agreement theirs.csv --library lib --json";
    let agree = |line: &str| program.line(line).fine().row()["agreement"]["observed"].clone();
    assert_eq!(agree(agreement), json!(0.0));
    assert_eq!(agree(&format!("{agreement} --name Needles=Tips")), json!(1.0));
    let (report, _) = imported(&program, table, &["--name", "Needles=Tips"]);
    assert_eq!((&report["same"], &report["new"]), (&json!(1), &json!(1)));
    assert_eq!(labels(&program), ["set_1/image_1.tif Tips", "set_1/image_2.tif Tips"]);
    // That holds for this file alone: the category is still itself.
    let (report, _) = imported(&program, table, &[]);
    assert_eq!(report["conflicts"].as_array().unwrap().len(), 2, "{report}");
}

#[test]
fn a_table_for_excel_has_its_mark_and_changes_nothing_when_it_is_read_again() {
    let program = with_library();
    let image = "lib/set_1/image_1.tif";
    let set = ["labels", "set", "--library", "lib", "--category", "Tips", "--note", "=1+1, Ä µ"];
    program.run(set.iter().chain([&image])).fine();
    for more in ["", "--semicolons"] {
        program.line(&format!("labels export --library lib --excel {more} --out l.csv")).fine();
        let table = std::fs::read(program.folder().join("l.csv")).unwrap();
        assert!(table.starts_with(b"\xef\xbb\xbfpath"), "{table:?}");
        assert!(String::from_utf8(table).unwrap().contains("'=1+1"));
        let report = program.line("labels import l.csv --library lib --by Ada --json").fine().row();
        assert_eq!((&report["same"], &report["notes"]), (&json!(1), &json!(0)), "{report}");
    }
}
