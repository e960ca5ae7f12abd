use std::collections::BTreeSet;

use super::*;
use crate::learning::{
    CurvePoint, HistoryPoint, Interval, LearningCurve, MergeAdvice, MergedPair, ScoredImage,
    UnlikePairs, evaluate,
};

/// `images` images of `categories` categories, most of them right, some of them of two categories,
/// with subcategories or annotated.
fn images(images: usize, categories: usize) -> Vec<ScoredImage> {
    (0..images)
        .map(|i| {
            let truth = (i * i) % categories;
            let mut logits: Vec<f32> =
                (0..categories).map(|c| ((i * 7 + c * 13) % 11) as f32 * 0.4).collect();
            logits[truth] += (i % 5) as f32;
            ScoredImage {
                logits,
                truth,
                second: (i % 4 == 1).then_some((truth + 1) % categories),
                subcategory: (i % 3 == 0).then(|| "single, <in> focus".to_owned()),
                is_annotated: i % 6 == 0,
            }
        })
        .collect()
}

fn bare(names: &[String], images: &[ScoredImage]) -> ReportInput {
    ReportInput {
        title: "Report".to_owned(),
        measured_on: "the test side".to_owned(),
        warnings: Vec::new(),
        model: ModelFacts::default(),
        evaluation: evaluate(names, images, 1.3, 1).unwrap(),
        held_out_share: None,
        fold_accuracies: Vec::new(),
        leak: None,
        learning_curve: None,
        history: Vec::new(),
        merge_advice: None,
    }
}

fn numbered(count: usize) -> Vec<String> {
    (0..count).map(|number| format!("Category {number}")).collect()
}

/// Everything there can be; each text of somebody else's tries to break out.
fn full() -> ReportInput {
    let evil = |what: &str| format!("{what} \"><img src=x>&'");
    let names: Vec<String> = ["Nanowires", "Forest", "電子"].map(evil).to_vec();
    let point = |count: usize| CurvePoint {
        images_per_category: count,
        images: count * 3,
        accuracies: vec![0.8, 0.82, 0.81, 0.83],
        seconds: vec![1.0, 1.5, 1.2, 1.1],
    };
    let step = |step: usize| HistoryPoint {
        step,
        training_accuracy: 0.8,
        validation_accuracy: Some(0.75),
        training_cross_entropy: 1.0 / step as f64,
        validation_cross_entropy: None,
    };
    let accuracy = |accuracy| Some(MeasuredAccuracy { accuracy, images: 400 });
    ReportInput {
        title: evil("Title"),
        measured_on: evil("Measured"),
        warnings: vec![evil("Warning")],
        model: ModelFacts {
            name: evil("name"),
            backbone: evil("backbone"),
            trained_at: evil("time"),
            program_version: evil("version"),
            data: evil("data"),
            recipe: evil("recipe"),
            l2: Some(0.1),
            images_per_category: vec![(evil("category"), 12_345)],
            split: [80, 10, 10],
        },
        held_out_share: Some(0.1),
        fold_accuracies: vec![0.8, 0.85],
        leak: Some(LeakComparison {
            leaked_near_duplicate_pairs: 1,
            leaked_group_pairs: 20,
            leaked_session_pairs: 3,
            accuracy_grouped: accuracy(0.8),
            accuracy_plain: accuracy(0.9),
        }),
        learning_curve: Some(LearningCurve { points: vec![point(50), point(800)] }),
        history: (1..1000).map(step).collect(),
        merge_advice: Some(MergeAdvice {
            images: 400,
            accuracy: 0.8,
            pairs: vec![MergedPair {
                a: evil("a"),
                b: evil("b"),
                change: 0.03,
                interval: Interval { low: 0.02, high: 0.04 },
                confused: 0.03,
                guessing_gain: 0.01,
                is_unlike: false,
                stands_out: true,
            }],
            unlike: Some(UnlikePairs {
                pairs: 2,
                mean: 0.005,
                range: Interval { low: 0.0, high: 0.01 },
            }),
        }),
        ..bare(&names, &images(400, 3))
    }
}

/// The values of an attribute.
fn values<'a>(html: &'a str, attribute: &str) -> Vec<&'a str> {
    let parts = html.split(attribute).skip(1);
    parts.filter_map(|part| part.split('"').next()).collect()
}

