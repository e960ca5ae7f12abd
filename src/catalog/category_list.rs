//! The library's categories, and adding one.

use rusqlite::{Connection, Row, params};
use ulid::Ulid;

use super::category_change::record_categories;
use super::error::Failure;
use super::journal::Entry;
use super::label::unusable;
use super::{CatalogError, LabelSource, Library};
use crate::taxonomy::{
    Category, CategoryId, CategoryState, CategoryTree, Rgb, next_free_key, palette_color,
    validate_name,
};
use crate::text::folded;

impl Library {
    /// All categories, also those that were merged or retired.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn category_tree(&self) -> Result<CategoryTree, CatalogError> {
        self.read_image("list categories", |connection| Ok(select_tree(connection)?))
    }

    /// Adds a category with the next colour and free key, or a subcategory of `parent`, as a
    /// decision of `by`.
    ///
    /// # Errors
    /// When the name breaks a rule or, but for case, is taken, when the parent is a subcategory
    /// itself, or the library could not be written.
    pub fn add_category(
        &self,
        name: &str,
        parent: Option<CategoryId>,
        by: &str,
    ) -> Result<CategoryId, CatalogError> {
        let name = valid(name)?;
        self.write_categories("add a category", |transaction| {
            let entry = Entry::new("category", by, LabelSource::Person).begin(transaction)?;
            let mut category = insert_withdrawn(transaction, &name)?;
            category.parent = parent;
            if parent.is_some() {
                category.key = None;
            }
            category.state = CategoryState::Active;
            let id = category.id;
            record_categories(transaction, &entry, &[category])?;
            Ok(id)
        })
    }

    /// The categories with these names, in this order; those the library does not have are added,
    /// all or none. A name that was given up since means what became of its category.
    ///
    /// # Errors
    /// When a name breaks a rule, or the library could not be written.
    pub fn ensure_categories(&self, names: &[String]) -> Result<Vec<CategoryId>, CatalogError> {
        let names = names.iter().map(|name| valid(name)).collect::<Result<Vec<_>, _>>()?;
        let known = self.category_tree()?;
        let ids: Vec<Option<CategoryId>> = names.iter().map(|name| known.find(name)).collect();
        if ids.iter().all(Option::is_some) {
            return Ok(ids.into_iter().flatten().collect());
        }
        self.write_categories("add categories", |transaction| {
            names.iter().map(|name| ensure_category(transaction, name)).collect()
        })
    }
}

pub(super) fn select_tree(connection: &Connection) -> rusqlite::Result<CategoryTree> {
    let categories: Vec<Category> = connection
        .prepare_cached(
            "SELECT id, uid, name, color, key, description, parent_id, merged_into, state
             FROM category ORDER BY id",
        )?
        .query_map([], category_from_row)?
        .collect::<Result<_, _>>()?;
    let former: Vec<((CategoryId, String), CategoryId)> = connection
        .prepare_cached("SELECT parent_id, name_folded, category_id FROM subcategory_alias")?
        .query_map([], |row| Ok(((CategoryId(row.get(0)?), row.get(1)?), CategoryId(row.get(2)?))))?
        .collect::<Result<_, _>>()?;
    Ok(CategoryTree::new(categories, select_aliases(connection)?).with_subcategory_aliases(former))
}

/// Other names of categories, as names are compared.
pub(super) fn select_aliases(
    connection: &Connection,
) -> rusqlite::Result<Vec<(String, CategoryId)>> {
    connection
        .prepare_cached("SELECT name_folded, category_id FROM category_alias")?
        .query_map([], |row| Ok((row.get(0)?, CategoryId(row.get(1)?))))?
        .collect()
}

/// The category of this name; added, without a journal entry, where there is none.
pub(super) fn ensure_category(connection: &Connection, name: &str) -> Result<CategoryId, Failure> {
    if let Some(id) = select_tree(connection)?.find(name) {
        return Ok(id);
    }
    let category = insert_withdrawn(connection, name)?;
    connection
        .prepare_cached("UPDATE category SET state = 'active' WHERE id = ?1")?
        .execute([category.id.0])?;
    Ok(category.id)
}

/// A category that is not there yet: it takes its place when its state is changed.
pub(super) fn insert_withdrawn(connection: &Connection, name: &str) -> Result<Category, Failure> {
    let tree = select_tree(connection)?;
    let siblings: Vec<&Category> = tree.categories().collect();
    let used_keys: Vec<char> = siblings.iter().filter_map(|category| category.key).collect();
    let mut category = Category {
        id: CategoryId(0),
        uid: Ulid::generate().to_string(),
        name: name.to_owned(),
        color: palette_color(siblings.len()),
        key: next_free_key(&used_keys),
        description: String::new(),
        parent: None,
        merged_into: None,
        state: CategoryState::Withdrawn,
    };
    connection
        .prepare_cached(
            "INSERT INTO category (uid, name, name_folded, color, key, state)
             VALUES (?1, ?2, ?3, ?4, ?5, 'withdrawn')",
        )?
        .execute(params![
            category.uid,
            name,
            folded(name),
            category.color.to_hex(),
            category.key.map(String::from),
        ])?;
    category.id = CategoryId(connection.last_insert_rowid());
    Ok(category)
}

pub(super) fn valid(name: &str) -> Result<String, CatalogError> {
    validate_name(name)
        .map_err(|source| CatalogError::CategoryName { name: name.to_owned(), source })
}

fn category_from_row(row: &Row<'_>) -> rusqlite::Result<Category> {
    let key: Option<String> = row.get(4)?;
    let state: String = row.get(8)?;
    Ok(Category {
        id: CategoryId(row.get(0)?),
        uid: row.get(1)?,
        name: row.get(2)?,
        color: Rgb::from_hex(row.get(3)?),
        key: key.and_then(|key| key.chars().next()),
        description: row.get(5)?,
        parent: row.get::<_, Option<i64>>(6)?.map(CategoryId),
        merged_into: row.get::<_, Option<i64>>(7)?.map(CategoryId),
        state: CategoryState::of_name(&state)
            .ok_or_else(|| unusable(8, format!("no category is {state:?}")))?,
    })
}
