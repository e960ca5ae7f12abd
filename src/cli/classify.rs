//! `semblance classify`

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use serde::Serialize;

use super::arguments::ClassifyArguments;
use super::library::{find_backbone, find_library, find_model, open_scanned};
use super::{Outcome, Output};
use crate::cache::Cache;
use crate::classifier::{CategoryScore, Model};
use crate::ops::{
    ClassifiedFile, LibraryWork, StageTimes, classify_files, classify_library, expand_paths,
    split_by_library,
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
    let library = match (&arguments.library, arguments.paths.is_empty()) {
        (None, true) => Some(open_scanned(Path::new("."))?),
        (asked, _) => find_library(asked.as_deref())?,
    };
    let model = find_model(arguments.model.as_deref(), library.as_ref())?;
    let (backbone, options) = find_backbone(&arguments.engine)?;
    let cancel = AtomicBool::new(false);

    let paths = expand_paths(&arguments.paths);
    let (images, others) = match &library {
        Some(library) if arguments.paths.is_empty() => {
            (library.images_to_classify(model.sha256())?, Vec::new())
        }
        Some(library) => split_by_library(library, &paths)?,
        None => (Vec::new(), paths),
    };

    let mut printer = Printer::new(&model, arguments, images.len() + others.len(), output);
    let started = Instant::now();
    let mut times = StageTimes::default();
    if let Some(library) = &library
        && !images.is_empty()
    {
        let cache = Cache::open(&library.cache_directory());
        let work =
            LibraryWork { library, cache: &cache, backbone: &backbone, model: &model, options };
        let on_file = &mut |file: ClassifiedFile| printer.print(&file, &cancel);
        times = classify_library(&images, &work, &cancel, on_file)?;
    }
    if !others.is_empty() {
        let on_file = &mut |file: ClassifiedFile| printer.print(&file, &cancel);
        times += classify_files(&others, &backbone, &model, &options, &cancel, on_file);
    }
    let Printer { done, failed, failure, .. } = printer;
    failure.map_or(Ok(()), Err)?;
    if done + failed == 0 {
        output.message("There is nothing to classify");
    } else {
        output.summary(done, failed, started.elapsed(), &times);
    }
    Ok(Outcome::of(done, failed))
}

/// Prints results as they come, and stops the run where nobody reads them.
struct Printer<'a> {
    model: &'a Model,
    arguments: &'a ClassifyArguments,
    total: usize,
    output: &'a mut Output,
    done: usize,
    failed: usize,
    failure: Option<anyhow::Error>,
}

impl<'a> Printer<'a> {
    fn new(
        model: &'a Model,
        arguments: &'a ClassifyArguments,
        total: usize,
        output: &'a mut Output,
    ) -> Self {
        Self { model, arguments, total, output, done: 0, failed: 0, failure: None }
    }

    fn print(&mut self, file: &ClassifiedFile, cancel: &AtomicBool) {
        match &file.scores {
            Ok(_) => self.done += 1,
            Err(_) => self.failed += 1,
        }
        if let Err(error) = self.try_print(file) {
            cancel.store(true, Ordering::Relaxed);
            self.failure.get_or_insert(error);
        }
        self.output.progress("Classified", self.done + self.failed, self.total);
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
