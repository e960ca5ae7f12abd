//! Reading and writing whole files.

mod folder_trees;
mod json_files;
mod other_programs;
mod round_trip;
mod tables;

use std::fs;

use super::{CategoryChoice, Decision, LabelFileError, LabelRecord, ReadLabels, read_labels};

/// Reads a file with this name and these contents.
fn read(name: &str, contents: impl AsRef<[u8]>) -> Result<ReadLabels, LabelFileError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, contents).unwrap();
    read_labels(&path)
}

/// Path and category of every label.
fn pairs(read: &ReadLabels) -> Vec<(String, String)> {
    let pair = |record: &LabelRecord| {
        let choice = record.decision.as_ref().and_then(Decision::choice);
        let category = choice.map(|choice| choice.category.clone());
        (record.path_text(), category.unwrap_or_default())
    };
    read.labels.iter().map(|label| pair(&label.record)).collect()
}

fn pair(path: &str, category: &str) -> (String, String) {
    (path.to_owned(), category.to_owned())
}

/// What is wrong, as it is shown.
fn shown_problems(read: &ReadLabels) -> Vec<String> {
    read.problems.iter().map(ToString::to_string).collect()
}

fn category(category: &str, second: Option<&str>, subcategory: Option<&str>) -> Option<Decision> {
    Some(Decision::Category(CategoryChoice {
        category: category.to_owned(),
        second: second.map(str::to_owned),
        subcategory: subcategory.map(str::to_owned),
    }))
}
