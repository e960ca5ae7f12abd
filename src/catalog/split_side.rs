//! Which images have trained models, and which have measured them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ValueRef};
use rusqlite::{Connection, Transaction, params};
use serde::{Deserialize, Serialize};

use super::library::Durability;
use super::{CatalogError, Library};

/// The three sides of a split, what trains first. An image that was on a later one is kept from
/// those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// Fits the weights.
    Training,
    /// Chooses the penalty and the temperature.
    Validation,
    /// Measures, and does nothing else.
    Test,
}

impl Side {
    /// The name in database and files.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Training => "training",
            Self::Validation => "validation",
            Self::Test => "test",
        }
    }

    /// The side of this name.
    pub fn of_name(name: &str) -> Option<Self> {
        [Self::Training, Self::Validation, Self::Test].into_iter().find(|s| s.as_str() == name)
    }
}

impl FromSql for Side {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        Self::of_name(value.as_str()?).ok_or(FromSqlError::InvalidType)
    }
}

impl Library {
    /// The side of every content that took part in a training, by its SHA-256.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn split_sides(&self) -> Result<BTreeMap<String, Side>, CatalogError> {
        self.read("list the sides of a split", |connection| Ok(select(connection)?))
    }

    /// Keeps on which side these contents were. One that has measured stays a measure.
    ///
    /// # Errors
    /// When the library could not be written.
    pub fn record_split_sides(&self, sides: &[(String, Side)]) -> Result<(), CatalogError> {
        self.write("record the sides of a split", Durability::Synced, |transaction| {
            Ok(record(transaction, sides.iter().map(|(content, side)| (content, *side)))?)
        })
    }
}

pub(super) fn select(connection: &Connection) -> rusqlite::Result<BTreeMap<String, Side>> {
    let mut statement = connection.prepare_cached("SELECT content_sha256, side FROM split_side")?;
    let rows = statement.query_map([], |row| row.try_into())?;
    rows.collect()
}

pub(super) fn record<'a>(
    transaction: &Transaction<'_>,
    sides: impl IntoIterator<Item = (&'a String, Side)>,
) -> rusqlite::Result<()> {
    let at = Timestamp::now().to_string();
    let mut statement = transaction.prepare_cached(
        "INSERT INTO split_side VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE
         SET side = excluded.side, since = excluded.since
         WHERE side <> 'test' AND side <> excluded.side",
    )?;
    for (content, side) in sides {
        statement.execute(params![content, side.as_str(), at])?;
    }
    Ok(())
}
