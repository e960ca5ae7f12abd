//! From what a user names to the files that are meant.

use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use crate::micrograph::{READABLE_EXTENSIONS, ReadChoice};

/// A file and how a person wants it read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileToRead {
    /// The file.
    pub path: PathBuf,
    /// Its page and data bar, where they were chosen.
    pub choice: ReadChoice,
}

/// The image files below every folder in `paths`, and every other path as it stands.
///
/// A folder's files are sorted by name; hidden files and folders are left out. A path that does
/// not exist stays in the list, and so does a folder without images: reading it gives its error.
pub fn expand_paths(paths: &[PathBuf]) -> Vec<PathBuf> {
    let files_of = |path: &PathBuf| {
        let images = if path.is_dir() { images_below(path) } else { Vec::new() };
        if images.is_empty() { vec![path.clone()] } else { images }
    };
    paths.iter().flat_map(files_of).collect()
}

/// The image files below `folder`, as [`expand_paths`] finds them.
pub(super) fn images_below(folder: &Path) -> Vec<PathBuf> {
    WalkDir::new(folder)
        .sort_by_file_name()
        .into_iter()
        .filter_entry(|entry| {
            entry.depth() == 0 || !entry.file_name().as_encoded_bytes().starts_with(b".")
        })
        .filter_map(Result::ok)
        .filter(|entry| entry.file_type().is_file() && has_readable_extension(entry.path()))
        .map(walkdir::DirEntry::into_path)
        .collect()
}

fn has_readable_extension(path: &Path) -> bool {
    path.extension()
        .map(|extension| extension.to_string_lossy().to_ascii_lowercase())
        .is_some_and(|extension| READABLE_EXTENSIONS.contains(&extension.as_str()))
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
        let expanded = expand_paths(&[root.to_owned(), missing.clone(), bare.clone()]);
        let expected = ["a.jpg", "b/1.png", "b/2.TIF"].map(|name| root.join(name));
        assert_eq!(expanded[..3], expected);
        assert_eq!(expanded[3..], [missing, bare]);
    }
}
