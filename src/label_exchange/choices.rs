//! Label Studio's way of naming several categories of one image.

use serde_json::Value;

use super::cells::Cells;
use super::column::Column;
use super::problem::Problem;

/// Fills category and second category with the names of a list, or of an object with such a list
/// under `choices`. False where the value is something else.
///
/// # Errors
/// When there are more than two names.
pub(super) fn put_choices(cells: &mut Cells, value: &Value) -> Result<bool, Problem> {
    let list = match value {
        Value::Object(object) => object.get("choices").unwrap_or(&Value::Null),
        value => value,
    };
    let Some(list) = list.as_array() else { return Ok(false) };
    let Some(names) = list.iter().map(Value::as_str).collect::<Option<Vec<&str>>>() else {
        return Ok(false);
    };
    match names[..] {
        [] => {}
        [category] => cells.put(Column::Category, category),
        [category, second] => {
            cells.put(Column::Category, category);
            cells.put(Column::Second, second);
        }
        _ => {
            let names = names.into_iter().map(str::to_owned).collect();
            return Err(Problem::SeveralCategories(names));
        }
    }
    Ok(true)
}

/// The same out of the text of a table's cell; its other texts are names.
pub(super) fn put_category(cells: &mut Cells, text: &str) -> Result<(), Problem> {
    if text.trim_start().starts_with("{\"choices\"")
        && let Ok(value) = serde_json::from_str(text)
        && put_choices(cells, &value)?
    {
        return Ok(());
    }
    cells.put(Column::Category, text);
    Ok(())
}
