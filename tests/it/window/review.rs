//! The queues of review: what waits in each, why, and how it goes away.

use std::path::PathBuf;

use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable as _;
use semblance::catalog::{
    ImageId, LabelDoubt, LabelSource, LabelValue, Library, LibraryPlace, ModelInfo, ReviewQueue,
    Sort, View,
};
use semblance::micrograph::READABLE_EXTENSIONS;
use semblance::ops::{find_model, model_in_use};
use semblance::session::{Command, NoticeLevel};
use semblance::settings::Settings;

use super::{Window, sample, sample_window};

/// Scores of a model that is sure of every other image.
const SURE: f32 = 0.97;
const UNSURE: f32 = 0.6;

/// A window on twenty images of which each queue has some:
///
/// - all are predicted as what they are, the odd ones not for sure;
/// - 0 is labelled wrongly, 1 rightly but in doubt, 4 and 5 are nearly the same with different labels;
/// - 2 is far from all labelled ones;
/// - a twenty-first file cannot be read.
fn reviewed_window() -> (tempfile::TempDir, PathBuf, Window) {
    let folder = sample();
    let images = folder.path().join("sample");
    std::fs::write(images.join("zz-broken.tif"), b"II*\0 cut short").unwrap();
    let library = Library::open(&LibraryPlace::for_folder(&images).unwrap()).unwrap();
    library.scan(&READABLE_EXTENSIONS, &mut |_| true).unwrap();
    let model = find_model(Some(&library), &model_in_use(&library).unwrap()).unwrap();
    let info = ModelInfo {
        name: "sample".to_owned(),
        sha256: model.sha256().to_owned(),
        categories: model.categories().to_vec(),
        category_uids: Vec::new(),
    };
    let categories = library.ensure_categories(&info.categories).unwrap();
    let ids = library.image_ids(&View::default()).unwrap();
    let broken = ids[20];
    let rows = library.rows(&ids[..20]).unwrap();
    let of_folder = |at: usize| {
        let folder = rows[at].relative_path.parent().unwrap().display().to_string();
        info.categories.iter().position(|name| *name == folder).unwrap()
    };
    let scores = |at: usize| {
        let best = if at.is_multiple_of(2) { SURE } else { UNSURE };
        let rest = (1.0 - best) / (info.categories.len() - 1) as f32;
        let mut scores = vec![rest; info.categories.len()];
        scores[of_folder(at)] = best;
        scores
    };
    let predictions: Vec<_> = (0..20).map(|at| (ids[at], scores(at))).collect();
    library.save_predictions(&info, &predictions).unwrap();
    let choice = library.read_choice(broken).unwrap();
    library.save_read_error(broken, &choice, None, "The TIFF file is cut short").unwrap();
    let wrong = (of_folder(0) + 5) % categories.len();
    let labels: Vec<(ImageId, Option<LabelValue>)> =
        [(0, wrong), (1, of_folder(1)), (4, of_folder(4)), (5, wrong)]
            .map(|(at, category)| (ids[at], Some(LabelValue::of(categories[category]))))
            .into();
    library.set_labels(&labels, "Ada", LabelSource::Person).unwrap();
    library.save_near_duplicates(&[vec![ids[4], ids[5]]]).unwrap();
    let labelled_at = library.label(ids[1]).unwrap().unwrap().at;
    let doubt =
        LabelDoubt { image: ids[1], labelled_at, likelier: categories[wrong], margin: 0.75 };
    library.save_doubts(&[doubt]).unwrap();
    library.save_novelty(&[(ids[2], 0.5), (ids[3], 0.1)], 0.2).unwrap();
    drop(library);
    let mut window = Window::open(Some(&images));
    window.until_idle();
    (folder, images, window)
}

fn waiting(window: &mut Window, queue: ReviewQueue) -> u64 {
    window.app().session().review_counts().of(queue)
}

