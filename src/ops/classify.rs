//! Classifying files, with or without a library.

use std::path::{self, Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::model_info::{current_categories, model_info};
use super::pipeline::{
    self, Features, FileFailure, FileFeatures, FileOutcome, PipelineOptions, StageTimes,
};
use super::thumbnail::thumbnail_key;
use super::{FileToRead, load_thumbnail, make_thumbnail};
use crate::cache::Cache;
use crate::catalog::{CatalogError, ImageId, Library, ModelInfo, Reading};
use crate::classifier::{Backbone, CategoryScore, Model, ModelError, ranked};
use crate::micrograph::{FileStamp, Micrograph, ReadChoice};
use crate::taxonomy::CurrentCategories;

/// A file's scores, or why it has none.
#[derive(Debug, Clone)]
pub struct ClassifiedFile {
    /// Position among the files given.
    pub index: usize,
    /// The file.
    pub path: PathBuf,
    /// Every category with its score, the highest first; in a library, by what the model's categories
    /// mean there.
    pub scores: Result<Vec<CategoryScore>, String>,
    /// Whether something else was chosen for the image while it was in work: then it has no scores,
    /// and nothing of it was saved.
    pub is_outdated: bool,
}

/// Classifies files and hands each result to `on_file`, in the order of the files.
pub fn classify_files(
    files: &[FileToRead],
    backbone: &Backbone,
    model: &Model,
    options: &PipelineOptions,
    cancel: &AtomicBool,
    on_file: &mut dyn FnMut(ClassifiedFile),
) -> StageTimes {
    pipeline::run(files, backbone, Features::Fresh, options, cancel, &mut |index, outcome| {
        let scores = outcome.map_err(|failure| failure.reason).and_then(|file| {
            model.classify(&file.features, file.nm_per_px).map_err(|error| error.to_string())
        });
        let path = files[index].path.clone();
        on_file(ClassifiedFile { index, path, scores, is_outdated: false });
    })
}

/// Images whose results are saved together, at most: few enough that nobody who decides waits for it.
const MOST_TOGETHER: usize = 16;
/// Results wait no longer than until one comes after this time, so that they soon appear.
const SAVE_AFTER: Duration = Duration::from_millis(250);

/// Classifies images of a library and saves predictions, readings and read errors in it. `on_file`
/// hears of an image once its result is saved.
///
/// # Errors
/// Fails where the library cannot be read or written; what was saved before stays.
pub fn classify_library(
    images: &[ImageId],
    work: &LibraryWork<'_>,
    cancel: &AtomicBool,
    on_file: &mut dyn FnMut(ClassifiedFile),
) -> Result<StageTimes, CatalogError> {
    let files: Vec<FileToRead> =
        images.iter().map(|image| file_of(work.library, *image)).collect::<Result<_, _>>()?;
    let mut batch =
        Batch::new(work, images, &files, current_categories(work.model, Some(work.library))?);
    let mut failure = None;
    let features = Features::Cached(work.cache);
    let times = pipeline::run(
        &files,
        work.backbone,
        features,
        &work.options,
        cancel,
        &mut |index, outcome| {
            if failure.is_some() {
                return; // cancelled, these were in work
            }
            if let Err(error) = batch.add(index, outcome, on_file) {
                cancel.store(true, Ordering::Relaxed);
                failure = Some(error);
            }
        },
    );
    failure.map_or(Ok(()), Err)?;
    batch.save(on_file)?;
    Ok(times)
}

/// What classifying a library works with.
pub struct LibraryWork<'a> {
    /// Where results are saved.
    pub library: &'a Library,
    /// Where features and thumbnails are kept.
    pub cache: &'a Cache,
    /// The model's backbone.
    pub backbone: &'a Backbone,
    /// Gives the scores.
    pub model: &'a Model,
    /// Files in work at once, and limits.
    pub options: PipelineOptions,
}

