//! Decisions about files that turn out to be one image, and about files that are changed in place.

use super::moves::{is_clean, places, read, shown};
use super::*;
use crate::micrograph::FileStamp;
use crate::query::Query;

/// Two files of the same bytes that nobody has read yet, and two categories.
fn two_files() -> (Fixture, [CategoryId; 2]) {
    let fixture = Fixture::with_files(&["a.tif"]);
    fixture.write("b.tif", "a.tif");
    fixture.scan();
    let ids = fixture.library.ensure_categories(&["A".into(), "B".into()]).unwrap();
    (fixture, [ids[0], ids[1]])
}

fn label_of(fixture: &Fixture, relative: &str) -> Option<CategoryId> {
    let label = fixture.library.label(fixture.image(relative)).unwrap();
    label.and_then(|label| label.value.category())
}

fn undo(fixture: &Fixture) {
    let entry = fixture.library.next_undo().unwrap().expect("something to take back");
    fixture.library.undo(&entry, "Ada").unwrap();
}

fn redo(fixture: &Fixture) {
    let entry = fixture.library.next_redo().unwrap().expect("something to make again");
    fixture.library.undo(&entry, "Ada").unwrap();
}

#[test]
fn what_was_decided_about_each_file_is_taken_back_by_itself() {
    for order in [["a.tif", "b.tif"], ["b.tif", "a.tif"]] {
        let (fixture, ids) = two_files();
        for (path, id) in order.into_iter().zip(ids) {
            fixture.label(path, id);
        }
        for path in order {
            read(&fixture, path);
        }
        assert_eq!(shown(&fixture).len(), 1);
        fixture.label("a.tif", ids[0]);
        let mut seen = vec![label_of(&fixture, "a.tif")];
        for _ in 0..3 {
            undo(&fixture);
            seen.push(label_of(&fixture, "a.tif"));
        }
        let [first, second] = ids.map(Some);
        assert_eq!(seen, [first, second, first, None], "{order:?}");
        for expected in [first, second, first] {
            redo(&fixture);
            assert_eq!(label_of(&fixture, "a.tif"), expected, "{order:?}");
        }
        is_clean(&fixture);
    }
}

#[test]
fn a_label_that_was_taken_away_since_does_not_come_back_with_another_undo() {
    let (fixture, ids) = two_files();
    for (path, id) in ["a.tif", "b.tif"].into_iter().zip(ids) {
        fixture.label(path, id);
        read(&fixture, path);
    }
    let image = fixture.image("a.tif");
    fixture.library.set_labels(&[(image, None)], "Ada", LabelSource::Person).unwrap();
    fixture.label("a.tif", ids[0]);
    undo(&fixture);
    assert_eq!(label_of(&fixture, "a.tif"), None);
    undo(&fixture);
    assert_eq!(label_of(&fixture, "a.tif"), Some(ids[1]));
    is_clean(&fixture);
}

#[test]
fn notes_about_each_file_are_taken_back_by_themselves() {
    let (fixture, _) = two_files();
    for (path, note) in [("a.tif", "charging"), ("b.tif", "astigmatic")] {
        let mark = Mark { note: Some(note.into()), ..Mark::default() };
        let marks = [(fixture.image(path), mark)];
        fixture.library.set_marks(&marks, "Ada", LabelSource::Person).unwrap();
    }
    for path in ["a.tif", "b.tif"] {
        read(&fixture, path);
    }
    let note = || {
        let row = fixture.library.rows(&[fixture.image("a.tif")]).unwrap().remove(0);
        row.mark.note
    };
    assert_eq!(note().as_deref(), Some("charging\nastigmatic"));
    undo(&fixture);
    assert_eq!(note().as_deref(), Some("charging"));
    undo(&fixture);
    assert_eq!(note(), None);
    is_clean(&fixture);
}

