//! Another library's decisions are taken over.

use super::moves::{is_clean, read};
use super::*;
use crate::taxonomy::CategoryState;

/// Two libraries of the same files, all read.
fn two_libraries(paths: &[&str]) -> [Fixture; 2] {
    [(); 2].map(|()| {
        let fixture = Fixture::with_files(paths);
        paths.iter().for_each(|path| read(&fixture, path));
        fixture
    })
}

fn merge(here: &Fixture, other: &Fixture) -> MergeReport {
    here.library.merge(&other.library, &MergeOptions::of(OnConflict::Keep), "Ada").unwrap()
}

fn category_name(fixture: &Fixture, path: &str) -> Option<String> {
    let label = fixture.library.label(fixture.image(path)).unwrap()?;
    let tree = fixture.library.category_tree().unwrap();
    Some(tree.name(label.value.category()?).unwrap().category)
}

#[test]
fn labels_of_images_that_came_later_are_taken_over_by_merging_again() {
    let [here, other] = two_libraries(&["a.tif", "b.tif"]);
    fs::remove_file(here.path("b.tif")).unwrap();
    let tips = other.library.add_category("Tips", None, "Bob").unwrap();
    let labels = ["a.tif", "b.tif"].map(|path| (other.image(path), Some(value(tips))));
    other.library.set_labels(&labels, "Bob", LabelSource::Person).unwrap();
    let fresh = Fixture::with_files(&["a.tif"]);
    read(&fresh, "a.tif");
    let report = merge(&fresh, &other);
    assert_eq!((report.entries, report.taken, report.not_here.len()), (1, 1, 1), "{report:?}");

    fresh.write("b.tif", "b.tif");
    fresh.scan();
    read(&fresh, "b.tif");
    let report = merge(&fresh, &other);
    assert_eq!((report.entries, report.taken, report.not_here.len()), (0, 1, 0), "{report:?}");
    assert_eq!(category_name(&fresh, "b.tif").as_deref(), Some("Tips"));
    let history = fresh.library.history(fresh.image("b.tif")).unwrap();
    assert_eq!(history.len(), 2, "given there, and taken over");
    assert_eq!(merge(&fresh, &other).taken, 0);
    is_clean(&fresh);
}

#[test]
fn what_was_decided_here_since_a_merge_stands_when_it_is_merged_again() {
    let [here, other] = two_libraries(&["a.tif"]);
    let tips = other.library.add_category("Tips", None, "Bob").unwrap();
    other.label("a.tif", tips);
    merge(&here, &other);
    let image = here.image("a.tif");
    here.library.set_labels(&[(image, None)], "Ada", LabelSource::Person).unwrap();
    let report = merge(&here, &other);
    assert_eq!((report.taken, report.conflicts.len()), (0, 0), "{report:?}");
    assert_eq!(here.library.label(image).unwrap(), None);
    is_clean(&here);
}

#[test]
fn entries_of_two_copies_of_a_library_never_have_the_same_id() {
    let [here, _] = two_libraries(&["a.tif"]);
    let tips = here.library.add_category("Tips", None, "Ada").unwrap();
    here.label("a.tif", tips);
    // The copy goes on where this one goes on, with a clock that stands still.
    let copy = tempfile::tempdir().unwrap();
    fs::create_dir_all(copy.path().join(".semblance")).unwrap();
    fs::copy(here.path("a.tif"), copy.path().join("a.tif")).unwrap();
    let backup = here.library.back_up().unwrap();
    fs::copy(backup, copy.path().join(".semblance/library.db")).unwrap();
    let future = "7ZZZZZZZ00AAAAAAAAAAAAAAAA";
    for directory in [here.library.directory(), &copy.path().join(".semblance")] {
        let connection = Connection::open(directory.join("library.db")).unwrap();
        let sql = "INSERT INTO journal (entry_id, at, by, source, kind)
                   VALUES (?1, '2026-01-01T00:00:00Z', 'Ada', 'person', 'label')";
        connection.execute(sql, [future]).unwrap();
    }
    let place = LibraryPlace::for_folder_in(copy.path(), None).unwrap();
    let library = Library::open(&place).unwrap();
    let other = Fixture { folder: copy, library };
    other.scan();
    let [ours, theirs] = [&here, &other].map(|fixture| fixture.label("a.tif", tips));
    assert_ne!(ours, theirs);
    assert!(ours.as_str() > future && theirs.as_str() > future);
}

