//! How a table is laid out: what separates its cells and what its columns are.

use csv::{Reader, ReaderBuilder, StringRecord, Trim};

use super::column::{Column, Columns};

/// What may stand between cells; the first that fits best counts.
const DELIMITERS: [u8; 3] = [b',', b';', b'\t'];
/// Rows looked at to tell the delimiter.
const SAMPLE_ROWS: usize = 20;

/// How a table is laid out.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct TableLayout {
    delimiter: u8,
    /// Whether the columns' names have white space around them. Then it is there to align columns,
    /// and belongs to no cell.
    is_padded: bool,
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
        let mut best = None;
        let mut best_fit = (0, 0, 0);
        for delimiter in DELIMITERS {
            let rows = reader(text, delimiter, false).into_records().take(SAMPLE_ROWS);
            let rows: Vec<StringRecord> = rows.map_while(Result::ok).collect();
            let Some(first) = rows.first() else {
                continue;
            };
            let layout = Self::with_first_row(delimiter, first);
            let alike = rows.iter().filter(|row| row.len() > 1 && row.len() == first.len()).count();
            let fit = (layout.columns.found.len(), alike, first.len());
            if best.is_none() || fit > best_fit {
                best = Some(layout);
                best_fit = fit;
            }
        }
        best.map(Self::with_columns_of_two)
    }

    /// A reader of all rows, also the first.
    pub(super) fn reader<'a>(&self, text: &'a str) -> Reader<&'a [u8]> {
        reader(text, self.delimiter, self.is_padded)
    }

    fn with_first_row(delimiter: u8, first: &StringRecord) -> Self {
        Self {
            delimiter,
            is_padded: first.iter().any(|name| name != name.trim()),
            has_header: true,
            columns: Columns::among(first),
            names: first.iter().map(|name| name.trim().to_owned()).collect(),
        }
    }

    /// Two columns without a known name are path and category.
    fn with_columns_of_two(mut self) -> Self {
        if self.columns.found.is_empty() && self.names.len() == 2 {
            self.has_header = false;
            self.columns =
                Columns { found: vec![(Column::Path, 0), (Column::Category, 1)], unused: vec![] };
        }
        self
    }
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
    fn two_columns_without_known_names_are_path_and_category() {
        let layout = TableLayout::of("a.tif,Tips\nb.tif,Powder\n").unwrap();
        assert!(!layout.has_header && layout.columns.are_usable());
        assert!(!TableLayout::of("a.tif,Tips,x\n").unwrap().columns.are_usable());
        assert!(TableLayout::of("path,category\n").unwrap().has_header);
    }

    #[test]
    fn a_text_without_rows_has_no_layout() {
        assert_eq!(TableLayout::of("\n\r\n"), None);
    }
}
