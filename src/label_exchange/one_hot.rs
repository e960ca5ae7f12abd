//! Tables with a column for each category, in which 1 stands for the one an image has.

use csv::StringRecord;

use super::cells::Cells;
use super::column::Column;
use super::problem::{Place, Problem};
use super::read::ReadLabels;
use super::table_layout::TableLayout;

/// Where such a table has paths and categories.
pub(super) struct OneHot {
    path: usize,
    categories: Vec<(usize, String)>,
}

impl OneHot {
    /// The columns of such a table: one with paths, and at least two with nothing but zeros and ones.
    /// `None` where there is anything else in it.
    pub(super) fn of(layout: &TableLayout, text: &str) -> Option<Self> {
        let [(Column::Path, path)] = layout.columns.found[..] else { return None };
        let names =
            layout.columns.unused.iter().map(|place| (*place, layout.names[*place].clone()));
        let categories: Vec<(usize, String)> = names.filter(|(_, name)| !name.is_empty()).collect();
        let rows = layout.reader(text).into_records().skip(1).map_while(Result::ok);
        let is_hot = |row: &StringRecord| {
            categories.iter().all(|(place, _)| {
                let cell = row.get(*place).unwrap_or_default().trim();
                cell.is_empty() || is_set(cell).is_some()
            })
        };
        let is_one_hot = categories.len() > 1 && rows.into_iter().all(|row| is_hot(&row));
        is_one_hot.then_some(Self { path, categories })
    }

    /// Adds what a row says.
    pub(super) fn add_row(&self, read: &mut ReadLabels, row: &StringRecord, place: Place) {
        let cell = |at: usize| row.get(at).unwrap_or_default();
        let set = |(at, _): &&(usize, String)| is_set(cell(*at).trim()) == Some(true);
        let names: Vec<&str> =
            self.categories.iter().filter(set).map(|(_, name)| name.as_str()).collect();
        let mut cells = Cells::default();
        cells.put(Column::Path, cell(self.path));
        match names[..] {
            [] => {}
            [category] => cells.put(Column::Category, category),
            _ => {
                let names = names.into_iter().map(str::to_owned).collect();
                return read.add_problem(place, Problem::SeveralCategories(names));
            }
        }
        read.add_row(place, cells);
    }
}

fn is_set(cell: &str) -> Option<bool> {
    match cell.to_ascii_lowercase().as_str() {
        "1" | "1.0" | "true" => Some(true),
        "0" | "0.0" | "false" => Some(false),
        _ => None,
    }
}
