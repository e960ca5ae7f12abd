//! Views, sorts and counts against a small library where every answer is known.

use std::fs::File;
use std::time::{Duration, UNIX_EPOCH};

use super::*;
use crate::query::Query;

/// | path        | label | scored             | modified |
/// |-------------|-------|--------------------|----------|
/// | a.tif       | Tips  | Tips 0.9           | 3        |
/// | B.tif       | tips  | Wires 0.6          | 1        |
/// | x/c.tif     | Films |                    | 5        |
/// | x/y/d.tif   |       | Wires 0.5          | 2        |
/// | x-ray/É.tif |       | unreadable         | 4        |
/// | gone.tif    | Tips  | Wires 0.7, vanished|          |
fn library() -> (Fixture, CategoryId, CategoryId) {
    let paths = ["a.tif", "B.tif", "x/c.tif", "x/y/d.tif", "x-ray/É.tif", "gone.tif"];
    let fixture = Fixture::with_files(&paths);
    for (path, seconds) in paths.iter().zip([3, 1, 5, 2, 4]) {
        let file = File::options().write(true).open(fixture.path(path)).unwrap();
        file.set_modified(UNIX_EPOCH + Duration::from_secs(seconds)).unwrap();
    }
    fixture.scan();
    let library = &fixture.library;
    // Lower case: a model's "Tips" is this category.
    let tips = library.add_category("tips", None, "Ada").unwrap();
    let films = library.add_category("Films", None, "Ada").unwrap();
    library.add_category("Empty", None, "Ada").unwrap();
    for (path, category) in
        [("a.tif", tips), ("B.tif", tips), ("x/c.tif", films), ("gone.tif", tips)]
    {
        fixture.label(path, category);
    }
    let scores = [
        ("a.tif", vec![0.9, 0.1, 0.0]),
        ("B.tif", vec![0.4, 0.6, 0.0]),
        ("x/y/d.tif", vec![0.3, 0.5, 0.2]),
        ("gone.tif", vec![0.1, 0.7, 0.2]),
    ]
    .map(|(path, scores)| (fixture.image(path), scores));
    library.save_predictions(&model("m"), &scores).unwrap();
    library
        .save_read_error(fixture.image("x-ray/É.tif"), &Default::default(), None, "cut off")
        .unwrap();
    fs::remove_file(fixture.path("gone.tif")).unwrap();
    fixture.scan();
    (fixture, tips, films)
}

fn shown(library: &Library, view: &View) -> Vec<String> {
    let rows = library.rows(&library.image_ids(view).unwrap()).unwrap();
    rows.iter().map(|row| row.relative_path.to_string_lossy().into_owned()).collect()
}

#[test]
fn filters_show_exactly_their_images() {
    let (fixture, tips, films) = library();
    let check = |filter: Filter, expected: &[&str]| {
        for sort in Sort::ALL {
            let view = View { filter: filter.clone(), sort, ..View::default() };
            let mut shown = shown(&fixture.library, &view);
            if sort != Sort::Path {
                shown.sort_by_key(|path| path.to_lowercase());
            }
            assert_eq!(shown, expected, "{view:?}");
        }
    };
    check(Filter::All, &["a.tif", "B.tif", "x-ray/É.tif", "x/c.tif", "x/y/d.tif"]);
    check(Filter::Unlabelled, &["x-ray/É.tif", "x/y/d.tif"]);
    check(Filter::Labelled, &["a.tif", "B.tif", "x/c.tif"]);
    check(Filter::Category(tips), &["a.tif", "B.tif"]);
    check(Filter::Category(films), &["x/c.tif"]);
    check(Filter::Category(CategoryId(99)), &[]);
    check(Filter::Predicted("Wires".into()), &["B.tif", "x/y/d.tif"]);
    check(Filter::Folder("x".into()), &["x/c.tif", "x/y/d.tif"]);
    check(Filter::Folder("x/y".into()), &["x/y/d.tif"]);
    check(Filter::Folder("x-ray".into()), &["x-ray/É.tif"]);
    check(
        Filter::Folder(String::new()),
        &["a.tif", "B.tif", "x-ray/É.tif", "x/c.tif", "x/y/d.tif"],
    );
    check(Filter::Disagreements, &["B.tif"]);
    check(Filter::Unreadable, &["x-ray/É.tif"]);
}

#[test]
fn sorts_put_images_without_score_last() {
    let (fixture, ..) = library();
    let check = |sort, expected: [&str; 5]| {
        assert_eq!(shown(&fixture.library, &View { sort, ..View::default() }), expected);
    };
    check(Sort::Path, ["a.tif", "B.tif", "x-ray/É.tif", "x/c.tif", "x/y/d.tif"]);
    check(Sort::Newest, ["x/c.tif", "x-ray/É.tif", "a.tif", "x/y/d.tif", "B.tif"]);
    check(Sort::ScoreAscending, ["x/y/d.tif", "B.tif", "a.tif", "x-ray/É.tif", "x/c.tif"]);
    check(Sort::ScoreDescending, ["a.tif", "B.tif", "x/y/d.tif", "x-ray/É.tif", "x/c.tif"]);
    check(Sort::UncertaintyDescending, ["x/y/d.tif", "B.tif", "a.tif", "x-ray/É.tif", "x/c.tif"]);
}

