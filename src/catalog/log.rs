//! The journal as a list of all decisions, the newest first, a page at a time: after ten years it has a
//! million.

use std::path::PathBuf;

use jiff::Timestamp;
use rusqlite::{Connection, Row, params};

use super::history::words_of;
use super::label::{source_from_row, time_from_row};
use super::timeline::Timeline;
use super::{Answer, CatalogError, EntryId, LabelSource, LabelValue, Library, stored_path};
use crate::taxonomy::CategoryId;

/// Which decisions are listed; what is `None` or empty does not matter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LogFilter {
    /// Who decided, without regard to case.
    pub by: Option<String>,
    /// What kinds they are of: [`LogEntry::kind`].
    pub kinds: Vec<String>,
    /// From then on.
    pub since: Option<Timestamp>,
    /// Before then.
    pub until: Option<Timestamp>,
}

/// A decision in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogEntry {
    /// Its entry in the journal.
    pub entry: EntryId,
    /// When it was made.
    pub at: Timestamp,
    /// By whom.
    pub by: String,
    /// `label`, `note` or `category`, or how it came about: `accepted_prediction`,
    /// `accepted_automatically`, `import`, `merge`, `same_content`, `undo`, `redo`.
    pub kind: String,
    /// How it came about.
    pub source: LabelSource,
    /// The decision that it undoes or makes again.
    pub undoes: Option<EntryId>,
    /// Whether it was decided in another library that was merged.
    pub is_elsewhere: bool,
    /// Images whose label, note or flags it changed.
    pub images: u64,
    /// Where the first of them is, from the library's root.
    pub first: Option<PathBuf>,
    /// The labels that it gave in the names of then, with how many images each; `None` for no label.
    pub labels: Vec<(Option<String>, u64)>,
    /// What it did to categories, such as `Particles merged into Powder`.
    pub categories: Vec<String>,
}

/// The kind of an entry, in SQL.
const KIND: &str = "CASE WHEN source <> 'person' THEN source
                         WHEN kind = 'mark' THEN 'note' ELSE kind END";

impl Library {
    /// At most so many decisions, the newest first; with `before`, those that come after that one in
    /// the list.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn log(
        &self,
        filter: &LogFilter,
        before: Option<&EntryId>,
        most: usize,
    ) -> Result<Vec<LogEntry>, CatalogError> {
        self.read("list decisions", |connection| {
            let mut timeline = Timeline::read(connection)?;
            let mut entries = heads(connection, filter, before, most)?;
            for entry in &mut entries {
                describe(connection, &mut timeline, entry)?;
            }
            Ok(entries)
        })
    }
}

impl Library {
    /// The entry of the journal that is written so.
    ///
    /// # Errors
    /// When the journal has none, or the database cannot be read.
    pub fn entry(&self, id: &str) -> Result<EntryId, CatalogError> {
        self.read("read the journal", |connection| {
            let is_there = connection
                .prepare_cached("SELECT 1 FROM journal WHERE entry_id = ?1")?
                .exists([id])?;
            match is_there {
                true => Ok(EntryId(id.to_owned())),
                false => Err(CatalogError::UnknownEntry(id.to_owned()).into()),
            }
        })
    }
}

fn heads(
    connection: &Connection,
    filter: &LogFilter,
    before: Option<&EntryId>,
    most: usize,
) -> rusqlite::Result<Vec<LogEntry>> {
    let kinds = filter.kinds.join(" ");
    connection
        .prepare_cached(&format!(
            "SELECT entry_id, at, by, {KIND}, source, undoes, origin IS NOT NULL FROM journal
             WHERE (?1 IS NULL OR entry_id < ?1)
               AND (?2 IS NULL OR by = ?2 COLLATE NOCASE)
               AND (?3 IS NULL OR at >= ?3)
               AND (?4 IS NULL OR at < ?4)
               AND (?5 = '' OR instr(' ' || ?5 || ' ', ' ' || {KIND} || ' ') > 0)
             ORDER BY entry_id DESC LIMIT ?6"
        ))?
        .query_map(
            params![
                before.map(EntryId::as_str),
                filter.by,
                filter.since.map(|at| at.to_string()),
                filter.until.map(|at| at.to_string()),
                kinds,
                i64::try_from(most).unwrap_or(i64::MAX),
            ],
            head_from_row,
        )?
        .collect()
}

fn head_from_row(row: &Row<'_>) -> rusqlite::Result<LogEntry> {
    Ok(LogEntry {
        entry: EntryId(row.get(0)?),
        at: time_from_row(row, 1)?,
        by: row.get(2)?,
        kind: row.get(3)?,
        source: source_from_row(row, 4)?,
        undoes: row.get::<_, Option<String>>(5)?.map(EntryId),
        is_elsewhere: row.get(6)?,
        images: 0,
        first: None,
        labels: Vec::new(),
        categories: Vec::new(),
    })
}

/// Adds what the entry is about.
fn describe(
    connection: &Connection,
    timeline: &mut Timeline,
    entry: &mut LogEntry,
) -> rusqlite::Result<()> {
    let id = entry.entry.as_str();
    entry.categories = words_of(connection, timeline, &entry.entry)?;
    let tree = timeline.at(id);
    let mut given = connection.prepare_cached(
        "SELECT ifnull(after_json ->> '$.answer', 'category'), after_json ->> '$.category',
                after_json ->> '$.second_category', after_json IS NULL, count(*)
         FROM journal_change WHERE entry_id = ?1 GROUP BY 1, 2, 3, 4 ORDER BY 5 DESC, 1, 2, 3",
    )?;
    let labels = given.query_map([id], |row| {
        let answer: String = row.get(0)?;
        let category = row.get::<_, Option<i64>>(1)?.map(CategoryId);
        let second_category = row.get::<_, Option<i64>>(2)?.map(CategoryId);
        let has_label = !row.get::<_, bool>(3)?;
        let answer = Answer::of_name(&answer, category).filter(|_| has_label);
        let value = answer.map(|answer| LabelValue { answer, second_category });
        Ok((value.map(|value| value.words(tree)), row.get::<_, i64>(4)?.cast_unsigned()))
    })?;
    entry.labels = labels.collect::<rusqlite::Result<_>>()?;
    let images: (i64, Option<Vec<u8>>) = connection
        .prepare_cached(
            "WITH about AS (SELECT image_id FROM journal_change WHERE entry_id = ?1
                            UNION SELECT image_id FROM journal_mark WHERE entry_id = ?1)
             SELECT count(*), (SELECT path FROM image
                              WHERE id = (SELECT min(image_id) FROM about)) FROM about",
        )?
        .query_row([id], |row| Ok((row.get(0)?, row.get(1)?)))?;
    entry.images = images.0.cast_unsigned();
    entry.first = images.1.map(stored_path::from_bytes);
    Ok(())
}
