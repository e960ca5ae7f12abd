//! How far a score can be believed.

use super::super::html::{Section, Table, figure, figures, number, numbers, paragraph, text};
use super::super::plot::{Axis, Plot, Series, Swatch, legend};
use super::super::text::{count, images, percent, percent_range, score};
use crate::learning::{CorrectnessCurve, Evaluation};

pub(super) fn correctness(measured: &Evaluation) -> Section {
    let curves = [
        (&measured.right_by_score, Series::First, "the best category"),
        (&measured.right_in_two_by_score, Series::Second, "one of the two best"),
    ];
    let mut plot = Plot::new(
        Axis::score("Score of the best category"),
        Axis::percent("Probability of being right", 0.0, 1.0),
    );
    plot.reference((0.0, 0.5), (1.0, 0.5));
    for (curve, series, _) in curves {
        draw(&mut plot, curve, series);
    }
    let mut crossings: Vec<f64> =
        curves.iter().filter_map(|(curve, ..)| Some(curve.reaches_half?.score)).collect();
    crossings.dedup_by(|a, b| score(*a) == score(*b));
    for (place, crossing) in crossings.iter().enumerate() {
        // One label above the other, because the crossings may be near each other.
        plot.label_above((*crossing, 0.02 + 0.08 * place as f64), &score(*crossing));
    }
    let sentences: Vec<String> =
        curves.iter().map(|(curve, _, name)| crossover_in_words(curve, name)).collect();
    let svg = plot.svg(
        "right-by-score",
        "Probability that the best category, or one of the two best, is right, by score",
        &sentences.join(" "),
    );
    let legend = legend(&[
        (Series::First, Swatch::LineWithMarks, "best category is right"),
        (Series::Second, Swatch::LineWithMarks, "one of the two best is right"),
    ]);
    let tables = numbers(&table("the best category", &measured.right_by_score))
        + &numbers(&table("one of the two best", &measured.right_in_two_by_score));
    let figure = figure("Probability of being right by score", &svg, &legend, &tables);
    let explained = "Marks: images within a range of scores, with 95 % intervals. Lines: isotonic \
                     regression, the best curve that never falls; the crossings of one half are \
                     read from it.";
    let words = format!(
        "<div>{}{}<p class=\"note\">{explained}</p>\n</div>\n",
        sentences.iter().map(|sentence| paragraph(sentence)).collect::<String>(),
        paragraph(&second_in_words(measured)),
    );
    Section {
        id: "correctness",
        heading: "How far a score can be believed",
        body: figures(&[figure, words]),
    }
}

fn draw(plot: &mut Plot, curve: &CorrectnessCurve, series: Series) {
    let mut line: Vec<(f64, f64)> = Vec::new();
    for (place, step) in curve.isotonic.iter().enumerate() {
        let below = place.checked_sub(1).map(|place| curve.isotonic[place].high);
        let above = curve.isotonic.get(place + 1).map(|next| next.low);
        // Steps meet half-way, where the crossing of one half is read too.
        let half_way =
            |other: Option<f64>, own| other.map_or(own, |other| f64::midpoint(other, own));
        line.push((half_way(below, step.low), step.probability));
        line.push((half_way(above, step.high), step.probability));
    }
    plot.line(&line, series);
    // Both curves have the same bins: side by side, or one would hide the other.
    let aside = if series == Series::First { -0.006 } else { 0.006 };
    for bin in &curve.bins {
        let interval = bin.right.interval_95;
        plot.whisker(bin.mean_score + aside, interval.low, interval.high, series);
    }
    let marks: Vec<(f64, f64)> =
        curve.bins.iter().map(|bin| (bin.mean_score + aside, bin.right.accuracy)).collect();
    plot.points(&marks, series);
    if let Some(crossover) = curve.reaches_half {
        plot.reference((crossover.score, 0.0), (crossover.score, 0.5));
    }
}

fn crossover_in_words(curve: &CorrectnessCurve, name: &str) -> String {
    match curve.reaches_half {
        Some(crossover) => format!(
            "From a score of {} on, {name} is right more often than not ({} lower).",
            score(crossover.score),
            if crossover.images_below == 1 {
                "1 image scores".to_owned()
            } else {
                format!("{} score", images(crossover.images_below))
            }
        ),
        None if curve.isotonic.first().is_some_and(|step| step.probability >= 0.5) => {
            format!("At every score seen, {name} is right more often than not.")
        }
        None => format!("At no score is {name} right more often than not."),
    }
}

fn second_in_words(measured: &Evaluation) -> String {
    measured.second_right_when_wrong.as_ref().map_or_else(
        || "The best category is never wrong here.".to_owned(),
        |second| {
            format!(
                "Where the best is wrong, the second is right in <strong>{}</strong> of {} (95 % \
                 interval: {}).",
                percent(second.accuracy),
                images(second.images),
                percent_range(second.interval_95)
            )
        },
    )
}

fn table(what: &str, curve: &CorrectnessCurve) -> Table {
    let heads = vec![text("Score"), number("Images"), number("Right"), number("95 % interval")];
    let mut table = Table::new(&format!("How often {what} is right, by score"), heads);
    for bin in &curve.bins {
        table.row(vec![
            text(format!("{:.2}–{:.2}", bin.low, bin.high)),
            number(count(bin.right.images)),
            number(percent(bin.right.accuracy)),
            number(percent_range(bin.right.interval_95)),
        ]);
    }
    table
}
