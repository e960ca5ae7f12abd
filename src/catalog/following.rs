//! Predictions follow what categories mean.
//!
//! When a model is first used, each of its categories is bound to one of the library's, by uid or by
//! name, and stays bound to that one whatever either is called later. One that finds none then is bound
//! when a decision brings a category of its name, for as long as that decision holds.
//!
//! The scores of an image are kept as the model gave them. What is searched and sorted by, its best
//! category with the score and the uncertainty, is worked out from them by what the model's
//! categories mean, and again in the very transaction that changes that. So undoing such a change is
//! exact, and no search has to add up.

use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use super::category_list::{ensure_category, select_tree, valid};
use super::error::Failure;
use super::id_list::select_ids;
use super::journal::to_json;
use super::label::unusable;
use super::library::Durability;
use super::prediction::{Best, model_from_row, model_id, scores_from_row};
use super::{CatalogError, EntryId, Library, ModelInfo};
use crate::taxonomy::{CategoryId, CategoryTree, CurrentCategories};

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

    /// Binds the model's categories to the library's; those that the library does not have are added.
    ///
    /// # Errors
    /// When a name breaks a rule, or the library could not be written.
    pub fn adopt_model(&self, model: &ModelInfo) -> Result<(), CatalogError> {
        model.categories.iter().try_for_each(|name| valid(name).map(drop))?;
        self.write_categories("take a model into use", |transaction| {
            let id = model_id(transaction, model)?;
            let bound = bind(transaction, id, model, &select_tree(transaction)?, None)?;
            for (position, name) in model.categories.iter().enumerate() {
                if bound[position].is_none() {
                    let category = ensure_category(transaction, &valid(name)?)?;
                    keep_binding(transaction, id, position, category, None)?;
                }
            }
            Ok(())
        })
    }

    /// What a model's categories mean in this library now.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn current_categories(&self, model: &ModelInfo) -> Result<CurrentCategories, CatalogError> {
        self.read("read what a model's categories mean", |connection| {
            let known = connection
                .prepare_cached(
                    "SELECT ifnull(current_json, categories_json) FROM model
                     WHERE sha256 = ?1 AND name = ?2 AND categories_json = ?3",
                )?
                .query_row(params![model.sha256, model.name, to_json(&model.categories)?], |row| {
                    names_from_row(row, 0)
                })
                .optional()?;
            if let Some(each) = known {
                return Ok(CurrentCategories::named(each));
            }
            let tree = select_tree(connection)?;
            let found =
                |(position, name): (usize, &String)| tree.find_known(model.uid(position), name);
            let bound: Vec<_> = model.categories.iter().enumerate().map(found).collect();
            Ok(CurrentCategories::of(&model.categories, &bound, &tree))
        })
    }
}

/// What each of the model's categories is in the library. One that has no category, or whose category
/// is not there any more, is bound to the one that its uid or its name finds, `since` that decision.
pub(super) fn bind(
    connection: &Connection,
    model_id: i64,
    model: &ModelInfo,
    tree: &CategoryTree,
    since: Option<&str>,
) -> rusqlite::Result<Vec<Option<CategoryId>>> {
    let mut bound: Vec<Option<CategoryId>> = vec![None; model.categories.len()];
    let mut statement = connection
        .prepare_cached("SELECT position, category_id FROM model_category WHERE model_id = ?1")?;
    let mut rows = statement.query([model_id])?;
    while let Some(row) = rows.next()? {
        let id = CategoryId(row.get(1)?);
        if let Some(place) = bound.get_mut(row.get::<_, u32>(0)? as usize) {
            *place = Some(id).filter(|id| tree.is_there(*id));
        }
    }
    for (position, name) in model.categories.iter().enumerate() {
        if bound[position].is_none()
            && let Some(found) = tree.find_known(model.uid(position), name)
        {
            keep_binding(connection, model_id, position, found, since)?;
            bound[position] = Some(found);
        }
    }
    Ok(bound)
}

fn keep_binding(
    connection: &Connection,
    model_id: i64,
    position: usize,
    category: CategoryId,
    since: Option<&str>,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached("INSERT OR REPLACE INTO model_category VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![model_id, position as i64, category.0, since])?;
    Ok(())
}

/// Forgets what models' categories were bound to by a decision that is undone.
pub(super) fn forget_bindings(connection: &Connection, entry: &EntryId) -> rusqlite::Result<()> {
    connection
        .prepare_cached("DELETE FROM model_category WHERE entry_id = ?1")?
        .execute([entry.as_str()])?;
    Ok(())
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
    let (model, before) = connection
        .prepare_cached(
            "SELECT name, sha256, categories_json, ifnull(current_json, categories_json)
             FROM model WHERE id = ?1",
        )?
        .query_row([model_id], |row| Ok((model_from_row(row)?, names_from_row(row, 3)?)))?;
    let newest: Option<String> = connection
        .prepare_cached("SELECT max(entry_id) FROM journal")?
        .query_row([], |row| row.get(0))?;
    let bound = bind(connection, model_id, &model, tree, newest.as_deref())?;
    let now = CurrentCategories::of(&model.categories, &bound, tree);
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
