//! The folder tree and the rows agree.

use std::fs::File;
use std::time::{Duration, UNIX_EPOCH};

use super::moves::read;
use super::*;

fn classify(fixture: &Fixture, path: &str) {
    let scores = [(fixture.image(path), vec![0.1, 0.7, 0.2])];
    fixture.library.save_predictions(&model("m"), &scores).unwrap();
}

fn paths(library: &Library) -> Vec<String> {
    let ids = library.image_ids(&View::default()).unwrap();
    let rows = library.rows(&ids).unwrap();
    rows.iter().map(|row| row.relative_path.to_string_lossy().into_owned()).collect()
}

#[test]
fn scan_finds_images_by_extension_and_skips_hidden_names() {
    let fixture = Fixture::with_files(&[
        "a.tif",
        "B.TIF",
        "x/c.png",
        "x/y/d.Tif",
        "notes.txt",
        "tif",
        ".e.tif",
        ".hidden/f.tif",
    ]);
    assert_eq!(paths(&fixture.library), ["a.tif", "B.TIF", "x/c.png", "x/y/d.Tif"]);
    let image = fixture.image("x/y/d.Tif");
    let row = fixture.library.rows(&[image]).unwrap().remove(0);
    assert_eq!(row.size_bytes, 9);
    assert_eq!(fs::read_to_string(fixture.library.path_of(image).unwrap()).unwrap(), "x/y/d.Tif");
    assert_eq!(fixture.library.find_image("./x//y/d.Tif".as_ref()).unwrap(), Some(image));
    assert_eq!(fixture.library.find_image("../a.tif".as_ref()).unwrap(), None);
}

#[test]
fn rescan_of_an_unchanged_tree_changes_nothing() {
    let fixture = Fixture::with_files(&["a.tif", "x/b.tif"]);
    let version = || -> i64 {
        let connection = fixture.raw_connection();
        connection
            .query_row("SELECT sum(size_bytes + modified_ns + id) FROM image", [], |row| row.get(0))
            .unwrap()
    };
    let (before, wal) = (version(), fixture.path(".semblance/library.db-wal"));
    let wal_bytes = fs::read(&wal).unwrap();
    let report = fixture.scan();
    assert_eq!(report, ScanReport { found: 2, ..ScanReport::default() });
    assert_eq!(version(), before);
    assert!(fs::read(&wal).unwrap() == wal_bytes, "nothing was written");
}

#[test]
fn changed_file_loses_what_was_read_and_keeps_its_label() {
    let fixture = Fixture::with_files(&["a.tif", "b.tif"]);
    let library = &fixture.library;
    let tips = library.add_category("Tips", None, "Ada").unwrap();
    for path in ["a.tif", "b.tif"] {
        fixture.label(path, tips);
        classify(&fixture, path);
        library.save_reading(fixture.image(path), &reading(path)).unwrap();
    }
    let image = fixture.image("a.tif");
    library.save_read_error(image, &Default::default(), None, "cut off").unwrap();
    fixture.write("a.tif", "longer than before");
    // The other file keeps its size: the time alone tells.
    let file = File::options().write(true).open(fixture.path("b.tif")).unwrap();
    file.set_modified(UNIX_EPOCH + Duration::from_secs(1)).unwrap();

    let report = fixture.scan();
    assert_eq!((report.found, report.added, report.changed, report.vanished), (2, 0, 2, 0));
    for path in ["a.tif", "b.tif"] {
        let row = library.rows(&[fixture.image(path)]).unwrap().remove(0);
        assert_eq!(row.label.unwrap().value, value(tips));
        assert_eq!((row.top, row.content_sha256, row.read_error), (None, None, None));
        assert_eq!((row.width_px, row.height_px), (None, None));
        assert_eq!(library.instrument_json(row.id).unwrap(), None);
        assert_eq!(library.prediction(row.id).unwrap(), None);
    }
    assert_eq!(fixture.image("a.tif"), image);
}

