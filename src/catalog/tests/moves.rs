//! Images known by their content: files moved, renamed, exchanged, copied and changed.

use std::fs::File;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::*;
use crate::micrograph::FileStamp;
use crate::query::Query;

/// As classifying a file tells it to the library; the content stands for its hash.
pub(super) fn read(fixture: &Fixture, relative: &str) {
    let content = fs::read_to_string(fixture.path(relative)).unwrap();
    let stamp = fs::metadata(fixture.path(relative)).map(|metadata| FileStamp::of(&metadata));
    let reading = Reading { stamp: stamp.ok(), ..reading(&format!("sha of {content}")) };
    fixture.library.save_reading(fixture.image(relative), &reading).unwrap();
}

pub(super) fn places(fixture: &Fixture, image: ImageId) -> Vec<String> {
    let places = fixture.library.places(image).unwrap();
    places.iter().map(|path| path.to_string_lossy().into_owned()).collect()
}

fn set_modified(fixture: &Fixture, relative: &str, ns: u64) {
    let file = File::options().write(true).open(fixture.path(relative)).unwrap();
    file.set_modified(UNIX_EPOCH + Duration::from_nanos(ns)).unwrap();
}

fn rename(fixture: &Fixture, from: &str, to: &str) {
    fs::create_dir_all(fixture.path(to).parent().unwrap()).unwrap();
    fs::rename(fixture.path(from), fixture.path(to)).unwrap();
}

pub(super) fn shown(fixture: &Fixture) -> Vec<String> {
    let library = &fixture.library;
    let rows = library.rows(&library.image_ids(&View::default()).unwrap()).unwrap();
    rows.iter().map(|row| row.relative_path.to_string_lossy().into_owned()).collect()
}

pub(super) fn is_clean(fixture: &Fixture) {
    assert_eq!(fixture.library.verify().unwrap().problems, [""; 0]);
}

#[test]
fn a_moved_or_renamed_file_takes_its_label_along_before_it_is_read() {
    let fixture = Fixture::with_files(&["a.tif", "x/b.tif", "x/c.tif"]);
    let tips = fixture.library.add_category("Tips", None, "Ada").unwrap();
    let images = ["a.tif", "x/b.tif"].map(|path| fixture.image(path));
    fixture.label("a.tif", tips);
    fixture.label("x/b.tif", tips);
    rename(&fixture, "a.tif", "renamed.tif");
    rename(&fixture, "x", "y");

    let report = fixture.scan();
    assert_eq!((report.moved, report.added, report.vanished), (3, 0, 0), "{report:?}");
    assert_eq!(shown(&fixture), ["renamed.tif", "y/b.tif", "y/c.tif"]);
    assert_eq!([fixture.image("renamed.tif"), fixture.image("y/b.tif")], images);
    assert_eq!(fixture.library.named_labels().unwrap().len(), 2);
    assert_eq!(fixture.scan(), ScanReport { found: 3, ..ScanReport::default() });
    is_clean(&fixture);
}

#[test]
fn files_that_exchange_their_names_keep_their_own_labels() {
    let fixture = Fixture::with_files(&["a.tif", "b.tif"]);
    let ids = fixture.library.ensure_categories(&["A".into(), "B".into()]).unwrap();
    for (path, id) in ["a.tif", "b.tif"].into_iter().zip(ids) {
        fixture.label(path, id);
    }
    let images = ["a.tif", "b.tif"].map(|path| fixture.image(path));
    rename(&fixture, "a.tif", "other");
    rename(&fixture, "b.tif", "a.tif");
    rename(&fixture, "other", "b.tif");

    let report = fixture.scan();
    assert_eq!((report.moved, report.changed, report.vanished), (2, 0, 0), "{report:?}");
    assert_eq!([fixture.image("b.tif"), fixture.image("a.tif")], images);
    assert_eq!(shown(&fixture), ["a.tif", "b.tif"]);
    is_clean(&fixture);
}