#[test]
fn each_queue_counts_shows_and_explains_its_images() {
    let (_folder, _images, mut window) = reviewed_window();
    // Ten are unsure; of these, 1 and 5 have a label.
    for (row, queue, reason) in [
        (
            "To decide, 8 images",
            ReviewQueue::ToDecide,
            "The best prediction has 60 %, which is below 80 %",
        ),
        ("Label and prediction differ, 2 images", ReviewQueue::Disagreements, "The label is "),
        (
            "Likely label errors, 1 images",
            ReviewQueue::Doubtful,
            "A model that never saw it gives ",
        ),
        (
            "Unlike anything labelled, 1 images",
            ReviewQueue::Unlike,
            "Its distance to labelled images is 0.50; of these, 95 % are within 0.20",
        ),
        (
            "Near-duplicates that differ, 2 images",
            ReviewQueue::Conflicting,
            "An image that is nearly the same has another label",
        ),
        ("Unreadable files, 1 images", ReviewQueue::Unreadable, "The TIFF "),
    ] {
        window.click(row);
        assert_eq!(window.app().session().queue(), Some(queue), "{row}");
        let count = waiting(&mut window, queue);
        assert_eq!(window.app().session().image_ids().len() as u64, count, "{row}");
        let first = window.app().session().image_ids()[0];
        let told = window.app().session().queue_reason(queue, first).unwrap_or_default();
        assert!(told.starts_with(reason), "{row}: {told}");
        assert!(window.0.query_all_by_label(&told).next().is_some(), "the inspector says: {told}");
        window.click("All, 21 images");
        assert_eq!(window.app().session().queue(), None);
    }
}

#[test]
fn a_near_duplicate_that_is_labelled_alike_is_no_reason_any_more() {
    let (_folder, _images, mut window) = reviewed_window();
    window.click("Near-duplicates that differ, 2 images");
    let first = window.app().session().image_ids()[0];
    let reason =
        |window: &mut Window| window.app().session().queue_reason(ReviewQueue::Conflicting, first);
    assert!(reason(&mut window).is_some());
    let label = window.app().session().row(first).unwrap().label.unwrap();
    window.press(Key::ArrowRight);
    window.app().send(Command::SetCategory(label.value.category().unwrap()));
    window.settle();
    assert_eq!(reason(&mut window), None);
}

#[test]
fn the_queue_to_decide_follows_the_score_below_which_one_decides() {
    let (_folder, _images, mut window) = reviewed_window();
    window.click("To decide, 8 images");
    for (percent, images) in [(98, 16), (60, 0), (61, 8)] {
        let settings = window.app().session().settings().clone();
        let settings = Settings { decide_below_percent: percent, ..settings };
        window.app().send(Command::ChangeSettings(settings));
        window.settle();
        let session = window.app().session();
        assert_eq!(session.queue(), Some(ReviewQueue::ToDecide), "below {percent} %");
        assert_eq!(session.image_ids().len(), images, "below {percent} %");
    }
}

#[test]
fn the_order_of_a_queue_ends_with_the_queue_unless_another_was_chosen() {
    let (_folder, _images, mut window) = reviewed_window();
    let sort = |window: &mut Window| window.app().session().view().unwrap().sort;
    window.app().send(Command::SetSort(Sort::Newest));
    window.settle();
    window.click("To decide, 8 images");
    assert_eq!(sort(&mut window), ReviewQueue::ToDecide.sort());
    window.click("Unreadable files, 1 images");
    window.click("All, 21 images");
    window.click("Unreadable files, 1 images");
    window.click("Unreadable files, 1 images"); // it stays
    assert_eq!(window.app().session().queue(), Some(ReviewQueue::Unreadable));
    window.click("All, 21 images");
    assert_eq!(sort(&mut window), Sort::Newest);
    window.click("To decide, 8 images");
    window.app().send(Command::SetSort(Sort::ScoreAscending));
    window.settle();
    window.click("All, 21 images");
    assert_eq!(sort(&mut window), Sort::ScoreAscending);
}

