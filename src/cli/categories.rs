//! `semblance categories`

use anyhow::ensure;
use serde::Serialize;

use super::advise;
use super::arguments::{CategoriesAction, CategoriesArguments, DecisionArguments};
use super::library::{open_existing, open_to_decide, who};
use super::search::parse;
use super::{Outcome, Output};
use crate::catalog::{CatalogError, CategoryChange, Library, View};
use crate::ops::counted;
use crate::taxonomy::{Category, CategoryId, CategoryState, CategoryTree};

/// `categories list --json`.
#[derive(Serialize)]
struct Row {
    category: String,
    subcategory: Option<String>,
    key: Option<char>,
    color: String,
    description: String,
    retired: bool,
    images: u64,
}

pub(super) fn run(arguments: &CategoriesArguments, output: &mut Output) -> anyhow::Result<Outcome> {
    let (decision, change) = match &arguments.action {
        CategoriesAction::List { json, library } => {
            return list(&open_existing(library.as_deref())?, *json, output);
        }
        CategoriesAction::Advise(arguments) => return advise::run(arguments, output),
        CategoriesAction::Add { name, decision } => return add(name, decision, output),
        CategoriesAction::Rename { decision, .. }
        | CategoriesAction::Merge { decision, .. }
        | CategoriesAction::Split { decision, .. }
        | CategoriesAction::Move { decision, .. }
        | CategoriesAction::Retire { decision, .. }
        | CategoriesAction::Restore { decision, .. }
        | CategoriesAction::Describe { decision, .. } => (decision, &arguments.action),
    };
    let library = open_to_decide(decision.library.as_deref(), output)?;
    let change = named_change(&library, change)?;
    let changed = library.change_categories(&change, &who(decision.by.as_deref())?)?;
    output.message(&format!(
        "Done, with another meaning for {}. `semblance labels undo` takes it back",
        counted(changed.images, "label", "labels")
    ));
    Ok(Outcome::Fine)
}

fn named_change(library: &Library, action: &CategoriesAction) -> anyhow::Result<CategoryChange> {
    let tree = library.category_tree()?;
    let id = |name: &str| find_category(&tree, name);
    Ok(match action {
        CategoriesAction::Rename { category, name, .. } => {
            CategoryChange::Rename { category: id(category)?, name: name.clone() }
        }
        CategoriesAction::Merge { from, into, .. } => CategoryChange::Merge {
            from: from.iter().map(|name| id(name)).collect::<Result<_, _>>()?,
            into: id(into)?,
        },
        CategoriesAction::Split { category, to, images, .. } => {
            let query = parse(images)?;
            let view = View { query, ..View::default() };
            let images = library.image_ids(&view)?;
            ensure!(!images.is_empty(), "No image is found by {query}", query = view.query);
            let below = to.strip_prefix(&format!("{category}/"));
            CategoryChange::Split {
                from: id(category)?,
                name: below.unwrap_or(to).to_owned(),
                is_subcategory: below.is_some(),
                images,
            }
        }
        CategoriesAction::Move { category, into, .. } => CategoryChange::Move {
            category: id(category)?,
            parent: into.as_deref().map(id).transpose()?,
        },
        CategoriesAction::Retire { category, .. } => CategoryChange::Retire(id(category)?),
        CategoriesAction::Restore { category, .. } => CategoryChange::Restore(id(category)?),
        CategoriesAction::Describe { category, key, color, text, .. } => CategoryChange::Describe {
            category: id(category)?,
            color: *color,
            key: *key,
            description: text.clone(),
        },
        CategoriesAction::List { .. }
        | CategoriesAction::Add { .. }
        | CategoriesAction::Advise(_) => {
            anyhow::bail!("This changes no category that is there")
        }
    })
}

fn add(name: &str, decision: &DecisionArguments, output: &mut Output) -> anyhow::Result<Outcome> {
    let library = open_to_decide(decision.library.as_deref(), output)?;
    let tree = library.category_tree()?;
    let (parent, name) = match name.split_once('/') {
        Some((parent, name)) => (Some(find_category(&tree, parent)?), name),
        None => (None, name),
    };
    library.add_category(name, parent, &who(decision.by.as_deref())?)?;
    output.message("Added");
    Ok(Outcome::Fine)
}

/// The category written `CATEGORY` or `CATEGORY/SUBCATEGORY`.
pub(super) fn find_category(tree: &CategoryTree, name: &str) -> Result<CategoryId, CatalogError> {
    let unknown = || CatalogError::UnknownCategoryName(name.to_owned());
    match name.split_once('/') {
        Some((category, subcategory)) => tree
            .find(category)
            .and_then(|category| tree.find_subcategory(category, subcategory))
            .ok_or_else(unknown),
        None => tree.find(name).ok_or_else(unknown),
    }
}

fn list(library: &Library, json: bool, output: &mut Output) -> anyhow::Result<Outcome> {
    let tree = library.category_tree()?;
    let row = |category: &Category, parent: Option<&Category>| -> anyhow::Result<Row> {
        Ok(Row {
            category: parent.unwrap_or(category).name.clone(),
            subcategory: parent.map(|_| category.name.clone()),
            key: category.key,
            color: format!("{:06X}", category.color.to_hex()),
            description: category.description.clone(),
            retired: category.state == CategoryState::Retired,
            images: library.count_labelled(category.id)?,
        })
    };
    let mut rows = Vec::new();
    for category in tree.categories() {
        rows.push(row(category, None)?);
        for subcategory in tree.subcategories(category.id) {
            rows.push(row(subcategory, Some(category))?);
        }
    }
    for row in &rows {
        if json {
            output.json(row)?;
            continue;
        }
        let key = row.key.map_or_else(|| " ".to_owned(), String::from);
        let name = match &row.subcategory {
            Some(subcategory) => format!("  {subcategory}"),
            None => row.category.clone(),
        };
        let retired = if row.retired { "  retired" } else { "" };
        let description = match row.description.as_str() {
            "" => String::new(),
            text => format!("  {text}"),
        };
        output.line(&format!("{key}  {name:40} {:>8}{retired}{description}", row.images))?;
    }
    Ok(if rows.is_empty() { Outcome::NothingDone } else { Outcome::Fine })
}
