//! The queues of review on the command line: labels that are likely wrong, images unlike all others.

use std::collections::BTreeMap;
use std::fs;

use image::GrayImage;
use semblance::settings::Settings;
use serde_json::Value;

use crate::program::{Program, keys};

const CATEGORIES: [&str; 3] = ["Tips", "Fibres", "Powder"];
/// Images that are given the category after theirs.
const SWAPPED: [&str; 3] = ["Tips_0002.tif", "Fibres_0000.tif", "Powder_0011.tif"];

/// A classified library of 24 images of each category, and of one that shows a chessboard.
fn with_library() -> Program {
    let program = Program::new();
    program.line("sample --out s --per-category 24").fine();
    for category in CATEGORIES {
        for entry in fs::read_dir(program.folder().join("s").join(category)).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            program.write(&format!("images/{name}"), fs::read(&path).unwrap());
        }
    }
    let square = |x: u32, y: u32| if (x / 80 + y / 80).is_multiple_of(2) { 0 } else { 255 };
    GrayImage::from_fn(640, 480, |x, y| [square(x, y)].into())
        .save(program.folder().join("images/chess.png"))
        .unwrap();
    program.line("classify --model sample --library images --json").fine();
    program
}

/// Labels all but the chessboard with what they show, but for those that are swapped.
fn label(program: &Program) {
    for (number, category) in CATEGORIES.into_iter().enumerate() {
        let previous = CATEGORIES[(number + 2) % 3];
        let given = (0..24)
            .flat_map(|image| [category, previous].map(|shown| format!("{shown}_{image:04}.tif")))
            .filter(|name| name.starts_with(category) != SWAPPED.contains(&name.as_str()));
        let paths = given.map(|name| format!("images/{name}"));
        let line = ["labels", "set", "--library", "images", "--by", "Ada", "--category", category];
        program.run(line.map(str::to_owned).into_iter().chain(paths)).fine();
    }
}

/// Images in each queue; nothing where nobody has looked.
fn queues(program: &Program) -> BTreeMap<String, Option<u64>> {
    let rows = program.line("review queues --library images --json").fine().rows();
    for row in &rows {
        let query = row["query"].as_str().unwrap();
        let found = program.line(&format!("search --library images --count {query}")).fine();
        let expected =
            if row["images"].is_null() { "0".to_owned() } else { row["images"].to_string() };
        assert_eq!(found.stdout.trim(), expected, "{row}");
    }
    let images = |row: &Value| row["images"].as_u64();
    rows.iter().map(|row| (row["queue"].as_str().unwrap().to_owned(), images(row))).collect()
}

#[test]
fn swapped_labels_and_an_image_unlike_all_others_are_found() {
    let program = with_library();
    let labels = "review labels --library images --json";
    program.line(labels).refused(&["Label some first"]);
    program.line("review unlike --library images").refused(&["Label some first"]);
    label(&program);
    let before = queues(&program);
    assert_eq!((before["doubtful"], before["unlike"]), (None, None), "nobody has looked");
    let text = program.line("review queues --library images").fine().stdout;
    assert!(text.lines().any(|line| line.trim_start().starts_with("-  doubtful")), "{text}");

    let ran = program.line(labels).fine();
    let rows = ran.rows();
    assert_eq!(keys(&rows[0]), ["given", "likelier", "margin", "path"].into());
    let margins: Vec<f64> = rows.iter().map(|row| row["margin"].as_f64().unwrap()).collect();
    assert!(margins.is_sorted_by(|a, b| a >= b) && margins.iter().all(|margin| *margin > 0.0));
    let is_swapped = |row: &&Value| {
        let path = row["path"].as_str().unwrap();
        SWAPPED.contains(&path) && path.starts_with(row["likelier"].as_str().unwrap())
    };
    assert!(rows.iter().filter(is_swapped).count() >= 2, "{rows:?}");
    assert!(rows.len() <= 24, "a third of the labels cannot be wrong: {rows:?}");
    let told = format!("Labels judged: 72; less likely than another category: {}", rows.len());
    assert!(ran.stderr.contains(&told), "{}", ran.stderr);

    let unlike = program.line("review unlike --library images --json").fine();
    let [chess] = unlike.rows().try_into().unwrap();
    assert_eq!(chess["path"], "chess.png");
    assert!(chess["distance"].as_f64() > chess["threshold"].as_f64(), "{chess}");
    assert!(unlike.stderr.contains("Compared: 73 with 72 labelled ones"), "{}", unlike.stderr);

    let after = queues(&program);
    assert_eq!((after["doubtful"], after["unlike"]), (Some(rows.len() as u64), Some(1)));
    let first = program.line("search --library images --sort doubtful is:doubtful").fine();
    assert_eq!(first.stdout.lines().next(), rows[0]["path"].as_str());

    // Each decision takes its image out of the queue.
    let decided = format!("images/{}", rows[0]["path"].as_str().unwrap());
    let set = "labels set --library images --by Ada";
    program.line(&format!("{set} --category Tips {decided}")).fine();
    program.line(&format!("{set} --unusable images/chess.png")).fine();
    let decided = queues(&program);
    assert_eq!((decided["doubtful"], decided["unlike"]), (Some(rows.len() as u64 - 1), Some(0)));
    program.line("labels undo --library images --by Ada").fine();
    program.line("labels undo --library images --by Ada").fine();
    assert_eq!(queues(&program), after);
}

#[test]
fn too_little_to_judge_by_is_told_with_the_way_out() {
    let program = Program::new();
    program.copy_categories(&CATEGORIES, "images");
    program.line("review labels --library images").refused(&["no library here"]);
    program.line("duplicates --library images").fine();
    program.line("categories add --library images --by Ada Tips").fine();
    let set = "labels set --library images --by Ada --category Tips";
    program.line(&format!("{set} images/Tips/Tips_0000.tif images/Tips/Tips_0001.tif")).fine();
    program.line("review labels --library images").refused(&["classify the library first"]);
    program.line("classify --model sample --library images").fine();
    program
        .line("review labels --library images")
        .refused(&["two categories with at least 5 labelled images", "Label more images"]);
    program.line("review unlike --library images").refused(&["at least 20", "there are 2"]);
    let ran = program.line("review queues --threshold 2 --library images");
    assert_ne!(ran.code, Some(0));
    assert!(ran.stderr.contains("from 0 to 1"), "{}", ran.stderr);
}

#[test]
fn images_wait_for_a_decision_below_the_score_that_the_window_begins_with() {
    let program = Program::new();
    program.copy_categories(&["Tips"], "images");
    program.line("classify --model sample --library images").fine();
    let rows = program.line("review queues --library images --json").fine().rows();
    let below = Settings::default().decide_below();
    let query = rows[0]["query"].as_str().unwrap();
    assert!(query.contains(&format!("score:<{below} ")), "{query}");
}
