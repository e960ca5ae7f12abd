//! A table becomes labels.

use std::path::Path;

use csv::StringRecord;

use super::cells::Cells;
use super::column::wanted_columns;
use super::error::LabelFileError;
use super::problem::{Place, Problem};
use super::read::ReadLabels;
use super::table_layout::TableLayout;

/// Reads a table from the text of the file at `path`.
pub(super) fn read_table(text: &str, path: &Path) -> Result<ReadLabels, LabelFileError> {
    let path = || path.to_owned();
    let layout = TableLayout::of(text).ok_or_else(|| LabelFileError::Empty { path: path() })?;
    if !layout.columns.are_usable() {
        return Err(LabelFileError::NoUsableColumns {
            path: path(),
            found: layout.names,
            wanted: wanted_columns(),
        });
    }
    let mut read = ReadLabels::default();
    let unused = layout.columns.unused.iter().map(|place| layout.names[*place].clone());
    read.unused_columns.extend(unused.filter(|name| !name.is_empty()));
    let mut lines = Lines { text, byte: 0, line: 1 };
    let mut rows = layout.reader(text).into_records().peekable();
    if layout.has_header {
        rows.next();
    }
    while let Some(row) = rows.next() {
        let row = match row {
            Ok(row) => row,
            Err(error) => {
                let place = Place::Line(lines.line);
                read.add_problem(place, Problem::Unreadable(error.to_string()));
                continue;
            }
        };
        let start = row.position().map_or(0, csv::Position::byte) as usize;
        let place = Place::Line(lines.at(start));
        let is_last = rows.peek().is_none();
        if is_last && has_unclosed_quote(text.get(lines.byte..).unwrap_or_default()) {
            read.add_problem(place, Problem::UnclosedQuote);
        } else {
            add_row(&mut read, place, &row, &layout);
        }
    }
    Ok(read)
}

fn add_row(read: &mut ReadLabels, place: Place, row: &StringRecord, layout: &TableLayout) {
    let columns = layout.names.len();
    let used = (1..).zip(row).filter(|(_, cell)| !cell.trim().is_empty());
    let used = used.last().map_or(0, |(last, _)| last);
    if used > columns {
        return read.add_problem(place, Problem::TooManyCells { cells: used, columns });
    }
    let mut cells = Cells::default();
    for (column, cell) in &layout.columns.found {
        cells.put(*column, row.get(*cell).unwrap_or_default());
    }
    read.add_row(place, cells);
}

/// Whether the last row runs over several lines because a quotation mark in it has no counterpart.
fn has_unclosed_quote(row: &str) -> bool {
    row.trim_end().contains('\n') && row.matches('"').count() % 2 == 1
}

/// Counts lines while rows go by.
struct Lines<'a> {
    text: &'a str,
    byte: usize,
    line: u64,
}

impl Lines<'_> {
    /// The line on which the row begins that the reader found from this byte on: blank lines before
    /// it are not its own.
    fn at(&mut self, byte: usize) -> u64 {
        let bytes = self.text.as_bytes();
        let is_blank = |byte: &&u8| matches!(byte, b'\r' | b'\n');
        let blank = bytes.get(byte..).unwrap_or_default().iter().take_while(is_blank).count();
        let passed = bytes.get(self.byte..byte + blank).unwrap_or_default();
        self.line += passed.iter().filter(|byte| **byte == b'\n').count() as u64;
        self.byte += passed.len();
        self.line
    }
}
