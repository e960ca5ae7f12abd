//! What was decided about an image over time.

use jiff::Timestamp;

use super::journal::json_from_row;
use super::label::{source_from_row, time_from_row};
use super::{CatalogError, ImageId, Label, LabelSource, Library};

/// One decision about one image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryItem {
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
}

impl Library {
    /// All decisions about the image, the oldest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn history(&self, image: ImageId) -> Result<Vec<HistoryItem>, CatalogError> {
        self.read("list an image's history", |connection| {
            let mut statement = connection.prepare_cached(
                "SELECT journal.at, journal.by, journal.source,
                        journal_change.before_json, journal_change.after_json
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
                })
            })?;
            Ok(items.collect::<Result<_, _>>()?)
        })
    }
}
