//! How good a model is, as a page to read, to print and to hand on: one HTML file that needs
//! nothing else, no script and no network.
//!
//! Takes measures and says what they mean; measures nothing itself.

mod html;
mod input;
mod plot;
mod sections;
mod text;

pub use input::{LeakComparison, MeasuredAccuracy, ModelFacts, ReportInput};

use html::Section;
use text::escape;

/// The report as the text of an HTML file. The same input gives the same text.
pub fn evaluation_report(report: &ReportInput) -> String {
    let sections = sections::in_order(report);
    let html: String = sections.iter().map(Section::html).collect();
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<style>\n{style}</style>\n</head>\n<body>\n{fills}\
         <header>\n{summary}</header>\n{contents}<main>\n{html}</main>\n</body>\n</html>\n",
        title = escape(&report.title),
        style = include_str!("style.css"),
        fills = plot::FILLS,
        summary = sections::summary(report),
        contents = contents(&sections),
    )
}

fn contents(sections: &[Section]) -> String {
    let link = |section: &Section| {
        format!("<li><a href=\"#{}\">{}</a></li>\n", section.id, escape(section.heading))
    };
    let links: String = sections.iter().map(link).collect();
    format!("<nav aria-label=\"Contents\"><ul>\n{links}</ul></nav>\n")
}

#[cfg(test)]
mod tests;
