//! `semblance train`

use anyhow::Context as _;

use super::arguments::{RecipeName, TrainArguments};
use super::interrupt::cancelled_by_interrupt;
use super::library::{Labelled, labelled, pipeline_options};
use super::{Outcome, Output};
use crate::classifier::{
    Backbone, DataBarRule, GainRecord, Model, OrientationRule, SecondStageRecord,
};
use crate::learning::TrainError;
use crate::ops::{
    TrainModelError, TrainModelOptions, TrainPlaces, TrainReport, TrainStage, counted, image_count,
    new_model_folder, train_model, write_training_report,
};

pub(super) fn run(arguments: &TrainArguments, output: &mut Output) -> anyhow::Result<Outcome> {
    let Labelled { set, cache, library } = labelled(&arguments.labelled)?;
    let out = match (&arguments.out, &library) {
        (Some(out), _) => out.clone(),
        (None, Some(library)) => {
            let today = jiff::Zoned::now().date().to_string();
            new_model_folder(library, arguments.name.as_deref(), &today)?
        }
        (None, None) => anyhow::bail!("Say where the model goes: --out MODEL"),
    };
    anyhow::ensure!(
        !arguments.more_layers || arguments.recipe.recipe == RecipeName::Lbfgs,
        "--more-layers goes with the recipe lbfgs"
    );
    let backbone = backbone(arguments)?;
    let pipeline = pipeline_options(&arguments.engine);
    let folder_name =
        |path: &std::path::Path| path.file_name().map(|name| name.to_string_lossy().into_owned());
    let source = arguments.labelled.images.as_ref().or(arguments.labelled.library.as_ref());
    let options = TrainModelOptions {
        name: arguments
            .name
            .clone()
            .or_else(|| folder_name(&out))
            .unwrap_or_else(|| "model".to_owned()),
        description: arguments.description.clone(),
        data: arguments.data.clone().unwrap_or_else(|| {
            let name = source.and_then(|path| folder_name(path));
            name.map_or_else(|| "A library's labels".to_owned(), |name| format!("Folder {name}"))
        }),
        min_images: arguments.min_images,
        training: arguments.recipe.options(),
        takes_pixel_size: arguments.pixel_size,
        has_second_stage: arguments.more_layers,
        cross_validation_folds: arguments.cross_validate,
        pipeline,
    };
    for (category, images) in set.counts() {
        if images < options.min_images {
            output.message(&format!(
                "Left out {category}: {}, fewer than --min-images {}",
                image_count(images),
                options.min_images
            ));
        }
    }
    let report = train_model(
        set,
        &TrainPlaces { out: &out, cache: &cache, library: library.as_ref() },
        &backbone,
        &options,
        cancelled_by_interrupt(),
        &mut |stage| show(stage, output),
    );
    let report = report.map_err(|error| match (&error, arguments.recipe.recipe) {
        (TrainModelError::Train(TrainError::Cancelled), RecipeName::Sgd) => {
            anyhow::anyhow!("{error}; the same command goes on from there")
        }
        _ => error.into(),
    })?;
    for note in &report.notes {
        output.message(note);
    }
    for file in &report.failed {
        output.message(&format!("Left out: {}: {}", file.error, file.path));
    }
    for path in &report.left_out_images {
        output.message(&format!("Left out, since it belongs with images of two sides of an earlier model's split: {path}"));
    }
    if let Some(path) = &arguments.report {
        let model = Model::load(&out)?;
        let is_written = write_training_report(&report, model.manifest(), path)
            .with_context(|| format!("Cannot write the report: {}", path.display()))?;
        if !is_written {
            output.message("There is no report: the test side has no images (--cross-validate 5)");
        }
    }
    if arguments.json {
        output.json(&report)?;
    } else {
        output.line(&describe(&report))?;
    }
    if arguments.out.is_none()
        && let Some(name) = folder_name(&out)
    {
        output.message(&format!(
            "The model in use is the one it was. To see what this one changes: semblance models \
             compare {name:?}; to take it into use: semblance models use {name:?}"
        ));
    }
    Ok(Outcome::of(report.images, report.failed.len()))
}

