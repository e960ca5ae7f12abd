//! Labels, the journal and undo.

use std::collections::BTreeMap;
use std::thread;

use super::*;
use crate::taxonomy::CategoryName;

type Labels = BTreeMap<ImageId, Label>;

fn all_labels(library: &Library) -> Labels {
    let labels = library.named_labels().unwrap();
    labels.into_iter().map(|named| (named.image, named.label)).collect()
}

fn journal_rows(connection: &Connection) -> (i64, i64) {
    let sql = "SELECT (SELECT count(*) FROM journal), (SELECT count(*) FROM journal_change)";
    connection.query_row(sql, [], |row| row.try_into()).unwrap()
}

#[test]
fn label_survives_reopening() {
    let fixture = Fixture::with_files(&["a.tif"]);
    let ids = fixture.library.ensure_categories(&["Tips".into(), "Wires".into()]).unwrap();
    let bent = fixture.library.add_category("bent", Some(ids[0]), "Ada").unwrap();
    let given = LabelValue { answer: Answer::Category(bent), second_category: Some(ids[1]) };
    let image = fixture.image("a.tif");
    let labels = [(image, Some(given))];
    fixture.library.set_labels(&labels, "Ada", LabelSource::AcceptedPrediction).unwrap();
    let label = fixture.library.label(image).unwrap().unwrap();
    assert_eq!((&label.value, label.by.as_str()), (&given, "Ada"));
    assert_eq!(label.source, LabelSource::AcceptedPrediction);

    let Fixture { folder, library } = fixture;
    drop(library);
    let library =
        Library::open(&LibraryPlace::for_folder_in(folder.path(), None).unwrap()).unwrap();
    assert_eq!(library.label(image).unwrap(), Some(label));
}

#[test]
fn label_is_visible_to_another_connection_when_the_call_returns() {
    let fixture = Fixture::with_files(&["a.tif"]);
    let other = fixture.second_handle();
    let tips = fixture.library.add_category("Tips", None, "Ada").unwrap();
    fixture.label("a.tif", tips);
    let label = other.label(fixture.image("a.tif")).unwrap().unwrap();
    assert_eq!(label.value, value(tips));
}

/// Undo takes back any sequence of decisions, and redo makes it again, to the nanosecond.
#[test]
fn undo_after_apply_changes_nothing() {
    let names: Vec<String> = (0..12).map(|n| format!("{n}.tif")).collect();
    let paths: Vec<&str> = names.iter().map(String::as_str).collect();
    let fixture = Fixture::with_files(&paths);
    let library = &fixture.library;
    let categories = library.ensure_categories(&["A".into(), "B".into(), "C".into()]).unwrap();
    let images = library.image_ids(&View::default()).unwrap();
    let connection = fixture.raw_connection();
    let mut state: u64 = 42;
    let mut random = |below: usize| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };

    let mut states = vec![all_labels(library)];
    let mut entries = Vec::new();
    for _ in 0..60 {
        let changes: Vec<_> = (0..1 + random(5))
            .map(|_| {
                let category = categories.get(random(categories.len() + 1));
                (images[random(images.len())], category.map(|&category| value(category)))
            })
            .collect();
        let rows = journal_rows(&connection);
        entries.push(library.set_labels(&changes, "Ada", LabelSource::Person).unwrap());
        assert!(journal_rows(&connection) > rows);
        states.push(all_labels(library));
    }
    assert!(entries.is_sorted_by(|a, b| a < b));

    let mut undos = Vec::new();
    for (entry, before) in entries.iter().zip(&states).rev() {
        let rows = journal_rows(&connection);
        undos.push(library.undo(entry, "Bob").unwrap());
        assert!(journal_rows(&connection) > rows);
        assert_eq!(&all_labels(library), before);
    }
    for (undo, after) in undos.iter().rev().zip(&states[1..]) {
        library.undo(undo, "Bob").unwrap();
        assert_eq!(&all_labels(library), after);
    }
}

