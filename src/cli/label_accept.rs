//! `semblance labels accept`

use std::collections::{BTreeMap, BTreeSet};

use anyhow::ensure;
use serde::Serialize;

use super::arguments::AcceptArguments;
use super::category_names::find_to_change;
use super::library::{open_existing, open_to_decide, who};
use super::{Outcome, Output};
use crate::catalog::{Acceptance, Library};
use crate::classifier::Model;
use crate::learning::{MoreLabels, Threshold};
use crate::micrograph::READABLE_EXTENSIONS;
use crate::ops::{
    AcceptFrom, AcceptedModel, Measured, counted, image_count, model_or_in_use, plan_accept,
};
use crate::taxonomy::{CategoryId, CategoryTree};

/// `labels accept --json`.
#[derive(Serialize)]
struct Report<'a> {
    model: &'a str,
    /// Absent where the promise cannot be kept.
    least_score: Option<f32>,
    promise: Option<Promise<'a>>,
    images: usize,
    categories: Vec<Count<'a>>,
    taken_away: u64,
    excluded: u64,
    not_offered: Vec<Count<'a>>,
    accepted: bool,
}

/// How a promise was measured.
#[derive(Serialize)]
struct Promise<'a> {
    #[serde(flatten)]
    threshold: &'a Threshold,
    measured_images: usize,
    taught_images: usize,
    prompted_images: usize,
}

#[derive(Serialize)]
struct Count<'a> {
    category: &'a str,
    images: u64,
}

pub(super) fn accept(arguments: &AcceptArguments, output: &mut Output) -> anyhow::Result<Outcome> {
    let at = arguments.change.decision.library.as_deref();
    let (library, by) = match arguments.dry_run {
        true => (open_existing(at)?, None),
        false => (open_to_decide(at, output)?, Some(who(arguments.change.decision.by.as_deref())?)),
    };
    // What has vanished or changed meanwhile must not be labelled.
    if !library.is_read_only() {
        library.scan(&READABLE_EXTENSIONS, &mut |_| true)?;
    }
    let model = model_or_in_use(Some(&library), arguments.model.as_deref())?;
    let images = model.training_images()?;
    let tree = library.category_tree()?;
    let categories = match arguments.categories.as_slice() {
        [] => None,
        names => Some(named(&tree, names, arguments.change.yes)?),
    };
    let from = match arguments.promise {
        Some(accuracy) => AcceptFrom::Promise { accuracy, confidence: arguments.confidence },
        None => AcceptFrom::Score(arguments.score.unwrap_or(1.0)),
    };
    let accepted = AcceptedModel { sha256: model.sha256(), images: images.as_ref() };
    let mut plan = plan_accept(&library, accepted, from, categories)?;
    if let (Some(by), Some(rule)) = (&by, &plan.rule) {
        plan.acceptance = library.accept_automatically(rule, by)?;
    }
    let least_score = plan.rule.as_ref().map(|rule| rule.least_score);
    let report = report(&model, least_score, plan.measured.as_ref(), &plan.acceptance, &tree);
    if arguments.json {
        output.json(&report)?;
    } else {
        for Count { category, images } in &report.categories {
            output.line(&format!("{images:6}  {category}"))?;
        }
    }
    if let Some(measured) = &plan.measured {
        output.message(&told(measured));
        if images.is_none() {
            output.message(&format!(
                "Note: model {} does not tell which images trained it; labelled ones that did flatter \
                 the promise",
                model.name()
            ));
        }
    }
    tell(&report, arguments.dry_run, output);
    tell_unclassified(&library, &model, output)?;
    Ok(if report.images > 0 { Outcome::Fine } else { Outcome::NothingDone })
}

fn named(
    tree: &CategoryTree,
    names: &[String],
    is_confirmed: bool,
) -> anyhow::Result<BTreeSet<CategoryId>> {
    let mut categories = BTreeSet::new();
    for name in names {
        let id = find_to_change(tree, name, is_confirmed)?;
        ensure!(tree.top(id) == id, "{name} is a subcategory, of which models know nothing");
        categories.insert(id);
    }
    Ok(categories)
}