/// Every element that is opened is closed, in order.
fn assert_well_formed(html: &str) {
    let mut open = Vec::new();
    for part in html.split('<').skip(1) {
        let (tag, _) = part.split_once('>').unwrap();
        let name = tag.split([' ', '\n']).next().unwrap();
        if let Some(closed) = name.strip_prefix('/') {
            assert_eq!(open.pop(), Some(closed));
        } else if !tag.ends_with('/') && !["!DOCTYPE", "meta", "br"].contains(&name) {
            open.push(name);
        }
    }
    assert!(open.is_empty(), "{open:?}");
}

#[test]
fn the_same_input_gives_the_same_text() {
    assert_eq!(evaluation_report(&full()), evaluation_report(&full()));
}

#[test]
fn the_file_needs_no_other() {
    let html = evaluation_report(&full());
    for needed in ["<script", "<link", "@import", "http:", "https:", "<iframe"] {
        assert!(!html.contains(needed), "{needed}");
    }
    assert!(html.matches("url(").count() == html.matches("url(#").count());
}

#[test]
fn no_text_breaks_out_of_its_place() {
    let html = evaluation_report(&full());
    assert!(!html.contains("<img"));
    assert!(!html.contains("<in>"));
    assert_well_formed(&html);
}

#[test]
fn ids_are_unique_and_all_that_is_referred_to_is_there() {
    let html = evaluation_report(&full());
    let ids = values(&html, " id=\"");
    let known: BTreeSet<&str> = ids.iter().copied().collect();
    assert_eq!(ids.len(), known.len());
    let links = values(&html, "href=\"#");
    let labels = values(&html, "aria-labelledby=\"");
    for id in links.into_iter().chain(labels.into_iter().flat_map(str::split_whitespace)) {
        assert!(known.contains(id), "{id}");
    }
    let fills: Vec<&str> =
        html.split("url(#").skip(1).filter_map(|part| part.split(')').next()).collect();
    assert!(fills.iter().all(|id| known.contains(id)), "{fills:?}");
}

#[test]
fn every_table_and_figure_of_the_reference_work_is_there() {
    let html = evaluation_report(&full());
    let wanted = [
        "promises",
        "score-counts",
        "score-shares",
        "right-by-score",
        "coverage-accuracy",
        "confusion",
        "categories",
        "subcategories",
        "merging",
        "category-pairs",
        "drawings",
        "learning-curve-accuracy",
        "learning-curve-seconds",
        "history-accuracy",
        "history-cross-entropy",
        "reliability",
        "split",
        "facts",
    ];
    for id in wanted {
        let is_there =
            html.contains(&format!("id=\"{id}\"")) || html.contains(&format!("id=\"{id}-title\""));
        assert!(is_there, "{id}");
    }
}

#[test]
fn every_plot_can_be_read_aloud_and_every_table_has_a_caption() {
    let html = evaluation_report(&full());
    let plots = html.matches("<svg class=\"plot\"").count();
    assert!(plots > 0);
    assert_eq!(html.matches("<desc ").count(), plots);
    assert_eq!(html.matches("<table").count(), html.matches("<caption>").count());
}

#[test]
fn what_was_not_measured_is_said_or_left_out() {
    let plain: Vec<ScoredImage> = images(50, 3)
        .into_iter()
        .map(|image| ScoredImage { second: None, subcategory: None, is_annotated: false, ..image })
        .collect();
    let html = evaluation_report(&bare(&numbered(3), &plain));
    assert!(html.matches("class=\"missing\"").count() >= 4);
    assert!(!html.contains("id=\"history\"") && !html.contains("id=\"merging\""));
    assert_well_formed(&html);
}

#[test]
fn small_and_odd_measurements_make_a_report_without_holes() {
    let cases = [
        bare(&numbered(3), &images(2, 2)),
        bare(&numbered(1), &images(1, 1)),
        bare(&numbered(2), &images(1, 2)),
        bare(&numbered(40), &images(500, 40)),
        ReportInput {
            learning_curve: Some(LearningCurve::default()),
            held_out_share: Some(0.0),
            ..bare(&numbered(3), &images(30, 3))
        },
    ];
    for case in cases {
        let html = evaluation_report(&case);
        assert_well_formed(&html);
        for hole in ["NaN", "inf ", "inf\"", "Some("] {
            assert!(!html.contains(hole), "{hole}");
        }
    }
}

#[test]
fn columns_of_many_categories_are_numbered_as_the_rows_are() {
    let html = evaluation_report(&bare(&numbered(40), &images(500, 40)));
    assert!(html.contains("<th scope=\"col\" title=\"Category 39\">40</th>"));
    assert!(html.contains("<th scope=\"row\" title=\"Category 39\">40 Category 39</th>"));
}
