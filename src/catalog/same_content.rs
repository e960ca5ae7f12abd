//! Files of the same bytes are one image: what reading a file finds out.

use std::collections::BTreeMap;
use std::path::PathBuf;

use jiff::Timestamp;
use rusqlite::{OptionalExtension, Transaction, params};

use super::error::Failure;
use super::id_list::select_ids;
use super::journal::Entry;
use super::known_files::{FoundFile, exchange_places, forget_content, insert, place_of};
use super::labelling::{label_of, record_labels};
use super::mark::{mark_of, record_marks};
use super::near_duplicate::forget_likeness;
use super::prediction::forget_prediction;
use super::read_choice::forget_bar;
use super::{CatalogError, ImageId, LabelSource, Library, Mark, stored_path};

impl Library {
    /// Where the image's file is, and all others with the same bytes; relative to the root, the one
    /// that is shown first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn places(&self, image: ImageId) -> Result<Vec<PathBuf>, CatalogError> {
        self.read("list an image's places", |connection| {
            Ok(connection
                .prepare_cached(
                    "SELECT path FROM image
                     WHERE id = ?1 OR (same_as = ?1 AND hidden = 2)
                     ORDER BY hidden, path_text",
                )?
                .query_map([image.0], |row| Ok(stored_path::from_bytes(row.get(0)?)))?
                .collect::<rusqlite::Result<_>>()?)
        })
    }

    /// Labelled images whose files have got another size or time since, and were not read since: they
    /// may hold something else than what was labelled. Only their bytes tell.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn labelled_and_unread_since(&self) -> Result<Vec<ImageId>, CatalogError> {
        // Beside the reader that lists wait for. CROSS: SQLite keeps this order of the tables.
        self.read_order("find images", |connection| {
            Ok(select_ids(
                connection,
                "SELECT image.id
                 FROM label CROSS JOIN image ON image.id = label.image_id
                 WHERE image.hidden = 0 AND image.changed_after IS NOT NULL
                   AND label.entry_id <= image.changed_after",
                [],
            )?)
        })
    }
}

/// Makes the file a further place of an image with the same bytes, if there is one; gives that. What was
/// decided about the file goes over to that image; of two labels, the weightier one counts.
pub(super) fn join_same_content(
    transaction: &Transaction<'_>,
    file: ImageId,
    content_sha256: &str,
) -> Result<Option<ImageId>, Failure> {
    let other: Option<(u32, bool)> = transaction
        .prepare_cached(
            "SELECT other.id, other.hidden = 1 FROM image AS other
             JOIN image AS file ON file.id = ?2
             WHERE other.content_sha256 = ?1 AND other.id <> ?2 AND other.same_as IS NULL
               AND file.hidden = 0
             ORDER BY other.hidden, other.id",
        )?
        .query_row(params![content_sha256, file.0], |row| row.try_into())
        .optional()?;
    let Some((image, is_vanished)) = other else { return Ok(None) };
    let image = ImageId(image);
    hand_over(transaction, file, image, "")?;
    forget_prediction(transaction, file)?;
    forget_likeness(transaction, file)?;
    hand_over_choice(transaction, file, image)?;
    if is_vanished {
        // It was copied and deleted: the image is here now.
        exchange_places(transaction, image, file)?;
    } else {
        transaction
            .prepare_cached("UPDATE image SET hidden = 2, same_as = ?2 WHERE id = ?1")?
            .execute([file.0, image.0])?;
    }
    // Places of the file, if it was an image itself, are places of the other now.
    transaction
        .prepare_cached("UPDATE image SET same_as = ?2 WHERE same_as = ?1")?
        .execute([file.0, image.0])?;
    Ok(Some(image))
}

