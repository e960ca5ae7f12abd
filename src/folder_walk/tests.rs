use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::*;

const EXTENSIONS: [&str; 2] = ["tif", "jpg"];

fn tree(files: &[&str]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for file in files {
        let path = folder.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "image").unwrap();
    }
    folder
}

/// Files and problems, in the order of the walk.
fn walk(root: &Path) -> (Vec<PathBuf>, Vec<WalkProblem>) {
    let (mut files, mut problems) = (Vec::new(), Vec::new());
    for walked in FolderWalk::new(root, &EXTENSIONS).unwrap() {
        match walked {
            Walked::File(path, metadata) => {
                assert!(metadata.is_file());
                files.push(path);
            }
            Walked::Problem(problem) => problems.push(problem),
            Walked::Folder(_) => {}
        }
    }
    (files, problems)
}

fn paths(names: &[&str]) -> Vec<PathBuf> {
    names.iter().map(PathBuf::from).collect()
}

#[test]
fn files_of_the_wanted_kinds_come_by_name_in_any_case_of_their_extension() {
    let folder = tree(&["b/2.TIF", "b/1.jpg", "a.tif", "notes.txt", "c/d/e.Tif"]);
    let (files, problems) = walk(folder.path());
    assert_eq!(files, paths(&["a.tif", "b/1.jpg", "b/2.TIF", "c/d/e.Tif"]));
    assert!(problems.is_empty());
}

#[test]
fn each_folder_comes_before_its_files() {
    let folder = tree(&["a/1.tif", "2.tif", "empty/note.txt"]);
    let walked: Vec<String> = FolderWalk::new(folder.path(), &EXTENSIONS)
        .unwrap()
        .map(|walked| match walked {
            Walked::Folder(path) => format!("folder {}", path.display()),
            Walked::File(path, _) => path.display().to_string(),
            Walked::Problem(problem) => panic!("{problem}"),
        })
        .collect();
    assert_eq!(walked, ["folder ", "2.tif", "folder a", "a/1.tif", "folder empty"]);
}

#[test]
fn what_computers_leave_in_folders_is_left_out() {
    let folder = tree(&[
        "@eaDir/1.tif/SYNOPHOTO_THUMB_M.jpg",
        "#recycle/1.tif",
        ".ipynb_checkpoints/1-checkpoint.tif",
        ".AppleDouble/1.tif",
        "__MACOSX/a/._1.tif",
        "__macosx/1.tif",
        "$RECYCLE.BIN/S-1-5/1.tif",
        "System Volume Information/1.tif",
        "lost+found/1.tif",
        "._1.tif",
        "deep/@Recycle/1.tif",
        "deep/~$1.tif",
        "deep/1.tif",
    ]);
    // Office programs' `~$1.tif` ends like an image: reading it says that it is none.
    assert_eq!(walk(folder.path()).0, paths(&["deep/1.tif", "deep/~$1.tif"]));
}

#[test]
fn the_folder_that_is_asked_for_is_read_whatever_its_name() {
    let folder = tree(&["#recycle/1.tif", ".hidden/2.tif"]);
    assert_eq!(walk(&folder.path().join("#recycle")).0, paths(&["1.tif"]));
    assert_eq!(walk(&folder.path().join(".hidden")).0, paths(&["2.tif"]));
}

#[test]
fn a_root_that_cannot_be_read_is_an_error() {
    let folder = tree(&["1.tif"]);
    let missing = FolderWalk::new(&folder.path().join("missing"), &EXTENSIONS).err().unwrap();
    assert_eq!(missing.kind(), io::ErrorKind::NotFound);
    assert!(FolderWalk::new(&folder.path().join("1.tif"), &EXTENSIONS).is_err());
}

#[cfg(unix)]
mod links {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn files_and_folders_behind_links_are_found() {
        let store = tree(&["k1", "k2", "more/3.tif"]);
        let folder = tree(&["Powder/note.txt"]);
        symlink(store.path().join("k1"), folder.path().join("Powder/1.tif")).unwrap();
        symlink(store.path().join("k2"), folder.path().join("2.tif")).unwrap();
        symlink(store.path().join("more"), folder.path().join("A folder")).unwrap();
        let (files, problems) = walk(folder.path());
        assert_eq!(files, paths(&["2.tif", "Powder/1.tif", "A folder/3.tif"]));
        assert!(problems.is_empty());
    }

