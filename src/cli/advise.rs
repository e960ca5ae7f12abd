//! `semblance categories advise`

use super::arguments::AdviseArguments;
use super::interrupt::cancelled_by_interrupt;
use super::library::{Labelled, labelled, pipeline_options};
use super::{Outcome, Output};
use crate::classifier::Backbone;
use crate::learning::{MergeAdvice, Recipe, TrainOptions};
use crate::ops::{LabelledExamples, counted};

/// Pairs shown to people; `--json` has all.
const SHOWN: usize = 15;

pub(super) fn run(arguments: &AdviseArguments, output: &mut Output) -> anyhow::Result<Outcome> {
    let Labelled { set, cache, .. } = labelled(&arguments.labelled)?;
    let backbone = Backbone::find(&arguments.backbone, arguments.engine.threads)?;
    let pipeline = pipeline_options(&arguments.engine);
    let training = TrainOptions { recipe: Recipe::Lbfgs, is_balanced: arguments.balanced };
    let cancel = cancelled_by_interrupt();
    let examples = LabelledExamples::of(
        set,
        arguments.min_images,
        &backbone,
        &cache,
        &pipeline,
        cancel,
        &mut |done, total| output.progress("Features of", done, total),
    )?;
    for note in &examples.notes {
        output.message(note);
    }
    let advice = examples.advise_merges(training, cancel, &mut |done, total| {
        output.progress("Merged pair", done, total);
    })?;
    if arguments.json {
        output.json(&advice)?;
    } else {
        output.line(&describe(&advice))?;
    }
    Ok(Outcome::Fine)
}

fn describe(advice: &MergeAdvice) -> String {
    let mut text = format!(
        "{:.1} % of {} images are right without a merge. Points of accuracy that each merge would \
         bring, with its 95 % interval:",
        advice.accuracy * 100.0,
        advice.images
    );
    let names: Vec<String> =
        advice.pairs.iter().map(|pair| format!("{} + {}", pair.a, pair.b)).collect();
    let width = names.iter().take(SHOWN).map(String::len).max().unwrap_or(0);
    text +=
        &format!("\n{:width$}  change           interval  taken for one another  by guessing", "");
    let points = |share: f64| format!("{:+.1}", share * 100.0);
    for (pair, name) in advice.pairs.iter().zip(&names).take(SHOWN) {
        text += &format!(
            "\n{name:width$}  {:>6}  {:>17}  {:>19} %  {:>11}{}",
            points(pair.change),
            format!("{} to {}", points(pair.interval.low), points(pair.interval.high)),
            format!("{:.1}", pair.confused * 100.0),
            points(pair.guessing_gain),
            if pair.stands_out { "  stands out" } else { "" }
        );
    }
    if advice.pairs.len() > SHOWN {
        text += &format!(
            "\n… and less from {} (--json has all)",
            counted(advice.pairs.len() - SHOWN, "other pair", "other pairs")
        );
    }
    text + &match advice.unlike {
        Some(unlike) => format!(
            "\nMerging unlike categories (seldom taken for one another: {}) brings {} on average, {} to \
             {} in nine of ten: a merge is worth it only beyond that",
            counted(unlike.pairs, "pair", "pairs"),
            points(unlike.mean),
            points(unlike.range.low),
            points(unlike.range.high)
        ),
        None => "\nThere are too few unlike categories to compare with".to_owned(),
    }
}
