//! Labels become JSON.

use std::io::{self, Write};

use serde::Serialize;

use super::record::{Decision, LabelRecord};

/// Writes labels as JSON, an object a line, with the names of the table's columns. What a label does
/// not have is left out. Read again the labels are equal, with the exceptions of
/// [`write_table`](super::write_table).
///
/// # Errors
/// When `to` cannot be written.
pub fn write_json_lines<'a>(
    mut to: impl Write,
    labels: impl IntoIterator<Item = &'a LabelRecord>,
) -> io::Result<()> {
    for label in labels {
        serde_json::to_writer(&mut to, &Line::of(label))?;
        to.write_all(b"\n")?;
    }
    to.flush()
}

#[derive(Serialize)]
struct Line<'a> {
    path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    category: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    second: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    subcategory: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    answer: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    annotated: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    excluded: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sha256: Option<&'a str>,
}

impl<'a> Line<'a> {
    fn of(label: &'a LabelRecord) -> Self {
        let choice = label.decision.as_ref().and_then(Decision::choice);
        Self {
            path: label.path_text(),
            category: choice.map(|choice| choice.category.as_str()),
            second: choice.and_then(|choice| choice.second.as_deref()),
            subcategory: choice.and_then(|choice| choice.subcategory.as_deref()),
            answer: label.decision.as_ref().and_then(Decision::answer),
            note: label.note.as_deref(),
            annotated: label.annotated,
            excluded: label.excluded,
            by: label.by.as_deref(),
            at: label.at.map(|at| at.to_string()),
            source: label.source.as_deref(),
            sha256: label.sha256.as_deref(),
        }
    }
}
