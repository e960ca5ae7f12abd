//! Predictions follow what categories mean.

use super::*;
use crate::query::Query;

const PATHS: [&str; 4] = ["a.tif", "b.tif", "c.tif", "d.tif"];

/// Four images that model m has classified, the last one model n; m calls its categories Tips, Wires
/// and Films.
fn library() -> (Fixture, [CategoryId; 3]) {
    let fixture = Fixture::with_files(&PATHS);
    let library = &fixture.library;
    let ids = library.ensure_categories(&model("m").categories).unwrap();
    let scores = [[0.4, 0.25, 0.35], [0.5, 0.375, 0.125], [0.1, 0.2, 0.7]];
    let predictions: Vec<_> = PATHS.iter().map(|path| fixture.image(path)).zip(scores).collect();
    let predictions: Vec<_> = predictions.iter().map(|(id, row)| (*id, row.to_vec())).collect();
    library.save_predictions(&model("m"), &predictions).unwrap();
    let other = ModelInfo { categories: vec!["Cells".into(), "Tips".into()], ..model("n") };
    library.save_predictions(&other, &[(fixture.image("d.tif"), vec![0.75, 0.25])]).unwrap();
    (fixture, [ids[0], ids[1], ids[2]])
}

fn change(fixture: &Fixture, change: CategoryChange) -> EntryId {
    fixture.library.change_categories(&change, "Cid").unwrap().entry
}

/// The scores of each image, and what is stored of them: both have to say the same.
fn predictions(fixture: &Fixture) -> Vec<Vec<(String, f32)>> {
    let library = &fixture.library;
    let of = |path: &&str| {
        let image = fixture.image(path);
        let scores = library.prediction(image).unwrap().unwrap().scores;
        let top = library.rows(&[image]).unwrap().remove(0).top;
        assert_eq!(top.as_ref(), scores.first(), "{path}");
        let stored: f64 = fixture
            .raw_connection()
            .query_row("SELECT uncertainty FROM prediction WHERE image_id = ?1", [image.0], |row| {
                row.get(0)
            })
            .unwrap();
        let entropy: f32 =
            scores.iter().map(|(_, p)| if *p > 0.0 { -p * p.ln() } else { 0.0 }).sum();
        let expected = if scores.len() > 1 { entropy / (scores.len() as f32).ln() } else { 0.0 };
        assert!((stored - f64::from(expected)).abs() < 1e-6, "{path}: {stored}, {expected}");
        scores
    };
    PATHS.iter().map(of).collect()
}

fn tops(fixture: &Fixture) -> Vec<String> {
    predictions(fixture)
        .iter()
        .map(|scores| format!("{} {:.3}", scores[0].0, scores[0].1))
        .collect()
}

fn found(fixture: &Fixture, query: &str, sort: Sort) -> Vec<PathBuf> {
    let view = View { query: Query::parse(query).unwrap(), sort, ..View::default() };
    let images = fixture.library.image_ids(&view).unwrap();
    fixture.library.rows(&images).unwrap().into_iter().map(|row| row.relative_path).collect()
}

const BEFORE: [&str; 4] = ["Tips 0.400", "Tips 0.500", "Films 0.700", "Cells 0.750"];

#[test]
fn scores_of_merged_categories_are_added_up_until_the_merge_is_undone() {
    let (fixture, [tips, wires, films]) = library();
    let library = &fixture.library;
    assert_eq!(tops(&fixture), BEFORE);
    let exactly = predictions(&fixture);
    let by_score = || found(&fixture, "", Sort::ScoreDescending);
    let order = by_score();
    let merge = change(&fixture, CategoryChange::Merge { from: vec![films], into: wires });
    // Of b, the first of equals is the one that the model names first.
    let after = ["Wires 0.600", "Tips 0.500", "Wires 0.900", "Cells 0.750"];
    assert_eq!(tops(&fixture), after);
    let a = library.prediction(fixture.image("a.tif")).unwrap().unwrap();
    assert_eq!(a.scores.len(), 2);
    assert_eq!(a.model, model("m"), "the model is what it was");
    for query in ["prediction:wires", "prediction:films"] {
        let paths = found(&fixture, query, Sort::Path);
        assert_eq!(paths, ["a.tif", "c.tif"].map(PathBuf::from), "{query}");
    }
    assert_eq!(found(&fixture, "score:>0.8", Sort::Path), [PathBuf::from("c.tif")]);
    assert_eq!(by_score(), ["c.tif", "d.tif", "a.tif", "b.tif"].map(PathBuf::from));

    let undo = library.undo(&merge, "Cid").unwrap();
    assert_eq!(predictions(&fixture), exactly);
    assert_eq!(by_score(), order);
    library.undo(&undo, "Cid").unwrap();
    assert_eq!(tops(&fixture), after);
    change(&fixture, CategoryChange::Merge { from: vec![wires], into: tips });
    assert_eq!(tops(&fixture), ["Tips 1.000", "Tips 1.000", "Tips 1.000", "Cells 0.750"]);
    assert_eq!(library.verify().unwrap().problems, [""; 0]);
}

