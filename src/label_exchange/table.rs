//! A table becomes labels.

use std::borrow::Cow;
use std::path::Path;

use csv::StringRecord;

use super::cells::Cells;
use super::choices::put_category;
use super::column::{Column, Columns, wanted_columns};
use super::error::LabelFileError;
use super::formula::without_apostrophe;
use super::one_hot::OneHot;
use super::problem::{Place, Problem};
use super::read::ReadLabels;
use super::table_layout::TableLayout;

/// Reads a table from the text of the file at `path`.
pub(super) fn read_table(text: &str, path: &Path) -> Result<ReadLabels, LabelFileError> {
    let path = || path.to_owned();
    let text = &*with_line_feeds(text);
    let layout = TableLayout::of(text).ok_or_else(|| LabelFileError::Empty { path: path() })?;
    let mut read = ReadLabels::default();
    if layout.columns.are_usable() {
        let unused = layout.columns.unused.iter().map(|place| layout.names[*place].clone());
        read.unused_columns.extend(unused.filter(|name| !name.is_empty()));
        add_rows(&mut read, text, &layout, |read, row, place| {
            let mut cells = Cells::default();
            for (column, cell) in &layout.columns.found {
                let text = without_apostrophe(row.get(*cell).unwrap_or_default());
                if *column != Column::Category {
                    cells.put(*column, text);
                } else if let Err(problem) = put_category(&mut cells, text) {
                    return read.add_problem(place, problem);
                }
            }
            read.add_row(place, cells);
        });
    } else if let Some(one_hot) = OneHot::of(&layout, text) {
        add_rows(&mut read, text, &layout, |read, row, place| one_hot.add_row(read, row, place));
    } else {
        return Err(LabelFileError::NoUsableColumns {
            path: path(),
            found: layout.names,
            wanted: wanted_columns(),
        });
    }
    Ok(read)
}

/// Before 2001, lines ended with a carriage return alone on a Macintosh; Excel can still write that.
fn with_line_feeds(text: &str) -> Cow<'_, str> {
    if text.contains('\n') || !text.contains('\r') {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.replace('\r', "\n"))
}

/// Hands the rows over that say something, with their places.
fn add_rows(
    read: &mut ReadLabels,
    text: &str,
    layout: &TableLayout,
    mut add: impl FnMut(&mut ReadLabels, &StringRecord, Place),
) {
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
        let start = row.position().map_or(0, csv::Position::byte) as usize + layout.start;
        let place = Place::Line(lines.at(start));
        let is_last = rows.peek().is_none();
        if is_last && has_unclosed_quote(text.get(lines.byte..).unwrap_or_default()) {
            read.add_problem(place, Problem::UnclosedQuote);
        } else if is_about_columns(&row) {
            continue;
        } else if let Some(problem) = surplus_cells(&row, layout.names.len()) {
            read.add_problem(place, problem);
        } else {
            add(read, &row, place);
        }
    }
}

/// Whether a row says what the columns are, as the second line of EcoTaxa's tables (`[t]` for text,
/// `[f]` for a number), or as the names once more where tables were put one below the other.
fn is_about_columns(row: &StringRecord) -> bool {
    let is_kind = |cell: &str| matches!(cell.trim(), "[t]" | "[f]");
    let mut filled = row.iter().filter(|cell| !cell.trim().is_empty()).peekable();
    let Some(first) = filled.peek() else { return false };
    let is_name = Column::is_name(first);
    filled.all(is_kind) || is_name && Columns::among(row).are_usable()
}

fn surplus_cells(row: &StringRecord, columns: usize) -> Option<Problem> {
    let used = (1..).zip(row).filter(|(_, cell)| !cell.trim().is_empty());
    let used = used.last().map_or(0, |(last, _)| last);
    (used > columns).then_some(Problem::TooManyCells { cells: used, columns })
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