/// Results that are not saved yet.
struct Batch<'a> {
    work: &'a LibraryWork<'a>,
    images: &'a [ImageId],
    to_read: &'a [FileToRead],
    info: ModelInfo,
    current: CurrentCategories,
    scores: Vec<Scored>,
    /// Files that were not what the library knows of them, by position.
    replaced: Vec<usize>,
    files: Vec<ClassifiedFile>,
    /// When results were last saved.
    saved: Instant,
}

struct Scored {
    /// Position among the images.
    index: usize,
    /// What the file is shown as.
    image: ImageId,
    scores: Vec<f32>,
}

impl<'a> Batch<'a> {
    fn new(
        work: &'a LibraryWork<'a>,
        images: &'a [ImageId],
        to_read: &'a [FileToRead],
        current: CurrentCategories,
    ) -> Self {
        Self {
            work,
            images,
            to_read,
            info: model_info(work.model),
            current,
            scores: Vec::new(),
            replaced: Vec::new(),
            files: Vec::new(),
            saved: Instant::now(),
        }
    }

    fn add(
        &mut self,
        index: usize,
        outcome: FileOutcome,
        on_file: &mut dyn FnMut(ClassifiedFile),
    ) -> Result<(), CatalogError> {
        let (image, model) = (self.images[index], self.work.model);
        let choice = &self.to_read[index].choice;
        let scored = outcome.and_then(|file| match model.scores(&file.features, file.nm_per_px) {
            Ok(scores) => Ok((file, scores)),
            Err(error) => Err(FileFailure { reason: error.to_string(), stamp: file.stamp }),
        });
        let scores = match scored {
            Ok((file, scores)) => {
                let ranked = ranked(self.current.names(), &self.current.add_up(&scores));
                match save_reading(self.work, image, choice, &file)? {
                    Some(image) => self.scores.push(Scored { index, image, scores }),
                    None => self.replaced.push(index),
                }
                Ok(ranked)
            }
            Err(FileFailure { reason, stamp }) => {
                self.work.library.save_read_error(image, choice, stamp, &reason)?;
                Err(reason)
            }
        };
        let path = self.to_read[index].path.clone();
        self.files.push(ClassifiedFile { index, path, scores, is_outdated: false });
        if self.files.len() < MOST_TOGETHER && self.saved.elapsed() < SAVE_AFTER {
            return Ok(());
        }
        self.save(on_file)
    }

    fn save(&mut self, on_file: &mut dyn FnMut(ClassifiedFile)) -> Result<(), CatalogError> {
        let library = self.work.library;
        // Of pixels that were chosen otherwise meanwhile, or that the file no longer has, a
        // prediction would be wrong.
        for file in &mut self.files {
            let image = self.images[file.index];
            file.is_outdated = library.read_choice(image)? != self.to_read[file.index].choice;
            if file.is_outdated {
                file.scores = Err("It is read in another way since: classify it again".to_owned());
            } else if self.replaced.contains(&file.index) {
                file.scores = Err("The file was changed meanwhile: classify it again".to_owned());
            }
        }
        self.replaced.clear();
        let mut current = Vec::new();
        for Scored { index, image, scores } in self.scores.drain(..) {
            // Another image of the same bytes may be read in another way than this file was.
            if library.read_choice(image)? == self.to_read[index].choice {
                current.push((image, scores));
            }
        }
        if !current.is_empty() {
            library.save_predictions(&self.info, &current)?;
        }
        self.saved = Instant::now();
        self.files.drain(..).for_each(on_file);
        Ok(())
    }
}

