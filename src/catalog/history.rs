//! What was decided about an image over time.

use std::fmt;
use std::path::PathBuf;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use rusqlite::{Connection, OptionalExtension};

use super::category_words::category_words;
use super::id_list::select_ids;
use super::journal::json_from_row;
use super::label::{source_from_row, time_from_row};
use super::timeline::Timeline;
use super::{CatalogError, EntryId, ImageId, Label, LabelSource, Library, stored_path};

/// One decision about one image, or about the categories of its label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryItem {
    /// Its entry in the journal.
    pub entry: EntryId,
    /// When it was decided.
    pub at: Timestamp,
    /// Who decided.
    pub by: String,
    /// How the decision came about.
    pub source: LabelSource,
    /// The label before it.
    pub before: Option<Label>,
    /// The label it gave.
    pub after: Option<Label>,
    /// What that says, in the names of then.
    pub said: Option<String>,
    /// What was done to the categories, such as `Particles merged into Powder`, where that is what has
    /// changed what the label says.
    pub categories: Option<String>,
    /// Whether it was decided in another library that was merged.
    pub is_elsewhere: bool,
}

/// An entry of the journal, for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryFacts {
    /// When it was made.
    pub at: Timestamp,
    /// By whom.
    pub by: String,
    /// Such as `label`, `mark` or `category`.
    pub kind: String,
    /// Images whose label, note or flags it changed.
    pub images: u64,
    /// Where the first of them is, from the library's root.
    pub first: Option<PathBuf>,
    /// What it did to categories, such as `Wires merged into Tips`.
    pub categories: Vec<String>,
}

/// Such as `what Ada decided about a.tif and 11 more on 2026-03-01 10:15`, in this computer's time.
impl fmt::Display for EntryFacts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = self.at.to_zoned(TimeZone::system()).strftime("%Y-%m-%d %H:%M");
        match self.kind.as_str() {
            "merge" => write!(f, "what {} merged from another library about ", self.by)?,
            _ => write!(f, "what {} decided about ", self.by)?,
        }
        match (self.kind.as_str(), &self.first, self.images) {
            ("category", ..) => write!(f, "the categories")?,
            (_, Some(first), 1) => write!(f, "{}", first.display())?,
            (_, Some(first), 2..) => {
                write!(f, "{} and {} more", first.display(), self.images - 1)?;
            }
            ("merge", ..) => write!(f, "the categories")?,
            (_, _, images) => write!(f, "{images} images")?,
        }
        if !self.categories.is_empty() {
            write!(f, " ({})", self.categories.join(", "))?;
        }
        write!(f, " on {at}")
    }
}

impl Library {
    /// What an entry was about; of taking back and making again: the decision that it was about.
    ///
    /// # Errors
    /// When the journal has no such entry, or the database cannot be read.
    pub fn describe_entry(&self, entry: &EntryId) -> Result<EntryFacts, CatalogError> {
        let facts = self.read("read the journal", |connection| {
            let Some(entry) = decision(connection, entry)? else { return Ok(None) };
            let categories = category_words(connection, &mut Timeline::read(connection)?, &entry)?;
            Ok(connection
                .prepare_cached(
                    "SELECT at, by, kind, (
                         SELECT count(*) FROM (
                             SELECT image_id FROM journal_change WHERE entry_id = ?1
                             UNION SELECT image_id FROM journal_mark WHERE entry_id = ?1)),
                         (SELECT path FROM image WHERE id = (
                             SELECT min(image_id) FROM (
                                 SELECT image_id FROM journal_change WHERE entry_id = ?1
                                 UNION SELECT image_id FROM journal_mark WHERE entry_id = ?1)))
                     FROM journal WHERE entry_id = ?1",
                )?
                .query_row([entry.as_str()], |row| {
                    Ok(EntryFacts {
                        at: time_from_row(row, 0)?,
                        by: row.get(1)?,
                        kind: row.get(2)?,
                        images: row.get::<_, i64>(3)?.cast_unsigned(),
                        first: row.get::<_, Option<Vec<u8>>>(4)?.map(stored_path::from_bytes),
                        categories,
                    })
                })
                .optional()?)
        })?;
        facts.ok_or_else(|| CatalogError::UnknownEntry(entry.as_str().to_owned()))
    }

    /// The images whose label, note or flags an entry changed, by number. Cheap also where it was about
    /// all images: the journal's own keys are enough.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn images_of_entry(&self, entry: &EntryId) -> Result<Vec<ImageId>, CatalogError> {
        self.read("read the journal", |connection| {
            let of = |table: &str| {
                let sql = format!("SELECT image_id FROM {table} WHERE entry_id = ?1");
                select_ids(connection, &sql, [entry.as_str()])
            };
            let mut images = of("journal_change")?;
            images.extend(of("journal_mark")?);
            images.sort_unstable();
            images.dedup();
            Ok(images)
        })
    }

    /// All decisions about the image, the oldest first, and those about categories that have changed
    /// what its label says.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn history(&self, image: ImageId) -> Result<Vec<HistoryItem>, CatalogError> {
        self.read_image("list an image's history", |connection| {
            let decisions = decisions(connection, image)?;
            let Some(first) = decisions.first() else { return Ok(Vec::new()) };
            let mut timeline = Timeline::read(connection)?;
            let mut changes = timeline.entries_after(first.entry.as_str()).into_iter().peekable();
            let mut items: Vec<HistoryItem> = Vec::new();
            let mut standing: Option<Label> = None;
            for mut item in decisions {
                while let Some(change) = changes.next_if(|change| *change < item.entry.0) {
                    items.extend(changed_meaning(connection, &mut timeline, &change, &standing)?);
                }
                let tree = timeline.at(item.entry.as_str());
                item.said = item.after.as_ref().map(|label| label.value.words(tree));
                if !item.is_elsewhere {
                    standing.clone_from(&item.after);
                }
                items.push(item);
            }
            for change in changes {
                items.extend(changed_meaning(connection, &mut timeline, &change, &standing)?);
            }
            Ok(items)
        })
    }
}