#[test]
fn vanished_and_reappeared_file_keeps_its_label_and_prediction() {
    let fixture = Fixture::with_files(&["a.tif", "x/b.tif"]);
    let library = &fixture.library;
    let tips = library.add_category("Tips", None, "Ada").unwrap();
    fixture.label("x/b.tif", tips);
    classify(&fixture, "x/b.tif");
    let image = fixture.image("x/b.tif");
    fs::rename(fixture.path("x"), fixture.path("y.away")).unwrap();
    fs::rename(fixture.path("y.away/b.tif"), fixture.path("y.away/b.bak")).unwrap();

    assert_eq!(fixture.scan().vanished, 1);
    assert_eq!(fixture.scan().vanished, 0, "counted once");
    assert_eq!(paths(library), ["a.tif"]);
    assert_eq!(library.find_image("x/b.tif".as_ref()).unwrap(), None);
    assert_eq!(library.named_labels().unwrap(), []);
    assert_eq!(library.counts().unwrap().labelled, 0);
    assert_eq!(library.label(image).unwrap().unwrap().value, value(tips), "kept, not shown");

    fs::rename(fixture.path("y.away/b.bak"), fixture.path("y.away/b.tif")).unwrap();
    fs::rename(fixture.path("y.away"), fixture.path("x")).unwrap();
    let report = fixture.scan();
    assert_eq!((report.added, report.changed, report.reappeared), (0, 0, 1));
    assert_eq!(fixture.image("x/b.tif"), image);
    assert_eq!(library.named_labels().unwrap().len(), 1);
    assert!(library.prediction(image).unwrap().is_some());
}

#[test]
fn cancelled_scan_keeps_what_was_found_and_takes_nothing_for_vanished() {
    let fixture = Fixture::with_files(&["gone.tif"]);
    fs::remove_file(fixture.path("gone.tif")).unwrap();
    for n in 0..600 {
        fixture.write(format!("{n}.tif"), "");
    }
    // The first call is for the root itself, the second for the first full batch.
    let mut calls = 0;
    let report = fixture
        .library
        .scan(EXTENSIONS, &mut |_| {
            calls += 1;
            calls < 2
        })
        .unwrap();
    assert_eq!((report.found, report.added, report.vanished), (500, 500, 0));
    assert_eq!(fixture.library.counts().unwrap().images, 501);
    let report = fixture.scan();
    assert_eq!((report.found, report.added, report.vanished), (600, 100, 1));
}

#[test]
fn rows_appear_while_the_scan_runs() {
    let fixture = Fixture::with_files(&[]);
    for n in 0..600 {
        fixture.write(format!("{n}.tif"), "");
    }
    let mut seen = Vec::new();
    let mut watch = |progress: &ScanProgress<'_>| {
        assert_eq!(progress.folder, Path::new(""));
        seen.push((progress.added, fixture.library.counts().unwrap().images));
        true
    };
    fixture.library.scan(EXTENSIONS, &mut watch).unwrap();
    assert_eq!(seen, [(0, 0), (500, 500), (600, 600)]);
}

#[test]
fn vanished_root_is_an_error_and_nothing_is_taken_for_vanished() {
    let fixture = Fixture::with_files(&["images/a.tif"]);
    let data = fixture.path("data");
    let root = fixture.path("images");
    fs::write(root.join(".semblance"), "").unwrap();
    let place = LibraryPlace::for_folder_in(&root, Some(&data)).unwrap();
    let library = Library::open(&place).unwrap();
    library.scan(EXTENSIONS, &mut |_| true).unwrap();
    fs::rename(&root, fixture.path("moved")).unwrap();
    let error = library.scan(EXTENSIONS, &mut |_| true).unwrap_err();
    assert!(matches!(error, CatalogError::RootGone { .. }), "{error}");
    assert_eq!(library.counts().unwrap().images, 1);

    fs::create_dir(&root).unwrap(); // as a drive that is not connected leaves it
    let error = library.scan(EXTENSIONS, &mut |_| true).unwrap_err();
    assert!(matches!(error, CatalogError::RootReplaced { .. }), "{error}");
    drop(library);
    let library = Library::open(&place).unwrap();
    let error = library.scan(EXTENSIONS, &mut |_| true).unwrap_err();
    assert!(matches!(error, CatalogError::EmptyRoot { known: 1, .. }), "{error}");
    assert_eq!(library.counts().unwrap().images, 1);
}

