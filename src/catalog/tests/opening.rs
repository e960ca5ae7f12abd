//! What is opened, and what is refused.

use super::*;
use crate::catalog::schema::NEWEST_VERSION;

fn open_with_database(content: &[u8]) -> (TempDir, Result<Library, CatalogError>) {
    let folder = tempfile::tempdir().unwrap();
    let place = LibraryPlace::for_folder_in(folder.path(), None).unwrap();
    fs::write(place.directory.join("library.db"), content).unwrap();
    let library = Library::open(&place);
    (folder, library)
}

#[test]
fn library_is_shared_by_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<Library>();
}

#[test]
fn new_library_is_empty_and_has_a_cache_folder() {
    let fixture = Fixture::with_files(&[]);
    assert_eq!(fixture.library.counts().unwrap(), Counts::default());
    assert!(fixture.library.cache_directory().is_dir());
    assert_eq!(fixture.library.root(), fixture.folder.path().canonicalize().unwrap());
}

#[test]
fn decisions_are_synced_and_rows_written_ahead() {
    let fixture = Fixture::with_files(&["a.tif"]);
    let tips = fixture.library.add_category("Tips", None, "Ada").unwrap();
    fixture.label("a.tif", tips);
    let ask = |pragma| {
        fixture.library.write("ask", library::Durability::Synced, |transaction| {
            let answer = |row: &rusqlite::Row<'_>| row.get::<_, rusqlite::types::Value>(0);
            Ok(transaction.pragma_query_value(None, pragma, answer)?)
        })
    };
    assert_eq!(ask("synchronous").unwrap(), 2.into());
    assert_eq!(ask("foreign_keys").unwrap(), 1.into());
    assert_eq!(ask("busy_timeout").unwrap(), 5000.into());
    assert_eq!(ask("journal_mode").unwrap(), "wal".to_owned().into());
}

/// What the library file says by itself, without what was written ahead: an image's hash, and how many
/// labels there are.
fn in_the_file_alone(library: &Library, image: ImageId) -> (Option<String>, i64) {
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("library.db");
    fs::copy(library.database(), &copy).unwrap();
    let connection = Connection::open(copy).unwrap();
    let hash = "SELECT content_sha256 FROM image WHERE id = ?1";
    (
        connection.query_row(hash, [image.0], |row| row.get(0)).unwrap(),
        connection.query_row("SELECT count(*) FROM label", [], |row| row.get(0)).unwrap(),
    )
}

#[test]
fn what_was_read_comes_into_the_file_beside_writing_and_no_decision_waits_for_that() {
    let fixture = Fixture::with_files(&["a.tif"]);
    let (image, tips) =
        (fixture.image("a.tif"), fixture.library.add_category("Tips", None, "Ada").unwrap());
    let place = LibraryPlace::for_folder_in(fixture.folder.path(), None).unwrap();
    drop(fixture.library);
    let library = Library::open(&place).unwrap();
    let label = [(image, Some(value(tips)))];
    library.set_labels(&label, "Ada", LabelSource::Person).unwrap();
    assert_eq!(in_the_file_alone(&library, image), (None, 0));
    library.save_reading(image, &Reading::of_content("1234")).unwrap();
    assert_eq!(in_the_file_alone(&library, image), (Some("1234".to_owned()), 1));
}

#[test]
fn newer_library_is_refused_and_says_what_to_do() {
    let fixture = Fixture::with_files(&["a.tif"]);
    let newer = NEWEST_VERSION + 1;
    fixture.raw_connection().pragma_update(None, "user_version", newer).unwrap();
    let place = LibraryPlace::for_folder_in(fixture.folder.path(), None).unwrap();
    let error = Library::open(&place).unwrap_err();
    let text = error.to_string();
    assert!(matches!(error, CatalogError::NewerLibrary { found, .. } if found == newer));
    assert!(
        text.contains(&format!("format {newer}")) && text.contains("update Semblance"),
        "{text}"
    );
    assert!(text.ends_with("library.db"), "{text}");
}

