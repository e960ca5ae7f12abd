//! The library's list of categories.

use rusqlite::{Connection, OptionalExtension, Row, params};
use ulid::Ulid;

use super::error::Failure;
use super::library::Durability;
use super::{CatalogError, Library};
use crate::taxonomy::{Category, CategoryId, Rgb, next_free_key, palette_color, validate_name};

impl Library {
    /// All categories, in the order they were added.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn categories(&self) -> Result<Vec<Category>, CatalogError> {
        self.read("list categories", |connection| Ok(select_categories(connection)?))
    }

    /// Adds a category with the next colour and free key.
    ///
    /// # Errors
    /// When the name breaks a rule or, but for case, is taken, or the library could not be written.
    pub fn add_category(&self, name: &str) -> Result<CategoryId, CatalogError> {
        let name = valid(name)?;
        self.write("add a category", Durability::Synced, |transaction| {
            match find(transaction, &name)? {
                Some((_, existing)) => Err(CatalogError::CategoryExists { existing }.into()),
                None => Ok(insert(transaction, &name)?),
            }
        })
    }

    /// The categories with these names, in this order; those the library does not have are added,
    /// all or none.
    ///
    /// # Errors
    /// When a name breaks a rule, or the library could not be written.
    pub fn ensure_categories(&self, names: &[String]) -> Result<Vec<CategoryId>, CatalogError> {
        let names = names.iter().map(|name| valid(name)).collect::<Result<Vec<_>, _>>()?;
        self.write("add categories", Durability::Synced, |transaction| {
            let ensure = |name: &String| match find(transaction, name)? {
                Some((id, _)) => Ok(id),
                None => Ok::<_, Failure>(insert(transaction, name)?),
            };
            names.iter().map(ensure).collect()
        })
    }
}

fn select_categories(connection: &Connection) -> rusqlite::Result<Vec<Category>> {
    connection
        .prepare_cached("SELECT id, uid, name, color, key FROM category ORDER BY id")?
        .query_map([], category)?
        .collect()
}

fn valid(name: &str) -> Result<String, CatalogError> {
    validate_name(name)
        .map_err(|source| CatalogError::CategoryName { name: name.to_owned(), source })
}

/// Upper and lower case are one category, in any script (SQLite alone folds only ASCII).
fn folded(name: &str) -> String {
    name.to_lowercase()
}

fn find(connection: &Connection, name: &str) -> rusqlite::Result<Option<(CategoryId, String)>> {
    connection
        .prepare_cached("SELECT id, name FROM category WHERE name_folded = ?1")?
        .query_row([folded(name)], |row| Ok((CategoryId(row.get(0)?), row.get(1)?)))
        .optional()
}

fn insert(connection: &Connection, name: &str) -> rusqlite::Result<CategoryId> {
    let existing = select_categories(connection)?;
    let used_keys: Vec<char> = existing.iter().filter_map(|category| category.key).collect();
    connection
        .prepare_cached(
            "INSERT INTO category (uid, name, name_folded, color, key)
             VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![
            Ulid::generate().to_string(),
            name,
            folded(name),
            palette_color(existing.len()).to_hex(),
            next_free_key(&used_keys).map(String::from),
        ])?;
    Ok(CategoryId(connection.last_insert_rowid()))
}

fn category(row: &Row<'_>) -> rusqlite::Result<Category> {
    let key: Option<String> = row.get(4)?;
    Ok(Category {
        id: CategoryId(row.get(0)?),
        uid: row.get(1)?,
        name: row.get(2)?,
        color: Rgb::from_hex(row.get(3)?),
        key: key.and_then(|key| key.chars().next()),
    })
}