#[test]
fn nothing_is_decided_or_read_in_another_folder_at_the_same_path() {
    let fixture = Fixture::with_files(&["images/a.tif"]);
    let root = fixture.path("images");
    let library = Library::open(&LibraryPlace::for_folder_in(&root, None).unwrap()).unwrap();
    library.scan(EXTENSIONS, &mut |_| true).unwrap();
    let tips = library.add_category("Tips", None, "Ada").unwrap();
    let image = library.find_image("a.tif".as_ref()).unwrap().unwrap();
    fs::rename(&root, fixture.path("moved")).unwrap();
    fixture.write("images/a.tif", "another picture");

    let label = [(image, Some(value(tips)))];
    let error = library.set_labels(&label, "Ada", LabelSource::Person).unwrap_err();
    assert!(matches!(error, CatalogError::RootReplaced { .. }), "{error}");
    assert!(library.path_of(image).is_err(), "its picture is not there");
    fs::remove_dir_all(&root).unwrap();
    fs::rename(fixture.path("moved"), &root).unwrap();
    library.set_labels(&label, "Ada", LabelSource::Person).unwrap();
}

#[test]
fn texts_that_come_change_or_go_have_their_image_read_again() {
    let fixture = Fixture::with_files(&["a.tif", "b.tif"]);
    let has_bar = || {
        let row = fixture.library.rows(&[fixture.image("a.tif")]).unwrap().remove(0);
        row.data_bar.is_some()
    };
    let text = fixture.path("a.TXT");
    let steps: [&dyn Fn(); 3] = [
        &|| fixture.write("a.TXT", "$CM_MAG 500"),
        &|| fixture.write("a.TXT", "$CM_MAG 50000"),
        &|| fs::remove_file(&text).unwrap(),
    ];
    for step in steps {
        for path in ["a.tif", "b.tif"] {
            read(&fixture, path);
        }
        assert_eq!(fixture.scan().other_texts, 0);
        step();
        assert_eq!(fixture.scan().other_texts, 1);
        assert!(!has_bar(), "what was read came from other texts");
    }
}

#[cfg(unix)]
mod unix {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    #[test]
    fn name_that_is_not_utf_8_round_trips() {
        let fixture = Fixture::with_files(&[]);
        let name = Path::new(OsStr::from_bytes(b"gr\xf6sse/\xff\xfe.TIF"));
        fixture.write(name, "content");
        assert_eq!(fixture.scan().added, 1);
        assert_eq!(fixture.scan(), ScanReport { found: 1, ..ScanReport::default() });
        let image = fixture.library.find_image(name).unwrap().unwrap();
        assert_eq!(fixture.library.rows(&[image]).unwrap()[0].relative_path, name);
        let path = fixture.library.path_of(image).unwrap();
        assert_eq!(fs::read_to_string(path).unwrap(), "content");
    }

    #[test]
    fn links_are_followed_once_and_a_broken_one_is_named() {
        let fixture = Fixture::with_files(&["x/a.tif"]);
        symlink(fixture.path("x/a.tif"), fixture.path("link.tif")).unwrap();
        symlink(fixture.path("x"), fixture.path("loop.tif")).unwrap();
        symlink(fixture.folder.path(), fixture.path("x/up")).unwrap();
        symlink("nowhere", fixture.path("broken.tif")).unwrap();
        let report = fixture.scan();
        assert_eq!(paths(&fixture.library), ["link.tif", "x/a.tif"]);
        assert_eq!(report.problems.len(), 1);
        assert!(report.problems[0].ends_with("broken.tif"), "{:?}", report.problems);
    }

    #[test]
    fn folder_that_cannot_be_read_is_told_and_its_images_stay() {
        let fixture = Fixture::with_files(&["a.tif", "closed/b.tif"]);
        let closed = fixture.path("closed");
        let set_mode =
            |mode| fs::set_permissions(&closed, fs::Permissions::from_mode(mode)).unwrap();
        set_mode(0o000);
        let readable_anyway = fs::read_dir(&closed).is_ok(); // we are root
        fixture.write("z/c.tif", "");
        let report = fixture.scan();
        set_mode(0o755);
        assert_eq!(report.vanished, 0);
        assert_eq!(fixture.library.counts().unwrap().images, 3);
        if !readable_anyway {
            assert_eq!((report.found, report.problems.len()), (2, 1));
            assert!(report.problems[0].contains("closed"), "{:?}", report.problems);
        }
    }
}
