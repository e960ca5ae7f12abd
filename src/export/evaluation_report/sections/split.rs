//! Why the figures can be trusted: how images were kept apart.

use super::super::html::{Section, Table, missing, number, paragraph, text};
use super::super::input::{LeakComparison, MeasuredAccuracy, ReportInput};
use super::super::text::{count, images, percent, points};
use super::share_bar::share_bar;
use crate::learning::Spread;

pub(super) fn split(report: &ReportInput) -> Section {
    let body =
        [sides(report.model.split), folds(&report.fold_accuracies), leak(report.leak.as_ref())];
    Section { id: "split", heading: "How images were kept apart", body: body.concat() }
}

fn sides(split: [usize; 3]) -> String {
    if split.iter().sum::<usize>() == 0 {
        return String::new();
    }
    let mut table = Table::new(
        "The split that trained the model",
        vec![text("Side"), number("Images"), text("What for")],
    );
    let sides = [
        ("Training", "fits the weights"),
        ("Validation", "chooses penalty and temperature"),
        ("Test", "measures, and does nothing else"),
    ];
    for ((side, purpose), images) in sides.into_iter().zip(split) {
        table.row(vec![text(side), number(count(images)), text(purpose)]);
    }
    table.html()
}

fn folds(accuracies: &[f64]) -> String {
    let Some(spread) = Spread::of(accuracies) else { return String::new() };
    let mut table =
        Table::new("Cross-validation, each fold by itself", vec![text("Fold"), text("Right")]);
    for (fold, accuracy) in accuracies.iter().enumerate() {
        table.row(vec![text(format!("Fold {}", fold + 1)), share_bar(Some(*accuracy), None)]);
    }
    let words = format!(
        "Over {} folds: {} on average, {} to {}.",
        accuracies.len(),
        percent(spread.mean),
        percent(spread.min),
        percent(spread.max)
    );
    paragraph(&words) + &table.html()
}

fn leak(leak: Option<&LeakComparison>) -> String {
    let Some(leak) = leak else {
        return missing("What a split that ignores groups would have claimed was not measured.");
    };
    let pairs = |number: usize, of: &str| {
        format!(
            "{} {of}",
            if number == 1 { "1 pair".to_owned() } else { format!("{} pairs", count(number)) }
        )
    };
    let mut html = paragraph(&format!(
        "A plain split by file names would have put {}, {} and {} on both sides: images that the \
         head knows from training.",
        pairs(leak.leaked_near_duplicate_pairs, "of near-duplicates"),
        pairs(leak.leaked_group_pairs, "of images of one group"),
        pairs(leak.leaked_session_pairs, "of one session")
    ));
    let accuracy = |measured: MeasuredAccuracy| {
        format!("{} of {}", percent(measured.accuracy), images(measured.images))
    };
    if let (Some(grouped), Some(plain)) = (leak.accuracy_grouped, leak.accuracy_plain) {
        html += &paragraph(&format!(
            "It would have claimed {}, where groups kept on one side give {}: a difference of {} \
             points that new images would not show.",
            accuracy(plain),
            accuracy(grouped),
            points(plain.accuracy - grouped.accuracy)
        ));
    }
    html
}
