//! Labels that are likely wrong, as they were found by scoring labelled images.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::category_list::select_tree;
use super::library::Durability;
use super::setting::put_setting;
use super::{CatalogError, ImageId, Library};
use crate::taxonomy::{CategoryId, CategoryTree};

/// When label errors were last looked for, as a setting.
const LOOKED_SETTING: &str = "looked_for_label_errors";

/// Why a label is likely wrong.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LabelDoubt {
    /// The image.
    pub image: ImageId,
    /// When the label was given that is doubted: once there is another decision, the doubt holds no
    /// longer, be it that it says the same.
    pub labelled_at: Timestamp,
    /// The category that the image more likely shows.
    pub likelier: CategoryId,
    /// Score of the likelier category minus that of the given one: above 0, at most 1.
    pub margin: f32,
}

impl Library {
    /// Keeps which labels are likely wrong, in place of all earlier doubts. Those of images that are
    /// gone meanwhile are left out. From then on it is known that somebody has looked.
    ///
    /// # Errors
    /// When the library could not be written.
    pub fn save_doubts(&self, doubts: &[LabelDoubt]) -> Result<(), CatalogError> {
        self.write("save likely label errors", Durability::Rebuildable, |transaction| {
            transaction.execute("DELETE FROM label_doubt", [])?;
            let mut add = transaction.prepare_cached(
                "INSERT OR REPLACE INTO label_doubt
                 SELECT id, ?2, ?3, ?4 FROM image WHERE id = ?1 AND hidden = 0",
            )?;
            for LabelDoubt { image, labelled_at, likelier, margin } in doubts {
                add.execute(params![image.0, labelled_at.to_string(), likelier.0, margin])?;
            }
            Ok(put_setting(transaction, LOOKED_SETTING, &Timestamp::now().to_string())?)
        })?;
        self.orders().forget_scores();
        Ok(())
    }

    /// Why the image's label is likely wrong, if it is and was not decided anew since. The likelier
    /// category is what that category means now.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn doubt(&self, image: ImageId) -> Result<Option<LabelDoubt>, CatalogError> {
        self.read_image("look whether a label is likely wrong", |connection| {
            let tree = select_tree(connection)?;
            let sql = format!("{STANDING} AND label_doubt.image_id = ?1");
            let found = connection
                .prepare_cached(&sql)?
                .query_row([image.0], |row| standing_from_row(row, &tree))
                .optional()?;
            Ok(found.flatten())
        })
    }
}

/// Whether label errors were ever looked for. Earlier versions kept only what they found.
pub(super) fn has_looked_for_doubts(connection: &Connection) -> rusqlite::Result<bool> {
    connection
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM setting WHERE key = ?1)
                 OR EXISTS (SELECT 1 FROM label_doubt)",
        )?
        .query_row([LOOKED_SETTING], |row| row.get(0))
}

/// Doubts about decisions that hold. CROSS: SQLite keeps this order of the tables, doubts being few.
pub(super) const STANDING: &str = "
    SELECT label_doubt.image_id, label_doubt.labelled_at, likelier_id, margin,
           category_id, second_category_id
    FROM label_doubt CROSS JOIN label ON label.image_id = label_doubt.image_id
    WHERE label.labelled_at = label_doubt.labelled_at";

/// All images with a doubt that holds.
pub(super) fn doubted_images(
    connection: &Connection,
    tree: &CategoryTree,
) -> rusqlite::Result<Vec<ImageId>> {
    let mut statement = connection.prepare_cached(STANDING)?;
    let doubts = statement.query_map([], |row| standing_from_row(row, tree))?;
    doubts.filter_map(|doubt| Some(doubt.transpose()?.map(|doubt| doubt.image))).collect()
}

/// The doubt in a row of [`STANDING`]; nothing where the likelier category is by now one that the
/// label says.
fn standing_from_row(row: &Row<'_>, tree: &CategoryTree) -> rusqlite::Result<Option<LabelDoubt>> {
    let category = |column| -> rusqlite::Result<Option<CategoryId>> {
        Ok(row.get::<_, Option<i64>>(column)?.map(|id| tree.top(CategoryId(id))))
    };
    let likelier = tree.top(CategoryId(row.get(2)?));
    if [category(4)?, category(5)?].contains(&Some(likelier)) {
        return Ok(None);
    }
    let labelled_at = super::label::time_from_row(row, 1)?;
    Ok(Some(LabelDoubt { image: ImageId(row.get(0)?), labelled_at, likelier, margin: row.get(3)? }))
}
