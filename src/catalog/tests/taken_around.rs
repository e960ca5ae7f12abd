//! What was taken around an image.

use super::*;

fn around(fixture: &Fixture, path: &str, count: usize) -> Vec<(String, Option<i64>)> {
    let found = fixture.library.taken_around(fixture.image(path), count, count).unwrap();
    let name = |id: ImageId| {
        let row = fixture.library.rows(&[id]).unwrap().remove(0);
        row.relative_path.to_string_lossy().replace('\\', "/")
    };
    found.into_iter().map(|taken| (name(taken.id), taken.seconds)).collect()
}

fn take(fixture: &Fixture, path: &str, acquired_at: &str) {
    let json = format!(r#"{{"acquired_at":"{acquired_at}"}}"#);
    let reading = Reading { instrument_json: Some(json), ..reading(path) };
    fixture.library.save_reading(fixture.image(path), &reading).unwrap();
}

fn named(expected: &[(&str, Option<i64>)]) -> Vec<(String, Option<i64>)> {
    expected.iter().map(|(name, seconds)| ((*name).to_owned(), *seconds)).collect()
}

#[test]
fn the_order_is_that_in_which_images_were_taken_within_the_folder_and_the_session() {
    let paths = ["x/a.tif", "x/b.tif", "x/c.tif", "x/d.tif", "x/e.tif", "x/y/f.tif", "g.tif"];
    let fixture = Fixture::with_files(&paths);
    for (path, at) in [
        ("x/a.tif", "2024-03-01T10:02:00"),
        ("x/b.tif", "2024-03-01T10:00:00"),
        ("x/c.tif", "2024-03-01T10:00:30.5"),
        ("x/d.tif", "2024-03-01T10:02:01"),
        ("x/e.tif", "2024-03-03T10:00:00"),   // another session
        ("x/y/f.tif", "2024-03-01T10:00:31"), // another folder
        ("g.tif", "2024-03-01T10:00:31"),
    ] {
        take(&fixture, path, at);
    }
    let all = [("x/b.tif", -120), ("x/c.tif", -90), ("x/a.tif", 0), ("x/d.tif", 1)];
    assert_eq!(around(&fixture, "x/a.tif", 3), named(&all.map(|(name, s)| (name, Some(s)))));
    let nearest = [("x/c.tif", Some(-90)), ("x/a.tif", Some(0)), ("x/d.tif", Some(1))];
    assert_eq!(around(&fixture, "x/a.tif", 1), named(&nearest));
    assert_eq!(around(&fixture, "x/e.tif", 3), named(&[("x/e.tif", Some(0))]));
}

#[test]
fn without_dates_the_neighbours_are_those_by_name() {
    let paths = ["X/a.tif", "X/B.tif", "X/b/z.tif", "X/c.tif", "X0.tif", "a.tif", "z.tif"];
    let fixture = Fixture::with_files(&paths);
    let names = |path: &str, count| -> Vec<String> {
        around(&fixture, path, count).into_iter().map(|(name, _)| name).collect()
    };
    assert_eq!(names("X/B.tif", 3), ["X/a.tif", "X/B.tif", "X/c.tif"]);
    assert_eq!(names("X/c.tif", 1), ["X/B.tif", "X/c.tif"]);
    assert_eq!(names("X0.tif", 3), ["a.tif", "X0.tif", "z.tif"]);
    let unknown = fixture.library.taken_around(ImageId(999), 1, 1);
    assert!(matches!(unknown, Err(CatalogError::UnknownImage(_))));
}

#[test]
fn what_has_no_date_yet_stands_in_where_too_few_dates_are_known() {
    let fixture = Fixture::with_files(&["a.tif", "b.tif", "c.tif", "d.tif"]);
    take(&fixture, "b.tif", "2024-03-01T10:00:00");
    take(&fixture, "d.tif", "2024-03-01T09:59:00+01:00");
    let expected = [
        ("a.tif", None), // by name, beyond what has a date
        ("d.tif", Some(-60)),
        ("b.tif", Some(0)),
        ("c.tif", None),
    ];
    assert_eq!(around(&fixture, "b.tif", 3), named(&expected));
}
