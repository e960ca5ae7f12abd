//! `semblance evaluate`

use std::sync::atomic::AtomicBool;

use super::arguments::EvaluateArguments;
use super::library::{find_backbone, labelled_set};
use super::{Outcome, Output};
use crate::cache::Cache;
use crate::classifier::Model;
use crate::ops::{EvaluateReport, evaluate_model};

pub(super) fn run(arguments: &EvaluateArguments, output: &mut Output) -> anyhow::Result<Outcome> {
    let model = Model::find(&arguments.model)?;
    let set = labelled_set(&arguments.labelled, None)?;
    let (backbone, options) = find_backbone(&arguments.engine, Some(&model))?;
    let report = evaluate_model(
        &set,
        &model,
        &backbone,
        &Cache::of_user(),
        &options,
        &AtomicBool::new(false),
        &mut |done, total| output.progress("Features of", done, total),
    )?;
    for warning in &report.warnings {
        output.message(&format!("Note: {warning}"));
    }
    for file in &report.failed {
        output.message(&format!("Left out: {}: {}", file.error, file.path));
    }
    if arguments.json {
        output.json(&report)?;
    } else {
        output.line(&describe(&report))?;
    }
    Ok(Outcome::of(report.images, report.failed.len()))
}

fn describe(report: &EvaluateReport) -> String {
    let percent = |share: f64| format!("{:.1} %", share * 100.0);
    let mut text = format!(
        "{} images: {} right, {} among the first two; macro-F1 {:.3}, calibration error {:.3}",
        report.images,
        percent(report.accuracy),
        percent(report.top2_accuracy),
        report.macro_f1,
        report.ece
    );
    if report.unknown_category_images > 0 {
        text += &format!(
            "\n{} images of categories that the model does not know were left out",
            report.unknown_category_images
        );
    }
    let width = report.categories.iter().map(String::len).max().unwrap_or(0);
    text += &format!("\n{:width$}  images  recall  precision", "category");
    for result in &report.per_category {
        let share = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), percent);
        text += &format!(
            "\n{:width$}  {:6}  {:>7}  {:>7}",
            result.category,
            result.images,
            share(result.recall),
            share(result.precision)
        );
    }
    for threshold in &report.thresholds {
        let promise = percent(threshold.promised_accuracy);
        text += &match threshold.score {
            Some(score) => {
                format!(
                    "\n{promise} right at scores from {score:.2}: {} of the images",
                    percent(threshold.coverage)
                )
            }
            None => format!("\n{promise} right: at no score on these images"),
        };
    }
    text
}
