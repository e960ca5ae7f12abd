//! A backbone's folder: `backbone.json` and the ONNX file that it names.

use std::fs;
use std::io;
use std::path::Path;

use super::BackboneCard;
use crate::classifier::ModelError;
use crate::micrograph::content_sha256;

/// A backbone's description within its folder.
pub(super) const CARD_FILE: &str = "backbone.json";

/// Whether there is a backbone in `folder`, whole or not.
pub(super) fn holds_backbone(folder: &Path) -> bool {
    folder.join(CARD_FILE).exists()
}

/// The card and the ONNX file of a folder, checked against each other.
///
/// # Errors
/// Fails, naming the folder, where a file is missing, makes no sense, or is not the one described.
pub(super) fn read_backbone(folder: &Path) -> Result<(BackboneCard, Vec<u8>), ModelError> {
    let name = folder.display().to_string();
    let read = |file: &str| {
        fs::read(folder.join(file)).map_err(|source| ModelError::MissingFile {
            model: name.clone(),
            file: file.to_owned(),
            source,
        })
    };
    let invalid = |reason: String| ModelError::Invalid { model: name.clone(), reason };
    let card: BackboneCard = serde_json::from_slice(&read(CARD_FILE)?)
        .map_err(|error| invalid(format!("{CARD_FILE}: {error}")))?;
    card.check().map_err(|reason| invalid(format!("{CARD_FILE}: {reason}")))?;
    let onnx = read(&card.file)?;
    let actual = content_sha256(&onnx);
    if actual != card.sha256 {
        return Err(ModelError::WrongChecksum {
            model: name,
            file: card.file,
            expected: card.sha256,
            actual,
        });
    }
    Ok((card, onnx))
}

/// Writes card and ONNX file into `folder`, creating it; the card last, so that what was cut short
/// is no backbone.
///
/// # Errors
/// Fails where a file cannot be written.
pub(in super::super) fn write_backbone(
    folder: &Path,
    card: &BackboneCard,
    onnx: &[u8],
) -> Result<(), ModelError> {
    let write = || {
        let json = serde_json::to_string_pretty(card).map_err(io::Error::other)?;
        fs::create_dir_all(folder)?;
        fs::write(folder.join(&card.file), onnx)?;
        fs::write(folder.join(CARD_FILE), json + "\n")
    };
    write().map_err(|source| ModelError::Write { path: folder.to_owned(), source })
}