#[test]
fn file_that_is_no_database_is_refused_and_left_alone() {
    let content =
        b"Dear diary, this is a text that is longer than SQLite's header of 100 bytes. ".repeat(3);
    let (folder, library) = open_with_database(&content);
    let error = library.unwrap_err();
    assert!(matches!(error, CatalogError::NotALibrary { .. }), "{error:?}");
    assert!(error.to_string().contains("library.db"), "{error}");
    assert_eq!(fs::read(folder.path().join(".semblance/library.db")).unwrap(), content);
}

#[test]
fn database_of_another_program_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let other = folder.path().join("other.db");
    Connection::open(&other).unwrap().execute_batch("CREATE TABLE song (id)").unwrap();
    let content = fs::read(other).unwrap();
    let (folder, library) = open_with_database(&content);
    assert!(matches!(library, Err(CatalogError::NotALibrary { .. })));
    assert_eq!(fs::read(folder.path().join(".semblance/library.db")).unwrap(), content);
}

#[test]
fn settings_are_kept_and_replaced() {
    let fixture = Fixture::with_files(&[]);
    assert_eq!(fixture.library.setting("sort").unwrap(), None);
    fixture.library.set_setting("sort", "path").unwrap();
    fixture.library.set_setting("sort", "newest").unwrap();
    assert_eq!(fixture.second_handle().setting("sort").unwrap().as_deref(), Some("newest"));
}

#[test]
fn categories_differ_by_more_than_case() {
    let fixture = Fixture::with_files(&[]);
    let library = &fixture.library;
    let films = library.add_category(" Größe ", None, "Ada").unwrap();
    let taken = library.add_category("GRÖSSE", None, "Ada");
    assert!(taken.is_ok(), "ß is not SS");
    let error = library.add_category("grÖße", None, "Ada").unwrap_err();
    assert!(error.to_string().contains("\"Größe\""), "{error}");
    assert!(matches!(
        library.add_category("a/b", None, "Ada"),
        Err(CatalogError::CategoryName { .. })
    ));

    let ids = library.ensure_categories(&["Wires".into(), "größe".into(), "wires".into()]).unwrap();
    assert_eq!(ids[1], films);
    assert_eq!(ids[0], ids[2]);
    let refused = library.ensure_categories(&["New".into(), "..".into()]);
    assert!(refused.is_err());
    let tree = library.category_tree().unwrap();
    let categories: Vec<_> = tree.offered().collect();
    let names: Vec<_> = categories.iter().map(|category| category.name.as_str()).collect();
    assert_eq!(names, ["Größe", "GRÖSSE", "Wires"]);
    let keys: Vec<_> = categories.iter().filter_map(|category| category.key).collect();
    assert_eq!(keys, ['1', '2', '3']);
    assert_ne!(categories[0].color, categories[1].color);
    assert_ne!(categories[0].uid, categories[1].uid);
}

#[test]
fn categories_can_outnumber_keys_and_colors() {
    let fixture = Fixture::with_files(&[]);
    let names: Vec<String> = (0..40).map(|n| format!("Category {n}")).collect();
    fixture.library.ensure_categories(&names).unwrap();
    let tree = fixture.library.category_tree().unwrap();
    let categories: Vec<_> = tree.offered().collect();
    assert_eq!(categories.iter().filter(|category| category.key.is_some()).count(), 30);
    assert_eq!(categories[39].key, None);
}

/// What was written ahead is beside the file, where a disk that cannot be written leaves it.
#[test]
fn a_private_copy_has_every_decision_that_was_saved() {
    let fixture = Fixture::with_files(&["a.tif", "b.tif"]);
    let tips = fixture.library.add_category("Tips", None, "Ada").unwrap();
    fixture.label("a.tif", tips);
    let database = fixture.library.directory().join("library.db");
    assert!(fs::metadata(database.with_extension("db-wal")).unwrap().len() > 0);
    let copy = read_only::PrivateCopy::of(&database).unwrap();
    fixture.label("b.tif", tips);

    let connection = connection::open_reader(&copy.database()).unwrap();
    let labels: u32 =
        connection.query_row("SELECT count(*) FROM label", [], |row| row.get(0)).unwrap();
    assert_eq!(labels, 1, "as it was when it was copied");
    let place = copy.database();
    drop((connection, copy));
    assert!(!place.exists());
}
