//! Classifying files, with or without a library.

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use super::make_thumbnail;
use super::pipeline::{self, Features, FileFeatures, PipelineOptions, StageTimes};
use crate::cache::Cache;
use crate::catalog::{CatalogError, ImageId, Library, ModelInfo, Reading};
use crate::classifier::{Backbone, CategoryScore, Model, ranked};
use crate::micrograph::Micrograph;

/// A file's scores, or why it has none.
#[derive(Debug, Clone)]
pub struct ClassifiedFile {
    /// Position among the files given.
    pub index: usize,
    /// The file.
    pub path: PathBuf,
    /// Every category with its score, the highest first.
    pub scores: Result<Vec<CategoryScore>, String>,
}

/// Classifies files and hands each result to `on_file`, in the order of the files.
pub fn classify_files(
    paths: &[PathBuf],
    backbone: &Backbone,
    model: &Model,
    options: &PipelineOptions,
    cancel: &AtomicBool,
    on_file: &mut dyn FnMut(ClassifiedFile),
) -> StageTimes {
    pipeline::run(paths, backbone, Features::Fresh, options, cancel, &mut |index, outcome| {
        let scores = outcome
            .and_then(|file| model.classify(&file.features).map_err(|error| error.to_string()));
        on_file(ClassifiedFile { index, path: paths[index].clone(), scores });
    })
}

/// Images whose results are saved together: a crash costs no more than these.
const SAVE_EVERY: usize = 32;

/// Classifies images of a library and saves predictions, readings and read errors in it.
///
/// # Errors
/// Fails where the library cannot be read or written; what was saved before stays.
pub fn classify_library(
    library: &Library,
    cache: &Cache,
    images: &[ImageId],
    backbone: &Backbone,
    model: &Model,
    options: &PipelineOptions,
    cancel: &AtomicBool,
    on_file: &mut dyn FnMut(ClassifiedFile),
) -> Result<StageTimes, CatalogError> {
    let info = ModelInfo {
        name: model.name().to_owned(),
        sha256: model.sha256().to_owned(),
        categories: model.categories().to_vec(),
    };
    let paths: Vec<PathBuf> =
        images.iter().map(|image| library.path_of(*image)).collect::<Result<_, _>>()?;
    let mut unsaved: Vec<(ImageId, Vec<f32>)> = Vec::new();
    let mut failure = None;
    let times = pipeline::run(
        &paths,
        backbone,
        Features::Cached(cache),
        options,
        cancel,
        &mut |index, outcome| {
            let image = images[index];
            let scored = outcome.and_then(|file| {
                let scores = model.scores(&file.features).map_err(|error| error.to_string())?;
                Ok((file, scores))
            });
            let saved = match &scored {
                Ok((file, scores)) => {
                    unsaved.push((image, scores.clone()));
                    save_reading(library, cache, image, file)
                }
                Err(reason) => library.save_read_error(image, reason),
            };
            let saved = saved.and_then(|()| save_full(library, &info, &mut unsaved, SAVE_EVERY));
            if let Err(error) = saved {
                cancel.store(true, std::sync::atomic::Ordering::Relaxed);
                failure.get_or_insert(error);
            }
            let scores = scored.map(|(_, scores)| ranked(model.categories(), &scores));
            on_file(ClassifiedFile { index, path: paths[index].clone(), scores });
        },
    );
    failure.map_or(Ok(()), Err)?;
    save_full(library, &info, &mut unsaved, 1)?;
    Ok(times)
}

fn save_full(
    library: &Library,
    info: &ModelInfo,
    unsaved: &mut Vec<(ImageId, Vec<f32>)>,
    at_least: usize,
) -> Result<(), CatalogError> {
    if unsaved.len() >= at_least {
        library.save_predictions(info, unsaved)?;
        unsaved.clear();
    }
    Ok(())
}

fn save_reading(
    library: &Library,
    cache: &Cache,
    image: ImageId,
    file: &FileFeatures,
) -> Result<(), CatalogError> {
    let Some(micrograph) = &file.micrograph else {
        return Ok(()); // the features were cached, so an earlier run has read the file
    };
    if let Some(jpeg) = make_thumbnail(micrograph).and_then(|thumbnail| thumbnail.to_jpeg()) {
        cache.store_thumbnail(&file.content_sha256, &jpeg);
    }
    library.save_reading(image, &reading(&file.content_sha256, micrograph))
}

/// What a library keeps of a decoded image.
pub(super) fn reading(content_sha256: &str, micrograph: &Micrograph) -> Reading {
    Reading {
        content_sha256: content_sha256.to_owned(),
        width_px: micrograph.pixels.width_px(),
        height_px: micrograph.pixels.height_px(),
        bit_depth: micrograph.bit_depth,
        instrument_json: serde_json::to_string(&micrograph.instrument).ok(),
    }
}

/// The image of `library` that the file at `path` is, if it is one.
///
/// # Errors
/// Fails where the library cannot be read.
pub fn find_in_library(library: &Library, path: &Path) -> Result<Option<ImageId>, CatalogError> {
    let full = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    match full.strip_prefix(library.root()) {
        Ok(relative) => library.find_image(relative),
        Err(_) => Ok(None),
    }
}