/// Whole seconds, as on memory cards, tell little: many files of one size have the same.
#[test]
fn files_with_times_in_whole_seconds_are_known_by_their_name_too() {
    let fixture = Fixture::with_files(&["a.tif", "b.tif"]);
    for path in ["a.tif", "b.tif"] {
        set_modified(&fixture, path, 5_000_000_000);
    }
    fixture.scan();
    let image = fixture.image("a.tif");
    rename(&fixture, "a.tif", "x/a.tif");
    rename(&fixture, "b.tif", "x/other.tif");
    let report = fixture.scan();
    assert_eq!((report.moved, report.added, report.vanished), (1, 1, 1), "{report:?}");
    assert_eq!(fixture.image("x/a.tif"), image);
}

#[test]
fn a_file_that_could_be_two_vanished_ones_is_neither_until_it_is_read() {
    let fixture = Fixture::with_files(&["a.tif", "b.tif"]);
    for path in ["a.tif", "b.tif"] {
        set_modified(&fixture, path, 5_000_000_001);
    }
    fixture.scan();
    for path in ["a.tif", "b.tif"] {
        read(&fixture, path);
    }
    let tips = fixture.library.add_category("Tips", None, "Ada").unwrap();
    fixture.label("b.tif", tips);
    let image = fixture.image("b.tif");
    rename(&fixture, "b.tif", "new.tif");
    fs::remove_file(fixture.path("a.tif")).unwrap();
    let report = fixture.scan();
    assert_eq!((report.moved, report.added, report.vanished), (0, 1, 2), "{report:?}");
    assert_ne!(fixture.image("new.tif"), image);

    read(&fixture, "new.tif");
    assert_eq!(fixture.image("new.tif"), image, "its bytes tell");
    assert_eq!(fixture.library.named_labels().unwrap().len(), 1);
    is_clean(&fixture);
}

#[test]
fn the_same_bytes_at_two_places_are_one_image() {
    let fixture = Fixture::with_files(&["a.tif"]);
    fixture.write("copies/b.tif", "a.tif");
    fixture.scan();
    assert_eq!(shown(&fixture), ["a.tif", "copies/b.tif"], "nobody has read them");
    let tips = fixture.library.add_category("Tips", None, "Ada").unwrap();
    let copy = fixture.image("copies/b.tif");
    fixture.label("copies/b.tif", tips);
    read(&fixture, "a.tif");
    read(&fixture, "copies/b.tif");

    let image = fixture.image("a.tif");
    assert_eq!(fixture.image("copies/b.tif"), image);
    assert_eq!(places(&fixture, image), ["a.tif", "copies/b.tif"]);
    assert_eq!(shown(&fixture), ["a.tif"]);
    let label = fixture.library.label(image).unwrap().expect("it goes with the content");
    assert_eq!((label.by.as_str(), label.source), ("Ada", LabelSource::Person));
    assert_eq!(fixture.library.history(image).unwrap().len(), 3, "given, and handed over");
    let counts = fixture.library.counts().unwrap();
    assert_eq!((counts.images, counts.labelled), (1, 1));
    assert_eq!(counts.folders, [("copies".to_owned(), 1)]);
    let view = View { filter: Filter::Folder("copies".into()), ..View::default() };
    assert_eq!(fixture.library.image_ids(&view).unwrap(), [image]);
    assert_eq!(fixture.scan(), ScanReport { found: 2, ..ScanReport::default() });
    is_clean(&fixture);

    // Whatever is still known by the copy's own number is about the image.
    fixture.library.set_labels(&[(copy, None)], "Bob", LabelSource::Person).unwrap();
    assert_eq!(fixture.library.label(image).unwrap(), None);
    is_clean(&fixture);
}

#[test]
fn of_two_labels_for_the_same_bytes_the_newer_one_counts_and_both_are_remembered() {
    for order in [["a.tif", "b.tif"], ["b.tif", "a.tif"]] {
        let fixture = Fixture::with_files(&["a.tif"]);
        fixture.write("b.tif", "a.tif");
        fixture.scan();
        let ids = fixture.library.ensure_categories(&["A".into(), "B".into()]).unwrap();
        for (path, id) in order.into_iter().zip(&ids) {
            fixture.label(path, *id);
        }
        for path in order {
            read(&fixture, path);
        }
        let image = fixture.image("a.tif");
        let label = fixture.library.label(image).unwrap().unwrap();
        assert_eq!(label.value, value(ids[1]), "{order:?}");
        let given: Vec<_> = fixture.library.history(image).unwrap();
        for id in ids {
            let is_given = |item: &HistoryItem| {
                item.after.as_ref().is_some_and(|label| label.value == value(id))
            };
            assert!(given.iter().any(is_given), "{order:?}");
        }
        is_clean(&fixture);
    }
}

