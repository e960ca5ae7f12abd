//! `semblance choose`: how images of a library are read.

use std::path::Path;

use anyhow::Context as _;
use serde::Serialize;

use super::arguments::{ChooseArguments, OrAuto};
use super::library::find_library;
use super::{Outcome, Output};
use crate::catalog::{ChoiceChange, Library};
use crate::micrograph::{DataBar, ReadChoice};
use crate::ops::find_in_library;

#[derive(Serialize)]
struct Row {
    path: String,
    page: Option<u32>,
    data_bar_px: Option<DataBar>,
    images_to_classify_again: usize,
    error: Option<String>,
}

pub(super) fn run(arguments: &ChooseArguments, output: &mut Output) -> anyhow::Result<Outcome> {
    let library = find_library(arguments.library.as_deref(), &arguments.paths)?.context(
        "These files belong to no library: give it with --library LIB, \
         or open their folder in the window first",
    )?;
    let (mut done, mut failed) = (0, 0);
    for path in &arguments.paths {
        let outcome = choose(&library, path, arguments);
        let path = path.display().to_string();
        let row = match outcome {
            Ok((choice, images)) => {
                done += 1;
                Row {
                    path,
                    page: choice.page,
                    data_bar_px: choice.data_bar,
                    images_to_classify_again: images,
                    error: None,
                }
            }
            Err(error) => {
                failed += 1;
                let error = Some(format!("{error:#}"));
                Row { path, page: None, data_bar_px: None, images_to_classify_again: 0, error }
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

/// Makes the changes asked for; gives what holds now, and how many images it concerns.
fn choose(
    library: &Library,
    path: &Path,
    arguments: &ChooseArguments,
) -> anyhow::Result<(ReadChoice, usize)> {
    if path.is_dir() {
        return choose_for_folder(library, path, arguments);
    }
    let image = find_in_library(library, path)?
        .with_context(|| format!("The library has no such image: {}", path.display()))?;
    let mut images = 0;
    if let Some(page) = arguments.page {
        let change = ChoiceChange::Page { image, page: page.chosen() };
        images = library.change_choice(&change)?.images.len();
    }
    if let Some(bar) = arguments.data_bar {
        let change = ChoiceChange::DataBar { image, data_bar: bar.chosen() };
        images = library.change_choice(&change)?.images.len();
    }
    Ok((library.read_choice(image)?, images))
}

fn choose_for_folder(
    library: &Library,
    path: &Path,
    arguments: &ChooseArguments,
) -> anyhow::Result<(ReadChoice, usize)> {
    anyhow::ensure!(arguments.page.is_none(), "A page is chosen for files, not for a folder");
    let bar = arguments.data_bar.context("Say which data bar: --data-bar TOP,BOTTOM or auto")?;
    let size_px = arguments.size.context(
        "Say of which images in the folder: --size WIDTHxHEIGHT, as semblance inspect gives it",
    )?;
    let full = path.canonicalize()?;
    let relative = full
        .strip_prefix(library.root())
        .with_context(|| format!("The folder is not in the library: {}", path.display()))?;
    let parts: Vec<_> = relative.iter().map(|part| part.to_string_lossy()).collect();
    let change =
        ChoiceChange::FolderDataBar { folder: parts.join("/"), size_px, data_bar: bar.chosen() };
    let changed = library.change_choice(&change)?;
    let choice = ReadChoice { data_bar: bar.chosen(), ..ReadChoice::default() };
    Ok((choice, changed.images.len()))
}

fn describe(row: &Row) -> String {
    if let Some(error) = &row.error {
        return format!("{}\terror: {error}", row.path);
    }
    let page = row.page.map_or_else(|| "auto".to_owned(), |page| page.to_string());
    let bar = row.data_bar_px.map_or_else(
        || "auto".to_owned(),
        |bar| format!("{} px at the top, {} px at the bottom", bar.top, bar.bottom),
    );
    format!("{}\tpage: {page}\tdata bar: {bar}", row.path)
}

impl<T: Copy> OrAuto<T> {
    fn chosen(self) -> Option<T> {
        match self {
            Self::Auto => None,
            Self::Chosen(value) => Some(value),
        }
    }
}
