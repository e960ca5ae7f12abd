//! `semblance models compare`, `use` and `remove`: the models of a library.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::arguments::{CompareModelsArguments, RemoveModelArguments, UseModelArguments};
use super::interrupt::cancelled_by_interrupt;
use super::library::{open_existing, open_to_decide, pipeline_options};
use super::{Outcome, Output};
use crate::cache::Cache;
use crate::catalog::LibraryPlace;
use crate::learning::PairedComparison;
use crate::ops::{
    Flip, LibraryWork, LoadedModel, ModelComparison, PipelineOptions, compare_models, counted,
    find_model, image_count, model_in_use, own_models, remove_model, rescore_library, use_model,
};

/// The models of a library, where there is one.
#[derive(Default)]
pub(super) struct Listing {
    /// The library's own, by name, with their folders.
    pub(super) own: BTreeMap<String, PathBuf>,
    pub(super) in_use: Option<String>,
}

impl Listing {
    /// Of the library asked for, or of the folder one stands in.
    pub(super) fn of(asked: Option<&Path>) -> anyhow::Result<Self> {
        if asked.is_none() && LibraryPlace::containing(&std::env::current_dir()?).is_none() {
            return Ok(Self::default());
        }
        let library = open_existing(asked)?;
        Ok(Self { own: own_models(&library), in_use: Some(model_in_use(&library)?) })
    }
}

pub(super) fn compare(
    arguments: &CompareModelsArguments,
    output: &mut Output,
) -> anyhow::Result<Outcome> {
    let library = open_existing(arguments.library.as_deref())?;
    let earlier = match &arguments.with {
        Some(name) => name.clone(),
        None => model_in_use(&library)?,
    };
    let names = [&earlier, &arguments.model];
    let in_use = find_model(Some(&library), &earlier)?;
    let new = find_model(Some(&library), &arguments.model)?;
    anyhow::ensure!(in_use.sha256() != new.sha256(), "{} and {} are the same", names[0], names[1]);
    let threads = arguments.engine.threads;
    let (backbone_in_use, backbone_new) = (in_use.backbone(threads)?, new.backbone(threads)?);
    let comparison = compare_models(
        &library,
        &Cache::of_library(&library),
        [
            LoadedModel { model: &in_use, backbone: &backbone_in_use },
            LoadedModel { model: &new, backbone: &backbone_new },
        ],
        &pipeline_options(&arguments.engine),
        cancelled_by_interrupt(),
        &mut |done, total| output.progress("Features of", done, total),
    )?;
    if arguments.json {
        output.json(&comparison)?;
    } else {
        for flip in &comparison.flips {
            output.line(&flip_line(flip))?;
        }
    }
    tell(&comparison, names, output);
    let is_compared = comparison.images > 0 || comparison.measured.is_some();
    Ok(if is_compared { Outcome::Fine } else { Outcome::NothingDone })
}

fn flip_line(flip: &Flip) -> String {
    let Flip { path, before, after, label, is_trained_on } = flip;
    let label = match (label, is_trained_on) {
        (None, _) => "no label".to_owned(),
        (Some(label), false) => format!("label {label}"),
        (Some(label), true) => format!("label {label}, trained on"),
    };
    format!(
        "{}\t{} {:.3}\t-> {} {:.3}\t{label}",
        path.display(),
        before.category,
        before.score,
        after.category,
        after.score
    )
}

fn tell(comparison: &ModelComparison, [before, after]: [&String; 2], output: &mut Output) {
    let ModelComparison { images, not_compared, flips, measured, warnings } = comparison;
    output.message(&format!(
        "Another category from {after} than from {before}: {} of {}",
        flips.len(),
        image_count(*images)
    ));
    if *not_compared > 0 {
        output.message(&format!(
            "Not compared: {not_compared}. What the networks of both models make of these images is \
             not known; a library's images are classified with the model in use"
        ));
    }
    match measured {
        Some(measured) => output.message(&measured_line(measured, before, after)),
        None => output.message(
            "Which is more often right is not known: there is no image that somebody labelled without \
             accepting a prediction, and that neither model nor its like was trained on",
        ),
    }
    for warning in warnings {
        output.message(warning);
    }
}

fn measured_line(measured: &PairedComparison, before: &str, after: &str) -> String {
    let PairedComparison { images, right_before, right_after, lost, won, difference } = measured;
    let few = match difference.interval_95.low <= -1.0 {
        true => ": too few samples to tell",
        false => "",
    };
    format!(
        "On {} that trained neither as far as is known, {before} has {right_before} right, {after} \
         {right_after}: {won} won, {lost} lost, {:+.1} points (95 %: {:+.1} to {:+.1}{few})",
        counted(*images, "labelled image", "labelled images"),
        difference.value * 100.0,
        difference.interval_95.low * 100.0,
        difference.interval_95.high * 100.0
    )
}

pub(super) fn take_into_use(
    arguments: &UseModelArguments,
    output: &mut Output,
) -> anyhow::Result<Outcome> {
    let library = open_to_decide(arguments.library.as_deref(), output)?;
    let earlier = model_in_use(&library)?;
    let (model, name) = use_model(&library, &arguments.model)?;
    let cache = Cache::of_library(&library);
    let backbone = model.backbone(1)?;
    let work = LibraryWork {
        library: &library,
        cache: &cache,
        backbone: &backbone,
        model: &model,
        options: PipelineOptions::default(),
    };
    let images = library.images_to_classify(model.sha256())?;
    let to_score = images.len();
    let left = rescore_library(images, &work, cancelled_by_interrupt(), &mut |_, _| ())?.len();
    output.message(&format!("In use: {name}; {} scored anew", image_count(to_score - left)));
    if left > 0 {
        output.message(&format!("Still to be classified (semblance classify --library …): {left}"));
    }
    if earlier != name {
        output.message(&format!("To go back: semblance models use {earlier:?}"));
    }
    Ok(Outcome::Fine)
}

pub(super) fn remove(
    arguments: &RemoveModelArguments,
    output: &mut Output,
) -> anyhow::Result<Outcome> {
    let library = open_to_decide(arguments.library.as_deref(), output)?;
    remove_model(&library, &arguments.model)?;
    output.message(&format!("Removed: {}", arguments.model));
    Ok(Outcome::Fine)
}
