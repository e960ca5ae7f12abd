//! Groups of a view against a small library where every answer is known.

use std::sync::Arc;

use super::*;
use crate::query::{DateField, Field, NumberField, Query, TextField};

/// | path        | label           | scored    | taken      | kV   | detector |
/// |-------------|-----------------|-----------|------------|------|----------|
/// | a.tif       | Wires           | Tips 0.95 | 2024-03-01 | 5.01 | SE2      |
/// | B.tif       | Tips            | Tips 0.55 | 2023-12-24 | 15   | inlens   |
/// | x/c.tif     | Wires: long     | Rods 0.91 | 2024-03-01 | 4.99 | InLens   |
/// | x/y/d.tif   | none of these   |           |            |      |          |
/// | X2/e.tif    |                 |           |            |      |          |
fn library() -> Fixture {
    let fixture = Fixture::with_files(&["a.tif", "B.tif", "x/c.tif", "x/y/d.tif", "X2/e.tif"]);
    let library = &fixture.library;
    let wires = library.add_category("Wires", None, "Ada").unwrap();
    let tips = library.add_category("Tips", None, "Ada").unwrap();
    let long = library.add_category("long", Some(wires), "Ada").unwrap();
    for (path, category) in [("a.tif", wires), ("B.tif", tips), ("x/c.tif", long)] {
        fixture.label(path, category);
    }
    let none = LabelValue { answer: Answer::NoneOfThese, second_category: None };
    let label = [(fixture.image("x/y/d.tif"), Some(none))];
    library.set_labels(&label, "Ada", LabelSource::Person).unwrap();
    let known = ModelInfo {
        categories: ["Tips", "Wires", "Rods"].map(String::from).to_vec(),
        ..model("m")
    };
    let scores = [
        ("a.tif", vec![0.95, 0.05, 0.0]),
        ("B.tif", vec![0.55, 0.45, 0.0]),
        ("x/c.tif", vec![0.05, 0.04, 0.91]),
    ]
    .map(|(path, scores)| (fixture.image(path), scores));
    library.save_predictions(&known, &scores).unwrap();
    for (path, day, kv, detector) in [
        ("a.tif", "2024-03-01T10:00:00", 5.01, "SE2"),
        ("B.tif", "2023-12-24T10:00:00", 15.0, "inlens"),
        ("x/c.tif", "2024-03-01T09:00:00", 4.99, "InLens"),
    ] {
        let json = format!(
            r#"{{"acquired_at":"{day}","accelerating_voltage_kv":{kv},"detector":"{detector}"}}"#
        );
        let reading = Reading { instrument_json: Some(json), ..reading(path) };
        library.save_reading(fixture.image(path), &reading).unwrap();
    }
    fixture
}

/// Each group's title and what is in it, the names of the files alone.
fn groups(library: &Library, view: &View) -> Vec<(String, String)> {
    let Shown { images, groups } = library.shown(view).unwrap();
    let mut sorted = (images.clone(), library.image_ids(view).unwrap());
    sorted.0.sort_unstable();
    sorted.1.sort_unstable();
    assert_eq!(sorted.0, sorted.1, "the same images as without groups");
    let ends = groups.iter().skip(1).map(|group| group.first).chain([images.len()]);
    let named = |(group, end): (&Group, usize)| {
        let rows = library.rows(&images[group.first..end]).unwrap();
        let names = rows.iter().map(|row| row.relative_path.file_stem().unwrap().to_string_lossy());
        (group.title.clone(), names.collect::<Vec<_>>().join(" "))
    };
    groups.iter().zip(ends).map(named).collect()
}

fn check(library: &Library, view: &View, expected: &[(&str, &str)]) {
    let expected: Vec<(String, String)> =
        expected.iter().map(|(title, names)| ((*title).into(), (*names).into())).collect();
    assert_eq!(groups(library, view), expected, "{view:?}");
}

