//! Labels become a table.

use std::io::{self, Write};

use csv::WriterBuilder;

use super::column::Column;
use super::record::{Decision, LabelRecord};

/// Writes labels as a table: commas, UTF-8, a row with the columns' names. Texts are written exactly
/// as they are, also where a spreadsheet would take one for a formula.
///
/// Read again the labels are equal, with the exceptions that reading makes: a backslash in a path
/// becomes `/`. A path that is not UTF-8 is written with replacement characters.
///
/// # Errors
/// When `to` cannot be written.
pub fn write_table<'a>(
    to: impl Write,
    labels: impl IntoIterator<Item = &'a LabelRecord>,
) -> io::Result<()> {
    let mut writer = WriterBuilder::new().from_writer(to);
    writer.write_record(Column::ALL.map(Column::name))?;
    for label in labels {
        writer.write_record(Column::ALL.map(|column| cell(label, column)))?;
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
