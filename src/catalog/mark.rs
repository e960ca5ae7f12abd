//! What a person says of an image beside its label: a note, and how it may be used.

use std::collections::BTreeMap;
use std::path::PathBuf;

use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};
use serde::{Deserialize, Serialize};

use super::error::Failure;
use super::image::shown_images;
use super::journal::{Entry, json_from_row, to_json};
use super::library::Durability;
use super::{CatalogError, EntryId, ImageId, LabelSource, Library, stored_path};

/// What a person says of an image beside its label.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct Mark {
    /// Whatever there is to say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Arrows, text or frames were drawn into the image.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_annotated: bool,
    /// The image is never used for training.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_excluded: bool,
}

impl Mark {
    /// What both say: notes one below the other, unless they are the same.
    pub(super) fn joined(self, other: Self) -> Self {
        let note = match (self.note, other.note) {
            (Some(one), Some(two)) if !one.contains(&two) => Some(format!("{one}\n{two}")),
            (one, two) => one.or(two),
        };
        Self {
            note,
            is_annotated: self.is_annotated || other.is_annotated,
            is_excluded: self.is_excluded || other.is_excluded,
        }
    }

    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl Library {
    /// Says this of these images, in place of what was said before, as one decision of `by`. All or
    /// none is kept, and is on the disk when this returns.
    ///
    /// # Errors
    /// When the library has no such image, or could not be written.
    pub fn set_marks(
        &self,
        marks: &[(ImageId, Mark)],
        by: &str,
        source: LabelSource,
    ) -> Result<EntryId, CatalogError> {
        self.write("save notes and flags", Durability::Synced, |transaction| {
            let entry = Entry::new("mark", by, source).begin(transaction)?;
            let after = shown_images(transaction, marks.iter().cloned())?;
            record_marks(transaction, &entry, &after)?;
            Ok(entry)
        })
    }

    /// Notes and flags of shown images without a label, by path, with the content's SHA-256.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn marks_without_label(
        &self,
    ) -> Result<Vec<(PathBuf, Option<String>, Mark)>, CatalogError> {
        self.read("list notes and flags", |connection| {
            Ok(connection
                .prepare_cached(
                    "SELECT image.path, image.content_sha256, note, is_annotated, is_excluded
                     FROM mark JOIN image ON image.id = mark.image_id
                     WHERE image.hidden = 0 AND image.id NOT IN (SELECT image_id FROM label)
                     ORDER BY image.path_text, image.id",
                )?
                .query_map([], |row| {
                    let path = stored_path::from_bytes(row.get(0)?);
                    Ok((path, row.get(1)?, mark_from_row(row, 2)?))
                })?
                .collect::<rusqlite::Result<_>>()?)
        })
    }
}

/// Adds the changes to the entry and brings the mark rows to `after`, whose images are shown ones.
pub(super) fn record_marks(
    transaction: &Transaction<'_>,
    entry: &EntryId,
    after: &BTreeMap<ImageId, Mark>,
) -> Result<(), Failure> {
    for (&image, after) in after {
        let before = mark_of(transaction, image)?;
        let json = |mark: &Mark| (!mark.is_empty()).then(|| to_json(mark)).transpose();
        transaction
            .prepare_cached(
                "INSERT INTO journal_mark (entry_id, image_id, before_json, after_json)
                 VALUES (?1, ?2, ?3, ?4)",
            )?
            .execute(params![entry.as_str(), image.0, json(&before)?, json(after)?])?;
        // Not "insert or replace": the search's triggers have to see the old row go.
        transaction.prepare_cached("DELETE FROM mark WHERE image_id = ?1")?.execute([image.0])?;
        if !after.is_empty() {
            transaction.prepare_cached("INSERT INTO mark VALUES (?1, ?2, ?3, ?4, ?5)")?.execute(
                params![image.0, after.note, after.is_annotated, after.is_excluded, entry.as_str()],
            )?;
        }
    }
    Ok(())
}

/// What the images of this entry had before it.
pub(super) fn marks_before(
    connection: &Connection,
    entry: &EntryId,
) -> rusqlite::Result<BTreeMap<ImageId, Mark>> {
    connection
        .prepare_cached("SELECT image_id, before_json FROM journal_mark WHERE entry_id = ?1")?
        .query_map([entry.as_str()], |row| {
            let mark: Option<Mark> = json_from_row(row, 1)?;
            Ok((ImageId(row.get(0)?), mark.unwrap_or_default()))
        })?
        .collect()
}

pub(super) fn mark_of(connection: &Connection, image: ImageId) -> rusqlite::Result<Mark> {
    let mark = connection
        .prepare_cached("SELECT note, is_annotated, is_excluded FROM mark WHERE image_id = ?1")?
        .query_row([image.0], |row| mark_from_row(row, 0))
        .optional()?;
    Ok(mark.unwrap_or_default())
}

/// The mark in these three columns; an outer join may have found none.
pub(super) fn mark_from_row(row: &Row<'_>, first: usize) -> rusqlite::Result<Mark> {
    Ok(Mark {
        note: row.get(first)?,
        is_annotated: row.get::<_, Option<bool>>(first + 1)?.unwrap_or(false),
        is_excluded: row.get::<_, Option<bool>>(first + 2)?.unwrap_or(false),
    })
}