#[test]
fn an_image_is_read_as_was_chosen_for_its_copy() {
    let (fixture, _) = two_files();
    let choice = |path| fixture.library.read_choice(fixture.image(path)).unwrap();
    let change = ChoiceChange::Page { image: fixture.image("b.tif"), page: Some(2) };
    fixture.library.change_choices(&[change]).unwrap();
    read(&fixture, "a.tif");
    let chosen = Reading { choice: choice("b.tif"), ..reading("sha of a.tif") };
    fixture.library.save_reading(fixture.image("b.tif"), &chosen).unwrap();
    assert_eq!(places(&fixture, fixture.image("a.tif")), ["a.tif", "b.tif"]);
    assert_eq!(choice("a.tif").page, Some(2));
    let row = fixture.library.rows(&[fixture.image("a.tif")]).unwrap().remove(0);
    assert_eq!(row.data_bar, None, "it has to be read again");
}

#[test]
fn a_file_overwritten_with_another_image_does_not_give_that_image_its_label() {
    let fixture = Fixture::with_files(&["a.tif", "b.tif"]);
    let ids = fixture.library.ensure_categories(&["A".into(), "B".into()]).unwrap();
    for (path, id) in ["a.tif", "b.tif"].into_iter().zip([ids[1], ids[0]]) {
        read(&fixture, path);
        fixture.label(path, id);
    }
    fixture.label("b.tif", ids[1]);
    fixture.label("a.tif", ids[0]); // the newest label of all
    fixture.write("a.tif", "b.tif");
    assert_eq!(fixture.scan().changed, 1);
    read(&fixture, "a.tif");

    assert_eq!(label_of(&fixture, "b.tif"), Some(ids[1]));
    assert_eq!(fixture.image("a.tif"), fixture.image("b.tif"));
    assert_eq!(shown(&fixture).len(), 1);
    let missing = View { query: Query::parse("is:missing").unwrap(), ..View::default() };
    assert_eq!(fixture.library.image_ids(&missing).unwrap().len(), 1, "with its label");
    is_clean(&fixture);

    // What it held before is found elsewhere.
    fixture.write("c.tif", "a.tif");
    fixture.scan();
    read(&fixture, "c.tif");
    assert_eq!(label_of(&fixture, "c.tif"), Some(ids[0]));
    assert_eq!(fixture.library.image_ids(&missing).unwrap(), []);
    is_clean(&fixture);
}

#[test]
fn what_was_overwritten_is_never_taken_for_a_new_file_at_its_place() {
    let fixture = Fixture::with_files(&["a.tif", "b.tif"]);
    let tips = fixture.library.add_category("Tips", None, "Ada").unwrap();
    for path in ["a.tif", "b.tif"] {
        read(&fixture, path);
    }
    fixture.label("a.tif", tips);
    fixture.write("a.tif", "b.tif");
    fixture.scan();
    read(&fixture, "a.tif");
    fs::remove_file(fixture.path("a.tif")).unwrap();
    fixture.scan();
    fixture.write("a.tif", "something new");
    fixture.scan();
    assert_eq!(label_of(&fixture, "a.tif"), None);
    fixture.write("c.tif", "a.tif");
    fixture.scan();
    read(&fixture, "c.tif");
    assert_eq!(label_of(&fixture, "c.tif"), Some(tips));
    is_clean(&fixture);
}

#[test]
fn of_a_file_that_was_overwritten_only_what_was_said_before_stays_with_what_is_gone() {
    let fixture = Fixture::with_files(&["a.tif", "b.tif"]);
    let tips = fixture.library.add_category("Tips", None, "Ada").unwrap();
    for path in ["a.tif", "b.tif"] {
        read(&fixture, path);
    }
    let mark = Mark { note: Some("of the old one".into()), ..Mark::default() };
    let marks = [(fixture.image("a.tif"), mark)];
    fixture.library.set_marks(&marks, "Ada", LabelSource::Person).unwrap();
    fixture.write("a.tif", "b.tif");
    fixture.scan();
    fixture.label("a.tif", tips);
    read(&fixture, "a.tif");
    let row = fixture.library.rows(&[fixture.image("b.tif")]).unwrap().remove(0);
    assert_eq!((label_of(&fixture, "b.tif"), row.mark.note), (Some(tips), None));
    is_clean(&fixture);
}

