//! Libraries of earlier formats are brought up to date.

use super::*;
use crate::catalog::schema::{APPLICATION_ID, MIGRATIONS};
use crate::query::Query;
use crate::text::folded;
use rusqlite::functions::Context;

/// What formats 1 and 2 had: an image with a label, a journal, a prediction and a record.
const CONTENT: &str = r#"
    INSERT INTO image (id, path, path_text, folder, size_bytes, modified_ns)
        VALUES (7, CAST('x/A.tif' AS BLOB), 'x/a.tif', 'x', 3, 1),
               (8, CAST('gone.tif' AS BLOB), 'gone.tif', '', 3, 1);
    UPDATE image SET missing = 1 WHERE id = 8;
    INSERT INTO category (id, uid, name, name_folded, color, key)
        VALUES (1, 'U1', 'Tips', 'tips', 255, '1'), (2, 'U2', 'Wires', 'wires', 0, NULL);
    INSERT INTO journal (entry_id, at, by, source, kind)
        VALUES ('01BX5ZZKBKACTAV9WEVGEMMVRZ', '2026-01-01T00:00:00Z', 'Ada', 'person', 'label');
    INSERT INTO journal_change VALUES ('01BX5ZZKBKACTAV9WEVGEMMVRZ', 7, NULL,
        '{"category":1,"second_category":2,"subcategory":null,"by":"Ada","at":"2026-01-01T00:00:00Z","source":"person"}');
    INSERT INTO label VALUES (7, 1, 2, NULL, 'Ada', '2026-01-01T00:00:00Z', 'person',
        '01BX5ZZKBKACTAV9WEVGEMMVRZ');
    INSERT INTO model VALUES (1, 'm', 'sha', '["Tips","Wires"]');
    INSERT INTO prediction VALUES (7, 1, 'Tips', 0.5, '2026-01-01T00:00:00Z',
        x'0000003f0000003f'); -- 0.5 and 0.5
    INSERT INTO instrument_record VALUES (7, '{"accelerating_voltage_kv":5.0,"sample":"Series 12"}');
"#;

fn library_of_format(version: usize, folder: &Path) -> PathBuf {
    let database = folder.join(".semblance/library.db");
    fs::create_dir_all(database.parent().unwrap()).unwrap();
    let connection = Connection::open(&database).unwrap();
    let (before, after) = MIGRATIONS[..version].split_at(version.min(2));
    before.iter().for_each(|migration| connection.execute_batch(migration).unwrap());
    connection.execute_batch(CONTENT).unwrap();
    connection.pragma_update(None, "foreign_keys", false).unwrap();
    connection.create_scalar_function("uncertainty", 1, Default::default(), |_| Ok(1.0)).unwrap();
    let folded = |context: &Context<'_>| context.get::<String>(0).map(|name| folded(&name));
    connection.create_scalar_function("folded", 1, Default::default(), folded).unwrap();
    after.iter().for_each(|migration| connection.execute_batch(migration).unwrap());
    connection.pragma_update(None, "application_id", APPLICATION_ID).unwrap();
    connection.pragma_update(None, "user_version", version as i64).unwrap();
    database
}

#[test]
fn a_library_of_each_earlier_format_keeps_its_decisions() {
    for version in 1..MIGRATIONS.len() {
        let folder = tempfile::tempdir().unwrap();
        library_of_format(version, folder.path());
        let place = LibraryPlace::for_folder_in(folder.path(), None).unwrap();
        let library = Library::open(&place).unwrap();
        let row = library.rows(&[ImageId(7)]).unwrap().remove(0);
        assert_eq!(row.relative_path, Path::new("x/A.tif"));
        let label = row.label.unwrap();
        let [tips, wires] = [CategoryId(1), CategoryId(2)];
        let value = LabelValue { answer: Answer::Category(tips), second_category: Some(wires) };
        assert_eq!((label.value, label.by.as_str()), (value, "Ada"), "format {version}");
        assert_eq!(library.verify().unwrap().problems, [""; 0], "format {version}");

        let entry = library.next_undo().unwrap().unwrap();
        let undo = library.undo(&entry, "Ada").unwrap();
        assert_eq!(library.label(ImageId(7)).unwrap(), None);
        library.undo(&undo, "Ada").unwrap();
        assert_eq!(library.label(ImageId(7)).unwrap(), Some(label));
        assert_eq!(library.verify().unwrap().problems, [""; 0], "after a decision of this format");
    }
}

/// Format 1 had records of fewer vendors, and its files are read again.
#[test]
fn a_library_of_format_2_can_be_searched_by_all_that_was_known() {
    let folder = tempfile::tempdir().unwrap();
    library_of_format(2, folder.path());
    let place = LibraryPlace::for_folder_in(folder.path(), None).unwrap();
    let library = Library::open(&place).unwrap();
    for query in
        ["kv:5", "\"series 12\"", "sample:series*", "uncertainty:1", "score:0.5", "category:tips"]
    {
        let view = View { query: Query::parse(query).unwrap(), ..View::default() };
        assert_eq!(library.image_ids(&view).unwrap(), [ImageId(7)], "{query}");
    }
    let vanished = View { query: Query::parse("is:missing").unwrap(), ..View::default() };
    assert_eq!(library.image_ids(&vanished).unwrap(), [ImageId(8)]);
}

/// Earlier formats kept best categories as models call them, also where that means another by now.
#[test]
fn predictions_of_an_earlier_format_follow_what_categories_mean() {
    for version in 3..6 {
        let folder = tempfile::tempdir().unwrap();
        let database = library_of_format(version, folder.path());
        let connection = Connection::open(&database).unwrap();
        connection.execute("UPDATE category SET merged_into = 2 WHERE id = 1", []).unwrap();
        drop(connection);
        let place = LibraryPlace::for_folder_in(folder.path(), None).unwrap();
        let library = Library::open(&place).unwrap();
        let row = library.rows(&[ImageId(7)]).unwrap().remove(0);
        assert_eq!(row.top, Some(("Wires".to_owned(), 1.0)), "format {version}");
        let view = View { query: Query::parse("uncertainty:0").unwrap(), ..View::default() };
        assert_eq!(library.image_ids(&view).unwrap(), [ImageId(7)], "format {version}");
    }
}

/// Earlier formats knew a model's categories by name alone: they are bound by it once.
#[test]
fn predictions_of_an_earlier_format_are_bound_to_the_categories_that_they_were_of() {
    let folder = tempfile::tempdir().unwrap();
    let database = library_of_format(7, folder.path());
    let connection = Connection::open(&database).unwrap();
    connection
        .execute("UPDATE category SET name = 'Needles', name_folded = 'needles' WHERE id = 1", [])
        .unwrap();
    connection.execute("INSERT INTO category_alias VALUES ('tips', 1)", []).unwrap();
    drop(connection);
    let place = LibraryPlace::for_folder_in(folder.path(), None).unwrap();
    let library = Library::open(&place).unwrap();
    let top = || library.rows(&[ImageId(7)]).unwrap().remove(0).top.unwrap().0;
    assert_eq!(top(), "Needles");
    library.add_category("Tips", None, "Ada").unwrap();
    assert_eq!(top(), "Needles", "not the new category of the former name");
}
