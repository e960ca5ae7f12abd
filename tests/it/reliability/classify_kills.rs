//! kill -9 of the program itself while it classifies a library.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::mpsc::channel;
use std::thread;
use std::time::{Duration, Instant};

use rand::rngs::ChaCha8Rng;
use rand::{RngExt as _, SeedableRng as _};
use semblance::catalog::{ImageId, LabelSource, LabelValue, Library, LibraryPlace, View};
use serde_json::Value;

use crate::program::{Program, sample};

const KILLS: u8 = 8;
/// The longest wait after the last line that is waited for.
const LONGEST: Duration = Duration::from_millis(400);
const CLASSIFY: &str = "classify --model sample --library images --json --top 1";

/// The best category of each image, by path.
type Told = BTreeMap<PathBuf, String>;

#[test]
fn every_image_that_a_killed_classification_told_of_has_its_prediction() {
    let program = Program::new();
    add_images(&program, 0);
    let labelled = label_one(&program);
    let (mut told, mut interrupted) = (Told::new(), 0);
    for round in 1..=KILLS {
        add_images(&program, round);
        told.extend(told_before_kill(&program, round.into()));
        check(&program, &told, labelled);
        interrupted += usize::from(unpredicted(&program) > 0);
    }
    assert!(interrupted * 2 >= KILLS.into(), "mostly, it had ended before");
    add_images(&program, KILLS + 1);
    let rest = program.line(CLASSIFY).fine().rows();
    told.extend(rest.iter().map(told_by));
    check(&program, &told, labelled);
    assert_eq!(unpredicted(&program), 0);
}

fn unpredicted(program: &Program) -> usize {
    let library = library(program);
    let images = library.image_ids(&View::default()).unwrap();
    library.rows(&images).unwrap().iter().filter(|row| row.top.is_none()).count()
}

/// Adds all images of the sample, each with another byte at its end.
fn add_images(program: &Program, round: u8) {
    let files = walkdir::WalkDir::new(sample()).sort_by_file_name().into_iter();
    let files = files.map(|entry| entry.unwrap().into_path());
    for file in files.filter(|file| file.extension().is_some_and(|ending| ending == "tif")) {
        let mut bytes = fs::read(&file).unwrap();
        bytes.push(round);
        let stem = file.file_stem().unwrap().to_string_lossy();
        program.write(&format!("images/{stem}-{round}.tif"), bytes);
    }
}

fn library(program: &Program) -> Library {
    let root = program.folder().join("images").canonicalize().unwrap();
    let directory = root.join(".semblance");
    let library = Library::open(&LibraryPlace { root, directory }).unwrap();
    assert!(!library.is_read_only(), "held by a dead program");
    library
}

/// A decision that must outlive all that follows.
fn label_one(program: &Program) -> ImageId {
    let library = library(program);
    library.scan(&["tif"], &mut |_| true).unwrap();
    let categories = library.ensure_categories(&["Tips".to_owned()]).unwrap();
    let image = library.find_image(Path::new("Tips_0000-0.tif")).unwrap().unwrap();
    let label = [(image, Some(LabelValue::of(categories[0])))];
    library.set_labels(&label, "Ada", LabelSource::Person).unwrap();
    image
}

/// Starts the program and kills it at a moment that the seed decides.
fn told_before_kill(program: &Program, seed: u64) -> Told {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let lines_before = if seed.is_multiple_of(2) { 0 } else { random.random_range(1..18) };
    let wait = LONGEST.mul_f64(random.random());
    let mut command = program.command();
    command.args(CLASSIFY.split_whitespace()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    let stdout = BufReader::new(child.stdout.take().unwrap());
    let (sender, lines) = channel();
    let reader = thread::spawn(move || {
        // A line that was cut off is not acknowledged.
        let mut stdout = stdout;
        let mut line = String::new();
        while stdout.read_line(&mut line).unwrap() > 0 && line.ends_with('\n') {
            let _ = sender.send(std::mem::take(&mut line));
        }
    });
    let mut heard: Vec<String> = lines.iter().take(lines_before).collect();
    let until = Instant::now() + wait;
    while let Ok(line) = lines.recv_timeout(until.saturating_duration_since(Instant::now())) {
        heard.push(line);
    }
    let _ = child.kill(); // it may have ended
    child.wait().unwrap();
    reader.join().unwrap();
    heard.extend(lines.try_iter());
    heard.iter().map(|line| told_by(&serde_json::from_str(line).unwrap())).collect()
}

fn told_by(row: &Value) -> (PathBuf, String) {
    assert!(row["error"].is_null(), "{row}");
    (row["path"].as_str().unwrap().into(), row["top"][0]["category"].as_str().unwrap().to_owned())
}

fn check(program: &Program, told: &Told, labelled: ImageId) {
    let library = library(program);
    let report = library.verify().unwrap();
    assert_eq!((report.labels, report.decisions, report.problems), (1, 1, vec![]));
    assert!(library.label(labelled).unwrap().is_some());
    for (path, category) in told {
        let relative = path.strip_prefix(library.root()).unwrap();
        let image = library.find_image(relative).unwrap().unwrap();
        let prediction = library.prediction(image).unwrap();
        let prediction = prediction.unwrap_or_else(|| panic!("told of, and lost: {path:?}"));
        assert_eq!(prediction.scores[0].0, *category, "{path:?}");
        let row = library.rows(&[image]).unwrap().remove(0);
        assert!(row.content_sha256.is_some(), "predicted without having been read: {path:?}");
    }
}
