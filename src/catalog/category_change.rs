//! What a curator does to categories: rename, merge, split, move, retire. Each is one entry of the
//! journal and one undo, and none touches a label but that of an image which is given another.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{Connection, Transaction, params};

use super::alias::keep_name;
use super::category_list::{insert_withdrawn, select_tree, valid};
use super::error::Failure;
use super::image::shown_images;
use super::journal::{Entry, json_from_row, to_json};
use super::label::unusable;
use super::labelling::{label_of, record_labels};
use super::{Answer, CatalogError, EntryId, ImageId, Label, LabelSource, LabelValue, Library};
use crate::taxonomy::{
    CATEGORY_KEYS, Category, CategoryId, CategoryState, CategoryTree, Rgb, next_free_key,
};
use crate::text::folded;

/// What a curator does to categories.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CategoryChange {
    /// Another name; the former one still finds it.
    Rename {
        /// The category.
        category: CategoryId,
        /// Its new name.
        name: String,
    },
    /// Images of the first count as images of the second from now on. Subcategories of one name
    /// become one.
    Merge {
        /// The categories that are given up.
        from: Vec<CategoryId>,
        /// What they mean from now on.
        into: CategoryId,
    },
    /// Some images of a category get a new one of its own.
    Split {
        /// The category that keeps the other images.
        from: CategoryId,
        /// The new category's name.
        name: String,
        /// Whether the new one is a subcategory of the other.
        is_subcategory: bool,
        /// The images; those with another label stay as they are.
        images: Vec<ImageId>,
    },
    /// A category becomes a subcategory of another, which its name still finds, or a category of its
    /// own.
    Move {
        /// What is moved.
        category: CategoryId,
        /// The category it becomes a part of.
        parent: Option<CategoryId>,
    },
    /// It is given no longer; the images that have it keep it.
    Retire(CategoryId),
    /// It is given again.
    Restore(CategoryId),
    /// How it looks and is reached; what is `None` stays.
    Describe {
        /// The category.
        category: CategoryId,
        /// Its colour.
        color: Option<Rgb>,
        /// Its key; taken from the category that had it.
        key: Option<char>,
        /// What belongs to it.
        description: Option<String>,
    },
}

/// A change that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CategoryChanged {
    /// Its entry in the journal.
    pub entry: EntryId,
    /// Images whose label says something else now; of what is offered or not, those that have it.
    pub images: u64,
    /// Images that a split was asked for and that do not have its category.
    pub left: u64,
    /// The category that gave its key to another.
    pub gave_key: Option<CategoryId>,
}

impl Library {
    /// Makes the change as one decision of `by`; all of it or nothing is kept, and is on the disk
    /// when this returns.
    ///
    /// # Errors
    /// When it would change nothing, when a name is taken or breaks a rule, when a category would
    /// become part of itself or a subcategory have subcategories, when the library has no such category or image, or could not
    /// be written.
    pub fn change_categories(
        &self,
        change: &CategoryChange,
        by: &str,
    ) -> Result<CategoryChanged, CatalogError> {
        self.write_categories("change the categories", |transaction| {
            let tree = select_tree(transaction)?;
            let entry = Entry::new("category", by, LabelSource::Person);
            let id = entry.begin(transaction)?;
            let images = count_images(transaction, &tree, change)?;
            if let CategoryChange::Split { from, name, is_subcategory, images } = change {
                let mut new = insert_withdrawn(transaction, &valid(name)?)?;
                let source = category(&tree, *from)?;
                new.parent = if *is_subcategory { Some(source.id) } else { source.parent };
                if new.parent.is_some() {
                    new.key = None;
                }
                new.state = CategoryState::Active;
                let to = new.id;
                record_categories(transaction, &id, &[new])?;
                let asked = images.len() as u64;
                let images = relabel(transaction, &tree, images, *from, to, &id, &entry)?;
                if images == 0 {
                    let name = source.name.clone();
                    return Err(CatalogError::NothingToSplit { name, images: asked }.into());
                }
                let left = asked.saturating_sub(images);
                return Ok(CategoryChanged { entry: id, images, left, gave_key: None });
            }
            let changed = changed_categories(&tree, change)?;
            if let Some(error) = unchanged(&tree, change, &changed) {
                return Err(error.into());
            }
            let gave_key = match change {
                CategoryChange::Describe { category, .. } => {
                    changed.iter().map(|it| it.id).find(|id| id != category)
                }
                _ => None,
            };
            record_categories(transaction, &id, &changed)?;
            if let CategoryChange::Rename { category, .. } | CategoryChange::Move { category, .. } =
                change
            {
                keep_name(transaction, &id, &tree, *category)?;
            }
            Ok(CategoryChanged { entry: id, images, left: 0, gave_key })
        })
    }

