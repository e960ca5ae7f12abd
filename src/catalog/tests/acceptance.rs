//! Predictions become labels by themselves, and never against a person.

use super::moves::{is_clean, read};
use super::*;
use crate::query::Query;

const PATHS: [&str; 5] = ["a.tif", "b.tif", "c.tif", "d.tif", "e.tif"];

/// Five images that model m has classified, with these scores of Tips; the rest is for Wires, and
/// none for Films.
fn classified(scores: [f32; 5]) -> (Fixture, [CategoryId; 3]) {
    let fixture = Fixture::with_files(&PATHS);
    PATHS.iter().for_each(|path| read(&fixture, path));
    let library = &fixture.library;
    let ids = library.ensure_categories(&model("m").categories).unwrap();
    let predictions: Vec<_> = PATHS
        .iter()
        .zip(scores)
        .map(|(path, tips)| (fixture.image(path), vec![tips, 1.0 - tips, 0.0]))
        .collect();
    library.save_predictions(&model("m"), &predictions).unwrap();
    (fixture, [ids[0], ids[1], ids[2]])
}

fn from(least_score: f32) -> AcceptanceRule {
    AcceptanceRule { model_sha256: "m".to_owned(), least_score, categories: None }
}

fn accept(fixture: &Fixture, rule: &AcceptanceRule) -> Acceptance {
    let planned = fixture.library.plan_acceptance(rule).unwrap();
    let accepted = fixture.library.accept_automatically(rule, "Ada").unwrap();
    assert_eq!(Acceptance { entry: accepted.entry.clone(), ..planned }, accepted);
    is_clean(fixture);
    accepted
}

/// Which images were labelled, by name.
fn labelled(fixture: &Fixture, acceptance: &Acceptance) -> Vec<String> {
    let images: Vec<ImageId> = acceptance.labels.iter().map(|(image, _)| *image).collect();
    let rows = fixture.library.rows(&images).unwrap().into_iter();
    rows.map(|row| row.relative_path.display().to_string()).collect()
}

fn label_of(fixture: &Fixture, path: &str) -> Option<Label> {
    fixture.library.label(fixture.image(path)).unwrap()
}

fn clear(fixture: &Fixture, path: &str) {
    let none = [(fixture.image(path), None)];
    fixture.library.set_labels(&none, "Bob", LabelSource::Person).unwrap();
}

fn undo(fixture: &Fixture) {
    let entry = fixture.library.next_undo().unwrap().expect("something to take back");
    fixture.library.undo(&entry, "Bob").unwrap();
}

#[test]
fn what_reaches_the_score_is_one_decision_that_tells_how_it_came_about() {
    let (fixture, [tips, wires, films]) = classified([0.95, 0.9, 0.89, 0.04, 1.0]);
    let library = &fixture.library;
    fixture.label("e.tif", films);
    let by_hand = label_of(&fixture, "e.tif");
    let accepted = accept(&fixture, &from(0.9));
    let [a, b, d] = ["a.tif", "b.tif", "d.tif"].map(|path| fixture.image(path));
    assert_eq!(accepted.labels, [(a, tips), (b, tips), (d, wires)]);
    assert_eq!(label_of(&fixture, "e.tif"), by_hand, "no label is overwritten");
    let label = label_of(&fixture, "d.tif").unwrap();
    assert_eq!((label.by.as_str(), label.source), ("Ada", LabelSource::AcceptedAutomatically));
    assert_eq!(library.history(a).unwrap()[0].source, LabelSource::AcceptedAutomatically);
    let query = Query::parse("source:accepted_automatically").unwrap();
    assert_eq!(library.image_ids(&View { query, ..View::default() }).unwrap(), [a, b, d]);
    assert_eq!(accept(&fixture, &from(0.9)).entry, None, "there is nothing left to accept");

    assert_eq!(library.next_undo().unwrap(), accepted.entry);
    undo(&fixture);
    assert_eq!(library.counts().unwrap().labelled, 1);
    let redo = library.next_redo().unwrap().unwrap();
    library.undo(&redo, "Ada").unwrap();
    assert_eq!(label_of(&fixture, "d.tif"), Some(label));
}

#[test]
fn images_that_are_excluded_missing_unreadable_or_of_another_model_are_left_alone() {
    let (fixture, _) = classified([1.0; 5]);
    let library = &fixture.library;
    let excluded = Mark { is_excluded: true, ..Mark::default() };
    library.set_marks(&[(fixture.image("a.tif"), excluded)], "Ada", LabelSource::Person).unwrap();
    fs::remove_file(fixture.path("b.tif")).unwrap();
    fixture.scan();
    library.save_read_error(fixture.image("c.tif"), &Default::default(), None, "cut off").unwrap();
    let other = [(fixture.image("d.tif"), vec![1.0, 0.0, 0.0])];
    library.save_predictions(&model("n"), &other).unwrap();
    let accepted = accept(&fixture, &from(0.5));
    assert_eq!(labelled(&fixture, &accepted), ["e.tif"]);
    assert_eq!((accepted.excluded, accepted.taken_away), (1, 0));
}

#[test]
fn a_label_that_somebody_took_away_does_not_come_back_by_itself() {
    let (fixture, [tips, wires, _]) = classified([1.0; 5]);
    // A person's own label; one that was accepted; and one that was taken back and forth.
    fixture.label("a.tif", wires);
    clear(&fixture, "a.tif");
    assert_eq!(
        labelled(&fixture, &accept(&fixture, &from(0.5))),
        ["b.tif", "c.tif", "d.tif", "e.tif"]
    );
    clear(&fixture, "b.tif");
    let again = accept(&fixture, &from(0.5));
    assert_eq!((again.labels.len(), again.taken_away), (0, 2));
    undo(&fixture);
    assert_eq!(label_of(&fixture, "b.tif").map(|label| label.value), Some(value(tips)));
    let redo = fixture.library.next_redo().unwrap().unwrap();
    fixture.library.undo(&redo, "Bob").unwrap();
    assert_eq!(accept(&fixture, &from(0.5)).taken_away, 2);
}