fn report<'a>(
    model: &'a Model,
    least_score: Option<f32>,
    measured: Option<&'a Measured>,
    acceptance: &'a Acceptance,
    tree: &'a CategoryTree,
) -> Report<'a> {
    let mut images: BTreeMap<CategoryId, u64> = BTreeMap::new();
    for (_, category) in &acceptance.labels {
        *images.entry(*category).or_default() += 1;
    }
    let name = |id| tree.get(id).map_or("", |category| category.name.as_str());
    let count = |(category, images)| Count { category: name(category), images };
    let not_offered = acceptance.not_offered.iter();
    Report {
        model: model.name(),
        least_score,
        promise: measured.map(|measured| Promise {
            threshold: &measured.threshold,
            measured_images: measured.images,
            taught_images: measured.taught,
            prompted_images: measured.prompted,
        }),
        images: acceptance.labels.len(),
        categories: images.into_iter().map(count).collect(),
        taken_away: acceptance.taken_away,
        excluded: acceptance.excluded,
        not_offered: not_offered
            .map(|(category, images)| Count { category, images: *images })
            .collect(),
        accepted: acceptance.entry.is_some(),
    }
}

/// What was measured, in words.
fn told(measured: &Measured) -> String {
    let Measured { threshold, images, taught, prompted } = measured;
    let (promise, confidence) =
        (percent(threshold.promised_accuracy), percent(threshold.confidence));
    let mut left_out = Vec::new();
    if *taught > 0 {
        left_out.push(format!("{taught} that taught a model or show nearly the same"));
    }
    if *prompted > 0 {
        left_out.push(format!("{prompted} whose label is an accepted prediction"));
    }
    let without = match left_out.as_slice() {
        [] => String::new(),
        parts => format!(" (without {})", parts.join(", and ")),
    };
    let Some((accuracy, score)) = threshold.accuracy.zip(threshold.score) else {
        return format!(
            "Nothing is labelled: {} that people labelled{without} cannot show that {promise} of the \
             labels will be right, with {confidence} confidence. {}",
            image_count(*images),
            missing(threshold.more_labels)
        );
    };
    let reached = (threshold.coverage * *images as f64).round() as usize;
    format!(
        "{promise} will be right from score {score:.4} up, with {confidence} confidence: there, {} of \
         {} are right that people labelled{without}",
        percent(accuracy),
        image_count(reached)
    )
}

/// What it takes to keep a promise, in words.
fn missing(more: Option<MoreLabels>) -> String {
    let Some(MoreLabels { at_least, estimate }) = more else {
        return "No number of labels can: promise less".to_owned();
    };
    let more = counted(at_least, "more image", "more images");
    let label = format!("Label at least {more} yourself");
    match estimate {
        Some(estimate) if estimate > at_least => {
            format!("{label}, or about {estimate} if the model does as well on them")
        }
        Some(_) => label,
        None => format!(
            "{label}. How many it takes in the end cannot be told: these are too few, or too few of \
             those with the highest scores are right, so that a better model is needed"
        ),
    }
}

fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}

fn tell(report: &Report<'_>, is_dry_run: bool, output: &mut Output) {
    let Some(score) = report.least_score else { return };
    let (images, model) = (report.images, report.model);
    output.message(&match (images, is_dry_run) {
        (0, _) => format!("No image without a label reaches score {score:.4} by model {model}"),
        (_, true) => {
            format!("{} would be labelled, from score {score:.4} up", image_count(images))
        }
        (_, false) => format!(
            "{} labelled, from score {score:.4} up by model {model}. `semblance labels undo` takes it \
             back; `semblance search source:accepted_automatically` lists them",
            image_count(images)
        ),
    });
    if report.taken_away > 0 {
        output.message(&format!(
            "Left alone, since somebody took the label away: {}",
            image_count(report.taken_away)
        ));
    }
    if report.excluded > 0 {
        let images = image_count(report.excluded);
        output.message(&format!("Left alone, since excluded: {images}"));
    }
    for Count { category, images } in &report.not_offered {
        output.message(&format!(
            "Left alone, since {category} is not given in this library (`semblance categories add` \
             or `restore` it): {}",
            image_count(*images)
        ));
    }
}

fn tell_unclassified(library: &Library, model: &Model, output: &mut Output) -> anyhow::Result<()> {
    let waiting = library.count_to_classify(model.sha256())?;
    if waiting > 0 {
        output.message(&format!(
            "Without a prediction of model {}: {}. `semblance classify --library {}` first",
            model.name(),
            image_count(waiting),
            library.root().display()
        ));
    }
    Ok(())
}
