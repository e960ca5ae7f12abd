//! Folders with a folder for each category.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::super::{LabelFileError, Place, read_labels};
use super::{category, pair, pairs};

/// A folder with these files in it.
fn tree(files: &[&str]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for file in files {
        let path = folder.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "image").unwrap();
    }
    folder
}

#[test]
fn folders_are_category_and_subcategory() {
    let folder = tree(&["Tips/a.tif", "Tips/worn/b.TIFF", "Tips/worn/at 5 µm/c.png"]);
    let read = read_labels(folder.path()).unwrap();
    let found: Vec<_> = read.labels.iter().map(|label| label.record.decision.clone()).collect();
    let wanted = [
        category("Tips", None, None),
        category("Tips", None, Some("worn / at 5 µm")),
        category("Tips", None, Some("worn")),
    ];
    assert_eq!(found, wanted);
}

#[test]
fn paths_are_relative_and_files_absolute() {
    let folder = tree(&["Tips/worn/b.tif"]);
    let label = read_labels(folder.path()).unwrap().labels.remove(0);
    assert_eq!(label.record.path, Path::new("Tips/worn/b.tif"));
    assert_eq!(label.place, Place::Entry(label.record.path.clone()));
    let file = label.file.unwrap();
    assert!(file.is_absolute() && fs::read(file).unwrap() == b"image");
}

#[test]
fn images_at_the_top_are_counted_and_other_files_are_not() {
    let folder = tree(&["a.tif", "b.jpg", "readme.txt", "Tips/Thumbs.db", "Tips/c.bmp"]);
    let read = read_labels(folder.path()).unwrap();
    assert_eq!((pairs(&read), read.without_label), (vec![pair("Tips/c.bmp", "Tips")], 2));
    assert_eq!(read.problems, []);
}

#[test]
fn hidden_names_are_skipped() {
    let folder = tree(&[".trash/a.tif", "Tips/._b.tif", "Tips/.old/c.tif", ".d.tif"]);
    let read = read_labels(folder.path()).unwrap();
    assert_eq!((read.labels.len(), read.without_label), (0, 0));
}

#[test]
fn labels_come_by_path() {
    let folder = tree(&["b/2.tif", "a/9.tif", "b/1.tif", "C/5.tif"]);
    let paths: Vec<PathBuf> = read_labels(folder.path())
        .unwrap()
        .labels
        .into_iter()
        .map(|label| label.record.path)
        .collect();
    assert_eq!(paths, ["C/5.tif", "a/9.tif", "b/1.tif", "b/2.tif"].map(PathBuf::from));
}

#[cfg(unix)]
#[test]
fn links_are_followed_and_loops_and_broken_links_are_named() {
    use std::os::unix::fs::symlink;
    let (folder, store) = (tree(&["Tips/a.tif"]), tree(&["d.tif"]));
    symlink(folder.path(), folder.path().join("Tips/loop")).unwrap();
    symlink(folder.path().join("Tips/a.tif"), folder.path().join("Tips/b.tif")).unwrap();
    symlink("nowhere", folder.path().join("Tips/c.tif")).unwrap();
    symlink(store.path(), folder.path().join("Powder")).unwrap();
    let read = read_labels(folder.path()).unwrap();
    let wanted =
        [pair("Powder/d.tif", "Powder"), pair("Tips/a.tif", "Tips"), pair("Tips/b.tif", "Tips")];
    assert_eq!(pairs(&read), wanted);
    let places: Vec<_> = read.problems.iter().map(|problem| problem.place.clone()).collect();
    assert_eq!(places, ["Tips/c.tif", "Tips/loop"].map(|path| Place::Entry(path.into())));
    let told = read.problems[0].to_string();
    assert_eq!(told, "Tips/c.tif: broken link, its target does not exist");
}

#[test]
fn folders_of_network_storage_are_no_categories() {
    let folder = tree(&["@eaDir/a.tif/thumb.jpg", "#recycle/a.tif", "Tips/@eaDir/b.jpg"]);
    let read = read_labels(folder.path()).unwrap();
    assert_eq!((read.labels, read.without_label), (vec![], 0));
}

#[cfg(unix)]
#[test]
fn a_folder_behind_a_link_is_read_when_it_is_the_one_asked_for() {
    let folder = tree(&["real/Tips/a.tif"]);
    let link = folder.path().join("link");
    std::os::unix::fs::symlink(folder.path().join("real"), &link).unwrap();
    let read = read_labels(&link).unwrap();
    assert_eq!(pairs(&read), [pair("Tips/a.tif", "Tips")]);
    assert_eq!(read.problems, []);
    assert_eq!(read.labels[0].file, Some(link.join("Tips/a.tif")));
}

#[test]
fn an_empty_folder_has_no_labels_and_a_missing_one_is_told() {
    let folder = tree(&[]);
    assert_eq!(read_labels(folder.path()).unwrap().labels, []);
    let error = read_labels(&folder.path().join("missing")).unwrap_err();
    assert!(matches!(error, LabelFileError::NotThere { .. }), "{error}");
}
