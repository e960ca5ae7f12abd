//! Decisions are written: each with its journal entry, in one transaction; undo adds an entry.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};
use ulid::Ulid;

use super::error::Failure;
use super::label::{label_from_row, source_from_row, unusable};
use super::library::Durability;
use super::{CatalogError, ImageId, Label, LabelSource, LabelValue, Library};
use crate::taxonomy::CategoryId;

/// An entry of the journal: a ULID, greater than those of all entries before it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryId(String);

impl EntryId {
    /// The ULID's 26 characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for EntryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

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
        let at = Timestamp::now();
        let after: BTreeMap<ImageId, Option<Label>> = labels
            .iter()
            .map(|(image, value)| {
                let label = |value| Label { value, by: by.to_owned(), at, source };
                (*image, value.clone().map(label))
            })
            .collect();
        let decision = Decision { at, by, source, undoes: None };
        self.write("save labels", Durability::Synced, |transaction| {
            check_categories(transaction, &after)?;
            decision.record(transaction, &after)
        })
    }

    /// Gives each image that `entry` changed the label it had before, by a further entry. Undoing
    /// that one is redo.
    ///
    /// # Errors
    /// When the journal has no such entry, or the library could not be written.
    pub fn undo(&self, entry: &EntryId, by: &str) -> Result<EntryId, CatalogError> {
        self.write("undo labels", Durability::Synced, |transaction| {
            let undone = transaction
                .prepare_cached("SELECT source FROM journal WHERE entry_id = ?1")?
                .query_row([&entry.0], |row| source_from_row(row, 0))
                .optional()?
                .ok_or_else(|| CatalogError::UnknownEntry(entry.0.clone()))?;
            let source = match undone {
                LabelSource::Undo => LabelSource::Redo,
                _ => LabelSource::Undo,
            };
            let before = transaction
                .prepare_cached(
                    "SELECT image_id, before_json FROM journal_change WHERE entry_id = ?1",
                )?
                .query_map([&entry.0], |row| {
                    Ok((ImageId(row.get(0)?), journal_label_from_row(row, 1)?))
                })?
                .collect::<Result<_, _>>()?;
            let at = Timestamp::now();
            Decision { at, by, source, undoes: Some(entry) }.record(transaction, &before)
        })
    }
}

/// The head of a journal entry that is being made.
struct Decision<'a> {
    at: Timestamp,
    by: &'a str,
    source: LabelSource,
    undoes: Option<&'a EntryId>,
}

impl Decision<'_> {
    /// Adds the entry and brings the label rows to `after`.
    fn record(
        &self,
        transaction: &Transaction<'_>,
        after: &BTreeMap<ImageId, Option<Label>>,
    ) -> Result<EntryId, Failure> {
        let entry = next_entry_id(transaction)?;
        transaction
            .prepare_cached(
                "INSERT INTO journal (entry_id, at, by, source, kind, undoes)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute(params![
                entry.0,
                self.at.to_string(),
                self.by,
                self.source.as_str(),
                if self.undoes.is_some() { "undo" } else { "label" },
                self.undoes.map(EntryId::as_str),
            ])?;
        let mut change = transaction.prepare_cached(
            "INSERT INTO journal_change (entry_id, image_id, before_json, after_json)
             VALUES (?1, ?2, ?3, ?4)",
        )?;
        for (&image, after) in after {
            let before = current_label(transaction, image)?;
            change.execute(params![
                entry.0,
                image.0,
                journal_json(before.as_ref())?,
                journal_json(after.as_ref())?,
            ])?;
            write_label(transaction, image, after.as_ref(), &entry)?;
        }
        Ok(entry)
    }
}

/// Greater than every id in the journal, whatever the clock says and whichever program wrote them.
fn next_entry_id(connection: &Connection) -> Result<EntryId, Failure> {
    let newest: Option<String> = connection
        .prepare_cached("SELECT max(entry_id) FROM journal")?
        .query_row([], |row| row.get(0))?;
    let newest = newest
        .map(|id| Ulid::from_string(&id).map_err(|error| unusable(0, error)))
        .transpose()?
        .unwrap_or(Ulid::nil());
    let now = Ulid::generate();
    let next = if now > newest {
        now
    } else {
        newest.increment().map_err(|_| unusable(0, "the journal's ids are used up"))?
    };
    Ok(EntryId(next.to_string()))
}

fn current_label(connection: &Connection, image: ImageId) -> Result<Option<Label>, Failure> {
    connection
        .prepare_cached(
            "SELECT label.category_id, label.second_category_id, label.subcategory,
                    label.labelled_by, label.labelled_at, label.source
             FROM image LEFT JOIN label ON label.image_id = image.id
             WHERE image.id = ?1",
        )?
        .query_row([image.0], label_from_row)
        .optional()?
        .ok_or_else(|| CatalogError::UnknownImage(image).into())
}

fn write_label(
    connection: &Connection,
    image: ImageId,
    label: Option<&Label>,
    entry: &EntryId,
) -> Result<(), Failure> {
    let Some(Label { value, by, at, source }) = label else {
        connection.prepare_cached("DELETE FROM label WHERE image_id = ?1")?.execute([image.0])?;
        return Ok(());
    };
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO label
                 (image_id, category_id, second_category_id, subcategory,
                  labelled_by, labelled_at, source, entry_id)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?
        .execute(params![
            image.0,
            value.category.0,
            value.second_category.map(|category| category.0),
            value.subcategory,
            by,
            at.to_string(),
            source.as_str(),
            entry.0,
        ])?;
    Ok(())
}

fn check_categories(
    connection: &Connection,
    labels: &BTreeMap<ImageId, Option<Label>>,
) -> Result<(), Failure> {
    let known: BTreeSet<CategoryId> = connection
        .prepare_cached("SELECT id FROM category")?
        .query_map([], |row| row.get(0).map(CategoryId))?
        .collect::<Result<_, _>>()?;
    let mut used = labels
        .values()
        .flatten()
        .flat_map(|label| [Some(label.value.category), label.value.second_category])
        .flatten();
    match used.find(|category| !known.contains(category)) {
        Some(unknown) => Err(CatalogError::UnknownCategory(unknown).into()),
        None => Ok(()),
    }
}

/// A label as a journal entry keeps it; `None` is no label.
fn journal_json(label: Option<&Label>) -> rusqlite::Result<Option<String>> {
    let to_json = |label| serde_json::to_string(label);
    label
        .map(to_json)
        .transpose()
        .map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))
}

/// The label a journal entry keeps in this column.
pub(super) fn journal_label_from_row(
    row: &Row<'_>,
    column: usize,
) -> rusqlite::Result<Option<Label>> {
    let json: Option<String> = row.get(column)?;
    json.map(|json| serde_json::from_str(&json))
        .transpose()
        .map_err(|error| unusable(column, error))
}
