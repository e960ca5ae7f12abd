//! The card of a model, for people.

use std::fmt::Write as _;

use super::counted::{counted, image_count};
use crate::classifier::{ModelManifest, SecondStageRecord};
use crate::learning::Evaluation;

/// `MODEL.md`: what the model is for, its data, and how good it was measured to be.
pub(super) fn model_card(manifest: &ModelManifest, test: Option<&Evaluation>) -> String {
    let training = &manifest.training;
    let mut card = format!(
        "# {}\n\n{}\n\nTrained by Semblance {} on {}: a linear head on the features of {}.\n\n\
         ## How good it is\n\n",
        manifest.name,
        manifest.description,
        manifest.program_version,
        manifest.created_at,
        manifest.backbone
    );
    // Writing to a String cannot fail.
    if let Some(measured) = &training.cross_validation {
        let folds: Vec<String> = measured.fold_accuracy.iter().map(|a| percent(*a)).collect();
        let _ = writeln!(
            card,
            "**{} right** in grouped cross-validation ({} folds: {}); the right category is among \
             the first two in {}; macro-F1 {:.2}. Images of one group (same paper, sample or \
             series) stay in one fold, so that no image is judged by a head that has seen its \
             siblings; penalty and temperature are chosen without the fold that measures.\n",
            percent(measured.accuracy),
            measured.folds,
            folds.join(", "),
            percent(measured.top2_accuracy),
            measured.macro_f1
        );
    }
    if let Some(stage) = &training.second_stage {
        card += &second_stage(stage);
    }
    let _ = writeln!(card, "The head in this folder was fitted on the training side alone:\n");
    let _ = writeln!(card, "| side | images | right |\n|---|---|---|");
    let sides = ["training", "validation", "test"];
    for ((side, images), accuracy) in sides.iter().zip(training.split).zip(training.accuracy) {
        let right = accuracy.map_or_else(|| "–".to_owned(), percent);
        let _ = writeln!(card, "| {side} | {images} | {right} |");
    }
    if let Some(test) = test {
        let _ = writeln!(
            card,
            "\n## On the test side, by category\n\n| category | images | recall | precision |\n|---|---|---|---|"
        );
        for result in &test.per_category {
            let share = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), percent);
            let _ = writeln!(
                card,
                "| {} | {} | {} | {} |",
                result.category,
                result.images,
                share(result.recall),
                share(result.precision)
            );
        }
    }
    let _ = writeln!(card, "\n## Data\n\n{}\n", training.data);
    let groups = match training.groups {
        0 => "No groups were given: images of one sample may lie on both sides of the split, \
              which flatters."
            .to_owned(),
        groups => {
            format!("{}, each on one side of the split.", counted(groups, "group", "groups"))
        }
    };
    let groups = match training.ungrouped {
        0 => groups,
        alone if training.groups > 0 => format!("{groups} In no group: {}.", image_count(alone)),
        _ => groups,
    };
    let _ = writeln!(card, "{groups}\n\n| category | images |\n|---|---|");
    for (category, images) in &training.images_per_category {
        let _ = writeln!(card, "| {category} | {images} |");
    }
    let _ = writeln!(card, "\n| licence of the images | images |\n|---|---|");
    for (licence, images) in &training.data_licences {
        let _ = writeln!(card, "| {licence} | {images} |");
    }
    let _ = writeln!(
        card,
        "\n## Details\n\nMultinomial logistic regression, L2 penalty {}, temperature {:.3}. \
         Head sha256 `{}`.",
        training.l2, manifest.temperature, manifest.head_sha256
    );
    card
}

fn second_stage(stage: &SecondStageRecord) -> String {
    let mut text = match stage.passes {
        0 => {
            "Training more layers than the head was tried and did not help on images that did not \
              train: the network is the one it was.\n"
                .to_owned()
        }
        passes => format!(
            "The network's last convolution was trained too, in {} over the training images.\n",
            counted(passes, "pass", "passes")
        ),
    };
    for (gain, on) in
        [(&stage.test, "the test side"), (&stage.cross_validation, "cross-validation")]
    {
        if let Some(gain) = gain {
            let [low, high] = gain.gain_interval_95.map(|end| end * 100.0);
            text += &format!(
                "On {on} it has {} of {} right, the head alone {}: {:+.1} points (95 %: \
                 {low:+.1} to {high:+.1}).\n",
                percent(gain.accuracy_after),
                image_count(gain.images),
                percent(gain.accuracy_before),
                (gain.accuracy_after - gain.accuracy_before) * 100.0,
            );
        }
    }
    text + "\n"
}

fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}
