//! `semblance choose`: how images of a library are read.

use std::path::Path;

use anyhow::Context as _;
use serde::Serialize;

use super::arguments::ChooseArguments;
use super::inspect::describe_bar;
use super::library::find_library;
use super::{Outcome, Output};
use crate::catalog::{ChoiceChange, Library};
use crate::micrograph::{DataBar, SizedDataBar};
use crate::ops::{FileToRead, find_in_library, image_count, inspect};

/// What holds for a file or a folder now.
#[derive(Serialize)]
struct Row {
    path: String,
    #[serde(flatten)]
    holds: Holding,
    images_to_classify_again: usize,
    error: Option<String>,
}

/// A file's own choices, and the data bar that its folder gives to images of its size; for a folder,
/// the data bars that hold in it.
#[derive(Default, Serialize)]
struct Holding {
    page: Option<u32>,
    data_bar_px: Option<DataBar>,
    folder_data_bars: Vec<SizedDataBar>,
    #[serde(skip)]
    is_folder: bool,
}

pub(super) fn run(arguments: &ChooseArguments, output: &mut Output) -> anyhow::Result<Outcome> {
    let library = find_library(arguments.library.as_deref(), &arguments.paths)?;
    let library = library.with_context(|| match arguments.paths.iter().find(|p| !p.exists()) {
        Some(missing) => format!("There is no such file or folder: {}", missing.display()),
        None => "These files belong to no library yet. Make one with `semblance classify \
                 --library FOLDER`, or open their folder in the window; or give another with \
                 --library LIB"
            .to_owned(),
    })?;
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
    let image = find_in_library(library, path)?.with_context(|| match path.exists() {
        true => format!("The library has no such image: {}", path.display()),
        false => format!("There is no such file or folder: {}", path.display()),
    })?;
    anyhow::ensure!(arguments.size.is_none(), "--size is for folders: a file has its own");
    let page = arguments.page.map(|page| ChoiceChange::Page { image, page: page.chosen() });
    let bar = arguments.data_bar;
    let bar = bar.map(|bar| ChoiceChange::DataBar { image, data_bar: bar.chosen() });
    let changes: Vec<ChoiceChange> = page.into_iter().chain(bar).collect();

    let mut choice = library.read_choice(image)?;
    for change in &changes {
        match change {
            ChoiceChange::Page { page, .. } => choice.page = *page,
            ChoiceChange::DataBar { data_bar, .. } => choice.data_bar = *data_bar,
            ChoiceChange::FolderDataBar { .. } => {}
        }
    }
    // Tried before it is kept: a choice that cannot be would make the image unreadable.
    let file = FileToRead { path: path.to_owned(), choice: choice.clone() };
    let seen = inspect(&file, arguments.limit.bytes(), false);
    let is_own = choice.page.is_some() || choice.data_bar.is_some();
    if let Some(error) = seen.error.filter(|_| is_own && !changes.is_empty()) {
        anyhow::bail!(error);
    }
    let images = library.change_choices(&changes)?.unclassified.len();
    let size_px =
        seen.width_px.zip(seen.height_px).map(|(width_px, height_px)| [width_px, height_px]);
    let of_size = |bar: &&SizedDataBar| size_px == Some(bar.size_px);
    let folder_data_bars = choice.folder_data_bars.iter().find(of_size).copied();
    let holds = Holding {
        page: choice.page,
        data_bar_px: choice.data_bar,
        folder_data_bars: folder_data_bars.into_iter().collect(),
        is_folder: false,
    };
    Ok((holds, images))
}

fn choose_for_folder(
    library: &Library,
    path: &Path,
    arguments: &ChooseArguments,
) -> anyhow::Result<(Holding, usize)> {
    anyhow::ensure!(arguments.page.is_none(), "A page is chosen for files, not for a folder");
    anyhow::ensure!(
        arguments.size.is_none() || arguments.data_bar.is_some(),
        "Say which data bar images of this size have: --data-bar TOP,BOTTOM or auto"
    );
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
        images = library.change_choices(&[change])?.unclassified.len();
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
        count => parts.push(format!("{} to classify again", image_count(count))),
    }
    parts.join("\t")
}