#[test]
fn a_category_that_was_renamed_is_one_for_old_models_and_new_ones() {
    let (fixture, [tips, ..]) = library();
    let rename = CategoryChange::Rename { category: tips, name: "Needles".into() };
    let entry = change(&fixture, rename);
    assert_eq!(tops(&fixture), ["Needles 0.400", "Needles 0.500", "Films 0.700", "Cells 0.750"]);
    let both = ["Tips", "Films", "Needles"].map(String::from).to_vec();
    let newer = ModelInfo { categories: both, ..model("newer") };
    let image = fixture.image("c.tif");
    fixture.library.save_predictions(&newer, &[(image, vec![0.3, 0.4, 0.3])]).unwrap();
    assert_eq!(tops(&fixture)[2], "Needles 0.600");
    fixture.library.undo(&entry, "Cid").unwrap();
    assert_eq!(tops(&fixture)[..2], BEFORE[..2]);
    assert_eq!(tops(&fixture)[2], "Tips 0.600", "what it called Needles are Tips");
}

/// The names are given to one another in a round: each prediction stays with the category that it was
/// made for, forwards and backwards.
#[test]
fn a_name_that_another_category_takes_over_takes_no_prediction_along() {
    let (fixture, [tips, wires, films]) = library();
    let exactly = predictions(&fixture);
    let rename = |category, name: &str| {
        change(&fixture, CategoryChange::Rename { category, name: name.into() })
    };
    rename(films, "Coatings");
    rename(tips, "Films");
    assert_eq!(tops(&fixture), ["Films 0.400", "Films 0.500", "Coatings 0.700", "Cells 0.750"]);
    rename(wires, "Tips");
    assert_eq!(tops(&fixture), ["Films 0.400", "Films 0.500", "Coatings 0.700", "Cells 0.750"]);
    assert_eq!(found(&fixture, "prediction:coatings", Sort::Path), [PathBuf::from("c.tif")]);
    for _ in 0..3 {
        let entry = fixture.library.next_undo().unwrap().unwrap();
        fixture.library.undo(&entry, "Cid").unwrap();
    }
    assert_eq!(predictions(&fixture), exactly);

    rename(films, "Coatings");
    let added = fixture.library.add_category("Films", None, "Cid").unwrap();
    assert_eq!(tops(&fixture)[2], "Coatings 0.700", "not the new one's");
    // Of a model that is new here, Films are what is called so now, and stay it.
    fixture
        .library
        .save_predictions(&model("new"), &[(fixture.image("d.tif"), vec![0.1, 0.1, 0.8])])
        .unwrap();
    assert_eq!(tops(&fixture)[3], "Films 0.800");
    change(&fixture, CategoryChange::Rename { category: added, name: "Foils".into() });
    assert_eq!(tops(&fixture)[2..], ["Coatings 0.700", "Foils 0.800"]);
}

#[test]
fn a_model_that_remembers_uids_is_bound_by_them_before_names() {
    let (fixture, [_, _, films]) = library();
    let library = &fixture.library;
    let rename = CategoryChange::Rename { category: films, name: "Coatings".into() };
    let entry = change(&fixture, rename);
    let uid = library.category_tree().unwrap().get(films).unwrap().uid.clone();
    let trained = ModelInfo {
        categories: vec!["Coatings".into(), "Tips".into()],
        category_uids: vec![uid, String::new()],
        ..model("trained")
    };
    library.undo(&entry, "Cid").unwrap();
    // Used only now: what it calls Coatings are Films again, and no category is added.
    let categories = library.category_tree().unwrap().ids().count();
    library.adopt_model(&trained).unwrap();
    assert_eq!(library.category_tree().unwrap().ids().count(), categories);
    let current = library.current_categories(&trained).unwrap();
    assert_eq!(current.names(), ["Films", "Tips"]);
    library.save_predictions(&trained, &[(fixture.image("a.tif"), vec![0.75, 0.25])]).unwrap();
    assert_eq!(tops(&fixture)[0], "Films 0.750");
}

