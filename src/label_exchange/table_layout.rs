//! How a table is laid out: what separates its cells, where it begins and what its columns are.

use csv::{Reader, ReaderBuilder, StringRecord, Trim};

use super::column::{Column, Columns};

/// What may stand between cells; the first that fits best counts.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];
/// Rows looked at to tell the delimiter, and where the columns' names are.
const SAMPLE_ROWS: usize = 20;

/// How a table is laid out.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct TableLayout {
    delimiter: u8,
    /// Whether the columns' names have white space around them. Then it is there to align columns,
    /// and belongs to no cell.
    is_padded: bool,
    /// Where the first row begins, in bytes: after Excel's line `sep=;` and after titles.
    pub start: usize,
    /// Whether the first row has the columns' names.
    pub has_header: bool,
    /// What the columns are.
    pub columns: Columns,
    /// The first row.
    pub names: Vec<String>,
}

impl TableLayout {
    /// The layout by which most columns are known and, after that, most rows have as many cells as
    /// the first. `None` for a text without rows.
    pub(super) fn of(text: &str) -> Option<Self> {
        let (delimiters, start) = match excel_separator(text) {
            Some((delimiter, start)) => (vec![delimiter], start),
            None => (DELIMITERS.to_vec(), 0),
        };
        let mut best = None;
        let mut best_fit = (0, 0, 0);
        for delimiter in delimiters {
            let rows = reader(&text[start..], delimiter, false).into_records().take(SAMPLE_ROWS);
            let rows: Vec<StringRecord> = rows.map_while(Result::ok).collect();
            let rows = &rows[titles(&rows)..];
            let Some(first) = rows.first() else {
                continue;
            };
            let layout = Self::with_first_row(delimiter, start, first);
            let alike = rows.iter().filter(|row| row.len() > 1 && row.len() == first.len()).count();
            let fit = (layout.columns.found.len(), alike, first.len());
            if best.is_none() || fit > best_fit {
                best = Some(layout);
                best_fit = fit;
            }
        }
        best.map(Self::with_columns_of_two)
    }

    /// A reader of all rows of the text from [`TableLayout::start`] on, also the first.
    pub(super) fn reader<'a>(&self, text: &'a str) -> Reader<&'a [u8]> {
        reader(&text[self.start..], self.delimiter, self.is_padded)
    }

    fn with_first_row(delimiter: u8, start: usize, first: &StringRecord) -> Self {
        let byte = first.position().map_or(0, csv::Position::byte);
        Self {
            delimiter,
            is_padded: first.iter().any(|name| name != name.trim()),
            start: start + byte as usize,
            has_header: true,
            columns: Columns::among(first),
            names: first.iter().map(|name| name.trim().to_owned()).collect(),
        }
    }

    /// Two columns without a known name are path and category.
    fn with_columns_of_two(mut self) -> Self {
        let named = self.names.iter().rposition(|name| !name.is_empty());
        if self.columns.found.is_empty() && named == Some(1) {
            self.has_header = false;
            self.columns =
                Columns { found: vec![(Column::Path, 0), (Column::Category, 1)], unused: vec![] };
        }
        self
    }
}

/// What Excel's line `sep=;` at the beginning says, and where the line after it begins.
fn excel_separator(text: &str) -> Option<(u8, usize)> {
    let end = text.find(['\r', '\n'])?;
    let line = text[..end].trim_matches('"');
    let (key, value) = line.split_at_checked(4)?;
    match value.as_bytes() {
        [delimiter] if key.eq_ignore_ascii_case("sep=") => Some((*delimiter, end)),
        _ => None,
    }
}

/// How many rows stand above the columns' names: titles, which have fewer cells than there are names.
fn titles(rows: &[StringRecord]) -> usize {
    let filled = |row: &StringRecord| row.iter().filter(|cell| !cell.trim().is_empty()).count();
    let header = rows.iter().position(|row| Columns::among(row).are_usable());
    let is_title = |row: &StringRecord, names: usize| filled(row) < names;
    header.filter(|at| rows[..*at].iter().all(|row| is_title(row, filled(&rows[*at])))).unwrap_or(0)
}

fn reader(text: &str, delimiter: u8, is_padded: bool) -> Reader<&[u8]> {
    ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .trim(if is_padded { Trim::All } else { Trim::None })
        .from_reader(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn delimiter(text: &str) -> char {
        char::from(TableLayout::of(text).unwrap().delimiter)
    }

    #[test]
    fn the_delimiter_is_the_one_that_makes_known_columns() {
        assert_eq!(delimiter("path,category\na;b;c.tif,Tips\n"), ',');
        assert_eq!(delimiter("path;\"note, if any\";category\na,b,c.tif;;Tips\n"), ';');
        assert_eq!(delimiter("path\tcategory\na, b.tif\tTips\n"), '\t');
        assert_eq!(delimiter("path|category\na, b.tif|Tips\n"), '|');
    }

    #[test]
    fn without_names_the_delimiter_is_the_one_most_rows_have() {
        assert_eq!(delimiter("a, 1.tif;Tips\nb.tif;Tips\nc.tif;Powder\n"), ';');
        assert_eq!(delimiter("a.tif\tTips\nb.tif\tTips\n"), '\t');
        assert_eq!(delimiter("a.tif;Tips\nb.tif\n"), ';');
    }

    #[test]
    fn a_comma_goes_before_other_delimiters_that_fit_as_well() {
        assert_eq!(delimiter("a;b.tif,Tips\n"), ',');
    }

    #[test]
    fn the_line_with_which_excel_names_the_delimiter_is_obeyed() {
        for line in ["sep=;", "SEP=;", "\"sep=;\""] {
            let text = format!("{line}\r\na,b.tif;Tips\r\n");
            let layout = TableLayout::of(&text).unwrap();
            assert_eq!(
                (layout.delimiter, layout.names),
                (b';', vec!["a,b.tif".into(), "Tips".into()])
            );
        }
    }

    #[test]
    fn rows_above_the_names_are_titles_where_they_have_fewer_cells() {
        let layout = TableLayout::of("Run 7;;\n;;\npath;category;\na.tif;Tips;\n").unwrap();
        assert_eq!((layout.start, layout.names[1].as_str()), (11, "category"));
        let layout = TableLayout::of("a.tif,Tips\npath,category\n").unwrap();
        assert_eq!((layout.start, layout.has_header), (0, false));
    }

    #[test]
    fn two_columns_without_known_names_are_path_and_category() {
        let layout = TableLayout::of("a.tif,Tips\nb.tif,Powder\n").unwrap();
        assert!(!layout.has_header && layout.columns.are_usable());
        assert!(TableLayout::of("a.tif,Tips,,\n").unwrap().columns.are_usable());
        assert!(!TableLayout::of("a.tif,Tips,x\n").unwrap().columns.are_usable());
        assert!(TableLayout::of("path,category\n").unwrap().has_header);
    }

    #[test]
    fn a_text_without_rows_has_no_layout() {
        assert_eq!(TableLayout::of("\n\r\n"), None);
    }
}
