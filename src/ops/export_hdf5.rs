//! Writing images with all that is known about them as HDF5.

use std::collections::HashSet;
use std::fs;
use std::path::{Component, Path, PathBuf};
use std::sync::atomic::AtomicBool;

use super::FileToRead;
use super::parallel::in_order;
use super::pipeline::PipelineOptions;
use crate::catalog::{ImageId, Library, NamedLabel};
use crate::classifier::{Backbone, CategoryScore, Model, ModelError};
use crate::export::{
    AnnotatedMicrograph, Classification, HumanLabel, SourceInfo, exported_sha256, write_hdf5,
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
    let targets = target_names(&names_below(items, export.library)?);
    let work = |index: usize| {
        let item = &items[index];
        let target = export.out.join(&targets[index]);
        export_one(item, item.image.and_then(label_of), &target, export).map(|()| target)
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
    let scored = scores_of(item, &micrograph, export)?;
    let file_name = item.file.path.file_name().map(|name| name.to_string_lossy().into_owned());
    let labelled_at = label.map(|named| named.label.at.to_string());
    let sha256 = source.sha256();
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
        human_label: label.zip(labelled_at.as_deref()).map(|(named, at)| HumanLabel {
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

/// The stored prediction, or a new one where none is stored; none of a blank picture.
fn scores_of(
    item: &ExportItem,
    micrograph: &Micrograph,
    export: &ExportHdf5<'_>,
) -> Result<Option<Scored>, String> {
    let model = export.model;
    let temperature = model.manifest().temperature;
    let stored = match (export.library, item.image) {
        (Some(library), Some(image)) => library.prediction(image).map_err(|e| e.to_string())?,
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
        let features = export.backbone.features(export.backbone.prepare(micrograph)?)?;
        model.classify(&features)
    };
    let scores = match classify() {
        Ok(scores) => scores,
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

/// Where images are below what they belong to: a library's by their paths in it, others by their
/// paths below the folder that all of them have in common.
fn names_below(items: &[ExportItem], library: Option<&Library>) -> Result<Vec<PathBuf>, String> {
    let others = items.iter().filter(|item| item.image.is_none());
    let common = common_folder(others.map(|item| item.file.path.as_path()));
    let below = |path: &Path, root: &Path| path.strip_prefix(root).unwrap_or(path).to_owned();
    let name = |item: &ExportItem| -> Result<PathBuf, String> {
        match (library, item.image) {
            (Some(library), Some(image)) => {
                let mut places = library.places(image).map_err(|error| error.to_string())?;
                let given = places.iter().position(|place| item.file.path.ends_with(place));
                Ok(places.swap_remove(given.unwrap_or(0)))
            }
            _ => Ok(below(&item.file.path, &common)),
        }
    };
    items.iter().map(|item| Ok(with_page(name(item)?, item.file.choice.page))).collect()
}

/// A page that was chosen is in the name: another page of the file is another image.
fn with_page(name: PathBuf, page: Option<u32>) -> PathBuf {
    let Some(page) = page else { return name };
    let mut stem = name.file_stem().unwrap_or_default().to_owned();
    stem.push(format!("-page{page}"));
    if let Some(extension) = name.extension() {
        stem.push(".");
        stem.push(extension);
    }
    name.with_file_name(stem)
}

/// Names of the HDF5 files below the folder of the export: the images' own ones, ending in `.h5`.
/// Two images that differ only in their ending keep it, and what still has the same name is
/// numbered: no file of an export replaces another.
fn target_names(images: &[PathBuf]) -> Vec<PathBuf> {
    let mut taken = HashSet::new();
    images
        .iter()
        .map(|image| {
            // HDF5 takes file names in UTF-8 alone.
            let below: PathBuf = image
                .components()
                .filter(|part| matches!(part, Component::Normal(_)))
                .map(|part| part.as_os_str().to_string_lossy().into_owned())
                .collect();
            let ending_in = |ending: &str| {
                let mut name = below.clone().into_os_string();
                name.push(ending);
                PathBuf::from(name)
            };
            let mut name = below.with_extension("h5");
            for copy in 1_u32.. {
                if taken.insert(name.clone()) {
                    break;
                }
                name = match copy {
                    1 => ending_in(".h5"),
                    _ => ending_in(&format!("-{copy}.h5")),
                };
            }
            name
        })
        .collect()
}

fn common_folder<'a>(files: impl Iterator<Item = &'a Path>) -> PathBuf {
    let mut folders = files.map(|file| file.parent().unwrap_or(Path::new("")));
    let Some(first) = folders.next() else { return PathBuf::new() };
    folders.fold(first.to_owned(), |common, folder| {
        common
            .components()
            .zip(folder.components())
            .take_while(|(a, b)| a == b)
            .map(|(a, _)| a)
            .collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::micrograph::ReadChoice;

    fn names(paths: &[&str]) -> Vec<String> {
        let items: Vec<ExportItem> = paths
            .iter()
            .map(|path| ExportItem {
                file: FileToRead { path: PathBuf::from(path), choice: ReadChoice::default() },
                image: None,
            })
            .collect();
        let names = names_below(&items, None).unwrap();
        target_names(&names).iter().map(|name| name.display().to_string()).collect()
    }

    #[test]
    fn files_keep_their_folders_below_what_all_have_in_common() {
        assert_eq!(names(&["/data/a/1.tif", "/data/b/1.tif"]), ["a/1.h5", "b/1.h5"]);
        assert_eq!(names(&["/data/a/1.tif"]), ["1.h5"]);
    }

    #[test]
    fn images_that_differ_in_their_ending_do_not_overwrite_each_other() {
        assert_eq!(names(&["a/1.tif", "a/1.png"]), ["1.h5", "1.png.h5"]);
    }

    #[test]
    fn no_two_images_are_given_the_same_name() {
        assert_eq!(
            names(&["a/1.tif.png", "a/1.png", "a/1.tif", "a/1.tif"]),
            ["1.tif.h5", "1.h5", "1.tif-2.h5", "1.tif-3.h5"]
        );
    }

    #[test]
    fn nothing_is_written_outside_the_folder() {
        assert_eq!(names(&["../1.tif", "b/2.tif"]), ["1.h5", "b/2.h5"]);
    }
}