#[test]
fn an_image_goes_on_at_its_other_place_when_the_first_one_vanishes() {
    let fixture = Fixture::with_files(&["a.tif"]);
    fixture.write("b.tif", "a.tif");
    fixture.scan();
    for path in ["a.tif", "b.tif"] {
        read(&fixture, path);
    }
    let tips = fixture.library.add_category("Tips", None, "Ada").unwrap();
    fixture.label("a.tif", tips);
    let image = fixture.image("a.tif");

    fs::remove_file(fixture.path("a.tif")).unwrap();
    assert_eq!(fixture.scan().vanished, 1);
    assert_eq!(shown(&fixture), ["b.tif"]);
    assert_eq!(fixture.image("b.tif"), image);
    assert_eq!(fixture.library.named_labels().unwrap().len(), 1);
    is_clean(&fixture);

    fixture.write("a.tif", "a.tif");
    let report = fixture.scan();
    assert_eq!(report.found, 2);
    read(&fixture, "a.tif");
    assert_eq!(places(&fixture, image).len(), 2);
    is_clean(&fixture);
}

#[test]
fn a_copy_that_is_changed_becomes_an_image_of_its_own() {
    let fixture = Fixture::with_files(&["a.tif"]);
    fixture.write("b.tif", "a.tif");
    fixture.scan();
    for path in ["a.tif", "b.tif"] {
        read(&fixture, path);
    }
    let tips = fixture.library.add_category("Tips", None, "Ada").unwrap();
    fixture.label("a.tif", tips);
    let image = fixture.image("a.tif");

    for (changed, other) in [("b.tif", "a.tif"), ("a.tif", "b.tif")] {
        fixture.write(changed, &format!("{changed} was changed"));
        fixture.scan();
        assert_eq!(shown(&fixture), ["a.tif", "b.tif"]);
        assert_eq!(fixture.image(other), image, "the label stays with the content");
        assert_eq!(fixture.library.label(fixture.image(changed)).unwrap(), None);
        is_clean(&fixture);
        fixture.write(changed, "a.tif");
        fixture.scan();
        read(&fixture, changed);
        assert_eq!(shown(&fixture).len(), 1);
        is_clean(&fixture);
    }
}

#[test]
fn a_file_that_is_changed_in_place_keeps_its_label() {
    let fixture = Fixture::with_files(&["a.tif"]);
    read(&fixture, "a.tif");
    let tips = fixture.library.add_category("Tips", None, "Ada").unwrap();
    fixture.label("a.tif", tips);
    let image = fixture.image("a.tif");
    fixture.write("a.tif", "contrast enhanced");
    assert_eq!(fixture.scan().changed, 1);
    read(&fixture, "a.tif");
    assert_eq!(fixture.image("a.tif"), image);
    assert!(fixture.library.label(image).unwrap().is_some());
}

/// Two copies, of which the one that is read first is the image; its number may be the larger one.
fn copies(first: &str, second: &str) -> (Fixture, ImageId) {
    let fixture = Fixture::with_files(&["a.tif"]);
    fixture.write("b.tif", "a.tif");
    fixture.scan();
    for path in [first, second] {
        read(&fixture, path);
    }
    let tips = fixture.library.add_category("Tips", None, "Ada").unwrap();
    fixture.label(first, tips);
    let image = fixture.image(first);
    (fixture, image)
}

const BOTH_ORDERS: [[&str; 2]; 2] = [["a.tif", "b.tif"], ["b.tif", "a.tif"]];

#[test]
fn whichever_copy_was_read_first_the_image_goes_on_at_the_other() {
    for [first, second] in BOTH_ORDERS {
        let (fixture, image) = copies(first, second);
        fixture.write(first, "edited");
        fixture.scan();
        assert_eq!(shown(&fixture), ["a.tif", "b.tif"]);
        assert_eq!(fixture.image(second), image, "{first}");
        assert_eq!(fixture.scan(), ScanReport { found: 2, ..ScanReport::default() });
        is_clean(&fixture);

        let (fixture, image) = copies(first, second);
        fs::remove_file(fixture.path(first)).unwrap();
        fixture.scan();
        assert_eq!(shown(&fixture), [second]);
        assert_eq!(fixture.image(second), image, "{first}");
        assert_eq!(fixture.library.named_labels().unwrap().len(), 1);
        is_clean(&fixture);
    }
}

