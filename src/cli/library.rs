//! What several commands need: the library, the model and the backbone that are meant.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::Context as _;

use super::Output;
use super::arguments::{EngineArguments, LabelledArguments};
use crate::cache::Cache;
use crate::catalog::{Library, LibraryPlace};
use crate::classifier::{Backbone, Model};
use crate::micrograph::READABLE_EXTENSIONS;
use crate::ops::{LabelledSet, PipelineOptions, find_model_in, model_or_in_use};
use crate::session::LogIn;

/// Between two backups that commands make.
const A_DAY: Duration = Duration::from_hours(24);

/// How long a command that decides waits for another one to end.
const PATIENCE: Duration = Duration::from_secs(2);
const PAUSE: Duration = Duration::from_millis(20);

/// The library at `asked`, made where it is new; or that of the folder one stands in, if it has
/// one; or that of the first path. Its list of images is brought up to date where `paths` does not
/// say which are meant.
pub(super) fn find_library(
    asked: Option<&Path>,
    paths: &[PathBuf],
) -> anyhow::Result<Option<Library>> {
    let place = match asked {
        Some(path) => match LibraryPlace::containing(path) {
            Some(place) => Some(place),
            None => Some(LibraryPlace::for_folder(path)?),
        },
        None => LibraryPlace::containing(&std::env::current_dir()?)
            .or_else(|| paths.first().and_then(|path| LibraryPlace::containing(path))),
    };
    let Some(place) = place else { return Ok(None) };
    let library = open(&place)?;
    // One that another program has open is up to date by its doing.
    if !library.is_read_only()
        && (asked.is_some() || paths.is_empty() || paths.iter().any(|path| path.is_dir()))
    {
        let mut output = Output::new();
        for problem in library.scan(&READABLE_EXTENSIONS, &mut |_| true)?.problems {
            output.message(&problem);
        }
    }
    Ok(Some(library))
}

/// A library that is there: the one at `asked`, or of the folder one stands in. Its list of images
/// is taken as it is.
pub(super) fn open_existing(asked: Option<&Path>) -> anyhow::Result<Library> {
    let folder = match asked {
        Some(folder) => folder.to_owned(),
        None => std::env::current_dir()?,
    };
    let place = LibraryPlace::containing(&folder)
        .with_context(|| format!("There is no library here: {}", folder.display()))?;
    open(&place)
}

fn open(place: &LibraryPlace) -> anyhow::Result<Library> {
    let library = Library::open(place)?;
    if let Some(warning) = library.passed_over_warning() {
        Output::new().message(&warning);
    }
    Ok(library)
}

/// A library that is there, to decide something in it.
pub(super) fn open_to_decide(asked: Option<&Path>, output: &mut Output) -> anyhow::Result<Library> {
    let mut library = open_existing(asked)?;
    // Commands of a script hold it for moments each.
    let started = Instant::now();
    while library.is_read_only() && started.elapsed() < PATIENCE {
        std::thread::sleep(PAUSE);
        library = open_existing(asked)?;
    }
    back_up_daily(&library, output);
    Ok(library)
}

/// Backs a library up before something is decided in it, as opening the window does; but scripts
/// open it many times, so not more than once a day.
pub(super) fn back_up_daily(library: &Library, output: &mut Output) {
    if library.is_read_only() {
        return;
    }
    if let Err(error) = library.back_up_if_due(A_DAY) {
        output.message(&format!("There is no new backup: {error}"));
    }
}

/// Who decides: as asked, or who is logged in, where that is one person.
pub(super) fn who(asked: Option<&str>) -> anyhow::Result<String> {
    if let Some(name) = asked {
        anyhow::ensure!(!name.trim().is_empty(), "Say who decides: --by NAME");
        return Ok(name.trim().to_owned());
    }
    let log_in = LogIn::of_this_computer();
    anyhow::ensure!(
        !log_in.is_shared(),
        "Several people share the log-in {:?}: say who decides with --by NAME",
        log_in.name()
    );
    Ok(log_in.name().to_owned())
}

/// Refuses to begin where neither a library nor a path says which images are meant: a library of
/// whatever lies below the folder one stands in would be a surprise.
pub(super) fn require_images(library: Option<&Library>, paths: &[PathBuf]) -> anyhow::Result<()> {
    anyhow::ensure!(
        library.is_some() || !paths.is_empty(),
        "Say which images are meant: files, folders, or --library LIB (this folder has no library)"
    );
    Ok(())
}

/// The model of this name to the library of the folder one stands in, where it has one.
pub(super) fn find_model_here(name: &str) -> anyhow::Result<Model> {
    let place = LibraryPlace::containing(&std::env::current_dir()?);
    Ok(find_model_in(place.as_ref().map(|place| place.directory.as_path()), name)?)
}

/// The backbone that `model` takes its features from, and how to run it, as asked.
pub(super) fn find_backbone(
    arguments: &EngineArguments,
    model: &Model,
) -> anyhow::Result<(Backbone, PipelineOptions)> {
    Ok((model.backbone(arguments.threads)?, pipeline_options(arguments)))
}

/// How to run a backbone, as asked.
pub(super) fn pipeline_options(arguments: &EngineArguments) -> PipelineOptions {
    let mut options =
        PipelineOptions { limit_bytes: arguments.limit.bytes(), ..Default::default() };
    options.workers =
        arguments.workers.unwrap_or_else(|| (options.workers / arguments.threads).max(1));
    options
}

/// The backbone whose features a library's images have: that of the library's model.
pub(super) fn library_backbone(library: &Library) -> anyhow::Result<Backbone> {
    Ok(model_or_in_use(Some(library), None)?.backbone(1)?)
}

/// Labelled images, and where they are from.
pub(super) struct Labelled {
    pub(super) set: LabelledSet,
    /// The library's, or the user's.
    pub(super) cache: Cache,
    pub(super) library: Option<Library>,
}

/// The labelled images asked for.
pub(super) fn labelled(arguments: &LabelledArguments) -> anyhow::Result<Labelled> {
    let manifest = arguments.manifest.as_deref();
    if let Some(folder) = &arguments.images {
        let set = LabelledSet::from_folders(folder, manifest)?;
        return Ok(Labelled { set, cache: Cache::of_user(), library: None });
    }
    let library = find_library(arguments.library.as_deref(), &[])?
        .context("Say where labelled images are: --images DIR or --library LIB")?;
    let set = LabelledSet::from_library(&library, manifest)?;
    let cache = Cache::open(&library.cache_directory());
    Ok(Labelled { set, cache, library: Some(library) })
}
