//! Fills a library with images that no files stand behind, to measure how it does with many.

use std::path::PathBuf;

use super::known_files::{FoundFile, insert};
use super::library::Durability;
use super::prediction::store_predictions;
use super::reading::store_reading;
use super::{CatalogError, ImageId, Library, ModelInfo, Reading, stored_path};
use crate::micrograph::FileStamp;

/// An image as scanning, reading and classifying its file would leave it.
#[derive(Debug, Clone)]
pub struct FilledImage {
    /// From the library's root.
    pub relative_path: PathBuf,
    /// Size of the file in bytes.
    pub size_bytes: u64,
    /// When the file was last written, in ns since 1970.
    pub modified_ns: i64,
    /// What reading it gave.
    pub reading: Reading,
    /// What the model said, in the order of its categories; nothing where it was not classified.
    pub scores: Option<Vec<f32>>,
}

impl Library {
    /// Adds images without looking for their files; their ids, in this order.
    ///
    /// # Errors
    /// When a path is no relative one or taken, or the library could not be written.
    pub fn fill(
        &self,
        images: &[FilledImage],
        model: &ModelInfo,
    ) -> Result<Vec<ImageId>, CatalogError> {
        let ids = self.write("add images", Durability::Rebuildable, |transaction| {
            let mut ids = Vec::with_capacity(images.len());
            let mut predictions = Vec::new();
            for image in images {
                let file = FoundFile {
                    path: stored_path::to_bytes(&image.relative_path).unwrap_or_default(),
                    stamp: FileStamp {
                        size_bytes: image.size_bytes.cast_signed(),
                        modified_ns: image.modified_ns,
                    },
                };
                let id = insert(transaction, &file)?;
                store_reading(transaction, id, &image.reading)?;
                predictions.extend(image.scores.clone().map(|scores| (id, scores)));
                ids.push(id);
            }
            store_predictions(transaction, model, &predictions)?;
            Ok(ids)
        })?;
        self.forget_orders();
        Ok(ids)
    }
}