#[test]
fn copies_that_vanish_together_or_in_turn_are_back_when_one_of_them_is() {
    for [first, second] in BOTH_ORDERS {
        for back in [first, second] {
            for in_turn in [Some(first), Some(second), None] {
                let (fixture, image) = copies(first, second);
                let kept = fixture.path("kept");
                fs::rename(fixture.path(back), &kept).unwrap();
                let other = if back == first { second } else { first };
                if in_turn == Some(back) {
                    fixture.scan();
                }
                fs::remove_file(fixture.path(other)).unwrap();
                fixture.scan();
                assert_eq!(shown(&fixture), [""; 0], "{first} {back} {in_turn:?}");
                fs::rename(&kept, fixture.path(back)).unwrap();
                fixture.scan();
                assert_eq!(shown(&fixture), [back], "{first} {back} {in_turn:?}");
                assert_eq!(fixture.image(back), image);
                assert_eq!(fixture.library.named_labels().unwrap().len(), 1);
                is_clean(&fixture);
            }
        }
    }
}

#[test]
fn a_copy_that_is_moved_over_its_image_leaves_one_image_with_its_label() {
    for [first, second] in BOTH_ORDERS {
        for (from, to) in [(first, second), (second, first)] {
            let (fixture, image) = copies(first, second);
            set_modified(&fixture, from, 7_000_000_001);
            fixture.scan();
            for path in [first, second] {
                read(&fixture, path);
            }
            let image_now = fixture.image(from);
            fs::rename(fixture.path(from), fixture.path(to)).unwrap();
            fixture.scan();
            assert_eq!(shown(&fixture), [to], "{from} to {to}");
            assert_eq!(fixture.image(to), image_now);
            assert_eq!(fixture.library.named_labels().unwrap().len(), 1, "{image:?}");
            is_clean(&fixture);
        }
    }
}

#[test]
fn an_image_is_found_by_each_of_its_places_as_long_as_it_is_there() {
    let fixture = Fixture::with_files(&["a.tif"]);
    fixture.write("copies/other.tif", "a.tif");
    fixture.scan();
    for path in ["a.tif", "copies/other.tif"] {
        read(&fixture, path);
    }
    let image = fixture.image("a.tif");
    let found = |query: &str| {
        let view = View { query: Query::parse(query).unwrap(), ..View::default() };
        fixture.library.image_ids(&view).unwrap()
    };
    let queries = ["folder:copies", "other", "name:other.tif"];
    for query in queries {
        assert_eq!(found(query), [image], "{query}");
    }
    fs::remove_file(fixture.path("copies/other.tif")).unwrap();
    fixture.scan();
    for query in queries {
        assert_eq!(found(query), [], "{query}");
    }
}

#[test]
fn a_vanished_copy_does_not_lead_to_what_its_image_shows_since() {
    let (fixture, image) = copies("a.tif", "b.tif");
    fs::remove_file(fixture.path("b.tif")).unwrap();
    fixture.scan();
    fixture.write("a.tif", "another picture");
    fixture.scan();
    read(&fixture, "a.tif");
    let found = fixture.library.image_of_content("sha of a.tif").unwrap();
    assert_ne!(found, Some(image));
}

#[test]
fn a_label_for_a_file_that_has_become_a_copy_goes_to_its_image() {
    let fixture = Fixture::with_files(&["a.tif"]);
    read(&fixture, "a.tif");
    let image = fixture.image("a.tif");
    fs::remove_file(fixture.path("a.tif")).unwrap();
    fixture.scan();
    fixture.write("b.tif", "a.tif");
    fixture.scan();
    let held = fixture.image("b.tif");
    read(&fixture, "b.tif"); // the image is at b.tif again, and nobody has looked since
    let tips = fixture.library.add_category("Tips", None, "Ada").unwrap();
    let label = [(held, Some(value(tips)))];
    fixture.library.set_labels(&label, "Ada", LabelSource::Person).unwrap();
    assert_eq!(fixture.image("b.tif"), image);
    assert!(fixture.library.label(image).unwrap().is_some());
    is_clean(&fixture);
}

