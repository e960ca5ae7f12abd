//! Tasks of Label Studio's JSON export become rows.

use serde_json::{Map, Value};

use super::cells::Cells;
use super::choices::put_choices;
use super::column::{Column, Columns};
use super::problem::{Place, Problem};
use super::read::ReadLabels;

/// Whether an object is a task: its data, and what people said about it.
pub(super) fn is_task(object: &Map<String, Value>) -> bool {
    object.get("data").is_some_and(Value::is_object)
        && object.get("annotations").is_some_and(Value::is_array)
}

/// Adds what each person said about a task.
pub(super) fn add_task(read: &mut ReadLabels, place: &Place, task: &Map<String, Value>) {
    let Some(path) = task.get("data").and_then(Value::as_object).and_then(image_of) else {
        return read.add_problem(place.clone(), Problem::NoPath);
    };
    let annotations = task.get("annotations").and_then(Value::as_array);
    let given = |annotation: &&Value| annotation["was_cancelled"] != Value::Bool(true);
    let annotations: Vec<&Value> = annotations.into_iter().flatten().filter(given).collect();
    if annotations.is_empty() {
        read.without_label += 1;
    }
    for annotation in annotations {
        match cells_of(path, annotation) {
            Ok(cells) => read.add_row(place.clone(), cells),
            Err(problem) => read.add_problem(place.clone(), problem),
        }
    }
}

/// The text that is the image's path: by its name, or the only one there is.
fn image_of(data: &Map<String, Value>) -> Option<&str> {
    let texts: Vec<(&str, &str)> =
        data.iter().filter_map(|(key, value)| Some((key.as_str(), value.as_str()?))).collect();
    let columns = Columns::among(texts.iter().map(|(key, _)| *key));
    let named = columns.found.iter().find(|(column, _)| *column == Column::Path);
    match (named, &texts[..]) {
        (Some((_, place)), _) => Some(texts[*place].1),
        (None, [(_, only)]) => Some(only),
        _ => None,
    }
}

fn cells_of(path: &str, annotation: &Value) -> Result<Cells, Problem> {
    let mut cells = Cells::default();
    cells.put(Column::Path, path);
    if let Some(by) = annotation["completed_by"]["email"].as_str() {
        cells.put(Column::By, by);
    }
    if let Some(at) = annotation["created_at"].as_str() {
        cells.put(Column::At, at);
    }
    let results = annotation["result"].as_array().map_or(&[][..], Vec::as_slice);
    for result in results {
        if result["type"] != "choices" || !put_choices(&mut cells, &result["value"])? {
            let kind = result["type"].as_str().unwrap_or("unknown").to_owned();
            return Err(Problem::OtherKind(kind));
        }
    }
    Ok(cells)
}