    /// How many images have labels that now mean this category or a subcategory of it; also those
    /// whose files have vanished.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn count_labelled(&self, category: CategoryId) -> Result<u64, CatalogError> {
        self.read("count labels", |connection| {
            Ok(count_meaning(connection, &select_tree(connection)?, category)?)
        })
    }
}

/// Brings the categories to these states, and adds the changes to the entry. A key that another
/// category has meanwhile is replaced by a free one.
pub(super) fn record_categories(
    transaction: &Transaction<'_>,
    entry: &EntryId,
    after: &[Category],
) -> Result<(), Failure> {
    let before = select_tree(transaction)?;
    // Keys may go from one to another: first all are given back.
    for category in after {
        transaction
            .prepare_cached("UPDATE category SET key = NULL WHERE id = ?1")?
            .execute([category.id.0])?;
    }
    for after in after {
        let tree = select_tree(transaction)?;
        let used: Vec<char> = tree.categories().filter_map(|category| category.key).collect();
        let free = |key: char| if used.contains(&key) { next_free_key(&used) } else { Some(key) };
        let is_there = after.state != CategoryState::Withdrawn;
        let key = after.key.filter(|_| is_there).and_then(free);
        let after = Category { key, ..after.clone() };
        let before = before.get(after.id).ok_or(CatalogError::UnknownCategory(after.id))?;
        transaction
            .prepare_cached("INSERT INTO journal_category VALUES (?1, ?2, ?3, ?4)")?
            .execute(params![entry.as_str(), after.id.0, to_json(before)?, to_json(&after)?])?;
        transaction
            .prepare_cached(
                "UPDATE category SET name = ?2, name_folded = ?3, color = ?4, key = ?5,
                     description = ?6, parent_id = ?7, merged_into = ?8, state = ?9
                 WHERE id = ?1",
            )?
            .execute(params![
                after.id.0,
                after.name,
                folded(&after.name),
                after.color.to_hex(),
                after.key.map(String::from),
                after.description,
                after.parent.map(|id| id.0),
                after.merged_into.map(|id| id.0),
                after.state.as_str(),
            ])?;
    }
    // Only the whole has to make sense: on the way, a subcategory may meet one of its name.
    let tree = select_tree(transaction)?;
    let states = after.iter().filter_map(|category| tree.get(category.id));
    states.into_iter().try_for_each(|category| Ok(check(&tree, category)?))
}

/// The states that the categories of this entry had before it.
pub(super) fn categories_before(
    connection: &Connection,
    entry: &EntryId,
) -> rusqlite::Result<Vec<Category>> {
    connection
        .prepare_cached("SELECT before_json FROM journal_category WHERE entry_id = ?1")?
        .query_map([entry.as_str()], |row| {
            json_from_row(row, 0)?.ok_or_else(|| unusable(0, "a category's state is missing"))
        })?
        .collect()
}