#[test]
fn an_empty_file_is_nobodys_copy() {
    let fixture = Fixture::with_files(&[]);
    let now = SystemTime::now();
    fixture.write("a.tif", "");
    File::options().write(true).open(fixture.path("a.tif")).unwrap().set_modified(now).unwrap();
    fixture.scan();
    fs::remove_file(fixture.path("a.tif")).unwrap();
    fixture.write("b.tif", "");
    File::options().write(true).open(fixture.path("b.tif")).unwrap().set_modified(now).unwrap();
    let report = fixture.scan();
    assert_eq!((report.moved, report.added, report.vanished), (0, 1, 1));
}

#[cfg(unix)]
#[test]
fn hard_links_are_two_places_of_one_image_and_survive_each_other() {
    let fixture = Fixture::with_files(&["a.tif"]);
    fs::hard_link(fixture.path("a.tif"), fixture.path("link.tif")).unwrap();
    let report = fixture.scan();
    assert_eq!((report.found, report.added, report.moved), (2, 1, 0));
    for path in ["a.tif", "link.tif"] {
        read(&fixture, path);
    }
    let image = fixture.image("a.tif");
    assert_eq!(places(&fixture, image), ["a.tif", "link.tif"]);
    fs::remove_file(fixture.path("a.tif")).unwrap();
    fixture.scan();
    assert_eq!(fixture.image("link.tif"), image);
    is_clean(&fixture);
}

/// The new file comes before or after the moved one in the walk, in its folder and in others.
const NEW_NAMES: [&str; 6] = ["2_old.tif", "1.tif", "z.tif", "a/2.tif", "old/2.tif", "zz/2.tif"];

#[test]
fn a_moved_file_keeps_its_label_whatever_is_saved_under_its_old_name() {
    for new_name in NEW_NAMES {
        let fixture = Fixture::with_files(&["2.tif", "other.tif"]);
        let tips = fixture.library.add_category("Tips", None, "Ada").unwrap();
        read(&fixture, "2.tif");
        fixture.label("2.tif", tips);
        let image = fixture.image("2.tif");
        rename(&fixture, "2.tif", new_name);
        fixture.write("2.tif", "a new picture");

        let report = fixture.scan();
        assert_eq!((report.moved, report.added, report.changed), (1, 1, 0), "{new_name}");
        assert_eq!(fixture.image(new_name), image);
        assert_eq!(label_at(&fixture, "2.tif"), None, "{new_name}");
        assert_eq!(label_at(&fixture, new_name), Some(tips));
        assert_eq!(fixture.scan(), ScanReport { found: 3, ..ScanReport::default() });
        is_clean(&fixture);
    }
}

/// Whole seconds do not tell that a file was renamed: its bytes do, whichever file is read first.
#[test]
fn where_times_tell_nothing_the_bytes_take_the_label_along() {
    for new_name in NEW_NAMES {
        for is_new_read_first in [true, false] {
            let fixture = Fixture::with_files(&["2.tif"]);
            set_modified(&fixture, "2.tif", 5_000_000_000);
            fixture.scan();
            read(&fixture, "2.tif");
            let tips = fixture.library.add_category("Tips", None, "Ada").unwrap();
            fixture.label("2.tif", tips);
            let image = fixture.image("2.tif");
            rename(&fixture, "2.tif", new_name);
            fixture.write("2.tif", "a new picture");
            fixture.scan();
            let order = if is_new_read_first { ["2.tif", new_name] } else { [new_name, "2.tif"] };
            order.into_iter().for_each(|path| read(&fixture, path));
            assert_eq!(fixture.image(new_name), image, "{order:?}");
            assert_eq!(label_at(&fixture, "2.tif"), None, "{order:?}");
            assert_eq!(current_labels(&fixture), [new_name], "{order:?}");
            is_clean(&fixture);
        }
    }
}

