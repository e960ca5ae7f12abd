//! Whether a library is in order, and making its file smaller.

use std::fs;

use rusqlite::Connection;

use super::connection::open_reader;
use super::{CatalogError, Library};

/// What was found amiss, in words; nothing where all is well.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VerifyReport {
    /// Decisions in the journal.
    pub decisions: u64,
    /// Images that have a label.
    pub labels: u64,
    /// What is wrong.
    pub problems: Vec<String>,
}

/// Sizes of the library file in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Compacted {
    /// Before.
    pub before_bytes: u64,
    /// After.
    pub after_bytes: u64,
}

/// Each gives one text a problem.
const CHECKS: [&str; 7] = [
    "SELECT 'SQLite: ' || integrity_check FROM pragma_integrity_check
     WHERE integrity_check <> 'ok'",
    "SELECT 'A row of ' || \"table\" || ' refers to a row of ' || parent || ' that is not there'
     FROM pragma_foreign_key_check LIMIT 100",
    // The label is what the newest decision about the image gave.
    "SELECT 'The label of image ' || image_id || ' is not what the journal says'
     FROM label WHERE entry_id <> (
         SELECT max(entry_id) FROM own_change WHERE own_change.image_id = label.image_id)
     LIMIT 100",
    "SELECT 'The journal gives image ' || image_id || ' a label that it does not have'
     FROM (SELECT image_id, max(entry_id) AS entry_id FROM own_change GROUP BY image_id)
     JOIN own_change USING (entry_id, image_id)
     WHERE (after_json IS NULL) = (image_id IN (SELECT image_id FROM label))
     LIMIT 100",
    // Each decision begins where the one before it ended.
    "SELECT 'A decision about image ' || image_id || ' is missing from the journal'
     FROM (SELECT image_id, before_json,
               lag(after_json) OVER (PARTITION BY image_id ORDER BY entry_id) AS earlier
           FROM own_change)
     WHERE (before_json ->> '$.category') IS NOT (earlier ->> '$.category')
        OR (before_json ->> '$.second_category') IS NOT (earlier ->> '$.second_category')
        OR ifnull(before_json ->> '$.answer', 'category')
           IS NOT ifnull(earlier ->> '$.answer', 'category')
        OR (before_json ->> '$.at') IS NOT (earlier ->> '$.at')
        OR (before_json IS NULL) <> (earlier IS NULL)
     LIMIT 100",
    // A file of the same bytes leads to an image, not to another such file.
    "SELECT 'Image ' || image.id || ' is shown as one that is not shown itself'
     FROM image JOIN image AS main ON main.id = image.same_as
     WHERE image.hidden = 2 AND (main.same_as IS NOT NULL OR main.hidden <> 0) LIMIT 100",
    "SELECT 'Category ' || id || ' is not what the journal says'
     FROM category JOIN (
         SELECT category_id, max(entry_id) AS entry_id FROM journal_category GROUP BY category_id)
         ON category_id = category.id
     JOIN journal_category USING (entry_id, category_id)
     WHERE after_json ->> '$.name' <> name OR after_json ->> '$.state' <> state
        OR (after_json ->> '$.parent') IS NOT parent_id
        OR (after_json ->> '$.merged_into') IS NOT merged_into
     LIMIT 100",
];

impl Library {
    /// Checks everything that must hold: the database itself, and that labels and journal agree.
    ///
    /// # Errors
    /// When the library cannot be read at all.
    pub fn verify(&self) -> Result<VerifyReport, CatalogError> {
        let failed = |source| CatalogError::database("verify", &self.database(), source);
        let connection = open_reader(&self.database())?;
        let run = || -> rusqlite::Result<VerifyReport> {
            let mut report = VerifyReport::default();
            for check in CHECKS {
                report.problems.extend(texts(&connection, check)?);
            }
            report.decisions = count(&connection, "journal")?;
            report.labels = count(&connection, "label")?;
            Ok(report)
        };
        run().map_err(failed)
    }

    /// Writes the library file anew without what was deleted, and refreshes what the database knows
    /// to plan queries by.
    ///
    /// # Errors
    /// When there is no room for the new file beside the old one, or the library is in use.
    pub fn compact(&self) -> Result<Compacted, CatalogError> {
        let size = || fs::metadata(self.database()).map_or(0, |metadata| metadata.len());
        self.maintain("compact", |connection| {
            connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
            let before_bytes = size();
            connection.execute_batch("ANALYZE; VACUUM;")?;
            connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
            Ok(Compacted { before_bytes, after_bytes: size() })
        })
    }
}

fn texts(connection: &Connection, sql: &str) -> rusqlite::Result<Vec<String>> {
    connection.prepare(sql)?.query_map([], |row| row.get(0))?.collect()
}

fn count(connection: &Connection, table: &str) -> rusqlite::Result<u64> {
    let sql = format!("SELECT count(*) FROM {table}");
    connection.query_row(&sql, [], |row| row.get::<_, i64>(0)).map(i64::cast_unsigned)
}
