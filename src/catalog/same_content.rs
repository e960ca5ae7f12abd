//! Files of the same bytes are one image: what reading a file finds out.

use std::collections::BTreeMap;
use std::path::PathBuf;

use jiff::Timestamp;
use rusqlite::{OptionalExtension, Transaction, params};

use super::error::Failure;
use super::id_list::select_ids;
use super::journal::Entry;
use super::known_files::exchange_places;
use super::labelling::{label_of, record_labels};
use super::mark::{mark_of, record_marks};
use super::near_duplicate::forget_likeness;
use super::prediction::forget_prediction;
use super::read_choice::forget_bar;
use super::{CatalogError, EntryId, ImageId, LabelSource, Library, Mark, stored_path};

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
                   AND label.decided_entry <= image.changed_after",
                [],
            )?)
        })
    }
}

/// Makes the file a further place of an image with the same bytes, if there is one; gives that. What was
/// decided about the file goes over to that image, as does what was decided about other images of these
/// bytes that are gone; of two labels, the weightier one counts.
pub(super) fn join_same_content(
    transaction: &Transaction<'_>,
    file: ImageId,
    content_sha256: &str,
) -> Result<Option<ImageId>, Failure> {
    let others: Vec<(u32, bool)> = transaction
        .prepare_cached(
            "SELECT other.id, other.hidden = 1 FROM image AS other
             JOIN image AS file ON file.id = ?2
             WHERE other.content_sha256 = ?1 AND other.id <> ?2 AND other.same_as IS NULL
               AND file.hidden = 0
             ORDER BY other.hidden, other.id",
        )?
        .query_map(params![content_sha256, file.0], |row| row.try_into())?
        .collect::<rusqlite::Result<_>>()?;
    let Some((&(image, is_vanished), gone)) = others.split_first() else { return Ok(None) };
    let image = ImageId(image);
    for &(other, _) in gone {
        join(transaction, ImageId(other), image)?;
        transaction
            .prepare_cached("UPDATE image SET same_as = ?2 WHERE id = ?1")?
            .execute([other, image.0])?;
    }
    join(transaction, file, image)?;
    forget_prediction(transaction, file)?;
    forget_likeness(transaction, file)?;
    if is_vanished {
        // It was copied and deleted: the image is here now.
        exchange_places(transaction, image, file)?;
    } else {
        transaction
            .prepare_cached("UPDATE image SET hidden = 2, same_as = ?2 WHERE id = ?1")?
            .execute([file.0, image.0])?;
    }
    Ok(Some(image))
}

/// Decisions, choices and places of a file become those of an image with the same bytes.
fn join(transaction: &Transaction<'_>, file: ImageId, image: ImageId) -> Result<(), Failure> {
    hand_over(transaction, file, image, Decided::Ever)?;
    hand_over_choice(transaction, file, image)?;
    transaction
        .prepare_cached("UPDATE image SET same_as = ?2 WHERE same_as = ?1")?
        .execute([file.0, image.0])?;
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

/// Begins an entry by which decisions go to the row of the bytes that they are about.
pub(super) fn same_content_entry(transaction: &Transaction<'_>) -> Result<EntryId, Failure> {
    let entry = Entry {
        kind: "same_content",
        at: Timestamp::now(),
        by: "Semblance",
        source: LabelSource::SameContent,
        undoes: None,
    };
    entry.begin(transaction)
}

/// Which decisions go over to another image.
#[derive(Clone, Copy)]
pub(super) enum Decided<'a> {
    Ever,
    /// In entries after this one.
    After(&'a str),
}

impl Decided<'_> {
    fn has(self, entry: Option<String>) -> bool {
        entry.is_some_and(|entry| match self {
            Self::Ever => true,
            Self::After(last) => entry.as_str() > last,
        })
    }
}

/// Gives `image` what was decided about `file`.
pub(super) fn hand_over(
    transaction: &Transaction<'_>,
    file: ImageId,
    image: ImageId,
    decided: Decided<'_>,
) -> Result<(), Failure> {
    let entry = |sql: &str| {
        transaction.prepare_cached(sql)?.query_row([file.0], |row| row.get(0)).optional()
    };
    let of_label = entry("SELECT decided_entry FROM label WHERE image_id = ?1")?;
    let of_mark = entry("SELECT entry_id FROM mark WHERE image_id = ?1")?;
    let given = if decided.has(of_label) { label_of(transaction, file)? } else { None };
    let mark = if decided.has(of_mark) { mark_of(transaction, file)? } else { Mark::default() };
    let (kept, kept_mark) = (label_of(transaction, image)?, mark_of(transaction, image)?);
    if given.is_none() && mark == Mark::default() {
        return Ok(());
    }
    let entry = same_content_entry(transaction)?;
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