/// The categories as the change leaves them.
fn changed_categories(
    tree: &CategoryTree,
    change: &CategoryChange,
) -> Result<Vec<Category>, CatalogError> {
    let one = |id: &CategoryId| category(tree, *id).cloned();
    Ok(match change {
        CategoryChange::Rename { category, name } => {
            vec![Category { name: valid(name)?, ..one(category)? }]
        }
        CategoryChange::Merge { from, into } => merged(tree, from, *into)?,
        CategoryChange::Move { category, parent } if one(category)?.parent == *parent => {
            vec![one(category)?]
        }
        CategoryChange::Move { category, parent } => {
            let moved = Category { parent: *parent, key: None, ..one(category)? };
            if let Some(parent) = parent {
                self::category(tree, *parent)?;
            }
            let used: Vec<char> = tree.categories().filter_map(|category| category.key).collect();
            let key = if parent.is_none() { next_free_key(&used) } else { None };
            vec![Category { key, ..moved }]
        }
        CategoryChange::Retire(category) => {
            vec![Category { state: CategoryState::Retired, key: None, ..one(category)? }]
        }
        // Of one that is offered, not even the key changes.
        CategoryChange::Restore(category) if one(category)?.state == CategoryState::Active => {
            vec![one(category)?]
        }
        CategoryChange::Restore(category) => {
            let used: Vec<char> = tree.categories().filter_map(|category| category.key).collect();
            let category = one(category)?;
            let key = category.parent.is_none().then(|| next_free_key(&used)).flatten();
            vec![Category { state: CategoryState::Active, key, ..category }]
        }
        CategoryChange::Describe { category, color, key, description } => {
            described(tree, &one(category)?, *color, *key, description.as_deref())?
        }
        CategoryChange::Split { .. } => Vec::new(), // its category is new
    })
}

/// Why there is nothing to do, where all is as the change would leave it.
fn unchanged(
    tree: &CategoryTree,
    change: &CategoryChange,
    after: &[Category],
) -> Option<CatalogError> {
    let is_same = |after: &Category| tree.get(after.id) == Some(after);
    let name = || tree.name(after.first()?.id).map(|name| name.to_string());
    if !after.iter().all(is_same) {
        return None;
    }
    let why = match change {
        CategoryChange::Restore(_) => "is not retired",
        CategoryChange::Retire(_) => "is retired already",
        CategoryChange::Move { parent: None, .. } => "is no subcategory",
        CategoryChange::Move { .. } => "is a subcategory of it already",
        _ => "is so already",
    };
    Some(CatalogError::Unchanged { name: name()?, why })
}

fn merged(
    tree: &CategoryTree,
    from: &[CategoryId],
    into: CategoryId,
) -> Result<Vec<Category>, CatalogError> {
    let target = category(tree, into)?;
    let mut changed = Vec::new();
    // By name, also those that come along with a category before.
    let mut subcategories: BTreeMap<String, CategoryId> =
        tree.subcategories(into).map(|sub| (folded(&sub.name), sub.id)).collect();
    for &from in from {
        let given_up = category(tree, from)?;
        if from == into || target.parent == Some(from) {
            let name = given_up.name.clone();
            return Err(CatalogError::CategoryInItself { name });
        }
        for sub in tree.subcategories(from) {
            if target.parent.is_some() {
                let name = given_up.name.clone();
                return Err(CatalogError::CategoryHasSubcategories { name });
            }
            let same = *subcategories.entry(folded(&sub.name)).or_insert(sub.id);
            if same != sub.id {
                changed.push(Category { merged_into: Some(same), ..sub.clone() });
            }
        }
        changed.push(Category { merged_into: Some(into), key: None, ..given_up.clone() });
    }
    Ok(changed)
}

fn described(
    tree: &CategoryTree,
    category: &Category,
    color: Option<Rgb>,
    key: Option<char>,
    description: Option<&str>,
) -> Result<Vec<Category>, CatalogError> {
    let mut changed = Vec::new();
    if let Some(key) = key {
        if !CATEGORY_KEYS.contains(key) {
            return Err(CatalogError::CategoryKey { key });
        }
        let had_it = tree.categories().find(|other| other.key == Some(key));
        changed.extend(
            had_it
                .filter(|other| other.id != category.id)
                .map(|other| Category { key: None, ..other.clone() }),
        );
    }
    changed.push(Category {
        color: color.unwrap_or(category.color),
        key: key.or(category.key),
        description: description.map_or_else(|| category.description.clone(), str::to_owned),
        ..category.clone()
    });
    Ok(changed)
}

