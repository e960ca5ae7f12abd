//! Files that hold other bytes than those that were decided about.
//!
//! Decisions are about bytes. A file that is changed keeps its decisions, known to be about what it
//! held before (`former_sha256` and the former stamp), until those bytes are found elsewhere: then
//! the decisions go there, whichever of the files was found or read first.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::ImageId;
use super::error::Failure;
use super::id_list::select_ids;
use super::known_files::{FoundFile, place_of, write_new_content};
use super::labelling::{label_of, record_labels};
use super::novelty::forget_comparisons;
use super::same_content::{Decided, hand_over, same_content_entry};
use crate::micrograph::FileStamp;

/// What decisions about a file are about.
struct Standing {
    /// The entry of the newest decision about the image.
    newest_decision: Option<String>,
    /// Decisions up to this entry are about what the file held before.
    boundary: Option<String>,
}

impl Standing {
    fn of(connection: &Connection, image: ImageId) -> rusqlite::Result<Self> {
        connection
            .prepare_cached(
                "SELECT (SELECT max(entry) FROM (
                             SELECT decided_entry AS entry FROM label WHERE image_id = ?1
                             UNION ALL SELECT entry_id FROM mark WHERE image_id = ?1)),
                        ifnull(changed_after, held_since)
                 FROM image WHERE id = ?1",
            )?
            .query_row([image.0], |row| {
                Ok(Self { newest_decision: row.get(0)?, boundary: row.get(1)? })
            })
    }

    /// Whether nothing was decided since the file was changed, although something was before.
    fn is_about_former(&self) -> bool {
        matches!((&self.newest_decision, &self.boundary), (Some(newest), Some(boundary))
            if newest <= boundary)
    }
}

/// Whether the label of an image is about what its file held before.
const HAS_FORMER_LABEL: &str = "EXISTS (
    SELECT 1 FROM label WHERE label.image_id = image.id
    AND label.decided_entry <= ifnull(image.changed_after, image.held_since))";
/// Whether its note or flags are.
const HAS_FORMER_MARK: &str = "EXISTS (
    SELECT 1 FROM mark WHERE mark.image_id = image.id
    AND mark.entry_id <= ifnull(image.changed_after, image.held_since))";

pub(super) const NEXT_REVISION: &str =
    "(SELECT ifnull(max(revision), 0) + 1 FROM image WHERE revision > 0)";

/// The file, shown at its place, has another stamp from now on, and perhaps other bytes: what was
/// decided up to now is about the ones before.
pub(super) fn note_change(
    transaction: &Transaction<'_>,
    file: ImageId,
    stamp: FileStamp,
) -> Result<(), Failure> {
    if !Standing::of(transaction, file)?.is_about_former() {
        transaction
            .prepare_cached(
                "UPDATE image SET former_sha256 = content_sha256, former_size_bytes = size_bytes,
                     former_modified_ns = modified_ns
                 WHERE id = ?1",
            )?
            .execute([file.0])?;
    }
    transaction
        .prepare_cached(&format!(
            "UPDATE image SET size_bytes = ?2, modified_ns = ?3, hidden = 0, same_as = NULL,
                 changed_after = (SELECT max(entry_id) FROM journal), revision = {NEXT_REVISION}
             WHERE id = ?1"
        ))?
        .execute(params![file.0, stamp.size_bytes, stamp.modified_ns])?;
    Ok(())
}

