//! The command line on good images: what each command says, and that it says it again.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::Stdio;

use semblance::catalog::{LabelSource, LabelValue, Library, LibraryPlace};
use serde_json::Value;

use crate::h5py;
use crate::program::{Program, Ran, SAMPLE_PER_CATEGORY, keys, sample};

/// Categories of the sample.
const CATEGORIES: usize = 10;

fn paths(rows: &[Value]) -> Vec<&str> {
    rows.iter().map(|row| row["path"].as_str().unwrap()).collect()
}

fn scores(row: &Value) -> Vec<(&str, f64)> {
    row["top"]
        .as_array()
        .unwrap()
        .iter()
        .map(|top| (top["category"].as_str().unwrap(), top["score"].as_f64().unwrap()))
        .collect()
}

/// A sample's files below `folder` with their content, the library apart.
fn content_below(folder: &Path) -> Vec<(String, Vec<u8>)> {
    walkdir::WalkDir::new(folder)
        .sort_by_file_name()
        .into_iter()
        .filter_entry(|entry| entry.file_name() != ".semblance")
        .map(Result::unwrap)
        .filter(|entry| entry.file_type().is_file())
        .map(|entry| {
            let name = entry.path().strip_prefix(folder).unwrap().display().to_string();
            (name, fs::read(entry.path()).unwrap())
        })
        .collect()
}

/// The rows of the shared sample's manifest, by file.
fn manifest() -> BTreeMap<String, HashMap<String, String>> {
    let mut reader = csv::Reader::from_path(sample().join("manifest.csv")).unwrap();
    let rows: Vec<HashMap<String, String>> = reader.deserialize().map(Result::unwrap).collect();
    rows.into_iter().map(|row| (row["file"].clone(), row)).collect()
}

#[test]
fn a_sample_depends_on_its_seed_alone_and_says_that_it_is_synthetic() {
    let program = Program::new();
    for (folder, seed) in [("a", 3), ("b", 3), ("c", 4)] {
        let made = format!("sample --out {folder} --per-category 1 --seed {seed}");
        let ran = program.line(&made).fine();
        assert!(ran.stderr.contains("synthetic"), "{}", ran.stderr);
        assert_eq!(ran.stdout, "");
    }
    let content = |folder: &str| content_below(&program.folder().join(folder));
    assert_eq!(content("a").len(), CATEGORIES + 2);
    assert!(content("a") == content("b"), "the same seed gave other files");
    assert!(content("a") != content("c"), "another seed gave the same files");

    for (file, row) in manifest() {
        assert_eq!(row["synthetic"], "yes", "{file}");
        assert_eq!(row["source"], "semblance synthetic", "{file}");
    }
    let readme = fs::read_to_string(program.folder().join("a/README.txt")).unwrap();
    assert!(readme.to_lowercase().contains("synthetic"), "{readme}");
}

#[test]
fn a_sample_is_not_written_over_anything() {
    let program = Program::new();
    program.write("notes/mine.txt", "mine");
    program.line("sample --out notes --per-category 1").refused(&["notes", "not empty"]);
    program.line("sample --out notes/mine.txt --per-category 1").refused(&["mine.txt"]);
    assert_eq!(fs::read(program.folder().join("notes/mine.txt")).unwrap(), b"mine");
}

