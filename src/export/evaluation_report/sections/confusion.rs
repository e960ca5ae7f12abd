//! What was called what.

use std::fmt::Write as _;

use super::super::html::{Section, paragraph};
use super::super::text::{count, escape};
use crate::learning::Evaluation;

/// Categories up to which their names fit above the columns; more get numbers.
const MOST_NAMED_COLUMNS: usize = 16;
/// Errors are shaded so many times as deep as their share: few as they are, they are what counts.
const ERROR_EMPHASIS: usize = 4;

pub(super) fn confusion(measured: &Evaluation) -> Section {
    let has_names = measured.per_category.len() <= MOST_NAMED_COLUMNS;
    let columns = if has_names { "" } else { " Columns are numbered as the rows are." };
    let meaning = format!(
        "Each row holds the images of one category, each column what the program called them; \
         framed is what is right, and a dot is none. The shade is the share of the row, for errors \
         {ERROR_EMPHASIS} times as deep.{columns}"
    );
    let names: Vec<&str> =
        measured.per_category.iter().map(|result| result.category.as_str()).collect();
    Section {
        id: "confusion",
        heading: "What is taken for what",
        body: paragraph(&meaning) + &table(&names, &measured.confusion, has_names),
    }
}

fn table(names: &[&str], confusion: &[Vec<usize>], has_names: bool) -> String {
    let class = if has_names { "confusion" } else { "confusion many" };
    let mut html = format!(
        "<div class=\"scroll\"><table class=\"{class}\">\n<caption>Images by true category (row) and \
         category called (column)</caption>\n<thead><tr><th scope=\"col\">True category</th>"
    );
    // Writing to a String cannot fail.
    for (place, name) in names.iter().enumerate() {
        let (name, number) = (escape(name), place + 1);
        let _ = if has_names {
            write!(html, "<th scope=\"col\" title=\"{name}\"><span>{name}</span></th>")
        } else {
            write!(html, "<th scope=\"col\" title=\"{name}\">{number}</th>")
        };
    }
    html.push_str("<th scope=\"col\">All</th></tr></thead>\n<tbody>\n");
    for (truth, (name, row)) in names.iter().zip(confusion).enumerate() {
        let name = escape(name);
        let number = if has_names { String::new() } else { format!("{} ", truth + 1) };
        let _ = write!(html, "<tr><th scope=\"row\" title=\"{name}\">{number}{name}</th>");
        let images: usize = row.iter().sum();
        for (called, cell) in row.iter().enumerate() {
            html.push_str(&cell_html(*cell, images, called == truth));
        }
        let _ = writeln!(html, "<td class=\"sum\">{}</td></tr>", count(images));
    }
    html.push_str("</tbody>\n</table></div>\n");
    html
}

fn cell_html(cell: usize, of_row: usize, is_right: bool) -> String {
    let class = match (is_right, cell) {
        (true, 0) => " class=\"right zero\"",
        (true, _) => " class=\"right\"",
        (false, 0) => " class=\"zero\"",
        (false, _) => "",
    };
    if cell == 0 {
        // Without noughts, the eye finds the errors.
        return format!("<td{class}>·</td>");
    }
    let share_percent = 100 * cell / of_row;
    let shade = if is_right { share_percent } else { (ERROR_EMPHASIS * share_percent).min(100) };
    format!("<td{class} style=\"--shade:{shade}\">{}</td>", count(cell))
}
