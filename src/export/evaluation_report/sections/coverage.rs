//! How many images the program can take over, at which accuracy.

use super::super::html::{Section, Table, figure, figures, number, numbers, paragraph, text};
use super::super::plot::{Axis, Plot, Series, Swatch, legend};
use super::super::text::{percent, percent_range, plain_percent, score};
use crate::learning::{CoverageCurve, Evaluation};

pub(super) fn coverage(measured: &Evaluation) -> Section {
    let curve = &measured.coverage_curve;
    let kept = measured.thresholds.iter().filter(|threshold| threshold.score.is_some());
    let kept: Vec<(f64, f64, String)> = kept
        .filter_map(|kept| {
            Some((kept.coverage, kept.accuracy?, plain_percent(kept.promised_accuracy)))
        })
        .collect();
    let mut plot = coverage_plot(curve);
    for (coverage, accuracy, promise) in &kept {
        plot.points(&[(*coverage, *accuracy)], Series::Third);
        plot.label_below((*coverage, *accuracy), promise);
    }
    let mut entries = vec![
        (Series::First, Swatch::Line, "accuracy"),
        (Series::First, Swatch::Band, "95 % interval"),
    ];
    if !kept.is_empty() {
        entries.push((Series::Third, Swatch::Marks, "promise that can be given"));
    }
    let svg = plot.svg(
        "coverage-accuracy",
        "Accuracy of the images of the highest scores, by the share of images they are",
        &in_words(curve),
    );
    let figure = figure(
        "Accuracy of what is taken over, by how much that is",
        &svg,
        &legend(&entries),
        &numbers(&table(curve)),
    );
    let words = format!(
        "<div>{}{}</div>\n",
        paragraph(
            "From left to right ever more images are taken over, from the highest score down. The \
             more the curve falls, the more there is to gain by looking at the rest."
        ),
        paragraph(&in_words(curve))
    );
    Section {
        id: "coverage",
        heading: "How much can be left to the program",
        body: figures(&[figure, words]),
    }
}

fn coverage_plot(curve: &CoverageCurve) -> Plot {
    let lowest = curve
        .at_coverage
        .iter()
        .map(|at| at.interval_95.low)
        .chain(curve.points.iter().map(|point| point.accuracy))
        .fold(1.0, f64::min);
    let mut plot = Plot::new(
        Axis::percent("Images taken over", 0.0, 1.0),
        Axis::percent("Right among them", lowest.min(0.95), 1.0),
    );
    let band: Vec<(f64, f64, f64)> = curve
        .at_coverage
        .iter()
        .map(|at| (at.coverage, at.interval_95.low, at.interval_95.high))
        .collect();
    plot.band(&band, Series::First);
    let line: Vec<(f64, f64)> =
        curve.points.iter().map(|point| (point.coverage, point.accuracy)).collect();
    plot.line(&line, Series::First);
    plot
}

fn in_words(curve: &CoverageCurve) -> String {
    // Of 20 coverages in steps of 5 %: a quarter, half, three quarters, all.
    let some = curve.at_coverage.iter().skip(4).step_by(5);
    let parts: Vec<String> = some
        .map(|at| format!("{} of the {}", percent(at.accuracy), plain_percent(at.coverage)))
        .collect();
    format!("Right among the images of the highest scores: {}.", parts.join(", "))
}

fn table(curve: &CoverageCurve) -> Table {
    let heads = vec![
        text("Images taken over"),
        number("Scores from"),
        number("Right"),
        number("95 % interval"),
    ];
    let mut table = Table::new("Accuracy by coverage", heads);
    for at in &curve.at_coverage {
        table.row(vec![
            text(plain_percent(at.coverage)),
            number(score(at.score)),
            number(percent(at.accuracy)),
            number(percent_range(at.interval_95)),
        ]);
    }
    table
}
