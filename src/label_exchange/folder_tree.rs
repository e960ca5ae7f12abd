//! A folder with a folder for each category becomes labels.

use std::path::{self, Path, PathBuf};

use walkdir::{DirEntry, WalkDir};

use super::error::LabelFileError;
use super::problem::{Place, Problem};
use super::read::{ReadLabel, ReadLabels, unreadable};
use super::record::{CategoryChoice, Decision, LabelRecord};
use crate::micrograph::READABLE_EXTENSIONS;

/// Reads the images of a folder by path. Names that begin with a dot are skipped; links to files
/// are followed, links to folders are not.
pub(super) fn read_folder_tree(folder: &Path) -> Result<ReadLabels, LabelFileError> {
    let root = path::absolute(folder).map_err(|source| unreadable(folder, source))?;
    let mut read = ReadLabels::default();
    for entry in WalkDir::new(&root).sort_by_file_name().into_iter().filter_entry(is_visible) {
        match entry {
            Ok(entry) => add_entry(&mut read, &root, &entry),
            Err(error) if error.depth() == 0 => return Err(unreadable(folder, error.into())),
            Err(error) => {
                let path = relative(&root, error.path().unwrap_or(&root));
                let problem = Problem::Unreadable(reason(&error));
                read.add_problem(Place::Entry(path), problem);
            }
        }
    }
    Ok(read)
}

fn is_visible(entry: &DirEntry) -> bool {
    entry.depth() == 0 || !entry.file_name().as_encoded_bytes().starts_with(b".")
}

fn add_entry(read: &mut ReadLabels, root: &Path, entry: &DirEntry) {
    let path = relative(root, entry.path());
    if entry.depth() > 0 && entry.path_is_symlink() && entry.path().is_dir() {
        read.add_problem(Place::Entry(path), Problem::LinkedFolder);
    } else if is_image(entry.path()) && entry.path().is_file() {
        match choice(&path) {
            Some(choice) => read.labels.push(ReadLabel {
                place: Place::Entry(path.clone()),
                record: LabelRecord {
                    path,
                    decision: Some(Decision::Category(choice)),
                    ..LabelRecord::default()
                },
                file: Some(entry.path().to_owned()),
            }),
            None => read.without_label += 1,
        }
    }
}

/// The first folder is the category, the others are the subcategory. `None` at the top level.
fn choice(relative: &Path) -> Option<CategoryChoice> {
    let folders = relative.parent()?.iter().map(|part| part.to_string_lossy().trim().to_owned());
    let mut folders = folders.filter(|folder| !folder.is_empty());
    let category = folders.next()?;
    let finer: Vec<String> = folders.collect();
    let subcategory = (!finer.is_empty()).then(|| finer.join(" / "));
    Some(CategoryChoice { category, second: None, subcategory })
}

fn is_image(path: &Path) -> bool {
    let extension = path.extension().unwrap_or_default();
    READABLE_EXTENSIONS.iter().any(|image| extension.eq_ignore_ascii_case(image))
}

fn relative(root: &Path, path: &Path) -> PathBuf {
    path.strip_prefix(root).unwrap_or(path).to_owned()
}

fn reason(error: &walkdir::Error) -> String {
    error.io_error().map_or_else(|| error.to_string(), ToString::to_string)
}
