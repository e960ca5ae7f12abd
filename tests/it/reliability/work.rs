//! Kinds of work. A new kind is a function here, its line in [`KINDS`], and a test in `kills.rs`
//! and `power_cuts.rs`; where it does something new to the library, also a `Step` with its effects.

use std::fs;
use std::path::PathBuf;

use rand::RngExt as _;
use semblance::catalog::{
    AcceptanceRule, Answer as Said, CategoryChange, EntryId, ForeignLabels, ImageId, Label,
    LabelSource, LabelValue, Library, Mark, Reading, SavedSearch,
};
use semblance::micrograph::{DataBar, DataBarSource, ReadChoice};
use semblance::taxonomy::CategoryState;

use super::line::{Answer, Step};
use super::merging::merging;
use super::seen::model;
use super::worker::{PERSON, Worker};

/// One turn of a kind of work.
pub type Work = fn(&mut Worker);

/// All kinds, by name.
pub const KINDS: [(&str, Work); 15] = [
    ("single labels", single_labels),
    ("many labels", many_labels),
    ("undo", undo),
    ("notes", notes),
    ("import", import),
    ("categories", categories),
    ("classification", classification),
    ("labelling beside classification", labelling_beside_classification),
    ("one reading", one_reading),
    ("automatic acceptance", automatic_acceptance),
    ("scanning", scanning),
    ("saved filters", saved_filters),
    ("compaction", compaction),
    ("backups", backups),
    ("merging", merging),
];

/// Images in a decision about many.
const MANY: usize = 250;
/// Images whose predictions are saved together, as in `ops/classify.rs`.
const BATCH: usize = 16;

/// A label key.
pub fn single_labels(worker: &mut Worker) {
    let image = worker.image();
    label(worker, &[image]);
}

/// A label key with many images selected.
pub fn many_labels(worker: &mut Worker) {
    let from = worker.random.random_range(0..worker.images.len() - MANY);
    let images = worker.images[from..from + MANY].to_vec();
    label(worker, &images);
}

/// Decisions about some images that are taken back and made again.
pub fn undo(worker: &mut Worker) {
    match worker.random.random_range(0..4) {
        0 => single_labels(worker),
        1 => {
            let images: Vec<ImageId> = (0..12).map(|_| worker.image()).collect();
            label(worker, &images);
        }
        2 => notes(worker),
        _ => {}
    }
    let next = match worker.random.random_range(0..3) {
        0 => worker.library.next_redo().unwrap(),
        _ => worker.library.next_undo().unwrap(),
    };
    reverse(worker, next);
}

fn reverse(worker: &mut Worker, entry: Option<EntryId>) {
    if let Some(entry) = entry {
        let step = Step::Undo(entry.to_string());
        worker.decide(step, |library| library.undo(&entry, PERSON));
    }
}

/// Notes and flags, also for several images at once.
pub fn notes(worker: &mut Worker) {
    let count = worker.random.random_range(1..20);
    let mut marks: Vec<(ImageId, Mark)> = Vec::new();
    for _ in 0..count {
        let number: u32 = worker.random.random();
        let note = (!number.is_multiple_of(3)).then(|| format!("a note with the number {number}"));
        let mark = Mark {
            note,
            is_annotated: number.is_multiple_of(5),
            is_excluded: number.is_multiple_of(7),
        };
        let image = worker.image();
        if marks.iter().all(|(other, _)| *other != image) {
            marks.push((image, mark));
        }
    }
    let step = Step::Mark(marks.clone());
    worker.decide(step, |library| library.set_marks(&marks, PERSON, LabelSource::Person));
}

/// Labels of somebody else are taken over, each with who gave it.
pub fn import(worker: &mut Worker) {
    let category = worker.category();
    let label = Label {
        value: LabelValue::of(category),
        by: "somebody else".to_owned(),
        at: "2025-01-01T00:00:00Z".parse().unwrap(),
        source: LabelSource::Import,
    };
    let from = worker.random.random_range(0..worker.images.len() - MANY);
    let images = worker.images[from..from + MANY].to_vec();
    let foreign = ForeignLabels {
        labels: images.iter().map(|image| (*image, label.clone())).collect(),
        ..ForeignLabels::default()
    };
    let step = Step::Label(images.iter().map(|image| (*image, Some(label.value))).collect());
    worker.decide(step, |library| library.take_over(&foreign, PERSON, LabelSource::Import));
}

