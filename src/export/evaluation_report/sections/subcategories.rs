//! Where within the categories the program fails.

use super::super::html::{Cell, Section, Table, missing, number, text};
use super::super::text::{NONE, count, escape, percent};
use super::share_bar::share_bar;
use crate::learning::SubcategoryResult;

/// Of what wrong images were called, so many are named.
const MOST_NAMED: usize = 4;

pub(super) fn subcategories(results: &[SubcategoryResult]) -> Section {
    let body = if results.is_empty() {
        missing(
            "None of the measured images has a subcategory. With subcategories, this shows where \
             within a category the program fails.",
        )
    } else {
        table(results).html()
    };
    Section { id: "subcategories", heading: "Subcategories", body }
}

fn table(results: &[SubcategoryResult]) -> Table {
    let heads = vec![
        text("Subcategory"),
        text("Category"),
        number("Images"),
        text("Right"),
        number("Second right"),
        text("Wrong ones were called"),
    ];
    let mut table = Table::new("Results by subcategory", heads);
    for result in results {
        let share = |count: usize| count as f64 / result.images.max(1) as f64;
        table.row(vec![
            text(&result.subcategory),
            text(&result.category),
            number(count(result.images)),
            share_bar(Some(share(result.right)), None),
            number(percent(share(result.second_right))),
            Cell::Html(format!("<span class=\"names\">{}</span>", escape(&called_instead(result)))),
        ]);
    }
    table
}

fn called_instead(result: &SubcategoryResult) -> String {
    let mut called: Vec<(&String, usize)> =
        result.called_instead.iter().map(|(name, images)| (name, *images)).collect();
    called.sort_by_key(|(_, images)| std::cmp::Reverse(*images));
    let mut parts: Vec<String> = called
        .iter()
        .take(MOST_NAMED)
        .map(|(name, images)| format!("{name} {}", count(*images)))
        .collect();
    let others: usize = called.iter().skip(MOST_NAMED).map(|(_, images)| images).sum();
    if others > 0 {
        parts.push(format!("others {}", count(others)));
    }
    if parts.is_empty() { NONE.to_owned() } else { parts.join(", ") }
}
