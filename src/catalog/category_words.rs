//! What a decision did to categories, in words.

use rusqlite::Connection;

use super::EntryId;
use super::timeline::{Changed, Timeline};
use crate::taxonomy::{Category, CategoryId, CategoryState, CategoryTree};

/// What the entry did, such as `Wires merged into Tips`, one for each category, in the names of then;
/// where it did nothing else, the names that lead to a category since. A subcategory that was merged
/// since its category was goes without saying.
pub(super) fn category_words(
    connection: &Connection,
    timeline: &mut Timeline,
    entry: &EntryId,
) -> rusqlite::Result<Vec<String>> {
    let changes = timeline.of_entry(entry.as_str()).to_vec();
    let tree = timeline.at(entry.as_str());
    if changes.is_empty() {
        return alias_words(connection, tree, entry);
    }
    let came_along = |(before, after): &&Changed| {
        let is_merged = before.merged_into != after.merged_into;
        is_merged && changes.iter().any(|(other, _)| before.parent == Some(other.id))
    };
    let told = changes.iter().filter(|change| !came_along(change));
    Ok(told.filter_map(|(before, after)| words(before, after, tree)).collect())
}

fn alias_words(
    connection: &Connection,
    tree: &CategoryTree,
    entry: &EntryId,
) -> rusqlite::Result<Vec<String>> {
    connection
        .prepare_cached(
            "SELECT name_folded, after_id FROM journal_alias
             WHERE entry_id = ?1 AND after_id IS NOT NULL ORDER BY name_folded",
        )?
        .query_map([entry.as_str()], |row| {
            let name: String = row.get(0)?;
            let meaning = tree.name(CategoryId(row.get(1)?));
            Ok(format!("{name} means {}", meaning.map_or_else(String::new, |it| it.to_string())))
        })?
        .collect()
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
