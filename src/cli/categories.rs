//! `semblance categories`

use anyhow::ensure;
use serde::Serialize;

use super::advise;
use super::arguments::{CategoriesAction, CategoriesArguments, ChangeArguments};
use super::category_names::{display, find_category, find_to_change, require_known};
use super::library::{open_existing, open_to_decide, who};
use super::search::parse;
use super::{Outcome, Output};
use crate::catalog::{CategoryChange, CategoryChanged, Library, View};
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
    let (arguments, action) = match &arguments.action {
        CategoriesAction::List { json, library } => {
            return list(&open_existing(library.as_deref())?, *json, output);
        }
        CategoriesAction::Advise(arguments) => return advise::run(arguments, output),
        CategoriesAction::Add { name, change } => return add(name, change, output),
        CategoriesAction::Rename { change, .. }
        | CategoriesAction::Merge { change, .. }
        | CategoriesAction::Split { change, .. }
        | CategoriesAction::Move { change, .. }
        | CategoriesAction::Retire { change, .. }
        | CategoriesAction::Restore { change, .. }
        | CategoriesAction::Describe { change, .. } => (change, &arguments.action),
    };
    let library = open_to_decide(arguments.decision.library.as_deref(), output)?;
    let change = named_change(&library, action, arguments.yes)?;
    let before = library.category_tree()?;
    let changed = library.change_categories(&change, &who(arguments.decision.by.as_deref())?)?;
    let after = library.category_tree()?;
    for sentence in told(&change, &changed, &before, &after) {
        output.message(&sentence);
    }
    output.message("`semblance labels undo` undoes it");
    Ok(Outcome::Fine)
}

fn named_change(
    library: &Library,
    action: &CategoriesAction,
    is_confirmed: bool,
) -> anyhow::Result<CategoryChange> {
    let tree = library.category_tree()?;
    let id = |name: &str| find_to_change(&tree, name, is_confirmed);
    Ok(match action {
        CategoriesAction::Rename { category, name, .. } => {
            CategoryChange::Rename { category: id(category)?, name: name.clone() }
        }
        CategoriesAction::Merge { from, into, .. } => {
            let target = find_category(&tree, into)?;
            for name in from {
                let is_merged = find_category(&tree, name)? == target;
                ensure!(
                    !is_merged || tree.is_written(target, name),
                    "{name} is already merged into {}",
                    display(&tree, target)
                );
            }
            let from = from.iter().map(|name| id(name)).collect::<Result<_, _>>()?;
            CategoryChange::Merge { from, into: id(into)? }
        }
        CategoriesAction::Split { category, to, images, .. } => {
            let query = parse(images)?;
            require_known(library, &query)?;
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

/// What a change did, in sentences.
fn told(
    change: &CategoryChange,
    changed: &CategoryChanged,
    before: &CategoryTree,
    after: &CategoryTree,
) -> Vec<String> {
    let was = |id: CategoryId| display(before, id);
    let is = |id: CategoryId| display(after, id);
    let labels = counted(changed.images, "label", "labels");
    let key = |id: CategoryId| match after.get(id).and_then(|category| category.key) {
        Some(key) => format!(", key {key}"),
        None => String::new(),
    };
    match change {
        CategoryChange::Rename { category, .. } => {
            vec![format!("Renamed: {} is now {} ({labels})", was(*category), is(*category))]
        }
        CategoryChange::Merge { into, .. } => {
            let verb = if changed.images == 1 { "counts" } else { "count" };
            vec![format!("Merged: {labels} now {verb} as {}", is(*into))]
        }
        CategoryChange::Split { from, name, is_subcategory, .. } => {
            let parent = match is_subcategory {
                true => Some(*from),
                false => before.get(*from).and_then(|category| category.parent),
            };
            let new = parent.map_or_else(|| name.clone(), |id| format!("{}/{name}", is(id)));
            let mut told = vec![format!("Split: {labels} of {} now {new}", was(*from))];
            if changed.left > 0 {
                told.push(format!(
                    "{} of the query left as they are, since their label is not {}",
                    counted(changed.left, "image", "images"),
                    was(*from)
                ));
            }
            told
        }
        CategoryChange::Move { category, .. } => {
            vec![format!("Moved: {} is now {} ({labels})", was(*category), is(*category))]
        }
        CategoryChange::Retire(category) => {
            vec![format!("Retired: {} is no longer offered; {labels} kept", is(*category))]
        }
        CategoryChange::Restore(category) => {
            vec![format!("Restored: {} is offered again{}", is(*category), key(*category))]
        }
        CategoryChange::Describe { category, .. } => {
            let mut told = vec![format!("Changed: {}{}", is(*category), key(*category))];
            if let Some(other) = changed.gave_key {
                told.push(format!("{} had this key, and has none now", is(other)));
            }
            told
        }
    }
}

fn add(name: &str, change: &ChangeArguments, output: &mut Output) -> anyhow::Result<Outcome> {
    let library = open_to_decide(change.decision.library.as_deref(), output)?;
    let tree = library.category_tree()?;
    let (parent, name) = match name.split_once('/') {
        Some((parent, name)) => (Some(find_to_change(&tree, parent, change.yes)?), name),
        None => (None, name),
    };
    let added = library.add_category(name, parent, &who(change.decision.by.as_deref())?)?;
    let tree = library.category_tree()?;
    let key = tree.get(added).and_then(|category| category.key);
    let key = key.map_or_else(String::new, |key| format!(", key {key}"));
    output.message(&format!("Added {}{key}", display(&tree, added)));
    Ok(Outcome::Fine)
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
    let missing = library.counts()?.labelled_missing;
    if missing > 0 {
        let labels = counted(missing, "label", "labels");
        output.message(&format!("Not counted: {labels} of missing images"));
    }
    Ok(if rows.is_empty() { Outcome::NothingDone } else { Outcome::Fine })
}