#[test]
fn a_queue_gets_shorter_as_one_labels_and_longer_as_one_takes_back() {
    let (_folder, _images, mut window) = reviewed_window();
    window.click("To decide, 8 images");
    let first = window.app().session().current_image();
    window.press(Key::Space);
    assert_eq!(waiting(&mut window, ReviewQueue::ToDecide), 7);
    assert!(window.shows("7 left"));
    assert_ne!(window.app().session().current_image(), first, "it goes on");
    assert_eq!(window.app().session().image_ids().len(), 8, "and nothing jumps away");
    window.press(Key::X);
    assert_eq!(waiting(&mut window, ReviewQueue::ToDecide), 6);
    window.press_with(Modifiers::COMMAND, Key::Z);
    window.press_with(Modifiers::COMMAND, Key::Z);
    assert_eq!(waiting(&mut window, ReviewQueue::ToDecide), 8);
}

#[test]
fn a_label_that_is_decided_anew_is_no_longer_doubted_or_different() {
    let (_folder, _images, mut window) = reviewed_window();
    window.click("Likely label errors, 1 images");
    window.press(Key::Space);
    assert_eq!(waiting(&mut window, ReviewQueue::Doubtful), 0);
    window.click("Label and prediction differ, 2 images");
    window.press_with(Modifiers::COMMAND, Key::A);
    window.press(Key::Space);
    assert_eq!(waiting(&mut window, ReviewQueue::Disagreements), 0);
    assert_eq!(waiting(&mut window, ReviewQueue::Conflicting), 0, "they agree now");
    window.press_with(Modifiers::COMMAND, Key::Z);
    assert_eq!(waiting(&mut window, ReviewQueue::Disagreements), 2);
}

#[test]
fn all_sure_predictions_are_accepted_and_taken_back_with_one_key() {
    let (_folder, _images, mut window) = reviewed_window();
    let labelled = |window: &mut Window| window.app().session().counts().unwrap().labelled;
    window.click("To decide, 8 images");
    window.click("Accept all of 95 % or more in the library");
    // Ten are sure; of these, 0 and 4 have a label.
    assert_eq!(labelled(&mut window), 4 + 8);
    window.press_with(Modifiers::COMMAND, Key::Z);
    assert_eq!(labelled(&mut window), 4);
}

#[test]
fn why_a_file_cannot_be_read_is_said_in_its_place() {
    let (_folder, _images, mut window) = reviewed_window();
    window.click("Unreadable files, 1 images");
    window.press(Key::Enter);
    window.until("the reason", |w| w.0.query_by_label_contains("Cannot be read: ").is_some());
}

#[test]
fn looking_for_errors_among_too_few_labels_says_what_to_do() {
    let (_folder, _images, mut window) = reviewed_window();
    window.click("Likely label errors, 1 images");
    window.click("Look for label errors");
    window.until_idle();
    let told = window.app().session().notices().last().unwrap();
    assert_eq!(told.level, NoticeLevel::Warning);
    assert!(told.text.contains("classify"), "{}", told.text);
    assert_eq!(waiting(&mut window, ReviewQueue::Doubtful), 1, "what was found before stays");
}

#[test]
fn a_queue_that_nobody_has_looked_for_says_so_instead_of_nothing_is_wrong() {
    let (_folder, _images, mut window) = sample_window();
    for (row, button) in [
        ("Likely label errors", "Look for label errors"),
        ("Unlike anything labelled", "Look for images unlike anything labelled"),
    ] {
        window.click(row); // without a number
        assert!(window.shows("Not looked for yet"), "{row}");
        assert!(window.shows(button), "{row}");
        let hint = format!("“{button}”");
        assert!(window.0.query_by_label_contains(&hint).is_some(), "{row}");
        assert!(!window.shows("0 left"), "{row}");
        window.click("Show all images");
    }
}
