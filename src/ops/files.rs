//! From what a user names to the files that are meant.

use std::io;
use std::path::{Path, PathBuf};

use crate::folder_walk::{FolderWalk, WalkProblem, Walked};
use crate::micrograph::{READABLE_EXTENSIONS, ReadChoice};

/// A file and how a person wants it read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileToRead {
    /// The file.
    pub path: PathBuf,
    /// Its page and data bar, where they were chosen.
    pub choice: ReadChoice,
}

/// Files that were found, and what was passed over.
#[derive(Debug, Default)]
pub struct ExpandedPaths {
    /// The files.
    pub files: Vec<PathBuf>,
    /// Folders and links that were passed over.
    pub problems: Vec<WalkProblem>,
}

/// The image files below every folder in `paths`, and every other path as it stands.
///
/// A folder's files are sorted by name. A path that does not exist stays in the list, and so does a
/// folder without images: reading it gives its error.
pub fn expand_paths(paths: &[PathBuf]) -> ExpandedPaths {
    let mut expanded = ExpandedPaths::default();
    for path in paths {
        match images_below(path) {
            Ok(below) => {
                if below.files.is_empty() {
                    expanded.files.push(path.clone());
                }
                expanded.files.extend(below.files);
                expanded.problems.extend(below.problems);
            }
            // No folder, or one that cannot be read.
            Err(_) => expanded.files.push(path.clone()),
        }
    }
    expanded
}

/// The image files below `folder`, sorted.
///
/// # Errors
/// When it is no folder, or cannot be read.
pub(super) fn images_below(folder: &Path) -> io::Result<ExpandedPaths> {
    let mut below = ExpandedPaths::default();
    for walked in FolderWalk::new(folder, &READABLE_EXTENSIONS)? {
        match walked {
            Walked::File(path, _) => below.files.push(folder.join(path)),
            Walked::Problem(problem) => below.problems.push(problem),
            Walked::Folder(_) => {}
        }
    }
    below.files.sort();
    Ok(below)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn folders_give_their_images_and_other_paths_stay() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        fs::create_dir_all(root.join("b/.semblance")).unwrap();
        for name in ["b/2.TIF", "b/1.png", "b/notes.txt", "b/.semblance/x.png", "a.jpg"] {
            fs::write(root.join(name), b"x").unwrap();
        }
        let (missing, bare) = (root.join("missing.tif"), root.join("bare"));
        fs::create_dir(&bare).unwrap();
        let expanded = expand_paths(&[root.to_owned(), missing.clone(), bare.clone()]).files;
        let expected = ["a.jpg", "b/1.png", "b/2.TIF"].map(|name| root.join(name));
        assert_eq!(expanded[..3], expected);
        assert_eq!(expanded[3..], [missing, bare]);
    }
}
