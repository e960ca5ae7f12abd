//! Tables of other things than labels, whatever separates their cells.

use csv::StringRecord;

use super::table_layout::TableLayout;

/// The names of a table's columns, and its rows.
///
/// # Errors
/// When a row cannot be read.
pub fn read_named_rows(text: &str) -> csv::Result<(Vec<String>, Vec<StringRecord>)> {
    let Some(layout) = TableLayout::of(text) else { return Ok((Vec::new(), Vec::new())) };
    let rows = layout.reader(text).into_records().skip(1).collect::<csv::Result<_>>()?;
    Ok((layout.names, rows))
}
