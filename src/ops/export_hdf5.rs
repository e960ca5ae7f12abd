//! Writing images with all that is known about them as HDF5.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use super::FileToRead;
use super::model_info::current_categories;
use super::parallel::in_order;
use super::pipeline::PipelineOptions;
use super::target_names::target_names;
use crate::catalog::{CatalogError, ImageId, Library, NamedLabel};
use crate::classifier::{Backbone, CategoryScore, Model, ModelError, ranked};
use crate::export::{
    AnnotatedMicrograph, Classification, GivenLabel, SourceInfo, exported_sha256, write_hdf5,
};
use crate::micrograph::{self, Micrograph, ReadOptions, SourceFile};

/// An image to export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportItem {
    /// The file, and how it is to be read.
    pub file: FileToRead,
    /// The image in the library, where it is in one.
    pub image: Option<ImageId>,
}

/// What an export works with.
pub struct ExportHdf5<'a> {
    /// Folder to write into.
    pub out: &'a Path,
    /// Labels and stored predictions.
    pub library: Option<&'a Library>,
    /// Classifies images that have no stored prediction.
    pub model: &'a Model,
    /// The model's backbone.
    pub backbone: &'a Backbone,
    /// Files in work at once, and limits.
    pub options: PipelineOptions,
}

/// What became of one image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportedFile {
    /// The image's file.
    pub path: PathBuf,
    /// The HDF5 file, or why there is none.
    pub outcome: Result<PathBuf, String>,
}

/// Writes one HDF5 file an image, in folders like those of the images, and hands each outcome to
/// `on_file` in order. A file of an earlier export of an image with the same content is replaced,
/// any other is left alone.
///
/// # Errors
/// Fails only where the labels cannot be read or the folder cannot be made.
pub fn export_hdf5(
    items: &[ExportItem],
    export: &ExportHdf5<'_>,
    cancel: &AtomicBool,
    on_file: &mut dyn FnMut(ExportedFile),
) -> Result<(), String> {
    fs::create_dir_all(export.out)
        .map_err(|error| format!("Cannot make the folder: {error}: {}", export.out.display()))?;
    let mut labels = match export.library {
        Some(library) => library.named_labels().map_err(|error| error.to_string())?,
        None => Vec::new(),
    };
    labels.sort_by_key(|label| label.image);
    let label_of = |image: ImageId| {
        labels.binary_search_by_key(&image, |label| label.image).ok().map(|at| &labels[at])
    };
    let targets = target_names(items, export.library, "h5")?;
    let work = |index: usize| {
        let item = &items[index];
        let target = export.out.join(&targets[index]);
        let label = item.image.and_then(label_of);
        export_one(item, label, &target, export).map(|()| target)
    };
    in_order(items.len(), export.options.workers, cancel, &work, &mut |index, outcome| {
        on_file(ExportedFile { path: items[index].file.path.clone(), outcome });
    });
    Ok(())
}

