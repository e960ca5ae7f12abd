//! Images with drawings or measurements burnt in.

use super::super::html::{Section, Table, missing, number, paragraph, text};
use super::super::text::{count, percent_range, points};
use super::share_bar::share_bar;
use crate::learning::AnnotatedResult;

pub(super) fn annotation(result: &AnnotatedResult) -> Section {
    let Some(annotated) = &result.annotated else {
        let body = missing(
            "None of the measured images is marked as having drawings or measurements burnt in. \
             Mark such images to see here whether they mislead the program.",
        );
        return section(body);
    };
    let heads = vec![text("Images"), number("Number"), text("Right"), number("95 % interval")];
    let mut table = Table::new("Accuracy with and without drawings burnt in", heads);
    let rows = [("With drawings", Some(annotated)), ("Without", result.not_annotated.as_ref())];
    for (name, measured) in rows {
        let Some(measured) = measured else { continue };
        table.row(vec![
            text(name),
            number(count(measured.images)),
            share_bar(Some(measured.accuracy), Some(measured.interval_95)),
            number(percent_range(measured.interval_95)),
        ]);
    }
    let difference = result.difference.map_or_else(String::new, |difference| {
        let (low, high) = (difference.interval_95.low, difference.interval_95.high);
        let verdict = if low > 0.0 {
            "images with drawings are easier"
        } else if high < 0.0 {
            "images with drawings are harder"
        } else {
            "no effect is to be seen"
        };
        paragraph(&format!(
            "Difference: {} points (95 % interval: {} to {}): {verdict}.",
            points(difference.value),
            points(low),
            points(high)
        ))
    });
    section(difference + &table.html())
}

fn section(body: String) -> Section {
    Section { id: "drawings", heading: "Drawings and measurements burnt in", body }
}