#[test]
fn images_are_grouped_by_what_is_asked_for_and_the_rest_comes_last() {
    let fixture = library();
    let by = |grouping, expected: &[(&str, &str)]| {
        check(&fixture.library, &View { grouping, ..View::default() }, expected);
    };
    by(Grouping::None, &[]);
    by(Grouping::Folder, &[("Top folder", "a B"), ("x", "c"), ("x/y", "d"), ("X2", "e")]);
    by(
        Grouping::Category,
        &[("Wires", "a c"), ("Tips", "B"), ("None of these", "d"), ("Unlabelled", "e")],
    );
    by(Grouping::Prediction, &[("Tips", "a B"), ("Rods", "c"), ("No prediction", "d e")]);
    by(
        Grouping::Value(Field::Date(DateField::Taken)),
        &[("2023-12-24", "B"), ("2024-03-01", "a c"), ("Day taken not known", "d e")],
    );
    by(
        Grouping::Value(Field::Number(NumberField::VoltageKv)),
        &[("5 kV", "a c"), ("15 kV", "B"), ("Voltage not known", "d e")],
    );
    by(
        Grouping::Value(Field::Number(NumberField::Score)),
        &[("50 to 60 %", "B"), ("90 to 100 %", "a c"), ("No prediction", "d e")],
    );
    let found = groups(
        &fixture.library,
        &View { grouping: Grouping::Value(Field::Text(TextField::Detector)), ..View::default() },
    );
    assert!(found[0].0.eq_ignore_ascii_case("InLens"), "{found:?}");
    assert_eq!([&found[0].1, &found[1].1, &found[2].1], ["B c", "a", "d e"]);
    by(Grouping::Value(Field::Text(TextField::By)), &[("Ada", "a B c d"), ("Unlabelled", "e")]);
}

#[test]
fn every_grouping_on_offer_shows_every_image_in_every_order() {
    let fixture = library();
    for grouping in Grouping::ALL {
        for sort in Sort::ALL {
            groups(&fixture.library, &View { grouping, sort, ..View::default() });
        }
    }
}

#[test]
fn within_a_group_the_views_order_holds_and_days_fall_with_it() {
    let fixture = library();
    let day = Grouping::Value(Field::Date(DateField::Taken));
    check(
        &fixture.library,
        &View { grouping: day, sort: Sort::TakenAscending, ..View::default() },
        &[("2023-12-24", "B"), ("2024-03-01", "c a"), ("Day taken not known", "d e")],
    );
    check(
        &fixture.library,
        &View { grouping: day, sort: Sort::TakenDescending, ..View::default() },
        &[("2024-03-01", "a c"), ("2023-12-24", "B"), ("Day taken not known", "d e")],
    );
}

#[test]
fn groups_without_images_of_the_view_are_left_out() {
    let fixture = library();
    let query = Query::parse("kv:5").unwrap();
    let view = View { query, grouping: Grouping::Category, ..View::default() };
    check(&fixture.library, &view, &[("Wires", "a c")]);
    let missing = Query::parse("is:missing").unwrap();
    fs::remove_file(fixture.path("x/c.tif")).unwrap();
    fixture.scan();
    let view = View { query: missing, grouping: Grouping::Folder, ..View::default() };
    check(&fixture.library, &view, &[("x", "c")]);
}

#[test]
fn near_duplicates_are_put_together() {
    let fixture = library();
    let cluster = [fixture.image("B.tif"), fixture.image("x/c.tif")];
    fixture.library.save_near_duplicates(&[cluster.to_vec()]).unwrap();
    let view = View { grouping: Grouping::NearDuplicates, ..View::default() };
    check(&fixture.library, &view, &[("2 nearly the same", "B c"), ("Like no other", "a d e")]);
}

#[test]
fn a_list_keeps_the_groups_that_it_came_in() {
    let fixture = library();
    let images: Arc<[ImageId]> =
        ["x/c.tif", "a.tif", "X2/e.tif", "B.tif"].map(|path| fixture.image(path)).into();
    let group = |title: &str, first| Group { title: title.to_owned(), first };
    let groups = [group("one", 0), group("two", 2), group("three", 3)].into();
    let filter = Filter::Listed(Listed { title: "List".to_owned(), images, groups });
    let view = View { filter, ..View::default() };
    check(&fixture.library, &view, &[("one", "c a"), ("two", "e"), ("three", "B")]);
    let labelled = View { query: Query::parse("is:labelled").unwrap(), ..view.clone() };
    check(&fixture.library, &labelled, &[("one", "c a"), ("three", "B")]);
    let by_folder = View { grouping: Grouping::Folder, ..view };
    check(&fixture.library, &by_folder, &[("Top folder", "a B"), ("x", "c"), ("X2", "e")]);
}
