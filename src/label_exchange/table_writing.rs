//! Labels become a table.

use std::io::{self, Write};

use csv::WriterBuilder;

use super::column::Column;
use super::formula::with_apostrophe;
use super::record::{Decision, LabelRecord};

/// How a table is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TableStyle {
    /// For a spreadsheet: with a byte order mark, by which Excel knows UTF-8, and with an apostrophe
    /// before texts that would be formulas. Without, texts are written exactly as they are.
    pub is_for_spreadsheet: bool,
    /// Semicolons between cells, where the comma is the decimal sign.
    pub has_semicolons: bool,
}

/// Writes labels as a table: UTF-8, a row with the columns' names.
///
/// Read again the labels are equal, with the exceptions that reading makes: a backslash in a path
/// becomes `/`. A path that is not UTF-8 is written with replacement characters.
///
/// # Errors
/// When `to` cannot be written.
pub fn write_table<'a>(
    mut to: impl Write,
    style: TableStyle,
    labels: impl IntoIterator<Item = &'a LabelRecord>,
) -> io::Result<()> {
    if style.is_for_spreadsheet {
        to.write_all("\u{feff}".as_bytes())?;
    }
    let delimiter = if style.has_semicolons { b';' } else { b',' };
    let mut writer = WriterBuilder::new().delimiter(delimiter).from_writer(to);
    writer.write_record(Column::ALL.map(Column::name))?;
    for label in labels {
        let cells = Column::ALL.map(|column| cell(label, column));
        let cells =
            cells.iter().map(|text| with_apostrophe(text, style.is_for_spreadsheet).into_owned());
        writer.write_record(cells)?;
    }
    writer.flush()
}

fn cell(label: &LabelRecord, column: Column) -> String {
    let choice = label.decision.as_ref().and_then(Decision::choice);
    let flag = |is_set: Option<bool>| is_set.map(|is_set| is_set.to_string());
    let text = match column {
        Column::Path => Some(label.path_text()),
        Column::Category => choice.map(|choice| choice.category.clone()),
        Column::Second => choice.and_then(|choice| choice.second.clone()),
        Column::Subcategory => choice.and_then(|choice| choice.subcategory.clone()),
        Column::Answer => label.decision.as_ref().and_then(Decision::answer).map(ToOwned::to_owned),
        Column::Note => label.note.clone(),
        Column::Annotated => flag(label.annotated),
        Column::Excluded => flag(label.excluded),
        Column::By => label.by.clone(),
        Column::At => label.at.map(|at| at.to_string()),
        Column::Source => label.source.clone(),
        Column::Sha256 => label.sha256.clone(),
    };
    text.unwrap_or_default()
}
