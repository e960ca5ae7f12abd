//! A table that says what is known of images beside their category.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::LabelledSetError;
use crate::label_exchange::read_named_rows;
use crate::ops::image_matching::path_key;
use crate::text::decode;

/// What the manifest says of an image.
#[derive(Debug, Clone, Default)]
pub(super) struct ManifestRow {
    pub(super) group: Option<String>,
    pub(super) licence: Option<String>,
    pub(super) second: Option<String>,
    pub(super) subcategory: Option<String>,
    pub(super) is_annotated: bool,
}

/// A CSV with the columns `file` and `group`, and optionally more.
pub(super) struct Manifest {
    pub(super) path: PathBuf,
    rows: HashMap<String, ManifestRow>,
}

impl Manifest {
    pub(super) fn read(path: &Path) -> Result<Self, LabelledSetError> {
        let failed = |reason: String| LabelledSetError::Manifest { path: path.to_owned(), reason };
        let bytes = fs::read(path).map_err(|error| failed(error.to_string()))?;
        let (names, records) =
            read_named_rows(&decode(&bytes)).map_err(|error| failed(error.to_string()))?;
        let column = |name: &str| names.iter().position(|header| header == name);
        let required = |name: &str| {
            column(name).ok_or_else(|| failed(format!("it has no column named {name:?}")))
        };
        let (file, group) = (required("file")?, required("group")?);
        let [licence, second, subcategory, annotated] =
            ["licence", "second", "subcategory", "annotated"].map(column);

        let mut rows = HashMap::new();
        for (record, row) in records.iter().zip(2..) {
            if record.iter().skip(names.len()).any(|cell| !cell.trim().is_empty()) {
                return Err(failed(format!("row {row} has more cells than there are columns")));
            }
            let cell = |column: Option<usize>| {
                let text = record.get(column?).map(str::trim);
                text.filter(|text| !text.is_empty()).map(str::to_owned)
            };
            let Some(file) = cell(Some(file)) else { continue };
            let row = ManifestRow {
                group: cell(Some(group)),
                licence: cell(licence),
                second: cell(second),
                subcategory: cell(subcategory),
                is_annotated: cell(annotated)
                    .is_some_and(|word| ["1", "true", "yes"].contains(&word.as_str())),
            };
            rows.insert(path_key(Path::new(&file)), row);
        }
        Ok(Self { path: path.to_owned(), rows })
    }

    /// What it says of the file at `relative`.
    pub(super) fn row(&self, relative: &Path) -> Option<&ManifestRow> {
        self.rows.get(&path_key(relative))
    }
}
