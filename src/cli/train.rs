//! `semblance train`

use std::sync::atomic::AtomicBool;

use super::arguments::TrainArguments;
use super::library::{find_backbone, labelled_set};
use super::{Outcome, Output};
use crate::cache::Cache;
use crate::ops::{TrainModelOptions, TrainReport, train_model};

pub(super) fn run(arguments: &TrainArguments, output: &mut Output) -> anyhow::Result<Outcome> {
    let set = labelled_set(&arguments.labelled, Some(output))?;
    let (backbone, pipeline) = find_backbone(&arguments.engine, None)?;
    let folder_name =
        |path: &std::path::Path| path.file_name().map(|name| name.to_string_lossy().into_owned());
    let source = arguments.labelled.images.as_ref().or(arguments.labelled.library.as_ref());
    let options = TrainModelOptions {
        name: arguments
            .name
            .clone()
            .or_else(|| folder_name(&arguments.out))
            .unwrap_or_else(|| "model".to_owned()),
        description: arguments.description.clone(),
        data: arguments.data.clone().unwrap_or_else(|| {
            let name = source.and_then(|path| folder_name(path));
            name.map_or_else(|| "A library's labels".to_owned(), |name| format!("Folder {name}"))
        }),
        min_images: arguments.min_images,
        cross_validation_folds: arguments.cross_validate,
        pipeline,
    };
    for (category, images) in set.counts() {
        if images < options.min_images {
            output.message(&format!(
                "Left out {category}: {images} {}, fewer than --min-images {}",
                if images == 1 { "image" } else { "images" },
                options.min_images
            ));
        }
    }
    let report = train_model(
        set,
        &arguments.out,
        &backbone,
        &Cache::of_user(),
        &options,
        &AtomicBool::new(false),
        &mut |done, total| output.progress("Features of", done, total),
    )?;
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

fn describe(report: &TrainReport) -> String {
    let percent = |accuracy: Option<f64>| {
        accuracy.map_or_else(|| "no images".to_owned(), |share| format!("{:.1} %", share * 100.0))
    };
    let mut text = format!(
        "{} images, {} categories; training {}, validation {}, test {} images\n\
         right: training {}, validation {}, test {}",
        report.images,
        report.categories.len(),
        report.split.train,
        report.split.validation,
        report.split.test,
        percent(report.accuracy.train),
        percent(report.accuracy.validation),
        percent(report.accuracy.test),
    );
    if let Some(measured) = &report.cross_validation {
        text += &format!(
            "\nright in {}-fold cross-validation, groups kept together: {}",
            measured.folds,
            percent(Some(measured.accuracy))
        );
    }
    text + &format!("\n{} written in {:.1} s", report.model, report.seconds)
}