#[test]
fn what_was_undone_is_as_though_it_had_never_been_decided() {
    let (fixture, [_, wires, _]) = classified([1.0, 0.9, 0.9, 0.9, 0.9]);
    fixture.label("a.tif", wires);
    undo(&fixture);
    assert_eq!(accept(&fixture, &from(0.8)).labels.len(), 5);
    undo(&fixture);
    let fewer = accept(&fixture, &from(0.95));
    assert_eq!((labelled(&fixture, &fewer), fewer.taken_away), (vec!["a.tif".to_owned()], 0));
}

#[test]
fn only_categories_that_are_asked_for_and_given_here_are_accepted() {
    let (fixture, [tips, wires, _]) = classified([0.9, 0.9, 0.1, 0.1, 0.9]);
    let library = &fixture.library;
    let foreign = ModelInfo { categories: vec!["Cells".into()], ..model("m") };
    library.save_predictions(&foreign, &[(fixture.image("e.tif"), vec![1.0])]).unwrap();
    let of_wires = AcceptanceRule { categories: Some([wires].into()), ..from(0.5) };
    let accepted = accept(&fixture, &of_wires);
    assert_eq!(labelled(&fixture, &accepted), ["c.tif", "d.tif"]);
    assert_eq!(accepted.not_offered, [].into(), "nobody asked for the others");
    library.change_categories(&CategoryChange::Retire(tips), "Cid").unwrap();
    let accepted = accept(&fixture, &from(0.5));
    assert_eq!(accepted.entry, None);
    let not_offered = [("Tips", 2), ("Cells", 1)].map(|(name, images)| (name.to_owned(), images));
    assert_eq!(accepted.not_offered, not_offered.into());
}

#[test]
fn categories_that_were_merged_reach_the_score_together() {
    let (fixture, [tips, wires, _]) = classified([0.5, 0.55, 0.6, 0.45, 0.4]);
    assert_eq!(accept(&fixture, &from(0.9)).labels, []);
    let merge = CategoryChange::Merge { from: vec![wires], into: tips };
    fixture.library.change_categories(&merge, "Cid").unwrap();
    let accepted = accept(&fixture, &from(0.9));
    assert!(accepted.labels.iter().all(|(_, category)| *category == tips));
    assert_eq!(accepted.labels.len(), 5);
}

#[test]
fn a_persons_label_stands_before_an_automatic_one_where_files_or_libraries_meet() {
    let (fixture, [tips, wires, _]) = classified([1.0; 5]);
    // The same bytes, which nobody has read yet, labelled by a person before the acceptance.
    fixture.write("copy.tif", "a.tif");
    fixture.scan();
    fixture.label("copy.tif", wires);
    accept(&fixture, &from(0.9));
    assert_eq!(label_of(&fixture, "a.tif").unwrap().value, value(tips));
    read(&fixture, "copy.tif");
    let label = label_of(&fixture, "a.tif").unwrap();
    assert_eq!((label.value, label.source), (value(wires), LabelSource::Person));

    let other = Fixture::with_files(&PATHS);
    PATHS.iter().for_each(|path| read(&other, path));
    let theirs = other.library.ensure_categories(&model("m").categories).unwrap();
    let labels = ["b.tif", "c.tif"].map(|path| (other.image(path), Some(value(theirs[0]))));
    other.library.set_labels(&labels[..1], "Bob", LabelSource::Person).unwrap();
    other.library.set_labels(&labels[1..], "Bob", LabelSource::AcceptedPrediction).unwrap();
    let report =
        fixture.library.merge(&other.library, &MergeOptions::of(OnConflict::Keep), "Ada").unwrap();
    assert_eq!((report.taken, report.conflicts.len()), (2, 0), "{report:?}");
    let source = |path| label_of(&fixture, path).unwrap().source;
    assert_eq!(source("b.tif"), LabelSource::Merge);
    assert_eq!(source("c.tif"), LabelSource::AcceptedPrediction);
    assert_eq!(source("d.tif"), LabelSource::AcceptedAutomatically);
    is_clean(&fixture);
}

#[test]
fn predictions_are_judged_by_labels_of_what_the_file_holds() {
    let (fixture, [tips, wires, _]) = classified([0.9, 0.2, 0.9, 0.9, 0.9]);
    let library = &fixture.library;
    fixture.label("a.tif", tips);
    fixture.label("b.tif", tips);
    fixture.label("c.tif", tips);
    let excluded = Mark { is_excluded: true, ..Mark::default() };
    library.set_marks(&[(fixture.image("c.tif"), excluded)], "Ada", LabelSource::Person).unwrap();
    fixture.label("d.tif", tips);
    fixture.write("d.tif", "another picture");
    fixture.scan();
    read(&fixture, "d.tif");
    let again = [(fixture.image("d.tif"), vec![0.9, 0.1, 0.0])];
    library.save_predictions(&model("m"), &again).unwrap();
    let judged = library.judged_predictions("m").unwrap();
    let said: Vec<_> = judged.iter().map(|it| (it.image, it.category, it.score)).collect();
    let [a, b] = ["a.tif", "b.tif"].map(|path| fixture.image(path));
    assert_eq!(said, [(a, Some(tips), 0.9), (b, Some(wires), 0.8)]);
    assert_eq!(library.judged_predictions("n").unwrap(), []);
}