/// The row to keep a reading of the file under, which gave these bytes: another one where the file
/// was a further place of an image with other bytes, or where what was decided about it stays with
/// what it held before. Decisions about these bytes that wait at a changed file are set free, to be
/// found by [`super::same_content::join_same_content`].
pub(super) fn row_for_content(
    transaction: &Transaction<'_>,
    file: ImageId,
    content_sha256: &str,
) -> Result<ImageId, Failure> {
    let known: Option<Option<String>> = transaction
        .prepare_cached("SELECT content_sha256 FROM image WHERE id = ?1")?
        .query_row([file.0], |row| row.get(0))
        .optional()?;
    // Other bytes with the same size and time, as some programs leave them.
    let is_other = known.flatten().is_some_and(|known| known != content_sha256);
    let file = if is_other {
        let place = place_of(transaction, file)?;
        let found = FoundFile { path: place.path, stamp: place.stamp };
        write_new_content(transaction, file, &found)?
    } else {
        file
    };
    let waiting = select_ids(
        transaction,
        &format!(
            "SELECT id FROM image
             WHERE former_sha256 = ?1 AND id <> ?2 AND same_as IS NULL AND ({HAS_FORMER_LABEL} OR {HAS_FORMER_MARK})"
        ),
        params![content_sha256, file.0],
    )?;
    for image in waiting {
        set_apart(transaction, image)?;
    }
    let is_another_image = transaction
        .prepare_cached(&format!(
            "SELECT 1 FROM image
             WHERE id = ?1 AND hidden = 0 AND changed_after IS NOT NULL
               AND former_sha256 IS NOT ?2 AND ({HAS_FORMER_LABEL} OR {HAS_FORMER_MARK})
               AND EXISTS (SELECT 1 FROM image AS other
                           WHERE other.content_sha256 = ?2 AND other.id <> ?1
                             AND other.same_as IS NULL)"
        ))?
        .exists(params![file.0, content_sha256])?;
    if is_another_image { set_apart(transaction, file) } else { Ok(file) }
}

/// Whether a file that had another size or time holds other bytes is known when it is read: from
/// then on, decisions up to the change are about what it held before.
pub(super) fn note_content(
    transaction: &Transaction<'_>,
    file: ImageId,
    content_sha256: &str,
) -> Result<(), Failure> {
    let former: Option<Option<String>> = transaction
        .prepare_cached(
            "SELECT former_sha256 FROM image WHERE id = ?1 AND changed_after IS NOT NULL",
        )?
        .query_row([file.0], |row| row.get(0))
        .optional()?;
    let Some(former) = former else { return Ok(()) };
    let sql = if former.as_deref() != Some(content_sha256) {
        "UPDATE image SET held_since = changed_after, changed_after = NULL WHERE id = ?1"
    } else if is_decided_since(transaction, file)? {
        // These bytes had taken the place of others before, and still have.
        "UPDATE image SET changed_after = NULL, former_sha256 = NULL, former_size_bytes = NULL,
             former_modified_ns = NULL
         WHERE id = ?1"
    } else {
        "UPDATE image SET changed_after = NULL, held_since = NULL, former_sha256 = NULL,
             former_size_bytes = NULL, former_modified_ns = NULL
         WHERE id = ?1"
    };
    transaction.prepare_cached(sql)?.execute([file.0])?;
    Ok(())
}

/// Whether something was decided about what the file held before its newest change, and not only
/// about what it held before that.
fn is_decided_since(connection: &Connection, file: ImageId) -> rusqlite::Result<bool> {
    let held_since: Option<String> = connection
        .prepare_cached("SELECT held_since FROM image WHERE id = ?1")?
        .query_row([file.0], |row| row.get(0))?;
    let newest = Standing::of(connection, file)?.newest_decision;
    Ok(match (held_since, newest) {
        (Some(held_since), Some(newest)) => newest > held_since,
        (Some(_), None) => true, // it was undone, and redo gives it back
        (None, _) => false,
    })
}

/// Whether decisions wait at this image for the bytes that they are about.
pub(super) fn has_former_decision(
    connection: &Connection,
    image: ImageId,
) -> rusqlite::Result<bool> {
    connection
        .prepare_cached(&format!(
            "SELECT 1 FROM image WHERE id = ?1 AND ({HAS_FORMER_LABEL} OR {HAS_FORMER_MARK})"
        ))?
        .exists([image.0])
}