#[test]
fn images_without_a_date_come_last_and_a_new_reading_moves_its_image() {
    let (fixture, ..) = library();
    let taken = |path: &str, json: &str| {
        let reading = Reading { instrument_json: Some(json.to_owned()), ..reading(path) };
        fixture.library.save_reading(fixture.image(path), &reading).unwrap();
    };
    let check = |sort, expected: [&str; 5]| {
        assert_eq!(shown(&fixture.library, &View { sort, ..View::default() }), expected);
    };
    let undated = ["a.tif", "B.tif", "x-ray/É.tif", "x/c.tif", "x/y/d.tif"];
    check(Sort::TakenAscending, undated);
    taken("x/c.tif", r#"{"acquired_at":"2024-03-01T10:00:00"}"#);
    taken("B.tif", r#"{"acquired_at":"2024-03-01T10:00:01"}"#);
    taken("x/y/d.tif", r#"{"acquired_at":"2023-12-24T10:00:00"}"#);
    taken("a.tif", r#"{"accelerating_voltage_kv":5.0}"#);
    check(Sort::TakenAscending, ["x/y/d.tif", "x/c.tif", "B.tif", "a.tif", "x-ray/É.tif"]);
    check(Sort::TakenDescending, ["B.tif", "x/c.tif", "x/y/d.tif", "a.tif", "x-ray/É.tif"]);
    taken("a.tif", r#"{"acquired_at":"2022-01-01T10:00:00"}"#);
    check(Sort::TakenAscending, ["a.tif", "x/y/d.tif", "x/c.tif", "B.tif", "x-ray/É.tif"]);
    // Images of the same second keep one order, and its reverse.
    taken("B.tif", r#"{"acquired_at":"2024-03-01T10:00:00"}"#);
    let dated = |sort| shown(&fixture.library, &View { sort, ..View::default() })[..4].to_vec();
    let mut backward = dated(Sort::TakenDescending);
    backward.reverse();
    assert_eq!(dated(Sort::TakenAscending), backward);
}

#[test]
fn a_query_is_met_together_with_the_filter_and_in_the_views_order() {
    let (fixture, ..) = library();
    let check = |text: &str, filter, expected: &[&str]| {
        let query = Query::parse(text).unwrap();
        let view = View { filter, query, sort: Sort::ScoreDescending, ..View::default() };
        assert_eq!(shown(&fixture.library, &view), expected, "{text}");
    };
    check("X", Filter::All, &["x/y/d.tif", "x-ray/É.tif", "x/c.tif"]);
    check("é", Filter::All, &["x-ray/É.tif"]);
    check("tif", Filter::Labelled, &["a.tif", "B.tif", "x/c.tif"]);
    check("%", Filter::All, &[]);
    check("\"y d\"", Filter::Predicted("Wires".into()), &["x/y/d.tif"]);
}

#[test]
fn rows_come_in_the_order_asked_and_know_label_and_top_score() {
    let (fixture, tips, _) = library();
    let (a, c) = (fixture.image("a.tif"), fixture.image("x/c.tif"));
    let rows = fixture.library.rows(&[c, ImageId(99), a, c]).unwrap();
    assert_eq!(rows.iter().map(|row| row.id).collect::<Vec<_>>(), [c, a, c]);
    assert_eq!(rows[1].top, Some(("tips".into(), 0.9)), "as it is called here");
    assert_eq!(rows[1].label.as_ref().unwrap().value, value(tips));
    assert_eq!(rows[0].top, None);
}

#[test]
fn counts_agree_with_views() {
    let (fixture, tips, films) = library();
    let library = &fixture.library;
    let counts = library.counts().unwrap();
    let number =
        |filter| library.image_ids(&View { filter, ..View::default() }).unwrap().len() as u64;
    assert_eq!(counts.images, number(Filter::All));
    assert_eq!(counts.labelled, number(Filter::Labelled));
    assert_eq!(counts.unreadable, number(Filter::Unreadable));
    assert_eq!(library.count_classified().unwrap(), 3);
    assert_eq!(counts.per_category.len(), 3);
    assert_eq!(counts.per_category[..2], [(tips, 2), (films, 1)]);
    for (category, images) in counts.per_category {
        assert_eq!(images, number(Filter::Category(category)));
    }
    let folders: Vec<_> = counts.folders.iter().map(|(folder, _)| folder.as_str()).collect();
    assert_eq!(folders, ["x", "x-ray", "x/y"]);
    for (folder, images) in counts.folders {
        assert_eq!(images, number(Filter::Folder(folder)));
    }
}