#[test]
fn a_category_withdrawn_there_is_not_offered_here_and_a_merged_one_means_what_it_means_there() {
    let [here, other] = two_libraries(&["a.tif", "b.tif"]);
    let wrong = other.library.add_category("Wrong", None, "Bob").unwrap();
    let adding = other.library.next_undo().unwrap().unwrap();
    let [needles, tips] =
        ["Needles", "Tips"].map(|name| other.library.add_category(name, None, "Bob").unwrap());
    other.label("a.tif", needles);
    other.label("b.tif", wrong);
    let change = CategoryChange::Merge { from: vec![needles], into: tips };
    other.library.change_categories(&change, "Bob").unwrap();
    other.library.undo(&adding, "Bob").unwrap();

    merge(&here, &other);
    assert_eq!(category_name(&here, "a.tif").as_deref(), Some("Tips"));
    let tree = here.library.category_tree().unwrap();
    let offered: Vec<_> = tree
        .ids()
        .filter_map(|id| tree.get(id))
        .filter(|category| category.state == CategoryState::Active)
        .map(|category| category.name.clone())
        .collect();
    assert_eq!(offered, ["Tips"]);
    assert!(here.library.label(here.image("b.tif")).unwrap().is_some(), "never lost");
    is_clean(&here);
}

#[test]
fn a_subcategory_there_that_is_a_category_here_is_joined_under_its_name() {
    let [here, other] = two_libraries(&["a.tif"]);
    let wires = other.library.add_category("Wires", None, "Bob").unwrap();
    let bent = other.library.add_category("Bent", Some(wires), "Bob").unwrap();
    other.label("a.tif", bent);
    here.library.add_category("Wires", None, "Ada").unwrap();

    let report = merge(&here, &other);
    assert_eq!(report.new_categories, ["Bent"]);
    let label = here.library.label(here.image("a.tif")).unwrap().unwrap();
    let tree = here.library.category_tree().unwrap();
    let name = tree.name(label.value.category().unwrap()).unwrap();
    assert_eq!((name.category.as_str(), name.subcategory.as_deref()), ("Wires", Some("Bent")));
    is_clean(&here);
}

#[test]
fn a_label_of_a_file_that_was_overwritten_there_is_not_taken_for_what_it_holds_now() {
    let [here, other] = two_libraries(&["a.tif", "b.tif"]);
    let tips = other.library.add_category("Tips", None, "Bob").unwrap();
    other.label("a.tif", tips);
    // The same file comes to both, and only here it is read.
    other.write("a.tif", "b.tif");
    other.scan();
    fs::remove_file(here.path("a.tif")).unwrap();
    fs::copy(other.path("a.tif"), here.path("a.tif")).unwrap();
    let modified = fs::metadata(other.path("a.tif")).unwrap().modified().unwrap();
    let copy = fs::File::options().write(true).open(here.path("a.tif")).unwrap();
    copy.set_modified(modified).unwrap();
    here.scan();
    read(&here, "a.tif");
    merge(&here, &other);
    assert_eq!(category_name(&here, "b.tif"), None);
    is_clean(&here);
}