/// Makes two images of a changed file: `image` with what was decided about the former bytes, which
/// are nowhere now, and another one for what the file holds, with what was decided since. Gives the
/// other one.
pub(super) fn set_apart(transaction: &Transaction<'_>, image: ImageId) -> Result<ImageId, Failure> {
    let (boundary, hidden): (String, i64) = transaction
        .prepare_cached(
            "SELECT ifnull(changed_after, held_since), hidden FROM image WHERE id = ?1",
        )?
        .query_row([image.0], |row| row.try_into())?;
    // No two files are at one path: the new row takes the place when it is free.
    transaction.prepare_cached("UPDATE image SET hidden = 1 WHERE id = ?1")?.execute([image.0])?;
    let here = transaction
        .prepare_cached(
            "INSERT INTO image (path, path_text, folder, size_bytes, modified_ns, hidden,
                 content_sha256, width_px, height_px, bit_depth, page, pages, bar_top_px,
                 bar_bottom_px, bar_source, read_error)
             SELECT path, path_text, folder, size_bytes, modified_ns, ?2,
                 content_sha256, width_px, height_px, bit_depth, page, pages, bar_top_px,
                 bar_bottom_px, bar_source, read_error
             FROM image WHERE id = ?1 RETURNING id",
        )?
        .query_row(params![image.0, hidden], |row| row.get(0).map(ImageId))?;
    for table in ["instrument_record", "prediction", "near_duplicate", "novelty"] {
        transaction
            .prepare_cached(&format!("UPDATE {table} SET image_id = ?2 WHERE image_id = ?1"))?
            .execute([image.0, here.0])?;
    }
    for sql in [
        "INSERT INTO image_choice
         SELECT ?2, page, bar_top_px, bar_bottom_px FROM image_choice WHERE image_id = ?1",
        "UPDATE image SET same_as = ?2 WHERE same_as = ?1",
    ] {
        transaction.prepare_cached(sql)?.execute([image.0, here.0])?;
    }
    // Without a size: it is nowhere, and is known by its bytes and its former stamp alone.
    transaction
        .prepare_cached(&format!(
            "UPDATE image SET size_bytes = 0, modified_ns = 0, content_sha256 = former_sha256,
                 width_px = NULL, height_px = NULL, bit_depth = NULL, page = NULL, pages = NULL,
                 bar_top_px = NULL, bar_bottom_px = NULL, bar_source = NULL, read_error = NULL,
                 changed_after = NULL, held_since = NULL, former_sha256 = NULL,
                 revision = {NEXT_REVISION}
             WHERE id = ?1"
        ))?
        .execute([image.0])?;
    forget_comparisons(transaction, image)?;
    hand_over(transaction, image, here, Decided::After(&boundary))?;
    Ok(here)
}

/// A label is about to be given for the bytes that these files hold now: the one for their former
/// bytes goes to a row of its own, where it waits for those. Notes and flags stay.
pub(super) fn part_former_labels(
    transaction: &Transaction<'_>,
    images: impl Iterator<Item = ImageId>,
) -> Result<(), Failure> {
    let mut entry = None;
    for image in images {
        let has_former_label = transaction
            .prepare_cached(&format!("SELECT 1 FROM image WHERE id = ?1 AND {HAS_FORMER_LABEL}"))?
            .exists([image.0])?;
        if !has_former_label {
            continue;
        }
        let former = transaction
            .prepare_cached(
                "INSERT INTO image (path, path_text, folder, size_bytes, modified_ns, hidden,
                     content_sha256, former_size_bytes, former_modified_ns, parted_from)
                 SELECT path, path_text, folder, 0, 0, 1, former_sha256, former_size_bytes,
                     former_modified_ns, id
                 FROM image WHERE id = ?1 RETURNING id",
            )?
            .query_row([image.0], |row| row.get(0).map(ImageId))?;
        let entry = match &mut entry {
            Some(entry) => entry,
            none => none.insert(same_content_entry(transaction)?),
        };
        let label = label_of(transaction, image)?;
        let labels = BTreeMap::from([(image, None), (former, label)]);
        record_labels(transaction, entry, &labels)?;
        transaction
            .prepare_cached(
                "UPDATE image SET held_since = NULL, former_sha256 = NULL,
                     former_size_bytes = NULL, former_modified_ns = NULL
                 WHERE id = ?1",
            )?
            .execute([image.0])?;
    }
    Ok(())
}

/// The images at which the decisions of an entry stand now: of a file that was changed and decided
/// about again, the row that waits for its former bytes.
pub(super) fn where_decided<T>(
    connection: &Connection,
    entry: &str,
    values: BTreeMap<ImageId, T>,
) -> rusqlite::Result<BTreeMap<ImageId, T>> {
    let mut parted = connection.prepare_cached(
        "SELECT image.id FROM image JOIN label ON label.image_id = image.id
         WHERE image.parted_from = ?1 AND label.decided_entry = ?2",
    )?;
    let now = |(image, value): (ImageId, T)| {
        let row = parted.query_row(params![image.0, entry], |row| row.get(0).map(ImageId));
        Ok((row.optional()?.unwrap_or(image), value))
    };
    values.into_iter().map(now).collect()
}
