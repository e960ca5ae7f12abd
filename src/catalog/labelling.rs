//! Labels are given: each decision with its journal entry, in one transaction.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::changed_content::part_former_labels;
use super::error::Failure;
use super::image::shown_images;
use super::journal::{Entry, json_from_row, to_json};
use super::label::label_from_row;
use super::library::Durability;
use super::{CatalogError, EntryId, ImageId, Label, LabelSource, LabelValue, Library};
use crate::taxonomy::CategoryId;

impl Library {
    /// Gives these images these labels (`None` takes the label away) as one decision of `by`.
    ///
    /// All or none are kept, and are on the disk when this returns. Of two labels for one image
    /// the last counts.
    ///
    /// # Errors
    /// When the library has no such image or category, or could not be written.
    pub fn set_labels(
        &self,
        labels: &[(ImageId, Option<LabelValue>)],
        by: &str,
        source: LabelSource,
    ) -> Result<EntryId, CatalogError> {
        self.write("save labels", Durability::Synced, |transaction| {
            give_labels(transaction, labels, &Entry::new("label", by, source))
        })
    }
}

/// Adds the entry with these labels.
pub(super) fn give_labels(
    transaction: &Transaction<'_>,
    labels: &[(ImageId, Option<LabelValue>)],
    entry: &Entry<'_>,
) -> Result<EntryId, Failure> {
    check_categories(transaction, labels.iter().filter_map(|(_, value)| *value))?;
    let label =
        |value| Label { value, by: entry.by.to_owned(), at: entry.at, source: entry.source };
    let labels = labels.iter().map(|(image, value)| (*image, value.map(label)));
    let labels = shown_images(transaction, labels)?;
    part_former_labels(transaction, labels.keys().copied())?;
    let id = entry.begin(transaction)?;
    record_labels(transaction, &id, &labels)?;
    Ok(id)
}

/// Adds the changes to the entry and brings the label rows to `after`, whose images are shown ones.
pub(super) fn record_labels(
    transaction: &Transaction<'_>,
    entry: &EntryId,
    after: &BTreeMap<ImageId, Option<Label>>,
) -> Result<(), Failure> {
    let mut change = transaction.prepare_cached(
        "INSERT INTO journal_change (entry_id, image_id, before_json, after_json)
         VALUES (?1, ?2, ?3, ?4)",
    )?;
    for (&image, after) in after {
        let before = label_of(transaction, image)?;
        let json = |label: Option<&Label>| label.map(to_json).transpose();
        change.execute(params![entry.0, image.0, json(before.as_ref())?, json(after.as_ref())?])?;
        write_label(transaction, image, after.as_ref(), entry)?;
    }
    Ok(())
}

/// The labels that the images of this entry had before it.
pub(super) fn labels_before(
    connection: &Connection,
    entry: &EntryId,
) -> rusqlite::Result<BTreeMap<ImageId, Option<Label>>> {
    connection
        .prepare_cached("SELECT image_id, before_json FROM journal_change WHERE entry_id = ?1")?
        .query_map([&entry.0], |row| Ok((ImageId(row.get(0)?), json_from_row(row, 1)?)))?
        .collect()
}

pub(super) fn label_of(connection: &Connection, image: ImageId) -> rusqlite::Result<Option<Label>> {
    let label = connection
        .prepare_cached(
            "SELECT answer, category_id, second_category_id, labelled_by, labelled_at, source
             FROM label WHERE image_id = ?1",
        )?
        .query_row([image.0], label_from_row)
        .optional()?;
    Ok(label.flatten())
}

fn write_label(
    connection: &Connection,
    image: ImageId,
    label: Option<&Label>,
    entry: &EntryId,
) -> rusqlite::Result<()> {
    let Some(Label { value, by, at, source }) = label else {
        connection.prepare_cached("DELETE FROM label WHERE image_id = ?1")?.execute([image.0])?;
        return Ok(());
    };
    // Undo and redo give a label back that was decided earlier, perhaps about other bytes.
    // A split gives another category to what was decided.
    let decided: Option<String> = connection
        .prepare_cached(
            "SELECT CASE kind
                 WHEN 'category' THEN (SELECT decided_entry FROM label WHERE image_id = ?1)
                 WHEN 'label' THEN NULL
                 ELSE (SELECT min(entry_id) FROM journal_change
                       WHERE image_id IN (?1, (SELECT parted_from FROM image WHERE id = ?1))
                         AND after_json ->> '$.at' = ?2)
             END FROM journal WHERE entry_id = ?3",
        )?
        .query_row(params![image.0, at.to_string(), entry.0], |row| row.get(0))?;
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO label
                 (image_id, answer, category_id, second_category_id,
                  labelled_by, labelled_at, source, entry_id, decided_entry)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        )?
        .execute(params![
            image.0,
            value.answer.as_str(),
            value.category().map(|category| category.0),
            value.second_category.map(|category| category.0),
            by,
            at.to_string(),
            source.as_str(),
            entry.0,
            decided.unwrap_or_else(|| entry.0.clone()),
        ])?;
    Ok(())
}

/// Refuses labels with categories that are not there.
pub(super) fn check_categories(
    connection: &Connection,
    labels: impl IntoIterator<Item = LabelValue>,
) -> Result<(), Failure> {
    let known: BTreeSet<CategoryId> = connection
        .prepare_cached("SELECT id FROM category WHERE state <> 'withdrawn'")?
        .query_map([], |row| row.get(0).map(CategoryId))?
        .collect::<Result<_, _>>()?;
    let mut used =
        labels.into_iter().flat_map(|value| [value.category(), value.second_category]).flatten();
    match used.find(|category| !known.contains(category)) {
        Some(unknown) => Err(CatalogError::UnknownCategory(unknown).into()),
        None => Ok(()),
    }
}