#[test]
fn a_label_given_since_the_file_was_changed_is_about_what_it_holds_now() {
    let fixture = Fixture::with_files(&["a.tif", "b.tif"]);
    let ids = fixture.library.ensure_categories(&["A".into(), "B".into()]).unwrap();
    for path in ["a.tif", "b.tif"] {
        read(&fixture, path);
    }
    fixture.label("b.tif", ids[0]);
    fixture.write("a.tif", "b.tif");
    fixture.scan();
    fixture.label("a.tif", ids[1]);
    read(&fixture, "a.tif");
    assert_eq!(label_of(&fixture, "b.tif"), Some(ids[1]));
    is_clean(&fixture);
}

#[test]
fn a_file_changed_in_place_to_what_nobody_else_has_keeps_its_label() {
    let fixture = Fixture::with_files(&["a.tif"]);
    let tips = fixture.library.add_category("Tips", None, "Ada").unwrap();
    read(&fixture, "a.tif");
    fixture.label("a.tif", tips);
    for content in ["with more contrast", "with a scale bar"] {
        fixture.write("a.tif", content);
        assert_eq!(fixture.scan().changed, 1);
        read(&fixture, "a.tif");
        assert_eq!(label_of(&fixture, "a.tif"), Some(tips), "{content}");
    }
    let changed = View { query: Query::parse("is:changed").unwrap(), ..View::default() };
    assert_eq!(fixture.library.image_ids(&changed).unwrap(), [fixture.image("a.tif")]);
    assert_eq!(fixture.library.named_labels().unwrap(), [], "it is not about what the file holds");
    let named = fixture.library.all_labels().unwrap().remove(0);
    assert_eq!(named.standing, LabelStanding::FileChanged);
    assert_eq!(named.content_sha256.as_deref(), Some("sha of a.tif"));
    fixture.label("a.tif", tips);
    assert_eq!(fixture.library.image_ids(&changed).unwrap(), []);
    is_clean(&fixture);
}

#[test]
fn undo_reaches_an_image_whose_copy_was_changed_since() {
    let (fixture, ids) = two_files();
    fixture.label("b.tif", ids[0]);
    for path in ["a.tif", "b.tif"] {
        read(&fixture, path);
    }
    fixture.write("b.tif", "something else altogether");
    fixture.scan();
    read(&fixture, "b.tif");
    assert_eq!((label_of(&fixture, "a.tif"), label_of(&fixture, "b.tif")), (Some(ids[0]), None));
    undo(&fixture);
    assert_eq!(label_of(&fixture, "a.tif"), None);
    is_clean(&fixture);
}

#[test]
fn what_was_read_before_the_file_changed_is_not_kept() {
    let fixture = Fixture::with_files(&["a.tif"]);
    let library = &fixture.library;
    let image = fixture.image("a.tif");
    let stamp = FileStamp::of(&fs::metadata(fixture.path("a.tif")).unwrap());
    let early = Reading { stamp: Some(stamp), ..reading("early") };
    fixture.write("a.tif", "another content");
    fixture.scan();
    library.save_reading(image, &early).unwrap();
    library.save_content(image, "early", Some(stamp)).unwrap();
    let row = library.rows(&[image]).unwrap().remove(0);
    assert_eq!((row.content_sha256, row.data_bar), (None, None));
    assert!(!library.is_unchanged(image, Some(stamp)).unwrap());
}

#[test]
fn a_file_that_is_known_to_be_another_is_looked_at_by_itself() {
    let fixture = Fixture::with_files(&["a.tif", "b.tif"]);
    for path in ["a.tif", "b.tif"] {
        read(&fixture, path);
    }
    let [a, b] = ["a.tif", "b.tif"].map(|path| fixture.image(path));
    fixture.write("a.tif", "another content");
    fs::remove_file(fixture.path("b.tif")).unwrap();
    fixture.library.look_again(a).unwrap();
    fixture.library.look_again(b).unwrap();
    let row = fixture.library.rows(&[a]).unwrap().remove(0);
    assert_eq!((row.size_bytes, row.content_sha256), (15, None));
    assert_eq!(shown(&fixture), ["a.tif"]);
    assert_eq!(fixture.scan(), ScanReport { found: 1, ..ScanReport::default() });
}
