//! Settings that belong to a library rather than to a person.

use rusqlite::{Connection, OptionalExtension};

use super::library::Durability;
use super::{CatalogError, Library};

impl Library {
    /// The setting's value, if it was ever set.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn setting(&self, key: &str) -> Result<Option<String>, CatalogError> {
        self.read("read a setting", |connection| {
            Ok(connection
                .prepare_cached("SELECT value FROM setting WHERE key = ?1")?
                .query_row([key], |row| row.get(0))
                .optional()?)
        })
    }

    /// Sets the setting, in place of its earlier value.
    ///
    /// # Errors
    /// When the library could not be written.
    pub fn set_setting(&self, key: &str, value: &str) -> Result<(), CatalogError> {
        self.write("save a setting", Durability::Synced, |transaction| {
            Ok(put_setting(transaction, key, value)?)
        })
    }
}

/// Sets the setting as a part of another write.
pub(super) fn put_setting(connection: &Connection, key: &str, value: &str) -> rusqlite::Result<()> {
    connection
        .prepare_cached("INSERT OR REPLACE INTO setting (key, value) VALUES (?1, ?2)")?
        .execute([key, value])
        .map(drop)
}

/// Removes the setting as a part of another write.
pub(super) fn remove_setting(connection: &Connection, key: &str) -> rusqlite::Result<()> {
    connection.prepare_cached("DELETE FROM setting WHERE key = ?1")?.execute([key]).map(drop)
}