fn decisions(connection: &Connection, image: ImageId) -> rusqlite::Result<Vec<HistoryItem>> {
    let mut statement = connection.prepare_cached(
        "SELECT journal.at, journal.by, journal.source,
                journal_change.before_json, journal_change.after_json,
                journal.entry_id, journal.origin IS NOT NULL
         FROM journal_change JOIN journal USING (entry_id)
         WHERE journal_change.image_id = ?1
            OR journal_change.image_id IN (SELECT id FROM image WHERE same_as = ?1)
         ORDER BY journal_change.entry_id",
    )?;
    let items = statement.query_map([image.0], |row| {
        Ok(HistoryItem {
            at: time_from_row(row, 0)?,
            by: row.get(1)?,
            source: source_from_row(row, 2)?,
            before: json_from_row(row, 3)?,
            after: json_from_row(row, 4)?,
            entry: EntryId(row.get(5)?),
            said: None,
            categories: None,
            is_elsewhere: row.get(6)?,
        })
    })?;
    items.collect()
}

/// What a change to categories made of the label that the image had, where it says something else
/// since.
fn changed_meaning(
    connection: &Connection,
    timeline: &mut Timeline,
    change: &str,
    standing: &Option<Label>,
) -> rusqlite::Result<Option<HistoryItem>> {
    let Some(label) = standing else { return Ok(None) };
    let before = label.value.words(timeline.before(change));
    let after = label.value.words(timeline.at(change));
    if before == after {
        return Ok(None);
    }
    let entry = EntryId(change.to_owned());
    let words = words_of(connection, timeline, &entry)?;
    connection
        .prepare_cached("SELECT at, by, source FROM journal WHERE entry_id = ?1")?
        .query_row([change], |row| {
            Ok(HistoryItem {
                entry: entry.clone(),
                at: time_from_row(row, 0)?,
                by: row.get(1)?,
                source: source_from_row(row, 2)?,
                before: Some(label.clone()),
                after: Some(label.clone()),
                said: Some(after.clone()),
                categories: Some(words.join(", ")),
                is_elsewhere: false,
            })
        })
        .optional()
}

/// What an entry did to categories; of one that undoes or makes again, what that one did.
pub(super) fn words_of(
    connection: &Connection,
    timeline: &mut Timeline,
    entry: &EntryId,
) -> rusqlite::Result<Vec<String>> {
    match decision(connection, entry)? {
        Some(decision) => category_words(connection, timeline, &decision),
        None => Ok(Vec::new()),
    }
}

/// The entry itself or, where it takes back or makes again, the one at the bottom of that.
fn decision(connection: &Connection, entry: &EntryId) -> rusqlite::Result<Option<EntryId>> {
    connection
        .prepare_cached(
            "WITH RECURSIVE about (entry_id, undoes) AS (
                 SELECT entry_id, undoes FROM journal WHERE entry_id = ?1
                 UNION ALL
                 SELECT journal.entry_id, journal.undoes
                 FROM about JOIN journal ON journal.entry_id = about.undoes)
             SELECT entry_id FROM about WHERE undoes IS NULL",
        )?
        .query_row([entry.as_str()], |row| row.get(0).map(EntryId))
        .optional()
}
