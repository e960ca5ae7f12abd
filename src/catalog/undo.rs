//! Decisions are taken back, and made again: each time by a further entry.
//!
//! The journal itself is the list of what can be undone, so that it holds across restarts.

use std::collections::HashSet;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension};

use super::alias::{aliases_before, record_alias};
use super::category_change::{categories_before, record_categories};
use super::changed_content::where_decided;
use super::following::forget_bindings;
use super::journal::Entry;
use super::label::source_from_row;
use super::labelling::{labels_before, record_labels};
use super::mark::{marks_before, record_marks};
use super::standing::{labels_left, marks_left};
use super::{CatalogError, EntryId, LabelSource, Library};

impl Library {
    /// Gives everything that `entry` changed what it was before, by a further entry. Undoing that
    /// one is redo.
    ///
    /// # Errors
    /// When the journal has no such entry, or the library could not be written.
    pub fn undo(&self, entry: &EntryId, by: &str) -> Result<EntryId, CatalogError> {
        self.write_categories("undo a decision", |transaction| {
            let undone = transaction
                .prepare_cached("SELECT source FROM journal WHERE entry_id = ?1")?
                .query_row([entry.as_str()], |row| source_from_row(row, 0))
                .optional()?
                .ok_or_else(|| CatalogError::UnknownEntry(entry.as_str().to_owned()))?;
            let source = match undone {
                LabelSource::Undo => LabelSource::Redo,
                _ => LabelSource::Undo,
            };
            let inverse =
                Entry { kind: "undo", at: Timestamp::now(), by, source, undoes: Some(entry) };
            let inverse = inverse.begin(transaction)?;
            record_categories(transaction, &inverse, &categories_before(transaction, entry)?)?;
            for alias in aliases_before(transaction, entry)? {
                record_alias(transaction, &inverse, &alias)?;
            }
            forget_bindings(transaction, entry)?;
            let before = labels_before(transaction, entry)?;
            let before = where_decided(transaction, entry.as_str(), before)?;
            let labels = labels_left(transaction, entry, before)?;
            record_labels(transaction, &inverse, &labels)?;
            let marks = marks_left(transaction, entry, marks_before(transaction, entry)?)?;
            record_marks(transaction, &inverse, &marks)?;
            Ok(inverse)
        })
    }

    /// The decision that Undo takes back: the newest that holds.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn next_undo(&self) -> Result<Option<EntryId>, CatalogError> {
        self.read("look for what can be undone", |connection| Ok(next_undo(connection)?))
    }

    /// The taking back that Redo takes back itself: the newest after which nothing new was decided.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn next_redo(&self) -> Result<Option<EntryId>, CatalogError> {
        self.read("look for what can be made again", |connection| Ok(next_redo(connection)?))
    }
}

/// Entries made here, the newest first. What became one image by its content is not a decision.
const NEWEST_FIRST: &str = "
    SELECT entry_id, undoes, source FROM journal
    WHERE origin IS NULL AND kind <> 'same_content'
    ORDER BY entry_id DESC";

fn next_undo(connection: &Connection) -> rusqlite::Result<Option<EntryId>> {
    let mut no_longer_holds: HashSet<String> = HashSet::new();
    let mut statement = connection.prepare_cached(NEWEST_FIRST)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let entry: String = row.get(0)?;
        if no_longer_holds.remove(&entry) {
            continue;
        }
        match row.get::<_, Option<String>>(1)? {
            Some(undone) if source_from_row(row, 2)? == LabelSource::Undo => {
                no_longer_holds.insert(undone);
            }
            // A decision, or one that was made again: the newest entry about it stands for it.
            _ => return Ok(Some(EntryId(entry))),
        }
    }
    Ok(None)
}

fn next_redo(connection: &Connection) -> rusqlite::Result<Option<EntryId>> {
    let mut made_again: HashSet<String> = HashSet::new();
    let mut statement = connection.prepare_cached(NEWEST_FIRST)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let entry: String = row.get(0)?;
        let Some(undone) = row.get::<_, Option<String>>(1)? else {
            return Ok(None); // a new decision: what was undone before it is past
        };
        if source_from_row(row, 2)? == LabelSource::Redo {
            made_again.insert(undone);
        } else if !made_again.remove(&entry) {
            return Ok(Some(EntryId(entry)));
        }
    }
    Ok(None)
}
