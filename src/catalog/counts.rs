//! How many images there are of each kind.

use std::collections::BTreeMap;

use rusqlite::Connection;

use super::category_list::select_tree;
use super::{CatalogError, Library};
use crate::taxonomy::CategoryId;

/// How many images there are of each kind; vanished ones are not counted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    /// All images.
    pub images: u64,
    /// Those with a label.
    pub labelled: u64,
    /// Those whose file could not be read.
    pub unreadable: u64,
    /// Those with a prediction.
    pub classified: u64,
    /// Images whose first category it is, or a subcategory of it; every category, in the order they
    /// were added.
    pub per_category: Vec<(CategoryId, u64)>,
    /// Files in and below each folder, by path, also those that are further places of an image; not
    /// the root itself.
    pub folders: Vec<(String, u64)>,
}

impl Library {
    /// Counts the images of each kind, all at the same moment.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn counts(&self) -> Result<Counts, CatalogError> {
        self.read("count images", |connection| {
            let images = "SELECT count(*) FROM image WHERE hidden = 0";
            // Asking which of few are hidden is much faster than which of many are not.
            let with = |table| {
                format!(
                    "SELECT count(*) FROM {table}
                     WHERE image_id NOT IN (SELECT id FROM image WHERE hidden <> 0)"
                )
            };
            let tree = select_tree(connection)?;
            let mut per_category: BTreeMap<CategoryId, u64> =
                tree.categories().map(|category| (category.id, 0)).collect();
            let labels: Vec<(i64, u64)> = groups(
                connection,
                "SELECT category_id, count(*) FROM label
                 WHERE category_id IS NOT NULL
                   AND image_id NOT IN (SELECT id FROM image WHERE hidden <> 0)
                 GROUP BY category_id",
            )?;
            for (id, images) in labels {
                *per_category.entry(tree.top(CategoryId(id))).or_default() += images;
            }
            Ok(Counts {
                images: count(connection, images)?,
                labelled: count(connection, &with("label"))?,
                unreadable: count(connection, &format!("{images} AND read_error IS NOT NULL"))?,
                classified: count(connection, &with("prediction"))?,
                per_category: per_category.into_iter().collect(),
                folders: with_parents(groups(
                    connection,
                    "SELECT folder, count(*) FROM image WHERE hidden <> 1 GROUP BY folder",
                )?),
            })
        })
    }
}

fn count(connection: &Connection, sql: &str) -> rusqlite::Result<u64> {
    let count: i64 = connection.prepare_cached(sql)?.query_row([], |row| row.get(0))?;
    Ok(count.cast_unsigned())
}

fn groups<K: rusqlite::types::FromSql>(
    connection: &Connection,
    sql: &str,
) -> rusqlite::Result<Vec<(K, u64)>> {
    connection
        .prepare_cached(sql)?
        .query_map([], |row| Ok((row.get(0)?, row.get::<_, i64>(1)?.cast_unsigned())))?
        .collect()
}

/// Adds each folder's images to all folders it is in.
fn with_parents(folders: Vec<(String, u64)>) -> Vec<(String, u64)> {
    let mut totals = BTreeMap::new();
    for (folder, images) in folders.iter().filter(|(folder, _)| !folder.is_empty()) {
        let ends = folder.match_indices('/').map(|(end, _)| end).chain([folder.len()]);
        for end in ends {
            *totals.entry(folder[..end].to_owned()).or_default() += images;
        }
    }
    totals.into_iter().collect()
}
