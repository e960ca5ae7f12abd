//! Entries of the journal: who decided something, when, and how the decision came about.
//!
//! What an entry changed is in `labelling.rs`, `mark.rs` and `category_change.rs`.

use std::fmt;

use jiff::Timestamp;
use rusqlite::{Connection, Row, Transaction, params};
use serde::Serialize;
use serde::de::DeserializeOwned;
use ulid::Ulid;

use super::LabelSource;
use super::error::Failure;
use super::label::unusable;

/// An entry of the journal: a ULID, greater than those of all entries before it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryId(pub(super) String);

impl EntryId {
    /// The ULID's 26 characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for EntryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The head of an entry that is being made.
pub(super) struct Entry<'a> {
    pub(super) kind: &'static str,
    pub(super) at: Timestamp,
    pub(super) by: &'a str,
    pub(super) source: LabelSource,
    pub(super) undoes: Option<&'a EntryId>,
}

impl<'a> Entry<'a> {
    /// A decision of `by`, made now.
    pub(super) fn new(kind: &'static str, by: &'a str, source: LabelSource) -> Self {
        Self { kind, at: Timestamp::now(), by, source, undoes: None }
    }

    /// Adds the entry; its changes follow in the same transaction.
    pub(super) fn begin(&self, transaction: &Transaction<'_>) -> Result<EntryId, Failure> {
        self.add(transaction, None, None)
    }

    /// The same for merging the library with this uid, whose newest entry is `newest`.
    pub(super) fn begin_merge(
        &self,
        transaction: &Transaction<'_>,
        newest: Option<&str>,
        uid: &str,
    ) -> Result<EntryId, Failure> {
        self.add(transaction, newest, Some(uid))
    }

    fn add(
        &self,
        transaction: &Transaction<'_>,
        after: Option<&str>,
        merged_uid: Option<&str>,
    ) -> Result<EntryId, Failure> {
        let entry = next_entry_id(transaction, after)?;
        transaction
            .prepare_cached(
                "INSERT INTO journal (entry_id, at, by, source, kind, undoes, merged_uid)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?
            .execute(params![
                entry.0,
                self.at.to_string(),
                self.by,
                self.source.as_str(),
                self.kind,
                self.undoes.map(EntryId::as_str),
                merged_uid,
            ])?;
        Ok(entry)
    }
}

/// Greater than every id in the journal, whatever the clock says and whichever program wrote them.
fn next_entry_id(connection: &Connection, after: Option<&str>) -> Result<EntryId, Failure> {
    let newest: Option<String> = connection
        .prepare_cached("SELECT max(entry_id) FROM journal")?
        .query_row([], |row| row.get(0))?;
    let newest = newest
        .max(after.map(str::to_owned))
        .map(|id| Ulid::from_string(&id).map_err(|error| unusable(0, error)))
        .transpose()?
        .unwrap_or(Ulid::nil());
    let now = Ulid::generate();
    if now > newest {
        return Ok(EntryId(now.to_string()));
    }
    // Not merely the next id: another library that knows the newest one would give it as well.
    let next = Ulid::from_parts(newest.timestamp_ms() + 1, now.random());
    if next <= newest {
        return Err(unusable(0, "the journal's ids are used up").into());
    }
    Ok(EntryId(next.to_string()))
}

/// A value as an entry keeps it.
pub(super) fn to_json(value: &impl Serialize) -> rusqlite::Result<String> {
    serde_json::to_string(value)
        .map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))
}

/// The value an entry keeps in this column.
pub(super) fn json_from_row<T: DeserializeOwned>(
    row: &Row<'_>,
    column: usize,
) -> rusqlite::Result<Option<T>> {
    let json: Option<String> = row.get(column)?;
    json.map(|json| serde_json::from_str(&json))
        .transpose()
        .map_err(|error| unusable(column, error))
}
