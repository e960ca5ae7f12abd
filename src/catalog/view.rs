//! Which images are shown, and in which order.

use std::collections::HashSet;

use rusqlite::types::Value;
use rusqlite::{Connection, ToSql};

use super::image::select_ids;
use super::{CatalogError, ImageId, Library};
use crate::taxonomy::CategoryId;

/// Which images are shown, and in which order. The default is all, by path.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct View {
    /// Which images.
    pub filter: Filter,
    /// Of these, the ones with this in their path, without regard to case; empty for all.
    pub text: String,
    /// In which order.
    pub sort: Sort,
}

/// Which images are shown. Vanished files never are.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub enum Filter {
    /// Every image.
    #[default]
    All,
    /// Images without a label.
    Unlabelled,
    /// Images with a label.
    Labelled,
    /// Images whose first category is this.
    Category(CategoryId),
    /// Images whose highest score is for the category of this name.
    Predicted(String),
    /// Images in this folder and below; parts joined by `/`, empty for the root.
    Folder(String),
    /// Images whose label and highest score are for different categories.
    Disagreements,
    /// Images whose file could not be read.
    Unreadable,
}

/// In which order images are shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Sort {
    /// By path, without regard to case.
    #[default]
    Path,
    /// The least certain prediction first; images without one last.
    ScoreAscending,
    /// The most certain prediction first; images without one last.
    ScoreDescending,
    /// The file changed last first.
    Newest,
}

impl Library {
    /// The images of the view, in its order.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn image_ids(&self, view: &View) -> Result<Vec<ImageId>, CatalogError> {
        self.read("list images", |connection| {
            let mut images = in_order(connection, view.sort)?;
            let conditions = [filter_condition(&view.filter), text_condition(&view.text)];
            for condition in conditions.into_iter().flatten() {
                let met = condition.images(connection)?;
                images.retain(|image| met.contains(image) == condition.wanted);
            }
            Ok(images)
        })
    }
}

/// All images, except those whose files have vanished.
///
/// Each order ends with the id, so that it is the same every time and the index has it already.
fn in_order(connection: &Connection, sort: Sort) -> rusqlite::Result<Vec<ImageId>> {
    let ids = |sql| select_ids(connection, sql, &[]);
    let by_path = "SELECT id FROM image WHERE missing = 0 ORDER BY path_text, id";
    let by_score = match sort {
        Sort::Path => return ids(by_path),
        Sort::Newest => {
            return ids(
                "SELECT id FROM image WHERE missing = 0 ORDER BY modified_ns DESC, id DESC",
            );
        }
        Sort::ScoreAscending => {
            "SELECT image_id FROM prediction
             WHERE image_id NOT IN (SELECT id FROM image WHERE missing = 1)
             ORDER BY top_score, image_id"
        }
        Sort::ScoreDescending => {
            "SELECT image_id FROM prediction
             WHERE image_id NOT IN (SELECT id FROM image WHERE missing = 1)
             ORDER BY top_score DESC, image_id DESC"
        }
    };
    let mut images = ids(by_score)?;
    let scored: HashSet<ImageId> = images.iter().copied().collect();
    images.extend(ids(by_path)?.iter().filter(|image| !scored.contains(image)));
    Ok(images)
}

/// A set of images, taken from one index, and whether these or all others are wanted.
///
/// With a million images, following the order in one index and looking each id up in a set from
/// another takes a fraction of a second; a join that fetches rows took up to eleven seconds.
struct Condition {
    sql: &'static str,
    values: Vec<Value>,
    wanted: bool,
}

impl Condition {
    fn met(sql: &'static str, values: impl Into<Vec<Value>>) -> Option<Self> {
        Some(Self { sql, values: values.into(), wanted: true })
    }

    fn images(&self, connection: &Connection) -> rusqlite::Result<HashSet<ImageId>> {
        let values: Vec<&dyn ToSql> = self.values.iter().map(|value| value as &dyn ToSql).collect();
        Ok(select_ids(connection, self.sql, &values)?.into_iter().collect())
    }
}

fn text_condition(text: &str) -> Option<Condition> {
    if text.is_empty() {
        return None;
    }
    let sql = "SELECT id FROM image WHERE missing = 0 AND instr(path_text, ?1) > 0";
    Condition::met(sql, [text.to_lowercase().into()])
}

fn filter_condition(filter: &Filter) -> Option<Condition> {
    let labelled = "SELECT image_id FROM label";
    match filter {
        Filter::All => None,
        Filter::Labelled => Condition::met(labelled, []),
        Filter::Unlabelled => Some(Condition { sql: labelled, values: vec![], wanted: false }),
        Filter::Category(category) => {
            Condition::met("SELECT image_id FROM label WHERE category_id = ?1", [category.0.into()])
        }
        Filter::Predicted(category) => Condition::met(
            "SELECT image_id FROM prediction WHERE top_category = ?1",
            [category.clone().into()],
        ),
        Filter::Folder(folder) if folder.is_empty() => None,
        // '0' is the character after '/': everything below the folder lies between the two.
        Filter::Folder(folder) => Condition::met(
            "SELECT id FROM image WHERE missing = 0 AND folder = ?1
             UNION ALL
             SELECT id FROM image WHERE missing = 0 AND folder > ?1 || '/' AND folder < ?1 || '0'",
            [folder.clone().into()],
        ),
        // Without regard to case, as for the names of a library's categories. In this order of
        // tables (CROSS JOIN keeps it) both big ones are read from start to end.
        Filter::Disagreements => Condition::met(
            "SELECT label.image_id FROM label
             CROSS JOIN prediction ON prediction.image_id = label.image_id
             CROSS JOIN category ON category.id = label.category_id
             WHERE category.name <> prediction.top_category COLLATE NOCASE",
            [],
        ),
        Filter::Unreadable => {
            Condition::met("SELECT id FROM image WHERE missing = 0 AND read_error IS NOT NULL", [])
        }
    }
}