/// Gives the images of `from` among these the category `to`; how many they were.
fn relabel(
    transaction: &Transaction<'_>,
    tree: &CategoryTree,
    images: &[ImageId],
    from: CategoryId,
    to: CategoryId,
    id: &EntryId,
    entry: &Entry<'_>,
) -> Result<u64, Failure> {
    let meant: BTreeSet<CategoryId> = tree.meant_by(from).into_iter().collect();
    let shown = shown_images(transaction, images.iter().map(|image| (*image, ())))?;
    let mut after = BTreeMap::new();
    for image in shown.into_keys() {
        let Some(label) = label_of(transaction, image)? else { continue };
        if label.value.category().is_some_and(|category| meant.contains(&category)) {
            let value = LabelValue { answer: Answer::Category(to), ..label.value };
            let label =
                Label { value, by: entry.by.to_owned(), at: entry.at, source: entry.source };
            after.insert(image, Some(label));
        }
    }
    record_labels(transaction, id, &after)?;
    Ok(after.len() as u64)
}

/// What must hold of a category that is there.
fn check(tree: &CategoryTree, category: &Category) -> Result<(), CatalogError> {
    if category.state == CategoryState::Withdrawn {
        return Ok(());
    }
    let name = || category.name.clone();
    if let Some(parent) = category.parent {
        if tree.meaning(parent) == category.id {
            return Err(CatalogError::CategoryInItself { name: name() });
        }
        if tree.top(parent) != tree.meaning(parent) || tree.subcategories(category.id).count() > 0 {
            return Err(CatalogError::CategoryHasSubcategories { name: name() });
        }
    }
    let folded = folded(&category.name);
    let is_same =
        |other: &&Category| other.id != category.id && self::folded(&other.name) == folded;
    let existing = match category.parent {
        Some(parent) => tree.subcategories(tree.meaning(parent)).find(is_same),
        None => tree.named().find(is_same),
    };
    match existing {
        Some(existing) if category.merged_into.is_none() => {
            Err(CatalogError::CategoryExists { existing: existing.name.clone() })
        }
        _ => Ok(()),
    }
}

/// Images whose label says something else after the change.
fn count_images(
    connection: &Connection,
    tree: &CategoryTree,
    change: &CategoryChange,
) -> rusqlite::Result<u64> {
    match change {
        CategoryChange::Rename { category, .. } | CategoryChange::Move { category, .. } => {
            count_meaning(connection, tree, *category)
        }
        CategoryChange::Retire(category) | CategoryChange::Restore(category) => {
            count_meaning(connection, tree, *category)
        }
        CategoryChange::Merge { from, .. } => {
            from.iter().map(|from| count_meaning(connection, tree, *from)).sum()
        }
        _ => Ok(0),
    }
}

fn count_meaning(
    connection: &Connection,
    tree: &CategoryTree,
    category: CategoryId,
) -> rusqlite::Result<u64> {
    let mut count =
        connection.prepare_cached("SELECT count(*) FROM label WHERE category_id = ?1")?;
    tree.meant_by(category)
        .into_iter()
        .map(|id| count.query_row([id.0], |row| row.get::<_, i64>(0)).map(i64::cast_unsigned))
        .sum()
}

/// A category that is there: neither merged nor withdrawn.
fn category(tree: &CategoryTree, id: CategoryId) -> Result<&Category, CatalogError> {
    let category = tree.get(id).ok_or(CatalogError::UnknownCategory(id))?;
    if category.merged_into.is_some() || category.state == CategoryState::Withdrawn {
        return Err(CatalogError::UnknownCategory(id));
    }
    Ok(category)
}