#[test]
fn inspect_tells_what_the_generator_wrote_into_its_manifest() {
    let rows = Program::new().run(["inspect".as_ref(), "--json".as_ref(), sample()]).fine().rows();
    assert_eq!(rows.len(), CATEGORIES * SAMPLE_PER_CATEGORY);
    let manifest = manifest();
    for row in &rows {
        assert_eq!(
            keys(row),
            BTreeSet::from([
                "path",
                "width_px",
                "height_px",
                "bit_depth",
                "channels",
                "page",
                "pages",
                "instrument",
                "data_bar_px",
                "data_bar_source",
                "error"
            ])
        );
        let path = row["path"].as_str().unwrap();
        let file = Path::new(path).strip_prefix(sample()).unwrap();
        let wanted = &manifest[&file.display().to_string().replace('\\', "/")];
        let number = |name: &str| wanted[name].parse::<f64>().unwrap();
        let instrument = &row["instrument"];
        let vendor = instrument["vendor"].as_str().unwrap();
        assert!(vendor.starts_with(&wanted["vendor"]), "{path}: {vendor}");
        assert_eq!(instrument["accelerating_voltage_kv"], number("accelerating_voltage_kv"));
        assert_eq!(instrument["working_distance_mm"], number("working_distance_mm"), "{path}");
        assert_eq!(instrument["pixel_size_nm"]["x"], number("nm_per_px"), "{path}");
        assert_eq!(instrument["pixel_size_nm"]["y"], number("nm_per_px"), "{path}");
        // An FEI header has no magnification: it depends on the screen.
        if vendor == "Zeiss" {
            assert_eq!(instrument["magnification"], number("magnification"), "{path}");
        }
        assert_eq!(row["data_bar_px"]["top"], 0, "{path}");
        let bar = row["data_bar_px"]["bottom"].as_f64();
        assert_eq!(bar, Some(number("data_bar_height_px")), "{path}");
        assert_eq!(row["bit_depth"].as_f64(), Some(number("bit_depth")), "{path}");
        assert_eq!((&row["channels"], &row["pages"]), (&1.into(), &1.into()), "{path}");
        assert!(row["error"].is_null(), "{path}");
    }
}

#[test]
fn classify_gives_the_five_best_categories_or_as_many_as_asked() {
    let program = Program::new();
    program.copy_sample("Fibres/Fibres_0000.tif", "a.tif");
    let top = |number: &str| {
        let row = program.line(&format!("classify --json --model sample {number} a.tif")).fine();
        let row = row.row();
        assert_eq!(keys(&row), BTreeSet::from(["path", "model", "top", "error"]));
        assert_eq!(
            (&row["path"], &row["model"], &row["error"]),
            (&"a.tif".into(), &"sample".into(), &Value::Null)
        );
        let scores = scores(&row);
        assert!(scores.is_sorted_by(|(_, a), (_, b)| a >= b), "{scores:?}");
        let sum: f64 = scores.iter().map(|(_, score)| score).sum();
        (scores.len(), sum)
    };
    assert_eq!(top("").0, 5);
    assert_eq!(top("--top 1").0, 1);
    assert_eq!(top("--top 99").0, CATEGORIES);
    let (all, sum) = top("--top 0");
    assert_eq!(all, CATEGORIES);
    assert!((sum - 1.0).abs() < 1e-4, "{sum}");
}

#[test]
fn rows_come_in_the_order_of_the_paths_even_with_the_same_one_twice() {
    let program = Program::new();
    let given = ["c.tif", "a.tif", "b.tif", "a.tif"];
    for (name, file) in ["Tips", "Fibres", "Powder"].iter().zip(&given) {
        program.copy_sample(&format!("{name}/{name}_0000.tif"), file);
    }
    for command in ["classify", "inspect"] {
        let rows = program.line(&format!("{command} --json {}", given.join(" "))).fine().rows();
        assert_eq!(paths(&rows), given, "{command}");
    }
}

#[test]
fn images_of_a_library_among_others_keep_their_place_and_their_name() {
    let program = Program::new();
    let given = ["x.tif", "lib/a.tif", "y.tif", "lib/b.tif"];
    for file in given {
        program.copy_sample("Tips/Tips_0000.tif", file);
    }
    let all = given.join(" ");
    let rows = program.line(&format!("classify --json --library lib {all}")).fine().rows();
    assert_eq!(paths(&rows), given);
    let rows = program.line(&format!("export hdf5 --json --library lib --out h {all}"));
    let rows = rows.fine().rows();
    assert_eq!(paths(&rows), given);
    assert_eq!(keys(&rows[0]), BTreeSet::from(["path", "hdf5", "error"]));
    let written: Vec<&str> = rows.iter().map(|row| row["hdf5"].as_str().unwrap()).collect();
    assert_eq!(written, ["h/x.h5", "h/a.h5", "h/y.h5", "h/b.h5"].map(native));
}

/// A path in this system's spelling.
fn native(path: &str) -> String {
    path.replace('/', std::path::MAIN_SEPARATOR_STR)
}

