//! Other names of categories: those that they had, and those that imported files use. What an entry
//! changes about them is in the journal, so that undoing it is exact.

use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::category_list::{select_aliases, select_tree};
use super::error::Failure;
use super::journal::Entry;
use super::{CatalogError, EntryId, LabelSource, Library};
use crate::taxonomy::{CategoryId, CategoryState, CategoryTree};
use crate::text::folded;

/// A name that leads, or led, to a category.
pub(super) struct Alias {
    /// Of a subcategory: the category that it was a part of.
    pub(super) parent: Option<CategoryId>,
    /// As names are compared.
    pub(super) name: String,
    /// Where it leads.
    pub(super) to: Option<CategoryId>,
}

impl Library {
    /// The names that were used elsewhere, as names are compared, and what they mean here.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn aliases(&self) -> Result<Vec<(String, CategoryId)>, CatalogError> {
        self.read("list other names of categories", |connection| Ok(select_aliases(connection)?))
    }

    /// Lets names that are used elsewhere mean these categories here, as a decision of `by`.
    ///
    /// # Errors
    /// When the library has no such category, or could not be written.
    pub fn remember_aliases(
        &self,
        aliases: &[(String, CategoryId)],
        by: &str,
    ) -> Result<EntryId, CatalogError> {
        self.write_categories("remember a category's name", |transaction| {
            let entry = Entry::new("category", by, LabelSource::Person).begin(transaction)?;
            for (name, category) in aliases {
                set_alias(transaction, &entry, name, *category)?;
            }
            Ok(entry)
        })
    }
}

/// Lets a name mean a category from now on.
pub(super) fn set_alias(
    transaction: &Transaction<'_>,
    entry: &EntryId,
    name: &str,
    category: CategoryId,
) -> Result<(), Failure> {
    let tree = select_tree(transaction)?;
    let is_there = tree.get(category).is_some_and(|it| it.state != CategoryState::Withdrawn);
    if !is_there {
        return Err(CatalogError::UnknownCategory(category).into());
    }
    let alias = Alias { parent: None, name: folded(name.trim()), to: Some(category) };
    Ok(record_alias(transaction, entry, &alias)?)
}

/// The name that a category has still finds it when it has another or another place.
pub(super) fn keep_name(
    transaction: &Transaction<'_>,
    entry: &EntryId,
    tree: &CategoryTree,
    category: CategoryId,
) -> Result<(), Failure> {
    let before = tree.get(category).ok_or(CatalogError::UnknownCategory(category))?;
    let name = folded(&before.name);
    let alias = Alias { parent: before.parent, name, to: Some(category) };
    Ok(record_alias(transaction, entry, &alias)?)
}

/// Brings the name to where it leads, and adds the change to the entry.
pub(super) fn record_alias(
    transaction: &Transaction<'_>,
    entry: &EntryId,
    Alias { parent, name, to }: &Alias,
) -> rusqlite::Result<()> {
    let before = leads_to(transaction, *parent, name)?;
    if before == *to {
        return Ok(());
    }
    // Of two changes in one entry, what was before the first counts.
    transaction
        .prepare_cached(
            "INSERT INTO journal_alias VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING",
        )?
        .execute(params![
            entry.as_str(),
            parent.map_or(0, |id| id.0),
            name,
            before.map(|id| id.0),
            to.map(|id| id.0),
        ])?;
    match (parent, to) {
        (None, Some(to)) => transaction
            .prepare_cached("INSERT OR REPLACE INTO category_alias VALUES (?1, ?2)")?
            .execute(params![name, to.0])?,
        (None, None) => transaction
            .prepare_cached("DELETE FROM category_alias WHERE name_folded = ?1")?
            .execute([name])?,
        (Some(parent), Some(to)) => transaction
            .prepare_cached("INSERT OR REPLACE INTO subcategory_alias VALUES (?1, ?2, ?3)")?
            .execute(params![parent.0, name, to.0])?,
        (Some(parent), None) => transaction
            .prepare_cached(
                "DELETE FROM subcategory_alias WHERE parent_id = ?1 AND name_folded = ?2",
            )?
            .execute(params![parent.0, name])?,
    };
    Ok(())
}

fn leads_to(
    connection: &Connection,
    parent: Option<CategoryId>,
    name: &str,
) -> rusqlite::Result<Option<CategoryId>> {
    let id = |row: &rusqlite::Row<'_>| row.get(0).map(CategoryId);
    match parent {
        None => connection
            .prepare_cached("SELECT category_id FROM category_alias WHERE name_folded = ?1")?
            .query_row([name], id),
        Some(parent) => connection
            .prepare_cached(
                "SELECT category_id FROM subcategory_alias
                 WHERE parent_id = ?1 AND name_folded = ?2",
            )?
            .query_row(params![parent.0, name], id),
    }
    .optional()
}

/// Where the names of this entry led before it.
pub(super) fn aliases_before(
    connection: &Connection,
    entry: &EntryId,
) -> rusqlite::Result<Vec<Alias>> {
    connection
        .prepare_cached(
            "SELECT parent_id, name_folded, before_id FROM journal_alias WHERE entry_id = ?1",
        )?
        .query_map([entry.as_str()], |row| {
            let parent = Some(row.get(0)?).filter(|id| *id != 0).map(CategoryId);
            let to = row.get::<_, Option<i64>>(2)?.map(CategoryId);
            Ok(Alias { parent, name: row.get(1)?, to })
        })?
        .collect()
}
