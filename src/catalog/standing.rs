//! What is left to an image that several files became, when a decision is taken back.
//!
//! Each file may have been decided about before their bytes told that they are one image. So what
//! stood before a decision about one of them is not what the image had.

use std::collections::{BTreeMap, HashSet};

use jiff::Timestamp;
use rusqlite::{Connection, Transaction};
use serde::de::DeserializeOwned;

use super::error::Failure;
use super::image::shown_images;
use super::journal::json_from_row;
use super::label::time_from_row;
use super::{EntryId, ImageId, Label, Mark};

/// Labels as taking back `entry` leaves them; `before` is what its files had before it.
pub(super) fn labels_left(
    transaction: &Transaction<'_>,
    entry: &EntryId,
    before: BTreeMap<ImageId, Option<Label>>,
) -> Result<BTreeMap<ImageId, Option<Label>>, Failure> {
    left(transaction, "journal_change", entry, before, |of_files: Vec<Option<Label>>| {
        of_files.into_iter().flatten().max_by_key(Label::weight)
    })
}

/// Whether a decision about the image's label holds, be it that it has none.
pub(super) fn is_decided(connection: &Connection, image: ImageId) -> rusqlite::Result<bool> {
    let standing: Vec<Option<Label>> = standing(connection, "journal_change", image, None)?;
    Ok(!standing.is_empty())
}

/// Whether a decision that holds took the image's label away later than this.
pub(super) fn is_taken_away_since(
    connection: &Connection,
    image: ImageId,
    at: Timestamp,
) -> rusqlite::Result<bool> {
    if !is_decided(connection, image)? {
        return Ok(false);
    }
    let mut statement = connection.prepare_cached(
        "SELECT journal.at FROM journal_change JOIN journal USING (entry_id)
         WHERE journal.origin IS NULL AND journal.source <> 'undo' AND after_json IS NULL
           AND (image_id = ?1 OR image_id IN (SELECT id FROM image WHERE same_as = ?1))",
    )?;
    let mut rows = statement.query([image.0])?;
    while let Some(row) = rows.next()? {
        if time_from_row(row, 0)? > at {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Notes and flags as taking back `entry` leaves them; `before` is what its files had before it.
pub(super) fn marks_left(
    transaction: &Transaction<'_>,
    entry: &EntryId,
    before: BTreeMap<ImageId, Mark>,
) -> Result<BTreeMap<ImageId, Mark>, Failure> {
    left(transaction, "journal_mark", entry, before, |of_files: Vec<Option<Mark>>| {
        of_files.into_iter().flatten().fold(Mark::default(), Mark::joined)
    })
}

fn left<T, J: DeserializeOwned>(
    transaction: &Transaction<'_>,
    changes: &str,
    entry: &EntryId,
    before: BTreeMap<ImageId, T>,
    joined: impl Fn(Vec<Option<J>>) -> T,
) -> Result<BTreeMap<ImageId, T>, Failure> {
    let mut left = shown_images(transaction, before)?;
    let mut has_files =
        transaction.prepare_cached("SELECT 1 FROM image WHERE same_as = ?1 LIMIT 1")?;
    for (&image, value) in &mut left {
        if has_files.exists([image.0])? {
            *value = joined(standing(transaction, changes, image, Some(entry))?);
        }
    }
    Ok(left)
}

/// What the newest decision that holds says, `without` that one if any: about the image itself, if one
/// was made since its files were found to be the same, else about each file.
fn standing<J: DeserializeOwned>(
    connection: &Connection,
    changes: &str,
    image: ImageId,
    without: Option<&EntryId>,
) -> rusqlite::Result<Vec<Option<J>>> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT changes.image_id, changes.entry_id, changes.after_json,
                journal.undoes, journal.kind = 'same_content'
         FROM {changes} AS changes JOIN journal USING (entry_id)
         WHERE journal.origin IS NULL AND (
             changes.image_id = ?1
             OR changes.image_id IN (SELECT id FROM image WHERE same_as = ?1))
         ORDER BY changes.entry_id DESC"
    ))?;
    let mut rows = statement.query([image.0])?;
    let mut taken_back: HashSet<String> =
        without.iter().map(|entry| entry.as_str().to_owned()).collect();
    let mut is_before_joining = false;
    let mut of_files: BTreeMap<u32, Option<J>> = BTreeMap::new();
    while let Some(row) = rows.next()? {
        let (file, entry): (u32, String) = (row.get(0)?, row.get(1)?);
        if taken_back.contains(&entry) {
            continue;
        }
        if row.get(4)? {
            is_before_joining |= file == image.0;
            continue;
        }
        // Redo takes back what took a decision back, which then stands where it was made.
        if let Some(undone) = row.get(3)? {
            taken_back.insert(undone);
            continue;
        }
        let after = json_from_row(row, 2)?;
        if file == image.0 && !is_before_joining {
            return Ok(vec![after]);
        }
        of_files.entry(file).or_insert(after);
    }
    Ok(of_files.into_values().collect())
}