#[test]
fn scores_do_not_depend_on_workers_and_threads() {
    let program = Program::new();
    program.copy_categories(&["Fibres", "Tips"], "images");
    let run = |how: &str| program.line(&format!("classify --json --top 0 {how} images")).fine();
    let expected = run("--workers 1 --threads 1").rows();
    for how in ["--workers 2 --threads 1", "--workers 1 --threads 2", "--engine tract"] {
        let rows = run(how).rows();
        assert_eq!(paths(&rows), paths(&expected), "{how}");
        for (row, expected) in rows.iter().zip(&expected) {
            let wanted: HashMap<&str, f64> = scores(expected).into_iter().collect();
            for (category, score) in scores(row) {
                assert!((score - wanted[category]).abs() < 1e-4, "{how}: {category}");
            }
        }
    }
}

#[test]
fn a_folder_means_the_images_below_it_and_nothing_else() {
    let program = Program::new();
    for file in ["f/b/deep/1.tif", "f/a.TIFF", "f/.hidden/2.tif", "f/.3.tif"] {
        program.copy_sample("Tips/Tips_0000.tif", file);
    }
    program.write("f/notes.txt", "not an image");
    let rows = program.line("classify --json f").fine().rows();
    assert_eq!(paths(&rows), ["f/a.TIFF", "f/b/deep/1.tif"].map(native));
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let program = Program::new();
    for command in ["inspect", "classify"] {
        let mut child = program
            .command()
            .args([command, "--json"])
            .arg(sample())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut first = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut first).unwrap();
        assert!(first.starts_with('{'), "{first}"); // and here the pipe is closed
        let output = child.wait_with_output().unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{command}: {stderr}");
        assert!(!stderr.contains("panicked"), "{command}: {stderr}");
    }
}

#[test]
fn a_library_keeps_predictions_and_a_second_run_has_nothing_to_do() {
    let program = Program::new();
    program.copy_categories(&["Tips"], "images");
    let stored =
        |options: &str| program.line(&format!("classify --json --library images {options}"));
    assert_eq!(stored("").fine().rows().len(), SAMPLE_PER_CATEGORY);
    assert!(program.folder().join("images/.semblance/library.db").is_file());
    stored("").refused(&["nothing to classify"]);
    program.copy_sample("Fibres/Fibres_0000.tif", "images/new.tif");
    let rows = stored("").fine().rows();
    assert_eq!(rows.len(), 1, "{rows:?}");
    assert!(rows[0]["path"].as_str().unwrap().ends_with("new.tif"));
    assert_eq!(stored("--model sample").fine().rows().len(), SAMPLE_PER_CATEGORY + 1);
}

#[test]
fn a_folder_that_takes_no_library_is_exported_with_the_library_elsewhere() {
    let program = Program::new();
    program.copy_categories(&["Tips"], "images");
    // A file in the way does what a read-only folder does, for the administrator too.
    program.write("images/.semblance", "in the way");
    program.line("export hdf5 --library images --out h5").fine();
    for number in 0..SAMPLE_PER_CATEGORY {
        let file = program.folder().join(format!("h5/Tips/Tips_{number:04}.h5"));
        let bytes = fs::read(&file).unwrap();
        assert!(bytes.starts_with(b"\x89HDF\r\n\x1a\n"), "{}", file.display());
    }
    assert_eq!(fs::read_dir(program.folder().join(".data/libraries")).unwrap().count(), 1);
    assert_eq!(fs::read(program.folder().join("images/.semblance")).unwrap(), b"in the way");
}

#[test]
fn without_paths_no_library_is_made_of_the_folder_one_stands_in() {
    let program = Program::new();
    program.copy_sample("Fibres/Fibres_0000.tif", "a.tif");
    for line in ["classify", "export hdf5 --out out"] {
        let ran = program.line(line);
        assert_eq!(ran.code, Some(1), "{line}: {}", ran.stderr);
        assert!(ran.stderr.contains("--library"), "{line}: {}", ran.stderr);
    }
    assert!(!program.folder().join(".semblance").exists());
}

