//! `semblance export`

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use serde::Serialize;
use serde_json::json;

use super::arguments::{
    ExportArguments, ExportFormat, ExportHdf5Arguments, ExportOnnxArguments,
    ExportPreparedArguments, ExportedImagesArguments,
};
use super::files::{Losses, find_files};
use super::library::{find_backbone, find_library, find_model_here, require_images};
use super::tally::Tally;
use super::{Outcome, Output};
use crate::catalog::{Library, View};
use crate::micrograph::ReadChoice;
use crate::ops::{
    ExportHdf5, ExportItem, ExportPrepared, ExportedFile, FileToRead, PipelineOptions, counted,
    export_hdf5, export_onnx, export_prepared, file_of, find_in_library, model_or_in_use,
};

/// One line of `--json` for each image.
#[derive(Serialize)]
struct Row {
    path: String,
    /// What was written, under the name of its format: `hdf5` or `png`.
    #[serde(flatten)]
    target: BTreeMap<&'static str, Option<String>>,
    error: Option<String>,
}

pub(super) fn run(arguments: &ExportArguments, output: &mut Output) -> anyhow::Result<Outcome> {
    match &arguments.format {
        ExportFormat::Hdf5(arguments) => hdf5(arguments, output),
        ExportFormat::Onnx(arguments) => onnx(arguments, output),
        ExportFormat::Prepared(arguments) => prepared(arguments, output),
    }
}

fn hdf5(arguments: &ExportHdf5Arguments, output: &mut Output) -> anyhow::Result<Outcome> {
    let images = &arguments.images;
    let (library, items, losses) = items(images, output)?;
    if items.is_empty() {
        output.message("There is nothing to export");
        return Ok(Outcome::NothingDone);
    }
    let model = model_or_in_use(library.as_ref(), arguments.model.as_deref())?;
    let (backbone, options) = find_backbone(&arguments.engine, &model)?;
    let export = ExportHdf5 {
        out: &images.out,
        library: library.as_ref(),
        model: &model,
        backbone: &backbone,
        options,
    };
    let mut printer = Printer::new("hdf5", images.json, items.len(), output);
    let cancel = AtomicBool::new(false);
    export_hdf5(&items, &export, &cancel, &mut |file| printer.print(&file, &cancel))
        .map_err(anyhow::Error::msg)?;
    Ok(losses.and(printer.finish(&images.out)?))
}

fn prepared(arguments: &ExportPreparedArguments, output: &mut Output) -> anyhow::Result<Outcome> {
    let images = &arguments.images;
    let (library, items, losses) = items(images, output)?;
    if items.is_empty() {
        output.message("There is nothing to export");
        return Ok(Outcome::NothingDone);
    }
    let card = model_or_in_use(library.as_ref(), arguments.model.as_deref())?.backbone_card()?;
    let workers = arguments.workers.unwrap_or(PipelineOptions::default().workers);
    let export = ExportPrepared {
        out: &images.out,
        library: library.as_ref(),
        card: &card,
        options: PipelineOptions { workers, limit_bytes: arguments.limit.bytes() },
    };
    let mut printer = Printer::new("png", images.json, items.len(), output);
    let cancel = AtomicBool::new(false);
    export_prepared(&items, &export, &cancel, &mut |file| printer.print(&file, &cancel))
        .map_err(anyhow::Error::msg)?;
    Ok(losses.and(printer.finish(&images.out)?))
}

fn onnx(arguments: &ExportOnnxArguments, output: &mut Output) -> anyhow::Result<Outcome> {
    let model = find_model_here(&arguments.model)?;
    let written = export_onnx(&model, &arguments.out)?;
    if arguments.json {
        output.json(&json!({
            "model": model.name(), "onnx": written.onnx, "labels": written.labels,
        }))?;
    } else {
        output.message(&format!(
            "Written: {}, and its categories: {}",
            written.onnx.display(),
            written.labels.display()
        ));
    }
    Ok(Outcome::Fine)
}

/// The images that are meant, those at the paths or else all of the library's, with their library.
fn items(
    images: &ExportedImagesArguments,
    output: &mut Output,
) -> anyhow::Result<(Option<Library>, Vec<ExportItem>, Losses)> {
    let ExportedImagesArguments { library, choice, paths, .. } = images;
    let library = find_library(library.as_deref(), paths)?;
    require_images(library.as_ref(), paths)?;
    let (files, losses) = find_files(paths, output);
    let items = match &library {
        Some(library) if paths.is_empty() => all_items(library)?,
        library => found_items(library.as_ref(), files, &choice.read_choice())?,
    };
    choice.require_no_library(items.iter().any(|item| item.image.is_some()))?;
    Ok((library, items, losses))
}

fn all_items(library: &Library) -> anyhow::Result<Vec<ExportItem>> {
    let images = library.image_ids(&View::default())?.into_iter();
    images
        .map(|image| Ok(ExportItem { file: file_of(library, image)?, image: Some(image) }))
        .collect()
}

fn found_items(
    library: Option<&Library>,
    files: Vec<PathBuf>,
    choice: &ReadChoice,
) -> anyhow::Result<Vec<ExportItem>> {
    files
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

/// Prints results as they come.
struct Printer<'a> {
    format: &'static str,
    json: bool,
    output: &'a mut Output,
    tally: Tally,
}

impl<'a> Printer<'a> {
    fn new(format: &'static str, json: bool, total: usize, output: &'a mut Output) -> Self {
        Self { format, json, output, tally: Tally::new(total) }
    }

    fn print(&mut self, file: &ExportedFile, cancel: &AtomicBool) {
        let printed = self.try_print(file);
        self.tally.count("Exported", &file.outcome, printed, self.output, cancel);
    }

    fn try_print(&mut self, file: &ExportedFile) -> anyhow::Result<()> {
        let path = file.path.display().to_string();
        if self.json {
            let target = file.outcome.as_ref().ok().map(|path| path.display().to_string());
            let error = file.outcome.as_ref().err().cloned();
            let target = BTreeMap::from([(self.format, target)]);
            return self.output.json(&Row { path, target, error });
        }
        if let Err(error) = &file.outcome {
            self.output.line(&format!("{path}\terror: {error}"))?;
        }
        Ok(())
    }

    fn finish(self, out: &Path) -> anyhow::Result<Outcome> {
        let Self { tally, output, .. } = self;
        let (done, failed) = (tally.done, tally.failed);
        let outcome = tally.finish()?;
        let done = counted(done, "file", "files");
        output.message(&format!("{done} written, {failed} failed: {}", out.display()));
        Ok(outcome)
    }
}
