//! One writer, backups, verifying and compacting.

use std::time::{Duration, SystemTime};

use super::*;

fn place(fixture: &Fixture) -> LibraryPlace {
    LibraryPlace::for_folder_in(fixture.folder.path(), None).unwrap()
}

/// A library with a label, closed.
fn closed_library() -> Fixture {
    let fixture = Fixture::with_files(&["a.tif", "b.tif"]);
    let tips = fixture.library.add_category("Tips", None, "Ada").unwrap();
    fixture.label("a.tif", tips);
    fixture
}

#[test]
fn a_second_program_reads_and_says_who_writes() {
    let fixture = closed_library();
    let second = fixture.second_handle();
    assert!(second.is_read_only());
    assert_eq!(second.named_labels().unwrap().len(), 1);
    let error = second.add_category("Wires", None, "Ada").unwrap_err();
    assert!(matches!(error, CatalogError::Held { .. }), "{error:?}");
    let process = format!("process {}", std::process::id());
    assert!(error.to_string().contains(&process), "{error}");
    assert_eq!(fixture.library.read_only_reason(), None);

    let Fixture { folder, library } = fixture;
    drop((library, second));
    let library = Library::open(&LibraryPlace::for_folder_in(folder.path(), None).unwrap());
    assert!(!library.unwrap().is_read_only(), "once the first is closed");
}

#[test]
fn what_a_dead_program_left_behind_holds_nobody_up() {
    let fixture = closed_library();
    let Fixture { folder, library } = fixture;
    let directory = library.directory().to_owned();
    drop(library);
    assert!(directory.join("library.lock").exists());
    fs::write(directory.join("library.holder"), "not even JSON").unwrap();
    let place = LibraryPlace::for_folder_in(folder.path(), None).unwrap();
    let library = Library::open(&place).unwrap();
    assert!(!library.is_read_only());
    fs::write(directory.join("library.holder"), "not even JSON").unwrap();
    let second = Library::open(&place).unwrap();
    assert!(second.read_only_reason().unwrap().contains("another program"));
}

#[test]
fn a_backup_is_made_where_somebody_has_decided_something_and_five_are_kept() {
    let fixture = closed_library();
    let library = &fixture.library;
    assert!(library.back_up_if_due(Duration::ZERO).unwrap().is_some());
    assert_eq!(library.back_up_if_due(Duration::ZERO).unwrap(), None, "nothing new");
    library.set_setting("sort", "path").unwrap();
    assert_eq!(library.back_up_if_due(Duration::ZERO).unwrap(), None, "no decision");
    let mut newest = None;
    for name in ["A", "B", "C", "D", "E", "F"] {
        library.add_category(name, None, "Ada").unwrap();
        let is_late = library.back_up_if_due(Duration::from_hours(24)).unwrap();
        assert_eq!(is_late, None, "there is one of today");
        newest = library.back_up_if_due(Duration::ZERO).unwrap();
    }
    assert_eq!(library.newest_backup(), newest);
    let backups = fs::read_dir(library.directory().join("backups")).unwrap().count();
    assert_eq!(backups, 5);
}

#[test]
fn what_a_program_left_of_a_backup_that_it_did_not_end_is_removed() {
    let fixture = closed_library();
    let folder = fixture.library.back_up().unwrap().parent().unwrap().to_owned();
    let part = |name: &str, age: Duration| {
        let file = fs::File::create(folder.join(name)).unwrap();
        file.set_modified(SystemTime::now() - age).unwrap();
    };
    part("library-20200101T000000000Z.part", Duration::from_hours(2));
    part("library-20200101T000000001Z.part", Duration::from_mins(1));
    fixture.library.back_up().unwrap();
    let names = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name());
    let parts: Vec<_> = names.filter(|name| name.to_string_lossy().ends_with(".part")).collect();
    assert_eq!(parts, ["library-20200101T000000001Z.part"], "another program may be at it");
}

#[test]
fn a_backup_in_the_place_of_a_damaged_library_gives_every_label_back() {
    let fixture = closed_library();
    let backup = fixture.library.back_up().unwrap();
    let (database, place) = (fixture.library.directory().join("library.db"), place(&fixture));
    let Fixture { folder: _folder, library } = fixture;
    drop(library);
    let whole = fs::read(&database).unwrap();
    let overwritten = b"overwritten by something else, for long ".repeat(whole.len() / 40);
    for damaged in [&whole[..whole.len() / 2], &overwritten, &whole[..whole.len() - 1]] {
        fs::write(&database, damaged).unwrap();
        let error = Library::open(&place).unwrap_err();
        assert!(matches!(error, CatalogError::Damaged { .. }), "{error:?}");
        assert!(error.to_string().contains(&backup.display().to_string()), "{error}");
        assert_eq!(fs::read(&database).unwrap(), damaged, "left alone");
    }
    fs::copy(backup, &database).unwrap();
    let library = Library::open(&place).unwrap();
    assert_eq!(library.named_labels().unwrap().len(), 1);
    assert_eq!(library.verify().unwrap().problems, [""; 0]);
}

#[test]
fn verifying_finds_labels_that_the_journal_does_not_explain() {
    let fixture = closed_library();
    let library = &fixture.library;
    let report = library.verify().unwrap();
    assert_eq!((report.decisions, report.labels, report.problems), (2, 1, vec![]));
    let problems = |sql: &str| {
        fixture.raw_connection().execute_batch(sql).unwrap();
        library.verify().unwrap().problems
    };
    let lost = problems("DELETE FROM label");
    assert!(lost[0].contains("that it does not have"), "{lost:?}");
    let foreign = problems("PRAGMA foreign_keys = OFF; DELETE FROM category");
    assert!(!foreign.is_empty());
}

#[test]
fn verifying_finds_a_gap_in_the_journal() {
    let fixture = closed_library();
    let wires = fixture.library.add_category("Wires", None, "Ada").unwrap();
    fixture.label("a.tif", wires);
    fixture
        .raw_connection()
        .execute_batch(
            "DROP TRIGGER journal_keeps_changes;
             DELETE FROM journal_change WHERE before_json IS NULL",
        )
        .unwrap();
    let problems = fixture.library.verify().unwrap().problems;
    assert!(problems[0].contains("missing from the journal"), "{problems:?}");
}

#[test]
fn compacting_gives_room_back_and_keeps_every_label() {
    let fixture = closed_library();
    let connection = fixture.raw_connection();
    connection
        .execute_batch("CREATE TABLE ballast AS SELECT zeroblob(4000000) AS b; DROP TABLE ballast")
        .unwrap();
    drop(connection);
    let sizes = fixture.library.compact().unwrap();
    assert!(sizes.after_bytes + 3_000_000 < sizes.before_bytes, "{sizes:?}");
    assert_eq!(fixture.library.named_labels().unwrap().len(), 1);
    assert_eq!(fixture.library.verify().unwrap().problems, [""; 0]);
}

#[test]
fn an_emptied_library_is_refused_where_there_are_backups_of_it() {
    let Fixture { folder, library } = closed_library();
    let backup = library.back_up().unwrap();
    let database = library.directory().join("library.db");
    drop(library);
    let place = LibraryPlace::for_folder_in(folder.path(), None).unwrap();
    for ending in ["", "-wal", "-shm"] {
        let _ = fs::remove_file(folder.path().join(format!(".semblance/library.db{ending}")));
    }
    for is_there in [false, true] {
        if is_there {
            fs::write(&database, "").unwrap();
        }
        let error = Library::open(&place).expect_err("an empty library would hide the loss");
        let text = error.to_string();
        assert!(text.contains(&backup.display().to_string()), "{text}");
    }
}