/// What a curator does to categories, between labels.
pub fn categories(worker: &mut Worker) {
    let category = worker.category();
    let name = format!("Category {:016x}", worker.random.random::<u64>());
    // What changes nothing is refused.
    let tree = worker.library.category_tree().unwrap();
    let meaning = tree.meaning(category);
    let is_retired = tree.get(meaning).is_some_and(|it| it.state == CategoryState::Retired);
    let (step, change) = match worker.turn % 6 {
        0 => {
            let images: Vec<ImageId> = (0..30).map(|_| worker.image()).collect();
            return label(worker, &images);
        }
        1 => (Step::Rename(category, name.clone()), CategoryChange::Rename { category, name }),
        2 | 4 if is_retired => (Step::Offer(category, true), CategoryChange::Restore(category)),
        2 | 4 => (Step::Offer(category, false), CategoryChange::Retire(category)),
        3 => {
            let images: Vec<ImageId> = (0..80).map(|_| worker.image()).collect();
            let label_of = |image: &ImageId| worker.library.label(*image).unwrap();
            let category_of = |image| label_of(image).and_then(|label| label.value.category());
            let is_of = |image| category_of(image).is_some_and(|id| tree.meaning(id) == meaning);
            if !images.iter().any(is_of) {
                return label(worker, &images);
            }
            let step = Step::Split(category, name.clone(), images.clone());
            let is_subcategory = false;
            (step, CategoryChange::Split { from: category, name, is_subcategory, images })
        }
        _ => return undo(worker),
    };
    worker.decide(step, |library| Ok(library.change_categories(&change, PERSON)?.entry));
}

/// What classifying a library saves: each reading at once, predictions in batches.
pub fn classification(worker: &mut Worker) {
    let images = batch(worker);
    for image in &images {
        read(worker, *image);
    }
    predict(worker, &images);
}

/// Predictions, which are not synced, and labels, which are. Nothing is read: a labelled image whose file
/// holds something else loses its prediction.
pub fn labelling_beside_classification(worker: &mut Worker) {
    let images = batch(worker);
    predict(worker, &images);
    for _ in 0..worker.random.random_range(0..4) {
        single_labels(worker);
    }
}

/// The first of what [`classification`] saves: nothing is written after it.
pub fn one_reading(worker: &mut Worker) {
    let image = worker.image();
    read(worker, image);
    worker.wait_to_be_ended();
}

fn read(worker: &mut Worker, image: ImageId) {
    let hash: String = (0..4).map(|_| format!("{:016x}", worker.random.random::<u64>())).collect();
    let reading = reading(&hash);
    worker.step(Step::Read(image, hash), |library| {
        library.save_reading(image, &reading)?;
        Ok(Answer::default())
    });
}

/// Images whose predictions are saved together.
fn batch(worker: &mut Worker) -> Vec<ImageId> {
    let mut images = Vec::new();
    while images.len() < BATCH {
        let image = worker.image();
        if !images.contains(&image) {
            images.push(image);
        }
    }
    images
}

fn predict(worker: &mut Worker, images: &[ImageId]) {
    let mut predictions: Vec<(ImageId, Vec<f32>)> = Vec::new();
    for image in images {
        let scores = model().categories.iter().map(|_| worker.random.random()).collect();
        predictions.push((*image, scores));
    }
    worker.step(Step::Predict(predictions.clone()), |library| {
        library.save_predictions(&model(), &predictions)?;
        Ok(Answer::default())
    });
}

