//! `semblance evaluate`

use anyhow::Context as _;

use super::arguments::EvaluateArguments;
use super::interrupt::cancelled_by_interrupt;
use super::library::{Labelled, find_backbone, find_model_here, labelled};
use super::{Outcome, Output};
use crate::learning::{Proportion, Threshold, TrainOptions};
use crate::ops::{
    EvaluateOptions, EvaluateReport, LabelledExamples, counted, evaluate_model, find_model,
    image_count, write_evaluation_report,
};

pub(super) fn run(arguments: &EvaluateArguments, output: &mut Output) -> anyhow::Result<Outcome> {
    let Labelled { set, cache, library } = labelled(&arguments.labelled)?;
    let model = match &library {
        Some(library) => find_model(Some(library), &arguments.model)?,
        None => find_model_here(&arguments.model)?,
    };
    let (backbone, pipeline) = find_backbone(&arguments.engine, &model)?;
    let report = evaluate_model(
        &set,
        &model,
        &backbone,
        &cache,
        &EvaluateOptions { library: library.as_ref(), with_trained_on: arguments.all, pipeline },
        cancelled_by_interrupt(),
        &mut |done, total| output.progress("Features of", done, total),
    )?;
    for warning in &report.warnings {
        output.message(&format!("Note: {warning}"));
    }
    for file in &report.failed {
        output.message(&format!("Left out: {}: {}", file.error, file.path));
    }
    if let Some(path) = &arguments.report {
        let (mut curve, mut advice) = (None, None);
        if arguments.learning_curve || arguments.merges {
            let (least, cancel) = (2, cancelled_by_interrupt());
            let progress = &mut |done, total| output.progress("Features of", done, total);
            let examples =
                LabelledExamples::of(set, least, &backbone, &cache, &pipeline, cancel, progress)?;
            let training = TrainOptions::default();
            if arguments.learning_curve {
                curve = Some(examples.learning_curve(training, cancel, &mut |done, total| {
                    output.progress("Learning curve, training", done, total);
                })?);
            }
            if arguments.merges {
                advice = Some(examples.advise_merges(training, cancel, &mut |done, total| {
                    output.progress("Merged pair", done, total);
                })?);
            }
        }
        write_evaluation_report(&report, model.manifest(), curve, advice, path)
            .with_context(|| format!("Cannot write the report: {}", path.display()))?;
    }
    if arguments.json {
        output.json(&report)?;
    } else {
        output.line(&describe(&report))?;
    }
    Ok(Outcome::of(report.evaluation.images, report.failed.len()))
}

fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}

fn describe(report: &EvaluateReport) -> String {
    let measured = &report.evaluation;
    let mut text = format!(
        "{}: {} right (95 % interval {} to {}), {} among the first two; macro-F1 {:.3}\n\
         calibration error {:.3}, without temperature {:.3}; perfect scores would show {:.3} by chance",
        image_count(measured.images),
        percent(measured.accuracy),
        percent(measured.accuracy_interval_95.low),
        percent(measured.accuracy_interval_95.high),
        percent(measured.top2_accuracy),
        measured.macro_f1,
        measured.ece,
        measured.ece_uncalibrated,
        measured.ece_by_chance.mean,
    );
    if let Some(Proportion { right, images, .. }) = measured.second_right_when_wrong {
        text += &format!("\nwhere the first is wrong, the second is right in {right} of {images}");
    }
    if report.unknown_category_images > 0 {
        text += &format!(
            "\nleft out, since the model does not know their categories: {}",
            image_count(report.unknown_category_images)
        );
    }
    let width = report.categories.iter().map(String::len).max().unwrap_or(0);
    text += &format!("\n{:width$}  images  recall  precision", "category");
    for result in &measured.per_category {
        let share = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), percent);
        text += &format!(
            "\n{:width$}  {:6}  {:>7}  {:>7}",
            result.category,
            result.images,
            share(result.recall),
            share(result.precision)
        );
    }
    for threshold in &measured.thresholds {
        text += &format!("\n{}", promise(threshold));
    }
    text
}

fn promise(threshold: &Threshold) -> String {
    let promise = format!(
        "at least {} right ({} confidence)",
        percent(threshold.promised_accuracy),
        percent(threshold.confidence)
    );
    match (threshold.score, threshold.more_labels) {
        (Some(score), _) => format!(
            "{promise}: at scores from {score:.3}, {} of the images",
            percent(threshold.coverage)
        ),
        (None, Some(more)) => {
            let estimate = more.estimate.map_or_else(
                || ", all of them right".to_owned(),
                |images| format!(", by the errors so far about {images}"),
            );
            let more = counted(more.at_least, "more labelled image", "more labelled images");
            format!("{promise}: needs at least {more}{estimate}")
        }
        (None, None) => format!("{promise}: no number of images can show it"),
    }
}
