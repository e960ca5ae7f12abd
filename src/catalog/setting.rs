//! Settings that belong to a library rather than to a person.

use rusqlite::OptionalExtension;

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
            transaction
                .prepare_cached("INSERT OR REPLACE INTO setting (key, value) VALUES (?1, ?2)")?
                .execute([key, value])?;
            Ok(())
        })
    }
}
