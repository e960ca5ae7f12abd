//! Handing a model on to other programs.

use std::path::{Path, PathBuf};

use crate::classifier::{Model, ModelError};
use crate::export::{ExportError, write_file};

/// The list of categories beside an exported network, as TensorFlow's scripts call it.
const LABELS_FILE: &str = "output_labels.txt";

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportedOnnx {
    /// The network.
    pub onnx: PathBuf,
    /// Its categories, one a line, in the order of the scores.
    pub labels: PathBuf,
}

/// Why a model could not be handed on.
#[derive(Debug, thiserror::Error)]
pub enum ExportOnnxError {
    /// The model cannot be made into one network.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// A file cannot be written.
    #[error(transparent)]
    Write(#[from] ExportError),
    /// The list of categories would not be one category a line.
    #[error(
        "The category {0:?} has a line break in its name, which the list of labels cannot hold"
    )]
    LineBreak(String),
}

/// Writes `model` as one ONNX file, and its categories as `output_labels.txt` beside it. Files of
/// these names are replaced.
///
/// # Errors
/// See [`ExportOnnxError`].
pub fn export_onnx(model: &Model, out: &Path) -> Result<ExportedOnnx, ExportOnnxError> {
    let categories = model.categories();
    if let Some(name) = categories.iter().find(|name| name.contains(['\n', '\r'])) {
        return Err(ExportOnnxError::LineBreak(name.clone()));
    }
    let labels = out.with_file_name(LABELS_FILE);
    write_file(out, &model.to_onnx()?)?;
    write_file(&labels, (categories.join("\n") + "\n").as_bytes())?;
    Ok(ExportedOnnx { onnx: out.to_owned(), labels })
}