#[test]
fn an_entry_tells_which_images_it_changed() {
    let fixture = Fixture::with_files(&["a.tif", "b.tif", "c.tif"]);
    let library = &fixture.library;
    let tips = library.add_category("Tips", None, "Ada").unwrap();
    let [a, b, c] = ["a.tif", "b.tif", "c.tif"].map(|path| fixture.image(path));
    let labels = [c, a].map(|image| (image, Some(value(tips))));
    let entry = library.set_labels(&labels, "Ada", LabelSource::Person).unwrap();
    assert_eq!(library.images_of_entry(&entry).unwrap(), [a, c]);
    let undo = library.undo(&entry, "Ada").unwrap();
    assert_eq!(library.images_of_entry(&undo).unwrap(), [a, c]);
    let marks = [(b, Mark { is_excluded: true, ..Mark::default() })];
    let entry = library.set_marks(&marks, "Ada", LabelSource::Person).unwrap();
    assert_eq!(library.images_of_entry(&entry).unwrap(), [b]);
    let marked = library.next_undo().unwrap().unwrap();
    library.undo(&marked, "Ada").unwrap();
    let undo = library.undo(&library.next_undo().unwrap().unwrap(), "Ada").unwrap();
    assert_eq!(library.images_of_entry(&undo).unwrap(), [], "of the category");
}

#[test]
fn history_tells_who_undid_and_redid_what() {
    let fixture = Fixture::with_files(&["a.tif"]);
    let library = &fixture.library;
    let tips = library.add_category("Tips", None, "Ada").unwrap();
    let entry = fixture.label("a.tif", tips);
    let undo = library.undo(&entry, "Bob").unwrap();
    let redo = library.undo(&undo, "Cid").unwrap();
    library.undo(&redo, "Dan").unwrap();

    let history = library.history(fixture.image("a.tif")).unwrap();
    let told: Vec<_> = history
        .iter()
        .map(|item| (item.by.as_str(), item.source, item.before.is_some(), item.after.is_some()))
        .collect();
    assert_eq!(
        told,
        [
            ("Ada", LabelSource::Person, false, true),
            ("Bob", LabelSource::Undo, true, false),
            ("Cid", LabelSource::Redo, false, true),
            ("Dan", LabelSource::Undo, true, false),
        ]
    );
    assert_eq!(history[2].after, history[0].after, "redo restores who labelled, and when");
}

#[test]
fn journal_refuses_to_be_changed() {
    let fixture = Fixture::with_files(&["a.tif"]);
    let tips = fixture.library.add_category("Tips", None, "Ada").unwrap();
    fixture.label("a.tif", tips);
    let connection = fixture.raw_connection();
    for sql in [
        "DELETE FROM journal_change",
        "DELETE FROM journal",
        "UPDATE journal SET by = 'Eve'",
        "UPDATE journal_change SET after_json = NULL",
    ] {
        let error = connection.execute(sql, []).unwrap_err();
        assert!(error.to_string().contains("append-only"), "{sql}: {error}");
    }
}

#[test]
fn ids_of_entries_grow_even_when_the_clock_was_ahead() {
    let fixture = Fixture::with_files(&["a.tif"]);
    let ahead = "7ZZZZZZZZ00000000000000000";
    let sql = "INSERT INTO journal (entry_id, at, by, source, kind)
               VALUES (?1, '2026-01-01T00:00:00Z', '', 'person', 'label')";
    fixture.raw_connection().execute(sql, [ahead]).unwrap();
    let tips = fixture.library.add_category("Tips", None, "Ada").unwrap();
    let entry = fixture.label("a.tif", tips);
    assert!(entry.as_str() > ahead);
    assert!(fixture.label("a.tif", tips) > entry);
}

#[test]
fn decision_with_an_error_leaves_nothing_behind() {
    let fixture = Fixture::with_files(&["a.tif"]);
    let library = &fixture.library;
    let tips = library.add_category("Tips", None, "Ada").unwrap();
    let image = fixture.image("a.tif");
    let set = |labels: &[_]| library.set_labels(labels, "Ada", LabelSource::Person);

    let unknown_image = set(&[(image, Some(value(tips))), (ImageId(99), Some(value(tips)))]);
    assert!(matches!(unknown_image, Err(CatalogError::UnknownImage(ImageId(99)))));
    let unknown_category = set(&[(image, Some(value(CategoryId(99))))]);
    assert!(matches!(unknown_category, Err(CatalogError::UnknownCategory(CategoryId(99)))));
    assert_eq!(library.label(image).unwrap(), None);
    assert_eq!(journal_rows(&fixture.raw_connection()), (1, 0), "the category's alone");
}

