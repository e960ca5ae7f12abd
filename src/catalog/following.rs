//! Predictions follow what categories mean.
//!
//! The scores of an image are kept as the model gave them. What is searched and sorted by, its best
//! category with the score and the uncertainty, is worked out from them by what the model's
//! categories mean, and again in the very transaction that changes that. So undoing such a change is
//! exact, and no search has to add up.

use rusqlite::{Connection, Row, Transaction, params};

use super::category_list::select_tree;
use super::error::Failure;
use super::id_list::select_ids;
use super::journal::to_json;
use super::label::unusable;
use super::library::Durability;
use super::prediction::{Best, scores_from_row};
use super::{CatalogError, Library};
use crate::taxonomy::{CategoryTree, CurrentCategories};

impl Library {
    /// Runs `write`, which may change what categories mean, in one transaction with what follows
    /// from it; it is on the disk when this returns.
    pub(super) fn write_categories<T>(
        &self,
        operation: &'static str,
        write: impl FnOnce(&Transaction<'_>) -> Result<T, Failure>,
    ) -> Result<T, CatalogError> {
        let (value, changed) = self.write(operation, Durability::Synced, |transaction| {
            let value = write(transaction)?;
            Ok((value, follow_categories(transaction)?))
        })?;
        if changed > 0 {
            self.orders().forget_scores();
        }
        Ok(value)
    }
}

/// Brings the predictions of all models up to date; how many changed.
pub(super) fn follow_categories(connection: &Connection) -> rusqlite::Result<usize> {
    let tree = select_tree(connection)?;
    let models: Vec<i64> = connection
        .prepare_cached("SELECT id FROM model")?
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    models.into_iter().map(|model| Ok(follow(connection, model, &tree)?.1)).sum()
}

/// Brings the predictions of a model up to date. What its categories mean, and how many predictions
/// changed.
pub(super) fn follow(
    connection: &Connection,
    model_id: i64,
    tree: &CategoryTree,
) -> rusqlite::Result<(CurrentCategories, usize)> {
    let (categories, before) = connection
        .prepare_cached(
            "SELECT categories_json, ifnull(current_json, categories_json) FROM model WHERE id = ?1",
        )?
        .query_row([model_id], |row| Ok((names_from_row(row, 0)?, names_from_row(row, 1)?)))?;
    let now = CurrentCategories::of(&categories, tree);
    if now.each().eq(before.iter().map(String::as_str)) {
        return Ok((now, 0));
    }
    let changed = work_out(connection, model_id, &CurrentCategories::named(before), &now)?;
    let each: Vec<&str> = now.each().collect();
    connection
        .prepare_cached("UPDATE model SET current_json = ?2 WHERE id = ?1")?
        .execute(params![model_id, to_json(&each)?])?;
    Ok((now, changed))
}

/// Works out anew what changes with what the model's categories mean; for how many predictions it
/// did.
fn work_out(
    connection: &Connection,
    model_id: i64,
    before: &CurrentCategories,
    now: &CurrentCategories,
) -> rusqlite::Result<usize> {
    let mut images = Vec::new();
    if now.adds_up_as(before) {
        let renamed = before.names().iter().zip(now.names()).filter(|(before, now)| before != now);
        for (former, _) in renamed {
            images.extend(select_ids(
                connection,
                "SELECT image_id FROM prediction WHERE model_id = ?1 AND top_category = ?2",
                params![model_id, former],
            )?);
        }
    } else {
        let of_model = "SELECT image_id FROM prediction WHERE model_id = ?1";
        images = select_ids(connection, of_model, [model_id])?;
    }
    let mut stored = connection.prepare_cached(
        "SELECT scores, top_category, top_score, uncertainty FROM prediction WHERE image_id = ?1",
    )?;
    let mut set_best = connection.prepare_cached(
        "UPDATE prediction SET top_category = ?2, top_score = ?3, uncertainty = ?4
         WHERE image_id = ?1",
    )?;
    // Most often only the uncertainty is another; each column costs its index.
    let mut set_uncertainty =
        connection.prepare_cached("UPDATE prediction SET uncertainty = ?2 WHERE image_id = ?1")?;
    let mut changed = 0;
    for image in images {
        let worked_out = stored.query_row([image.0], |row| {
            // Scores that are damaged are told of where they are read: nobody has to be kept from
            // changing categories by a prediction.
            let scores = scores_from_row(row, 0).ok();
            let Some(best) = scores.and_then(|scores| Best::of(now, &scores)) else {
                return Ok(None);
            };
            let is_same_best = row.get_ref(1)?.as_str()? == best.category
                && row.get::<_, f64>(2)? == f64::from(best.score);
            let is_same = row.get::<_, Option<f64>>(3)? == Some(best.uncertainty);
            Ok(Some((best, is_same_best, is_same_best && is_same)))
        })?;
        let Some((best, is_same_best, is_same)) = worked_out else { continue };
        changed += match (is_same_best, is_same) {
            (_, true) => 0,
            (true, false) => set_uncertainty.execute(params![image.0, best.uncertainty])?,
            (false, false) => {
                set_best.execute(params![image.0, best.category, best.score, best.uncertainty])?
            }
        };
    }
    Ok(changed)
}

/// The list of names in a column.
pub(super) fn names_from_row(row: &Row<'_>, column: usize) -> rusqlite::Result<Vec<String>> {
    let json: String = row.get(column)?;
    serde_json::from_str(&json).map_err(|error| unusable(column, error))
}