/// The backbone as it is to see images.
fn backbone(arguments: &TrainArguments) -> anyhow::Result<Backbone> {
    let data_bar = match arguments.keep_data_bar {
        true => DataBarRule::Kept,
        false => DataBarRule::Masked,
    };
    let orientations = match arguments.orientations.as_str() {
        "8" => OrientationRule::MeanOfEight,
        _ => OrientationRule::Upright,
    };
    let backbone = Backbone::find(&arguments.backbone, arguments.engine.threads)?;
    Ok(backbone.with_data_bar(data_bar).with_orientations(orientations))
}

fn show(stage: TrainStage, output: &mut Output) {
    match stage {
        TrainStage::Features { done, total } => output.progress("Features of", done, total),
        TrainStage::Choosing { number, of } => output.progress("Trying penalty", number, of),
        TrainStage::Fitting { step, latest } => {
            let measured = latest.map_or_else(String::new, |point| {
                let validation = point.validation_accuracy.zip(point.validation_cross_entropy);
                let validation = validation.map_or_else(String::new, |(accuracy, loss)| {
                    format!(", validation {} ({loss:.3})", percent(Some(accuracy)))
                });
                format!(
                    ": right: training {} (cross-entropy {:.3}){validation}",
                    percent(Some(point.training_accuracy)),
                    point.training_cross_entropy
                )
            });
            output.progress_text(&format!("Step {step}{measured}"));
        }
        TrainStage::SecondStage { pass, of } => output.progress("Training more layers", pass, of),
        TrainStage::CrossValidating { fold } => {
            output.progress_text(&format!("Cross-validation, fold {fold}"));
        }
    }
}

fn percent(accuracy: Option<f64>) -> String {
    accuracy.map_or_else(|| "no images".to_owned(), |share| format!("{:.1} %", share * 100.0))
}

/// What training more layers has brought.
fn second_stage(stage: &SecondStageRecord) -> String {
    if stage.cross_entropy.is_empty() {
        return "\nmore layers were not trained: too few groups to choose on".to_owned();
    }
    if stage.passes == 0 {
        return "\nno pass over more layers helped: the network is the one it was".to_owned();
    }
    let passes = counted(stage.passes, "pass", "passes");
    let gain = |gain: &GainRecord, on: &str| {
        let [low, high] = gain.gain_interval_95.map(|end| end * 100.0);
        format!(
            "\nmore layers, {passes}, {on}: right {} instead of {}, {:+.1} points (95 %: {low:+.1} to \
             {high:+.1}) of {}",
            percent(Some(gain.accuracy_after)),
            percent(Some(gain.accuracy_before)),
            (gain.accuracy_after - gain.accuracy_before) * 100.0,
            image_count(gain.images)
        )
    };
    // All images in their turn say more than the test side.
    let verdict = match stage.cross_validation.as_ref().or(stage.test.as_ref()) {
        Some(gain) if gain.gain_interval_95[0] > 0.0 => "",
        Some(gain) if gain.gain_interval_95[1] < 0.0 => {
            "\nmore layers make it worse here: train without --more-layers"
        }
        _ => {
            "\nthese images do not tell whether more layers help; without --more-layers a library's \
             images need not be classified anew"
        }
    };
    let test = stage.test.iter().map(|it| gain(it, "test side"));
    let folds = stage.cross_validation.iter().map(|it| gain(it, "cross-validation"));
    let gains: String = test.chain(folds).collect();
    match gains.is_empty() {
        true => format!("\nmore layers, {passes}: nothing measures what they bring"),
        false => gains + verdict,
    }
}

fn describe(report: &TrainReport) -> String {
    let mut text = format!(
        "{}, {}; images for training {}, validation {}, test {}\n\
         right: training {}, validation {}, test {}",
        image_count(report.images),
        counted(report.categories.len(), "category", "categories"),
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
    if let Some(stage) = &report.second_stage {
        text += &second_stage(stage);
    }
    let leaked = report.plain_split.pairs;
    let pairs = leaked.near_duplicates + leaked.groups + leaked.sessions;
    if pairs > 0 {
        text += &format!(
            "\na split by file name alone would have measured with what it had learned from, in {} \
             pairs of near-duplicates, {} of one group, {} of one session",
            leaked.near_duplicates, leaked.groups, leaked.sessions
        );
    }
    if let Some(accuracy) = report.plain_split.plain_accuracy {
        let claimed = percent(Some(accuracy));
        text += &format!("\na split by file name alone would have claimed {claimed}");
    }
    text + &format!("\n{} written in {:.1} s", report.model, report.seconds)
}
