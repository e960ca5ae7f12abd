//! Each category by itself.

use super::super::html::{Section, Table, number, paragraph, text};
use super::super::text::{count, or_none, percent_range};
use super::share_bar::share_bar;
use crate::learning::Evaluation;

pub(super) fn categories(measured: &Evaluation) -> Section {
    let heads = vec![
        text("Category"),
        number("Images"),
        text("Recall"),
        number("95 % interval"),
        text("Precision"),
        number("F1"),
    ];
    let mut table = Table::new("Results by category", heads);
    for result in &measured.per_category {
        let interval = result.recall_interval_95;
        table.row(vec![
            text(&result.category),
            number(count(result.images)),
            share_bar(result.recall, interval),
            number(interval.map_or_else(String::new, percent_range)),
            share_bar(result.precision, None),
            number(or_none(result.f1, |f1| format!("{f1:.2}"))),
        ]);
    }
    let meaning = format!(
        "Recall: how many of a category's images are found. Precision: how many of the images \
         called so are so. F1: the harmonic mean of both; over the categories that have images, \
         its mean (macro-F1) is <strong>{:.3}</strong>.",
        measured.macro_f1
    );
    Section {
        id: "categories",
        heading: "Each category",
        body: paragraph(&meaning) + &table.html(),
    }
}