#[test]
fn an_export_from_outside_the_library_finds_its_labels() {
    let program = Program::new();
    program.copy_sample("Fibres/Fibres_0000.tif", "images/a.tif");
    let library =
        Library::open(&LibraryPlace::for_folder(&program.folder().join("images")).unwrap())
            .unwrap();
    library.scan(&["tif"], &mut |_| true).unwrap();
    let category = library.add_category("Whiskers", None, "Ada").unwrap();
    let image = library.find_image(Path::new("a.tif")).unwrap().unwrap();
    let value = LabelValue::of(category);
    library.set_labels(&[(image, Some(value))], "test person", LabelSource::Person).unwrap();

    let ran = program.line("export hdf5 --out exported images");
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    if h5py::is_available().unwrap() {
        let seen = h5py::read(&program.folder().join("exported/a.h5")).unwrap();
        assert_eq!(seen.value("/entry1/human_label/label"), "Whiskers");
    }
}

#[test]
fn an_export_replaces_its_own_files_and_no_others() {
    let program = Program::new();
    program.copy_sample("Fibres/Fibres_0000.tif", "a.tif");
    let theirs = program.write("out/a.h5", "somebody else's");
    let refused = program.line("export hdf5 --json --out out a.tif");
    assert_eq!(refused.code, Some(1), "{}", refused.stdout);
    assert!(refused.stdout.contains("not written by Semblance"), "{}", refused.stdout);
    assert_eq!(fs::read(&theirs).unwrap(), b"somebody else's");

    fs::remove_file(theirs).unwrap();
    for _ in 0..2 {
        assert_eq!(program.line("export hdf5 --out out a.tif").code, Some(0));
    }
    let exported = fs::read(program.folder().join("out/a.h5")).unwrap();
    program.copy_sample("Fibres/Fibres_0001.tif", "other/a.tif");
    let refused = program.line("export hdf5 --out out other/a.tif");
    assert!(refused.stdout.contains("made from another image"), "{}", refused.stdout);
    assert_eq!(fs::read(program.folder().join("out/a.h5")).unwrap(), exported);
}

#[test]
fn a_librarys_images_are_exported_by_their_paths_in_it_however_they_are_named() {
    let program = Program::new();
    program.copy_sample("Fibres/Fibres_0000.tif", "images/a/1.tif");
    program.copy_sample("Fibres/Fibres_0001.tif", "images/b/1.tif");
    program.line("classify --library images").fine();
    let full = program.folder().join("images/a/1.tif");
    program.line(&format!("export hdf5 --out out {}", full.display())).fine();
    program.line("export hdf5 --out out images/b/1.tif").fine();
    for name in ["out/a/1.h5", "out/b/1.h5"] {
        assert!(program.folder().join(name).is_file(), "{name}");
    }
}

#[test]
fn a_blank_picture_is_exported_without_a_classification() {
    let program = Program::new();
    image::GrayImage::new(50, 40).save(program.folder().join("blank.png")).unwrap();
    program.line("export hdf5 --out out blank.png").fine();
    let file = hdf5::File::open(program.folder().join("out/blank.h5")).unwrap();
    assert!(file.group("entry1/measurement").is_ok());
    assert!(file.group("entry1/classification").is_err());
}

#[test]
fn an_export_of_nothing_leaves_nothing() {
    let program = Program::new();
    fs::create_dir(program.folder().join("empty")).unwrap();
    program.line("export hdf5 --library empty --out h5").refused(&["nothing to export"]);
    assert_eq!(program.names(), ["empty"]);
}

#[test]
fn arguments_that_make_no_sense_are_refused_with_their_name() {
    let program = Program::new();
    let refused = |line: &str, word: &str| {
        let Ran { code, stdout, stderr } = program.line(line);
        assert_eq!((code, stdout.as_str()), (Some(1), ""), "{line}");
        assert!(stderr.contains(word), "{line}: {stderr}");
    };
    refused("sample --out s --per-category 0", "--per-category");
    refused("classify --workers 0 a.tif", "--workers");
    refused("classify --threads none a.tif", "--threads");
    refused("classify --engine abacus a.tif", "abacus");
    refused("inspect --limit-mib 0 a.tif", "--limit-mib");
    refused("inspect", "FILE");
    refused("train --images a --library b --out m", "--library");
    refused("train --images a --out m --cross-validate 1", "--cross-validate");
    refused("evaluate --images a", "--model");
    assert_eq!(program.names(), Vec::<String>::new());
}

#[test]
fn the_highest_memory_limit_is_no_error() {
    let program = Program::new();
    program.copy_sample("Tips/Tips_0000.tif", "a.tif");
    program.line(&format!("inspect --limit-mib {} a.tif", u64::MAX)).fine();
}
