//! JSON becomes labels: an array of objects, or an object on each line.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::{Map, Value};

use super::cells::Cells;
use super::choices::put_choices;
use super::column::{Column, Columns, wanted_columns};
use super::error::LabelFileError;
use super::label_studio::{add_task, is_task};
use super::problem::{Place, Problem};
use super::read::ReadLabels;

/// Reads JSON from the text of the file at `path`.
pub(super) fn read_json(text: &str, path: &Path) -> Result<ReadLabels, LabelFileError> {
    let mut objects = Objects::default();
    let is_array = text.trim_start().starts_with('[');
    if is_array {
        let items: Vec<Value> = serde_json::from_str(text)
            .map_err(|source| LabelFileError::NotJson { path: path.to_owned(), source })?;
        for (index, item) in items.into_iter().enumerate() {
            objects.add(Place::Item(index + 1), item);
        }
    } else {
        for (line, text) in (1..).zip(text.lines()).filter(|(_, text)| !text.trim().is_empty()) {
            match serde_json::from_str(text) {
                Ok(value) => objects.add(Place::Line(line), value),
                Err(error) => {
                    let problem = Problem::NotJson { character: error.column() };
                    objects.read.add_problem(Place::Line(line), problem);
                }
            }
        }
    }
    objects.finish(path)
}

/// What the objects so far say.
#[derive(Default)]
struct Objects {
    read: ReadLabels,
    keys: BTreeSet<String>,
    unused_keys: BTreeSet<String>,
    has_tasks: bool,
}

impl Objects {
    fn add(&mut self, place: Place, value: Value) {
        let Value::Object(object) = value else {
            return self.read.add_problem(place, Problem::NotAnObject);
        };
        if is_task(&object) {
            self.has_tasks = true;
            return add_task(&mut self.read, &place, &object);
        }
        let keys: Vec<&String> = object.keys().collect();
        let columns = Columns::among(keys.iter().map(|key| key.as_str()));
        self.keys.extend(object.keys().cloned());
        self.unused_keys.extend(columns.unused.iter().map(|place| keys[*place].clone()));
        let found = columns.found.iter().map(|(column, place)| (*column, keys[*place].as_str()));
        match cells(&object, found) {
            Ok(cells) => self.read.add_row(place, cells),
            Err(problem) => self.read.add_problem(place, problem),
        }
    }

    fn finish(mut self, path: &Path) -> Result<ReadLabels, LabelFileError> {
        let path = path.to_owned();
        if self.keys.is_empty() && !self.has_tasks && !self.read.problems.is_empty() {
            return Err(LabelFileError::NoObjects { path });
        }
        let all = Columns::among(self.keys.iter().map(String::as_str));
        if !self.keys.is_empty() && !all.are_usable() {
            let found = self.keys.into_iter().collect();
            return Err(LabelFileError::NoUsableColumns { path, found, wanted: wanted_columns() });
        }
        self.read.unused_columns = self.unused_keys.into_iter().collect();
        Ok(self.read)
    }
}

fn cells<'a>(
    object: &Map<String, Value>,
    found: impl Iterator<Item = (Column, &'a str)>,
) -> Result<Cells, Problem> {
    let mut cells = Cells::default();
    for (column, key) in found {
        match object.get(key) {
            Some(Value::String(text)) => cells.put(column, text),
            Some(Value::Null) | None => {}
            Some(value @ (Value::Bool(_) | Value::Number(_))) => {
                cells.put(column, &value.to_string());
            }
            Some(value) => {
                if column != Column::Category || !put_choices(&mut cells, value)? {
                    return Err(Problem::NotAText(key.to_owned()));
                }
            }
        }
    }
    Ok(cells)
}
