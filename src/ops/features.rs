//! Features of labelled images.

use std::sync::atomic::AtomicBool;

use ndarray::Array2;
use serde::Serialize;

use super::FileToRead;
use super::labelled_set::LabelledImage;
use super::pipeline::{self, Features, PipelineOptions};
use super::sessions::sessions_of;
use super::train::TrainModelError;
use crate::cache::Cache;
use crate::classifier::{Backbone, ModelError};

/// A file that could not be used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FailedFile {
    /// The file.
    pub path: String,
    /// Why.
    pub error: String,
}

/// Features of labelled images, and the files that gave none.
pub(super) struct Featured {
    /// The images that could be used, in order.
    pub images: Vec<LabelledImage>,
    /// SHA-256 of each one's file.
    pub contents: Vec<String>,
    /// `[image_count, feature_count]`.
    pub features: Array2<f32>,
    /// Size of a pixel of the network's input in nanometres, where an image tells it.
    pub nm_per_px: Vec<Option<f64>>,
    /// The session of each one, where it is known to be one.
    pub sessions: Vec<Option<String>>,
    /// The others.
    pub failed: Vec<FailedFile>,
}

impl Featured {
    /// Fails, saying why, where there is no image to go on with.
    pub(super) fn require_images(&self) -> Result<(), TrainModelError> {
        match (self.images.is_empty(), self.failed.first()) {
            (false, _) => Ok(()),
            (true, None) => Err(TrainModelError::NoImages),
            (true, Some(first)) => Err(TrainModelError::NoneReadable {
                count: self.failed.len(),
                first: first.clone(),
            }),
        }
    }
}

/// The features of `images`, out of the cache where they are there. `on_progress` hears of images
/// done and to do. Cancelling stops after the files in work.
pub(super) fn features_of(
    images: &[LabelledImage],
    backbone: &Backbone,
    cache: &Cache,
    options: &PipelineOptions,
    cancel: &AtomicBool,
    on_progress: &mut dyn FnMut(usize, usize),
) -> Result<Featured, ModelError> {
    let files: Vec<FileToRead> = images.iter().map(|image| image.file.clone()).collect();
    let mut featured = Featured {
        images: Vec::with_capacity(files.len()),
        contents: Vec::with_capacity(files.len()),
        features: Array2::default((0, 0)),
        nm_per_px: Vec::with_capacity(files.len()),
        sessions: Vec::new(),
        failed: Vec::new(),
    };
    let (mut values, mut days) = (Vec::new(), Vec::new());
    pipeline::run(
        &files,
        backbone,
        Features::Cached(cache),
        options,
        cancel,
        &mut |index, outcome| {
            match outcome {
                Ok(file) => {
                    featured.images.push(images[index].clone());
                    featured.contents.push(file.content_sha256);
                    featured.nm_per_px.push(file.nm_per_px);
                    values.extend(file.features);
                    days.push(file.day_at_instrument);
                }
                Err(failure) => {
                    let path = files[index].path.display().to_string();
                    featured.failed.push(FailedFile { path, error: failure.reason });
                }
            }
            on_progress(index + 1, files.len());
        },
    );
    let shape = (featured.images.len(), backbone.card().feature_count);
    featured.features = Array2::from_shape_vec(shape, values).map_err(|error| {
        ModelError::Engine { engine: backbone.engine_name(), reason: error.to_string() }
    })?;
    featured.sessions = sessions_of(&days, &featured.images);
    Ok(featured)
}
