//! How training went.

use super::super::html::{Section, figure, figures};
use super::super::plot::{Axis, Plot, Series, Swatch, legend};
use super::super::text::{or_none, percent};
use crate::learning::HistoryPoint;

/// Looks at the head that are drawn: more would lie on top of one another.
const MOST_POINTS: usize = 300;

pub(super) fn history(history: &[HistoryPoint]) -> Option<Section> {
    let last = history.last()?;
    let step = history.len().div_ceil(MOST_POINTS);
    // The end is what counts: it is never left out.
    let shown: Vec<HistoryPoint> = history.iter().rev().step_by(step).rev().copied().collect();
    let accuracies: Vec<(f64, Option<f64>)> =
        shown.iter().map(|point| (point.training_accuracy, point.validation_accuracy)).collect();
    let losses: Vec<(f64, Option<f64>)> = shown
        .iter()
        .map(|point| (point.training_cross_entropy, point.validation_cross_entropy))
        .collect();

    let lowest = values(&accuracies).fold(1.0, f64::min);
    let highest = values(&accuracies).fold(0.0, f64::max);
    let mut accuracy =
        Plot::new(Axis::count("Steps", last.step), Axis::percent("Right", lowest, highest));
    draw(&mut accuracy, &shown, &accuracies);
    let accuracy = accuracy.svg(
        "history-accuracy",
        "Accuracy while training",
        &at_the_end(last.training_accuracy, last.validation_accuracy, percent),
    );

    let mut loss = Plot::new(
        Axis::count("Steps", last.step),
        Axis::from_zero("Cross-entropy in nats", values(&losses).fold(0.0, f64::max)),
    );
    draw(&mut loss, &shown, &losses);
    let nats = |value: f64| format!("{value:.3} nats");
    let loss = loss.svg(
        "history-cross-entropy",
        "Cross-entropy while training",
        &at_the_end(last.training_cross_entropy, last.validation_cross_entropy, nats),
    );
    Some(Section {
        id: "history",
        heading: "How training went",
        body: figures(&[
            figure("Accuracy", &accuracy, &sides(), ""),
            figure("Cross-entropy", &loss, &sides(), ""),
        ]),
    })
}

fn values(pairs: &[(f64, Option<f64>)]) -> impl Iterator<Item = f64> {
    pairs.iter().flat_map(|(train, validation)| [Some(*train), *validation]).flatten()
}

fn draw(plot: &mut Plot, shown: &[HistoryPoint], pairs: &[(f64, Option<f64>)]) {
    let steps = || shown.iter().map(|point| point.step as f64);
    let train: Vec<(f64, f64)> = steps().zip(pairs.iter().map(|(train, _)| *train)).collect();
    let validation: Vec<(f64, f64)> =
        steps().zip(pairs).filter_map(|(step, (_, value))| Some((step, (*value)?))).collect();
    plot.line(&train, Series::First);
    plot.line(&validation, Series::Second);
}

fn sides() -> String {
    legend(&[
        (Series::First, Swatch::Line, "training side"),
        (Series::Second, Swatch::Line, "validation side"),
    ])
}

fn at_the_end(train: f64, validation: Option<f64>, text: fn(f64) -> String) -> String {
    format!("At the end: training {}, validation {}", text(train), or_none(validation, text))
}
