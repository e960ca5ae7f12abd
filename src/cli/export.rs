//! `semblance export`

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};

use serde::Serialize;

use super::arguments::{ExportArguments, ExportFormat, ExportHdf5Arguments};
use super::library::{find_backbone, find_library, find_model, require_images};
use super::{Outcome, Output};
use crate::catalog::{Library, View};
use crate::micrograph::ReadChoice;
use crate::ops::{
    ExportHdf5, ExportItem, ExportedFile, FileToRead, expand_paths, export_hdf5, file_of,
    find_in_library,
};

/// One line of `semblance export hdf5 --json`.
#[derive(Serialize)]
struct Row {
    path: String,
    hdf5: Option<String>,
    error: Option<String>,
}

pub(super) fn run(arguments: &ExportArguments, output: &mut Output) -> anyhow::Result<Outcome> {
    match &arguments.format {
        ExportFormat::Hdf5(arguments) => hdf5(arguments, output),
    }
}

fn hdf5(arguments: &ExportHdf5Arguments, output: &mut Output) -> anyhow::Result<Outcome> {
    let library = find_library(arguments.library.as_deref(), &arguments.paths)?;
    require_images(library.as_ref(), &arguments.paths)?;
    let items = items(library.as_ref(), &arguments.paths, &arguments.choice.read_choice())?;
    arguments.choice.require_no_library(items.iter().any(|item| item.image.is_some()))?;
    if items.is_empty() {
        output.message("There is nothing to export");
        return Ok(Outcome::NothingDone);
    }
    let model = find_model(arguments.model.as_deref(), library.as_ref())?;
    let (backbone, options) = find_backbone(&arguments.engine, Some(&model))?;
    let export = ExportHdf5 {
        out: &arguments.out,
        library: library.as_ref(),
        model: &model,
        backbone: &backbone,
        options,
    };

    let cancel = AtomicBool::new(false);
    let (mut done, mut failed, mut failure) = (0, 0, None);
    export_hdf5(&items, &export, &cancel, &mut |file| {
        match &file.outcome {
            Ok(_) => done += 1,
            Err(_) => failed += 1,
        }
        if let Err(error) = print(&file, arguments.json, output) {
            cancel.store(true, Ordering::Relaxed);
            failure.get_or_insert(error);
        }
        output.progress("Exported", done + failed, items.len());
    })
    .map_err(anyhow::Error::msg)?;
    failure.map_or(Ok(()), Err)?;
    output.message(&format!("{done} files written, {failed} failed: {}", arguments.out.display()));
    Ok(Outcome::of(done, failed))
}

fn items(
    library: Option<&Library>,
    paths: &[PathBuf],
    choice: &ReadChoice,
) -> anyhow::Result<Vec<ExportItem>> {
    if let (Some(library), true) = (library, paths.is_empty()) {
        let images = library.image_ids(&View::default())?.into_iter();
        return images
            .map(|image| Ok(ExportItem { file: file_of(library, image)?, image: Some(image) }))
            .collect();
    }
    expand_paths(paths)
        .into_iter()
        .map(|path| {
            let image = library.map(|library| find_in_library(library, &path)).transpose()?;
            let image = image.flatten();
            let choice = match (library, image) {
                (Some(library), Some(image)) => library.read_choice(image)?,
                _ => choice.clone(),
            };
            Ok(ExportItem { file: FileToRead { path, choice }, image })
        })
        .collect()
}

fn print(file: &ExportedFile, json: bool, output: &mut Output) -> anyhow::Result<()> {
    let path = file.path.display().to_string();
    if json {
        let hdf5 = file.outcome.as_ref().ok().map(|path| path.display().to_string());
        let error = file.outcome.as_ref().err().cloned();
        return output.json(&Row { path, hdf5, error });
    }
    if let Err(error) = &file.outcome {
        output.line(&format!("{path}\terror: {error}"))?;
    }
    Ok(())
}