/// The row to keep the reading of a file under, which holds this content: its own, unless it was
/// changed in place and holds another image now. Then what was decided about it is not about that
/// image: it stays with the content that is gone.
pub(super) fn set_apart(
    transaction: &Transaction<'_>,
    file: ImageId,
    content_sha256: &str,
) -> Result<ImageId, Failure> {
    let former: Option<(Option<String>, String)> = transaction
        .prepare_cached(
            "SELECT former_sha256, changed_after FROM image AS file
             WHERE id = ?1 AND hidden = 0 AND changed_after IS NOT NULL
               AND former_sha256 IS NOT ?2
               AND (EXISTS (SELECT 1 FROM label WHERE image_id = ?1 AND entry_id <= changed_after)
                    OR EXISTS (SELECT 1 FROM mark
                               WHERE image_id = ?1 AND entry_id <= changed_after))
               AND EXISTS (SELECT 1 FROM image AS other
                           WHERE other.content_sha256 = ?2 AND other.id <> file.id
                             AND other.same_as IS NULL)",
        )?
        .query_row(params![file.0, content_sha256], |row| row.try_into())
        .optional()?;
    let Some((former, changed_after)) = former else { return Ok(file) };
    let place = place_of(transaction, file)?;
    forget_content(transaction, file)?;
    transaction
        .prepare_cached(
            "UPDATE image SET hidden = 1, size_bytes = 0, modified_ns = 0, content_sha256 = ?2,
                 changed_after = NULL, former_sha256 = NULL
             WHERE id = ?1",
        )?
        .execute(params![file.0, former])?;
    let here = insert(transaction, &FoundFile { path: place.path, stamp: place.stamp })?;
    hand_over(transaction, file, here, &changed_after)?;
    Ok(here)
}

/// Whether a file that had another size or time is another one is known when it is read: from then
/// on, labels up to the change are about what it held before.
pub(super) fn note_content(
    transaction: &Transaction<'_>,
    file: ImageId,
    content_sha256: &str,
) -> Result<(), Failure> {
    transaction
        .prepare_cached(
            "UPDATE image SET
                 held_since = CASE WHEN former_sha256 IS NOT ?2 THEN changed_after
                              ELSE held_since END,
                 changed_after = NULL, former_sha256 = NULL
             WHERE id = ?1 AND changed_after IS NOT NULL",
        )?
        .execute(params![file.0, content_sha256])?;
    Ok(())
}

/// An image is read as was chosen for the file, unless something was chosen for itself.
fn hand_over_choice(
    transaction: &Transaction<'_>,
    file: ImageId,
    image: ImageId,
) -> Result<(), Failure> {
    let is_new = transaction
        .prepare_cached(
            "INSERT INTO image_choice
             SELECT ?2, page, bar_top_px, bar_bottom_px FROM image_choice
             WHERE image_id = ?1 AND (page IS NOT NULL OR bar_top_px IS NOT NULL)
             ON CONFLICT (image_id) DO UPDATE
                 SET page = excluded.page, bar_top_px = excluded.bar_top_px,
                     bar_bottom_px = excluded.bar_bottom_px
                 WHERE image_choice.page IS NULL AND image_choice.bar_top_px IS NULL",
        )?
        .execute(params![file.0, image.0])?
        > 0;
    if is_new {
        forget_bar(transaction, image)?;
        forget_prediction(transaction, image)?;
    }
    Ok(())
}

/// Gives `image` what was decided about `file` by entries after this one.
fn hand_over(
    transaction: &Transaction<'_>,
    file: ImageId,
    image: ImageId,
    after: &str,
) -> Result<(), Failure> {
    let is_after = |table: &str| {
        transaction
            .prepare_cached(&format!(
                "SELECT 1 FROM {table} WHERE image_id = ?1 AND entry_id > ?2"
            ))?
            .exists(params![file.0, after])
    };
    let given = if is_after("label")? { label_of(transaction, file)? } else { None };
    let mark = if is_after("mark")? { mark_of(transaction, file)? } else { Mark::default() };
    let (kept, kept_mark) = (label_of(transaction, image)?, mark_of(transaction, image)?);
    if given.is_none() && mark == Mark::default() {
        return Ok(());
    }
    let entry = Entry {
        kind: "same_content",
        at: Timestamp::now(),
        by: "Semblance",
        source: LabelSource::SameContent,
        undoes: None,
    };
    let entry = entry.begin(transaction)?;
    if let Some(given) = given {
        let weightier = match kept {
            Some(kept) if kept.weight() > given.weight() => kept,
            _ => given,
        };
        let labels = BTreeMap::from([(image, Some(weightier)), (file, None)]);
        record_labels(transaction, &entry, &labels)?;
    }
    if mark != Mark::default() {
        let joined = kept_mark.joined(mark);
        let marks = BTreeMap::from([(image, joined), (file, Mark::default())]);
        record_marks(transaction, &entry, &marks)?;
    }
    Ok(())
}
