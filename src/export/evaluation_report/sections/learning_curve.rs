//! Would more images help, and what would they cost?

use super::super::html::{Section, Table, figure, figures, missing, number, numbers, text};
use super::super::plot::{Axis, Plot, Series, Swatch, legend};
use super::super::text::{count, percent};
use crate::learning::{CurvePoint, LearningCurve, Spread};

pub(super) fn learning_curve(curve: Option<&LearningCurve>) -> Section {
    let points: &[CurvePoint] = curve.map_or(&[], |curve| &curve.points);
    let accuracies = spreads(points, |point| point.images_per_category, CurvePoint::accuracy);
    let seconds = spreads(points, |point| point.images, CurvePoint::training_seconds);
    let mut shown = Vec::new();
    if !accuracies.is_empty() {
        shown.push(accuracy_figure(&accuracies, points));
    }
    if !seconds.is_empty() {
        shown.push(seconds_figure(&seconds));
    }
    let body = if shown.is_empty() {
        missing(
            "Not measured. A learning curve trains with fewer images, again and again, to show \
             what more of them would bring.",
        )
    } else {
        figures(&shown)
    };
    Section { id: "learning-curve", heading: "More images: gain and time", body }
}

/// Numbers of images with the spread of what was measured with them.
type Spreads = Vec<(usize, Spread)>;

fn spreads(
    points: &[CurvePoint],
    images: fn(&CurvePoint) -> usize,
    spread: fn(&CurvePoint) -> Option<Spread>,
) -> Spreads {
    points.iter().filter_map(|point| Some((images(point), spread(point)?))).collect()
}

fn accuracy_figure(spreads: &Spreads, points: &[CurvePoint]) -> String {
    let lowest = spreads.iter().map(|(_, spread)| spread.min).fold(1.0, f64::min);
    let highest = spreads.iter().map(|(_, spread)| spread.max).fold(0.0, f64::max);
    let mut plot = Plot::new(
        Axis::logarithmic("Images of each category", &numbers_of(spreads)),
        Axis::percent("Right", lowest, highest),
    );
    draw(&mut plot, spreads);
    let ends = [spreads.first(), spreads.last()].map(|end| {
        end.map_or_else(String::new, |(images, spread)| {
            format!("{} with {} of each category", percent(spread.mean), count(*images))
        })
    });
    let svg = plot.svg(
        "learning-curve-accuracy",
        "Accuracy by images of each category",
        &ends.join(", "),
    );
    figure("What more images bring", &svg, &spread_legend(), &numbers(&table(points)))
}

fn seconds_figure(spreads: &Spreads) -> String {
    let highest = spreads.iter().map(|(_, spread)| spread.max).fold(0.0, f64::max);
    let mut plot = Plot::new(
        Axis::logarithmic("Images trained on", &numbers_of(spreads)),
        Axis::from_zero("Training time in seconds", highest),
    );
    draw(&mut plot, spreads);
    let description = format!("At most {highest:.1} seconds");
    let svg = plot.svg("learning-curve-seconds", "Training time by number of images", &description);
    figure("What they cost", &svg, &spread_legend(), "")
}

fn draw(plot: &mut Plot, spreads: &Spreads) {
    for (images, spread) in spreads {
        plot.whisker(*images as f64, spread.min, spread.max, Series::First);
    }
    let means: Vec<(f64, f64)> =
        spreads.iter().map(|(images, spread)| (*images as f64, spread.mean)).collect();
    plot.line(&means, Series::First);
    plot.points(&means, Series::First);
}

fn numbers_of(spreads: &Spreads) -> Vec<usize> {
    spreads.iter().map(|(images, _)| *images).collect()
}

fn spread_legend() -> String {
    legend(&[(Series::First, Swatch::LineWithMarks, "mean; upright lines: range of repetitions")])
}

fn table(points: &[CurvePoint]) -> Table {
    let heads = vec![
        text("Images of each category"),
        number("In all"),
        number("Repetitions"),
        number("Right: mean"),
        number("Right: range"),
        number("Seconds: mean"),
    ];
    let mut table = Table::new("Accuracy and training time by number of images", heads);
    for point in points {
        let Some(accuracy) = point.accuracy() else { continue };
        let seconds = point.training_seconds();
        table.row(vec![
            text(count(point.images_per_category)),
            number(count(point.images)),
            number(count(point.accuracies.len())),
            number(percent(accuracy.mean)),
            number(format!("{} – {}", percent(accuracy.min), percent(accuracy.max))),
            number(seconds.map_or_else(String::new, |seconds| format!("{:.1}", seconds.mean))),
        ]);
    }
    table
}