#[test]
fn undoing_the_decision_that_gave_a_name_a_meaning_forgets_that_meaning() {
    let (fixture, [tips, ..]) = library();
    let entry = change(&fixture, CategoryChange::Rename { category: tips, name: "Cells".into() });
    assert_eq!(tops(&fixture)[3], "Cells 1.000");
    fixture.library.undo(&entry, "Cid").unwrap();
    assert_eq!(tops(&fixture), BEFORE);
}

#[test]
fn a_subcategory_counts_as_what_it_is_part_of_whatever_becomes_of_its_name() {
    let (fixture, [tips, wires, films]) = library();
    let into = CategoryChange::Move { category: films, parent: Some(wires) };
    let entry = change(&fixture, into.clone());
    let moved = ["Wires 0.600", "Tips 0.500", "Wires 0.900", "Cells 0.750"];
    assert_eq!(tops(&fixture), moved);
    change(&fixture, CategoryChange::Rename { category: films, name: "layers".into() });
    assert_eq!(tops(&fixture), moved);
    change(&fixture, CategoryChange::Merge { from: vec![wires], into: tips });
    assert_eq!(tops(&fixture)[0], "Tips 1.000");
    while tops(&fixture)[..] != BEFORE {
        let next = fixture.library.next_undo().unwrap().expect("the move is still to be undone");
        fixture.library.undo(&next, "Cid").unwrap();
    }
    assert_ne!(fixture.library.next_undo().unwrap(), Some(entry));
}

#[test]
fn what_touches_no_meaning_touches_no_prediction() {
    let (fixture, [tips, ..]) = library();
    let before = predictions(&fixture);
    fixture.label("a.tif", tips);
    change(&fixture, CategoryChange::Retire(tips));
    fixture.library.add_category("bent", Some(tips), "Cid").unwrap();
    let images = vec![fixture.image("a.tif")];
    let name = "Points".to_owned();
    change(&fixture, CategoryChange::Split { from: tips, name, is_subcategory: false, images });
    assert_eq!(predictions(&fixture), before);
}

#[test]
fn predictions_of_an_old_model_are_added_up_as_they_are_saved() {
    let (fixture, [_, wires, films]) = library();
    change(&fixture, CategoryChange::Merge { from: vec![films], into: wires });
    let image = fixture.image("d.tif");
    for name in ["m", "a model that is new here"] {
        let scores = vec![0.4, 0.25, 0.35];
        fixture.library.save_predictions(&model(name), &[(image, scores)]).unwrap();
        assert_eq!(tops(&fixture)[3], "Wires 0.600", "{name}");
    }
}

#[test]
fn a_damaged_prediction_keeps_nobody_from_changing_categories() {
    let (fixture, [_, wires, films]) = library();
    let image = fixture.image("a.tif");
    fixture
        .raw_connection()
        .execute("UPDATE prediction SET scores = x'0000' WHERE image_id = ?1", [image.0])
        .unwrap();
    change(&fixture, CategoryChange::Merge { from: vec![films], into: wires });
    let top = fixture.library.rows(&[fixture.image("c.tif")]).unwrap().remove(0).top;
    assert_eq!(top, Some(("Wires".to_owned(), 0.9)));
    let damaged = fixture.library.prediction(image).unwrap_err();
    assert!(matches!(damaged, CatalogError::Damaged { .. }), "{damaged}");
}

#[test]
fn a_name_that_gets_a_meaning_is_followed_wherever_that_comes_from() {
    let (fixture, [tips, ..]) = library();
    let library = &fixture.library;
    library.remember_aliases(&[("cells".into(), tips)], "Ada").unwrap();
    assert_eq!(tops(&fixture)[3], "Tips 1.000");

    let (fixture, _) = self::library();
    fixture.library.add_category("CELLS", None, "Cid").unwrap();
    assert_eq!(tops(&fixture)[3], "CELLS 0.750");
    let entry = fixture.library.next_undo().unwrap().unwrap();
    fixture.library.undo(&entry, "Cid").unwrap();
    assert_eq!(tops(&fixture)[3], "Cells 0.750");

    let other = Fixture::with_files(&["a.tif"]);
    let theirs = other.library.add_category("cells", None, "Bob").unwrap();
    other.label("a.tif", theirs);
    fixture.library.merge(&other.library, &MergeOptions::of(OnConflict::Keep), "Cid").unwrap();
    assert_eq!(tops(&fixture)[3], "cells 0.750");
}
