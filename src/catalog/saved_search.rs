//! Queries that somebody gave a name.
//!
//! They are kept as they were written and read when they are used: one that a later version of the
//! search language understands no longer is still there, to be seen and corrected.

use rusqlite::{Connection, Row, params};

use super::library::Durability;
use super::{CatalogError, Library};
use crate::query::{Query, QueryError};
use crate::text::folded;

/// The longest name, in characters.
const MAX_NAME_CHARS: usize = 80;

/// A query with a name. Names differ in more than the case of their letters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedSearch {
    /// What it is called.
    pub name: String,
    /// The query as it was written.
    pub text: String,
}

impl SavedSearch {
    /// What it searches for.
    ///
    /// # Errors
    /// When the text is no query (any more): what is wrong, and where.
    pub fn query(&self) -> Result<Query, QueryError> {
        Query::parse(&self.text)
    }
}

impl Library {
    /// All of them, by name.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn saved_searches(&self) -> Result<Vec<SavedSearch>, CatalogError> {
        self.read("list saved filters", |connection| Ok(all(connection)?))
    }

    /// The one of this name.
    ///
    /// # Errors
    /// When there is none, or the database cannot be read.
    pub fn saved_search(&self, name: &str) -> Result<SavedSearch, CatalogError> {
        self.read("read a saved filter", |connection| match find(connection, name.trim())? {
            Some(search) => Ok(search),
            None => Err(unknown(connection, name)?.into()),
        })
    }

    /// Keeps it, in place of the one of the same name, which is given back.
    ///
    /// # Errors
    /// When it cannot be called so, or the library could not be written.
    pub fn save_search(&self, search: &SavedSearch) -> Result<Option<SavedSearch>, CatalogError> {
        let name = search.name.trim();
        let is_name = (1..=MAX_NAME_CHARS).contains(&name.chars().count());
        if !is_name || name.chars().any(char::is_control) {
            return Err(CatalogError::SavedSearchName { name: search.name.clone() });
        }
        self.write("save a filter", Durability::Synced, |transaction| {
            let before = find(transaction, name)?;
            if let Some(before) = &before {
                remove(transaction, before)?;
            }
            transaction
                .prepare_cached("INSERT INTO saved_search (name, query) VALUES (?1, ?2)")?
                .execute(params![name, search.text])?;
            Ok(before)
        })
    }

    /// Removes the one of this name and gives it back.
    ///
    /// # Errors
    /// When there is none, or the library could not be written.
    pub fn remove_saved_search(&self, name: &str) -> Result<SavedSearch, CatalogError> {
        self.write("remove a saved filter", Durability::Synced, |transaction| {
            let Some(search) = find(transaction, name.trim())? else {
                return Err(unknown(transaction, name)?.into());
            };
            remove(transaction, &search)?;
            Ok(search)
        })
    }
}

fn all(connection: &Connection) -> rusqlite::Result<Vec<SavedSearch>> {
    connection
        .prepare_cached("SELECT name, query FROM saved_search ORDER BY name")?
        .query_map([], from_row)?
        .collect()
}

fn find(connection: &Connection, name: &str) -> rusqlite::Result<Option<SavedSearch>> {
    Ok(all(connection)?.into_iter().find(|search| folded(&search.name) == folded(name)))
}

fn remove(connection: &Connection, search: &SavedSearch) -> rusqlite::Result<()> {
    connection
        .prepare_cached("DELETE FROM saved_search WHERE name = ?1")?
        .execute([&search.name])
        .map(drop)
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<SavedSearch> {
    Ok(SavedSearch { name: row.get(0)?, text: row.get(1)? })
}

fn unknown(connection: &Connection, name: &str) -> rusqlite::Result<CatalogError> {
    let known = all(connection)?.into_iter().map(|search| search.name).collect();
    Ok(CatalogError::UnknownSavedSearch { name: name.to_owned(), known })
}
