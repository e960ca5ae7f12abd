//! The ledger finds what is wrong: without that, the other tests would prove nothing.

use semblance::catalog::{ImageId, LabelSource, LabelValue, Library, Mark, View};
use semblance::taxonomy::CategoryId;

use super::ledger::End;
use super::line::{Answer, Line, Step};
use super::seen::model;
use super::stage::Stage;
use super::work::reading;
use super::worker::PERSON;

/// A library in which one label was given.
struct Labelled {
    stage: Stage,
    library: Library,
    images: Vec<ImageId>,
    categories: Vec<CategoryId>,
    /// The label's entry.
    entry: String,
}

fn labelled() -> Labelled {
    let stage = Stage::new();
    let library = stage.open().unwrap();
    let images = library.image_ids(&View::default()).unwrap();
    let categories: Vec<CategoryId> = library.category_tree().unwrap().ids().collect();
    let given = [(images[0], Some(LabelValue::of(categories[0])))];
    let entry = library.set_labels(&given, PERSON, LabelSource::Person).unwrap().to_string();
    Labelled { stage, library, images, categories, entry }
}

impl Labelled {
    /// What is found where a worker has told these lines.
    fn problems(self, lines: &[Line], end: End) -> Vec<String> {
        let Self { mut stage, library, .. } = self;
        drop(library);
        stage.problems_after(lines, end)
    }

    fn label(&self, image: usize, category: usize) -> Line {
        let value = LabelValue::of(self.categories[category]);
        Line::Begin(Step::Label(vec![(self.images[image], Some(value))]))
    }

    fn done(&self) -> Line {
        done(Some(&self.entry))
    }
}

fn done(entry: Option<&str>) -> Line {
    Line::Done(Answer { entry: entry.map(str::to_owned), file: None })
}

const LATER: &str = "7ZZZZZZZZZZZZZZZZZZZZZZZZZ";

#[test]
fn what_was_acknowledged_and_is_there_is_fine() {
    let it = labelled();
    let lines = [it.label(0, 0), it.done()];
    assert_eq!(it.problems(&lines, End::Killed), [""; 0]);
}

#[test]
fn what_was_in_flight_may_be_there_or_not() {
    let it = labelled();
    let lines = [it.label(0, 0)];
    assert_eq!(it.problems(&lines, End::Killed), [""; 0]);
    let it = labelled();
    let lines = [it.label(0, 0), it.done(), it.label(1, 0)];
    assert_eq!(it.problems(&lines, End::Killed), [""; 0]);
}

#[test]
fn another_label_than_the_acknowledged_one_is_found() {
    for wrong in [(0, 1), (1, 0)] {
        let it = labelled();
        let lines = [it.label(wrong.0, wrong.1), it.done()];
        let problems = it.problems(&lines, End::PowerCut);
        assert!(problems.iter().any(|problem| problem.contains("not what was decided")));
        assert!(problems.iter().any(|problem| problem.starts_with("Label")), "{problems:?}");
    }
}

#[test]
fn an_acknowledged_entry_that_is_missing_is_found() {
    let it = labelled();
    let lines = [it.label(0, 0), it.done(), it.label(1, 1), done(Some(LATER))];
    let problems = it.problems(&lines, End::PowerCut);
    assert!(problems[0].contains("is not in the journal"), "{problems:?}");
    assert!(problems[1].starts_with("Label"), "{problems:?}");
}

#[test]
fn a_decision_about_many_of_which_one_is_missing_is_found() {
    let it = labelled();
    let value = Some(LabelValue::of(it.categories[0]));
    let lines = [Line::Begin(Step::Label(vec![(it.images[0], value), (it.images[1], value)]))];
    assert!(!it.problems(&lines, End::Killed).is_empty());
}

#[test]
fn a_decision_that_nobody_made_is_found() {
    let problems = labelled().problems(&[], End::Killed);
    assert!(problems[0].contains("nobody made"), "{problems:?}");
}

#[test]
fn a_label_that_the_journal_does_not_know_is_found() {
    let it = labelled();
    let lines = [it.label(0, 0), it.done()];
    let database = rusqlite::Connection::open(it.stage.directory().join("library.db")).unwrap();
    database.execute("UPDATE label SET category_id = ?1", [it.categories[1].0]).unwrap();
    let problems = it.problems(&lines, End::Killed);
    assert!(problems.iter().any(|problem| problem.starts_with("Label")), "{problems:?}");
}

#[test]
fn undo_that_did_not_give_the_earlier_label_back_is_found() {
    let it = labelled();
    let again = [(it.images[0], Some(LabelValue::of(it.categories[1])))];
    let second = it.library.set_labels(&again, PERSON, LabelSource::Person).unwrap().to_string();
    let undo = Line::Begin(Step::Undo(second.clone()));
    let lines = [it.label(0, 0), it.done(), it.label(0, 1), done(Some(&second)), undo];
    let wrong = it.library.set_labels(&again, PERSON, LabelSource::Person).unwrap().to_string();
    let lines = [&lines[..], &[done(Some(&wrong))]].concat();
    assert!(!it.problems(&lines, End::Killed).is_empty());
}

#[test]
fn a_merge_without_what_was_decided_in_the_other_library_is_found() {
    let it = labelled();
    let taken = vec![(it.images[0], LabelValue::of(it.categories[0]))];
    let lines = [Line::Begin(Step::Merge(LATER.to_owned(), taken)), it.done()];
    let problems = it.problems(&lines, End::Killed);
    assert!(problems[0].contains("not what was decided there"), "{problems:?}");
    assert!(problems[1].contains("merged and not there"), "{problems:?}");
}

#[test]
fn notes_that_are_missing_are_found_and_what_can_be_had_again_only_after_a_kill() {
    let missing = |step: fn(ImageId) -> Step, entry: Option<&str>, end| {
        let it = labelled();
        let step = Line::Begin(step(it.images[5]));
        let lines = [it.label(0, 0), it.done(), step, done(entry)];
        it.problems(&lines, end).len()
    };
    let mark = |image| Step::Mark(vec![(image, Mark { is_excluded: true, ..Mark::default() })]);
    assert_eq!(missing(mark, Some(LATER), End::PowerCut), 2);
    let predict = |image| Step::Predict(vec![(image, vec![0.5; model().categories.len()])]);
    assert_eq!(missing(predict, None, End::Killed), 1);
    assert_eq!(missing(predict, None, End::PowerCut), 0);
    let read = |image| Step::Read(image, reading("1234").content_sha256);
    assert_eq!(missing(read, None, End::Killed), 1);
    assert_eq!(missing(read, None, End::PowerCut), 0);
}