/// Predictions become labels from some score up, and are taken back where none is left.
pub fn automatic_acceptance(worker: &mut Worker) {
    if worker.turn.is_multiple_of(3) {
        let images = batch(worker);
        return predict(worker, &images);
    }
    let least_score = worker.random.random_range(0.5..0.9);
    let rule = AcceptanceRule { model_sha256: model().sha256, least_score, categories: None };
    let planned = worker.library.plan_acceptance(&rule).unwrap().labels;
    if planned.is_empty() {
        let next = worker.library.next_undo().unwrap();
        return reverse(worker, next);
    }
    let labels = planned.iter().map(|(image, id)| (*image, Some(LabelValue::of(*id))));
    let step = Step::Label(labels.collect());
    worker.decide(step, |library| {
        let acceptance = library.accept_automatically(&rule, PERSON)?;
        Ok(acceptance.entry.unwrap())
    });
}

/// New files are found and given labels at once.
pub fn scanning(worker: &mut Worker) {
    let files: Vec<PathBuf> =
        (0..3).map(|_| format!("new/{:016x}.tif", worker.random.random::<u64>()).into()).collect();
    let root = worker.library.root().to_owned();
    fs::create_dir_all(root.join("new")).unwrap();
    for file in &files {
        fs::write(root.join(file), file.as_os_str().as_encoded_bytes()).unwrap();
    }
    worker.step(Step::Scan(files.clone()), |library| {
        library.scan(&["tif"], &mut |_| true)?;
        Ok(Answer::default())
    });
    let library = &worker.library;
    // After a scan that failed they are not there.
    let found: Vec<ImageId> =
        files.iter().filter_map(|file| library.find_image(file).unwrap()).collect();
    label(worker, &found);
}

/// Filters are saved, replaced and removed.
pub fn saved_filters(worker: &mut Worker) {
    let name = format!("filter {}", worker.random.random_range(0..8));
    let known = worker.library.saved_searches().unwrap();
    if known.iter().any(|saved| saved.name == name) && worker.random.random_range(0..3) == 0 {
        worker.step(Step::SaveFilter(name.clone(), None), |library| {
            library.remove_saved_search(&name)?;
            Ok(Answer::default())
        });
        return;
    }
    let text = format!("kv:{}", worker.random.random::<u32>());
    let saved = SavedSearch { name: name.clone(), text: text.clone() };
    worker.step(Step::SaveFilter(name, Some(text)), |library| {
        library.save_search(&saved)?;
        Ok(Answer::default())
    });
}

/// Labels, between which the library file is written anew.
pub fn compaction(worker: &mut Worker) {
    let images: Vec<ImageId> = (0..40).map(|_| worker.image()).collect();
    label(worker, &images);
    worker.step(Step::Compact, |library| {
        library.compact()?;
        Ok(Answer::default())
    });
}

/// Labels, between which the library file is copied.
pub fn backups(worker: &mut Worker) {
    single_labels(worker);
    worker.step(Step::BackUp, |library| Ok(Answer { file: Some(library.back_up()?), entry: None }));
}

/// Gives these images a label, of two for one image the last; or takes it away.
fn label(worker: &mut Worker, images: &[ImageId]) {
    let (category, second) = (worker.category(), worker.category());
    let value = match worker.random.random_range(0..10) {
        0 => None,
        1 => Some(LabelValue { answer: Said::NoneOfThese, second_category: None }),
        2 => Some(LabelValue {
            second_category: Some(second).filter(|second| *second != category),
            ..LabelValue::of(category)
        }),
        _ => Some(LabelValue::of(category)),
    };
    let labels: Vec<_> = images.iter().map(|image| (*image, value)).collect();
    let step = Step::Label(labels.clone());
    let call = |library: &Library| library.set_labels(&labels, PERSON, LabelSource::Person);
    worker.decide(step, call);
}

/// What reading a file of this content gives.
pub fn reading(content_sha256: &str) -> Reading {
    Reading {
        stamp: None,
        content_sha256: content_sha256.to_owned(),
        width_px: 1024,
        height_px: 768,
        bit_depth: 8,
        page: 1,
        pages: 1,
        choice: ReadChoice::default(),
        data_bar: DataBar { top: 0, bottom: 64 },
        data_bar_source: DataBarSource::Header,
        instrument_json: Some(r#"{"accelerating_voltage_kv":5.0,"sample":"Series"}"#.to_owned()),
        problem: None,
    }
}
