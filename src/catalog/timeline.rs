//! What categories were called when something was decided.
//!
//! The journal has every category before and after each change: from what they are now, they are
//! followed backwards and forwards.

use std::collections::BTreeMap;

use rusqlite::Connection;

use super::category_list::select_tree;
use super::journal::json_from_row;
use super::label::unusable;
use crate::taxonomy::{Category, CategoryId, CategoryTree};

/// A change to categories: before and after.
pub(super) type Changed = (Category, Category);

/// The categories over time.
pub(super) struct Timeline {
    /// The oldest first, by entry.
    changes: Vec<(String, Vec<Changed>)>,
    /// How many of these have been made in `states`.
    made: usize,
    states: BTreeMap<CategoryId, Category>,
    tree: CategoryTree,
}

impl Timeline {
    pub(super) fn read(connection: &Connection) -> rusqlite::Result<Self> {
        let tree = select_tree(connection)?;
        let states = tree.ids().filter_map(|id| Some((id, tree.get(id)?.clone()))).collect();
        let missing = || unusable(1, "a category's state is missing");
        let mut statement = connection.prepare_cached(
            "SELECT entry_id, before_json, after_json FROM journal_category
             ORDER BY entry_id, category_id",
        )?;
        let mut rows = statement.query([])?;
        let mut changes: Vec<(String, Vec<Changed>)> = Vec::new();
        while let Some(row) = rows.next()? {
            let entry: String = row.get(0)?;
            let before = json_from_row(row, 1)?.ok_or_else(missing)?;
            let change = (before, json_from_row(row, 2)?.ok_or_else(missing)?);
            match changes.last_mut() {
                Some((last, of_entry)) if *last == entry => of_entry.push(change),
                _ => changes.push((entry, vec![change])),
            }
        }
        Ok(Self { made: changes.len(), changes, states, tree })
    }

    /// The entries that changed categories after this one, the oldest first.
    pub(super) fn entries_after(&self, entry: &str) -> Vec<String> {
        let later = self.changes.partition_point(|(change, _)| change.as_str() <= entry);
        self.changes[later..].iter().map(|(entry, _)| entry.clone()).collect()
    }

    /// What an entry changed.
    pub(super) fn of_entry(&self, entry: &str) -> &[Changed] {
        let found = self.changes.binary_search_by(|(change, _)| change.as_str().cmp(entry));
        found.map_or(&[], |at| &self.changes[at].1)
    }

    /// The categories when this entry had been made.
    pub(super) fn at(&mut self, entry: &str) -> &CategoryTree {
        self.go_to(self.changes.partition_point(|(change, _)| change.as_str() <= entry))
    }

    /// The categories just before it.
    pub(super) fn before(&mut self, entry: &str) -> &CategoryTree {
        self.go_to(self.changes.partition_point(|(change, _)| change.as_str() < entry))
    }

    fn go_to(&mut self, wanted: usize) -> &CategoryTree {
        if self.made == wanted {
            return &self.tree;
        }
        while self.made < wanted {
            for (_, after) in &self.changes[self.made].1 {
                self.states.insert(after.id, after.clone());
            }
            self.made += 1;
        }
        while self.made > wanted {
            self.made -= 1;
            for (before, _) in &self.changes[self.made].1 {
                self.states.insert(before.id, before.clone());
            }
        }
        self.tree = CategoryTree::new(self.states.values().cloned(), []);
        &self.tree
    }
}
