//! `semblance choose`: how images of a library are read.

use std::path::Path;

use anyhow::Context as _;
use serde::Serialize;

use super::arguments::{ChooseArguments, OrAuto};
use super::inspect::describe_bar;
use super::library::find_library;
use super::{Outcome, Output};
use crate::catalog::{ChoiceChange, ImageId, Library};
use crate::micrograph::{DEFAULT_LIMIT_BYTES, DataBar, ReadChoice, SizedDataBar};
use crate::ops::{FileToRead, find_in_library, inspect};

/// What holds for a file or a folder now.
#[derive(Serialize)]
struct Row {
    path: String,
    #[serde(flatten)]
    holds: Holding,
    images_to_classify_again: usize,
    error: Option<String>,
}

/// A file's own choices, and what its folder gives; for a folder, the data bars chosen for it.
#[derive(Default, Serialize)]
struct Holding {
    page: Option<u32>,
    data_bar_px: Option<DataBar>,
    folder_data_bars: Vec<SizedDataBar>,
    #[serde(skip)]
    is_folder: bool,
}

pub(super) fn run(arguments: &ChooseArguments, output: &mut Output) -> anyhow::Result<Outcome> {
    if let Some(missing) = arguments.paths.iter().find(|path| !path.exists()) {
        anyhow::bail!("There is no such file or folder: {}", missing.display());
    }
    let library = find_library(arguments.library.as_deref(), &arguments.paths)?.context(
        "These files belong to no library yet. Make one with `semblance classify --library \
         FOLDER`, or open their folder in the window; or give another with --library LIB",
    )?;
    let (mut done, mut failed) = (0, 0);
    for path in &arguments.paths {
        let outcome = choose(&library, path, arguments);
        let path = path.display().to_string();
        let row = match outcome {
            Ok((holds, images)) => {
                done += 1;
                Row { path, holds, images_to_classify_again: images, error: None }
            }
            Err(error) => {
                failed += 1;
                let (holds, error) = (Holding::default(), Some(format!("{error:#}")));
                Row { path, holds, images_to_classify_again: 0, error }
            }
        };
        if arguments.json {
            output.json(&row)?;
        } else {
            output.line(&describe(&row))?;
        }
    }
    Ok(Outcome::of(done, failed))
}

/// Makes the changes asked for; gives what holds now, and how many images have to be classified
/// again.
fn choose(
    library: &Library,
    path: &Path,
    arguments: &ChooseArguments,
) -> anyhow::Result<(Holding, usize)> {
    if path.is_dir() {
        return choose_for_folder(library, path, arguments);
    }
    let image = find_in_library(library, path)?
        .with_context(|| format!("The library has no such image: {}", path.display()))?;
    let chosen_page = arguments.page.and_then(OrAuto::chosen);
    let chosen_bar = arguments.data_bar.and_then(OrAuto::chosen);
    if chosen_page.is_some() || chosen_bar.is_some() {
        // Tried before it is kept: a choice that cannot be would make the image unreadable.
        let page = chosen_page.or(library.read_choice(image)?.page);
        let choice = ReadChoice { page, data_bar: chosen_bar, ..ReadChoice::default() };
        let file = FileToRead { path: path.to_owned(), choice };
        if let Some(error) = inspect(&file, DEFAULT_LIMIT_BYTES, false).error {
            anyhow::bail!(error);
        }
    }
    let page = arguments.page.map(|page| ChoiceChange::Page { image, page: page.chosen() });
    let bar = arguments.data_bar;
    let bar = bar.map(|bar| ChoiceChange::DataBar { image, data_bar: bar.chosen() });
    let changes: Vec<ChoiceChange> = page.into_iter().chain(bar).collect();
    let images = library.change_choices(&changes)?.images.len();
    let choice = library.read_choice(image)?;
    let size_px = size_of(library, image)?;
    let is_its = |bar: &SizedDataBar| size_px.is_none_or(|size_px| bar.size_px == size_px);
    let folder_data_bars = choice.folder_data_bars.iter().copied().filter(is_its).collect();
    let (page, data_bar_px) = (choice.page, choice.data_bar);
    Ok((Holding { page, data_bar_px, folder_data_bars, is_folder: false }, images))
}

/// The size of an image that was read before.
fn size_of(library: &Library, image: ImageId) -> anyhow::Result<Option<[u32; 2]>> {
    let row = library.rows(&[image])?.pop();
    Ok(row.and_then(|row| Some([row.width_px?, row.height_px?])))
}

fn choose_for_folder(
    library: &Library,
    path: &Path,
    arguments: &ChooseArguments,
) -> anyhow::Result<(Holding, usize)> {
    anyhow::ensure!(arguments.page.is_none(), "A page is chosen for files, not for a folder");
    let full = path.canonicalize()?;
    let relative = full
        .strip_prefix(library.root())
        .with_context(|| format!("The folder is not in the library: {}", path.display()))?;
    let parts: Vec<_> = relative.iter().map(|part| part.to_string_lossy()).collect();
    let folder = parts.join("/");
    let mut images = 0;
    if let Some(bar) = arguments.data_bar {
        let size_px = arguments.size.context(
            "Say of which images in the folder: --size WIDTHxHEIGHT, as semblance inspect gives it",
        )?;
        let data_bar = bar.chosen();
        if let Some(bar) = data_bar {
            bar.check(size_px[1])?;
        }
        let change = ChoiceChange::FolderDataBar { folder: folder.clone(), size_px, data_bar };
        images = library.change_choices(&[change])?.images.len();
    }
    let folder_data_bars = library.folder_data_bars(&folder)?;
    Ok((Holding { folder_data_bars, is_folder: true, ..Holding::default() }, images))
}

fn describe(row: &Row) -> String {
    if let Some(error) = &row.error {
        return format!("{}\terror: {error}", row.path);
    }
    let Holding { page, data_bar_px, folder_data_bars, is_folder } = &row.holds;
    let of_folder = folder_data_bars.iter().map(|SizedDataBar { size_px: [w, h], data_bar }| {
        format!("{} for images of {w}×{h} px", describe_bar(*data_bar))
    });
    let mut parts = vec![row.path.clone()];
    if *is_folder {
        parts.extend(of_folder.map(|bar| format!("data bar: {bar}")));
        if folder_data_bars.is_empty() {
            parts.push("data bar: auto".to_owned());
        }
    } else {
        let page = page.map_or_else(|| "auto".to_owned(), |page| page.to_string());
        parts.push(format!("page: {page}"));
        let own = data_bar_px.map(describe_bar);
        let folders = folder_data_bars
            .first()
            .map(|bar| format!("{}, as chosen for its folder", describe_bar(bar.data_bar)));
        parts.push(format!("data bar: {}", own.or(folders).unwrap_or_else(|| "auto".to_owned())));
    }
    match row.images_to_classify_again {
        0 => {}
        1 => parts.push("1 image to classify again".to_owned()),
        count => parts.push(format!("{count} images to classify again")),
    }
    parts.join("\t")
}

impl<T: Copy> OrAuto<T> {
    fn chosen(self) -> Option<T> {
        match self {
            Self::Auto => None,
            Self::Chosen(value) => Some(value),
        }
    }
}