/// All that a merge changes here is one entry: labels, notes, categories and names go and come together.
#[test]
fn a_merge_is_one_entry_and_can_be_asked_again_with_other_answers() {
    let [here, other] = two_libraries(&["a.tif", "b.tif", "c.tif"]);
    let tips = here.library.add_category("Tips", None, "Ada").unwrap();
    here.label("a.tif", tips);
    let import = here.library.next_undo().unwrap();
    let [theirs, dust, fibers] = ["Tips", "Dust", "Fibers"]
        .map(|name| other.library.add_category(name, None, "Bob").unwrap());
    let fine = other.library.add_category("fine", Some(dust), "Bob").unwrap();
    for (path, category) in [("a.tif", dust), ("b.tif", fine), ("c.tif", fibers)] {
        other.label(path, category);
    }
    let note = Mark { note: Some("odd".into()), ..Mark::default() };
    let marked = [(other.image("a.tif"), note.clone())];
    other.library.set_marks(&marked, "Bob", LabelSource::Person).unwrap();
    let [keep, newest] = [OnConflict::Keep, OnConflict::Newest].map(MergeOptions::of);

    let rehearsed = here.library.rehearse_merge(&other.library, &newest, "Ada").unwrap();
    assert_eq!((rehearsed.taken, rehearsed.new_categories.len()), (3, 3), "{rehearsed:?}");
    assert_eq!(here.library.next_undo().unwrap(), import, "nothing was done");
    assert_eq!(here.library.category_tree().unwrap().ids().count(), 1);

    let report = here.library.merge(&other.library, &keep, "Ada").unwrap();
    assert_eq!(report.conflicts.len(), 1);
    assert_eq!(here.library.next_undo().unwrap(), report.entry);
    let told = here.library.describe_entry(&report.entry.clone().unwrap()).unwrap().to_string();
    assert!(told.contains("merged from another library") && told.contains("Dust added"), "{told}");
    here.library.undo(&report.entry.unwrap(), "Ada").unwrap();
    assert_eq!(here.library.next_undo().unwrap(), import);
    let offered = |fixture: &Fixture| -> Vec<String> {
        let tree = fixture.library.category_tree().unwrap();
        tree.offered().map(|category| category.name.clone()).collect()
    };
    assert_eq!(offered(&here), ["Tips"]);
    assert_eq!(category_name(&here, "b.tif"), None);
    assert_eq!(here.library.mark(here.image("a.tif")).unwrap(), Mark::default());
    is_clean(&here);

    // Their label is the newer one; and Fibers are Tips here.
    let options = MergeOptions { names: vec![(fibers, tips)], ..newest };
    let report = here.library.merge(&other.library, &options, "Ada").unwrap();
    assert_eq!(category_name(&here, "a.tif").as_deref(), Some("Dust"));
    assert_eq!(category_name(&here, "c.tif").as_deref(), Some("Tips"));
    assert_eq!(offered(&here), ["Tips", "Dust"], "the categories of before come back");
    assert_eq!(here.library.category_tree().unwrap().find("fibers"), Some(tips));
    assert_eq!(here.library.mark(here.image("a.tif")).unwrap(), note);
    is_clean(&here);
    here.library.undo(&report.entry.unwrap(), "Ada").unwrap();
    assert_eq!(here.library.category_tree().unwrap().find("fibers"), None);
    let _ = theirs;
    is_clean(&here);
}

#[test]
fn a_merge_that_only_adds_categories_is_the_last_decision_and_an_empty_one_is_none() {
    let [here, other] = two_libraries(&["a.tif"]);
    let tips = here.library.add_category("Tips", None, "Ada").unwrap();
    here.label("a.tif", tips);
    other.library.add_category("Dust", None, "Bob").unwrap();
    let before = here.library.next_undo().unwrap();
    let report = merge(&here, &other);
    assert_eq!((report.taken, report.new_categories.as_slice()), (0, &["Dust".to_owned()][..]));
    assert_eq!(here.library.next_undo().unwrap(), report.entry);
    assert_eq!(merge(&here, &other).entry, None);
    here.library.undo(&report.entry.unwrap(), "Ada").unwrap();
    assert_eq!(here.library.next_undo().unwrap(), before);
    assert_eq!(here.library.category_tree().unwrap().find("Dust"), None);
}