#[test]
fn undoing_what_never_was_is_refused() {
    let fixture = Fixture::with_files(&["a.tif"]);
    let other = Fixture::with_files(&["a.tif"]);
    let entry = other.label("a.tif", other.library.add_category("Tips", None, "Ada").unwrap());
    let error = fixture.library.undo(&entry, "Ada").unwrap_err();
    assert!(error.to_string().contains(entry.as_str()), "{error}");
}

#[test]
fn of_two_labels_for_one_image_the_last_counts() {
    let fixture = Fixture::with_files(&["a.tif"]);
    let ids = fixture.library.ensure_categories(&["A".into(), "B".into()]).unwrap();
    let image = fixture.image("a.tif");
    let labels = ids.iter().map(|&id| (image, Some(value(id)))).collect::<Vec<_>>();
    fixture.library.set_labels(&labels, "Ada", LabelSource::Import).unwrap();
    assert_eq!(fixture.library.label(image).unwrap().unwrap().value.category(), Some(ids[1]));
}

#[test]
fn threads_labelling_at_once_lose_nothing() {
    let names: Vec<String> = (0..60).map(|n| format!("{n:02}.tif")).collect();
    let fixture = Fixture::with_files(&names.iter().map(String::as_str).collect::<Vec<_>>());
    let tips = fixture.library.add_category("Tips", None, "Ada").unwrap();
    let images = fixture.library.image_ids(&View::default()).unwrap();
    thread::scope(|scope| {
        for part in images.chunks(20) {
            let library = &fixture.library;
            scope.spawn(move || {
                for &image in part {
                    let label = [(image, Some(value(tips)))];
                    library.set_labels(&label, "Ada", LabelSource::Person).unwrap();
                }
            });
        }
    });
    assert_eq!(fixture.library.named_labels().unwrap().len(), 60);
    assert_eq!(journal_rows(&fixture.raw_connection()), (61, 60)); // and the category's
}

#[test]
fn named_labels_speak_of_categories_and_paths() {
    let fixture = Fixture::with_files(&["x/a.tif", "b.tif"]);
    let tips = fixture.library.add_category("Tips", None, "Ada").unwrap();
    let entry = fixture.label("x/a.tif", tips);
    let labels = fixture.library.named_labels().unwrap();
    assert_eq!(labels.len(), 1);
    assert_eq!(labels[0].relative_path, Path::new("x/a.tif"));
    let name = CategoryName { category: "Tips".into(), subcategory: None };
    assert_eq!((labels[0].name.as_ref(), &labels[0].second_category), (Some(&name), &None));
    fixture.library.undo(&entry, "Ada").unwrap();
    assert_eq!(fixture.library.named_labels().unwrap(), []);
}

#[test]
fn sources_have_one_name_everywhere() {
    for source in [
        LabelSource::Person,
        LabelSource::AcceptedPrediction,
        LabelSource::Import,
        LabelSource::Merge,
        LabelSource::SameContent,
        LabelSource::Undo,
        LabelSource::Redo,
    ] {
        assert_eq!(serde_json::to_value(source).unwrap(), source.as_str());
    }
}

#[test]
fn everybody_who_labelled_is_named_once() {
    let fixture = Fixture::with_files(&["a.tif", "b.tif", "c.tif", "d.tif"]);
    let library = &fixture.library;
    assert_eq!(library.people().unwrap(), [""; 0]);
    let tips = library.add_category("Tips", None, "nobody's labels").unwrap();
    for (path, by) in [("a.tif", "bob"), ("b.tif", "Ada"), ("c.tif", "Bob"), ("d.tif", "Ada")] {
        let label = [(fixture.image(path), Some(value(tips)))];
        library.set_labels(&label, by, LabelSource::Person).unwrap();
    }
    let people = library.people().unwrap();
    assert_eq!(people.len(), 2, "{people:?}");
    assert!(people[0] == "Ada" && people[1].eq_ignore_ascii_case("bob"), "{people:?}");
}