/// Gives the image that the file is shown as; nothing where the file is another since.
fn save_reading(
    work: &LibraryWork<'_>,
    image: ImageId,
    choice: &ReadChoice,
    file: &FileFeatures,
) -> Result<Option<ImageId>, CatalogError> {
    let Some(micrograph) = &file.micrograph else {
        let image = match work.library.is_unchanged(image, file.stamp)? {
            true => image,
            false => match work.library.look_again(image)? {
                Some(found) if work.library.is_unchanged(found, file.stamp)? => found,
                _ => return Ok(None),
            },
        };
        // The features were cached under the content's hash, so that nothing was decoded; but the
        // library may know them from another file with the same content.
        let rows = work.library.rows(&[image])?;
        let is_known = rows.iter().any(|row| row.data_bar.is_some() && row.read_error.is_none());
        if !is_known {
            // Why it cannot be read, if so, is on record.
            load_thumbnail(work.library, work.cache, image).map_or_else(drop, drop);
        }
        return work.library.shown_as(image).map(Some);
    };
    if let Some(jpeg) = make_thumbnail(micrograph).and_then(|thumbnail| thumbnail.to_jpeg()) {
        work.cache.store_thumbnail(&thumbnail_key(&file.content_sha256, choice), &jpeg);
    }
    let from = ReadFrom { content_sha256: &file.content_sha256, stamp: file.stamp };
    keep_reading(work.library, image, &reading(from, choice, micrograph))
}

/// Keeps what reading a file gave. A file that is another than the library knows, such as one that
/// was copied with its library and has another time, is looked at again first. Gives the image that
/// the file is shown as; nothing where it is another since, or something else was chosen for it.
///
/// # Errors
/// Fails where the library cannot be read or written.
pub(super) fn keep_reading(
    library: &Library,
    image: ImageId,
    reading: &Reading,
) -> Result<Option<ImageId>, CatalogError> {
    if let Some(kept) = library.save_reading(image, reading)? {
        return Ok(Some(kept));
    }
    match library.look_again(image)? {
        Some(found) => library.save_reading(found, reading),
        None => Ok(None),
    }
}

/// An image of a library with what was chosen for it.
///
/// # Errors
/// Fails where the library cannot be read.
pub fn file_of(library: &Library, image: ImageId) -> Result<FileToRead, CatalogError> {
    Ok(FileToRead { path: library.path_of(image)?, choice: library.read_choice(image)? })
}

/// Which file, and which state of it, an image was decoded from.
pub(super) struct ReadFrom<'a> {
    pub(super) content_sha256: &'a str,
    pub(super) stamp: Option<FileStamp>,
}

/// What a library keeps of a decoded image.
pub(super) fn reading(from: ReadFrom<'_>, choice: &ReadChoice, micrograph: &Micrograph) -> Reading {
    Reading {
        stamp: from.stamp,
        content_sha256: from.content_sha256.to_owned(),
        width_px: micrograph.pixels.width_px(),
        height_px: micrograph.pixels.height_px(),
        bit_depth: micrograph.bit_depth,
        page: micrograph.page,
        pages: micrograph.pages,
        choice: choice.clone(),
        data_bar: micrograph.data_bar,
        data_bar_source: micrograph.data_bar_source,
        instrument_json: serde_json::to_string(&micrograph.instrument).ok(),
        problem: micrograph.is_blank().then(|| ModelError::BlankPicture.to_string()),
    }
}

/// Gives a library without categories those that the model knows.
///
/// # Errors
/// Fails where the library cannot be read or written.
pub fn start_categories(library: &Library, model: &Model) -> Result<(), CatalogError> {
    if library.is_read_only() || library.category_tree()?.named().next().is_some() {
        return Ok(());
    }
    library.adopt_model(&model_info(model))
}

/// The image of `library` that the file at `path` is, if it is one.
///
/// # Errors
/// Fails where the library cannot be read.
pub fn find_in_library(library: &Library, path: &Path) -> Result<Option<ImageId>, CatalogError> {
    if let Ok(full) = path.canonicalize()
        && let Ok(relative) = full.strip_prefix(library.root())
        && let Some(image) = library.find_image(relative)?
    {
        return Ok(Some(image));
    }
    // A link below the library's folder is an image there, wherever it leads. One to a file that is
    // not there any more can still be asked for.
    let Ok(full) = path::absolute(path) else { return Ok(None) };
    let is_root = |folder: &&Path| folder.canonicalize().is_ok_and(|full| full == library.root());
    match full.ancestors().find(is_root).and_then(|root| full.strip_prefix(root).ok()) {
        Some(relative) => library.find_image(relative),
        None => Ok(None),
    }
}
