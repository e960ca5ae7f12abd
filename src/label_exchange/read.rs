//! What there is decides how it is read.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::cells::Cells;
use super::error::LabelFileError;
use super::folder_tree::read_folder_tree;
use super::json::read_json;
use super::problem::{Place, Problem, RowProblem};
use super::record::LabelRecord;
use super::table::read_table;
use crate::text::decode;

/// The largest file that is read, in bytes: some hundred thousand labels.
pub const MAX_FILE_BYTES: u64 = 64 << 20;

/// A label that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadLabel {
    /// Where it stands.
    pub place: Place,
    /// What it says. Its path is as the file has it, only with `/` between the parts.
    pub record: LabelRecord,
    /// The absolute path of the image itself, where it lies in the folder that was read.
    pub file: Option<PathBuf>,
}

/// All that was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReadLabels {
    /// The labels in the order of the file, of a folder by path. An image can have several.
    pub labels: Vec<ReadLabel>,
    /// Rows that name an image and say nothing about it; in a folder, images that are in no
    /// category's folder.
    pub without_label: usize,
    /// What is wrong with single rows.
    pub problems: Vec<RowProblem>,
    /// Names of columns that were not read.
    pub unused_columns: Vec<String>,
}

impl ReadLabels {
    pub(super) fn add_problem(&mut self, place: Place, problem: Problem) {
        self.problems.push(RowProblem { place, problem });
    }

    /// Adds what a row says. A row that is altogether blank is passed over.
    pub(super) fn add_row(&mut self, place: Place, cells: Cells) {
        if cells.is_empty() {
            return;
        }
        let mut problems = Vec::new();
        match cells.record(&mut problems) {
            Ok(Some(record)) => {
                self.labels.push(ReadLabel { place: place.clone(), record, file: None });
            }
            Ok(None) => self.without_label += 1,
            Err(problem) => problems.push(problem),
        }
        for problem in problems {
            self.add_problem(place.clone(), problem);
        }
    }
}

/// Reads the labels at a path: of a folder that has a folder for each category, of a table (`.csv`,
/// `.tsv`, `.txt`), or of JSON (`.json`, `.jsonl`). What is wrong with single rows is told in
/// [`ReadLabels::problems`].
///
/// A table is separated by commas, semicolons or tabs; its columns are known by their names, in any
/// case and order, with the names other programs use. A table of two columns without such names has
/// path and category. JSON is an array of objects or an object a line, with the same names. In a
/// folder, `Category/image.tif` has a category and `Category/Finer/image.tif` a subcategory too;
/// from there on folders are joined: `Category/Finer/Finest/image.tif` has `Finer / Finest`.
///
/// # Errors
/// When there is nothing at the path, when it cannot be read or is of another kind, and when no
/// column for the images or none about them is found.
pub fn read_labels(path: &Path) -> Result<ReadLabels, LabelFileError> {
    let metadata = fs::metadata(path).map_err(|source| unreadable(path, source))?;
    if metadata.is_dir() {
        return read_folder_tree(path);
    }
    let extension = path.extension().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
    let read = match extension.as_str() {
        "csv" | "tsv" | "txt" => read_table,
        "json" | "jsonl" => read_json,
        _ => return Err(LabelFileError::UnknownKind { path: path.to_owned() }),
    };
    if !metadata.is_file() {
        return Err(LabelFileError::UnknownKind { path: path.to_owned() });
    }
    read(&read_text(path, MAX_FILE_BYTES)?, path)
}

fn read_text(path: &Path, limit_bytes: u64) -> Result<String, LabelFileError> {
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(|source| unreadable(path, source))?;
    file.take(limit_bytes + 1)
        .read_to_end(&mut bytes)
        .map_err(|source| unreadable(path, source))?;
    if bytes.len() as u64 > limit_bytes {
        return Err(LabelFileError::TooLarge { path: path.to_owned(), limit_bytes });
    }
    Ok(decode(&bytes))
}

/// The error of the operating system with the path.
pub(super) fn unreadable(path: &Path, source: io::Error) -> LabelFileError {
    let path = path.to_owned();
    match source.kind() {
        io::ErrorKind::NotFound => LabelFileError::NotThere { path },
        _ => LabelFileError::Unreadable { path, source },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_at_the_path_is_said_so() {
        let folder = tempfile::tempdir().unwrap();
        let error = read_labels(&folder.path().join("labels.csv")).unwrap_err();
        assert!(matches!(error, LabelFileError::NotThere { .. }), "{error}");
    }

    #[test]
    fn a_file_of_another_kind_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("labels.xlsx");
        fs::write(&path, "path,category\n").unwrap();
        let error = read_labels(&path).unwrap_err();
        assert!(matches!(error, LabelFileError::UnknownKind { .. }), "{error}");
    }

    #[test]
    fn the_extension_counts_in_any_case() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("LABELS.CSV");
        fs::write(&path, "path,category\na.tif,Tips\n").unwrap();
        assert_eq!(read_labels(&path).unwrap().labels.len(), 1);
    }

    #[test]
    fn a_file_is_read_up_to_the_limit_and_not_beyond() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("labels.csv");
        fs::write(&path, "12345").unwrap();
        assert_eq!(read_text(&path, 5).unwrap(), "12345");
        let error = read_text(&path, 4).unwrap_err();
        assert!(matches!(error, LabelFileError::TooLarge { limit_bytes: 4, .. }), "{error}");
    }
}