    #[test]
    fn what_is_known_of_a_linked_file_is_that_of_the_file_itself() {
        let folder = tree(&["store/long"]);
        fs::write(folder.path().join("store/long"), [0; 1000]).unwrap();
        symlink("store/long", folder.path().join("1.tif")).unwrap();
        let mut walk = FolderWalk::new(folder.path(), &EXTENSIONS).unwrap();
        let found = walk.find_map(|walked| match walked {
            Walked::File(_, metadata) => Some(metadata.len()),
            _ => None,
        });
        assert_eq!(found, Some(1000));
    }

    #[test]
    fn loops_end_and_are_named() {
        let folder = tree(&["a/b/1.tif"]);
        symlink(folder.path(), folder.path().join("a/b/up")).unwrap();
        symlink(".", folder.path().join("a/here")).unwrap();
        symlink("/", folder.path().join("everything")).unwrap();
        symlink("itself", folder.path().join("itself")).unwrap();
        let (files, problems) = walk(folder.path());
        assert_eq!(files, paths(&["a/b/1.tif"]));
        let loops: Vec<_> = problems
            .iter()
            .filter(|problem| matches!(problem.reason, Reason::Loop))
            .map(|problem| problem.path().strip_prefix(folder.path()).unwrap().to_owned())
            .collect();
        assert_eq!(loops, paths(&["a/b/up", "a/here", "everything"]));
        assert_eq!(problems.len(), 4);
        assert!(problems.iter().any(|problem| problem.path().ends_with("itself")));
    }

    #[test]
    fn a_loop_over_two_folders_ends() {
        let (one, two) = (tree(&["1.tif"]), tree(&["2.tif"]));
        symlink(two.path(), one.path().join("two")).unwrap();
        symlink(one.path(), two.path().join("one")).unwrap();
        let (files, problems) = walk(one.path());
        assert_eq!(files, paths(&["1.tif", "two/2.tif"]));
        assert_eq!(problems.len(), 1);
        assert!(!problems[0].is_loss());
    }

    #[test]
    fn a_folder_is_read_under_its_own_path_before_one_behind_a_link() {
        let folder = tree(&["z/1.tif"]);
        symlink("z", folder.path().join("a")).unwrap();
        let (files, problems) = walk(folder.path());
        assert_eq!(files, paths(&["z/1.tif"]));
        let (a, z) = (folder.path().join("a"), folder.path().join("z"));
        let told =
            format!("Folder not read again, it was read as {}: {}", z.display(), a.display());
        assert_eq!(problems.iter().map(ToString::to_string).collect::<Vec<_>>(), [told]);
    }

    #[test]
    fn a_folder_within_one_behind_a_link_is_read_once() {
        let store = tree(&["sub/1.tif", "2.tif"]);
        let folder = tree(&[]);
        symlink(store.path().join("sub"), folder.path().join("a")).unwrap();
        symlink(store.path(), folder.path().join("b")).unwrap();
        let (files, problems) = walk(folder.path());
        assert_eq!(files, paths(&["a/1.tif", "b/2.tif"]));
        assert!(problems[0].path().ends_with("b/sub"), "{problems:?}");
    }

    #[test]
    fn broken_links_are_named_once_and_count_as_a_loss() {
        let folder = tree(&["1.tif"]);
        symlink("nowhere", folder.path().join("broken.tif")).unwrap();
        let (files, problems) = walk(folder.path());
        assert_eq!(files, paths(&["1.tif"]));
        assert_eq!(problems.len(), 1);
        assert!(problems[0].is_loss() && problems[0].path().ends_with("broken.tif"));
    }

    #[test]
    fn a_root_behind_a_link_is_walked_as_it_was_given() {
        let folder = tree(&["real/1.tif"]);
        let link = folder.path().join("link");
        symlink("real", &link).unwrap();
        assert_eq!(walk(&link).0, paths(&["1.tif"]));
    }

    #[test]
    fn a_link_to_a_folder_of_the_system_is_left_out_by_its_name() {
        let folder = tree(&["1.tif"]);
        let store = tree(&["2.tif"]);
        symlink(store.path(), folder.path().join("@eaDir")).unwrap();
        assert_eq!(walk(folder.path()).0, paths(&["1.tif"]));
    }

    #[test]
    fn a_name_that_is_not_utf8_is_walked() {
        use std::ffi::OsStr;
        use std::os::unix::ffi::OsStrExt as _;
        let folder = tree(&[]);
        let name = OsStr::from_bytes(b"latin\xe9.tif");
        fs::write(folder.path().join(name), "image").unwrap();
        assert_eq!(walk(folder.path()).0, [PathBuf::from(name)]);
    }
}
