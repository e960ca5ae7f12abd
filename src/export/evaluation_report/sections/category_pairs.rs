//! Images that show two categories.

use super::super::html::{Cell, Section, Table, missing, number, paragraph, text};
use super::super::text::{count, percent};
use crate::learning::{CategoryPairResult, RankCounts};

pub(super) fn category_pairs(results: &[CategoryPairResult]) -> Section {
    let body = if results.is_empty() {
        missing(
            "None of the measured images has a second category. Give one to images that show two, \
             to see here which of the two the program sees.",
        )
    } else {
        paragraph(
            "Which of the two categories that a person saw does the program rank first, and which \
             second?",
        ) + &table(results).html()
    };
    Section { id: "category-pairs", heading: "Images of two categories", body }
}

fn table(results: &[CategoryPairResult]) -> Table {
    let heads = vec![
        text("First category, with second"),
        number("Images"),
        number("First is best"),
        number("First is second"),
        number("Second is best"),
        number("Second is second"),
    ];
    let mut table = Table::new("Ranks of both categories of an image", heads);
    for result in results {
        let of = |share: usize| number(percent(share as f64 / result.images.max(1) as f64));
        let ranks = |ranks: RankCounts| -> [Cell; 2] { [of(ranks.best), of(ranks.second_best)] };
        let mut cells = vec![
            text(format!("{}, with {}", result.first, result.second)),
            number(count(result.images)),
        ];
        cells.extend(ranks(result.rank_of_first));
        cells.extend(ranks(result.rank_of_second));
        table.row(cells);
    }
    table
}
