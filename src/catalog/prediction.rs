//! What models said about images.

use jiff::Timestamp;
use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use super::category_list::select_tree;
use super::error::Failure;
use super::following::{bind, follow, names_from_row};
use super::id_list::select_ids;
use super::journal::to_json;
use super::label::time_from_row;
use super::library::Durability;
use super::novelty::forget_comparisons;
use super::{CatalogError, ImageId, Library};
use crate::taxonomy::CurrentCategories;

/// Predictions from which on it pays to look whether they are most of what there is.
pub(super) const MANY: usize = 10_000;

/// Which model made a prediction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelInfo {
    /// As shown.
    pub name: String,
    /// Of the model's files, in hexadecimal: its identity.
    pub sha256: String,
    /// The categories it knows, in the order of its scores.
    pub categories: Vec<String>,
    /// The same by their identity across libraries, where the model remembers it; empty where not.
    pub category_uids: Vec<String>,
}

impl ModelInfo {
    /// What identifies the category at this place across libraries, where that is known.
    pub(super) fn uid(&self, position: usize) -> Option<&str> {
        self.category_uids.get(position).map(String::as_str)
    }
}

/// What a model said about an image.
#[derive(Debug, Clone, PartialEq)]
pub struct Prediction {
    /// The model.
    pub model: ModelInfo,
    /// What the model's categories mean now, with their scores added up; the highest first.
    pub scores: Vec<(String, f32)>,
    /// When it was classified.
    pub at: Timestamp,
}

impl Library {
    /// Keeps what a model said, in place of earlier predictions for these images; all or none.
    /// Scores are in the order of the model's categories. A power cut may cost the last ones, which
    /// are then made again: a person's decision does not wait for the disk because of them.
    ///
    /// # Errors
    /// When there is not one finite score for each category, or the library could not be written.
    pub fn save_predictions(
        &self,
        model: &ModelInfo,
        predictions: &[(ImageId, Vec<f32>)],
    ) -> Result<(), CatalogError> {
        self.write("save predictions", Durability::Rebuildable, |transaction| {
            store_predictions(transaction, model, predictions)
        })?;
        self.orders().forget_scores();
        Ok(())
    }

    /// What a model last said about the image.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn prediction(&self, image: ImageId) -> Result<Option<Prediction>, CatalogError> {
        self.read_image("read a prediction", |connection| {
            Ok(connection
                .prepare_cached(
                    "SELECT model.name, model.sha256, model.categories_json,
                            prediction.scores, prediction.predicted_at,
                            ifnull(model.current_json, model.categories_json)
                     FROM prediction JOIN model ON model.id = prediction.model_id
                     WHERE prediction.image_id = ?1",
                )?
                .query_row([image.0], prediction_from_row)
                .optional()?)
        })
    }

    /// Number of the images that [`Library::images_to_classify`] gives, less those that could not
    /// be read the last time.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn count_to_classify(&self, model_sha256: &str) -> Result<u64, CatalogError> {
        self.read("count images to classify", |connection| {
            Ok(connection
                .prepare_cached(
                    "SELECT COUNT(*) FROM image
                     WHERE hidden = 0 AND read_error IS NULL AND NOT EXISTS (
                         SELECT 1 FROM prediction
                         JOIN model ON model.id = prediction.model_id
                         WHERE prediction.image_id = image.id AND model.sha256 = ?1)",
                )?
                .query_row([model_sha256], |row| row.get::<_, i64>(0))?
                .unsigned_abs())
        })
    }

    /// The images, by path, that the model with this hash has not classified. Files that could not
    /// be read are tried again: a share may be back, or a limit raised.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn images_to_classify(&self, model_sha256: &str) -> Result<Vec<ImageId>, CatalogError> {
        self.read("list images to classify", |connection| {
            Ok(select_ids(
                connection,
                "SELECT id FROM image
                 WHERE hidden = 0
                   AND id NOT IN (
                       SELECT image_id FROM prediction
                       WHERE model_id IN (SELECT id FROM model WHERE sha256 = ?1))
                 ORDER BY path_text, id",
                [model_sha256],
            )?)
        })
    }
}

