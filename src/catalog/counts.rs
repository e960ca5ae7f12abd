//! How many images there are of each kind.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use rusqlite::{Connection, params};

use super::category_list::select_tree;
use super::order::Moment;
use super::{CatalogError, Library};
use crate::taxonomy::CategoryId;

/// How many images there are of each kind; vanished ones are not counted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    /// All images.
    pub images: u64,
    /// Those with a label.
    pub labelled: u64,
    /// Labels of images whose files are missing, which no other number counts.
    pub labelled_missing: u64,
    /// Those whose file could not be read.
    pub unreadable: u64,
    /// Images whose first category it is, or a subcategory of it; every category, in the order they
    /// were added.
    pub per_category: Vec<(CategoryId, u64)>,
    /// Files in and below each folder, by path, also those that are further places of an image; not
    /// the root itself.
    pub folders: Vec<(String, u64)>,
}

/// What changes only with files: a label key must not have to count a million of them.
#[derive(Debug)]
struct FileCounts {
    images: u64,
    folders: Vec<(String, u64)>,
}

/// Counts of files, until files change.
#[derive(Debug, Default)]
pub(super) struct KeptCounts(Mutex<Option<(Moment, Arc<FileCounts>)>>);

/// Ids of what is not shown. Asking which of few are hidden is much faster than which of many are
/// not.
const HIDDEN: &str = "SELECT id FROM image WHERE hidden IN (1, 2)";

impl Library {
    /// Counts the images of each kind.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn counts(&self) -> Result<Counts, CatalogError> {
        let files = self.file_counts()?;
        self.read("count images", |connection| {
            let tree = select_tree(connection)?;
            let mut per_category: BTreeMap<CategoryId, u64> =
                tree.categories().map(|category| (category.id, 0)).collect();
            let labels: Vec<(Option<i64>, u64)> = groups(
                connection,
                &format!(
                    "SELECT category_id, count(*) FROM label WHERE image_id NOT IN ({HIDDEN})
                     GROUP BY category_id"
                ),
            )?;
            for (id, images) in &labels {
                if let Some(id) = id {
                    *per_category.entry(tree.top(CategoryId(*id))).or_default() += images;
                }
            }
            Ok(Counts {
                images: files.images,
                labelled: labels.iter().map(|(_, images)| images).sum(),
                labelled_missing: count(
                    connection,
                    "SELECT count(*) FROM label WHERE image_id IN (
                         SELECT id FROM image WHERE hidden = 1 AND same_as IS NULL)",
                )?,
                unreadable: count(
                    connection,
                    "SELECT count(*) FROM image WHERE hidden = 0 AND read_error IS NOT NULL",
                )?,
                per_category: per_category.into_iter().collect(),
                folders: files.folders.clone(),
            })
        })
    }

    /// How many of the images have a label that `by` gave since then, image by image: nothing that
    /// was imported or accepted automatically.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn labelled_since(&self, since: Timestamp, by: &str) -> Result<u64, CatalogError> {
        self.read("count labels", |connection| {
            let sql = "SELECT count(*) FROM label INDEXED BY label_by_time
                       WHERE labelled_at >= ?1 AND labelled_by = ?2 COLLATE NOCASE
                         AND source IN ('person', 'accepted_prediction')";
            let mut statement = connection.prepare_cached(sql)?;
            let count =
                statement.query_row(params![since.to_string(), by], |row| row.get::<_, i64>(0))?;
            Ok(count.cast_unsigned())
        })
    }

    /// How many images have a prediction.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn count_classified(&self) -> Result<u64, CatalogError> {
        self.read("count images", |connection| {
            let sql = format!("SELECT count(*) FROM prediction WHERE image_id NOT IN ({HIDDEN})");
            Ok(count(connection, &sql)?)
        })
    }

    fn file_counts(&self) -> Result<Arc<FileCounts>, CatalogError> {
        // Asked before anything is counted: what changes meanwhile makes the counts old ones.
        let moment = self.file_moment()?;
        let kept = || self.kept_counts().0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((made_at, counts)) = kept().as_ref()
            && *made_at == moment
        {
            return Ok(Arc::clone(counts));
        }
        let counts = self.read("count images", |connection| {
            Ok(Arc::new(FileCounts {
                images: count(connection, "SELECT count(*) FROM image WHERE hidden = 0")?,
                folders: with_parents(groups(
                    connection,
                    "SELECT folder, count(*) FROM image WHERE hidden IN (0, 2) GROUP BY folder",
                )?),
            }))
        })?;
        *kept() = Some((moment, Arc::clone(&counts)));
        Ok(counts)
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
