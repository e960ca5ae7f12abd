//! What a reader in a hurry must know.

use super::super::html::paragraph;
use super::super::input::ReportInput;
use super::super::text::{count, escape, images, percent, percent_range, plain_percent, score};
use crate::learning::{CorrectnessCurve, Evaluation, Threshold};

/// Promises at or above this are strict enough to leave images to the program.
const USUAL_PROMISE: f64 = 0.95;

/// Heading, figures that matter, warnings, and how to use the scores.
pub(in super::super) fn summary(report: &ReportInput) -> String {
    let measured = &report.evaluation;
    let promise = usual_promise(&measured.thresholds);
    [
        format!("<h1>{}</h1>\n", escape(&report.title)),
        format!("<p class=\"about\">{}</p>\n", about(report)),
        tiles(measured, promise),
        paragraph(&format!(
            "<strong>{}</strong> Measured on {}. No image was judged by a head that had been \
             trained on it.",
            in_words(measured),
            escape(report.measured_on.trim_end_matches('.'))
        )),
        hardest(measured),
        use_of_scores(measured, promise),
        warnings(&report.warnings),
    ]
    .concat()
}

fn about(report: &ReportInput) -> String {
    let model = &report.model;
    let trained = [
        ("Model ", &model.name),
        ("on ", &model.backbone),
        ("trained ", &model.trained_at),
        ("Semblance ", &model.program_version),
    ];
    let known = trained.iter().filter(|(_, value)| !value.is_empty());
    let parts: Vec<String> =
        known.map(|(what, value)| format!("{what}{}", escape(value))).collect();
    parts.join(" · ")
}

/// The least strict promise that is strict enough, or else the strictest that can be given.
fn usual_promise(thresholds: &[Threshold]) -> Option<&Threshold> {
    let given = || thresholds.iter().filter(|threshold| threshold.score.is_some());
    let by_promise =
        |a: &&Threshold, b: &&Threshold| a.promised_accuracy.total_cmp(&b.promised_accuracy);
    given()
        .filter(|threshold| threshold.promised_accuracy >= USUAL_PROMISE)
        .min_by(by_promise)
        .or_else(|| given().max_by(by_promise))
}

fn tiles(measured: &Evaluation, promise: Option<&Threshold>) -> String {
    let tile = |value: String, meaning: &str, detail: &str| {
        format!("<li><strong>{value}</strong>{meaning}<small>{detail}</small></li>\n")
    };
    let interval = |interval| format!("95 % interval: {}", percent_range(interval));
    let unattended = match promise {
        Some(kept) => tile(
            percent(kept.coverage),
            "can be left to the program",
            &format!("at least {} of them right", plain_percent(kept.promised_accuracy)),
        ),
        None => tile("0 %".to_owned(), "can be left to the program", "no promise can be given yet"),
    };
    format!(
        "<ul class=\"tiles\">\n{}{}{unattended}</ul>\n",
        tile(
            percent(measured.accuracy),
            "classified rightly",
            &interval(measured.accuracy_interval_95)
        ),
        tile(
            percent(measured.top2_accuracy),
            "right among the first two",
            &interval(measured.top2_accuracy_interval_95)
        ),
    )
}

fn in_words(measured: &Evaluation) -> String {
    if measured.accuracy >= 1.0 {
        return format!("Every one of {} is classified rightly.", images(measured.images));
    }
    // Out of a thousand where out of a hundred would round to all.
    let of = if measured.accuracy >= 0.99 { 1000.0 } else { 100.0 };
    format!(
        "Of {of} images, about {:.0} are classified rightly, and of {:.0} the right category is \
         among the first two.",
        measured.accuracy * of,
        measured.top2_accuracy * of
    )
}

/// The category that is found least often, and what is most often taken for what.
fn hardest(measured: &Evaluation) -> String {
    let name = |category: usize| escape(&measured.per_category[category].category);
    let mut sentences = Vec::new();
    let results = measured.per_category.iter().enumerate();
    let with_recall = results.filter_map(|(place, result)| Some((place, result.recall?)));
    if let Some((category, recall)) = with_recall.min_by(|a, b| a.1.total_cmp(&b.1))
        && recall < 1.0
    {
        sentences.push(format!(
            "Hardest to find is {}: {} of {}.",
            name(category),
            count(measured.confusion[category][category]),
            images(measured.per_category[category].images)
        ));
    }
    let wrong = measured.confusion.iter().enumerate().flat_map(|(truth, row)| {
        let elsewhere = row.iter().enumerate().filter(move |(called, _)| *called != truth);
        elsewhere.map(move |(called, images)| (truth, called, *images))
    });
    // The first of equals, so that the order of categories decides.
    let most =
        wrong.filter(|(.., images)| *images > 0).reduce(|a, b| if b.2 > a.2 { b } else { a });
    if let Some((truth, called, wrong)) = most {
        sentences.push(format!(
            "The most frequent error: {} taken for {} ({} of {}).",
            name(truth),
            name(called),
            count(wrong),
            images(measured.per_category[truth].images)
        ));
    }
    if sentences.is_empty() { String::new() } else { paragraph(&sentences.join(" ")) }
}

fn use_of_scores(measured: &Evaluation, promise: Option<&Threshold>) -> String {
    let mut advice = Vec::new();
    let taken_from = promise.and_then(|kept| kept.score).unwrap_or(f64::INFINITY);
    let offered_from = half_right_from(&measured.right_in_two_by_score);
    if let Some(kept) = promise {
        advice.push(format!(
            "<strong>{}</strong>, take the category as it is: at least {} of such images are \
             right, with {} confidence.",
            range(taken_from, f64::INFINITY),
            plain_percent(kept.promised_accuracy),
            plain_percent(kept.confidence)
        ));
    }
    if offered_from < taken_from {
        advice.push(format!(
            "<strong>{}</strong>, offer the two best: one of them is more often right than not.",
            range(offered_from, taken_from)
        ));
    }
    if offered_from > 0.0 {
        advice.push(format!(
            "<strong>{}</strong>, ask a person: even the two best are more often wrong than right.",
            range(0.0, offered_from.min(taken_from))
        ));
    }
    let items: String = advice.iter().map(|item| format!("<li>{item}</li>\n")).collect();
    format!("<h2>How to use the scores</h2>\n<ul>\n{items}</ul>\n")
}

/// The score from which on it is more probable to be right than not: 0 where it always is, infinite
/// where it never is.
fn half_right_from(curve: &CorrectnessCurve) -> f64 {
    match curve.reaches_half {
        Some(crossover) => crossover.score,
        None if curve.isotonic.first().is_some_and(|step| step.probability >= 0.5) => 0.0,
        None => f64::INFINITY,
    }
}

/// Scores from `from`, which may be 0, up to `to`, which may be infinite.
fn range(from: f64, to: f64) -> String {
    match (from > 0.0, to.is_finite()) {
        (true, true) => format!("From {} to {}", score(from), score(to)),
        (true, false) => format!("From {} up", score(from)),
        (false, true) => format!("Below {}", score(to)),
        (false, false) => "At any score".to_owned(),
    }
}

fn warnings(warnings: &[String]) -> String {
    if warnings.is_empty() {
        return String::new();
    }
    let items: String =
        warnings.iter().map(|warning| format!("<li>{}</li>\n", escape(warning))).collect();
    format!(
        "<aside class=\"warnings\">\n<h2>Before you believe this</h2>\n<ul>\n{items}</ul>\n</aside>\n"
    )
}
