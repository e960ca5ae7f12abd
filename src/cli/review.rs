//! `semblance review`

use std::collections::HashMap;

use anyhow::{Context as _, bail};
use serde::Serialize;

use super::arguments::{QueuesArguments, ReviewAction, ReviewArguments, ReviewTarget};
use super::interrupt::cancelled_by_interrupt;
use super::library::{library_backbone, open_existing};
use super::{Outcome, Output};
use crate::cache::Cache;
use crate::catalog::{ImageId, Library, ReviewQueue};
use crate::micrograph::READABLE_EXTENSIONS;
use crate::ops::{find_label_errors, find_unlike};

/// A queue of `review queues --json`.
#[derive(Serialize)]
struct Queue {
    queue: &'static str,
    /// Nothing where nobody has looked.
    images: Option<u64>,
    query: String,
}

/// A label of `review labels --json`.
#[derive(Serialize)]
struct Doubtful {
    path: String,
    given: String,
    likelier: String,
    margin: f32,
}

/// An image of `review unlike --json`.
#[derive(Serialize)]
struct UnlikeImage {
    path: String,
    distance: f32,
    threshold: f32,
}

pub(super) fn run(arguments: &ReviewArguments, output: &mut Output) -> anyhow::Result<Outcome> {
    match &arguments.action {
        ReviewAction::Queues(arguments) => queues(arguments, output),
        ReviewAction::Labels(target) => labels(target, output),
        ReviewAction::Unlike(target) => unlike(target, output),
    }
}

fn queues(arguments: &QueuesArguments, output: &mut Output) -> anyhow::Result<Outcome> {
    let QueuesArguments { threshold, target } = arguments;
    let library = open_existing(target.library.as_deref())?;
    let counts = library.review_counts(*threshold)?;
    for queue in ReviewQueue::ALL {
        let (images, query) = (counts.known(queue), queue.query(*threshold));
        if target.json {
            output.json(&Queue { queue: name(queue), images, query })?;
        } else {
            let images = images.map_or_else(|| "-".to_owned(), |images| images.to_string());
            output.line(&format!("{images:>8}  {:14}  {query}", name(queue)))?;
        }
    }
    Ok(Outcome::Fine)
}

fn labels(target: &ReviewTarget, output: &mut Output) -> anyhow::Result<Outcome> {
    let library = open_to_review(target)?;
    let cache = Cache::of_library(&library);
    let backbone = library_backbone(&library)?;
    let cancel = cancelled_by_interrupt();
    let found = find_label_errors(&library, &cache, &backbone, cancel, &mut |fold, folds| {
        output.progress("Scoring labelled images, part", fold, folds);
    })?;
    let found = found.context("Cancelled; what was found before is kept")?;
    let paths = paths(&library, found.found.iter().map(|error| error.image))?;
    for error in &found.found {
        let Some(path) = paths.get(&error.image).cloned() else { continue };
        let (given, likelier, margin) = (error.given.clone(), error.likelier.clone(), error.margin);
        if target.json {
            output.json(&Doubtful { path, given, likelier, margin })?;
        } else {
            output.line(&format!("{margin:.3}  {path}  ({given}, more likely {likelier})"))?;
        }
    }
    found.left_out().iter().for_each(|text| output.message(text));
    output.message(&format!(
        "Labels judged: {}; less likely than another category: {} (is:doubtful)",
        found.judged,
        found.found.len()
    ));
    Ok(Outcome::of(found.judged, 0))
}

fn unlike(target: &ReviewTarget, output: &mut Output) -> anyhow::Result<Outcome> {
    let library = open_to_review(target)?;
    let cache = Cache::of_library(&library);
    let backbone = library_backbone(&library)?;
    let cancel = cancelled_by_interrupt();
    let found = find_unlike(&library, &cache, &backbone, cancel, &mut |done, total| {
        output.progress("Compared", done, total);
    })?;
    let found = found.context("Cancelled; what was found before is kept")?;
    let (paths, threshold) =
        (paths(&library, found.found.iter().map(|(image, _)| *image))?, found.threshold);
    for (image, distance) in &found.found {
        let Some(path) = paths.get(image).cloned() else { continue };
        if target.json {
            output.json(&UnlikeImage { path, distance: *distance, threshold })?;
        } else {
            output.line(&format!("{distance:.3}  {path}"))?;
        }
    }
    found.left_out().iter().for_each(|text| output.message(text));
    output.message(&format!(
        "Compared: {} with {} labelled ones; unlike these: {} (is:unlike), farther than {threshold:.3}",
        found.compared,
        found.known,
        found.found.len()
    ));
    Ok(Outcome::of(found.compared, 0))
}

/// A library that is there, its list of images up to date, to keep in it what is found.
fn open_to_review(target: &ReviewTarget) -> anyhow::Result<Library> {
    let library = open_existing(target.library.as_deref())?;
    if let Some(reason) = library.read_only_reason() {
        bail!("{reason}");
    }
    library.scan(&READABLE_EXTENSIONS, &mut |_| true)?;
    Ok(library)
}

fn paths(
    library: &Library,
    images: impl Iterator<Item = ImageId>,
) -> anyhow::Result<HashMap<ImageId, String>> {
    let rows = library.rows(&images.collect::<Vec<_>>())?.into_iter();
    Ok(rows.map(|row| (row.id, row.relative_path.display().to_string())).collect())
}

const fn name(queue: ReviewQueue) -> &'static str {
    match queue {
        ReviewQueue::ToDecide => "to_decide",
        ReviewQueue::Disagreements => "disagreements",
        ReviewQueue::Doubtful => "doubtful",
        ReviewQueue::Unlike => "unlike",
        ReviewQueue::Conflicting => "conflicting",
        ReviewQueue::Changed => "changed",
        ReviewQueue::Unreadable => "unreadable",
    }
}
