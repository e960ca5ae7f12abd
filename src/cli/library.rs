//! What several commands need: the library, the model and the backbone that are meant.

use std::path::Path;

use anyhow::Context as _;

use super::arguments::{EngineArguments, LabelledArguments};
use crate::catalog::{Library, LibraryPlace};
use crate::classifier::{Backbone, Model};
use crate::micrograph::READABLE_EXTENSIONS;
use crate::ops::{LabelledSet, MODEL_SETTING, PipelineOptions};

/// The model used where nothing else is said.
const DEFAULT_MODEL: &str = "starter";

/// The library at `asked`, made and scanned where it is new; or that of the folder one stands in.
pub(super) fn find_library(asked: Option<&Path>) -> anyhow::Result<Option<Library>> {
    match asked {
        Some(path) => open_scanned(path).map(Some),
        None => LibraryPlace::containing(&std::env::current_dir()?)
            .map(|place| Ok(Library::open(&place)?))
            .transpose(),
    }
}

/// Opens the library at `path` and brings its list of images up to date.
pub(super) fn open_scanned(path: &Path) -> anyhow::Result<Library> {
    let place = match LibraryPlace::containing(path) {
        Some(place) => place,
        None => LibraryPlace::for_folder(path)?,
    };
    let library = Library::open(&place)?;
    library.scan(&READABLE_EXTENSIONS, &mut |_| true)?;
    Ok(library)
}

/// The model asked for; else the library's; else the starter model.
pub(super) fn find_model(asked: Option<&str>, library: Option<&Library>) -> anyhow::Result<Model> {
    let of_library = library.map(|library| library.setting(MODEL_SETTING)).transpose()?.flatten();
    let name = asked.map(str::to_owned).or(of_library).unwrap_or_else(|| DEFAULT_MODEL.to_owned());
    Ok(Model::find(&name)?)
}

/// The backbone, and how to run it, as asked; refused where `model` takes another one's features.
pub(super) fn find_backbone(
    arguments: &EngineArguments,
    model: Option<&Model>,
) -> anyhow::Result<(Backbone, PipelineOptions)> {
    let backbone = Backbone::built_in(arguments.threads)?;
    if let Some(model) = model {
        model.require_backbone(&backbone)?;
    }
    let mut options =
        PipelineOptions { limit_bytes: arguments.limit.bytes(), ..Default::default() };
    options.workers =
        arguments.workers.unwrap_or_else(|| (options.workers / arguments.threads).max(1));
    Ok((backbone, options))
}

/// The labelled images asked for.
pub(super) fn labelled_set(arguments: &LabelledArguments) -> anyhow::Result<LabelledSet> {
    let manifest = arguments.manifest.as_deref();
    let set = match (&arguments.images, &arguments.library) {
        (Some(folder), _) => LabelledSet::from_folders(folder, manifest)?,
        (None, library) => {
            let library = find_library(library.as_deref())?
                .context("Say where labelled images are: --images DIR or --library LIB")?;
            LabelledSet::from_library(&library, manifest)?
        }
    };
    Ok(set)
}
