//! From which score on images can be left to the program.

use super::super::html::{Cell, Section, Table, number, paragraph, text};
use super::super::text::{NONE, count, or_none, percent, plain_percent, score};
use crate::learning::{MoreLabels, Threshold};

pub(super) fn promises(thresholds: &[Threshold], held_out_share: Option<f64>) -> Section {
    let heads = vec![
        text("Promise"),
        number("Scores from"),
        number("Images covered"),
        number("Right here"),
        number("Right at least"),
        text("What is missing"),
    ];
    let mut table = Table::new("Promises of accuracy and the scores that keep them", heads);
    for threshold in thresholds {
        table.row(vec![
            Cell::Html(format!(
                "{} right<br><small>with {} confidence</small>",
                plain_percent(threshold.promised_accuracy),
                plain_percent(threshold.confidence)
            )),
            number(or_none(threshold.score, score)),
            number(percent(threshold.coverage)),
            number(or_none(threshold.accuracy, percent)),
            number(or_none(threshold.accuracy_low, percent)),
            text(what_is_missing(threshold, held_out_share)),
        ]);
    }
    let meaning = "A promise is about images to come that are like these. It holds with its \
                   confidence although the score was chosen afterwards, because scores are tried \
                   in a fixed order.";
    Section {
        id: "promises",
        heading: "What can be promised",
        body: paragraph(meaning) + &table.html(),
    }
}

fn what_is_missing(threshold: &Threshold, held_out_share: Option<f64>) -> String {
    match (threshold.score, threshold.more_labels) {
        (Some(_), _) => NONE.to_owned(),
        (None, None) => "No number of images can show this".to_owned(),
        (None, Some(MoreLabels { at_least, estimate: None })) => format!(
            "{} more images held out, all of them right; where the model errs among its highest \
             scores, a better one",
            count(at_least)
        ),
        (None, Some(MoreLabels { at_least, estimate: Some(estimate) })) => {
            let held_out = if estimate == at_least {
                format!("{} more images held out, if they are like these", count(estimate))
            } else {
                format!(
                    "About {} more images held out, if they are like these; never fewer than {}",
                    count(estimate),
                    count(at_least)
                )
            };
            held_out + &in_all(estimate, held_out_share)
        }
    }
}

/// What that means for labelling, where only a part of what is labelled is held out.
fn in_all(held_out: usize, share: Option<f64>) -> String {
    let in_all = share
        .filter(|share| *share < 1.0)
        .and_then(|share| Some((share, MoreLabels::in_all(held_out, share)?)));
    in_all.map_or_else(String::new, |(share, in_all)| {
        format!(" ({} labelled in all, of which {} are held out)", count(in_all), percent(share))
    })
}