pub(super) fn store_predictions(
    transaction: &Transaction<'_>,
    model: &ModelInfo,
    predictions: &[(ImageId, Vec<f32>)],
) -> Result<(), Failure> {
    let at = Timestamp::now().to_string();
    let model_id = model_id(transaction, model)?;
    let (current, _) = follow(transaction, model_id, &select_tree(transaction)?)?;
    let set_aside = match predictions.len() >= MANY {
        true => set_indexes_aside(transaction, predictions.len())?,
        false => Vec::new(),
    };
    let mut statement = transaction.prepare_cached(
        "INSERT OR REPLACE INTO prediction
             (image_id, model_id, top_category, top_score, predicted_at, scores, uncertainty)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?;
    for (image, scores) in predictions {
        let Best { category, score, uncertainty } = is_one_for_each(scores, &model.categories)
            .then(|| Best::of(&current, scores))
            .flatten()
            .ok_or(CatalogError::UnusableScores {
                image: *image,
                categories: model.categories.len(),
            })?;
        let bytes: Vec<u8> = scores.iter().flat_map(|score| score.to_le_bytes()).collect();
        statement.execute(params![image.0, model_id, category, score, at, bytes, uncertainty])?;
    }
    set_aside.iter().try_for_each(|sql| transaction.execute_batch(sql))?;
    Ok(())
}

/// Where `count` predictions replace most of what there is, keeping the indexes up to date row by row
/// takes several times as long as making them anew: removes them, and gives what makes them.
pub(super) fn set_indexes_aside(
    transaction: &Transaction<'_>,
    count: usize,
) -> rusqlite::Result<Vec<String>> {
    let there: i64 =
        transaction.query_row("SELECT count(*) FROM prediction", [], |row| row.get(0))?;
    if there.unsigned_abs() as usize > 2 * count {
        return Ok(Vec::new());
    }
    let mut statement = transaction.prepare(
        "SELECT name, sql FROM sqlite_schema
         WHERE type = 'index' AND tbl_name = 'prediction' AND sql IS NOT NULL ORDER BY name",
    )?;
    let indexes = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let indexes = indexes.collect::<rusqlite::Result<Vec<(String, String)>>>()?;
    let mut made_by = Vec::with_capacity(indexes.len());
    for (name, sql) in indexes {
        transaction.execute_batch(&format!("DROP INDEX {name}"))?;
        made_by.push(sql);
    }
    Ok(made_by)
}

/// Removes the prediction, which was made from other content of the file, and what comparing that with
/// others gave; whether there was a prediction.
pub(super) fn forget_prediction(connection: &Connection, image: ImageId) -> rusqlite::Result<bool> {
    forget_comparisons(connection, image)?;
    let deleted = connection
        .prepare_cached("DELETE FROM prediction WHERE image_id = ?1")?
        .execute([image.0])?;
    Ok(deleted > 0)
}

/// The model's row, added with its categories bound to the library's when it is new.
pub(super) fn model_id(connection: &Connection, model: &ModelInfo) -> rusqlite::Result<i64> {
    let categories = to_json(&model.categories)?;
    let values = params![model.sha256, model.name, categories];
    let added = connection
        .prepare_cached(
            "INSERT OR IGNORE INTO model (sha256, name, categories_json) VALUES (?1, ?2, ?3)",
        )?
        .execute(values)?;
    let id = connection
        .prepare_cached(
            "SELECT id FROM model WHERE sha256 = ?1 AND name = ?2 AND categories_json = ?3",
        )?
        .query_row(values, |row| row.get(0))?;
    if added > 0 {
        bind(connection, id, model, &select_tree(connection)?, None)?;
    }
    Ok(id)
}

/// How undecided the scores are: their entropy over that of equal scores. 0 where one is all, 1
/// where all are equal, and for a single category 0.
pub(super) fn uncertainty(scores: &[f32]) -> f64 {
    let total: f64 = scores.iter().map(|&score| f64::from(score.max(0.0))).sum();
    if scores.len() < 2 || total <= 0.0 {
        return 0.0;
    }
    let entropy: f64 = scores
        .iter()
        .map(|&score| f64::from(score.max(0.0)) / total)
        .filter(|&share| share > 0.0)
        .map(|share| -share * share.ln())
        .sum();
    (entropy / (scores.len() as f64).ln()).clamp(0.0, 1.0)
}

/// What searches and orders need of the scores of an image.
pub(super) struct Best<'a> {
    /// The category with the highest score, the first of equals.
    pub(super) category: &'a str,
    pub(super) score: f32,
    pub(super) uncertainty: f64,
}

impl<'a> Best<'a> {
    /// Of the scores added up by what the model's categories mean; `None` without categories.
    pub(super) fn of(current: &'a CurrentCategories, scores: &[f32]) -> Option<Self> {
        let sums = current.add_up(scores);
        let scored = current.names().iter().zip(sums.iter().copied());
        let (category, score) =
            scored.reduce(|best, next| if next.1 > best.1 { next } else { best })?;
        Some(Self { category, score, uncertainty: uncertainty(&sums) })
    }
}

fn is_one_for_each(scores: &[f32], categories: &[String]) -> bool {
    scores.len() == categories.len() && scores.iter().all(|score| score.is_finite())
}

/// The scores in a column, as the model gave them.
pub(super) fn scores_from_row(row: &Row<'_>, column: usize) -> rusqlite::Result<Vec<f32>> {
    let (floats, rest) = row.get_ref(column)?.as_blob()?.as_chunks::<4>();
    if !rest.is_empty() {
        let error = "a score is cut off".into();
        return Err(rusqlite::Error::FromSqlConversionFailure(column, Type::Blob, error));
    }
    Ok(floats.iter().map(|float| f32::from_le_bytes(*float)).collect())
}

fn prediction_from_row(row: &Row<'_>) -> rusqlite::Result<Prediction> {
    let model = model_from_row(row)?;
    let given = scores_from_row(row, 3)?;
    if given.len() != model.categories.len() {
        let error = format!("{} scores for {} categories", given.len(), model.categories.len());
        return Err(rusqlite::Error::FromSqlConversionFailure(3, Type::Blob, error.into()));
    }
    let current = CurrentCategories::named(names_from_row(row, 5)?);
    let sums = current.add_up(&given);
    let mut scores: Vec<(String, f32)> = current.names().iter().cloned().zip(sums).collect();
    scores.sort_by(|a, b| b.1.total_cmp(&a.1)); // stable: equal scores stay in the model's order
    Ok(Prediction { model, scores, at: time_from_row(row, 4)? })
}

/// The model in the first three columns (name, sha256, categories).
pub(super) fn model_from_row(row: &Row<'_>) -> rusqlite::Result<ModelInfo> {
    Ok(ModelInfo {
        name: row.get(0)?,
        sha256: row.get(1)?,
        categories: names_from_row(row, 2)?,
        category_uids: Vec::new(), // its categories are bound
    })
}
