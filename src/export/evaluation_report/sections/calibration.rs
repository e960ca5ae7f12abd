//! Do the scores mean what they say?

use super::super::html::{Section, Table, figure, figures, number, numbers, paragraph, text};
use super::super::plot::{Axis, Plot, Series, Swatch, legend};
use super::super::text::{count, percent};
use crate::learning::{Evaluation, ReliabilityBin};

pub(super) fn calibration(measured: &Evaluation) -> Section {
    let mut plot =
        Plot::new(Axis::score("Mean score of the best category"), Axis::percent("Right", 0.0, 1.0));
    plot.reference((0.0, 0.0), (1.0, 1.0));
    let is_scaled = measured.temperature != 1.0;
    let mut entries = vec![(Series::First, Swatch::LineWithMarks, "scores as they are")];
    if is_scaled {
        draw(&mut plot, &measured.reliability_uncalibrated, Series::Second);
        entries.push((Series::Second, Swatch::LineWithMarks, "without temperature"));
    }
    draw(&mut plot, &measured.reliability, Series::First);
    let words = in_words(measured);
    let svg = plot.svg("reliability", "Share of right images by mean score", &words);
    let figure = figure(
        "Reliability diagram",
        &svg,
        &legend(&entries),
        &numbers(&table(&measured.reliability)),
    );
    let meaning = "On the dotted diagonal, of images with a score of 0.8 exactly 80 % are right. \
                   Above it the scores are too modest, below it too sure.";
    Section {
        id: "calibration",
        heading: "Do the scores mean what they say?",
        body: figures(&[
            figure,
            format!("<div>{}{}</div>\n", paragraph(&words), paragraph(meaning)),
        ]),
    }
}

fn draw(plot: &mut Plot, bins: &[ReliabilityBin], series: Series) {
    let points: Vec<(f64, f64)> = bins.iter().map(|bin| (bin.mean_score, bin.accuracy)).collect();
    plot.line(&points, series);
    plot.points(&points, series);
}

fn in_words(measured: &Evaluation) -> String {
    let chance = measured.ece_by_chance;
    let verdict = if measured.ece <= chance.percentile_95 {
        "so no miscalibration is to be seen"
    } else {
        "so the scores are off by more than chance"
    };
    format!(
        "Expected calibration error: {:.3} at temperature {:.3} (without: {:.3}). Perfect scores of \
         as many images would show {:.3} on average and up to {:.3} in 95 of 100 cases: {verdict}.",
        measured.ece,
        measured.temperature,
        measured.ece_uncalibrated,
        chance.mean,
        chance.percentile_95
    )
}

fn table(bins: &[ReliabilityBin]) -> Table {
    let heads = vec![text("Mean score"), number("Images"), number("Right")];
    let mut table = Table::new("Right images by mean score", heads);
    for bin in bins {
        table.row(vec![
            text(format!("{:.3}", bin.mean_score)),
            number(count(bin.images)),
            number(percent(bin.accuracy)),
        ]);
    }
    table
}
