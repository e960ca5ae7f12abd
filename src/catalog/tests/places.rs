//! Where libraries are put and found.

use super::*;

fn folder_with(path: &str) -> (TempDir, PathBuf, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let base = folder.path().canonicalize().unwrap();
    let root = base.join(path);
    fs::create_dir_all(&root).unwrap();
    (folder, root, base.join("data"))
}

#[test]
fn writable_folder_keeps_its_library_itself() {
    let (_folder, root, data) = folder_with("images");
    let place = LibraryPlace::for_folder_in(&root, Some(&data)).unwrap();
    assert_eq!(place, LibraryPlace { directory: root.join(".semblance"), root });
    assert_eq!(fs::read_dir(&place.directory).unwrap().count(), 0, "the probe is gone");
    assert!(!data.exists());
}

/// A file called `.semblance` stops even root from making the folder.
#[test]
fn folder_that_cannot_be_written_has_its_library_in_the_data_folder() {
    let (_folder, root, data) = folder_with("Session 7/images");
    fs::write(root.join(".semblance"), "in the way").unwrap();
    let place = LibraryPlace::for_folder_in(&root, Some(&data)).unwrap();
    assert!(place.directory.starts_with(data.join("libraries")), "{place:?}");
    let name = place.directory.file_name().unwrap().to_str().unwrap();
    assert!(name.starts_with("images-"), "{name}");
    assert_eq!(LibraryPlace::for_folder_in(&root, Some(&data)).unwrap(), place);

    fs::write(root.join("a.tif"), "a").unwrap();
    let library = Library::open(&place).unwrap();
    assert_eq!(library.scan(EXTENSIONS, &mut |_| true).unwrap().added, 1);
    assert_eq!(LibraryPlace::containing_in(&root.join("a.tif"), Some(&data)), Some(place.clone()));

    // Labels made meanwhile are not lost from sight when the folder can be written again.
    fs::remove_file(root.join(".semblance")).unwrap();
    assert_eq!(LibraryPlace::for_folder_in(&root, Some(&data)).unwrap(), place);
}

/// Root may write into it all the same, and must not.
#[cfg(unix)]
#[test]
fn folder_marked_read_only_is_left_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let (_folder, root, data) = folder_with("images");
    fs::set_permissions(&root, fs::Permissions::from_mode(0o555)).unwrap();
    let place = LibraryPlace::for_folder_in(&root, Some(&data)).unwrap();
    assert!(place.directory.starts_with(&data), "{place:?}");
    assert_eq!(fs::read_dir(&root).unwrap().count(), 0);
}

#[test]
fn folder_without_any_place_is_refused_with_the_remedy() {
    let (_folder, root, _) = folder_with("images");
    fs::write(root.join(".semblance"), "in the way").unwrap();
    let error = LibraryPlace::for_folder_in(&root, None).unwrap_err();
    assert!(error.to_string().contains(DATA_DIRECTORY_VARIABLE), "{error}");
}

#[test]
fn folder_that_is_not_there_is_refused() {
    let (_folder, root, data) = folder_with("images");
    let error = LibraryPlace::for_folder_in(&root.join("gone"), Some(&data)).unwrap_err();
    assert!(matches!(error, CatalogError::Folder { .. }));
    let text = error.to_string();
    assert!(text.contains("it is not there") && text.ends_with("gone"), "{text}");
    assert_eq!(LibraryPlace::containing_in(&root.join("gone"), Some(&data)), None);
}

#[test]
fn a_file_in_place_of_a_folder_is_refused_with_the_remedy() {
    let (_folder, root, data) = folder_with("images");
    let file = root.join("a.tif");
    fs::write(&file, "a").unwrap();
    let text = LibraryPlace::for_folder_in(&file, Some(&data)).unwrap_err().to_string();
    assert!(text.contains("choose the folder that the file is in"), "{text}");
    assert!(text.ends_with("a.tif"), "{text}");
}

#[test]
fn library_is_found_from_anything_in_it() {
    let (_folder, root, data) = folder_with("images");
    let deep = root.join("x/y");
    fs::create_dir_all(&deep).unwrap();
    fs::write(deep.join("a.tif"), "a").unwrap();
    let find = |path: &Path| LibraryPlace::containing_in(path, Some(&data));
    assert_eq!(find(&deep), None);

    let place = LibraryPlace::for_folder_in(&root, Some(&data)).unwrap();
    assert_eq!(find(&deep), None, "a place is no library yet");
    Library::open(&place).unwrap();
    for path in [
        root.clone(),
        deep.clone(),
        deep.join("a.tif"),
        place.directory.clone(),
        place.directory.join("library.db"),
        deep.join(".."),
    ] {
        assert_eq!(find(&path).as_ref(), Some(&place), "{}", path.display());
    }

    let nearer = LibraryPlace::for_folder_in(&root.join("x"), Some(&data)).unwrap();
    Library::open(&nearer).unwrap();
    assert_eq!(find(&deep), Some(nearer));
}

#[test]
fn data_folder_asked_for_is_used_and_an_empty_name_is_none() {
    let asked_for = place::data_directory_or(Some("/managed".into()));
    assert_eq!(asked_for.as_deref(), Some(Path::new("/managed")));
    let users_own = place::data_directory_or(None);
    assert_eq!(place::data_directory_or(Some("".into())), users_own);
}