#[test]
fn a_file_known_as_changed_gives_its_label_to_its_former_bytes_when_a_later_scan_finds_them() {
    for is_read_meanwhile in [true, false] {
        let fixture = Fixture::with_files(&["2.tif"]);
        read(&fixture, "2.tif");
        let tips = fixture.library.add_category("Tips", None, "Ada").unwrap();
        fixture.label("2.tif", tips);
        let image = fixture.image("2.tif");
        let aside = tempfile::tempdir_in(fixture.folder.path().parent().unwrap()).unwrap();
        fs::rename(fixture.path("2.tif"), aside.path().join("2.tif")).unwrap();
        fixture.write("2.tif", "a new picture");
        fixture.library.look_again(image).unwrap();
        if is_read_meanwhile {
            read(&fixture, "2.tif");
        }
        assert_eq!(current_labels(&fixture), [""; 0], "it is about other bytes");
        fs::rename(aside.path().join("2.tif"), fixture.path("1.tif")).unwrap();
        fixture.scan();
        assert_eq!(fixture.image("1.tif"), image);
        assert_eq!(current_labels(&fixture), ["1.tif"]);
        assert_eq!(label_at(&fixture, "2.tif"), None);
        is_clean(&fixture);
    }
}

#[test]
fn other_bytes_with_the_same_size_and_time_are_noticed_when_they_are_read() {
    let fixture = Fixture::with_files(&["a.tif"]);
    read(&fixture, "a.tif");
    let tips = fixture.library.add_category("Tips", None, "Ada").unwrap();
    fixture.label("a.tif", tips);
    let modified = fs::metadata(fixture.path("a.tif")).unwrap().modified().unwrap();
    fixture.write("a.tif", "b.tif"); // as long as before
    let file = File::options().write(true).open(fixture.path("a.tif")).unwrap();
    file.set_modified(modified).unwrap();
    assert_eq!(fixture.scan().changed, 0);
    read(&fixture, "a.tif");
    assert_eq!(current_labels(&fixture), [""; 0]);
    assert!(fixture.library.rows(&[fixture.image("a.tif")]).unwrap()[0].is_label_outdated);
}

#[test]
fn a_new_label_of_a_changed_file_leaves_the_earlier_one_to_its_bytes() {
    let fixture = Fixture::with_files(&["a.tif"]);
    let ids = fixture.library.ensure_categories(&["A".into(), "B".into()]).unwrap();
    read(&fixture, "a.tif");
    fixture.label("a.tif", ids[0]);
    fixture.write("a.tif", "another picture");
    fixture.scan();
    read(&fixture, "a.tif");
    let entry = fixture.label("a.tif", ids[1]);
    assert_eq!(current_labels(&fixture), ["a.tif"]);
    fixture.write("back.tif", "a.tif");
    fixture.scan();
    read(&fixture, "back.tif");
    assert_eq!(label_at(&fixture, "a.tif"), Some(ids[1]));
    assert_eq!(label_at(&fixture, "back.tif"), Some(ids[0]));
    fixture.library.undo(&entry, "Ada").unwrap();
    assert_eq!(label_at(&fixture, "a.tif"), None);
    assert_eq!(label_at(&fixture, "back.tif"), Some(ids[0]));
    is_clean(&fixture);
}

#[test]
fn a_label_that_redo_gives_back_is_about_the_bytes_it_was_given_to() {
    let fixture = Fixture::with_files(&["a.tif"]);
    let tips = fixture.library.add_category("Tips", None, "Ada").unwrap();
    read(&fixture, "a.tif");
    let entry = fixture.label("a.tif", tips);
    let undone = fixture.library.undo(&entry, "Ada").unwrap();
    fixture.write("a.tif", "another picture");
    fixture.scan();
    read(&fixture, "a.tif");
    fixture.library.undo(&undone, "Ada").unwrap();
    assert_eq!(label_at(&fixture, "a.tif"), Some(tips));
    assert_eq!(current_labels(&fixture), [""; 0]);
    let all = fixture.library.all_labels().unwrap();
    assert_eq!(all[0].standing, LabelStanding::FileChanged);
    assert_eq!(all[0].content_sha256.as_deref(), Some("sha of a.tif"));
}

fn label_at(fixture: &Fixture, relative: &str) -> Option<CategoryId> {
    let label = fixture.library.label(fixture.image(relative)).unwrap();
    label.and_then(|label| label.value.category())
}

/// Where the images are whose labels are about what they hold.
fn current_labels(fixture: &Fixture) -> Vec<String> {
    let labels = fixture.library.named_labels().unwrap();
    labels.iter().map(|label| label.relative_path.to_string_lossy().into_owned()).collect()
}
