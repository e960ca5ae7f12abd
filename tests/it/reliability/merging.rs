//! The kind of work that needs a second library: what somebody else decided is taken over.

use std::fs;

use rand::RngExt as _;
use rand::seq::index::sample;
use semblance::catalog::{
    Answer as Said, ImageId, ImageRow, LabelSource, LabelValue, Library, LibraryPlace,
    MergeOptions, OnConflict, View,
};
use sha2::{Digest as _, Sha256};

use super::line::{Answer, Step};
use super::stage::CATEGORIES;
use super::worker::{PERSON, Worker};

/// Images that both libraries have.
const COMMON: usize = 40;

/// Labels are taken away, somebody else gives these images other ones, and both are merged.
pub fn merging(worker: &mut Worker) {
    read_contents(worker);
    let other = other_library(worker);
    let there = other.image_ids(&View::default()).unwrap();
    let rows = other.rows(&there).unwrap();
    let here = |row: &ImageRow| worker.library.find_image(&row.relative_path).unwrap().unwrap();
    let here: Vec<ImageId> = rows.iter().map(here).collect();
    let nothing: Vec<_> = here.iter().map(|image| (*image, None)).collect();
    worker.decide(Step::Label(nothing.clone()), |library| {
        library.set_labels(&nothing, PERSON, LabelSource::Person)
    });
    let (mut given, mut taken) = (Vec::new(), Vec::new());
    for (here, there) in here.into_iter().zip(there) {
        let [value_here, value_there] = equal_values(worker, &other);
        given.push((there, Some(value_there)));
        taken.push((here, value_here));
    }
    let theirs = other.set_labels(&given, "somebody else", LabelSource::Person).unwrap();
    worker.decide(Step::Merge(theirs.to_string(), taken), |library| {
        Ok(library.merge(&other, &MergeOptions::of(OnConflict::Keep), PERSON)?.entry.unwrap())
    });
}

/// Has the content of all images known, by which they are found again in another library.
fn read_contents(worker: &mut Worker) {
    let rows = worker.library.rows(&worker.images).unwrap();
    for row in rows.into_iter().filter(|row| row.content_sha256.is_none()) {
        let hash = content_sha256(&worker.library, &row);
        worker.step(Step::Read(row.id, hash.clone()), |library| {
            library.save_content(row.id, &hash, None)?;
            Ok(Answer::default())
        });
    }
}

/// The second library, which each worker makes anew: what one that was ended had no more merged is
/// not merged by the next.
fn other_library(worker: &mut Worker) -> Library {
    let ours = worker.library.root();
    let root = ours.with_file_name("other");
    let place = LibraryPlace { directory: root.join(".semblance"), root: root.clone() };
    if worker.turn > 0 {
        return Library::open(&place).unwrap();
    }
    let _ = fs::remove_dir_all(&root);
    fs::create_dir(&root).unwrap();
    let chosen = sample(&mut worker.random, worker.images.len(), COMMON);
    let chosen: Vec<ImageId> = chosen.into_iter().map(|index| worker.images[index]).collect();
    for row in worker.library.rows(&chosen).unwrap() {
        // Written anew, the file has a time of its own: it is known by its content alone.
        let content = fs::read(ours.join(&row.relative_path)).unwrap();
        fs::write(root.join(&row.relative_path), content).unwrap();
    }
    let library = Library::open(&place).unwrap();
    library.scan(&["tif"], &mut |_| true).unwrap();
    // In another order, so that the same category has another number.
    let categories: Vec<String> = CATEGORIES.iter().rev().map(ToString::to_string).collect();
    library.ensure_categories(&categories).unwrap();
    let images = library.image_ids(&View::default()).unwrap();
    for row in library.rows(&images).unwrap() {
        library.save_content(row.id, &content_sha256(&library, &row), None).unwrap();
    }
    library
}

fn content_sha256(library: &Library, row: &ImageRow) -> String {
    let content = fs::read(library.root().join(&row.relative_path)).unwrap();
    Sha256::digest(content).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What means the same here and in the other library.
fn equal_values(worker: &mut Worker, other: &Library) -> [LabelValue; 2] {
    if worker.random.random_ratio(1, 10) {
        return [LabelValue { answer: Said::NoneOfThese, second_category: None }; 2];
    }
    let name = CATEGORIES[worker.random.random_range(0..CATEGORIES.len())];
    [&worker.library, other].map(|library| {
        let tree = library.category_tree().unwrap();
        LabelValue::of(tree.find(name).unwrap())
    })
}
