//! Predictions become labels without a person looking at each, where somebody asks for that.
//!
//! Such a label never stands in the way of a person's, and what a person decided is left alone: also
//! that an image has no label. It tells who asked for it, and that it came about by itself.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{Connection, params};

use super::category_list::select_tree;
use super::error::Failure;
use super::journal::Entry;
use super::label::label_from_row;
use super::labelling::give_labels;
use super::library::Durability;
use super::standing::is_decided;
use super::{CatalogError, EntryId, ImageId, Label, LabelSource, LabelValue, Library};
use crate::taxonomy::{CategoryId, CategoryState};

/// Which predictions become labels.
#[derive(Debug, Clone, PartialEq)]
pub struct AcceptanceRule {
    /// The hash of the model that made them.
    pub model_sha256: String,
    /// What the score of the best category is at least, added up by what categories mean now.
    pub least_score: f32,
    /// The best category is one of these; without them, any.
    pub categories: Option<BTreeSet<CategoryId>>,
}

/// What a rule makes of a library. All counts are of images without a label that reach its score.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Acceptance {
    /// The labels, by the images' paths.
    pub labels: Vec<(ImageId, CategoryId)>,
    /// Images that a person has decided to have no label.
    pub taken_away: u64,
    /// Images that are excluded from training.
    pub excluded: u64,
    /// Images whose best category is not given in this library, by its name.
    pub not_offered: BTreeMap<String, u64>,
    /// Where the labels are in the journal, if they were given.
    pub entry: Option<EntryId>,
}

/// A model's best category for an image beside the label that it has.
#[derive(Debug, Clone, PartialEq)]
pub struct JudgedPrediction {
    /// The image.
    pub image: ImageId,
    /// Of its file, in hexadecimal.
    pub content_sha256: String,
    /// The best category; `None` where the library has none of that name.
    pub category: Option<CategoryId>,
    /// Its score, added up by what categories mean now.
    pub score: f32,
    /// The label.
    pub label: Label,
}

impl Library {
    /// What accepting by this rule would do.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn plan_acceptance(&self, rule: &AcceptanceRule) -> Result<Acceptance, CatalogError> {
        self.read("look for predictions to accept", |connection| plan(connection, rule))
    }

    /// Labels what the rule says, as one decision that `by` asked for; no entry is made where there
    /// is nothing to label. All labels or none are kept, and are on the disk when this returns.
    ///
    /// Images that are excluded, missing or cannot be read are left alone, and those with a label.
    /// So are images whose label somebody took away. What was undone, however, is as though it had
    /// never been decided.
    ///
    /// # Errors
    /// When the library could not be written.
    pub fn accept_automatically(
        &self,
        rule: &AcceptanceRule,
        by: &str,
    ) -> Result<Acceptance, CatalogError> {
        self.write("accept predictions", Durability::Synced, |transaction| {
            let mut acceptance = plan(transaction, rule)?;
            if !acceptance.labels.is_empty() {
                let label = |&(image, category)| (image, Some(LabelValue::of(category)));
                let labels: Vec<_> = acceptance.labels.iter().map(label).collect();
                let entry = Entry::new("label", by, LabelSource::AcceptedAutomatically);
                acceptance.entry = Some(give_labels(transaction, &labels, &entry)?);
            }
            Ok(acceptance)
        })
    }

    /// This model's predictions of images that have a label, by path. Left out are
    /// images that are missing or excluded, and those whose label was given to what their file held
    /// before.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn judged_predictions(
        &self,
        model_sha256: &str,
    ) -> Result<Vec<JudgedPrediction>, CatalogError> {
        self.read("list predictions of labelled images", |connection| {
            Ok(judged(connection, model_sha256)?)
        })
    }
}

fn plan(connection: &Connection, rule: &AcceptanceRule) -> Result<Acceptance, Failure> {
    let tree = select_tree(connection)?;
    let mut acceptance = Acceptance::default();
    let mut statement = connection.prepare_cached(
        "SELECT prediction.image_id, prediction.top_category, ifnull(mark.is_excluded, 0)
         FROM prediction
         JOIN image ON image.id = prediction.image_id
         LEFT JOIN mark ON mark.image_id = image.id
         WHERE prediction.top_score >= ?1
           AND prediction.model_id IN (SELECT id FROM model WHERE sha256 = ?2)
           AND image.hidden = 0 AND image.read_error IS NULL
           AND image.id NOT IN (SELECT image_id FROM label)
         ORDER BY image.path_text, image.id",
    )?;
    let mut rows = statement.query(params![rule.least_score, rule.model_sha256])?;
    while let Some(row) = rows.next()? {
        let image = ImageId(row.get(0)?);
        let name = row.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?;
        let category = tree.find(name);
        let is_wanted = |wanted: &BTreeSet<_>| category.is_some_and(|id| wanted.contains(&id));
        if !rule.categories.as_ref().is_none_or(is_wanted) {
            continue;
        }
        let is_offered =
            |id: &CategoryId| tree.get(*id).is_some_and(|it| it.state == CategoryState::Active);
        let Some(category) = category.filter(is_offered) else {
            *acceptance.not_offered.entry(name.to_owned()).or_default() += 1;
            continue;
        };
        if row.get(2)? {
            acceptance.excluded += 1;
        } else if is_decided(connection, image)? {
            acceptance.taken_away += 1;
        } else {
            acceptance.labels.push((image, category));
        }
    }
    Ok(acceptance)
}

fn judged(connection: &Connection, model_sha256: &str) -> rusqlite::Result<Vec<JudgedPrediction>> {
    let tree = select_tree(connection)?;
    let mut statement = connection.prepare_cached(
        "SELECT label.answer, label.category_id, label.second_category_id, label.labelled_by,
                label.labelled_at, label.source,
                image.id, image.content_sha256, prediction.top_category, prediction.top_score
         FROM label
         JOIN image ON image.id = label.image_id
         JOIN prediction ON prediction.image_id = image.id
         LEFT JOIN mark ON mark.image_id = image.id
         WHERE prediction.model_id IN (SELECT id FROM model WHERE sha256 = ?1)
           AND image.hidden = 0 AND image.content_sha256 IS NOT NULL
           AND ifnull(label.decided_entry > image.held_since, 1)
           AND NOT ifnull(mark.is_excluded, 0)
         ORDER BY image.path_text, image.id",
    )?;
    let mut judged = Vec::new();
    let mut rows = statement.query([model_sha256])?;
    while let Some(row) = rows.next()? {
        let Some(label) = label_from_row(row)? else { continue };
        judged.push(JudgedPrediction {
            image: ImageId(row.get(6)?),
            content_sha256: row.get(7)?,
            category: tree.find(row.get_ref(8)?.as_str()?),
            score: row.get(9)?,
            label,
        });
    }
    Ok(judged)
}