fn export_one(
    item: &ExportItem,
    label: Option<&NamedLabel>,
    target: &Path,
    export: &ExportHdf5<'_>,
) -> Result<(), String> {
    let limit_bytes = export.options.limit_bytes;
    let source =
        SourceFile::open(&item.file.path, limit_bytes).map_err(|error| error.to_string())?;
    let options = ReadOptions { limit_bytes, choice: item.file.choice.clone() };
    let micrograph = micrograph::read(&source, &options).map_err(|error| error.to_string())?;
    let sha256 = source.sha256().map_err(|error| error.to_string())?;
    // What the library knows of the image is about the bytes that it knows.
    let is_known = match (export.library, item.image) {
        (Some(library), Some(image)) => holds_what_is_known(library, image, &source, &sha256)
            .map_err(|error| error.to_string())?,
        _ => false,
    };
    let label = label.filter(|_| is_known);
    let scored = scores_of(item, is_known, &micrograph, export)?;
    let file_name = item.file.path.file_name().map(|name| name.to_string_lossy().into_owned());
    let labelled_at = label.map(|named| named.label.at.to_string());
    let annotated = AnnotatedMicrograph {
        micrograph: &micrograph,
        source: SourceInfo { file_name: file_name.as_deref().unwrap_or_default(), sha256: &sha256 },
        classification: scored.as_ref().map(|scored| Classification {
            program_version: scored.program_version,
            model_name: &scored.model_name,
            model_sha256: &scored.model_sha256,
            categories: &scored.categories,
            temperature: scored.temperature,
            scores: &scored.scores,
            at: &scored.at,
        }),
        label: label.zip(labelled_at.as_deref()).map(|(named, at)| GivenLabel {
            is_automatic: named.label.is_automatic(),
            source: named.label.source.as_str(),
            answer: named.label.value.answer.as_str(),
            category: named.name.as_ref().map(|name| name.category.as_str()),
            second_category: named.second_category.as_deref(),
            subcategory: named.name.as_ref().and_then(|name| name.subcategory.as_deref()),
            note: named.mark.note.as_deref(),
            user: &named.label.by,
            at,
        }),
    };
    if let Some(folder) = target.parent() {
        fs::create_dir_all(folder)
            .map_err(|error| format!("Cannot make the folder: {error}: {}", folder.display()))?;
    }
    if target.exists() {
        let foreign = match exported_sha256(target) {
            Some(exported) if exported == sha256 => None,
            Some(_) => Some("was made from another image, or before the image was changed"),
            None => Some("was not written by Semblance"),
        };
        if let Some(foreign) = foreign {
            return Err(format!(
                "A file of this name is there that {foreign}; move it away, or export into \
                 another folder: {}",
                target.display()
            ));
        }
    }
    write_hdf5(target, &annotated).map_err(|error| error.to_string())
}

struct Scored {
    /// Unknown for a stored prediction.
    program_version: Option<&'static str>,
    model_name: String,
    model_sha256: String,
    categories: Vec<String>,
    temperature: Option<f32>,
    scores: Vec<CategoryScore>,
    at: String,
}

/// Whether the file is what the library knows of the image: by its bytes or, where they were not read
/// yet, by its size and time.
fn holds_what_is_known(
    library: &Library,
    image: ImageId,
    source: &SourceFile,
    sha256: &str,
) -> Result<bool, CatalogError> {
    let known = library.many_rows(&[image])?.pop().and_then(|row| row.content_sha256);
    match known {
        Some(known) => Ok(known == sha256),
        None => library.is_unchanged(image, source.stamp()),
    }
}

/// The stored prediction, or a new one where none is stored; none of a blank picture.
fn scores_of(
    item: &ExportItem,
    is_known: bool,
    micrograph: &Micrograph,
    export: &ExportHdf5<'_>,
) -> Result<Option<Scored>, String> {
    let model = export.model;
    let temperature = model.manifest().temperature;
    let stored = match (export.library, item.image) {
        (Some(library), Some(image)) if is_known => {
            library.prediction(image).map_err(|e| e.to_string())?
        }
        _ => None,
    };
    if let Some(stored) = stored {
        let scores = stored.scores.into_iter();
        return Ok(Some(Scored {
            program_version: None,
            temperature: (stored.model.sha256 == model.sha256()).then_some(temperature),
            model_name: stored.model.name,
            model_sha256: stored.model.sha256,
            categories: stored.model.categories,
            scores: scores.map(|(category, score)| CategoryScore { category, score }).collect(),
            at: stored.at.to_string(),
        }));
    }
    let classify = || {
        let features = export.backbone.features(&export.backbone.prepare(micrograph)?)?;
        model.scores(&features, export.backbone.nm_per_input_px(micrograph))
    };
    let scores = match classify() {
        Ok(scores) => {
            let library = export.library.filter(|_| item.image.is_some());
            let current = current_categories(model, library).map_err(|error| error.to_string())?;
            ranked(current.names(), &current.add_up(&scores))
        }
        Err(ModelError::BlankPicture) => return Ok(None),
        Err(error) => return Err(error.to_string()),
    };
    Ok(Some(Scored {
        program_version: Some(env!("CARGO_PKG_VERSION")),
        model_name: model.name().to_owned(),
        model_sha256: model.sha256().to_owned(),
        categories: model.categories().to_vec(),
        temperature: Some(temperature),
        scores,
        at: jiff::Timestamp::now().to_string(),
    }))
}
