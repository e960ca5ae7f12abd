//! `semblance classify`

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use serde::Serialize;

use super::arguments::ClassifyArguments;
use super::files::find_files;
use super::library::{find_backbone, find_library, require_images};
use super::tally::Tally;
use super::{Outcome, Output};
use crate::cache::Cache;
use crate::catalog::ImageId;
use crate::classifier::{CategoryScore, Model};
use crate::ops::{
    ClassifiedFile, FileToRead, LibraryWork, StageTimes, classify_files, classify_library,
    find_in_library, find_near_duplicates, model_or_in_use, rescore_library, start_categories,
};

/// One line of `semblance classify --json`.
#[derive(Serialize)]
struct Row<'a> {
    path: String,
    model: &'a str,
    top: &'a [CategoryScore],
    error: Option<&'a str>,
}

pub(super) fn run(arguments: &ClassifyArguments, output: &mut Output) -> anyhow::Result<Outcome> {
    let library = find_library(arguments.library.as_deref(), &arguments.paths)?;
    require_images(library.as_ref(), &arguments.paths)?;
    let model = model_or_in_use(library.as_ref(), arguments.model.as_deref())?;
    if let Some(library) = &library {
        start_categories(library, &model)?;
    }
    let (backbone, options) = find_backbone(&arguments.engine, &model)?;
    let cancel = AtomicBool::new(false);

    let cache = library.as_ref().map(|library| Cache::open(&library.cache_directory()));
    let started = Instant::now();
    let mut rescored = Vec::new();
    let (files, losses) = find_files(&arguments.paths, output);
    let items: Vec<Item> = match (&library, &cache) {
        (Some(library), Some(cache)) if arguments.paths.is_empty() => {
            let images = library.images_to_classify(model.sha256())?;
            let work = LibraryWork { library, cache, backbone: &backbone, model: &model, options };
            let left = match library.is_read_only() {
                true => images,
                false => rescore_library(images, &work, &cancel, &mut |image, scores| {
                    rescored.push((image, scores));
                })?,
            };
            left.into_iter()
                .map(|image| Ok((library.path_of(image)?, Some(image))))
                .collect::<anyhow::Result<_>>()?
        }
        (Some(library), _) => files
            .into_iter()
            .map(|path| find_in_library(library, &path).map(|image| (path, image)))
            .collect::<Result<_, _>>()?,
        (None, _) => files.into_iter().map(|path| (path, None)).collect(),
    };

    arguments.choice.require_no_library(items.iter().any(|(_, image)| image.is_some()))?;

    let total = rescored.len() + items.len();
    let mut printer = Printer::new(&model, arguments, total, output);
    let mut times = StageTimes::default();
    for (index, (image, scores)) in rescored.into_iter().enumerate() {
        let Some(library) = &library else { break };
        let path = library.path_of(image)?;
        let file = ClassifiedFile { index, path, scores: Ok(scores), is_outdated: false };
        printer.print(&file, &cancel);
    }
    // Neighbours that are all in the library, or all not, go through together: the rows come in the
    // order of the paths.
    for run in items.chunk_by(|(_, a), (_, b)| a.is_some() == b.is_some()) {
        if cancel.load(Ordering::Relaxed) {
            break;
        }
        let choice = arguments.choice.read_choice();
        let files: Vec<FileToRead> = run
            .iter()
            .map(|(path, _)| FileToRead { path: path.clone(), choice: choice.clone() })
            .collect();
        let images: Vec<ImageId> = run.iter().filter_map(|(_, image)| *image).collect();
        // The path is told as it was given.
        let on_file = &mut |file: ClassifiedFile| {
            printer
                .print(&ClassifiedFile { path: files[file.index].path.clone(), ..file }, &cancel);
        };
        times += match (&library, &cache) {
            (Some(library), Some(cache)) if !images.is_empty() => {
                let work =
                    LibraryWork { library, cache, backbone: &backbone, model: &model, options };
                classify_library(&images, &work, &cancel, on_file)?
            }
            _ => classify_files(&files, &backbone, &model, &options, &cancel, on_file),
        };
    }
    let tally = printer.tally;
    let (done, failed) = (tally.done, tally.failed);
    let outcome = tally.finish()?;
    if let (Some(library), Some(cache), true) = (&library, &cache, arguments.paths.is_empty())
        && !library.is_read_only()
    {
        find_near_duplicates(library, cache, &backbone, &cancel)?;
    }
    if done + failed == 0 {
        output.message("There is nothing to classify");
    } else {
        output.summary(done, failed, started.elapsed(), &times);
    }
    Ok(losses.and(outcome))
}

/// A file, and which image of the library it is.
type Item = (PathBuf, Option<ImageId>);

/// Prints results as they come.
struct Printer<'a> {
    model: &'a Model,
    arguments: &'a ClassifyArguments,
    output: &'a mut Output,
    tally: Tally,
}

impl<'a> Printer<'a> {
    fn new(
        model: &'a Model,
        arguments: &'a ClassifyArguments,
        total: usize,
        output: &'a mut Output,
    ) -> Self {
        Self { model, arguments, output, tally: Tally::new(total) }
    }

    fn print(&mut self, file: &ClassifiedFile, cancel: &AtomicBool) {
        let printed = self.try_print(file);
        self.tally.count("Classified", &file.scores, printed, self.output, cancel);
    }

    fn try_print(&mut self, file: &ClassifiedFile) -> anyhow::Result<()> {
        let path = file.path.display().to_string();
        let (top, error) = match &file.scores {
            Ok(scores) => (&scores[..shown(self.arguments.top, scores.len())], None),
            Err(error) => (&[][..], Some(error.as_str())),
        };
        if self.arguments.json {
            return self.output.json(&Row { path, model: self.model.name(), top, error });
        }
        let text = match error {
            Some(error) => format!("{path}\terror: {error}"),
            None => {
                let scores: Vec<String> =
                    top.iter().map(|s| format!("{} {:.3}", s.category, s.score)).collect();
                format!("{path}\t{}", scores.join("\t"))
            }
        };
        Ok(self.output.line(&text)?)
    }
}

fn shown(top: usize, categories: usize) -> usize {
    if top == 0 { categories } else { top.min(categories) }
}
