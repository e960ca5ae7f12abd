//! What a decision did to categories, in words.

use rusqlite::Connection;

use super::EntryId;
use super::category_list::select_tree;
use super::journal::json_from_row;
use super::label::unusable;
use crate::taxonomy::{Category, CategoryState, CategoryTree};

/// What the entry did, such as `Wires merged into Tips`, one for each category. A subcategory that was
/// merged since its category was goes without saying.
pub(super) fn category_words(
    connection: &Connection,
    entry: &EntryId,
) -> rusqlite::Result<Vec<String>> {
    let missing = || unusable(0, "a category's state is missing");
    let changes: Vec<(Category, Category)> = connection
        .prepare_cached(
            "SELECT before_json, after_json FROM journal_category
             WHERE entry_id = ?1 ORDER BY category_id",
        )?
        .query_map([entry.as_str()], |row| {
            let before = json_from_row(row, 0)?.ok_or_else(missing)?;
            Ok((before, json_from_row(row, 1)?.ok_or_else(missing)?))
        })?
        .collect::<rusqlite::Result<_>>()?;
    let tree = select_tree(connection)?;
    let came_along = |(before, after): &&(Category, Category)| {
        let is_merged = before.merged_into != after.merged_into;
        is_merged && changes.iter().any(|(other, _)| before.parent == Some(other.id))
    };
    let told = changes.iter().filter(|change| !came_along(change));
    Ok(told.filter_map(|(before, after)| words(before, after, &tree)).collect())
}

/// Nothing where the two are the same.
fn words(before: &Category, after: &Category, tree: &CategoryTree) -> Option<String> {
    let (was, is) = (written(before, tree), written(after, tree));
    if before.state == CategoryState::Withdrawn {
        return Some(format!("{is} added"));
    }
    if let (None, Some(into)) = (before.merged_into, after.merged_into) {
        return Some(format!("{was} merged into {}", written(tree.get(into)?, tree)));
    }
    if before.parent != after.parent {
        return Some(format!("{was} moved to {is}"));
    }
    if before.name != after.name {
        return Some(format!("{was} renamed {is}"));
    }
    if before.state != after.state {
        let is_retired = after.state == CategoryState::Retired;
        return Some(format!("{was} {}", if is_retired { "retired" } else { "restored" }));
    }
    let described = [
        (before.key != after.key, "key"),
        (before.color != after.color, "colour"),
        (before.description != after.description, "description"),
    ];
    let described: Vec<&str> =
        described.into_iter().filter(|(is_changed, _)| *is_changed).map(|(_, what)| what).collect();
    (!described.is_empty()).then(|| format!("{} of {was}", described.join(", ")))
}

/// `CATEGORY` or `CATEGORY/SUBCATEGORY`.
fn written(category: &Category, tree: &CategoryTree) -> String {
    match category.parent.and_then(|parent| tree.get(parent)) {
        Some(parent) => format!("{}/{}", parent.name, category.name),
        None => category.name.clone(),
    }
}
