//! What several commands need: the library, the model and the backbone that are meant.

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use anyhow::Context as _;

use super::Output;
use super::arguments::{EngineArguments, LabelledArguments};
use crate::cache::Cache;
use crate::catalog::{Filter, Library, LibraryPlace, View};
use crate::classifier::{Backbone, Model};
use crate::micrograph::READABLE_EXTENSIONS;
use crate::ops::{
    LabelledSet, MODEL_SETTING, PipelineOptions, find_near_duplicates, read_for_comparing,
};
use crate::session::LogIn;

/// Between two backups that commands make.
const A_DAY: Duration = Duration::from_hours(24);

/// How long a command that decides waits for another one to end.
const PATIENCE: Duration = Duration::from_secs(2);
const PAUSE: Duration = Duration::from_millis(20);

/// The model used where nothing else is said.
const DEFAULT_MODEL: &str = "starter";

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
        library.scan(&READABLE_EXTENSIONS, &mut |_| true)?;
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

/// The labelled images asked for. Where they are to be split, near-duplicates among a library's are
/// looked for first, which `progress` tells of.
pub(super) fn labelled_set(
    arguments: &LabelledArguments,
    progress: Option<&mut Output>,
) -> anyhow::Result<LabelledSet> {
    let manifest = arguments.manifest.as_deref();
    let set = match (&arguments.images, &arguments.library) {
        (Some(folder), _) => LabelledSet::from_folders(folder, manifest)?,
        (None, library) => {
            let library = find_library(library.as_deref(), &[])?
                .context("Say where labelled images are: --images DIR or --library LIB")?;
            if let Some(output) = progress.filter(|_| !library.is_read_only()) {
                compare_labelled(&library, output)?;
            }
            LabelledSet::from_library(&library, manifest)?
        }
    };
    Ok(set)
}

/// Brings up to date which labelled images show nearly the same.
fn compare_labelled(library: &Library, output: &mut Output) -> anyhow::Result<()> {
    let cache = Cache::open(&library.cache_directory());
    let view = View { filter: Filter::Labelled, ..View::default() };
    let (images, workers) = (library.image_ids(&view)?, PipelineOptions::default().workers);
    let cancel = AtomicBool::new(false);
    // What cannot be read is told of by what reads it next.
    read_for_comparing(library, &cache, images, workers, &cancel, &mut |done, total| {
        output.progress("Compared", done, total);
    })?;
    find_near_duplicates(library, &cache, &Backbone::built_in(1)?, &cancel)?;
    Ok(())
}
